-- question: How many holders of each kind of seat were active in each month before a day, and how many of them newly?
-- grain: one row per vendor, product, seat label and month
with roster as (
    select distinct vendor, product, account, cast(as_of as date) as day
    from seats
    where as_of < cast($before as timestamp)
),
worked as (
    select distinct a.vendor, a.product, a.person, cast(date_trunc('month', a.first_day) as date) as month,
        r.vendor is not null as has_seats
    from genuine_act as a
    left join (select distinct vendor, product from roster) as r on r.vendor = a.vendor and r.product = a.product
    where a.in_seat and a.first_day < $before
),
spoken as (
    select m.month, r.vendor, r.product, r.account,
        coalesce(max(r.day) filter (where r.day < m.month + interval 1 month), min(r.day)) as day
    from (select distinct vendor, month from worked) as m
    inner join roster as r on r.vendor = m.vendor
    group by m.month, r.vendor, r.product, r.account
),
holder as (
    select distinct p.month, s.vendor, s.product, s.seat_type, coalesce(n.now, s.person) as person
    from spoken as p
    inner join seats as s
        on s.vendor = p.vendor and s.product = p.product and s.account = p.account and cast(s.as_of as date) = p.day
    left join person_now as n on n.person = s.person
    where s.seat_type <> ''
),
active as (
    select distinct h.vendor, h.product, h.seat_type, h.person, h.month
    from holder as h
    inner join worked as w on w.vendor = h.vendor and w.person = h.person and w.month = h.month
    where w.product = h.product or not w.has_seats
)
select a.vendor, a.product, a.seat_type, a.month, count(*), count(*) filter (where b.person is null)
from active as a
left join active as b
    on b.vendor = a.vendor and b.product = a.product and b.seat_type = a.seat_type and b.person = a.person
    and b.month = cast(a.month - interval 1 month as date)
group by a.vendor, a.product, a.seat_type, a.month
order by a.vendor, a.product, a.seat_type, a.month
