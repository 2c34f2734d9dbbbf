-- question: What do the statistics of Parquet files say of each column: does every row have a value, and does
--           the sum of all rows surely stay within 64 bits?
-- grain: one row per column
select
    path_in_schema as name,
    coalesce(sum(stats_null_count) = 0 and count(*) = count(stats_null_count), false) as is_full,
    coalesce(
        count(*) = count(try_cast(stats_max as bigint)) and min(try_cast(stats_min as bigint)) >= 0
        and max(cast(try_cast(stats_max as bigint) as decimal(38, 0))) * sum(row_group_num_rows)
            < 9000000000000000000,
        false
    ) as is_small
from parquet_metadata($paths)
group by path_in_schema
