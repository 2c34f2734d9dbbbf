-- question: Which of the rows of "gathered" that tell of one id, or of several, are counted?
-- grain: one row per id of "told_again": the one whose output has grown most, the earliest of equals,
--        at one place in two files that of the lesser hash
with ranked as (
    select
        *,
        row_number() over (partition by id order by output_tokens desc, age, "row", source) as place
    from gathered
    where id in (select id from told_again)
)
select /*columns*/ from ranked where place = 1
