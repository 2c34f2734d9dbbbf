-- question: What do the plain requests of a canonical file come to, by all that the price of a request depends on?
-- grain: one row per conditions, period of prices, prompt class and set of meters that are not zero; its slot of time is
--        one of the period
select
    /*keys*/,
    min(slot) as slot,
    count(*) as rows,
    /*sums*/
from plain
where row not in (select row from single)
group by /*keys*/
order by all
