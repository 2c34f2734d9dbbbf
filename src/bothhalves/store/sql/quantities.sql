-- question: How much of each meter was used, by the chosen dimensions and everything a price depends on?
-- grain: one row per dimensions, feed, conditions, prompt class, meter, local month, price period and window;
--        a cell that reaches over a price change keeps its own start and end; the prompt class counts only
--        for models whose price depends on it
with placed as (/*placed*/),
chosen as (
    select
        *,
        strftime(local_start, '%Y-%m') as month,
        strftime(local_start, '%Y-%m-%d') as day,
        case when model = '' then product else model end as priced_as,
        case when model = '' then product else '' end as priced_product,
        extract('hour' from start) * 60 + extract('minute' from start) as minute
    from placed
    where /*within*/
),
priced as (
    select
        c.* exclude (prompt_above, prompt_upto),
        case when b.model is null then -1 else c.prompt_above end as prompt_above,
        case when b.model is null then null else c.prompt_upto end as prompt_upto,
        p.period,
        w.number as price_window,
        p.period is distinct from q.period or (w.number is null and h.model is not null) as apart
    from chosen as c
    left join price_period as p
        on p.vendor = c.vendor and p.model = c.priced_as
        and cast(c.start as date) >= p.since and cast(c.start as date) < p.until
    left join price_period as q
        on q.vendor = c.vendor and q.model = c.priced_as
        and cast(c.until - interval 1 microsecond as date) >= q.since
        and cast(c.until - interval 1 microsecond as date) < q.until
    left join price_banded as b on b.vendor = c.vendor and b.model = c.priced_as
    left join (select distinct vendor, model from price_window) as h
        on h.vendor = c.vendor and h.model = c.priced_as
    left join price_window as w
        on w.vendor = c.vendor and w.model = c.priced_as and c.grain_s < 86400
        and c.minute >= w.minute_from and c.minute * 60 + c.grain_s <= w.minute_to * 60
    where /*conditions*/
)
select
    /*dimensions*/
    feed, vendor, model, priced_product, tier, speed, region, billing,
    prompt_above, prompt_upto, meter, month, period, price_window, apart,
    min(start) as start, max(until) as until,
    case when count(*) filter (where requests is null) = 0
        then sum(cast(requests as decimal(38, 0))) end as requests,
    /*counts*/,
    sum(quantity) as quantity,
    sum(cast(output_at_least as decimal(38, 0))) as output_at_least,
    sum(cast(rows as decimal(38, 0))) as rows
from priced
group by
    /*dimensions*/
    feed, vendor, model, priced_product, tier, speed, region, billing,
    prompt_above, prompt_upto, meter, month, period, price_window, apart,
    case when apart then start end, case when apart then until end
order by all
