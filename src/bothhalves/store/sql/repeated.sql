-- question: Do two files of one export state the very same usage in the same buckets?
-- grain: one row per pair of sources with rows in common
select
    a.source as first_source,
    b.source as second_source,
    count(*) as rows
from new_usage as a
inner join new_usage as b
    on a.start = b.start and a.until = b.until and a.model = b.model and a.person = b.person
    and a.account = b.account and a.key = b.key and a.product = b.product and a.workload = b.workload
    and a.tier = b.tier and a.speed = b.speed and a.region = b.region and a.meter = b.meter
    and a.vendor = b.vendor and a.billing = b.billing and a.task_class = b.task_class
    and a.origin = b.origin and a.prompt_above = b.prompt_above
    and a.input_tokens = b.input_tokens and a.output_tokens = b.output_tokens
    and a.cache_read_tokens = b.cache_read_tokens
    and a.requests is not distinct from b.requests and a.quantity is not distinct from b.quantity
    and a.source < b.source
group by a.source, b.source
order by a.source, b.source
