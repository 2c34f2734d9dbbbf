-- rule: Every cell is either counted or shadowed by a feed of record, never both and never neither.
select *
from (
    select
        (select count(*) from usage) as cells,
        (select count(*) from counted_usage) as counted,
        (select count(*) from shadowed_usage) as shadowed
)
where cells <> counted + shadowed
