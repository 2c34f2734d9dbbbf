"""Seats of the months to come cost what settling those months would charge."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Demand, SeatUse, Term
from bothhalves.core.clauses.proration import Proration
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import Break, SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.seat_course import MICRO, SeatSchedule
from bothhalves.core.moves import horizon
from bothhalves.core.settling import settle

START = date(2026, 1, 1)
MONTHS = horizon(Month.of(START), 18)
FEES = st.decimals(0, 200, places=3)
COUNTS = st.integers(0, 60)
TRUE_UPS = st.builds(
    TrueUp,
    st.sampled_from(["", "month", "quarter", "year", "term"]),
    st.sampled_from(["", "provisioned", "active"]),
    st.sampled_from(["", "high-water", "actual", "average", "snapshot"]),
    st.sampled_from(["", "contract", "list", "12.34"]),
    st.sampled_from(["", "up-only", "both"]),
    st.sampled_from(["", "2", "10%"]),
    st.sampled_from([None, True, False]),
).filter(lambda t: t.fault() is None)
RENEWALS = st.builds(
    Renewal,
    st.sampled_from([None, Decimal("0.0625")]),
    st.sampled_from([None, Decimal("0.05")]),
    st.sampled_from(["", "billed", "peak", "assigned"]),
    st.sampled_from([None, None, Decimal("7.25")]),
)


def seat_terms(kind: str) -> st.SearchStrategy[SeatTerm]:
    return st.builds(
        SeatTerm,
        st.just(kind),
        st.just("p"),
        COUNTS,
        FEES,
        st.sampled_from(["monthly", "annual"]),
        from_=st.sampled_from([None, None, date(2026, 3, 1), date(2026, 3, 9)]),
        until=st.sampled_from([None, None, date(2027, 2, 1)]),
        minimum=st.integers(0, 20),
        maximum=st.one_of(st.none(), st.integers(60, 80)),
        list_fee=FEES,
        breaks=st.sampled_from([(), (Break(20, Decimal(9)), Break(40, Decimal(7)))]),
        breaks_are=st.sampled_from(["", "all-units", "incremental"]),
        true_up=st.one_of(st.none(), TRUE_UPS, TRUE_UPS),
        proration=st.sampled_from([None, None, None, Proration("month"), Proration("day", "including")]),
        removals=st.sampled_from(["", "at-renewal", "at-once", "credit-next-month"]),
        renewal=st.one_of(st.none(), RENEWALS),
    ).filter(lambda t: t.fault() is None)


CONTRACTS = st.builds(
    Contract,
    st.just("c"),
    st.just("v"),
    st.just("USD"),
    st.builds(Term, st.just(START), st.integers(2, 14), st.booleans()),
    st.tuples(seat_terms("dev"), seat_terms("ops")),
    st.sampled_from([None, None, 70]),
    st.sampled_from([None, Decimal("7.5")]),
)
SEATS = st.fixed_dictionaries(
    {"dev": st.lists(COUNTS, min_size=18, max_size=18)},
    optional={"ops": st.lists(COUNTS, min_size=18, max_size=18)},
)


def settled(contract: Contract, seats: dict[str, list[int]], *, when_due: bool = False) -> list[Fraction]:
    """What settling the months charges for seats, month by month, in micro-units."""
    asked = [
        Demand(month, seats=tuple(SeatUse(kind, row[n]) for kind, row in seats.items()))
        for n, month in enumerate(MONTHS)
    ]
    found = dict.fromkeys(map(str, MONTHS), Fraction(0))
    for line in settle(contract, asked).lines:
        if when_due or not line.entry.endswith("/prepayment"):
            found[dict(line.dimensions)["month"]] += Fraction(line.amount.low) * MICRO
    return list(found.values())


@settings(deadline=None, max_examples=250)
@given(CONTRACTS, SEATS)
def test_any_contract_costs_what_settling_it_charges(contract: Contract, seats: dict[str, list[int]]) -> None:
    course = SeatSchedule(contract, MONTHS).course(seats)
    assert list(course.cost) == settled(contract, seats)
    due = [cost + ahead for cost, ahead in zip(course.cost, course.ahead, strict=True)]
    assert due == settled(contract, seats, when_due=True)


@settings(deadline=None, max_examples=100)
@given(CONTRACTS, SEATS, st.integers(1, 17))
def test_a_course_goes_on_from_what_settled_months_left(
    contract: Contract, seats: dict[str, list[int]], cut: int
) -> None:
    asked = [
        Demand(month, seats=tuple(SeatUse(kind, row[n]) for kind, row in seats.items()))
        for n, month in enumerate(MONTHS[:cut])
    ]
    left = settle(contract, asked).carried.seats
    rest = {kind: row[cut:] for kind, row in seats.items()}
    course = SeatSchedule(contract, MONTHS[cut:]).course(rest, left)
    assert list(course.cost) == settled(contract, seats)[cut:]


@settings(deadline=None, max_examples=100)
@given(CONTRACTS, SEATS, st.integers(1, 17))
def test_one_schedule_serves_many_scenarios(
    contract: Contract, seats: dict[str, list[int]], cut: int
) -> None:
    schedule = SeatSchedule(contract, MONTHS)
    other = {kind: row[::-1] for kind, row in seats.items()}
    first = schedule.course(seats)
    assert schedule.course(other).cost == SeatSchedule(contract, MONTHS).course(other).cost
    assert schedule.course(seats) == first
    begun = SeatSchedule(contract, MONTHS[:cut]).course({k: row[:cut] for k, row in seats.items()})
    rest = SeatSchedule(contract, MONTHS[cut:]).course(
        {k: row[cut:] for k, row in seats.items()}, begun.states
    )
    assert begun.cost + rest.cost == first.cost
