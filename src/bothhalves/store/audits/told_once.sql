-- rule: No call is kept twice in a feed: neither an id nor a message under one request; nor a cost.
select feed, cast(id as varchar) as name, '' as request, count(*) as rows
from calls
where id is not null
group by feed, id
having count(*) > 1
union all
select feed, product || ' ' || message, request, count(*)
from calls
where message <> ''
group by feed, product || ' ' || message, request
having count(*) > 1
union all
select feed, id, 'cost', count(*)
from costs
where id <> ''
group by feed, id
having count(*) > 1
