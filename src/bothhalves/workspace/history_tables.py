"""Small tables as people export them: columns by any of several names, and each line with its number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.intake import tabular
from bothhalves.intake.source import Source

#: A column by what it is for, with the names that it may have; of several the first that is there counts.
Columns = Mapping[str, tuple[str, ...]]
Lines = list[tuple[int, dict[str, str]]]


def problem(name: str, row: int, what: str, fix: str) -> Problem:
    """What is wrong with a line of a history; row 0: with all of it."""
    return Problem("backtest.history", Where(name, row), what, fix)


def read_table(
    path: Path, wanted: Columns, optional: Columns, most: int
) -> tuple[Lines, tuple[Problem, ...]]:
    """Lines with their numbers and stripped cells by what they are for; or why it is no such table. Of a line
    that is no row nobody knows whom it is about, so that no other is read either."""
    columns: dict[str, str] = {}
    lines: Lines = []
    wrong: list[Problem] = []
    for row in tabular.rows(Source(path, path.name)):
        if row.problem is not None:
            wrong.append(row.problem)
            continue
        columns = columns or _named(row.cells, {**wanted, **optional})
        if not set(wanted) <= set(columns):
            fix = f"Begin with the line {','.join(wanted)}."
            return [], (problem(path.name, 1, f"has no columns {' and '.join(wanted)}.", fix),)
        if len(lines) == most:
            return [], (problem(path.name, 0, f"has more than {most} lines.", "Split the file."),)
        cells = {what: tabular.text(row.cells.get(name)) for what, name in columns.items()}
        if any(cells.values()):
            lines.append((row.where.row, cells))
    return ([], tuple(wrong)) if wrong else (lines, ())


def _named(cells: Mapping[str, object], known: Columns) -> dict[str, str]:
    """The columns of a table by what they are for."""
    here = {name.strip().lower(): name for name in cells}
    found = {what: [n for n in names if n in here] for what, names in known.items()}
    return {what: here[names[0]] for what, names in found.items() if names}
