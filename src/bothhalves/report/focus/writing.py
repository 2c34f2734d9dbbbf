"""FOCUS rows as a CSV or a Parquet file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from bothhalves.core.money import plain
from bothhalves.report.focus.columns import COLUMNS
from bothhalves.report.focus.rows import Row
from bothhalves.report.table import guarded

SUFFIXES = (".csv", ".parquet")


def write_focus(rows: Iterable[Row], path: Path) -> int:
    """Write the rows, in the format that the name of the file ends with; returns how many there were.

    ``ValueError`` for another ending. Empty cells of the CSV are nulls.
    """
    if path.suffix not in SUFFIXES:
        raise ValueError(f"{path.name}: a FOCUS file ends with {' or '.join(SUFFIXES)}")
    found = list(rows)
    if path.suffix == ".csv":
        _write_csv(found, path)
    else:
        from bothhalves.workspace.tables import write_parquet

        write_parquet(path, COLUMNS, [list(row.values()) for row in found])
    return len(found)


def _write_csv(rows: Iterable[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(value) for value in row.values()] for row in rows)


def _cell(value: str | Decimal | None) -> str:
    """Numbers have a point, so that no reader takes a column of whole ones for integers."""
    if not isinstance(value, Decimal):
        return guarded(value)
    text = plain(value)
    return text if "." in text else f"{text}.0"
