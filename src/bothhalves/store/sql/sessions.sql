-- question: What did each session of some products use, on each model and under each condition of price?
-- grain: one row per person, session, vendor, model, product, tier, speed, region and UTC day
select
    person, session, vendor, model, product, tier, speed, region,
    min(time) as start,
    sum(coalesce(requests, 1)) as calls,
    /*counts*/
from counted_calls
where session <> '' and until is null and list_contains($products, product)
    and time >= $start and time < $until
group by person, session, vendor, model, product, tier, speed, region, cast(time as date)
order by all
