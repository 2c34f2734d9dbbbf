"""What terms are worth: cases/clauses.yaml, which an expert can write, and laws for any offer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Percent, Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.clauses.protections import Needs, Protections
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.undivided import Undivided
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.asks import Asks, gates, valued
from bothhalves.core.deal.clauses import TERMS, Pair, pair
from bothhalves.core.deal.facts import Facts
from bothhalves.core.deal.halves import ahead
from bothhalves.core.deal.outlook import Outlook, Scenario, within
from bothhalves.core.deal.serving import Serving
from bothhalves.core.deal.years import PriceStep
from bothhalves.core.explain import Grade
from bothhalves.reading import read_yaml
from tests.deal.test_halves import API, CONTRACTS, MONTHS, SEATS

FIRST = Month(2027, 1)
MICRO = 10**6
NEAR = Fraction(MICRO, 200)  # half a cent
#: Each example settles dozens of contracts, so that making one smaller takes minutes.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


@dataclass(frozen=True)
class Way:
    api: tuple[Decimal, ...] = (Decimal(0),)
    seats: tuple[int, ...] = (0,)
    name: str = ""
    chance: Percent | None = None


@dataclass(frozen=True)
class OfferCase:
    seats: tuple[SeatTerm, ...] = ()
    commitment: CommitmentTerm | None = None
    minimum_seats: int | None = None
    prices: str | None = None
    undivided: Undivided | None = None


@dataclass(frozen=True)
class Case:
    ways: tuple[Way, ...]
    offer: OfferCase
    worth: dict[str, Decimal]
    later: dict[str, Decimal] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    unvalued: dict[str, str] = field(default_factory=dict)
    range: dict[str, tuple[Decimal, ...]] = field(default_factory=dict)
    package: Decimal | None = None
    package_sum: Decimal | None = None
    months: int = 12
    uplift: Percent | None = None
    steps: dict[str, Percent] = field(default_factory=dict)
    why: str = ""


CASES, FAULTS = read_yaml(Path(__file__).parent / "cases" / "clauses.yaml", dict[str, Case])
assert CASES is not None, FAULTS


def scenario(way: Way, months: int) -> Scenario:
    api = [*way.api, *[way.api[-1]] * months][:months]
    seats = [*way.seats, *[way.seats[-1]] * months][:months]
    chance = None if way.chance is None else Fraction(way.chance)
    return Scenario(way.name, tuple(int(a * MICRO) for a in api), {"dev": tuple(seats)}, chance)


def asks_of(case: Case) -> Asks:
    whole = Outlook(FIRST, "USD", tuple(scenario(w, case.months + 12) for w in case.ways), Grade.B, 4)
    offer = Contract("offer", "v", "USD", Term(FIRST.first, case.months), **vars(case.offer))
    steps = [PriceStep(Month.parse(m), Fraction(level)) for m, level in case.steps.items()]
    servings = [Serving(within(whole, FIRST, n), steps) for n in (case.months, case.months + 12)]
    facts = [
        Facts(
            FIRST,
            s.base_scenario.api,
            {k: row[0] for k, row in s.base_scenario.seats.items()},
            case.uplift,
            moves=s.moves,
        )
        for s in servings
    ]
    return valued(offer, servings[0], facts[0], servings[1], facts[1])


def same(micros: Fraction, said: Decimal) -> bool:
    return abs(micros - Fraction(said) * MICRO) < NEAR


@pytest.mark.parametrize("name", CASES)
def test_a_term_is_worth_what_an_expert_says(name: str) -> None:
    case, found = CASES[name], asks_of(CASES[name])
    rows = {v.pair.term.id: v for v in (*found.asks, *found.held)}
    wrong = {
        k: str(rows[k].worth.expected / MICRO)
        for k, v in case.worth.items()
        if not same(rows[k].worth.expected, v)
    }
    assert wrong == {}
    assert not any(rows[k].renewed for k in case.worth)
    later = {
        k: str(rows[k].worth.expected / MICRO)
        for k, v in case.later.items()
        if not same(rows[k].worth.expected, v) or not rows[k].renewed
    }
    assert later == {}
    assert set(case.held) <= {v.pair.term.id for v in found.held}
    for term, ends in case.range.items():
        worth = rows[term].worth
        assert [same(m, e) for m, e in zip((worth.low, worth.middle, worth.high), ends, strict=True)] == [
            True
        ] * 3


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c.unvalued])
def test_a_term_without_a_price_says_why(name: str) -> None:
    found = {u.term.id: u.reason for u in asks_of(CASES[name]).unvalued}
    assert {k: v for k, v in CASES[name].unvalued.items() if v not in found.get(k, "")} == {}


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c.package is not None])
def test_terms_together_are_priced_together(name: str) -> None:
    case, package = CASES[name], asks_of(CASES[name]).package
    assert package is not None
    assert case.package is not None
    assert case.package_sum is not None
    assert same(package.worth.expected, case.package)
    assert same(package.sum, case.package_sum)


def test_asks_are_ranked_by_worth() -> None:
    for case in CASES.values():
        found = [v.worth.expected for v in asks_of(case).asks]
        assert found == sorted(found, reverse=True)


@settings(max_examples=60, phases=UNSHRUNK)
@given(CONTRACTS, SEATS, API, st.sampled_from(["none", "lock", "cap"]))
def test_the_worth_of_every_term_is_that_of_settling_both_contracts(
    contract: Contract, seats: list[int], api: list[int], prices: str
) -> None:
    way = Scenario("base", tuple(api), {"dev": tuple(seats)})
    steps = [PriceStep(MONTHS[7], Fraction(4, 5))]
    serving = Serving(Outlook(MONTHS[0], "USD", (way,), Grade.B, 4), steps)
    offer = ahead(replace(contract, prices=prices), Decimal("0.05")).contract  # type: ignore[arg-type]
    facts = Facts(MONTHS[0], api, {"dev": seats[0]}, Decimal("0.05"), moves=True)
    for term in TERMS:
        found = pair(term, offer, facts)
        if not isinstance(found, Pair):
            continue
        for terms in (found.without, found.with_):
            if terms.fault() is None:
                shown, settled = serving.costs(terms)[0], serving.settled(terms, way)
                assert abs(Fraction(shown.total) - Fraction(settled.total)) < 1, term.id


@settings(max_examples=60)
@given(CONTRACTS, SEATS)
def test_a_term_that_was_given_is_held(contract: Contract, seats: list[int]) -> None:
    facts = Facts(MONTHS[0], [10**9] * 20, {"dev": seats[0]}, Decimal("0.05"), moves=True)
    offer = ahead(contract).contract
    for term in TERMS:
        given_ = term.given(offer, facts)
        if isinstance(given_, Contract) and term.id != "next-band":  # above which there may be another
            assert term.held(given_, facts), term.id


def test_gates_set_the_two_sides_beside_what_is_required() -> None:
    offer = Contract(
        "offer", "v", "USD", Term(FIRST.first, 12),
        terms=Protections(sso=True), seat_terms=Protections(training="never", retention_days=30),
        api_terms=Protections(retention_days=7),
    )  # fmt: skip
    needs = Needs(("audit-log", "sso"), Protections(training="never", retention_days=14))
    found = {g.name: g for g in gates(offer, needs)}
    assert found["training"].fails == ("API",)
    assert found["training"].differs
    assert found["retention days"].fails == ("seats",)
    assert found["audit log"].fails == ("seats", "API")
    assert not found["sso"].fails
    assert not found["sso"].differs


@pytest.mark.parametrize(
    ("required", "promised", "fails"),
    [
        ({"training": "opt-in"}, {"training": "never"}, False),
        ({"training": "never"}, {"training": "opt-in"}, True),
        ({"training": "allowed"}, {}, False),
        ({"sso": False}, {"sso": True}, False),
        ({"sso": False}, {}, False),
        ({"sso": True}, {"sso": False}, True),
        ({"retention_days": 30}, {"retention_days": 0}, False),
        ({"residency": "EU"}, {"residency": "US"}, True),
    ],
)
def test_more_than_is_required_passes_a_gate(
    required: dict[str, Any], promised: dict[str, Any], fails: bool
) -> None:
    offer = Contract("offer", "v", "USD", Term(FIRST.first, 12), terms=Protections(**promised))
    (gate,) = [g for g in gates(offer, Needs((), Protections(**required))) if g.required]
    assert bool(gate.fails) is fails


def test_an_offer_for_usage_alone_fails_no_gate_of_seats() -> None:
    offer = Contract(
        "offer", "v", "USD", Term(FIRST.first, 12), commitment=CommitmentTerm(Decimal(100)),
        api_terms=Protections(training="never"),
    )  # fmt: skip
    found = {g.name: g for g in gates(offer, Needs(("data-residency",), Protections(training="never")))}
    assert not found["training"].fails
    assert not found["training"].differs
    assert found["training"].seats == "not offered"
    assert found["data residency"].fails == ("API",)
