"""Amounts by period as a buyer writes them down: a table of periods and amounts, and perhaps of series."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from itertools import islice
from pathlib import Path

from bothhalves.core.dates import Month
from bothhalves.core.deal.backtesting import Course
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import exact
from bothhalves.workspace.history_periods import MONTH, Place, alike, by_month, gaps, month_of, place, said_of

#: Periods that are no months begin with this one.
_FIRST = Month(2000, 1)
_MOST = 100_000
_FIX = "Write a line for each period in a row, such as 2026-10,1234.50; 0 where nothing was used."
_PLAIN = (
    "Write plain digits such as 1234.50, without separators, currency or units; 0 where nothing was used."
)
_HEAD = "Begin with the line period,amount or series,period,amount."
_LARGEST = Decimal(10) ** 15
#: What columns may be called, the first that is there counts.
_PERIODS = ("period", "month", "date", "day", "time", "timestamp")
_AMOUNTS = ("amount", "cost", "spend")
_DELIMITERS = ",;\t"


@dataclass(slots=True)
class _Series:
    """The rows of a series by their places, and whether one of them cannot be read."""

    rows: dict[Place, tuple[int, int]] = field(default_factory=dict)  # amount in micro-units, and line
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A table that was read: the series that are whole, what is wrong with others, and how rows are read."""

    courses: tuple[Course, ...]
    problems: tuple[Problem, ...]
    said: tuple[str, ...] = ()


def read_history(path: Path) -> Read:
    """Courses by name, with periods in their order; and every line that cannot be read.

    A series of which a line cannot be read, or in which a period is missing, is left out: nobody knows what
    was used in it.
    """
    name = path.name
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _split(file.read(), name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return Read((), (_problem(name, 0, f"cannot be read as a table: {error}.", _HEAD),))
    except _NoTable as error:
        return Read((), (error.problem,))
    return _courses(name, rows)


class _NoTable(Exception):
    """A file without the columns, or with too many lines."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table."""

    line: int
    series: str
    period: str
    amount: str


def _split(text: str, name: str) -> list[_Row]:
    """The lines below the head, by the delimiter with which the head has the columns."""
    for delimiter in _DELIMITERS:
        table = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        head = [cell.strip().lower() for cell in next(filter(any, table), ())]
        period, amount = (next((c for c in known if c in head), "") for known in (_PERIODS, _AMOUNTS))
        if period and amount:
            lines = ((table.line_num, dict(zip(head, row, strict=False))) for row in table if any(row))
            rows = [_row(line, cells, period, amount) for line, cells in islice(lines, _MOST + 1)]
            if len(rows) > _MOST:
                raise _NoTable(_problem(name, 0, f"has more than {_MOST} lines.", "Split the file."))
            return rows
    raise _NoTable(_problem(name, 1, "has no columns period and amount.", _HEAD))


def _row(line: int, cells: Mapping[str, str], period: str, amount: str) -> _Row:
    return _Row(
        line,
        cells.get("series", "").strip() or "usage",
        cells.get(period, "").strip(),
        cells.get(amount, "").strip(),
    )


def _courses(name: str, rows: Sequence[_Row]) -> Read:
    series: dict[str, _Series] = defaultdict(_Series)
    problems: list[Problem] = []
    for row in rows:
        problem = _added(series[row.series], row, name)
        if problem is not None:
            series[row.series].faulty = True
            problems.append(problem)
    courses, said = [], []
    for own, found in sorted(series.items()):
        placed = dict(zip(alike(list(found.rows)), found.rows.values(), strict=True))
        wrong = list(_wrong(name, own, placed))
        problems += wrong
        if placed and not wrong and not found.faulty:
            course, how = _course(own, {p: amount for p, (amount, _) in placed.items()})
            courses.append(course)
            said.append(how)
    return Read(tuple(courses), tuple(sorted(problems)), tuple(dict.fromkeys(s for s in said if s)))


def _added(series: _Series, row: _Row, name: str) -> Problem | None:
    """The row in its series; or what is wrong with it."""
    try:
        where = place(row.period)
    except ValueError as error:
        return _problem(name, row.line, f"{error}.", _FIX)
    try:
        amount = exact(row.amount)
    except ValueError as error:
        return _problem(name, row.line, f"{error}.", _PLAIN)
    if not 0 <= amount <= _LARGEST:
        what = f"an amount is at least 0 and no more than {_LARGEST:E}, found {row.amount[:20]!r}."
        return _problem(name, row.line, what, _FIX)
    if where in series.rows:
        what = f"the period {row.period[:25]!r} is there twice, first in line {series.rows[where][1]}."
        return _problem(name, row.line, what, "Write one line for each period of a series.")
    series.rows[where] = int(Fraction(amount) * MICRO), row.line
    return None


def _wrong(name: str, own: str, placed: Mapping[Place, tuple[int, int]]) -> Iterator[Problem]:
    """Periods that are written in several ways, or that are missing."""
    if not placed:
        return
    by_line = sorted((line, p) for p, (_, line) in placed.items())
    other = next((row for row in by_line if row[1].kind != by_line[0][1].kind), None)
    if other is not None:
        what = f"a period of {own[:40]!r} is a {other[1].kind}, and one before it a {by_line[0][1].kind}."
        yield _problem(name, other[0], what, "Write all periods of a series in the same way.")
        return
    for after in gaps(sorted(placed)):
        yield _problem(name, placed[after][1], f"periods are missing before this one, of {own[:40]!r}.", _FIX)


def _course(own: str, amounts: Mapping[Place, int]) -> tuple[Course, str]:
    """The series, and how its rows are read."""
    months = by_month(amounts)
    how = said_of(sorted(amounts), added=months is not None)
    found = amounts if months is None else months
    ordered = sorted(found)
    is_dated = ordered[0].kind == MONTH
    first = month_of(ordered[0].number) if is_dated else _FIRST
    names = () if is_dated else tuple(p.written for p in ordered)
    return Course(own, first, tuple(found[p] for p in ordered), is_dated, names), how


def _problem(name: str, row: int, what: str, fix: str) -> Problem:
    return Problem("backtest.history", Where(name, row), what, fix)
