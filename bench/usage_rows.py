"""Request rows for measuring: ``python bench/usage_rows.py FILE [ROWS]`` writes a canonical Parquet file.

The rows are invented: 400 workloads of very unequal size with one or two of 28 models each, 3000 people, 120
days unless another number is given, sorted by time, prompts over five orders of magnitude.
"""

from __future__ import annotations

import sys
from pathlib import Path

_ROWS = """
copy (
    with drawn as (
        select
            n,
            (hash(n) % 1000003) / 1000003.0 as a,
            cast(hash(n + 1000000007) % 1000000 as bigint) as b,
            cast(hash(n + 2000000011) % 1000000 as bigint) as c,
            cast(hash(n + 3000000019) % 1000000 as bigint) as d
        from range($rows) as t(n)
    ),
    placed as (select *, cast(floor(400 * pow(a, 2.5)) as bigint) as w from drawn)
    select
        $start::timestamptz
            + to_microseconds(cast(n * ($days * 86400.0 * 1e6 / $rows) as bigint)) as time,
        ['anthropic', 'openai', 'google', 'mistral'][1 + w % 4] as vendor,
        'model-' || (w % 4) || '-' || (w % 6 + case when b % 8 = 0 then 1 else 0 end) as model,
        'workload-' || lpad(cast(w as varchar), 3, '0') as workload,
        'p-' || lpad(cast((w * 7 + d % 40) % 3000 as varchar), 4, '0') as person,
        case when w % 10 = 0 then 'batch' else 'standard' end as tier,
        cast(exp(3 + (c % 100000) / 12000.0) as bigint) as input_tokens,
        case when d % 2 = 0 then cast(exp(4 + (d % 77777) / 10000.0) as bigint) else 0 end
            as cache_read_tokens,
        case when b % 5 = 0 then cast(exp(4 + (b % 7777) / 1000.0) as bigint) else 0 end
            as cache_write_5m_tokens,
        cast(1 + exp((b % 9999) / 1300.0) as bigint) as output_tokens
    from placed
) to $path (format parquet, compression zstd)
"""


def write(path: Path, rows: int, start: str = "2026-07-01", days: int = 120) -> None:
    """Writes ``rows`` invented request rows of the ``days`` from ``start`` on to ``path``."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '2GB'")
        connection.execute(
            _ROWS, {"rows": rows, "path": str(path), "start": f"{start} 00:00:00+00", "days": days}
        )


def write_text(rows: Path, path: Path) -> None:
    """Writes the rows of such a file to ``path`` as CSV."""
    import duckdb

    time = "strftime(timezone('UTC', time), '%Y-%m-%dT%H:%M:%S.%fZ') as time"
    with duckdb.connect() as connection:
        sql = f"copy (select {time}, * exclude (time) from read_parquet($rows)) to $path (header)"
        connection.execute(sql, {"rows": str(rows), "path": str(path)})


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
