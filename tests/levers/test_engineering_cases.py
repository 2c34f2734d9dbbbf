"""What a tool costs, and whether its saving pays that back: to the cent, and by law."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.engineering import (
    Engineering,
    annualised,
    break_even_people,
    is_worth_building,
    net_present_value,
    nets,
    payback,
)
from bothhalves.core.money import quotient, to_cents
from bothhalves.reading import read_yaml


@dataclass(frozen=True)
class WorkLine:
    hours: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    run: Decimal = Decimal(0)
    live: int | None = None


@dataclass(frozen=True)
class People:
    fee: Decimal
    metered: Decimal
    needed: int


@dataclass(frozen=True)
class WorkCase:
    work: WorkLine
    saving: Decimal
    horizon: int
    build: Decimal
    month: Decimal
    payback: str
    value: Decimal
    annual: Decimal
    worth: bool
    people: People | None = None


def _cases() -> dict[str, WorkCase]:
    cases, problems = read_yaml(Path(__file__).parent / "engineering.yaml", dict[str, WorkCase])
    assert problems == [], problems
    return cases or {}


CASES = _cases()


@pytest.mark.parametrize("name", CASES)
def test_work(name: str) -> None:
    case = CASES[name]
    work = Engineering(case.work.hours, case.work.rate, run=case.work.run, live=case.work.live)
    assert work.build == case.build
    assert to_cents(work.month) == case.month
    assert str(payback(work, case.saving) or "none") == case.payback
    value = net_present_value(work, case.saving, case.horizon)
    assert quotient(Fraction(value), cents=True) == case.value
    assert annualised(work, case.horizon) == case.annual
    assert is_worth_building(work, case.saving) == case.worth
    if case.people:
        saved = case.people.fee - case.people.metered
        assert break_even_people(work, case.horizon, saved) == case.people.needed


def test_a_tool_for_forty_light_users_loses_money() -> None:
    work = Engineering(Decimal(180), Decimal(110), run=Decimal(300), live=3)
    assert work.upkeep_a_month == 330
    assert nets(work, Decimal(2900), 4) == [0, 0, 2270, 2270]
    freed = 12 * (Decimal(30) - 5)
    assert freed == 300
    assert 69 * freed < annualised(work, 18) < 70 * freed
    assert 40 * freed - annualised(work, 18) == -8760
    assert break_even_people(work, 18, Decimal(0)) is None


def test_interest_of_a_tenth_a_year_is_its_twelfth_root_a_month() -> None:
    """One dollar saved in month 1, and in month 12: 1.10^(-1/12), and 1/1.10."""
    first, whole = (net_present_value(Engineering(live=month), Decimal(1), month) for month in (1, 12))
    assert quotient(1 / Fraction(first) * 1_000_000, cents=True) == Decimal("1007974.14")
    assert abs(Fraction(whole) - Fraction(10, 11)) < Fraction("1E-12")


money = st.decimals(0, 10**6, places=2)


@given(money, money, money, st.integers(1, 40))
def test_the_payback_month_is_the_first_that_is_not_under_water(
    build: Decimal, run: Decimal, saving: Decimal, live: int
) -> None:
    work = Engineering(once=build, run=run, live=live)
    found = payback(work, saving)
    flows = nets(work, saving, 200)
    assert all(flow == 0 for flow in flows[: live - 1])
    reached = [month for month in range(live, 201) if sum(flows[:month]) >= build]
    if reached and (build or saving >= run):
        assert found == reached[0]
    elif found is not None:
        assert found > 200


@given(money, money, st.integers(1, 60))
def test_without_interest_the_value_is_the_sum_of_the_flows(
    build: Decimal, saving: Decimal, months: int
) -> None:
    work = Engineering(once=build, live=2)
    plain = sum(map(Fraction, nets(work, saving, months)), -Fraction(build))
    assert abs(Fraction(net_present_value(work, saving, months, Decimal(0))) - plain) <= Fraction("1E-9")
