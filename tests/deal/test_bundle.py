"""Bundles taken apart: cases/bundles.yaml, which an expert can write, and laws for any bundle."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Percent, Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm
from bothhalves.core.clauses.rates import RateTerm
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.undivided import Undivided
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.bundle import Benchmark, Bundle, HalfPart, taken_apart
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.headline import Headline, Refusal
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.serving import Serving
from bothhalves.core.deal.shares import not_identified
from bothhalves.core.explain import Grade
from bothhalves.reading import read_yaml

FIRST = Month(2027, 1)
TERM = Term(FIRST.first, 12)
MICRO = 10**6
NEAR = Fraction(MICRO, 200)  # half a cent


@dataclass(frozen=True)
class Need:
    seats: int
    usage: Decimal
    chance: Percent | None = None


@dataclass(frozen=True)
class OfferCase:
    seats: tuple[SeatTerm, ...]
    commitment: CommitmentTerm | None = None
    undivided: Undivided | None = None
    rates: tuple[RateTerm, ...] = ()


@dataclass(frozen=True)
class HeadlineCase:
    price: Decimal
    list: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Expected:
    headline: HeadlineCase | None = None
    refused_headline: str = ""
    standalone: Decimal | None = None
    cost: Decimal | None = None
    discount: Decimal | None = None
    seats: dict[str, Decimal] = field(default_factory=dict)
    api: dict[str, Decimal] = field(default_factory=dict)
    carries: str = ""
    counter: Decimal | None = None
    leverage: bool | None = None
    shares: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    range: tuple[Decimal, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Case:
    needs: tuple[Need, ...]
    offer: OfferCase
    seats: SeatTerm
    expect: Expected
    usage: CommitmentTerm | None = None
    why: str = ""


CASES, FAULTS = read_yaml(Path(__file__).parent / "cases" / "bundles.yaml", dict[str, Case])
assert CASES is not None, FAULTS


def outlook(needs: tuple[Need, ...]) -> Outlook:
    """The usage of the year in its first month."""
    scenarios = tuple(
        Scenario(
            f"{n.usage}",
            (int(n.usage * MICRO), *[0] * 11),
            {"dev": (n.seats,) * 12},
            None if n.chance is None else Fraction(n.chance),
        )
        for n in needs
    )
    return Outlook(FIRST, "USD", scenarios, Grade.B, 4)


def contract(name: str, **clauses: object) -> Contract:
    return Contract(name, "v", "USD", TERM, **clauses)  # type: ignore[arg-type]


def found_in(case: Case) -> Bundle | Refusal:
    told = case.offer
    clauses = {"commitment": told.commitment, "undivided": told.undivided, "rates": told.rates}
    offer = contract("offer", seats=told.seats, **clauses)
    seats = Benchmark(contract("seats", seats=(case.seats,)), Grade.B, "a quote")
    api = Benchmark(contract("api", commitment=case.usage), Grade.C, "list prices")
    return taken_apart(Serving(outlook(case.needs)), offer, seats, api)


def same(micros: Fraction, said: Decimal | None) -> bool:
    return said is None or abs(micros - Fraction(said) * MICRO) < NEAR


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if not c.expect.refused])
def test_a_bundle_is_taken_apart_as_an_expert_says(name: str) -> None:
    bundle, said = found_in(CASES[name]), CASES[name].expect
    assert isinstance(bundle, Bundle)
    assert same(bundle.standalone, said.standalone)
    assert same(bundle.cost, said.cost)
    if said.discount is not None:
        assert round(bundle.discount, 3) == Fraction(said.discount)
    for part, expected in zip(bundle.halves, (said.seats, said.api), strict=False):
        assert {k: v for k, v in expected.items() if not same(getattr(part, k), v)} == {}
    assert said.carries in ("", str(bundle.carries or "neither"))
    assert said.leverage in (None, bundle.is_leverage)
    if said.counter is not None:
        assert bundle.counter_cost is not None
        assert same(bundle.counter_cost, said.counter)
    for micros, amount in zip((bundle.range.low, bundle.range.high), said.range, strict=False):
        assert same(micros, amount)


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c.expect.shares])
def test_one_number_says_nothing_of_its_halves(name: str) -> None:
    bundle, said = found_in(CASES[name]), CASES[name].expect
    assert isinstance(bundle, Bundle)
    assert not bundle.halves
    assert bundle.carries is None
    assert bundle.counter_cost is None
    assert bundle.undivided is not None
    assert "apart" in bundle.undivided.ask
    for share in bundle.undivided.shares:
        expected = said.shares[share.half]
        assert {k: v for k, v in expected.items() if not same(getattr(share, k) or Fraction(0), v)} == {}
        assert (share.low is None) == (bundle.premium > 0)


@pytest.mark.parametrize(
    "name", [n for n, c in CASES.items() if c.expect.headline or c.expect.refused_headline]
)
def test_the_headline_is_of_what_is_offered(name: str) -> None:
    bundle, said = found_in(CASES[name]), CASES[name].expect
    assert isinstance(bundle, Bundle)
    if said.headline is None:
        assert isinstance(bundle.headline, Refusal)
        assert bundle.headline.reason == said.refused_headline
    else:
        assert isinstance(bundle.headline, Headline)
        assert same(bundle.headline.price, said.headline.price)
        assert same(bundle.headline.list, said.headline.list)
        assert round(bundle.headline.discount, 3) == Fraction(said.headline.discount)


@pytest.mark.parametrize("name", [n for n, c in CASES.items() if c.expect.refused])
def test_what_cannot_be_compared_is_refused_with_an_ask(name: str) -> None:
    refused = found_in(CASES[name])
    assert isinstance(refused, Refusal)
    assert refused.reason == CASES[name].expect.refused
    assert refused.ask


DISCOUNTS = st.integers(0, 40).map(lambda n: Decimal(n) / 100)
COMMITMENTS = st.builds(
    lambda start, low, more, amount, overage: CommitmentTerm(
        amount=Decimal(amount),
        per="year",
        bands=(Band(Decimal(start), low), Band(Decimal(start + 30_000), min(low + more, Decimal("0.6")))),
        overage=overage,
    ),
    st.integers(1, 60).map(lambda n: n * 1000),
    DISCOUNTS,
    DISCOUNTS,
    st.integers(0, 150).map(lambda n: n * 1000),
    st.sampled_from(["committed", "list"]),
)
NEEDS = st.lists(
    st.builds(Need, st.integers(0, 60), st.integers(0, 150_000).map(Decimal)), min_size=1, max_size=4
).map(lambda found: tuple(Need(n.seats, n.usage, Decimal(1) / len(found)) for n in found if len(found) != 3))
FEES = st.decimals(0, 90, places=2)


def usage_cost(clause: CommitmentTerm, amount: Decimal, used: Decimal) -> Fraction:
    """Written out again: bands are all-units, money is committed as paid, one period."""
    reached = [b.discount for b in clause.bands if b.from_ <= amount]
    rate = 1 - Fraction(reached[-1] if reached else 0)
    beyond = Fraction(used) - Fraction(amount) / rate
    price = rate if clause.overage == "committed" else 1
    return Fraction(amount) + price * max(Fraction(0), beyond)


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


@settings(max_examples=200)
@given(NEEDS.filter(bool), st.integers(0, 60), FEES, FEES, COMMITMENTS, COMMITMENTS)
def test_a_bundle_is_what_counting_by_hand_says(
    needs: tuple[Need, ...],
    committed: int,
    fee: Decimal,
    alone: Decimal,
    offered: CommitmentTerm,
    quoted: CommitmentTerm,
) -> None:
    seat = SeatTerm("dev", "p", committed, fee)
    case = Case(needs, OfferCase((seat,), offered), SeatTerm("dev", "p", 1, alone), Expected(), quoted)
    bundle = found_in(case)
    assert isinstance(bundle, Bundle)
    amount = offered.amount or Decimal(0)
    inside = mean(
        [Fraction(fee) * 12 * max(committed, n.seats) + usage_cost(offered, amount, n.usage) for n in needs]
    )
    amounts = {b.from_ for b in quoted.bands} | {Decimal(1000 * n) for n in range(151)}
    for need in needs:
        amounts |= {(need.usage * (1 - b.discount)).quantize(Decimal("0.01")) for b in quoted.bands}
    signed = [mean([usage_cost(quoted, k, n.usage) for n in needs]) for k in amounts]
    api = min(*signed, mean([Fraction(n.usage) for n in needs]))
    seats = mean([Fraction(alone) * 12 * n.seats for n in needs])
    assert bundle.cost == inside * MICRO
    assert abs(bundle.standalone - (seats + api) * MICRO) <= NEAR
    assert bundle.premium == sum(p.premium for p in bundle.halves)
    assert all(p.premium == p.rate + p.quantity for p in bundle.halves)


@settings(max_examples=200)
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 2 * 10**9))
def test_every_split_of_one_number_adds_up_to_it(seats: int, api: int, price: int) -> None:
    shares = not_identified(Fraction(price), Fraction(seats), Fraction(api)).shares
    if seats + api:
        assert sum(s.in_proportion for s in shares) == price
    assert sum(s.shapley for s in shares) == price
    one, other = shares
    if price > seats + api:
        assert one.low is other.low is None
    else:
        assert one.low is not None
        assert other.high is not None
        assert one.low + other.high == max(price, other.high)
        assert one.low <= one.high  # type: ignore[operator]


@settings(max_examples=60)
@given(NEEDS.filter(bool), st.integers(0, 60), FEES, COMMITMENTS, COMMITMENTS)
def test_every_contract_behind_it_settles_to_what_is_shown(
    needs: tuple[Need, ...], committed: int, fee: Decimal, offered: CommitmentTerm, quoted: CommitmentTerm
) -> None:
    seat = SeatTerm("dev", "p", committed, fee)
    case = Case(needs, OfferCase((seat,), offered), SeatTerm("dev", "p", 1, fee), Expected(), quoted)
    bundle, serving = found_in(case), Serving(outlook(needs))
    assert isinstance(bundle, Bundle)
    priced = bundle.contracts
    for terms in (priced.offer, priced.seats, priced.api, priced.counter):
        assert terms is not None
        for shown, scenario in zip(serving.costs(terms), serving.outlook.scenarios, strict=True):
            settled = serving.settled(terms, scenario)
            assert abs(Fraction(shown.seats) - Fraction(settled.seats)) < 1
            assert abs(Fraction(shown.api) - Fraction(settled.api)) < 1


def test_the_half_that_carries_the_margin_is_not_told_from_a_tie() -> None:
    part = HalfPart(Half.SEATS, Fraction(10), Fraction(10), Fraction(15), Grade.B, "")
    other = HalfPart(Half.API, Fraction(20), Fraction(20), Fraction(25), Grade.B, "")
    bundle = found_in(next(iter(CASES.values())))
    assert isinstance(bundle, Bundle)
    assert replace(bundle, halves=(part, other)).carries is None
    assert replace(bundle, halves=(replace(part, bundle=Fraction(16)), other)).carries is Half.SEATS
