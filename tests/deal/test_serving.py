"""Serving a need in many scenarios costs what settling each of them comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm, Rollover
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import Break, SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.halves import ahead
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.serving import Served, Serving, thinned
from bothhalves.core.deal.years import PriceStep
from bothhalves.core.explain import Grade
from tests.deal.test_halves import API, CONTRACTS, MONTHS, SEATS

NEAR = Fraction(1, 1000)  # of a micro-unit: settling rounds at the twelfth place of a unit
STEPS = st.sampled_from(
    [
        (),
        (PriceStep(MONTHS[8], Fraction(4, 5)),),
        (PriceStep(MONTHS[5], Fraction(5, 4)), PriceStep(MONTHS[9], Fraction(9, 10))),
    ]
)
#: Seats that may fall within the term, so that fees are given back.
FALLING = st.sampled_from(
    [
        None,
        TrueUp("month"),
        TrueUp("month", "provisioned", "actual", direction="both"),
        TrueUp("quarter", "provisioned", "actual", direction="both"),
        TrueUp("quarter", "provisioned", "average", direction="both"),
        TrueUp("quarter", "provisioned", "snapshot", direction="both", backdated=False),
        TrueUp("year", "provisioned", "snapshot", "31.5", "both"),
    ]
)
BANDS = (Band(Decimal(100), Decimal("0.1")), Band(Decimal(2000), Decimal("0.15")))


def falling(kind: str) -> st.SearchStrategy[SeatTerm]:
    return st.builds(
        lambda committed, least, rule, breaks, are: SeatTerm(
            kind, "p", committed, Decimal("33.337"), minimum=min(least, committed), true_up=rule,
            breaks=breaks, breaks_are=are, renewal=Renewal(Decimal("0.05")),
        ),
        st.integers(0, 60),
        st.integers(0, 20),
        FALLING,
        st.sampled_from([(), (Break(20, Decimal(40)),)]),
        st.sampled_from(["all-units", "incremental"]),
    )  # fmt: skip


DRAWN_BY_SEATS = st.builds(
    Contract,
    st.just("c"),
    st.just("v"),
    st.just("USD"),
    st.builds(Term, st.sampled_from([date(2026, 1, 1), date(2026, 3, 1)]), st.integers(3, 20)),
    st.tuples(falling("dev"), falling("ops")),
    commitment=st.builds(
        CommitmentTerm,
        amount=st.one_of(st.just(Decimal(0)), st.decimals(0, 20_000, places=2)),
        per=st.sampled_from(["month", "quarter", "year", "term"]),
        denominated=st.sampled_from(["net", "net", "list"]),
        bands=st.sampled_from([(), BANDS, (Band(Decimal(0), Decimal("0.1")),)]),
        bands_are=st.sampled_from(["all-units", "incremental"]),
        overage=st.sampled_from(["committed", "list"]),
        unused=st.sampled_from(["forfeited", Rollover(1), Rollover(2), Rollover(2, "current-first")]),
        paid=st.sampled_from(["prepaid", "in-arrears"]),
        minimum_per_month=st.sampled_from([None, None, None, Decimal(900)]),
        counts=st.sampled_from([("api", "seats"), ("api", "seats"), ("seats",)]),
    ),
)


def outlook(*rows: tuple[list[int], list[int]]) -> Outlook:
    scenarios = tuple(
        Scenario(f"s{n}", tuple(api), {"dev": tuple(seats)}) for n, (seats, api) in enumerate(rows)
    )
    return Outlook(MONTHS[0], "USD", scenarios, Grade.B, 4)


def apart(one: Served, other: Served) -> Fraction:
    pairs = ((one.seats, other.seats), (one.api, other.api), (one.both, other.both))
    return max(abs(Fraction(a) - Fraction(b)) for a, b in pairs)


@settings(deadline=None, max_examples=150)
@given(
    CONTRACTS,
    st.lists(st.tuples(SEATS, API), min_size=1, max_size=3),
    st.sampled_from(["none", "lock", "cap", "pass-through"]),
    STEPS,
)
def test_every_scenario_costs_what_settling_it_comes_to(
    contract: Contract, rows: list[tuple[list[int], list[int]]], prices: Any, steps: tuple[PriceStep, ...]
) -> None:
    serving = Serving(outlook(*rows), steps)
    terms = ahead(replace(contract, prices=prices)).contract
    for found, scenario in zip(serving.costs(terms), serving.outlook.scenarios, strict=True):
        assert apart(found, serving.settled(terms, scenario)) < NEAR


@settings(deadline=None, max_examples=150)
@given(DRAWN_BY_SEATS, SEATS, SEATS, st.lists(st.integers(0, 100 * MICRO), min_size=20, max_size=20))
def test_fees_that_are_given_back_draw_on_a_commitment_as_settled(
    contract: Contract, dev: list[int], ops: list[int], api: list[int]
) -> None:
    way = Scenario("s0", tuple(api), {"dev": tuple(dev), "ops": tuple(ops)})
    serving = Serving(Outlook(MONTHS[0], "USD", (way,), Grade.B, 4))
    terms = ahead(contract).contract
    assert not serving.settles(terms)
    assert apart(serving.costs(terms)[0], serving.settled(terms, way)) < NEAR


@settings(deadline=None, max_examples=60)
@given(DRAWN_BY_SEATS, SEATS, SEATS, st.lists(st.integers(0, 100 * MICRO), min_size=20, max_size=20))
def test_what_seats_are_called_changes_no_cost(
    contract: Contract, dev: list[int], ops: list[int], api: list[int]
) -> None:
    """Which fee of a month comes first, the one that a true-up lowers or another, makes no difference."""
    costs = []
    for names in (("dev", "ops"), ("z-dev", "dev")):
        seats = tuple(replace(t, type=name) for t, name in zip(contract.seats, names, strict=True))
        way = Scenario("s0", tuple(api), dict(zip(names, (tuple(dev), tuple(ops)), strict=True)))
        serving = Serving(Outlook(MONTHS[0], "USD", (way,), Grade.B, 4))
        costs.append(serving.settled(ahead(replace(contract, seats=seats)).contract, way))
    assert apart(*costs) < NEAR


def test_thinned_scenarios_stand_for_equal_parts_of_all() -> None:
    rows = [([1] * 20, [n] * 20) for n in range(100)]
    few = thinned(outlook(*rows), 10)
    assert [s.api[0] for s in few.scenarios] == [4, 14, 24, 34, 44, 54, 64, 74, 84, 94]
    assert thinned(outlook(*rows[:7]), 10) == outlook(*rows[:7])
