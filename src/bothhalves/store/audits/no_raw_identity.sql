-- rule: People are stored under pseudonyms: no address or login is left.
select 'usage' as place, person from usage where person like '%@%' or person like '%:%'
union all
select 'calls', person from calls where person like '%@%' or person like '%:%'
union all
select 'seats', person from seats where person like '%@%' or person like '%:%'
union all
select 'activity', person from activity where person like '%@%' or person like '%:%'
union all
select 'costs', person from costs where person like '%@%' or person like '%:%'
