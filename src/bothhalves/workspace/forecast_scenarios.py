"""Scenarios of the months to come: levels that grow, and planned changes from their day on.

All of it is in fractions and whole micro-units, so that scenarios are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import floor

from bothhalves.core.dates import Month
from bothhalves.core.deal.experience import Courses
from bothhalves.core.deal.outlook import Scenario
from bothhalves.workspace.forecast_levels import MICRO, ByMonth, Levels
from bothhalves.workspace.forecast_terms import SCENARIOS, Change, Forecast, SeatDriver

_NIL, _ONE = Fraction(0), Fraction(1)
#: Growth is compounded on this grid, which keeps numbers of many months short.
_GRAIN = 10**12


@dataclass(frozen=True, slots=True)
class Basis:
    """What scenarios are made from: levels, what is stated, and the months ahead."""

    levels: Levels
    terms: Forecast
    ahead: tuple[Month, ...]

    @property
    def observed(self) -> tuple[Month, ...]:
        """The months that the levels are of."""
        return tuple(next(iter(self.levels.api.values()), {}))


def named_scenarios(basis: Basis) -> tuple[Scenario, ...]:
    """Low, base and high, of which nobody can say how likely they are."""
    return tuple(
        Scenario(name, tuple(_whole(row) for row in _api(basis, name)), _seats(basis, name))
        for name in SCENARIOS
    )


def courses_of(basis: Basis, history: tuple[int, ...], used: ByMonth) -> Courses:
    """The courses of a history of metered usage by day of each month, as changed by the baseline, growth and
    planned changes of the base scenario. ``used`` is metered usage in the observed months."""
    level, planned = per_day("base", used), _api(basis, "base")
    times = [value / level for value in planned] if level else [Fraction(m.days) for m in basis.ahead]
    beside = [0 if level else _whole(value) for value in planned]
    return Courses(history, tuple(times), tuple(beside))


def _api(basis: Basis, scenario: str) -> list[Fraction]:
    """Usage by month ahead, in micro-units."""
    steps = basis.terms.steps(scenario)
    found = [_NIL] * len(basis.ahead)
    for owner, months in basis.levels.api.items():
        rows = workload_ahead(basis, owner, months, scenario)
        found = [a + b for a, b in zip(found, rows, strict=True)]
    general = [s for s in steps if not s.driver]
    return [
        max(changed(value, month, general), _NIL) for value, month in zip(found, basis.ahead, strict=True)
    ]


def workload_ahead(basis: Basis, owner: str, months: ByMonth, scenario: str) -> list[Fraction]:
    """A workload's usage by month ahead: its level a day, its growth, and the changes that name it."""
    tool = basis.terms.tool(owner)
    stated = None if tool is None else tool.month
    levels = _levels(basis, owner, months, scenario)
    growth = _ONE + Fraction(basis.terms.growth(owner, scenario))
    own = [s for s in basis.terms.steps(scenario) if s.driver == owner]
    grown, found = _ONE, []
    for number, month in enumerate(basis.ahead, 1):
        grown = Fraction(round(grown * growth * _GRAIN), _GRAIN)
        used = levels[number - 1] * month.days if stated is None else Fraction(stated) * MICRO
        people = _ONE if tool is None else tool.people(scenario, number)
        found.append(max(changed(used * people * grown, month, own), _NIL))
    return found


def _levels(basis: Basis, owner: str, months: ByMonth, scenario: str) -> list[Fraction]:
    """A workload's usage a day by month ahead, before it grows: from today's to that with what is built."""
    ramp = basis.levels.ramps.get(owner)
    if ramp is None:
        return [per_day(scenario, basis.levels.used(owner, months, month)) for month in basis.ahead]
    level = per_day(scenario, months)
    today = per_day(scenario, ramp.today)
    shares = (ramp.share(basis.ahead, number) for number in range(1, len(basis.ahead) + 1))
    return [today + share * (level - today) for share in shares]


def per_day(scenario: str, months: ByMonth) -> Fraction:
    """Usage a day: of the leanest month at its low end, of the last two, of the fullest at its high end."""
    if scenario == "low":
        return min(ends.low / month.days for month, ends in months.items())
    if scenario == "high":
        return max(ends.high / month.days for month, ends in months.items())
    last = list(months.items())[-2:]
    return sum((ends.middle for _, ends in last), _NIL) / sum(month.days for month, _ in last)


def changed(value: Fraction, month: Month, steps: Sequence[Change]) -> Fraction:
    """The month after its changes, each from its day on, and what is said first is applied first."""
    begun = {max(step.from_, month.first) for step in steps if step.from_ < month.next.first}
    days = pairwise(sorted({month.first, month.next.first, *begun}))
    return sum(
        (Fraction((after - day).days, month.days) * _all_changed(value, day, steps) for day, after in days),
        _NIL,
    )


def _all_changed(value: Fraction, day: date, steps: Sequence[Change]) -> Fraction:
    """A month of which every day is as this one."""
    for step in steps:
        if step.from_ <= day:
            value *= _ONE if step.factor is None else Fraction(step.factor)
            value += 0 if step.amount is None else Fraction(step.amount) * MICRO
    return value


def _seats(basis: Basis, scenario: str) -> Mapping[str, tuple[int, ...]]:
    return {
        kind: tuple(seats_ahead(basis, basis.terms.seat(kind), count, scenario))
        for kind, count in basis.levels.seats.items()
    }


def seats_ahead(basis: Basis, driver: SeatDriver, count: int, scenario: str) -> list[int]:
    """People who need a seat of the type by month ahead: those of today (or stated), hiring, and changes."""
    adoption = _ONE if driver.adoption is None else Fraction(driver.adoption)
    people = Fraction(count) if driver.people is None else driver.people * adoption
    hired = Fraction(driver.hiring.of(scenario)) * adoption
    own = [s for s in basis.terms.steps(scenario) if s.driver == driver.type and s.seats is not None]
    found = []
    for number, month in enumerate(basis.ahead, 1):
        change = sum(s.seats or 0 for s in own if s.from_ < month.next.first)
        more = change if driver.people is not None else change + basis.levels.staying(driver.type, month)
        found.append(max(floor(people + hired * number + more + Fraction(1, 2)), 0))
    return found


def _whole(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))
