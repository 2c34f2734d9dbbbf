"""The discount that a seller shows: the offered quantities at the offered price against their list price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from bothhalves.core.clauses.undivided import MONTHS
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.commitment_cost import laid
from bothhalves.core.deal.outlook import Scenario
from bothhalves.core.deal.quantities import covered_list
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.serving import Serving


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
    price = Fraction(own.costs(replace(offer, rates=()))[0].total)
    seats = tuple(replace(t, fee=t.list_fee, breaks=()) for t in offer.seats if t.list_fee is not None)
    at_list = replace(offer, seats=seats, commitment=None, undivided=None, rates=())
    listed = Fraction(own.costs(at_list)[0].seats) + _usage_offered(serving, offer)
    if not listed:
        return Refusal("headline", "nothing is offered at a list price", "Ask what the offer includes.")
    return Headline(price, listed)


def _usage_offered(serving: Serving, offer: Contract) -> Fraction:
    """Usage at list price that the offer's commitment covers, or that its one price includes."""
    months = serving.months
    if offer.commitment is not None:
        return covered_list(laid(offer.commitment, offer.term, months[0], len(months)))
    if offer.undivided is None or offer.undivided.usage is None:
        return Fraction(0)
    length = MONTHS.get(offer.undivided.per, offer.term.months)
    return Fraction(offer.undivided.usage) * MICRO * len(months) / length
