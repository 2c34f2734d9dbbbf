"""Serving a need in many scenarios costs what settling each of them comes to."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.contracts import Contract
from bothhalves.core.deal.halves import ahead
from bothhalves.core.deal.outlook import Outlook, Scenario
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


def test_thinned_scenarios_stand_for_equal_parts_of_all() -> None:
    rows = [([1] * 20, [n] * 20) for n in range(100)]
    few = thinned(outlook(*rows), 10)
    assert [s.api[0] for s in few.scenarios] == [4, 14, 24, 34, 44, 54, 64, 74, 84, 94]
    assert thinned(outlook(*rows[:7]), 10) == outlook(*rows[:7])
