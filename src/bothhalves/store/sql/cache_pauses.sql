-- question: How long after the last request with the same prefix did each request come, so that a prompt cache
--           would have served it or not? Requests that move to another model are counted there, because every
--           model has a cache of its own. Requests of one instant do not serve each other: an entry is read only
--           after the answer to the request that wrote it has begun. A prefix that the model does not cache
--           serves nobody.
-- grain: one row per vendor, account, model, workload, task class, tier, speed, region and class of pause: -2 not
--        cacheable, -1 no earlier request in sight, then the number of lifetimes that had run out
with chosen as (
    select
        *,
        epoch_us(time) as moment,
        least(
            prefix_tokens,
            input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_write_tokens
        ) as tokens,
        case
            when id is not null then cast(id as varchar)
            when message <> '' then message || ' ' || request
            else source || ' ' || "row"
        end as name
    from counted_calls
    where prefix <> '' and until is null and meter = '' and coalesce(requests, 1) = 1
        and time >= $sight and time < $until and /*conditions*/
),
asked as (
    select
        coalesce(m.to_vendor, c.vendor) as vendor, c.account, coalesce(m.to_model, c.model) as model,
        c.workload, c.task_class, c.tier, c.speed, c.region, c.prefix, c.moment, c.tokens
    from chosen as c
    left join moved as m
        on m.workload = c.workload and m.model = c.model
        and (m.task_class is null or m.task_class = c.task_class)
        and md5_number_lower(c.name) % /*whole*/ >= m.part_from
        and md5_number_lower(c.name) % /*whole*/ < m.part_until
),
judged as (
    select a.*, /*cacheable*/ as is_cacheable
    from asked as a
    left join shortest_prefix as s on s.vendor = a.vendor and s.model = a.model
),
paused as (
    select
        *,
        moment - last_value(moment) over (
            partition by vendor, account, model, workload, tier, speed, region, prefix, is_cacheable
            order by moment range between unbounded preceding and 1 preceding
        ) as pause
    from judged
)
select
    vendor, account, model, workload, task_class, tier, speed, region,
    case when not is_cacheable then -2 when pause is null then -1 else /*class*/ end as class,
    count(*) as requests,
    sum(cast(tokens as decimal(38, 0))) as tokens
from paused
where moment >= epoch_us(cast($start as timestamp))
group by all
order by all
