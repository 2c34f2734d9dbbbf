"""The page and one explanation from as many cells, of few and of many raw rows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bench import cells, prices
from bench.measure import CACHE, Run, middle, product, run
from bench.rating import rows_file
from bench.table import Row

SIZES = {"quick": (100_000, 10_000_000), "full": (100_000, 100_000_000)}
REPEATS, MOST_RATIO = 5, 1.25
#: ``page`` and ``explain`` say with this code that something weakens the page, such as a missing export.
_GOOD = (0, 3)


def measured(size: str) -> list[Row]:
    few, many = SIZES[size]
    folders = [_workspace(rows) for rows in (few, many)]
    counts = [_cells(folder) for folder in folders]
    found = []
    for name, words in (("page", ["page"]), ("explain", ["explain", _figure(folders[1])])):
        runs: tuple[list[Run], list[Run]] = ([], [])
        for _ in range(REPEATS):
            for folder, kept in zip(folders, runs, strict=True):
                kept.append(run(product(*words, "--workspace", folder), good=_GOOD))
        one, other = middle(runs[0]), middle(runs[1])
        ratio = other.cpu / one.cpu
        found += [
            Row(f"{name}: {few:,} rows in {counts[0]:,} cells", one),
            Row(
                f"{name}: {many:,} rows in {counts[1]:,} cells",
                other,
                ratio,
                f"CPU near 1 x (<= {MOST_RATIO})",
                ratio <= MOST_RATIO,
            ),
        ]
    return found


def _workspace(rows: int) -> Path:
    """A workspace whose only usage is that of a canonical file, counted by the day and by no owner.

    Owners are left out so that few rows come to as many cells as many. The segment is put into the manifest
    directly: importing a file keeps its single rows as well, which is not what is measured here.
    """
    root = CACHE / f"page-{rows}"
    shutil.rmtree(root, ignore_errors=True)
    run(product("init", root))
    prices.write(root / "books")
    source = rows_file(rows)
    cells.fill(root, source, ())
    return root


def _cells(root: Path) -> int:
    from bothhalves.store import manifest

    return sum(segment.rows for segment in manifest.load(root).of("usage"))


def _figure(root: Path) -> str:
    """The key of a figure of money to be explained."""
    page = json.loads(run(product("page", "--json", "--workspace", root), good=_GOOD).out)
    return str(next(key for key in page["figures"] if key.startswith("tokens.cost?")))
