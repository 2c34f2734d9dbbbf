-- question: Which reported usage is told by a feed of record as well, so that it is not counted again?
--           Per vendor, path, person and UTC day the feed of lowest rank counts. A feed without persons
--           speaks for everybody of its account, so it counts before any feed that names people. Feeds of
--           rank 40 and above (logs, gateways) see only a part: they never hide a vendor's own feed.
-- grain: one row per feed, vendor, product, account, billing, person, meter and first day not counted
select distinct
    r.feed, r.vendor, r.product, r.account, r.billing, r.person, r.meter, r.first_day, w.feed as counted_by
from reported as r
inner join reported as w
    on w.vendor = r.vendor and w.meter = r.meter and w.day = r.first_day and w.feed <> r.feed
where r.day = r.first_day
    and (w.path = r.path or w.path = 'unknown' or r.path = 'unknown')
    and (w.path_product = r.path_product or w.path_product = '' or r.path_product = '')
    and (
        (
            w.person = r.person
            and (w.rank < r.rank or (w.rank = r.rank and w.feed < r.feed))
            and (r.person <> '' or w.account = r.account or w.account = '' or r.account = '')
        )
        or (
            w.person = '' and r.person <> '' and (w.rank < 40 or r.rank >= 40)
            and (w.account = r.account or w.account = '' or r.account = '')
        )
        or (
            w.person <> '' and r.person = '' and w.rank < 40 and r.rank >= 40
            and (w.account = r.account or w.account = '' or r.account = '')
        )
    )
