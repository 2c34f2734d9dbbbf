"""From a plan of the books to the clauses of a contract: what a seat of the plan costs and includes.

What the contract states goes before what its plans say, clause by clause. What a plan leaves open, or lets
the buyer choose, becomes an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from bothhalves.core.clauses.allowances import AllowanceTerm
from bothhalves.core.clauses.base import Scope
from bothhalves.core.clauses.credits import CreditTerm
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.clauses.packs import PackTerm
from bothhalves.core.clauses.usage import SeatUsageTerm, UsageTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.money import quotient
from bothhalves.core.plans import Offered, Plan, PlanAllowance, PlanPack, SeatShape
from bothhalves.core.shapes import Shape

#: Limits by the hour, the day or the week hold usage back and are not charged for.
_CHARGEABLE = ("month", "quarter", "year", "never")
Find = Callable[[str, date], Offered | None]
Term = TypeVar("Term", AllowanceTerm, CreditTerm)


@dataclass(frozen=True, slots=True)
class SeatDefaults:
    """What a seat clause takes from its plan. ``fee`` None: the vendor publishes none for this billing."""

    type: str
    product: str
    billed: str
    fee: Decimal | None
    minimum: int | None
    maximum: int | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanClauses:
    """The clauses that seats of one type bring through their plan."""

    usage: tuple[UsageTerm, ...] = ()
    seat_usage: tuple[SeatUsageTerm, ...] = ()
    allowances: tuple[AllowanceTerm, ...] = ()
    packs: tuple[PackTerm, ...] = ()
    credits: tuple[CreditTerm, ...] = ()
    assumptions: tuple[str, ...] = ()


def seat_defaults(plan: Plan, billed: str = "") -> SeatDefaults:
    """The seat clause of a plan; ``billed`` left out: by the month if the plan is sold so.

    A fee by the year is told by the month, rounded half-up at the twelfth place where it does not end.
    """
    ways = [f.billed for f in plan.fees if f.first_months is None]
    billed = billed or ("annual" if ways and "monthly" not in ways else "monthly")
    offered = plan.fee(billed)
    monthly = offered.monthly if offered else None
    fee = None if monthly is None else quotient(monthly)
    labels = plan.labels or (plan.name,)
    return SeatDefaults(plan.id, plan.product, billed, fee, plan.min_seats, plan.max_seats, labels)


def clauses_of(plan: Plan, type_: str) -> PlanClauses:
    """What a plan says of usage under seats of ``type_``, as clauses."""
    stated = [a for a in plan.allowances if a.kind in ("usage", "credits") and _is_amount(a)]
    vague = plan.shape is not SeatShape.RATES and not any(not a.meter for a in stated)
    said = [f"{plan.id}: {sentence}" for sentence in _open_points(plan, bool(stated))]
    return PlanClauses(
        usage=tuple(_unit_prices(plan)),
        seat_usage=tuple(_rates(plan, type_)),
        allowances=(
            *(_allowance(plan, a, type_) for a in stated),
            *([AllowanceTerm(type_, seats=(type_,), unlimited=True)] if vague else []),
        ),
        packs=tuple(_packs(plan)),
        credits=tuple(_credit(plan, a, type_) for a in plan.allowances if _is_credit(a)),
        assumptions=tuple(said),
    )


def with_plans(contract: Contract, find: Find) -> Contract:
    """The contract with what the plans of its seats say and it does not; an unknown plan adds nothing.

    Seats of one plan family share what their plans pool: the pool has an amount for each seat type.
    """
    done: set[str] = set()
    for seat in contract.seats:
        offered = find(seat.plan, seat.from_ or contract.term.start) if seat.plan else None
        if offered is not None and seat.type not in done:
            done.add(seat.type)
            contract = _joined(contract, clauses_of(offered.plan, seat.type), seat.type)
    return contract


def _is_amount(allowance: PlanAllowance) -> bool:
    return allowance.amount is not None and allowance.resets in _CHARGEABLE


def _is_credit(allowance: PlanAllowance) -> bool:
    return allowance.kind == "api-credit" and allowance.amount is not None


def _open_points(plan: Plan, stated: bool) -> Iterable[str]:
    if not stated and plan.shape not in (SeatShape.FLAT, SeatShape.RATES):
        yield "the vendor states no amount for what a seat includes, so its usage counts as included."
    if (
        stated
        and plan.overage is not None
        and plan.overage.opt_in
        and plan.overage.then not in ("stop", "wait")
    ):
        yield "overage is charged only if the buyer enables it; usage beyond the allowance is taken as such."
    if plan.shape is SeatShape.RATES and plan.overage is None:
        yield "the vendor does not say how usage is billed, so it counts at API rates."


def _name(plan: Plan, meter: str) -> str:
    return f"{plan.product}/{meter or 'usage'}"


def _allowance(plan: Plan, allowance: PlanAllowance, type_: str) -> AllowanceTerm:
    amount = allowance.amount or Decimal(0)
    shared = allowance.pooled and allowance.per in ("seat", "person")
    whole = allowance.per in ("organisation", "account")
    return AllowanceTerm(
        name=_name(plan, allowance.meter),
        product=plan.product if allowance.meter else "",
        meter=allowance.meter,
        per_seat={type_: amount} if shared else {},
        per_person={} if shared or whole else {type_: amount},
        amount=amount if whole else None,
        seats=(type_,) if whole else (),
        scope=Scope(models=allowance.models),
        resets=allowance.resets,
        carry_over=allowance.carry_over,
        cap=allowance.cap if shared or whole else None,
        added=allowance.added,
        overage=_overage(plan, allowance.meter),
        from_=allowance.from_ if allowance.from_ and allowance.from_ > plan.from_ else None,
        until=allowance.until,
    )


def _overage(plan: Plan, meter: str) -> Overage | None:
    """The plan's overage for the meter; None where it is not about it."""
    stated = plan.overage
    if stated is None or (stated.then == "price" and not meter):
        return None
    if stated.then in ("stop", "wait"):
        return Overage("stop")
    return Overage(stated.then, price=stated.price, times=stated.times)


