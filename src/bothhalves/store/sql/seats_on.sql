-- question: Who held which seat by the newest snapshot on a day?
-- grain: one row per seat of the newest snapshot of each vendor, product and account
select s.*
from seats as s
inner join (
    select vendor, product, account, max(cast(as_of as date)) as day
    from seats
    where as_of < $before
    group by vendor, product, account
) as newest
    on newest.vendor = s.vendor and newest.product = s.product and newest.account = s.account
    and newest.day = cast(s.as_of as date)
order by s.vendor, s.product, s.account, s.person, s.seat_type, s.source, s."row"
