"""Forecasts as figures: history that opens down to rows, months ahead, and intervals with their basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.explain import Figure, Operator, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, plain, quotient
from bothhalves.core.moves import horizon
from bothhalves.forecast.conformal import LEAST_ERRORS, Interval, rank
from bothhalves.forecast.continued import Continued
from bothhalves.workspace.forecast_book import Driver, ForecastBook, Part
from bothhalves.workspace.forecast_drivers import kind_of
from bothhalves.workspace.forecast_terms import SCENARIOS

_MICRO = 1_000_000
_YEAR = 12
#: Days ahead that are shown.
SHOWN_DAYS = (1, 7, 14, 28)
_DRIVERS = {
    "seats": "People today and hiring, times adoption, with the changes of forecast.yaml.",
    "coding": "Engineers, times their active days, times the cost of one; what nobody states is measured.",
}
_ERROR = "The mean of what the method was off by a day, told at each past one from what was known then."
_TRAFFIC = "The level of the observed months on this baseline, grown and changed as forecast.yaml says."


@dataclass(frozen=True, slots=True)
class DriverSheet:
    """A driver's figures: ``history`` by month, ``ahead`` and ``year`` by scenario, intervals of the next
    months and days, in the order of the months and days ahead; the factors that its months are made of, and
    the back-test errors of every method."""

    driver: Driver
    history: tuple[Figure, ...]
    ahead: dict[str, tuple[Figure, ...]]
    year: dict[str, Figure]
    months: tuple[Figure, ...]
    days: tuple[Figure, ...]
    parts: tuple[Figure, ...]
    errors: tuple[Figure, ...]

    def roots(self) -> Iterable[Figure]:
        yield from (*self.history, *self.parts, *self.errors)
        for row in self.ahead.values():
            yield from row
        yield from (*self.year.values(), *self.months, *self.days)


def sheets(book: ForecastBook) -> tuple[DriverSheet, ...]:
    """Every driver of the book as figures."""
    return tuple(_sheet(book, driver) for driver in book.drivers)


def figures(found: Iterable[DriverSheet]) -> dict[str, Figure]:
    """Every figure by key, those below the shown ones included."""
    return by_key(root for sheet in found for root in sheet.roots())


def _sheet(book: ForecastBook, driver: Driver) -> DriverSheet:
    parts = tuple(_part(book, driver, part) for part in driver.parts)
    ahead = {
        name: tuple(_month(book, driver, name, n, parts) for n in range(len(book.ahead)))
        for name in SCENARIOS
    }
    year = {name: _year(book, driver, name, row[:_YEAR]) for name, row in ahead.items()}
    months = [] if driver.monthly is None else _months(book, driver, driver.monthly)
    days = [] if driver.daily is None else _days(book, driver, driver.daily)
    history, errors = tuple(_history(book, driver)), tuple(_errors(book, driver))
    return DriverSheet(driver, history, ahead, year, tuple(months), tuple(days), parts, errors)


def _said(driver: Driver, **more: str) -> dict[str, str]:
    return {"driver": driver.id, "in": "seats" if driver.notional else "", **more}


def _history(book: ForecastBook, driver: Driver) -> Iterable[Figure]:
    """Usage of each observed month at list price; seats that are held."""
    if driver.series is None:
        if driver.kind == "seats":
            rule = "Held by the latest roster of the window; bought where no roster says."
            name = key("forecast.held", _said(driver))
            yield Figure(
                name, f"{driver.name}: held", Operator.GIVEN, Decimal(driver.held), unit="people", rule=rule
            )
        return
    for month in driver.series.months:
        name = key("forecast.history", _said(driver, month=str(month)))
        lines = driver.series.lines.get(month, ())
        yield sum_of(name, f"{driver.name} in {month}", lines, book.known.currency, kind_of(driver.series))


def _part(book: ForecastBook, driver: Driver, part: Part) -> Figure:
    """A factor of a month, such as the cost of an active day."""
    name, title = key("forecast.part", _said(driver, part=part.name)), f"{driver.name}: {part.name}"
    if part.unit != "micro-units":
        value = quotient(part.value)
        return Figure(name, title, Operator.GIVEN, value, unit=part.unit, rule=f"{part.basis}.")
    money = Amount.of(quotient(part.value / _MICRO), book.known.currency, _kind(driver))
    return Figure(name, title, Operator.GIVEN, money, rule=f"{part.basis}.")


def _errors(book: ForecastBook, driver: Driver) -> Iterable[Figure]:
    """The mean absolute error of each method at past days and months, by how far it looked ahead."""
    for step, found in (("month", driver.monthly), ("day", driver.daily)):
        for test in found.tests if found is not None else ():
            if test.error is None:
                continue
            said = _said(driver, by=step, method=test.method, ahead=str(test.ahead))
            title = f"{driver.name}, error of {test.method}, {test.ahead} {step}s ahead"
            rule = f"{_ERROR} It is of {test.origins} {step}s."
            money = _money(book, driver, test.error, test.error)
            yield Figure(key("forecast.error", said), title, Operator.GIVEN, money, rule=rule)


def _month(
    book: ForecastBook, driver: Driver, scenario: str, number: int, parts: tuple[Figure, ...]
) -> Figure:
    month = book.ahead[number]
    name = key("forecast.month", _said(driver, month=str(month), scenario=scenario))
    value = driver.ahead[scenario][number]
    rule = _DRIVERS.get(driver.kind, _TRAFFIC)
    title, source = f"{driver.name} in {month}, {scenario}", book.outlook.source
    if driver.kind == "seats":
        return Figure(name, title, Operator.GIVEN, Decimal(value), unit="people", rule=rule, source=source)
    money = _money(book, driver, value, value)
    return Figure(name, title, Operator.GIVEN, money, parts, rule=rule, source=source)


def _year(book: ForecastBook, driver: Driver, scenario: str, row: tuple[Figure, ...]) -> Figure:
    """Twelve months of a scenario; intervals of months are never added."""
    name = key("forecast.year", _said(driver, scenario=scenario))
    title = f"{driver.name}, {len(row)} months, {scenario}"
    if driver.kind == "seats":
        value = sum((f.value for f in row if isinstance(f.value, Decimal)), Decimal(0))
        return Figure(name, title, Operator.SUM, value, row, unit="person-months")
    return sum_of(name, title, row, book.known.currency, _kind(driver))


def _kind(driver: Driver) -> MoneyKind:
    return MoneyKind.NOTIONAL if driver.notional else MoneyKind.SCENARIO


def _money(book: ForecastBook, driver: Driver, low: int, high: int) -> Amount:
    ends = [quotient(Fraction(n, _MICRO)) for n in (low, high)]
    return Amount(book.known.currency, _kind(driver), ends[0], ends[1])


def _months(book: ForecastBook, driver: Driver, found: Continued) -> Iterable[Figure]:
    """Intervals of the next months, as today's usage goes on by itself."""
    assert driver.series is not None
    for one in found.intervals:
        month = horizon(driver.series.whole[-1].next, one.ahead)[-1]
        name = key("forecast.interval", _said(driver, month=str(month)))
        money = _money(book, driver, one.low * month.days, one.high * month.days)
        rule = f"{found.method}, {one.ahead} ahead: {stated(one)}."
        yield Figure(name, f"{driver.name} in {month}, if it goes on", Operator.GIVEN, money, rule=rule)


