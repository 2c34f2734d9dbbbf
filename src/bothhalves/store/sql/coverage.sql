-- question: On which UTC days has which feed reported usage of which vendor and account?
-- grain: one row per feed, vendor, account and day on which a cell starts
select feed, vendor, account, cast(start as date) as day, cast(sum(rows) as bigint) as rows
from usage
group by feed, vendor, account, cast(start as date)
order by feed, vendor, account, day
