"""What workloads can do: levers that evidence allows, and seats that could do the work of people instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Demand, MeteredUse, charge
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.engineering import Engineering
from bothhalves.core.explain import Grade, Line
from bothhalves.core.levers.composition import State, Subset, subsets
from bothhalves.core.levers.mix import LEVERS, Placed
from bothhalves.core.money import ZERO, Amount, quotient
from bothhalves.core.moves import Component, Move, horizon
from bothhalves.workspace.levers import WorkloadLevers
from bothhalves.workspace.plan_terms import ToSeats
from bothhalves.workspace.planning.problem import WorkChoices, WorkOption
from bothhalves.workspace.planning.views import KIND, Moved

TODAY, TO_SEATS = "today", "to-seats"
#: The worst evidence on which work is moved.
WORST = Grade.B
Option = tuple[WorkOption, tuple[Moved, ...]]


@dataclass(frozen=True, slots=True)
class Scope:
    """The contract, its demand at both ends, and the months of observation and of the horizon."""

    contract: Contract
    demands: tuple[Sequence[Demand], Sequence[Demand]]
    observed: tuple[Month, ...]
    horizon: tuple[Month, ...]


def allowed(levers: WorkloadLevers) -> Subset:
    """The levers that may be pulled: evidence of grade B or better, and worth building."""
    fine = {k for k, e in levers.evidence.items() if e.basis and e.grade <= WORST}
    return frozenset(fine) & levers.kept


def options(levers: WorkloadLevers, to_seats: ToSeats | None, scope: Scope) -> list[Option]:
    """Every way of one workload under the contract, as it runs today first."""
    current = levers.composition.from_today[frozenset()]
    found: list[Option] = [(_option(TODAY, current, scope, ZERO), ())]
    best = allowed(levers)
    for chosen in subsets([lever for lever in LEVERS if lever in best]):
        if chosen:
            state = levers.composition.from_today[chosen]
            ordered = [lever for lever in LEVERS if lever in chosen]
            name = "+".join(ordered)
            works = [_from(levers.built[lever].work, scope) for lever in ordered if lever in levers.built]
            cost = sum((_whole(work, len(scope.horizon)) for work in works), ZERO)
            option = _option(name, state, scope, cost)
            found.append((option, tuple(_lever_moves(levers.workload, name, state, works, scope))))
    if to_seats is not None:
        found.append(_seat_option(levers.workload, to_seats, scope))
    return found


def choices_of(workload: str, found: Sequence[Option]) -> WorkChoices:
    return WorkChoices(workload, tuple(option for option, _ in found))


def _option(name: str, state: State, scope: Scope, cost: Decimal) -> WorkOption:
    """The option's score: the middle of a month's cost at list price."""
    total = Fraction(0)
    for part in _parts(state, scope):
        for line in part.rating.lines:
            high = line.amount.low if line.amount.high is None else line.amount.high
            total += (Fraction(line.amount.low) + Fraction(high)) / 2
    return WorkOption(name, quotient(total / len(scope.observed)), cost)


def _from(work: Engineering, scope: Scope) -> Engineering:
    """The work with months counted from the horizon's first instead of the one after the observed ones."""
    first, last = scope.horizon[0], scope.observed[-1]
    passed = (first.year - last.year) * 12 + first.number - last.number - 1
    return work if work.live is None else replace(work, live=max(1, work.live - passed))


def _whole(work: Engineering, months: int) -> Decimal:
    return work.build + work.month * months


def _parts(state: State, scope: Scope) -> Iterator[Placed]:
    """The parts of the state whose usage is the contract's today."""
    for part in state.placed:
        account = dict(part.cell.usage.dimensions).get("account", "")
        within = not scope.contract.accounts or account in scope.contract.accounts
        if part.cell.usage.vendor == scope.contract.vendor and within:
            yield part


def _lever_moves(
    workload: str, name: str, state: State, works: Sequence[Engineering], scope: Scope
) -> Iterator[Moved]:
    dropped = frozenset(use.line.id for d in scope.demands[0] for use in d.usage if _is_of(use, workload))
    low, high = (_added(state, scope, end) for end in (False, True))
    costs = tuple(tuple(_elsewhere(state, scope, end)) for end in (False, True))
    move = Move(
        f"levers:{workload}:{name}",
        Component.LEVERS,
        drops=dropped,
        adds=low,
        costs=costs[0],
        since=_since(works, scope),
    )
    yield Moved(move, replace(move, adds=high, costs=costs[1]))
    lines = tuple(line for n, work in enumerate(works) for line in _work_lines(work, workload, n, scope))
    if lines:
        built = Move(f"build:{workload}:{name}", Component.ENGINEERING, costs=lines)
        yield Moved(built, built)


