-- question: Who used anything in a span?
-- grain: one row per vendor and person
select distinct vendor, person
from counted_usage
where person <> '' and start >= $start and start < $until
order by all
