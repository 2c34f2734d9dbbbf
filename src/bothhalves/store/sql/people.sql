-- question: Who used what in a span, and who is said to pay for it?
-- grain: one row per vendor, product, feed, billing and person
select distinct vendor, product, feed, billing, person
from counted_usage
where person <> '' and start >= $start and start < $until
order by all
