"""Canonical Parquet files as a store of their own: counted in one pass, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bothhalves.store import segments
from bothhalves.store.canonical import DAY_S, DEFAULTS, CanonicalCount, count_parquet
from bothhalves.store.engine import DuckDB, quoted
from bothhalves.store.manifest import Manifest, Segment
from bothhalves.store.reader import Store
from bothhalves.store.schema import USAGE

FEED = "canonical"
_SLOT = ("usage", FEED, "all", "files")
#: What a cell has in columns that the files lack, where that is not simply nothing.
_DERIVED = {
    **{name: f"'{value}'" for name, value in DEFAULTS.items()},
    "feed": f"'{FEED}'",
    "until": "start + to_seconds(grain_s)",
    "requests": "rows",
    "output_at_least": "0",
    "first_row": "0",
    "last_row": "0",
}
_NOTHING = {"VARCHAR": "''", "BIGINT": "0"}


class Distinct(NamedTuple):
    """By which prompt sizes, and by how many seconds, requests must be told apart to be priced exactly."""

    edges: Sequence[int]
    grain_s: int = DAY_S


@contextmanager
def counted_files(
    paths: Sequence[Path],
    distinct: Callable[[list[tuple[str, str]]], Distinct],
    group_by: Sequence[str] = ("workload",),
) -> Iterator[tuple[Store, CanonicalCount]]:
    """The cells of the files as a store, and what counting them came to.

    ``distinct`` is asked with the vendors and models of the files. Raises what :func:`count_parquet` does.
    """
    with TemporaryDirectory(prefix="bothhalves-") as folder:
        root = Path(folder)
        segment, count = segment_of(paths, root, distinct(models_of(paths)), group_by)
        found = {} if segment is None else {segment.slot: segment}
        store = Store(root, Manifest(segments=found), {}, {})
        try:
            yield store, count
        finally:
            store.close()


def models_of(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Vendor and model of all rows of the files."""
    engine = DuckDB()
    try:
        sql = "select distinct vendor, model from read_parquet($paths) where model is not null order by all"
        return [(vendor, model) for vendor, model in engine.run(sql, {"paths": [str(p) for p in paths]})]
    finally:
        engine.close()


def segment_of(
    paths: Sequence[Path], root: Path, distinct: Distinct, group_by: Sequence[str] = ("workload",)
) -> tuple[Segment | None, CanonicalCount]:
    """The cells of the files as a segment below ``root``, named by its content; None without any."""
    with TemporaryDirectory(prefix="bothhalves-") as scratch:
        cells = Path(scratch) / "cells.parquet"
        count = count_parquet(
            paths,
            cells,
            edges=distinct.edges,
            grain_s=distinct.grain_s,
            group_by=group_by,
            spill=Path(scratch) / "spill",
        )
        engine = DuckDB(Path(scratch) / "spill")
        try:
            named = {"cells": str(cells)}
            known = {r[0] for r in engine.run("describe select * from read_parquet($cells)", named)}
            select = f"select {_widened(known)} from read_parquet($cells)"
            return segments.write(engine, root, _SLOT, select, named), count
        finally:
            engine.close()


def _widened(known: set[str]) -> str:
    """Every column of a stored cell: as counted, derived, or nothing."""
    columns = []
    for name, kind in USAGE.items():
        value = quoted(name) if name in known else _DERIVED.get(name, _NOTHING.get(kind, "null"))
        columns.append(f"cast({value} as {kind}) as {quoted(name)}")
    return ", ".join(columns)
