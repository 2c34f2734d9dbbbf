"""A bundle taken apart: each half beside its price alone, and what buying both together is worth.

Margin is meant from the buyer's side: what is paid above the price of the same need elsewhere. What the
seller pays for it is not known and never guessed. Money is in micro-units over the months of the outlook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bothhalves.core.contracts import Contract
from bothhalves.core.deal.amounts import costing
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.halves import Half, ahead
from bothhalves.core.deal.headline import Headline, Refusal, headline
from bothhalves.core.deal.outlook import NO_NEED, STATE_NEED
from bothhalves.core.deal.quantities import at_need, standalone_api, standalone_seats
from bothhalves.core.deal.serving import Served, Serving
from bothhalves.core.deal.shares import NotIdentified, not_identified
from bothhalves.core.deal.spread import Spread, spread
from bothhalves.core.explain import Grade

_NIL = Fraction(0)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What one half costs by itself: a quote, how good it is as evidence, and where it is from.

    An observed quote is B, a published list price C, what somebody holds to be typical D.
    """

    contract: Contract
    grade: Grade
    source: str


@dataclass(frozen=True, slots=True)
class HalfPart:
    """One half of the need: ``standalone`` by itself, ``bundle`` inside the offer, ``offered`` if only
    what is needed were bought at the offer's unit rates.

    ``premium`` is what the bundle costs above standalone: the ``rate`` effect, of other unit rates on the
    needed quantity, and the ``quantity`` effect, of seats and usage that are paid for and not needed.
    """

    half: Half
    standalone: Fraction
    offered: Fraction
    bundle: Fraction
    grade: Grade
    source: str

    @property
    def premium(self) -> Fraction:
        return self.bundle - self.standalone

    @property
    def rate(self) -> Fraction:
        return self.offered - self.standalone

    @property
    def quantity(self) -> Fraction:
        return self.bundle - self.offered


@dataclass(frozen=True, slots=True)
class Bundle:
    """An offer beside both halves alone.

    ``halves`` is empty where the price is ``undivided``. ``counter`` is the offer's unit rates on what is
    needed, and ``counter_cost`` what that comes to. ``range`` is the spread over the scenarios of what the
    offer costs above standalone. ``contracts`` are those that were priced, for settling them again.
    """

    offer: str
    standalone: Fraction
    cost: Fraction
    headline: Headline | Refusal
    halves: tuple[HalfPart, ...]
    undivided: NotIdentified | None
    counter_cost: Fraction | None
    range: Spread
    grade: Grade
    pooled: bool
    contracts: Priced
    said: tuple[str, ...]

    @property
    def discount(self) -> Fraction:
        """The true package discount, which may be below zero."""
        return 1 - self.cost / self.standalone

    @property
    def premium(self) -> Fraction:
        """What the offer costs above both halves alone; below zero it is worth buying them together."""
        return self.cost - self.standalone

    @property
    def is_leverage(self) -> bool:
        """True if buying both together is worth something."""
        return self.premium < 0

    @property
    def carries(self) -> Half | None:
        """The half with the larger premium; None: neither, or nobody can tell (see ``undivided``)."""
        if not self.halves:
            return None
        seats, api = self.halves
        if seats.premium == api.premium or max(seats.premium, api.premium) <= 0:
            return None
        if self.pooled and api.quantity >= abs(seats.premium - api.premium):
            return None
        return seats.half if seats.premium > api.premium else api.half


@dataclass(frozen=True, slots=True)
class Priced:
    """The contracts behind a Bundle. ``signed`` is what is committed standalone; ``counter`` None: the price
    of the offer is undivided, so that it has no unit rates."""

    offer: Contract
    seats: Contract
    api: Contract
    counter: Contract | None


def taken_apart(
    serving: Serving, offer: Contract, seats: Benchmark, api: Benchmark, whole: Serving | None = None
) -> Bundle | Refusal:
    """The offer beside the need at the best price of each half alone.

    ``whole`` is the need up to the end of the term of ``api`` that the offer ends within (None: both end
    together): what is promised for usage alone is promised for all of it.
    Raises ``ValueError`` if the contracts and the outlook are in several currencies.
    """
    currencies = {serving.outlook.currency, *(c.currency for c in (offer, seats.contract, api.contract))}
    if len(currencies) > 1:
        raise ValueError(f"amounts in {' and '.join(sorted(currencies))} are not compared")
    if not is_bundle(offer):
        return Refusal("bundle", f"{offer.id} is about one half only", "`bothhalves replay` compares it.")
    refused = _unpriced(serving, offer, seats.contract)
    if refused is not None:
        return refused
    looked = ahead(offer)
    own_seats = standalone_seats(ahead(seats.contract).contract)
    own_api = best_api(whole or serving, standalone_api(ahead(api.contract).contract))
    split = None if offer.undivided is not None else at_need(looked.contract, serving.months)
    priced = Priced(looked.contract, own_seats, own_api, split)
    said = (*looked.said, *_said(offer, seats, api))
    return _bundle(serving, offer, priced, (seats, api), said)


