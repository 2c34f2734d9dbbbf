"""Each driver's history by day and by month, and the driver continued: seats, coding tools, workloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import MoneyKind
from bothhalves.forecast.continued import Continued, daily, monthly
from bothhalves.forecast.people import expected_days
from bothhalves.workspace.counting import daily_usage, rated
from bothhalves.workspace.forecast_levels import MICRO, NOTHING_USED, UNASSIGNED, ByMonth, Ends
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.observed import Reach, reach_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.person_use import CODING
from bothhalves.workspace.records import RatedUsage, Stream

#: Days ahead that are forecast, and months ahead for which errors are known.
DAYS_AHEAD = tuple(range(1, 29))
MONTHS_AHEAD = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class DriverId:
    """What is forecast by itself: a ``workload`` or a ``coding`` tool, on the API or in seats."""

    kind: str
    name: str
    stream: Stream


@dataclass(frozen=True, slots=True)
class Counted:
    """People on a tool by day: how many used it, their days of use, and how many days are expected of them a
    month if each goes on coming as they came lately (TSB)."""

    people: int
    active_days: int
    expected_days: Fraction


@dataclass(frozen=True, slots=True)
class Series:
    """A driver's usage at list price: whole micro-units by day from ``first`` on (the middle of price
    intervals; a day without any is zero) as far as the data reach, the same by month with both ends, and the
    Lines of each month. ``whole`` are the last months in a row that are told whole, ``requests`` those of
    each month, None where a source does not say."""

    driver: DriverId
    first: date
    days: tuple[int, ...]
    months: ByMonth
    lines: Mapping[Month, tuple[Line, ...]]
    requests: Mapping[Month, int | None]
    counted: Counted | None = None
    whole: tuple[Month, ...] = ()

    def by_day(self) -> Continued:
        """The coming four weeks, day by day."""
        last = self.first + timedelta(days=len(self.days))
        dates = (self.first + timedelta(days=n) for n in range((last - self.first).days + 1))
        return daily(self.days, [d.year * 12 + d.month for d in dates], DAYS_AHEAD)

    def by_month(self) -> Continued:
        """The coming months, as usage a day, counted from the last whole one on."""
        late = sum(month > self.whole[-1] for month in self.months)
        ahead = [late + n for n in MONTHS_AHEAD]
        return monthly([floor(self.months[m].middle / m.days) for m in self.whole], ahead)


def series_of(workspace: Workspace, months: tuple[Month, ...]) -> tuple[Series, ...]:
    """The series of all drivers over ``months``, dearest first, in the workspace's currency."""
    naming = Naming(workspace)
    workspace.store.set_teams(naming.teams())
    found: dict[DriverId, _Sum] = defaultdict(_Sum)
    for day, person, named in daily_usage(workspace, months, naming):
        usage = rated(named, workspace.book)
        if named.stream is not Stream.UNSTATED:
            own = found[_driver(named.product, named.owner, named.stream)]
            own.add(date.fromisoformat(day), person, usage, workspace.config.company.currency)
    reach = reach_of(workspace)
    series = [own.series(driver, months, reach) for driver, own in found.items()]
    return tuple(sorted(series, key=lambda s: (-sum(s.days), s.driver.kind, s.driver.name)))


def _driver(product: str, owner: str, stream: Stream) -> DriverId:
    if product in CODING:
        return DriverId("coding", product, stream)
    if stream is Stream.SEAT:
        return DriverId("seat-use", product, stream)
    return DriverId("workload", owner or UNASSIGNED, stream)


class _Sum:
    """A driver's usage while it is added up."""

    def __init__(self) -> None:
        self._days: dict[date, Fraction] = defaultdict(Fraction)
        self._months: dict[Month, Ends] = {}
        self._lines: dict[Month, list[Line]] = defaultdict(list)
        self._requests: dict[Month, int | None] = {}
        self._people: dict[str, dict[date, Fraction]] = defaultdict(lambda: defaultdict(Fraction))

    def add(self, day: date, person: str, usage: RatedUsage, currency: str) -> None:
        month = Month.of(day)
        ends = _ends(line for line in usage.rating.lines if line.amount.currency == currency)
        self._days[day] += ends.middle
        self._months[month] = self._months.get(month, NOTHING_USED) + ends
        self._lines[month] += (line for line in usage.rating.lines if line.amount.currency == currency)
        known = self._requests.get(month, 0)
        told = usage.requests
        self._requests[month] = None if known is None or told is None else known + told
        if person:
            self._people[person][day] += ends.middle

    def series(self, driver: DriverId, months: tuple[Month, ...], reach: Reach) -> Series:
        start, until = reach.days(months)
        first = max(min((day for day in self._days if day >= start), default=start), start)
        days = [first + timedelta(days=n) for n in range((until - first).days)]
        values = tuple(floor(self._days.get(day, Fraction(0))) for day in days)
        return Series(
            driver,
            first,
            values,
            {m: self._months.get(m, NOTHING_USED) for m in months if reach.tells(m)},
            {m: tuple(found) for m, found in self._lines.items()},
            dict(self._requests),
            self._counted(days, months) if self._people else None,
            reach.in_a_row(months),
        )

    def _counted(self, days: list[date], months: tuple[Month, ...]) -> Counted:
        rows = [[floor(used.get(day, Fraction(0))) for day in days] for used in self._people.values()]
        active = sum(1 for row in rows for value in row if value)
        return Counted(len(rows), active, expected_days(rows, months[-1].next.days))


def _ends(lines: Iterable[Line]) -> Ends:
    found = NOTHING_USED
    for line in lines:
        low = Fraction(line.amount.low) * MICRO
        high = low if line.amount.high is None else Fraction(line.amount.high) * MICRO
        found += Ends(low, high, line.amount.high is None)
    return found


def kind_of(series: Series) -> MoneyKind:
    """What usage at list price is evidence of: in a seat, nobody pays it."""
    return MoneyKind.NOTIONAL if series.driver.stream is Stream.SEAT else MoneyKind.ESTIMATED
