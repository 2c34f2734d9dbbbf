-- question: What do the plain requests of a canonical file come to, by all that the price of a request depends on?
-- grain: one row per conditions, slot of time, prompt class and set of meters that are not zero
select
    vendor, model, tier, speed, region, billing, slot, class, used,
    count(*) as rows,
    /*sums*/
from plain
where row not in (select row from single)
group by vendor, model, tier, speed, region, billing, slot, class, used
order by all
