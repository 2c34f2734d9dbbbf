-- question: How much money do sources state, by what it is evidence of?
-- grain: one row per feed, vendor, account, key, product, category, currency, kind and local month
select
    feed, vendor, account, key, product, category, currency, kind, month,
    sum(amount) as amount,
    case when count(gross) = count(*) then sum(gross) end as gross,
    count(*) as rows,
    min(time) as first,
    max(until) as after
from (/*costs*/)
where /*within*/
group by feed, vendor, account, key, product, category, currency, kind, month
order by all
