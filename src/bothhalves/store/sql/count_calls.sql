-- question: What do the rows of "counting" (calls, and usage stated by the bucket) come to as cells?
-- grain: one row per source, dimensions, conditions, prompt class, meter and slot of time
--        (15 minutes for calls, the stated bucket otherwise)
with sized as (
    select
        *,
        input_tokens + cache_read_tokens + cache_write_5m_tokens
            + cache_write_1h_tokens + cache_write_tokens as prompt,
        coalesce(requests = 1, until is null) as single
    from counting
),
classed as (
    select
        sized.*,
        case when single or band_above is null then c.above else band_above end as class_above,
        case
            when single then c.upto
            when band_above is not null then band_upto
            when prompt > 0 then c.upto
        end as class_upto,
        case when until is null then make_timestamp((epoch_us(time) // 900000000) * 900000000) else time end
            as slot,
        case when until is null then 900 else greatest(1, date_diff('second', time, until)) end as slot_s
    from sized
    inner join prompt_class as c on c.class = /*class*/
)
select
    /*told_by*/,
    case when single or band_above is not null then class_above else -1 end as prompt_above,
    class_upto as prompt_upto,
    slot as start,
    slot + to_seconds(slot_s) as until,
    slot_s as grain_s,
    case when count(*) filter (where requests is null and not single) = 0
        then cast(sum(coalesce(requests, 1)) as bigint) end as requests,
    /*counts*/,
    /*quantity*/ as quantity,
    cast(count(*) filter (where output_at_least) as bigint) as output_at_least,
    count(*) as rows,
    min(row) as first_row,
    max(row) as last_row
from classed
group by
    /*told_by*/,
    case when single or band_above is not null then class_above else -1 end,
    class_upto,
    slot,
    slot_s
