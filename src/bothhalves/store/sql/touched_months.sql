-- question: In which months do the stored calls "old" meet the new ones: the same id or message, or a
--           file that was read again?
-- grain: one row per month
select distinct strftime(o.time, '%Y-%m') as month
from old as o
where o.id in (select n.id from fresh as n where n.id is not null)
    or o.message in (select n.message from fresh as n where n.message <> '')
    or list_contains($rewritten, o.file)