def _days(book: ForecastBook, driver: Driver, found: Continued) -> Iterable[Figure]:
    assert driver.series is not None
    last = driver.series.first + timedelta(days=len(driver.series.days) - 1)
    for one in found.intervals:
        day: date = last + timedelta(days=one.ahead)
        name = key("forecast.day", _said(driver, day=str(day)))
        rule = f"{found.method}, {one.ahead} ahead: {stated(one)}."
        money = _money(book, driver, one.low, one.high)
        yield Figure(name, f"{driver.name} on {day}", Operator.GIVEN, money, rule=rule)


def stated(one: Interval) -> str:
    """The level of an interval, or why there is none."""
    errors = "1 back-test error" if one.errors == 1 else f"{one.errors} back-test errors that do not overlap"
    if one.level is None:
        return f"no level is attainable from {errors} (at least {LEAST_ERRORS}); the range of what was seen"
    if not one.is_attained:
        return (
            f"{percent(one.asked)} is not attainable from {errors}; {percent(one.level)} is the highest level"
        )
    said = f"{percent(one.level)} interval, from error {one.place} of {errors}"
    plain_ = rank(one.errors, one.asked)
    if one.place == plain_:
        return said
    held = "more" if one.place < plain_ else "less"
    return f"{said} (not {plain_}: intervals so far held {held} often than they stated)"


def percent(level: Fraction) -> str:
    """A level with one decimal place, rounded down: what is stated is never more than what is supported."""
    return f"{plain(quotient(Fraction(int(level * 1000), 10)))} %"
