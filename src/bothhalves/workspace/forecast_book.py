"""The forecast of every driver, to be shown: its history, the months ahead, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.explain import Problem, Where
from bothhalves.core.moves import horizon
from bothhalves.forecast.continued import Continued
from bothhalves.workspace.config import Workload
from bothhalves.workspace.forecast_drivers import Series, series_of
from bothhalves.workspace.forecast_levels import BEYOND, MOVED, ByMonth, levels_of, plan_for
from bothhalves.workspace.forecast_measured import completed, measured
from bothhalves.workspace.forecast_scenarios import Basis, seats_ahead, workload_ahead
from bothhalves.workspace.forecast_terms import FILE, SCENARIOS, CodingDriver, Forecast, forecast_terms
from bothhalves.workspace.forecasting import history_of, outlook_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import Ledger, Stream

#: Usage that belongs to no workload.
_OTHERS = {
    BEYOND: "Usage under seats beyond allowances",
    MOVED: "People's work that the plan moves to the API",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A factor of a driver's month, such as engineers, in ``unit``; ``basis`` says how it is known."""

    name: str
    value: Fraction
    unit: str
    basis: str


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver. ``kind``: seats, coding, workload or seat-use. ``ahead`` is by scenario and month: people,
    or whole micro-units at list price. ``notional``: within seats, so that nobody pays it. ``series`` None:
    seats, of which no daily series is kept."""

    kind: str
    id: str
    name: str
    owner: str
    moves_with: str
    ahead: Mapping[str, tuple[int, ...]]
    series: Series | None = None
    daily: Continued | None = None
    monthly: Continued | None = None
    parts: tuple[Part, ...] = ()
    held: int = 0
    notional: bool = False


@dataclass(frozen=True, slots=True)
class ForecastBook:
    """All drivers, dearest first, seats before them, and the outlook that they make."""

    company: str
    months: tuple[Month, ...]
    ahead: tuple[Month, ...]
    known: Ledger
    terms: Forecast
    outlook: Outlook
    drivers: tuple[Driver, ...]
    problems: tuple[Problem, ...]


def forecast_of(
    workspace: Workspace, months: tuple[Month, ...], baseline: Baseline = Baseline.EFFICIENT
) -> ForecastBook:
    """Every driver by itself, on ``baseline``, from the month after ``months`` on."""
    terms, problems = forecast_terms(workspace)
    known = history_of(workspace, months)
    planned = plan_for(workspace, months, baseline)
    levels = levels_of(workspace, months, baseline, planned=planned)
    series = series_of(workspace, known.months)
    whole = completed(workspace, known.months, terms, series)
    basis = Basis(levels, whole, horizon(months[-1].next, terms.horizon_months))
    drivers = (*_seats(basis), *_used(workspace, basis, series, terms))
    return ForecastBook(
        workspace.config.company.company,
        months,
        basis.ahead,
        known,
        terms,
        outlook_of(workspace, months, baseline, planned=planned),
        drivers,
        (*problems, *_unknown(terms, basis, drivers)),
    )


def _seats(basis: Basis) -> Iterator[Driver]:
    for kind, count in sorted(basis.levels.seats.items()):
        stated = basis.terms.seat(kind)
        ahead = {name: tuple(seats_ahead(basis, stated, count, name)) for name in SCENARIOS}
        yield Driver("seats", kind, f"{kind} seats", stated.owner, "hiring x adoption", ahead, held=count)


def _used(
    workspace: Workspace, basis: Basis, series: tuple[Series, ...], terms: Forecast
) -> Iterator[Driver]:
    """The drivers of usage, and what has no series of its own: usage that the plan moves to the API, and that
    beyond allowances."""
    known = {w.id: w for w in workspace.config.workloads}
    for one in series:
        levels = basis.levels.api.get(one.driver.name) if one.driver.stream is Stream.API else None
        yield _of_series(basis, one, levels, known.get(one.driver.name), terms.tool(one.driver.name))
    told = {one.driver.name for one in series if one.driver.stream is Stream.API}
    for owner, months in basis.levels.api.items():
        ahead = _ahead(basis, owner, months) if owner not in told else {}
        if any(map(any, ahead.values())):
            yield Driver("workload", owner, _OTHERS.get(owner, owner), "", "people", ahead)


def _of_series(
    basis: Basis,
    one: Series,
    levels: ByMonth | None,
    workload: Workload | None,
    tool: CodingDriver | None,
) -> Driver:
    name = one.driver.name
    own = {m: one.months[m] for m in basis.observed if m in one.months}
    own = own or {m: one.months[m] for m in one.whole}
    stated = next((w.owner for w in basis.terms.workloads if w.workload == name), "")
    coding = one.driver.kind == "coding"
    return Driver(
        one.driver.kind,
        name,
        (workload.name if workload else "") or name,
        stated or (workload.owner if workload else ""),
        "engineers x active days x cost of one"
        if coding
        else (workload.driver if workload else "") or "traffic",
        _ahead(basis, name, own if levels is None else levels),
        one,
        one.by_day(),
        one.by_month(),
        tuple(_coding_parts(one, tool, basis.ahead[0]) if coding else _traffic_parts(one, levels)),
        notional=one.driver.stream is Stream.SEAT,
    )


def _ahead(basis: Basis, name: str, months: ByMonth) -> dict[str, tuple[int, ...]]:
    return {s: tuple(floor(row) for row in workload_ahead(basis, name, months, s)) for s in SCENARIOS}


def _coding_parts(one: Series, stated: CodingDriver | None, month: Month) -> Iterator[Part]:
    """Engineers, days on which each is active, and what such a day costs; stated where somebody states it."""
    if one.counted is None:
        return
    people, days, cost = measured(one)
    told = stated or CodingDriver(one.driver.name)
    yield _part("engineers", told.engineers, Fraction(people), "people", "seen in the window")
    active = (
        None
        if None in (told.active, told.working_days)
        else Fraction(told.active or 0) * Fraction(told.working_days or 0)
    )
    yield _part(
        "active days of each",
        active,
        days,
        "days a month",
        f"expected from each one's days (TSB), {month.days} days",
    )
    each = None if told.cost_per_day is None else Fraction(told.cost_per_day) * 1_000_000
    yield _part("cost of an active day", each, cost, "micro-units", "usage at list price over days of use")


def _part(name: str, stated: Fraction | int | None, measured: Fraction, unit: str, basis: str) -> Part:
    return Part(name, measured, unit, basis) if stated is None else Part(name, Fraction(stated), unit, FILE)


def _traffic_parts(one: Series, levels: ByMonth | None) -> Iterator[Part]:
    """Requests a month, and what one costs on the baseline; nothing where sources count no requests."""
    months = [m for m in levels or () if one.requests.get(m)]
    if not levels or len(months) < len(levels):
        return
    requests = sum(one.requests[m] or 0 for m in months)
    yield Part("requests", Fraction(requests, len(months)), "a month", "counted by the source")
    cost = sum((levels[m].middle for m in months), Fraction(0)) / requests
    yield Part("cost of a request", cost, "micro-units", "on this baseline, at list price")


def _unknown(terms: Forecast, basis: Basis, drivers: tuple[Driver, ...]) -> Iterator[Problem]:
    """Drivers that forecast.yaml names and nothing has."""
    known = {d.id for d in drivers} | {*basis.levels.api, *basis.levels.seats}
    named = [w.workload for w in terms.workloads] + [c.product for c in terms.coding]
    named += [s.type for s in terms.seats if s.people is None]
    named += [c.driver for c in (*terms.changes, *terms.price_steps) if c.driver]
    for name in sorted({*named} - known):
        yield Problem(
            "forecast.driver",
            Where(FILE),
            f"nothing of the window is called {name!r}.",
            "Write the id of a workload, the product of a coding tool or the type of a seat.",
        )