def _unit_prices(plan: Plan) -> Iterable[UsageTerm]:
    """The price of each unit that the plan counts, where a source states it: itself or through packs."""
    prices = {a.meter: a.value for a in plan.allowances if a.meter and a.value is not None}
    for pack in plan.packs:
        if pack.meter and pack.price is not None:
            prices.setdefault(pack.meter, quotient(Fraction(pack.price) / Fraction(pack.size)))
    for meter, price in sorted(prices.items()):
        yield UsageTerm(plan.product, meter, Shape(per_unit=price))


def _rates(plan: Plan, type_: str) -> Iterable[SeatUsageTerm]:
    if plan.shape is SeatShape.RATES:
        times = plan.overage.times if plan.overage else None
        yield SeatUsageTerm((type_,), Decimal(1) if times is None else times)


def _packs(plan: Plan) -> Iterable[PackTerm]:
    """Packs with a price, bought as they are needed; what no pack covers waits."""
    for pack in plan.packs:
        if pack.price is not None:
            yield _pack(plan, pack, pack.price)


def _pack(plan: Plan, pack: PlanPack, price: Decimal) -> PackTerm:
    return PackTerm(
        name=_name(plan, pack.meter),
        size=pack.size,
        price=price,
        product=plan.product if pack.meter else "",
        meter=pack.meter,
        as_needed=True,
        at_least=pack.at_least,
        expires_months=pack.expires_months,
        overage=Overage("stop"),
        from_=pack.from_,
        until=pack.until,
    )


def _credit(plan: Plan, allowance: PlanAllowance, type_: str) -> CreditTerm:
    return CreditTerm(
        name=f"{plan.product}-api",
        per_seat={type_: allowance.amount or Decimal(0)},
        cap=allowance.cap,
        excludes=(Scope(products=allowance.excludes),) if allowance.excludes else (),
        from_=allowance.from_,
        until=allowance.until,
    )


def _joined(contract: Contract, found: PlanClauses, type_: str) -> Contract:
    """The contract with the clauses about which it is silent."""
    prices = {(u.product, u.meter) for u in contract.usage}
    packs = {(p.product, p.meter) for p in contract.packs}
    drawn = {(t, a.meter) for a in contract.allowances for t in a.drawn_by}
    stated = {t for u in contract.seat_usage for t in u.seats}
    allowances = [a for a in found.allowances if (type_, a.meter) not in drawn and type_ not in stated]
    credits = [c for c in found.credits if not any(type_ in own.per_seat for own in contract.credits)]
    rates = [u for u in found.seat_usage if type_ not in stated and (type_, "") not in drawn]
    return replace(
        contract,
        usage=(*contract.usage, *(u for u in found.usage if (u.product, u.meter) not in prices)),
        seat_usage=(*contract.seat_usage, *rates),
        allowances=_merged(contract.allowances, allowances, type_),
        packs=(*contract.packs, *(p for p in found.packs if (p.product, p.meter) not in packs)),
        credits=_merged(contract.credits, credits, type_),
        assumptions=(*contract.assumptions, *found.assumptions),
    )


def _merged(own: Iterable[Term], more: Iterable[Term], type_: str) -> tuple[Term, ...]:
    """Clauses that differ in what each seat type brings only are one clause; names stay apart."""
    result = list(own)
    for term in more:
        joined = next(((n, j) for n, t in enumerate(result) if (j := t.joined(term)) is not None), None)
        if joined is not None:
            result[joined[0]] = joined[1]
        elif term.id in {t.id for t in result}:
            result.append(replace(term, name=f"{term.name}/{type_}"))
        else:
            result.append(term)
    return tuple(result)
