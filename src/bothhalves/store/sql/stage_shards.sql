-- question: What calls do the records of the transcript shards in "shard" describe?
-- grain: one row per record
select
    l.feed,
    coalesce(s.vendor, '') as vendor,
    coalesce(s.tool, '') as product,
    coalesce(p.pseudonym, '') as person,
    coalesce(s.project, '') as workload,
    coalesce(s.model, '') as model,
    coalesce(nullif(s.tier, ''), 'standard') as tier,
    coalesce(nullif(s.speed, ''), 'standard') as speed,
    coalesce(s.region, '') as region,
    cast(cast(s.time as timestamptz) at time zone 'UTC' as timestamp) as time,
    /*counts*/,
    coalesce(s.output_at_least, false) as output_at_least,
    coalesce(s.session, '') as session,
    coalesce(nullif(s.message, ''), nullif(s.request, ''), s.file || ':' || s.line) as message,
    coalesce(s.request, '') as request,
    coalesce(s.sidechain, false) as sidechain,
    coalesce(s.agent, false) as agent,
    s.file,
    l.source,
    s.line as row
from shard as s
inner join log as l on s.file = l.file
left join pseudonym as p on s.person = p.raw
where greatest(/*numbers*/) <= 1000000000000000 and least(/*numbers*/) >= 0
