"""Terms about seats: what a contract becomes with each, and without it; or why there is no such contract."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import SeatTerm, overlap
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.facts import Facts

NO_SEATS = "the offer has no seats"
_NO_UPLIFT = "nobody has said what fees rise by at renewal: write renewal_uplift into deal.yaml"


def _each(contract: Contract, changed: tuple[SeatTerm, ...]) -> Contract:
    return replace(contract, seats=changed)


def _counting(term: SeatTerm, method: str, direction: str = "up-only") -> SeatTerm:
    """The seat clause with another way to count; days are then not charged by themselves."""
    rule = (term.rule or TrueUp()).stated
    actual = method == "actual"
    counted = replace(
        rule,
        every="month" if actual else rule.every,
        method=method,
        direction=direction,
        backdated=None if actual else True,
    )
    return replace(term, true_up=counted, removals="", proration=None)


def can_reduce(contract: Contract, facts: Facts) -> bool:
    """True if all seats may be given back within the term."""
    del facts
    return all(t.rule is not None and not t.rule.ratchets and not t.rule.up_only for t in contract.seats)


def with_reduction(contract: Contract, facts: Facts) -> Contract | str:
    """Seats are counted month by month, down to a part of those committed."""
    if not contract.seats:
        return NO_SEATS
    kept = 1 - Fraction(facts.reduce)
    return _each(
        contract,
        tuple(
            replace(_counting(t, "actual", "both"), minimum=max(t.minimum, ceil(t.committed * kept)))
            for t in contract.seats
        ),
    )


def without_reduction(contract: Contract, facts: Facts) -> Contract | str:
    """Seats only rise within the term."""
    del facts
    if not contract.seats:
        return NO_SEATS
    return _each(contract, tuple(_counting(t, "high-water") for t in contract.seats))


def is_averaged(contract: Contract, facts: Facts) -> bool:
    """True if no peak stays for the rest of the term."""
    del facts
    return all(t.rule is not None and not t.rule.ratchets for t in contract.seats)


def with_average(contract: Contract, facts: Facts) -> Contract | str:
    """True-ups take the average of their window, and each window begins anew."""
    del facts
    if not contract.seats:
        return NO_SEATS
    return _each(
        contract,
        tuple(_counting(t, "average") if t.rule is None or t.rule.ratchets else t for t in contract.seats),
    )


def without_average(contract: Contract, facts: Facts) -> Contract | str:
    """True-ups keep the highest number of the term."""
    return without_reduction(contract, facts)


def has_no_minimum(contract: Contract, facts: Facts) -> bool:
    del facts
    return not contract.minimum_seats and not any(t.minimum for t in contract.seats)


def without_minimum(contract: Contract, facts: Facts) -> Contract | str:
    """No fewest seats, of the contract or of a type."""
    del facts
    return replace(contract, minimum_seats=None, seats=tuple(replace(t, minimum=0) for t in contract.seats))


def unsaid_minimum(contract: Contract, facts: Facts) -> Contract | str:
    del contract, facts
    return "the offer has no minimum of seats"


def commits_to_need(contract: Contract, facts: Facts) -> bool:
    """True if no type commits more seats than are needed in every month, as far as that is known."""
    return all(
        t.committed <= count for t, count in zip(contract.seats, _needed(contract, facts), strict=True)
    )


def with_needed_seats(contract: Contract, facts: Facts) -> Contract | str:
    """Commits no more seats than are needed in every month, at the fee that the committed ones reach."""
    pairs = zip(contract.seats, _needed(contract, facts), strict=True)
    return _each(contract, tuple(_fewer(t, count) if count < t.committed else t for t, count in pairs))


def _needed(contract: Contract, facts: Facts) -> list[int]:
    """The seats of each clause that are needed in every month, those of a type in the order in which they
    fill; where nobody knows, the committed ones."""
    found: list[int] = []
    for place, term in enumerate(contract.seats):
        before = zip(contract.seats[:place], found, strict=True)
        filled = sum(min(t.committed, n) for t, n in before if t.type == term.type and overlap(t, term))
        known = facts.seats.get(term.type)
        found.append(term.committed if known is None else max(known - filled, 0))
    return found


def _fewer(term: SeatTerm, count: int) -> SeatTerm:
    """The clause with fewer seats at the same fee; where each slice has its own, slices stay."""
    if term.breaks_are == "incremental":
        return replace(term, committed=count)
    reached = [b.fee for b in term.breaks if b.from_ <= term.committed]
    above = tuple(b for b in term.breaks if b.from_ > term.committed)
    return replace(term, committed=count, fee=reached[-1] if reached else term.fee, breaks=above)


def no_more_seats(contract: Contract, facts: Facts) -> Contract | str:
    del facts
    return (
        "no more seats are committed than are known to be needed in every month"
        if contract.seats
        else NO_SEATS
    )


def is_capped(contract: Contract, facts: Facts) -> bool:
    """True if every fee has a cap at renewal that is no higher than the one to ask for."""
    caps = [t.renewal.cap if t.renewal else None for t in contract.seats]
    return bool(caps) and all(cap is not None and cap <= facts.cap for cap in caps)


def with_cap(contract: Contract, facts: Facts) -> Contract | str:
    """Fees rise by no more than the cap at renewal."""
    if not contract.seats:
        return NO_SEATS
    if facts.uplift is None and not all(t.renewal and t.renewal.is_known for t in contract.seats):
        return _NO_UPLIFT
    return _each(contract, tuple(replace(t, renewal=_renewal(t, facts, facts.cap)) for t in contract.seats))


def without_cap(contract: Contract, facts: Facts) -> Contract | str:
    """Fees rise as the vendor asks."""
    stated = all(t.renewal is not None and t.renewal.uplift is not None for t in contract.seats)
    if facts.uplift is None and not stated:
        return _NO_UPLIFT
    return _each(contract, tuple(replace(t, renewal=_renewal(t, facts, None)) for t in contract.seats))


def _renewal(term: SeatTerm, facts: Facts, cap: Decimal | None) -> Renewal:
    own = term.renewal or Renewal()
    own_cap = own.cap if cap is not None and own.cap is not None and own.cap < cap else cap
    return replace(own, cap=own_cap, uplift=facts.uplift if own.uplift is None else own.uplift)
