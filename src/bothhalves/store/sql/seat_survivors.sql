-- question: Which stored seats stand beside the new snapshots? A snapshot replaces that of the same day only.
-- grain: one row per stored seat that stands
select o.*
from old as o
where not exists (
    select 1
    from fresh as n
    where n.vendor = o.vendor
        and n.product = o.product
        and n.account = o.account
        and cast(n.as_of as date) = cast(o.as_of as date)
)
