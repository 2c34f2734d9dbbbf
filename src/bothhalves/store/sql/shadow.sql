-- question: Which usage that is heard at $place is told by a feed that was heard, and counted, before it?
--           Use without a person may be anybody's of its account; a log of one program meets what programs
--           tell of themselves only under one product; two services meet in no feed that names services. An
--           account of a gateway is a team of its own, not an account of the vendor.
-- grain: one row per feed, vendor, product, account, billing, person, meter, program and first day not counted
with late as (
    select * from reported where place = $place
),
met as (
    select l, e from late as l
    inner join told as e
        on e.vendor = l.vendor and e.meter = l.meter and e.day = l.day and e.person = l.person
    union all
    select l, e from late as l
    inner join told as e on e.vendor = l.vendor and e.meter = l.meter and e.day = l.day
    where e.person = '' and l.person <> '' and (e.is_everybody or 'vendor' in (e.kind, l.kind))
    union all
    select l, e from late as l
    inner join told as e on e.vendor = l.vendor and e.meter = l.meter and e.day = l.day
    where e.person <> '' and l.person = '' and (l.is_everybody or 'vendor' in (e.kind, l.kind))
)
select
    l.feed, l.vendor, l.product, l.account, l.billing, l.person, l.meter, l.program, l.first_day,
    min_by(e.feed, e.place) as counted_by
from met
where e.feed <> l.feed
    and (e.path = l.path or 'unknown' in (e.path, l.path))
    and (e.path_product = l.path_product or '' in (e.path_product, l.path_product))
    and (
        (e.person = l.person and l.person <> '')
        or e.account = l.account or '' in (e.account, l.account)
        or (e.kind = 'gateway') <> (l.kind = 'gateway')
    )
    and (e.program = l.program or '' in (e.program, l.program) or e.kind <> l.kind)
    and (
        e.product = l.product or not ('agent' in (e.kind, l.kind)
        and ('program' in (e.kind, l.kind) or 'trace' in (e.kind, l.kind)))
    )
group by all
