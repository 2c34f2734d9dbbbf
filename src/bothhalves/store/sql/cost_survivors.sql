-- question: Which stored costs of "old" stand beside the new export? One with an id gives way to the same id only.
-- grain: one row per stored cost that stands
select o.*
from old as o
where case
    when o.id <> '' then not exists (select 1 from fresh as f where f.id = o.id)
    else not (
        exists (select 1 from spoken_span as s where o.time >= s.start and o.time < s.until)
        and exists (select 1 from spoken as n where /*match*/)
    )
end
