-- question: Which stored rows of "old" stand beside the new export, and which does it take the place of?
-- grain: one row per stored row that stands
select o.*
from old as o
where /*kept*/ not (
    exists (select 1 from spoken_span as s where o./*time*/ >= s.start and o./*time*/ < s.until)
    and exists (select 1 from spoken as n where /*match*/)
)
