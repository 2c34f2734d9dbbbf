-- question: Which feed reports which vendor, product, path, person or organisation, meter on which UTC day?
--           What the workspace says of unstated billing decides the path; logs that it calls metered are calls
--           of the vendor's API, whatever product made them.
-- grain: one row per feed, vendor, product, account, billing, person, meter, first day and day reported
with stretches as (
    select distinct
        feed, vendor, product, account, billing, person, meter,
        cast(start as date) as first_day,
        cast(until - interval 1 microsecond as date) as last_day
    from usage
    where vendor in (select vendor from usage group by vendor having count(distinct feed) > 1)
)
select
    s.feed, coalesce(r.rank, 50) as rank, s.vendor, s.product, s.account, s.billing, s.person, s.meter,
    s.first_day,
    coalesce(p.billing, f.billing, s.billing) as path,
    case when coalesce(p.billing, f.billing) = 'metered' then '' else s.product end as path_product,
    cast(unnest(generate_series(s.first_day, s.last_day, interval 1 day)) as date) as day
from stretches as s
left join feed_rank as r on r.feed = s.feed
left join billing_said as p on s.billing = 'unknown' and p.name = s.product
left join billing_said as f on s.billing = 'unknown' and f.name = s.feed
