-- question: On which local day does each counted cell fall? A bucket of a day or longer keeps the day that
--           its source means, wherever midnight is there: the day in its middle.
-- grain: one row per counted cell
select
    u.*,
    case when u.grain_s < 86400 then /*local*/
        else date_trunc('day', u.start + to_seconds(u.grain_s // 2)) end as local_start
from counted_usage as u
