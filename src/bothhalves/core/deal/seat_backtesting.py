"""Advice on seats walked through history: whose seats are kept at each decision, and what the term then cost.

A seat that was given back and is needed after all is bought again in the month in which its holder returns,
and newcomers get one under every rule. Only what was known before the decision decides who keeps a seat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from bothhalves.core.clauses.base import Term
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.seat_course import SeatSchedule
from bothhalves.core.seating.labelling import RELEASABLE, Protection, SeatFacts, labelled
from bothhalves.core.seating.rules import SeatRules

_NIL = Fraction(0)
HINDSIGHT = "hindsight"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person with a seat from ``given`` on, the days with a genuine action, oldest first, and why the seat
    is kept although it idles."""

    person: str
    given: date
    active: tuple[date, ...]
    protections: tuple[Protection, ...] = ()

    def before(self, on: date) -> Holder:
        """What was known of the person at the beginning of a day."""
        return replace(self, active=tuple(d for d in self.active if d < on))

    def is_active_in(self, months: Sequence[Month]) -> bool:
        return any(months[0].first <= d < months[-1].next.first for d in self.active)


#: Whose seats are kept: from holders as they were known before the day, all of whose activity is known from
#: the first date on.
SeatRule = Callable[[Sequence[Holder], date, date], frozenset[str]]


def kept_by_advice(rules: SeatRules) -> SeatRule:
    """Everybody but those whose seats are never used or dormant."""

    def rule(holders: Sequence[Holder], known_from: date, on: date) -> frozenset[str]:
        return frozenset(h.person for h in holders if not _is_idle(h, known_from, on, rules))

    return rule


def _is_idle(holder: Holder, known_from: date, on: date, rules: SeatRules) -> bool:
    last = holder.active[-1] if holder.active else None
    facts = SeatFacts(
        holder.person, "", "", "", assigned=holder.given, last_active=last, known_from=known_from,
        known_until=on, protections=holder.protections,
    )  # fmt: skip
    return labelled(facts, rules, on).label in RELEASABLE


def kept_all(holders: Sequence[Holder], known_from: date, on: date) -> frozenset[str]:
    """Nobody's seat is given back."""
    del known_from, on
    return frozenset(h.person for h in holders)


def kept_last_month(holders: Sequence[Holder], known_from: date, on: date) -> frozenset[str]:
    """Those who were active in the month before: the look-back."""
    del known_from
    before = _month_before(on)
    return frozenset(h.person for h in holders if h.is_active_in((before,)))


def _month_before(on: date) -> Month:
    return Month(on.year - (on.month == 1), (on.month - 2) % 12 + 1)


@dataclass(frozen=True, slots=True)
class SeatStep:
    """A term from ``first`` on: how many held a seat before, and by rule how many kept theirs, how many of
    the others came back, and what the term cost in micro-units."""

    first: Month
    held: int
    kept: Mapping[str, int]
    returned: Mapping[str, int]
    paid: Mapping[str, Fraction]

    def regret(self, rule: str) -> Fraction:
        return self.paid[rule] - self.paid[HINDSIGHT]


def seat_steps(
    holders: Iterable[Holder],
    contract: Contract,
    months: Sequence[Month],
    term: int,
    rules: Mapping[str, SeatRule],
    known: int = 1,
) -> tuple[SeatStep, ...]:
    """Terms of so many months, the first after ``known`` of ``months``, under a contract with one seat type.

    Raises ``ValueError`` if there are several seat types.
    """
    if len(contract.seats) != 1:
        raise ValueError("one seat type is walked at a time")
    people = tuple(holders)
    terms = (months[place : place + term] for place in range(known, len(months) - term + 1, term))
    return tuple(_step(people, contract, one, months[0].first, rules) for one in terms)


def _step(
    people: Sequence[Holder],
    contract: Contract,
    term: Sequence[Month],
    known_from: date,
    rules: Mapping[str, SeatRule],
) -> SeatStep:
    on = term[0].first
    holding = [p for p in people if p.given < on]
    known = [p.before(on) for p in holding]
    kept = {name: rule(known, known_from, on) for name, rule in rules.items()}
    kept[HINDSIGHT] = _best(people, holding, contract, term)
    returned = {
        name: sum(p.is_active_in(term) for p in holding if p.person not in own) for name, own in kept.items()
    }
    paid = {name: _paid(people, contract, term, own) for name, own in kept.items()}
    return SeatStep(term[0], len(holding), {n: len(k) for n, k in kept.items()}, returned, paid)


def _best(
    people: Sequence[Holder], holding: Sequence[Holder], contract: Contract, term: Sequence[Month]
) -> frozenset[str]:
    """The cheapest of keeping nobody, those active in the first month, in the first two, and so on."""
    choices = [frozenset[str]()]
    choices += [
        frozenset(p.person for p in holding if p.is_active_in(term[: n + 1])) for n in range(len(term))
    ]
    return min(choices, key=lambda own: (_paid(people, contract, term, own), len(own)))


def _paid(
    people: Sequence[Holder], contract: Contract, term: Sequence[Month], kept: frozenset[str]
) -> Fraction:
    """The term, signed for the seats that are kept, with everybody else bought when they need one."""
    needed = [len(_seated(people, term[: n + 1], kept)) for n in range(len(term))]
    seat = replace(contract.seats[0], committed=len(kept), from_=None, until=None)
    signed = replace(contract, seats=(seat,), term=Term(term[0].first, len(term)))
    return sum(SeatSchedule(signed, term).course({seat.type: needed}).cost, _NIL)


def _seated(people: Sequence[Holder], so_far: Sequence[Month], kept: frozenset[str]) -> frozenset[str]:
    """Who holds a seat by the last of these months of the term."""
    first = so_far[0].first
    came = (p.person for p in people if p.is_active_in(so_far) or first <= p.given < so_far[-1].next.first)
    return kept | frozenset(came)
