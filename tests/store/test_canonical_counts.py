"""A canonical Parquet file counted in one pass comes to what reading it row by row comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothhalves.intake.canonical import rows
from bothhalves.intake.source import Source
from bothhalves.store.canonical import NotPlain, count_parquet
from bothhalves.store.engine import DuckDB

EDGES = (100, 200)
COLUMNS = {
    "time": "timestamptz",
    "vendor": "varchar",
    "model": "varchar",
    "workload": "varchar",
    "id": "varchar",
    "requests": "bigint",
    "input_tokens": "bigint",
    "cache_read_tokens": "integer",
    "output_tokens": "bigint",
}
GOOD = ["2026-10-01T10:00:00Z", "openai", "gpt", "search", None, None, "50", "40", "5"]


def row(**fields: str | None) -> list[str | None]:
    return [fields.get(name, known) for name, known in zip(COLUMNS, GOOD, strict=True)]


def parquet(path: Path, *found: list[str | None], columns: dict[str, str] = COLUMNS) -> Path:
    engine = DuckDB()
    typed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns.items())
    values = ", ".join(f"unnest(cast(${name} as varchar[])) as {name}" for name in columns)
    listed = dict(zip(columns, map(list, zip(*found, strict=True)), strict=True))
    engine.save(f"select {typed} from (select {values})", path, listed)
    engine.close()
    return path


def cells(path: Path, columns: str) -> list[tuple[object, ...]]:
    return DuckDB().run(f"select {columns} from read_parquet($path) order by all", {"path": str(path)})


MIXED = [
    row(),
    row(input_tokens="61"),
    row(input_tokens="400", requests="1", workload=None),
    row(input_tokens="400", requests="7"),
    row(time="2026-10-02T00:00:00+00:00", id="a", output_tokens="9"),
    row(time="2026-10-02T00:00:01+00:00", id="a", output_tokens="159"),
    row(id="b"),
    row(vendor=""),
    row(model=None),
    row(input_tokens="-1"),
    row(input_tokens="0", cache_read_tokens="0", output_tokens="0"),
    row(input_tokens=None, cache_read_tokens=None, output_tokens=None),
    row(time="1999-10-01T10:00:00Z"),
    row(time=None),
    row(input_tokens="9000000000000000"),
]


def test_one_pass_and_row_by_row_agree(tmp_path: Path) -> None:
    source = parquet(tmp_path / "usage.parquet", *MIXED)
    done = count_parquet([source], tmp_path / "cells.parquet", edges=EDGES)
    usable = [r.usage for r in rows(Source(source, source.name)) if r.usage is not None]
    streamed = [u for u in usable if not (u.id == "a" and u.output_tokens == 9)]
    assert (done.rows, done.repeated) == (len(MIXED), 1)
    assert done.bad == len(MIXED) - len(usable)
    (totals,) = cells(tmp_path / "cells.parquet", "sum(input_tokens), sum(output_tokens), sum(requests)")
    assert tuple(map(int, totals)) == (
        sum(u.input_tokens for u in streamed),
        sum(u.output_tokens for u in streamed),
        sum(u.requests or 1 for u in streamed),
    )


def test_prompts_are_classed_and_days_kept_apart(tmp_path: Path) -> None:
    source = parquet(tmp_path / "usage.parquet", *MIXED)
    count_parquet([source], tmp_path / "cells.parquet", edges=EDGES)
    found = cells(tmp_path / "cells.parquet", "strftime(start, '%d'), prompt_above, prompt_upto, requests")
    first = {(-1, 100, 3), (100, 200, 1), (200, None, 1), (-1, None, 7)}
    assert set(found) == {("02", -1, 100, 1), *(("01", *cell) for cell in first)}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"until": "timestamptz"}, "until"),
        ({"quantity": "varchar"}, "quantity"),
        ({"time": "timestamp"}, "zone"),
        ({"output_tokens": "double"}, "whole numbers"),
        ({"output_tokens": "varchar"}, "whole numbers"),
    ],
)
def test_files_that_need_reading_row_by_row_say_so(tmp_path: Path, change: dict[str, str], why: str) -> None:
    columns = {**COLUMNS, **change}
    values = [*row(), *([None] * (len(columns) - len(COLUMNS)))]
    source = parquet(tmp_path / "usage.parquet", values, columns=columns)
    with pytest.raises(NotPlain, match=why):
        count_parquet([source], tmp_path / "cells.parquet", edges=EDGES)


def test_counts_beyond_every_sum_are_left_to_reading_row_by_row(tmp_path: Path) -> None:
    huge = row(input_tokens=str(2**63 - 1), cache_read_tokens="2")
    source = parquet(tmp_path / "usage.parquet", huge)
    with pytest.raises(NotPlain, match="too large"):
        count_parquet([source], tmp_path / "cells.parquet", edges=EDGES)
