-- question: What did people do themselves, with which product, on which days?
-- grain: one row per vendor, product, account, source, person of today and span of days
create or replace temp table genuine_act as
with act as (
    select vendor, product, account, feed, source, person, true as in_seat, time as start, until
    from activity
    where person <> '' and (count is null or count > 0)
        and not list_contains($unmeant, replace(replace(lower(kind), '-', '_'), ' ', '_'))
    union all
    select u.vendor, u.product, u.account, u.feed, u.source, u.person, s.feed is not null, u.start, u.until
    from counted_usage as u
    left join seat_stream as s on s.feed = u.feed and s.billing = u.billing and s.product = u.product
    where u.person <> ''
)
select distinct
    a.vendor, a.product, a.account, a.feed, a.source, coalesce(n.now, a.person) as person, a.in_seat,
    cast(a.start as date) as first_day,
    greatest(cast(coalesce(a.until, a.start) - interval 1 microsecond as date), cast(a.start as date)) as last_day
from act as a
left join person_now as n on n.person = a.person
