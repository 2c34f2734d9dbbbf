-- question: To which team does the holder of each seat belong?
-- grain: one row per seat of a roster
select s.*, coalesce(t.team, 'unknown') as team
from seats as s
left join person_team as t on t.person = s.person
