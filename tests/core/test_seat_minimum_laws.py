"""The fewest seats of a whole contract are charged once, whenever it is known how many are held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from test_settling_laws_seats import FIRST, TRUE_UPS, contract, cost, rosters, total

from bothhalves.core.clauses.base import Demand, SeatUse
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.dates import Month, months
from bothhalves.core.settling import settle

FEE = Decimal(10)
#: True-ups at the contract's fee, which is what missing seats cost.
AT_THE_FEE = TRUE_UPS.map(lambda rule: replace(rule, rate="")).filter(lambda rule: rule.fault() is None)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 60), st.one_of(st.none(), AT_THE_FEE), rosters(), st.integers(0, 70))
def test_of_one_type_the_contracts_minimum_is_that_of_the_type(
    committed: int, rule: TrueUp | None, asked: list[Demand], fewest: int
) -> None:
    """Parts of seats, which averages charge, are rounded at the twelfth place."""
    asked = asked[:6]
    term = SeatTerm("dev", "p", committed, FEE, true_up=rule)
    ours = settle(contract(term, minimum_seats=fewest), asked)
    apart = total(ours) - cost(replace(term, minimum=fewest), asked)
    assert abs(apart) < Decimal("0.000000001")


def held(type_: str, seats: list[int]) -> list[SeatUse]:
    return [SeatUse(type_, count) for count in seats]


SEATS = st.lists(st.integers(0, 20), min_size=12, max_size=12)
EVERY = st.sampled_from([("quarter", 3), ("year", 12), ("month", 1)])


@settings(deadline=None)
@given(SEATS, SEATS, EVERY, EVERY, st.integers(0, 40), st.integers(1, 11))
def test_months_of_two_types_are_charged_for_the_seats_of_both_or_the_fewest(
    dev: list[int], ops: list[int], first: tuple[str, int], second: tuple[str, int], fewest: int, cut: int
) -> None:
    """Averages of windows that end on different days; the year is settled in two parts."""
    terms = [
        SeatTerm(kind, "p", 0, FEE, true_up=TrueUp(every, method="average", direction="both"))
        for kind, (every, _) in (("dev", first), ("ops", second))
    ]
    signed = contract(*terms, months=12, minimum_seats=fewest)
    year = months(FIRST, Month(2026, 12))
    asked = [
        Demand(m, seats=uses)
        for m, uses in zip(year, zip(held("dev", dev), held("ops", ops), strict=True), strict=True)
    ]
    begun = settle(signed, asked[:cut])
    ended = settle(signed, asked[cut:], begun.carried)
    seats = (
        max(Fraction(fewest), _average(dev, first[1], n) + _average(ops, second[1], n)) for n in range(12)
    )
    charged = Fraction(total(begun)) + Fraction(total(ended))
    assert abs(charged - Fraction(FEE) * sum(seats)) < Fraction(1, 10**9)


def _average(seats: list[int], size: int, place: int) -> Fraction:
    window = seats[place // size * size :][:size]
    return Fraction(sum(window), size)
