-- question: On which local days has which feed reported usage of which vendor and account?
-- grain: one row per feed, vendor, account and local day on which a cell starts; a bucket of a day or longer
--        starts on the day in its middle
with dated as (
    select
        feed, vendor, account, rows,
        cast(case when grain_s < 86400 then /*local*/
            else start + to_seconds(grain_s // 2) end as date) as day
    from usage
)
select feed, vendor, account, day, cast(sum(rows) as bigint) as rows
from dated
group by feed, vendor, account, day
order by feed, vendor, account, day