def _since(works: Sequence[Engineering], scope: Scope) -> Month | None:
    """The month in which the last of the works is live; months are counted from the horizon's first."""
    latest = max((work.live or 1 for work in works), default=1)
    return horizon(scope.horizon[0], latest)[-1] if latest > 1 else None


def _is_of(use: MeteredUse, workload: str) -> bool:
    return (dict(use.line.dimensions).get("workload", "") or "unassigned") == workload


def _added(state: State, scope: Scope, high: bool) -> Mapping[Month, tuple[MeteredUse, ...]]:
    """The state's usage by observed month, as the contract is asked for it."""
    found: dict[Month, list[MeteredUse]] = {}
    for part in _parts(state, scope):
        if part.usage.vendor != scope.contract.vendor:
            continue
        said = dict(part.usage.dimensions)
        for n, line in enumerate(part.rating.lines):
            point = _point(line, part, n, high)
            use = MeteredUse(
                point,
                part.usage.model,
                said.get("product", ""),
                said.get("account", ""),
                part.usage.tier,
                part.usage.speed,
                part.usage.region,
            )
            found.setdefault(Month.parse(said["month"]), []).append(use)
    return {month: tuple(uses) for month, uses in sorted(found.items())}


def _elsewhere(state: State, scope: Scope, high: bool) -> Iterator[Line]:
    """What runs at another vendor after routing, at list price, month by month of the horizon."""
    by_month: dict[Month, list[Line]] = {}
    for part in _parts(state, scope):
        if part.usage.vendor != scope.contract.vendor:
            month = Month.parse(dict(part.usage.dimensions)["month"])
            points = (_point(line, part, n, high) for n, line in enumerate(part.rating.lines))
            by_month.setdefault(month, []).extend(points)
    for n, month in enumerate(scope.horizon):
        for line in by_month.get(scope.observed[n % len(scope.observed)], ()):
            said = {**dict(line.dimensions), "month": str(month)}
            yield replace(line, id=f"{line.id}@{month}", dimensions=tuple(sorted(said.items())))


def _point(line: Line, part: Placed, number: int, high: bool) -> Line:
    """The Line at one end of its interval, told apart from those of other parts."""
    value = line.amount.high if high and line.amount.high is not None else line.amount.low
    amount = Amount.of(value, line.amount.currency, KIND)
    cached = part.caching.lifetime.name if part.caching.lifetime else ""
    apart = "/".join((part.cell.id, part.usage.model, part.usage.tier, cached, str(number)))
    said = {**dict(line.dimensions), "model": part.usage.model, "tier": part.usage.tier}
    dimensions = tuple(sorted((k, v) for k, v in said.items() if v))
    return replace(line, id=f"{line.id}|{apart}", amount=amount, dimensions=dimensions)


def _work_lines(work: Engineering, workload: str, number: int, scope: Scope) -> Iterator[Line]:
    basis = replace(scope.contract.basis(KIND), id="planning", source="workloads.yaml")
    first = max(work.live or 1, 1)
    for place, month in enumerate(scope.horizon, 1):
        parts = [("build", work.build if place == first else ZERO), ("keep", work.month)]
        for name, price in parts:
            if price and work.is_live(place):
                yield charge(
                    basis,
                    f"{workload}/{name}-{number}",
                    month,
                    quantity=1,
                    price=price,
                    unit="month" if name == "keep" else "once",
                    meter="engineering",
                )


def _seat_option(workload: str, to_seats: ToSeats, scope: Scope) -> Option:
    """The work done by people on seats: its usage goes, and seats come."""
    dropped = frozenset(use.line.id for d in scope.demands[0] for use in d.usage if _is_of(use, workload))
    seats = {to_seats.seat: to_seats.people}
    move = Move(f"to-seats:{workload}:{to_seats.seat}", Component.MOVED, seats, dropped)
    option = WorkOption(TO_SEATS, ZERO, seat=to_seats.seat, seats=to_seats.people)
    return option, (Moved(move, move),)
