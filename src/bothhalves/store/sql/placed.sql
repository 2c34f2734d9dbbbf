-- question: On which local day does each counted cell fall? A bucket of a day or longer keeps the day that
--           its source means, wherever midnight is there: the day in its middle. And to which team does its
--           person belong?
-- grain: one row per counted cell
select
    u.*,
    coalesce(t.team, 'unknown') as team,
    case when u.grain_s < 86400 then /*local*/
        else date_trunc('day', u.start + to_seconds(u.grain_s // 2)) end as local_start
from counted_usage as u
left join person_team as t on t.person = u.person
