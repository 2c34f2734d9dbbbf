-- question: Which feed reports which vendor, product, path, person or organisation, meter on which UTC day?
--           What the workspace says of unstated billing decides the path; logs that it calls metered are calls
--           of the vendor's API, whatever product made them. "place" is the order in which feeds are heard:
--           vendors before gateways before what programs tell of themselves; there, a feed that names nobody
--           before one that names some, before one that names everybody; then by rank and name. A log of one
--           program names no more than its own installation, whoever is missing in it.
-- grain: one row per feed, vendor, product, account, billing, person, meter, program, first day, day reported
with stretches as (
    select distinct
        u.feed, u.vendor, u.product, u.account, u.billing, u.person, u.meter,
        coalesce(r.rank, 50) as rank, coalesce(r.kind, 'other') as kind,
        /*program*/ as program,
        cast(u.start as date) as first_day,
        cast(u.until - interval 1 microsecond as date) as last_day
    from usage as u
    left join feed_rank as r on r.feed = u.feed
    where u.vendor in (select vendor from usage group by vendor having count(distinct feed) > 1)
),
days as (
    select
        s.* exclude (last_day),
        coalesce(p.billing, f.billing, s.billing) as path,
        case when coalesce(p.billing, f.billing) = 'metered' then '' else s.product end as path_product,
        s.person = '' and s.kind <> 'agent' as is_everybody,
        cast(unnest(generate_series(s.first_day, s.last_day, interval 1 day)) as date) as day
    from stretches as s
    left join billing_said as p on s.billing = 'unknown' and p.name = s.product
    left join billing_said as f on s.billing = 'unknown' and f.name = s.feed
),
named as (
    select
        *,
        case
            when not bool_or(is_everybody) over slot then 2
            when bool_or(not is_everybody) over slot then 1
            else 0
        end as named
    from days
    window slot as (partition by feed, vendor, path, path_product, account, meter, program, day)
),
whole as (
    select
        *,
        max(named) over (
            partition by feed, vendor, product, account, billing, person, meter, program, first_day
        ) as naming
    from named
)
select
    * exclude (named, naming),
    dense_rank() over (
        order by
            case kind when 'vendor' then 0 when 'program' then 2 when 'trace' then 2 else 1 end,
            naming, rank, feed
    ) as place
from whole
