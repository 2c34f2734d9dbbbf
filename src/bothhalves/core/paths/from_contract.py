"""From the clauses of a contract to the cost of one person's month on one of its seats.

The schedule of a seat gives the same money as settling the person's month alone. What cannot be told of one
person says so by its type: an allowance that the seats share, or a price that depends on more than how much.
Minimums, price breaks, true-ups, commitments and taxes are of all seats together and are left to those who
count them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal

from bothhalves.core.clauses.allowances import AllowanceTerm
from bothhalves.core.clauses.base import EVERYTHING, Scope
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.clauses.packs import PackTerm
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.usage import UsageTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.schedules import ONE, Piece, Schedule, Stair, stop_at_budget, tiered

_DOWN = Context(prec=EXACT.prec, rounding=ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What a person's units of ``meter`` cost beside the fee: ``schedule`` is over units, without a fee."""

    product: str
    meter: str
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class SeatPath:
    """One person on one seat: ``schedule`` over use in money at list price, fee included, and ``units``.

    ``annual``: the fee cannot be stopped within ``term_months``.
    """

    type: str
    product: str
    schedule: Schedule
    units: tuple[UnitCost, ...] = ()
    annual: bool = False
    term_months: int = 12
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """What seats share: each brings ``each``; beyond it use costs ``times`` its list price.

    ``times`` None: use beyond the pool is blocked. ``cap`` bounds the pool.
    """

    each: Decimal
    times: Decimal | None = ONE
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PooledPath:
    """A seat whose allowance all share: it has no cost of one person beside its fee. ``meter`` "": money."""

    type: str
    product: str
    fee: Decimal
    meter: str
    pool: Pool
    annual: bool = False
    term_months: int = 12
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnscheduledPath:
    """A seat whose cost depends on more than how much a person uses in a month; ``reason`` says on what."""

    type: str
    product: str
    fee: Decimal
    reason: str
    annual: bool = False
    term_months: int = 12


SeatCost = SeatPath | PooledPath | UnscheduledPath


class _Unscheduled(Exception):
    """The clauses have no monthly cost of one person, for the reason given."""


class _Shared(Exception):
    """The clauses share what they include."""

    def __init__(self, term: AllowanceTerm) -> None:
        self.term = term


def seat_paths(contract: Contract, month: Month) -> tuple[SeatCost, ...]:
    """The seats of a contract (its plans joined in) in a month, each as the cost of one person."""
    seats = {seat.type: seat for seat in contract.seats_in(month)}
    return tuple(seat_path(contract, seat, month) for seat in seats.values())


def seat_path(contract: Contract, seat: SeatTerm, month: Month) -> SeatCost:
    """One seat of the contract as the cost of one person's month."""
    annual, months = seat.billed == "annual", contract.term.months
    try:
        money = _money(contract, seat, month)
        units = tuple(_units(contract, seat, month))
    except _Unscheduled as why:
        return UnscheduledPath(seat.type, seat.product, seat.fee, str(why), annual, months)
    except _Shared as shared:
        term = shared.term
        try:
            pool = _pool(contract, seat, term)
        except _Unscheduled as why:
            return UnscheduledPath(seat.type, seat.product, seat.fee, str(why), annual, months)
        said = tuple(_assumed(contract, seat, month))
        return PooledPath(seat.type, seat.product, seat.fee, term.meter, pool, annual, months, said)
    said = tuple(_assumed(contract, seat, month))
    return SeatPath(seat.type, seat.product, money, units, annual, months, said)


def _money(contract: Contract, seat: SeatTerm, month: Month) -> Schedule:
    """The fee, and what use in money costs under the seat."""
    rates = [t for t in contract.seat_usage if seat.type in t.seats]
    changing = [t for t in rates if t.factor != 1]
    if any(t.scope != EVERYTHING for t in rates):
        raise _Unscheduled("what usage under the seat costs depends on the kind of usage")
    share = changing[0].factor if changing else ONE
    allowances = [t for t in contract.allowances if _speaks(t, seat, month, "", seat.product)]
    packs = [t for t in contract.packs if t.holds(month) and _pack_speaks(t, seat, "", seat.product)]
    if not rates and not allowances and not packs:
        return Schedule(seat.fee)
    return _drawn(seat.fee, seat.type, allowances, packs, share)


def _units(contract: Contract, seat: SeatTerm, month: Month) -> Iterable[UnitCost]:
    """What units cost under the seat, meter by meter of its product."""
    priced = {t.meter: t for t in contract.usage if t.product == seat.product and t.holds(month)}
    sources = contract.under_seats.sources
    drawn = dict.fromkeys(t.meter for t in sources if t.meter and t.product in ("", seat.product))
    for meter in dict.fromkeys((*priced, *drawn)):
        term = priced.get(meter)
        if meter not in drawn:
            yield UnitCost(seat.product, meter, _plain_units(term))
            continue
        price = (term.price.per_unit or ZERO) if term else ZERO
        allowances = [t for t in contract.allowances if _speaks(t, seat, month, meter, seat.product)]
        packs = [t for t in contract.packs if t.holds(month) and _pack_speaks(t, seat, meter, seat.product)]
        yield UnitCost(seat.product, meter, _drawn(ZERO, seat.type, allowances, packs, price))


