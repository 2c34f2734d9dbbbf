"""Request rows for measuring: ``python bench/usage_rows.py FILE [ROWS]`` writes a canonical Parquet file.

The rows are invented: 400 workloads, 24 models, 3000 people, 120 days, sorted by time, prompts over five
orders of magnitude.
"""

from __future__ import annotations

import sys
from pathlib import Path

_ROWS = """
copy (
    with drawn as (
        select
            n,
            hash(n) as a, hash(n + 1000000007) as b, hash(n + 2000000011) as c, hash(n + 3000000019) as d
        from range($rows) as t(n)
    )
    select
        timestamp '2026-07-01' + to_microseconds(cast(n * (120 * 86400.0 * 1e6 / $rows) as bigint)) as time,
        ['anthropic', 'openai', 'google', 'mistral'][cast(1 + (a % 4) as bigint)] as vendor,
        'model-' || (a % 4) || '-' || (b % 6) as model,
        'workload-' || lpad(cast(c % 400 as varchar), 3, '0') as workload,
        'p-' || lpad(cast(d % 3000 as varchar), 4, '0') as person,
        case when b % 10 = 0 then 'batch' else 'standard' end as tier,
        cast(exp(3 + (c % 100000) / 12000.0) as bigint) as input_tokens,
        case when d % 2 = 0 then cast(exp(4 + (d % 77777) / 10000.0) as bigint) else 0 end
            as cache_read_tokens,
        case when a % 5 = 0 then cast(exp(4 + (a % 7777) / 1000.0) as bigint) else 0 end
            as cache_write_5m_tokens,
        cast(1 + exp((b % 9999) / 1300.0) as bigint) as output_tokens
    from drawn
) to $path (format parquet, compression zstd)
"""


def write(path: Path, rows: int) -> None:
    """Writes ``rows`` invented request rows to ``path``."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '2GB'")
        connection.execute(_ROWS, {"rows": rows, "path": str(path)})


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
