"""Pricing canonical rows, and importing them, against a bare scan of Parquet by the same engine."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import prices, usage_rows
from bench.measure import CACHE, Run, job, middle, product, run
from bench.table import Row

SIZES = {"quick": (10_000_000,), "full": (10_000_000, 100_000_000)}
MOST_RATIO, AIM, MOST_MB = 2.5, 2.0, 1000
#: Rows that ``bothhalves price`` reads as CSV.
DELIMITED = {"quick": 1_000_000, "full": 10_000_000}
#: Rows that are imported into a workspace: one cell or more is kept of each, and the row itself.
IMPORTED = {"quick": 1_000_000, "full": 10_000_000}


def rows_file(rows: int) -> Path:
    """A canonical Parquet file of so many invented requests, made once."""
    path = CACHE / f"usage-{rows}.parquet"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        usage_rows.write(draft, rows)
        draft.replace(path)
    return path


def text_file(rows: int) -> Path:
    """The same requests as CSV, made once."""
    path = CACHE / f"usage-{rows}.csv"
    if not path.exists():
        draft = path.with_suffix(".part")
        usage_rows.write_text(rows_file(rows), draft)
        draft.replace(path)
    return path


def measured(size: str) -> list[Row]:
    books = sorted(prices.write(CACHE / "books"))
    found = []
    for rows in SIZES[size]:
        path = rows_file(rows)
        repeats = 3 if rows <= 10_000_000 else 2
        pairs = [(job("scan", path), job("rating", books[0].parent, path)) for _ in range(repeats)]
        scan, ours = (middle(column) for column in zip(*pairs, strict=True))
        found += _rows(rows, scan, ours)
    found += [_priced(path, books) for path in (rows_file(SIZES[size][0]), text_file(DELIMITED[size]))]
    return [*found, *_imported(IMPORTED[size])]


def _priced(path: Path, books: Sequence[Path]) -> Row:
    """The verb, from starting the program to its summary."""
    words = [word for book in books for word in ("--book", book)]
    done = middle([run(product("price", path, *words)) for _ in range(3)])
    rows = int(path.stem.partition("-")[2])
    assert done.out.startswith(f"{rows:,} rows priced"), done.out
    what = f"{rows // 1_000_000} M rows{' as CSV' * (path.suffix == '.csv')}: `bothhalves price`"
    return Row(what, done, None, f"< {MOST_MB} MB", done.rss < MOST_MB)


def _imported(rows: int) -> list[Row]:
    """A new workspace's first import, from starting the program to calls and cells on disk."""
    path = rows_file(rows)
    scan = job("scan", path)
    millions, target = f"{rows // 1_000_000} M rows", f"< {MOST_MB} MB"
    found = [Row(f"{millions}: bare scan", scan)]
    for file, said in ((path, ""), (text_file(rows), " as CSV")):
        ours = imported(file)
        what = f"{millions}{said}: import into a workspace"
        found.append(Row(what, ours, ours.cpu / scan.cpu, target, ours.rss < MOST_MB))
    return found


def imported(path: Path) -> Run:
    """``bothhalves import`` of one file into a workspace of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=CACHE) as folder:
        run(product("init", folder))
        return run(product("import", path, "--workspace", folder))


def _rows(rows: int, scan: Run, ours: Run) -> list[Row]:
    millions = f"{rows // 1_000_000} M rows"
    told, ratio = ours.answer, ours.cpu / scan.cpu
    assert told["rows"] == {"priced": rows}, told
    what = f"{millions}: count and rate"
    target = f"CPU <= {MOST_RATIO} x scan (aim {AIM:g}), < {MOST_MB} MB"
    met = ratio <= MOST_RATIO and ours.rss < MOST_MB
    return [Row(f"{millions}: bare scan", scan), Row(what, ours, ratio, target, met)]
