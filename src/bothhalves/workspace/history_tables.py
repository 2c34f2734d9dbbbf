"""Small tables as people export them: columns by any of several names, and each line with its number."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import islice
from pathlib import Path

from bothhalves.core.explain import Problem, Where

#: A column by what it is for, with the names that it may have; of several the first that is there counts.
Columns = Mapping[str, tuple[str, ...]]
_DELIMITERS = ",;\t"


def problem(name: str, row: int, what: str, fix: str) -> Problem:
    """What is wrong with a line of a history; row 0: with all of it."""
    return Problem("backtest.history", Where(name, row), what, fix)


def read_table(
    path: Path, wanted: Columns, optional: Columns, most: int
) -> tuple[list[tuple[int, dict[str, str]]], Problem | None]:
    """Lines with their numbers and stripped cells by what they are for; or why it is no such table."""
    names = " and ".join(wanted)
    fix = f"Begin with the line {','.join(wanted)}."
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
        for delimiter in _DELIMITERS:
            table = _Table(text, delimiter, {**wanted, **optional})
            if set(wanted) <= set(table.columns):
                rows = list(islice(table.rows(), most + 1))
                long = problem(path.name, 0, f"has more than {most} lines.", "Split the file.")
                return (rows, None) if len(rows) <= most else ([], long)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [], problem(path.name, 0, f"cannot be read as a table: {error}.", fix)
    return [], problem(path.name, 1, f"has no columns {names}.", fix)


class _Table:
    """A text under one delimiter, after its head was read."""

    def __init__(self, text: str, delimiter: str, known: Columns) -> None:
        self._lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        self._head = [cell.strip().lower() for cell in next(filter(any, self._lines), [])]
        named = {what: [n for n in names if n in self._head] for what, names in known.items()}
        self.columns = {what: self._head.index(found[0]) for what, found in named.items() if found}

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        for row in self._lines:
            if any(row):
                cells = {w: row[n].strip() if n < len(row) else "" for w, n in self.columns.items()}
                yield self._lines.line_num, cells
