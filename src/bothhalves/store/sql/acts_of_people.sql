-- question: When did each person do something with a product, before a day and since another?
-- grain: one row per vendor, product, person and way of paying
select
    vendor, product, person, in_seat,
    min(first_day),
    max(least(last_day, cast($since as date) - 1)) filter (where first_day < $since),
    min(greatest(first_day, cast($since as date))) filter (where last_day >= $since),
    max(least(last_day, cast($on as date) - 1)),
    count(distinct first_day) filter (where first_day >= $since)
from genuine_act
where first_day < $on
group by vendor, product, person, in_seat
order by vendor, product, person, in_seat
