"""What each term of an offer is worth: the cost without it less the cost with it, in every scenario.

Values do not add up, as one term often covers what another would; so the terms worth asking for are also
priced together. What is not money stands beside them as gates. Money is in micro-units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bothhalves.core.clauses.protections import Needs, meets
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.clauses import TERMS, Pair, PricedTerm, pair
from bothhalves.core.deal.facts import Facts
from bothhalves.core.deal.halves import Half, ahead
from bothhalves.core.deal.outlook import NO_NEED, Scenario
from bothhalves.core.deal.serving import Serving
from bothhalves.core.deal.spread import ranked
from bothhalves.core.deal.usage_asks import periods_of
from bothhalves.core.explain import Grade

_NIL = Fraction(0)


@dataclass(frozen=True, slots=True)
class Worth:
    """``expected`` over the scenarios, or of the base scenario where they have no chances; and the values at
    P10, P50 and P90. ``ways`` are the scenarios of the lowest, of the one told (the base, or P50 where there
    are chances) and of the highest of these; ``of`` is how many were looked at."""

    expected: Fraction
    low: Fraction
    middle: Fraction
    high: Fraction
    ways: tuple[Scenario, Scenario, Scenario]
    of: int


@dataclass(frozen=True, slots=True)
class Valued:
    """A term with its worth, over the term of the offer or, ``renewed``, over that and the year after it."""

    pair: Pair
    worth: Worth
    grade: Grade
    renewed: bool


@dataclass(frozen=True, slots=True)
class Unvalued:
    """A term that has no price here, and why."""

    term: PricedTerm
    reason: str


@dataclass(frozen=True, slots=True)
class Package:
    """Several terms at once: ``worth`` of all of them together, beside the ``sum`` of each alone."""

    terms: tuple[PricedTerm, ...]
    without: Contract
    with_: Contract
    worth: Worth
    sum: Fraction


#: What a gate has for the seats where the offer is for none.
NOT_OFFERED = "not offered"


@dataclass(frozen=True, slots=True)
class GateRow:
    """A term that is not money: what is promised for the seats, for the API, and what is ``required``.

    Empty: nothing is said. ``fails`` names the sides that are offered and promise less than is required.
    """

    name: str
    seats: str
    api: str
    required: str
    fails: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """True if the two sides promise different things."""
        return self.seats not in (NOT_OFFERED, self.api)


@dataclass(frozen=True, slots=True)
class Asks:
    """What to ask for, the most valuable first; what the offer has already and what it is worth; what has no
    price here; all asks of worth together (None: there are none); and gates."""

    offer: str
    asks: tuple[Valued, ...]
    held: tuple[Valued, ...]
    unvalued: tuple[Unvalued, ...]
    package: Package | None
    gates: tuple[GateRow, ...]
    said: tuple[str, ...]


def valued(
    offer: Contract,
    serving: Serving,
    facts: Facts,
    longer: Serving,
    later: Facts,
    needs: Needs | None = None,
    refused: str = "",
) -> Asks:
    """Every term of the offer over its term; ``longer`` and ``later`` reach over its renewal too. ``refused``
    says why nothing can be said of these months, so that no term has a price."""
    looked = ahead(offer, facts.uplift)
    found = [
        Unvalued(term, refused)
        if refused
        else _valued(term, looked.contract, (serving, facts), (longer, later))
        for term in TERMS
    ]
    priced = (v for v in found if isinstance(v, Valued))
    rows = sorted(priced, key=lambda v: (-v.worth.expected, v.pair.term.id))
    asks = tuple(v for v in rows if not v.pair.held)
    return Asks(
        offer.id,
        asks,
        tuple(v for v in rows if v.pair.held),
        tuple(v for v in found if isinstance(v, Unvalued)),
        _package(looked.contract, serving, facts, asks),
        tuple(gates(offer, needs or Needs())),
        tuple(_said(looked.said, offer.seats, facts, rows, len(serving.outlook.scenarios))),
    )


def _valued(
    term: PricedTerm, offer: Contract, now: tuple[Serving, Facts], later: tuple[Serving, Facts]
) -> Valued | Unvalued:
    if offer.undivided is not None and term.half is not Half.API and not any(t.fee for t in offer.seats):
        return Unvalued(term, "one number is quoted for both halves, so a seat has no price of its own")
    if offer.seats and term.half is not Half.API and not now[0].outlook.knows_seats:
        return Unvalued(term, NO_NEED)
    renewed = term.at_renewal or len(periods_of(offer, now[1])) < term.periods
    serving, facts = later if renewed else now
    found = pair(term, offer, facts)
    if isinstance(found, str):
        return Unvalued(term, found)
    faults = [c.fault() for c in (found.without, found.with_)]
    if any(faults):
        return Unvalued(term, f"it does not go with the other terms: {next(f for f in faults if f)}")
    grade = Grade.D if term.assumes or offer.assumed else serving.outlook.grade
    return Valued(found, worth(serving, found.without, found.with_), grade, renewed)


def worth(serving: Serving, without: Contract, with_: Contract) -> Worth:
    """The cost under one contract less that under the other, scenario by scenario."""
    own = serving.fitting((without, with_))
    pairs = zip(own.costs(without), own.costs(with_), strict=True)
    apart = [Fraction(one.total) - Fraction(other.total) for one, other in pairs]
    places = ranked(range(len(apart)), own.ranks, lambda n: apart[n])
    low, middle, high = (apart[n] for n in places)
    ways = [own.outlook.scenarios[n] for n in places]
    told = ways[1] if own.outlook.is_weighed else own.base_scenario
    return Worth(own.expected(apart), low, middle, high, (ways[0], told, ways[2]), len(apart))


def _package(offer: Contract, serving: Serving, facts: Facts, asks: Sequence[Valued]) -> Package | None:
    """All asks that are worth something within the term, given one after the other."""
    worthy = (v for v in asks if v.worth.expected > 0 and not v.renewed and not v.pair.term.apart)
    chosen = {v.pair.term.id: v for v in worthy}
    given, terms = offer, []
    for term in (t for t in TERMS if t.id in chosen):
        found = term.given(given, facts)
        if not isinstance(found, str) and found.fault() is None:
            given = found
            terms.append(term)
    if not terms:
        return None
    whole = sum((chosen[t.id].worth.expected for t in terms), _NIL)
    return Package(tuple(terms), offer, given, worth(serving, offer, given), whole)


def gates(offer: Contract, needs: Needs) -> Iterator[GateRow]:
    """Every term that is not money and that the offer states or the company requires."""
    seated = bool(offer.seats or offer.undivided or offer.seat_terms.stated())
    seats = {**offer.terms.stated(), **offer.seat_terms.stated()} if seated else {}
    api = {**offer.terms.stated(), **offer.api_terms.stated()}
    required = needs.terms.stated()
    required |= {c.replace("-", "_"): "yes" for c in needs.controls}
    for name in dict.fromkeys([*required, *seats, *api]):
        wanted, sides = required.get(name, ""), {"API": api.get(name)}
        if seated:
            sides = {"seats": seats.get(name), **sides}
        fails = tuple(side for side, said in sides.items() if wanted and not meets(name, said, wanted))
        promised = seats.get(name, "") if seated else NOT_OFFERED
        yield GateRow(name.replace("_", " "), promised, api.get(name, ""), wanted, fails)


def _said(
    said: Sequence[str], seats: Sequence[SeatTerm], facts: Facts, rows: Sequence[Valued], scenarios: int
) -> Iterator[str]:
    yield from said
    named = {v.pair.term.id for v in rows}
    unknown = sorted({t.type for t in seats if t.type not in facts.seats}) if facts.seats else []
    if unknown:
        types = " and ".join(unknown)
        yield f"Nobody knows how many {types} seats are needed; those committed count as needed."
    if "renewal-cap" in named:
        silent = "" if facts.uplift is None else f", and by {_percent(facts.uplift)} where nothing is"
        yield f"At renewal fees rise as stated{silent}; the cap to ask for is {_percent(facts.cap)}."
    if "reduce-seats" in named:
        yield f"{_percent(facts.reduce)} of the committed seats may be given back, month by month."
    few = [v.pair.term.id for v in rows if v.worth.of < scenarios]
    if few:
        yield f"{', '.join(few)}: settled in {min(v.worth.of for v in rows)} of {scenarios} scenarios."
    yield "Worths are not discounted, and do not add up: one term covers what another would."


def _percent(share: object) -> str:
    return f"{Fraction(str(share)) * 100} %"
