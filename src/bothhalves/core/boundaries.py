"""Mistakes on the boundary between seats, API and credits, found in what a company has signed and said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bothhalves.core.clauses.protections import Needs, meets
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import plain
from bothhalves.core.plans import Plan, PlanBook, RouteKind, SeatShape

COMPANY = Where("company.yaml")


def boundary_problems(
    contracts: Iterable[Contract], plans: PlanBook, needs: Needs, billing: Mapping[str, str], day: date
) -> list[Problem]:
    """Everything on the boundary that is wrong or unsafe. ``billing`` says who pays for which product."""
    signed = list(contracts)
    problems = list(_calls_in_seats(plans, billing, day))
    for contract in signed:
        for seat in contract.seats:
            found = plans.find(seat.plan, contract.term.start) if seat.plan else None
            problems += _seat(contract, seat, found.plan if found else None, needs)
    by_vendor: dict[str, list[Contract]] = {}
    for contract in signed:
        by_vendor.setdefault(contract.vendor, []).append(contract)
    for vendor, own in by_vendor.items():
        problems += _sides(vendor, own)
        problems += _data_terms(own, needs)
    return problems


def _calls_in_seats(plans: PlanBook, billing: Mapping[str, str], day: date) -> Iterator[Problem]:
    """A product that no plan sells, nor opens, is said to be included in a seat."""
    sold = {p for o in plans.on(day) for p in (o.plan.product, *o.plan.includes)}
    for product, payer in billing.items():
        if payer == "included" and product not in sold and product.endswith("-api"):
            what = (
                f"{product} is said to be included in a seat, but a seat does not pay for API calls."
                f" Plans that include API credit: {_with_credit(plans, day)}."
            )
            fix = f"Write {product}: metered, and the credit of the plan into the contract's credits."
            yield Problem("boundary.api-in-seat", COMPANY, what, fix)


def _with_credit(plans: PlanBook, day: date) -> str:
    told = []
    for offered in plans.on(day):
        credit = offered.plan.api_credit
        if credit is not None and credit.amount is not None:
            cap = f", at most {plain(credit.cap)} for the organisation" if credit.cap else ""
            amount = f"{plain(credit.amount)} {credit.unit} per {credit.per} and {credit.resets}{cap}"
            told.append(f"{offered.plan.name} ({amount})")
    return "; ".join(sorted(told)) or "none"


def _seat(contract: Contract, seat: SeatTerm, plan: Plan | None, needs: Needs) -> Iterator[Problem]:
    where, name = contract.where, f"{contract.id}: {seat.type}"
    if seat.used_by is not None and seat.used_by > seat.committed:
        what = f"{name}: {seat.used_by} people use {seat.committed} seats; a seat is one person's."
        fix = "Buy a seat for each of them, or move the shared work to the API."
        yield Problem("boundary.shared-seat", where, what, fix, changes=False)
    if seat.billed == "annual" and seat.until is not None and seat.until < contract.term.until:
        what = f"{name} is billed by the year and ends on {seat.until}, before the term does."
        fix = f"An annual fee is owed to {contract.term.until}: leave until out, or write billed: monthly."
        yield Problem("boundary.annual-fee", where, what, fix)
    if plan is not None:
        yield from _planned(contract, seat, plan, needs)


def _planned(contract: Contract, seat: SeatTerm, plan: Plan, needs: Needs) -> Iterator[Problem]:
    where, name = contract.where, f"{contract.id}: {seat.type}"
    if plan.route is RouteKind.APP and seat.committed > 1:
        what = f"{name} buys {seat.committed} times {plan.name}, which is one person's subscription."
        yield Problem(
            "boundary.personal-plan", where, what, "Buy team seats: see `bothhalves route`.", changes=False
        )
    if plan.shape is SeatShape.PACKS and seat.fee:
        what = f"{name} gives {plan.name} a fee per seat, but it is paid for in credits."
        fix = "Write the credits into packs, and the seat with a fee of 0."
        yield Problem("boundary.credits-as-seats", where, what, fix)
    lacking = [c for c in needs.controls if c in plan.lacks]
    unknown = [c for c in needs.controls if c not in plan.controls and c not in lacking]
    if lacking:
        what = f"plan {plan.name} does not have {', '.join(lacking)}, which company.yaml requires."
        fix = "Take a plan that has them (`bothhalves route --control …`) or change needs."
        yield Problem("boundary.control-missing", where, what, fix, changes=False)
    if unknown:
        what = f"no source confirms that {plan.name} has {', '.join(unknown)}, which company.yaml requires."
        yield Problem(
            "boundary.control-unconfirmed", where, what, "Ask the vendor for it in writing.", changes=False
        )


def _sides(vendor: str, contracts: list[Contract]) -> Iterator[Problem]:
    """What is promised for the seats and not, or differently, for the API."""
    seats, calls = _merged(contracts, "seats"), _merged(contracts, "api")
    if not seats or not calls:
        return
    keys = [key for key in sorted({*seats, *calls}) if seats.get(key) != calls.get(key)]
    if keys:
        pairs = [(k.replace("_", " "), seats.get(k, "not said"), calls.get(k, "not said")) for k in keys]
        words = "; ".join(f"{name} {one} for seats, {other} for the API" for name, one, other in pairs)
        what = f"the terms with {vendor} differ between the two sides: {words}."
        fix = "Ask for the same terms on both sides."
        yield Problem("boundary.protections", contracts[0].where, what, fix, changes=False)


def _merged(contracts: list[Contract], side: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for contract in contracts:
        own = contract.seat_terms if side == "seats" else contract.api_terms
        found.update({**contract.terms.stated(), **own.stated()})
    return found


def _data_terms(contracts: list[Contract], needs: Needs) -> Iterator[Problem]:
    """Required data terms that a contract does not promise."""
    required = needs.terms.stated()
    for contract in contracts:
        for side, own in (("seats", contract.seat_terms), ("API", contract.api_terms)):
            promised = {**contract.terms.stated(), **own.stated()}
            short = [k for k, v in required.items() if not meets(k, promised.get(k), v)]
            if promised and short:
                words = ", ".join(f"{k.replace('_', ' ')} {required[k]}" for k in short)
                what = f"{contract.id} does not promise {words} for the {side}, which company.yaml requires."
                fix = "Negotiate it, or write down where it is promised."
                yield Problem("boundary.data-terms", contract.where, what, fix, changes=False)
