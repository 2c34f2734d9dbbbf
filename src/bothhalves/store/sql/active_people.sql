-- question: How many people used a vendor's seats in each bucket of days?
-- grain: one row per vendor and bucket; no number where a source of the vendor tells spans, not days
with told as (
    select vendor, person, /*bucket*/ as start, bool_and(/*inside*/) over (partition by vendor) as is_told
    from genuine_act
    where in_seat and first_day >= $since and first_day < $on
)
select vendor, start, case when bool_and(is_told) then count(distinct person) end as people
from told
group by vendor, start
order by vendor, start
