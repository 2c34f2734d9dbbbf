"""How sure we may be: full months, agreement with invoices, and the grade that follows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bothhalves.core.evidence import LICENCE, Comparison, grade
from bothhalves.core.explain import Grade
from bothhalves.core.money import Amount, MixedMoney, MoneyKind


def compared(invoiced: str, low: str, high: str | None = "", currency: str = "USD") -> Comparison:
    """Invoiced against computed cost; a point where no upper end is given, None where there is none."""
    end = low if high == "" else high
    computed = Amount(currency, MoneyKind.ESTIMATED, Decimal(low), None if end is None else Decimal(end))
    bill = Amount.of(Decimal(invoiced), "USD", MoneyKind.INVOICED)
    return Comparison("acme", "", "2026-09", bill, computed)


@pytest.mark.parametrize(
    ("computed", "agrees"),
    [("98", True), ("102", True), ("97.99", False), ("102.01", False), ("100", True), ("0", False)],
)
def test_computed_cost_agrees_within_two_percent_of_the_invoice(computed: str, agrees: bool) -> None:
    assert compared("100", computed).agrees is agrees


@pytest.mark.parametrize(
    ("low", "high", "gap"),
    [
        ("90", "110", "0"),  # the invoice lies within the range
        ("80", "95", "0.05"),
        ("105", "120", "-0.05"),
        ("90", None, "0.1"),
    ],
)
def test_the_gap_is_taken_from_the_nearest_end_of_a_range(low: str, high: str | None, gap: str) -> None:
    assert compared("100", low, high).gap == Decimal(gap)


def test_a_cost_with_something_unpriced_never_agrees() -> None:
    assert not compared("100", "100", None).agrees


def test_an_invoice_of_nothing_agrees_with_a_cost_of_nothing_only() -> None:
    free, used = compared("0", "0"), compared("0", "0.01")
    assert (free.gap, free.agrees) == (None, True)
    assert (used.gap, used.agrees) == (None, False)
    assert not compared("0", "0", None).agrees


def test_a_credit_note_is_compared_by_its_size() -> None:
    assert compared("-100", "-99").agrees
    assert not compared("-100", "100").agrees


def test_costs_in_two_currencies_are_not_compared() -> None:
    with pytest.raises(MixedMoney):
        compared("100", "100", currency="EUR")


def test_five_months_within_a_percent_or_so_are_grade_b() -> None:
    close = compared("41650", "41200")
    assert close.gap is not None
    assert round(close.gap, 3) == Decimal("0.011")
    assert grade(5, [close]) is Grade.B


def test_the_same_months_with_a_gap_of_three_percent_are_grade_c() -> None:
    assert grade(5, [compared("41650", "40400.5")]) is Grade.C


@pytest.mark.parametrize(
    ("full_months", "expected"),
    [(0, Grade.C), (1, Grade.C), (2, Grade.B), (5, Grade.B), (6, Grade.A), (24, Grade.A)],
)
def test_reconciled_months_make_the_grade(full_months: int, expected: Grade) -> None:
    assert grade(full_months, [compared("100", "99")]) is expected


@pytest.mark.parametrize("full_months", [0, 2, 6, 24])
def test_without_agreement_it_is_grade_c_however_long_the_data(full_months: int) -> None:
    assert grade(full_months, []) is Grade.C
    assert grade(full_months, [compared("100", "100"), compared("100", "90")]) is Grade.C


def test_every_grade_says_what_it_licenses() -> None:
    assert set(LICENCE) == set(Grade)
    assert "no recommendation" in LICENCE[Grade.C]
