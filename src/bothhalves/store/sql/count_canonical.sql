-- question: What do the request rows of a canonical file come to, straight from the file?
-- grain: one row per chosen dimensions, conditions and place. A place is one number, which is faster to group
--        by than its four parts: slot of time, prompt class, whether rows are single requests, soundness.
with source as (
    select /*columns*/ from /*rows*/
),
sized as (
    select *, /*prompt*/ as prompt from source
)
select
    /*dimensions*/,
    ((slot * /*classes*/ + /*class*/) * 2 + cast(/*single*/ as integer)) * 2 + cast(/*sound*/ as integer) as place,
    /*sums*/,
    count(*) as rows
from sized
group by /*dimensions*/, place
