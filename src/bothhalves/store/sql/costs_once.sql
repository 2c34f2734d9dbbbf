-- question: Which of the new costs count, where files that were imported together state the same one?
-- grain: one row per id (the one that ended last, the greatest of equals), and every row without id
with ranked as (
    select
        *,
        row_number() over (partition by id order by until desc, amount desc, source, "row") as place
    from new_costs
    where id <> ''
)
select * exclude (place) from ranked where place = 1
union all
select * from new_costs where id = ''
