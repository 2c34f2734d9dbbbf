-- question: Which rows of "gathered" are counted, where the same id is counted once?
-- grain: one row per id (the one whose output has grown most, the earliest of equals), and every row without id
with ranked as (
    select
        *,
        row_number() over (partition by id order by output_tokens desc, age, "row") as place
    from gathered
    where id is not null
)
select /*columns*/ from ranked where place = 1
union all
select /*columns*/ from gathered where id is null
