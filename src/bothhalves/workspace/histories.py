"""Amounts by period as a buyer writes them down: a CSV with the columns period, amount and perhaps series."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from bothhalves.core.dates import Month
from bothhalves.core.deal.backtesting import Course
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import exact

#: Periods that are numbered and not months begin with this one.
_FIRST = Month(2000, 1)
_MOST = 100_000
_FIX = "Write a line for each period in a row, such as 2026-10,1234.50; 0 where nothing was used."
_LARGEST = Decimal(10) ** 15


def read_history(path: Path) -> tuple[tuple[Course, ...], tuple[Problem, ...]]:
    """Courses by name, with periods as months in their order; and every line that cannot be read.

    A series of which a line cannot be read, or in which a period is missing, is left out: nobody knows what
    was used in it.
    """
    name = path.name
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return (), (_problem(name, 0, f"cannot be read as a table: {error}."),)
    if not rows or not {"period", "amount"} <= {cell.strip().lower() for cell in rows[0][1]}:
        return (), (_problem(name, 1, "has no columns period and amount."),)
    if len(rows) > _MOST:
        return (), (_problem(name, 0, f"has more than {_MOST} lines."),)
    head = [cell.strip().lower() for cell in rows[0][1]]
    return _courses(name, [(number, dict(zip(head, row, strict=False))) for number, row in rows[1:]])


def _courses(
    name: str, rows: list[tuple[int, dict[str, str]]]
) -> tuple[tuple[Course, ...], tuple[Problem, ...]]:
    series: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)  # place: amount and row
    faulty: set[str] = set()
    problems: list[Problem] = []
    for number, row in rows:
        own = row.get("series", "").strip() or "usage"
        try:
            place, amount = _read(row)
            if place in series[own]:
                raise ValueError(f"the period {row['period'].strip()[:20]!r} is there twice")
            series[own][place] = amount, number
        except ValueError as error:
            faulty.add(own)
            problems.append(_problem(name, number, f"{error}."))
    courses = []
    for own, found in sorted(series.items()):
        gaps = list(_gaps(found))
        problems += [
            _problem(name, row, f"periods are missing before this one, of {own[:40]!r}.") for row in gaps
        ]
        if found and not gaps and own not in faulty:
            courses.append(_course(own, found))
    return tuple(courses), tuple(sorted(problems))


def _read(row: Mapping[str, str]) -> tuple[int, int]:
    """The period as a number (of months since year 0, or as written), and the amount in micro-units."""
    period, written = (row.get("period") or "").strip(), (row.get("amount") or "").strip()
    amount = exact(written)
    if not 0 <= amount <= _LARGEST:
        raise ValueError(f"an amount is at least 0 and no more than {_LARGEST:E}, found {written[:20]!r}")
    if period.isascii() and period.isdigit() and len(period) < 6:
        return int(period), int(Fraction(amount) * MICRO)
    month = Month.parse(period)
    return _MOST * 10 + month.year * 12 + month.number - 1, int(Fraction(amount) * MICRO)


def _gaps(found: Mapping[int, tuple[int, int]]) -> Iterator[int]:
    """The rows before which periods are missing."""
    places = sorted(found)
    for before, place in pairwise(places):
        if place != before + 1:
            yield found[place][1]


def _course(own: str, found: Mapping[int, tuple[int, int]]) -> Course:
    places = sorted(found)
    year, number = divmod(places[0] - _MOST * 10, 12)
    is_dated = places[0] >= _MOST * 10
    first = Month(year, number + 1) if is_dated else _FIRST
    return Course(own, first, tuple(found[place][0] for place in places), is_dated)


def _problem(name: str, row: int, what: str) -> Problem:
    return Problem("backtest.history", Where(name, row), what, _FIX)
