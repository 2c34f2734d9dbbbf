"""The discount that a seller shows: the offered quantities at the offered price against their list price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bothhalves.core.clauses.base import Demand
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.undivided import MONTHS
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.commitment_cost import Drawing, laid
from bothhalves.core.deal.halves import share_of_list
from bothhalves.core.deal.outlook import Scenario
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.seat_sums import Money, SeatSums
from bothhalves.core.deal.serving import Serving

#: More usage, in micro-units, than any commitment covers.
ENDLESS = 10**40


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be said, why, and what to ask for."""

    what: str
    reason: str
    ask: str


@dataclass(frozen=True, slots=True)
class Headline:
    """What the seller shows: the ``price`` of the offered quantities against their ``list`` price."""

    price: Fraction
    list: Fraction

    @property
    def discount(self) -> Fraction:
        return 1 - self.price / self.list


def headline(serving: Serving, offer: Contract) -> Headline | Refusal:
    """The seller's discount on what is offered, if a list price of all of it is known."""
    unknown = sorted(t.type for t in offer.seats if t.list_fee is None)
    if unknown:
        said = f"no list price of {', '.join(unknown)} seats is stated"
        return Refusal("headline", said, "Write list_fee into the offer, or name the plan of the seat.")
    if offer.undivided is not None and offer.undivided.usage is None:
        return Refusal("headline", "how much usage is in the one price is not stated", "Ask for it.")
    none = (0,) * len(serving.months)
    nothing = Scenario("offered", none, {t.type: none for t in offer.seats})
    own = Serving(replace(serving.outlook, scenarios=(nothing,)))
    whole = replace(offer, seats=tuple(_as_committed(t) for t in offer.seats))
    price = Fraction(own.costs(replace(whole, rates=()))[0].total) - _off_by_rates(serving, whole)
    seats = tuple(replace(t, fee=t.list_fee, breaks=()) for t in whole.seats if t.list_fee is not None)
    at_list = replace(offer, seats=seats, commitment=None, undivided=None, rates=())
    usage = _usage_offered(serving, whole) + _credited(serving, offer)
    listed = Fraction(own.costs(at_list)[0].seats) + usage
    if not listed:
        return Refusal("headline", "nothing is offered at a list price", "Ask what the offer includes.")
    return Headline(price, listed)


def _as_committed(term: SeatTerm) -> SeatTerm:
    """The clause without its true-up: the seats on offer are those committed, however many are used."""
    return replace(term, true_up=None, removals="", proration=None)


def _usage_offered(serving: Serving, offer: Contract) -> Fraction:
    """Usage at list price that the offer's commitment covers, or that its one price includes."""
    months = serving.months
    if offer.commitment is not None:
        return _covered(serving, offer, offer.commitment)
    if offer.undivided is None or offer.undivided.usage is None:
        return Fraction(0)
    length = MONTHS.get(offer.undivided.per, offer.term.months)
    return Fraction(offer.undivided.usage) * MICRO * len(months) / length


def _credited(serving: Serving, offer: Contract) -> Fraction:
    """Usage at list price that credits on offer pay for if all of it is used: at their face, as a seller
    counts them, whatever they are worth to whom uses less."""
    months, share = serving.months, share_of_list(offer, serving.months)
    given = [g.amount for g in offer.included_credits if any(g.holds(offer.term, m) for m in months)]
    for month in months:
        billed = Counter[str]()
        for term in offer.seats_in(month):
            billed[term.type] += max(term.committed, term.minimum)
        given += [c.given(Demand(month), billed) for c in offer.credits if c.holds(month)]
    return sum(map(Fraction, given), Fraction(0)) * MICRO / (share or 1)


def _covered(serving: Serving, offer: Contract, clause: CommitmentTerm) -> Fraction:
    """Usage at list price that a commitment covers after the fees on offer that draw on it: of more usage
    than there is room for, at the end of every period, the part that finds room."""
    if "api" not in (clause.counts or ("api",)):
        return Fraction(0)
    drawing, fees = _drawing(serving, offer, clause)
    ends = {period.months[-1] for period in drawing.schedule.periods}
    usage = [ENDLESS if place in ends else 0 for place in range(len(serving.months))]
    return drawing.cost(usage, fees).total("covered")


def _off_by_rates(serving: Serving, offer: Contract) -> Fraction:
    """By how much negotiated rates lower the price of the usage that a commitment at list price covers: it is
    billed at them where nothing was paid ahead. Money that is committed as paid is the same with them."""
    clause = offer.commitment
    if clause is None or not clause.in_list or "api" not in (clause.counts or ("api",)):
        return Fraction(0)
    drawing, fees = _drawing(serving, offer, clause)
    unused = drawing.course((0,) * len(serving.months), fees).shortfall
    return sum(unused, Fraction(0)) * (1 - drawing.share)


def _drawing(serving: Serving, offer: Contract, clause: CommitmentTerm) -> tuple[Drawing, Sequence[Money]]:
    """The commitment of an offer, and the fees on offer that draw on it."""
    months = serving.months
    none = (0,) * len(months)
    pooled = "seats" in clause.counts
    fees = SeatSums(offer, months).due({t.type: none for t in offer.seats}) if pooled else ()
    schedule, share = laid(clause, offer.term, months[0], len(months)), share_of_list(offer, months)
    return Drawing(schedule, Fraction(1) if share is None else share, beside=bool(fees)), fees
