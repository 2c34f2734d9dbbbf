-- question: What do the request rows of a canonical file come to, straight from the file?
-- grain: one row per soundness, chosen dimensions, conditions, prompt class and slot of time
with source as (
    select /*columns*/ from read_parquet($paths)
),
sized as (
    select *, coalesce(/*sound*/, false) as is_sound, /*prompt*/ as prompt, /*single*/ as single from source
)
select
    is_sound,
    /*dimensions*/,
    /*class*/ as class,
    single,
    slot,
    /*sums*/,
    count(*) as rows
from sized
group by is_sound, /*dimensions*/, class, single, slot
