-- question: Who holds which seat by the newest rosters before a day, and since which roster?
-- grain: one row per line of the newest roster of each vendor, product and account
with line as (
    select
        s.vendor, s.product, s.account, coalesce(n.now, s.person) as person, s.person as stored, s.seat_type, s.status, s.as_of,
        cast(s.as_of as date) as day, s.assigned, s.last_active
    from seats as s
    left join person_now as n on n.person = s.person
    where s.as_of < cast($before as timestamp)
),
roster as (
    select
        vendor, product, account, day,
        row_number() over (partition by vendor, product, account order by day desc) as back,
        count(*) over (partition by vendor, product, account) as rosters
    from (select distinct vendor, product, account, day from line) as d
),
place as (
    select
        h.vendor, h.product, h.account, h.person, h.day, r.back, r.rosters,
        row_number() over (partition by h.vendor, h.product, h.account, h.person order by r.back) as place
    from (select distinct vendor, product, account, person, day from line where seat_type <> '') as h
    inner join roster as r
        on r.vendor = h.vendor and r.product = h.product and r.account = h.account and r.day = h.day
),
since as (
    select
        vendor, product, account, person,
        case when max(back) < max(rosters) then min(day) end as first_seen
    from place
    where back = place
    group by vendor, product, account, person
)
select
    l.vendor, l.product, l.account, l.person, l.stored, l.seat_type, l.status, strftime(l.as_of, '%Y-%m-%d %H:%M:%S'),
    cast(l.assigned as date), cast(l.last_active as date), s.first_seen,
    count(l.last_active) over (partition by l.vendor, l.product, l.account) > 0
from line as l
inner join roster as r
    on r.vendor = l.vendor and r.product = l.product and r.account = l.account and r.day = l.day
    and r.back = 1
left join since as s
    on s.vendor = l.vendor and s.product = l.product and s.account = l.account and s.person = l.person
order by l.vendor, l.product, l.account, l.person, l.seat_type, l.as_of
