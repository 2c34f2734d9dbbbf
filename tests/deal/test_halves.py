"""Both halves of a contract by the short way are those that settling every month comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm, Rollover
from bothhalves.core.clauses.rates import RateTerm
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.clauses.undivided import Undivided
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.halves import Halves, Tariff, ahead
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.moves import horizon

MONTHS = horizon(Month(2026, 3), 20)
NEAR = Fraction(1, 1000)  # of a micro-unit: settling rounds at the twelfth place of a unit
SEAT = SeatTerm("dev", "p", 40, Decimal(50))
COMMITMENTS = st.builds(
    CommitmentTerm,
    amount=st.decimals(0, 5000, places=2),
    per=st.sampled_from(["month", "quarter", "year", "term"]),
    denominated=st.sampled_from(["net", "list"]),
    bands=st.sampled_from([(), (Band(Decimal(100), Decimal("0.1")), Band(Decimal(2000), Decimal("0.15")))]),
    overage=st.sampled_from(["committed", "list"]),
    unused=st.sampled_from(["forfeited", Rollover(1)]),
    paid=st.sampled_from(["prepaid", "in-arrears"]),
    minimum_per_month=st.sampled_from([None, Decimal(90)]),
    counts=st.sampled_from([("api",), ("api", "seats")]),
)
CONTRACTS = st.builds(
    Contract,
    st.just("c"),
    st.just("v"),
    st.just("USD"),
    st.builds(Term, st.sampled_from([date(2026, 1, 1), date(2026, 3, 1)]), st.integers(3, 14)),
    st.builds(
        lambda committed, billed, rule: (
            replace(SEAT, committed=committed, billed=billed, true_up=rule, renewal=Renewal(Decimal("0.05"))),
        ),
        st.integers(0, 40),
        st.sampled_from(["monthly", "annual"]),
        st.sampled_from([None, TrueUp("month"), TrueUp("quarter", "provisioned", "average")]),
    ),
    commitment=st.one_of(st.none(), COMMITMENTS),
    rates=st.sampled_from([(), (RateTerm(discount=Decimal("0.07")),)]),
    minimum_seats=st.sampled_from([None, None, 25]),
    undivided=st.sampled_from([None, None, Undivided(Decimal(6000), "year", Decimal(900))]),
)
SEATS = st.lists(st.integers(0, 80), min_size=20, max_size=20)
API = st.lists(st.integers(0, 900 * MICRO), min_size=20, max_size=20)


def near(one: Halves, other: Halves) -> bool:
    rows = ("seats", "api", "both", "unused", "due")
    pairs = [p for name in rows for p in zip(getattr(one, name), getattr(other, name), strict=True)]
    return all(abs(a - b) < NEAR for a, b in pairs)


@settings(deadline=None, max_examples=120)
@given(CONTRACTS, SEATS, API)
def test_the_short_way_comes_to_what_settling_comes_to(
    contract: Contract, seats: list[int], api: list[int]
) -> None:
    tariff = Tariff(ahead(contract).contract, MONTHS)
    assert near(tariff.course({"dev": seats}, api), tariff.settled({"dev": seats}, api))


@settings(deadline=None, max_examples=40)
@given(CONTRACTS, SEATS, API)
def test_over_whole_terms_what_falls_due_is_what_it_costs(
    contract: Contract, seats: list[int], api: list[int]
) -> None:
    whole = replace(contract, term=Term(MONTHS[0].first, 20))
    found = Tariff(ahead(whole).contract, MONTHS).course({"dev": seats}, api)
    assert abs(sum(found.due) - sum(found.total)) < NEAR * 20


def test_what_is_taken_for_granted_is_said() -> None:
    said = ahead(Contract("c", "v", "USD", Term(date(2026, 1, 1), 12), (SEAT,)), Decimal("0.05")).said
    assert len(said) == 3
    assert "renewed on the same terms" in said[0]
    assert "seats that are added" in said[1]
    assert "deal.yaml" in said[2]
