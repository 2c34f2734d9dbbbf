-- rule: The cells of a feed come to exactly what its kept calls come to.
with told as (
    select feed, strftime(time, '%Y-%m') as month,
        sum(cast(output_tokens as decimal(38, 0))) as output_tokens,
        sum(cast(input_tokens as decimal(38, 0))) as input_tokens,
        sum(cast(cache_read_tokens as decimal(38, 0))) as cache_read_tokens,
        count(*) as rows
    from calls group by feed, strftime(time, '%Y-%m')
),
counted as (
    select feed, strftime(start, '%Y-%m') as month,
        sum(cast(output_tokens as decimal(38, 0))) as output_tokens,
        sum(cast(input_tokens as decimal(38, 0))) as input_tokens,
        sum(cast(cache_read_tokens as decimal(38, 0))) as cache_read_tokens,
        sum(rows) as rows
    from usage_of_calls group by feed, strftime(start, '%Y-%m')
)
select coalesce(t.feed, c.feed) as feed, coalesce(t.month, c.month) as month, t.rows, c.rows
from told as t
full outer join counted as c on c.feed = t.feed and c.month = t.month
where t.rows is distinct from c.rows
    or t.output_tokens is distinct from c.output_tokens
    or t.input_tokens is distinct from c.input_tokens
    or t.cache_read_tokens is distinct from c.cache_read_tokens
