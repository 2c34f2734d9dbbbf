"""Offers of a workspace taken apart: what is needed in the months to come, each half at its price alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bothhalves.core.clauses.base import Term
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.bundle import Benchmark, Bundle, taken_apart
from bothhalves.core.deal.halves import Half, ahead
from bothhalves.core.deal.headline import Refusal
from bothhalves.core.deal.outlook import Outlook
from bothhalves.core.deal.running import at_fees_of
from bothhalves.core.deal.serving import Serving
from bothhalves.core.explain import Grade, Line, Problem
from bothhalves.workspace.committing import shown
from bothhalves.workspace.deal_terms import Evidence
from bothhalves.workspace.needs import Basis, Needed
from bothhalves.workspace.projecting import is_too_short, too_few
from bothhalves.workspace.prospects import Prospects

#: How good a standalone price is as evidence.
GRADES = {"quote": Grade.B, "list": Grade.C, "typical": Grade.D}
_WORDS = {"quote": "observed quote", "list": "published list price", "typical": "said to be typical"}
_NO_OFFER = (
    "There is no offer in offers/: write the seller's quote into offers/NAME.yaml, as a contract is written."
)


class UnknownOffer(LookupError):
    """No offer or contract has this id, or there is none."""


@dataclass(frozen=True, slots=True)
class Apart:
    """One offer. ``lines`` are the settled Lines by scenario, role (offer, seats, api or counter) and half;
    ``base`` names the scenario that is told where scenarios have no chances."""

    offer: Contract
    months: tuple[Month, ...]
    outlook: Outlook
    base: str
    found: Bundle | Refusal
    lines: Mapping[str, Mapping[str, Mapping[Half, list[Line]]]]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundled:
    """All offers asked for, and what is wrong with ``deal.yaml``. ``built`` are the same offers in the same
    order with nothing built."""

    offers: tuple[Apart, ...]
    problems: tuple[Problem, ...]
    built: tuple[Apart, ...]


def bundled_of(needed: Needed, ids: Sequence[str] = ()) -> Bundled:
    """The offers with these ids, or all that are no standalone price, on what is needed and on what is needed
    with nothing built. Raises :class:`UnknownOffer`."""
    prospects = needed.prospects
    offers = chosen(prospects, ids)
    now = Needed(prospects, Basis.BUILT)
    return Bundled(
        tuple(apart_of(needed, offer) for offer in offers),
        prospects.problems,
        tuple(apart_of(now, offer) for offer in offers),
    )


def chosen(prospects: Prospects, ids: Sequence[str]) -> list[Contract]:
    """Offers and contracts by id; without ids, the offers that are no standalone price."""
    workspace, standalone = prospects.workspace, prospects.terms.standalone
    known = _known(prospects)
    alone = {standalone.seats, standalone.api}
    wanted = list(ids) or [o.id for o in workspace.config.offers if o.id not in alone]
    missing = [name for name in wanted if name not in known]
    if missing or not wanted:
        told = f"No offer is called {missing[0]!r}." if missing else _NO_OFFER
        raise UnknownOffer(f"{told} Known: {', '.join(sorted(known)) or 'none'}.{workspace.config.unread}")
    return [known[name] for name in dict.fromkeys(wanted)]


def _known(prospects: Prospects) -> dict[str, Contract]:
    """Offers, and contracts at the seat fees that hold today, by id."""
    config, last = prospects.workspace.config, prospects.months[-1]
    return {c.id: c for c in (*(at_fees_of(c, last) for c in config.contracts), *config.offers)}


def apart_of(known: Needed, offer: Contract) -> Apart:
    """One offer taken apart. Raises :class:`UnknownOffer` for a standalone price that is not there."""
    prospects, over = known.prospects, known.over(offer)
    signed, whole = over.offer, over.serving
    refused = _not_compared(signed, whole.outlook)
    if refused is not None:
        base = whole.base_scenario.name
        return Apart(signed, whole.months, whole.outlook, base, refused, {}, over.said)
    seats = _seats_alone(prospects, signed)
    api = _api_alone(prospects, signed)
    serving = whole.fitting(ahead(c).contract for c in (signed, seats.contract, api.contract))
    more = -signed.term.months % api.contract.term.months
    found = taken_apart(serving, signed, seats, api, known.over(offer, more).serving if more else None)
    return Apart(
        signed,
        serving.months,
        serving.outlook,
        serving.base_scenario.name,
        found,
        settled_lines(serving, found),
        (*over.said, *_fewer(whole, serving), "Amounts of the term are not discounted."),
    )


def _not_compared(offer: Contract, outlook: Outlook) -> Refusal | None:
    """Why the offer is not set against what is needed."""
    other = other_currency(offer, outlook)
    if other:
        return Refusal("bundle", other, f"Ask for a price in {outlook.currency}.")
    if is_too_short(outlook):
        reason, _, ask = too_few(outlook).partition(". ")
        return Refusal("bundle", f"{reason[0].lower()}{reason[1:]}", ask)
    return None


def other_currency(offer: Contract, outlook: Outlook) -> str:
    """Why the offer is not priced on what is needed, if that is counted in another currency."""
    if offer.currency == outlook.currency:
        return ""
    return f"{offer.id} is in {offer.currency}, and what is needed is counted in {outlook.currency}"


def _fewer(whole: Serving, used: Serving) -> list[str]:
    counts = [len(s.outlook.scenarios) for s in (used, whole)]
    said = f"{counts[0]} of {counts[1]} scenarios are settled, each the middle of an equal part by usage."
    return [said] if counts[0] < counts[1] else []


def settled_lines(
    serving: Serving, found: Bundle | Refusal
) -> dict[str, dict[str, Mapping[Half, list[Line]]]]:
    """Every contract settled in the scenarios that are shown; nothing where the offer was refused."""
    if isinstance(found, Refusal):
        return {}
    priced = found.contracts
    contracts = {"offer": priced.offer, "seats": priced.seats, "api": priced.api, "counter": priced.counter}
    ways = {s.name: s for s in shown(serving.outlook)}
    ways.setdefault(serving.base_scenario.name, serving.base_scenario)
    return {
        name: {role: serving.halves(c, way) for role, c in contracts.items() if c is not None}
        for name, way in ways.items()
    }


def _seats_alone(prospects: Prospects, offer: Contract) -> Benchmark:
    """The quote for seats, or the list fees that the offer states."""
    quote = _named(prospects, prospects.terms.standalone.seats, offer)
    if quote is not None:
        return _quoted(quote, prospects.terms.evidence, "seats")
    listed = tuple(replace(t, fee=t.list_fee) for t in offer.seats if t.list_fee is not None)
    alone = Contract("list-price-seats", offer.vendor, offer.currency, offer.term, seats=listed)
    return Benchmark(alone, Grade.C, "list fees in the offer, as no quote is named in deal.yaml")


def _api_alone(prospects: Prospects, offer: Contract) -> Benchmark:
    """The quote for usage, or list prices by the month."""
    quote = _named(prospects, prospects.terms.standalone.api, offer)
    if quote is not None:
        return _quoted(quote, prospects.terms.evidence, "api")
    alone = Contract("list-price", offer.vendor, offer.currency, offer.term)
    return Benchmark(alone, Grade.C, "list prices, as no quote is named in deal.yaml")


def _quoted(quote: Contract, evidence: Evidence, side: str) -> Benchmark:
    kind = getattr(evidence, side)
    grade = Grade.D if quote.assumed else GRADES[kind]
    what = f"{quote.id}, {_WORDS[kind]}" + (f", {quote.source}" if quote.source else "")
    return Benchmark(quote, grade, what)


def _named(prospects: Prospects, name: str, offer: Contract) -> Contract | None:
    """A standalone contract by id, as if its term began with the offer's. Raises :class:`UnknownOffer`."""
    if not name:
        return None
    known = _known(prospects)
    if name not in known:
        raise UnknownOffer(f"deal.yaml names {name!r} as standalone. Known: {', '.join(sorted(known))}.")
    found = known[name]
    if found.currency != offer.currency:
        raise UnknownOffer(f"{name} is in {found.currency}, and {offer.id} in {offer.currency}.")
    return replace(found, term=Term(offer.term.start, found.term.months, found.term.auto_renews))
