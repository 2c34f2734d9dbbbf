"""What is measured in a process of its own: ``python -m bench.jobs NAME WORDS…`` prints cost and answer."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from bothhalves.core.money import plain

Job = Callable[[], Any]


def scan(*paths: str) -> Job:
    """DuckDB decodes the columns that rating needs and adds them up; nothing is grouped or joined."""
    import duckdb

    numbers = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "output_tokens")
    texts = ("vendor", "model", "workload", "tier")
    columns = ["max(epoch_us(time))", *(f"max({c})" for c in texts), *(f"sum({c})" for c in numbers)]
    connection = duckdb.connect(config={"memory_limit": "800MB"})
    sql = f"select count(*), {', '.join(columns)} from read_parquet(?)"
    return lambda: connection.execute(sql, [list(paths)]).fetchall()[0][0]


def rating(books: str, *paths: str) -> Job:
    """The files counted and rated: cost by workload, model and month. The price book is read before."""
    from bothhalves.reading import price_book
    from bothhalves.workspace.files import rated_files

    book, problems = price_book(sorted(Path(books).glob("*.yaml")))
    assert not problems, problems

    def rated() -> dict[str, Any]:
        groups: Counter[tuple[str, str, str, str]] = Counter()
        total, requests, unpriced = Decimal(0), 0, 0
        for usage in rated_files([Path(p) for p in paths], book):
            groups[usage.vendor, usage.owner, usage.model, usage.month] += 1
            total += sum((line.amount.low for line in usage.rating.lines), Decimal(0))
            requests += usage.requests or 0
            unpriced += len(usage.rating.unpriced)
        return {"total": plain(total), "requests": requests, "groups": len(groups), "unpriced": unpriced}

    return rated


JOBS: dict[str, Callable[..., Job]] = {"scan": scan, "rating": rating}


def main() -> None:
    name, *words = sys.argv[1:]
    ready = JOBS[name](*words)
    before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    answer = ready()
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "answer": answer}))


if __name__ == "__main__":
    main()