def _plain_units(term: UsageTerm | None) -> Schedule:
    """Units that no source covers: one price for each, or a shape that all seats together run through."""
    shape = term.price if term else None
    if shape is None or shape.per_unit is None or shape.included or shape.included_per_seat:
        raise _Unscheduled("its units have a price that all seats together run through")
    return Schedule(ZERO, (Piece(ZERO, shape.per_unit),))


def _speaks(term: AllowanceTerm, seat: SeatTerm, month: Month, meter: str, product: str) -> bool:
    drawn = not term.drawn_by or seat.type in term.drawn_by
    if term.meter != meter or term.product not in ("", product) or not drawn or not term.holds(month):
        return False
    return _fits(term.scope, product)


def _pack_speaks(term: PackTerm, seat: SeatTerm, meter: str, product: str) -> bool:
    """Packs of money that name no seats are for the API."""
    seated = seat.type in term.seats if term.seats else bool(meter)
    if term.meter != meter or term.product not in ("", product) or not seated:
        return False
    return bool(meter) or _fits(term.scope, product)


def _fits(scope: Scope, product: str) -> bool:
    """True if a clause of this scope is about all usage of the product, False if about none."""
    if scope.products and product not in scope.products:
        return False
    if Scope(products=scope.products) != scope:
        raise _Unscheduled("what is included depends on the kind of usage")
    return True


def _drawn(
    fee: Decimal,
    type_: str,
    allowances: Sequence[AllowanceTerm],
    packs: Sequence[PackTerm],
    price: Decimal,
) -> Schedule:
    """Allowances, then packs, then overage, for use that costs ``price`` per unit where nothing covers it."""
    if any(t.unlimited for t in allowances):
        return Schedule(fee)
    included = ZERO
    for term in allowances:
        if not term.per_person:
            raise _Shared(term)
        if term.resets != "month" or term.carry_over:
            raise _Unscheduled("what is included is counted over several months")
        included = EXACT.add(included, term.per_person.get(type_, min(term.per_person.values())))
    if len(packs) > 1 or any(not t.as_needed or t.bought for t in packs):
        raise _Unscheduled("packs that are bought for all cover it")
    stair = _stair(packs[0], included) if packs else None
    if not allowances and not packs:
        return tiered(fee, (Piece(ZERO, price),))
    return _beyond(fee, included, stair, price, _stated((*allowances, *packs)))


def _stated(terms: Iterable[AllowanceTerm | PackTerm]) -> Overage:
    """The first overage that is stated; without one, use stops."""
    return next((t.overage for t in terms if t.overage is not None), Overage())


def _stair(term: PackTerm, included: Decimal) -> Stair:
    most = None
    if term.budget is not None and term.price:
        most = int(_DOWN.divide(term.budget, term.price))
        most = most if most >= term.at_least else 0
    return Stair(included, term.size, term.price, term.at_least, most)


def _beyond(fee: Decimal, included: Decimal, stair: Stair | None, price: Decimal, then: Overage) -> Schedule:
    """The schedule with what overage makes of use beyond ``included`` and the packs."""
    if stair is not None and stair.end is None:
        return Schedule(fee, stair=stair)
    start = included if stair is None else stair.end or included
    slope = (then.price or ZERO) if then.then == "price" else EXACT.multiply(price, then.factor)
    stop = start if then.then == "stop" else None
    if then.budget is not None:
        stop = stop_at_budget(start, slope, then.budget)
    pieces = (Piece(ZERO, ZERO), Piece(start, ZERO if then.then == "stop" else slope))
    found = tiered(fee, pieces)
    return Schedule(found.fee, found.pieces, stair, stop)


def _pool(contract: Contract, seat: SeatTerm, term: AllowanceTerm) -> Pool:
    """The pool that seats of this type add to."""
    if term.amount or term.resets != "month" or term.carry_over:
        raise _Unscheduled("what all share is counted over several months, or does not grow with seats")
    if any(_pack_speaks(t, seat, term.meter, seat.product) for t in contract.packs):
        raise _Unscheduled("what all share is topped up with packs for all")
    then = term.overage or Overage()
    if then.budget is not None:
        raise _Unscheduled("what all share goes on up to a budget of all")
    times: Decimal | None = None
    if then.then == "price":
        times = then.price
    elif then.then == "api-rates":
        price = next((t.price.per_unit for t in contract.usage if t.meter == term.meter), None)
        times = EXACT.multiply(then.factor, price or ZERO) if term.meter else then.factor
    return Pool(term.per_seat.get(seat.type, ZERO), times, term.cap)


def _assumed(contract: Contract, seat: SeatTerm, month: Month) -> Iterable[str]:
    if any(_pack_speaks(t, seat, t.meter, seat.product) and t.holds(month) for t in contract.packs):
        yield "packs are bought for all together; this is what they cost if one person uses them."
    if contract.minimum_seats or seat.minimum or seat.breaks:
        yield "the fee is that of one seat; minimums and breaks depend on how many there are."
    if contract.commitment is not None or contract.undivided is not None:
        yield "what is committed for all together is not divided among people."
    if seat.plan:
        yield from (said for said in contract.assumptions if said.startswith(f"{seat.plan}: "))