def is_bundle(offer: Contract) -> bool:
    """True if the offer is about both halves."""
    both = offer.undivided is not None
    return bool(offer.seats) and (both or offer.commitment is not None or bool(offer.rates))


def best_api(serving: Serving, quote: Contract) -> Contract:
    """The quote signed for the amount of least expected cost, or not at all; ties to the smallest."""
    clause = quote.commitment
    if clause is None or not clause.bands or quote.rates or serving.settles(quote):
        return quote
    terms = Offer(clause, quote.term, serving.months[0], len(serving.months))
    costs = costing(terms, serving.outlook.scenarios, serving.weights)
    found = min(costs.candidates(), key=lambda c: (costs.expected(c), c.amount, c.signed))
    return replace(quote, commitment=terms.signed(found.amount) if found.signed else None)


def _unpriced(serving: Serving, offer: Contract, alone: Contract) -> Refusal | None:
    """Seats of which the need is not known, or that have no price on one of the two sides."""
    if not serving.outlook.knows_seats:
        return Refusal("need", NO_NEED, STATE_NEED)
    needed = _types(serving)
    lacking = sorted(needed - {t.type for t in alone.seats})
    if lacking:
        words = ", ".join(lacking)
        ask = f"Ask for a quote for {words} seats alone, and name it in deal.yaml under standalone."
        return Refusal("standalone", f"no price of {words} seats alone is known", ask)
    missing = ", ".join(sorted(needed - {t.type for t in offer.seats}))
    ask = "Ask for a price of them in the offer."
    return Refusal("bundle", f"{offer.id} has no {missing} seats, which are needed", ask) if missing else None


def _types(serving: Serving) -> set[str]:
    """Seat types of which any scenario needs one."""
    return {k for s in serving.outlook.scenarios for k, row in s.seats.items() if any(row)}


def _bundle(
    serving: Serving, offer: Contract, priced: Priced, marks: tuple[Benchmark, Benchmark], said: Sequence[str]
) -> Bundle:
    inside, seats, api = (serving.costs(c) for c in (priced.offer, priced.seats, priced.api))
    alone = [one.seats + other.api for one, other in zip(seats, api, strict=True)]
    both = [one.total for one in inside]
    parts = (serving.expected([one.seats for one in seats]), serving.expected([one.api for one in api]))
    cost = serving.expected(both)
    halves: tuple[HalfPart, ...] = ()
    counter = None
    if priced.counter is not None:
        offered = serving.costs(priced.counter)
        halves = tuple(_half(serving, half, marks, parts, offered, inside) for half in (Half.SEATS, Half.API))
        counter = serving.expected([one.total for one in offered])
    return Bundle(
        offer=offer.id,
        standalone=sum(parts, _NIL),
        cost=cost,
        headline=headline(serving, priced.offer),
        halves=halves,
        undivided=None if halves else not_identified(cost, *parts),
        counter_cost=counter,
        range=spread([p - v for p, v in zip(both, alone, strict=True)], serving.ranks),
        grade=max(serving.outlook.grade, *(m.grade for m in marks)),
        pooled=offer.commitment is not None and "seats" in offer.commitment.counts,
        contracts=priced,
        said=tuple(dict.fromkeys(said)),
    )


def _half(
    serving: Serving,
    half: Half,
    marks: tuple[Benchmark, Benchmark],
    alone: tuple[Fraction, Fraction],
    offered: Sequence[Served],
    inside: Sequence[Served],
) -> HalfPart:
    place = (Half.SEATS, Half.API).index(half)
    name = ("seats", "api")[place]
    rates, bundle = ([getattr(one, name) for one in served] for served in (offered, inside))
    mark = marks[place]
    expected = (serving.expected(rates), serving.expected(bundle))
    return HalfPart(half, alone[place], *expected, grade=mark.grade, source=mark.source)


def _said(offer: Contract, seats: Benchmark, api: Benchmark) -> Iterator[str]:
    yield f"seats alone: {seats.source} (evidence {seats.grade})."
    yield f"usage alone: {api.source} (evidence {api.grade})."
    yield "alone, seats are charged by the month as they are needed, and usage under the best amount."
    if offer.commitment is not None and "seats" in offer.commitment.counts:
        yield "seat fees draw on the commitment: what is unused of it stands with usage."
