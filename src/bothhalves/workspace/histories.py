"""Amounts by period as a buyer writes them down: a table of periods and amounts, and perhaps of series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from bothhalves.core.dates import Month
from bothhalves.core.deal.backtesting import Course
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.explain import Problem
from bothhalves.core.money import exact
from bothhalves.workspace.history_periods import MONTH, Place, alike, by_month, gaps, month_of, place, said_of
from bothhalves.workspace.history_tables import problem, read_table

#: Periods that are no months begin with this one.
_FIRST = Month(2000, 1)
_MOST = 100_000
_FIX = "Write a line for each period in a row, such as 2026-10,1234.50; 0 where nothing was used."
_PLAIN = (
    "Write plain digits such as 1234.50, without separators, currency or units; 0 where nothing was used."
)
_LARGEST = Decimal(10) ** 15
_COLUMNS = {
    "period": ("period", "month", "date", "day", "time", "timestamp"),
    "amount": ("amount", "cost", "spend"),
}
_SERIES = {"series": ("series",)}


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
    rows, wrong = read_table(path, _COLUMNS, _SERIES, _MOST)
    return Read((), wrong) if wrong else _courses(path.name, rows)


def _courses(name: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Read:
    series: dict[str, _Series] = defaultdict(_Series)
    problems: list[Problem] = []
    for line, cells in rows:
        told = series[cells.get("series") or "usage"]
        fault = _added(told, line, cells, name)
        if fault is not None:
            told.faulty = True
            problems.append(fault)
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


def _added(series: _Series, line: int, cells: Mapping[str, str], name: str) -> Problem | None:
    """The line in its series; or what is wrong with it."""
    period, written = cells["period"], cells["amount"]
    try:
        where = place(period)
    except ValueError as error:
        return problem(name, line, f"{error}.", _FIX)
    try:
        amount = exact(written)
    except ValueError as error:
        return problem(name, line, f"{error}.", _PLAIN)
    if not 0 <= amount <= _LARGEST:
        what = f"an amount is at least 0 and no more than {_LARGEST:E}, found {written[:20]!r}."
        return problem(name, line, what, _FIX)
    if where in series.rows:
        what = f"the period {period[:25]!r} is there twice, first in line {series.rows[where][1]}."
        return problem(name, line, what, "Write one line for each period of a series.")
    series.rows[where] = int(Fraction(amount) * MICRO), line
    return None


def _wrong(name: str, own: str, placed: Mapping[Place, tuple[int, int]]) -> Iterator[Problem]:
    """Periods that are written in several ways, or that are missing."""
    if not placed:
        return
    by_line = sorted((line, p) for p, (_, line) in placed.items())
    other = next((row for row in by_line if row[1].kind != by_line[0][1].kind), None)
    if other is not None:
        what = f"a period of {own[:40]!r} is a {other[1].kind}, and one before it a {by_line[0][1].kind}."
        yield problem(name, other[0], what, "Write all periods of a series in the same way.")
        return
    for after in gaps(sorted(placed)):
        yield problem(name, placed[after][1], f"periods are missing before this one, of {own[:40]!r}.", _FIX)


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
