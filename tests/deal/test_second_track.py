"""From when on a second track is worth folding into the deal, and the quantity to watch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.halves import Half, ahead
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.second_track import Tracks, trigger
from bothhalves.core.explain import Grade

START = Month(2027, 1)
SEAT = SeatTerm("dev", "p", 150, Decimal(40))
SEATS_ONLY = Contract("seats", "v", "USD", Term(date(2027, 1, 1), 12), (SEAT,))
PROMISE = CommitmentTerm(
    Decimal(100_000), "year", bands=(Band(Decimal(100_000), Decimal("0.08")),), overage="committed"
)
TOGETHER = replace(SEATS_ONLY, id="both", commitment=PROMISE)
BESIDE_SEATS = Tracks(
    ((ahead(SEATS_ONLY).contract, frozenset({Half.SEATS})),), ahead(TOGETHER).contract, Half.API
)


def outlook(*scenarios: Scenario) -> Outlook:
    return Outlook(START, "USD", scenarios, Grade.B, full_months=4)


def growing(name: str, first: int, percent: int, seats: int = 150) -> Scenario:
    api = tuple(first * MICRO * (100 + percent) ** t // 100**t for t in range(36))
    return Scenario(name, api, {"dev": (seats,) * 36})


def test_usage_is_folded_in_when_a_year_of_it_reaches_the_promise() -> None:
    found = trigger(BESIDE_SEATS, outlook(growing("low", 2500, 0), growing("base", 2500, 8)))
    base = outlook(growing("base", 2500, 8)).scenarios[0].api
    years = [sum(base[n : n + 12]) for n in range(25)]
    first = next(n for n, year in enumerate(years) if year >= 100_000 * MICRO)
    assert found.from_ == {"low": None, "base": Month(2027 + first // 12, first % 12 + 1)}
    assert first > 0
    assert found.watch == 8_333_340_000  # 12 x 8,333.34 is the first year of whole cents above 100,000
    assert found.now == {"low": 2500 * MICRO, "base": 2500 * MICRO}


def test_seats_beside_the_api_are_worth_it_above_their_minimum() -> None:
    """Apart a seat costs 30 without a minimum; in the contract of the API 25, and 100 are due."""
    apart = replace(SEATS_ONLY, seats=(replace(SEAT, fee=Decimal(30)),))
    with_api = replace(TOGETHER, seats=(replace(SEAT, committed=100, fee=Decimal(25), minimum=100),))
    tracks = Tracks(
        (
            (ahead(apart).contract, frozenset({Half.SEATS})),
            (ahead(replace(TOGETHER, seats=())).contract, frozenset({Half.API})),
        ),
        ahead(with_api).contract,
        Half.SEATS,
    )
    flat = growing("base", 9000, 0, seats=40)
    hiring = replace(flat, seats={"dev": tuple(40 + 2 * n for n in range(36))})
    found = trigger(tracks, outlook(hiring))
    assert found.watch == 84  # 84 x 30 = 2,520 against 100 x 25 = 2,500; 83 cost 2,490
    assert found.type == "dev"
    assert found.now == {"base": 40}
    month = found.from_["base"]
    assert month is not None
    assert Month(2028, 1) < month < Month(2029, 1)
    assert trigger(tracks, outlook(flat)).from_ == {"base": None}


def test_usage_apart_is_signed_for_the_amount_that_costs_least() -> None:
    """In the deal 150 seats at 40, of which 100 are needed, and 8 % off; apart 100 at 40, and 5 % off
    from 90,000 on, but written down for 400,000. 72,000 + 0.92 u is no more than 48,000 + 0.95 u from
    800,000 on."""
    quote = replace(PROMISE, amount=Decimal(400_000), bands=(Band(Decimal(90_000), Decimal("0.05")),))
    usage = replace(SEATS_ONLY, id="usage", seats=(), commitment=quote)
    tracks = replace(
        BESIDE_SEATS, apart=(*BESIDE_SEATS.apart, (ahead(usage).contract, frozenset({Half.API})))
    )
    found = trigger(tracks, outlook(growing("base", 10_000, 0, seats=100)))
    assert found.watch == 66_666_670_000  # 12 x 66,666.67 is the first year of whole cents above 800,000
    assert found.from_ == {"base": None}
    assert found.advantage["base"][0] == (48_000 + 114_000 - 72_000 - 110_400) * MICRO


def test_terms_that_are_never_better_have_no_trigger() -> None:
    dear = replace(TOGETHER, seats=(replace(SEAT, fee=Decimal(400)),), commitment=None)
    tracks = replace(BESIDE_SEATS, folded=ahead(dear).contract)
    found = trigger(tracks, outlook(growing("base", 2500, 8)))
    assert found.watch is None
    assert found.from_ == {"base": None}


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 200_000), st.integers(0, 30))
def test_the_watched_quantity_is_the_least_that_pays(amount: int, percent: int) -> None:
    promise = replace(
        PROMISE, amount=Decimal(amount), bands=(Band(Decimal(0), Decimal(percent) / Decimal(100)),)
    )
    tracks = replace(BESIDE_SEATS, folded=ahead(replace(TOGETHER, commitment=promise)).contract)
    found = trigger(tracks, outlook(growing("base", 10, 0)))
    watch = found.watch
    assert watch is not None
    cent = MICRO // 100
    flat = [Scenario(n, (q,) * 36, {"dev": (150,) * 36}) for n, q in (("at", watch), ("below", watch - cent))]
    told = trigger(tracks, outlook(*flat)).advantage
    assert told["at"][0] >= 0 > told["below"][0]


def test_less_than_a_year_is_not_looked_ahead() -> None:
    short = Scenario("base", (1,) * 11, {})
    with pytest.raises(ValueError, match="a year"):
        trigger(BESIDE_SEATS, outlook(short))
