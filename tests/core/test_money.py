"""Money is exact from the written digit to the page, and unknown is not zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.money import Amount, MixedMoney, MoneyKind, exact, plain, product, split, to_cents, total

INVOICED, ESTIMATED, NOTIONAL = MoneyKind.INVOICED, MoneyKind.ESTIMATED, MoneyKind.NOTIONAL


def usd(low: str, high: str | None = "", kind: MoneyKind = ESTIMATED) -> Amount:
    """Dollars from ``low`` to ``high``; a point where no end is given."""
    end = low if high == "" else high
    return Amount("USD", kind, Decimal(low), None if end is None else Decimal(end))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.1", Decimal("0.1")),
        (" 15.51 ", Decimal("15.51")),
        ("+7", Decimal(7)),
        ("-0.30", Decimal("-0.30")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1.5e-6", Decimal("0.0000015")),
        ("0.1234567890123456789012345678901234567890", Decimal("0.1234567890123456789012345678901234567890")),
        ("0e-300", Decimal(0)),
    ],
)
def test_a_number_is_read_digit_for_digit(written: str, value: Decimal) -> None:
    assert exact(written) == value


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "1e400",
        "1e31",
        "1e-31",
        "1,000",
        "1.000,00",
        "1_000",
        "$5",
        "5 USD",
        "0x10",
        "1e",
        "--1",
        "=1+1",
        "1/3",
        "٣",
        "１２",
        "9" * 81,
        "1\n2",
        "1e9999999999",
    ],
)
def test_anything_else_is_no_number(written: str) -> None:
    with pytest.raises(ValueError, match=r"not a plain number|out of range"):
        exact(written)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=12))
def test_plain_text_reads_back_as_the_same_number(value: Decimal) -> None:
    text = plain(value)
    assert exact(text) == value
    assert "E" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E+2", "100"),
        ("2.50", "2.5"),
        ("0.00", "0"),
        ("-0.0", "0"),
        ("-1.20", "-1.2"),
        ("1E-7", "0.0000001"),
    ],
)
def test_plain_text_has_no_exponent_and_no_idle_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        ("0.005", "0.01"),
        ("0.0049999", "0.00"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("-0.004", "0.00"),
        ("7.755", "7.76"),
        ("1e30", "1e30"),
        ("123456789012345678901234567890.125", "123456789012345678901234567890.13"),
    ],
)
def test_cents_round_half_up(value: str, cents: str) -> None:
    assert to_cents(Decimal(value)) == Decimal(cents)


def test_a_price_per_million_is_multiplied_exactly() -> None:
    assert product(Decimal(5_200_000), Decimal("0.30"), 1_000_000) == Decimal("1.56")
    assert product(Decimal(1), Decimal("0.025"), 1_000_000) == Decimal("0.000000025")


def test_the_longest_numbers_that_can_be_written_multiply_and_add_exactly() -> None:
    long, small = exact("9" * 31 + "." + "9" * 48), exact("0." + "0" * 29 + "1" * 49)
    products = [usd(str(product(long, long, 1))), usd(str(product(small, small, 10**6)))]
    whole = Fraction(long) ** 2 + Fraction(small) ** 2 / 10**6
    assert Fraction(total(products, "USD", ESTIMATED).low) == whole


def usds(high: st.SearchStrategy[Decimal | None]) -> st.SearchStrategy[Amount]:
    return st.builds(
        lambda low, more: Amount("USD", ESTIMATED, low, more), st.decimals(-100, 100, places=9), high
    )


@given(st.lists(usds(st.one_of(st.none(), st.decimals(-(10**12), 10**12, places=12))), max_size=20))
def test_a_total_is_one_amount_added_after_the_other(amounts: list[Amount]) -> None:
    one_by_one = reduce(lambda a, b: a + b, amounts, usd("0"))
    assert total(amounts, "USD", ESTIMATED) == one_by_one


# -- splitting -----------------------------------------------------------------------------------------


def cents(*values: str) -> list[Decimal]:
    return [Decimal(v) for v in values]


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    assert split(Decimal("1.00"), [Decimal(1), Decimal(2), Decimal(4)]) == cents("0.14", "0.29", "0.57")


def test_ties_go_to_the_earlier_part() -> None:
    assert split(Decimal("100.00"), [Decimal(1)] * 3) == cents("33.34", "33.33", "33.33")
    assert split(Decimal("0.02"), [Decimal(1)] * 3) == cents("0.01", "0.01", "0.00")


def test_equal_remainders_of_parts_of_different_size_are_a_tie() -> None:
    thirds = [Decimal(100), Decimal(1), Decimal(1)]
    assert split(Decimal("0.34"), thirds) == cents("0.34", "0.00", "0.00")


def test_a_credit_is_split_like_a_charge() -> None:
    assert sum(split(Decimal("-10.00"), [Decimal(1)] * 3)) == Decimal("-10.00")


@pytest.mark.parametrize(
    ("amount", "weights"),
    [("1.005", ["1", "1"]), ("1.00", ["0", "0"]), ("1.00", []), ("1.00", ["2", "-1"])],
)
def test_a_split_that_cannot_add_up_is_refused(amount: str, weights: list[str]) -> None:
    with pytest.raises(ValueError, match="split needs"):
        split(Decimal(amount), [Decimal(w) for w in weights])


@given(
    st.integers(-(10**14), 10**14),
    st.lists(st.decimals(0, 10**9, places=3), min_size=1, max_size=8).filter(any),
)
def test_parts_add_up_and_none_is_a_cent_away_from_its_share(units: int, weights: list[Decimal]) -> None:
    amount = Decimal(units).scaleb(-2)
    parts = split(amount, weights)
    assert sum(parts) == amount
    shares = [Fraction(amount) * Fraction(w) / sum(map(Fraction, weights)) for w in weights]
    assert all(
        abs(part - share) < Fraction(1, 100) for part, share in zip(map(Fraction, parts), shares, strict=True)
    )


# -- amounts -------------------------------------------------------------------------------------------


def test_amounts_of_one_currency_and_kind_add() -> None:
    assert usd("1.10", "2.20") + usd("3") == usd("4.10", "5.20")
    assert total([], "USD", INVOICED) == usd("0", kind=INVOICED)


@pytest.mark.parametrize(
    "other",
    [
        Amount.of(Decimal(1), "EUR", ESTIMATED),
        Amount.of(Decimal(1), "USD", INVOICED),
        Amount.of(Decimal(1), "USD", NOTIONAL),
    ],
)
def test_currencies_and_kinds_of_money_never_mix(other: Amount) -> None:
    with pytest.raises(MixedMoney):
        usd("1") + other
    with pytest.raises(MixedMoney):
        usd("1") - other
    with pytest.raises(MixedMoney):
        total([usd("1"), other], "USD", ESTIMATED)


def test_something_unpriced_makes_every_sum_above_it_a_minimum() -> None:
    known, part = usd("5"), usd("2", None)
    assert part.at_least
    assert (known + part) == usd("7", None)
    assert not known.at_least


def test_a_difference_spans_all_that_the_two_amounts_allow() -> None:
    assert usd("5", "7") - usd("1", "2") == usd("3", "6")
    assert usd("5", None) - usd("1", "2") == usd("3", None)
    with pytest.raises(ValueError, match="upper end"):
        usd("5") - usd("1", None)


def test_only_a_non_negative_factor_scales_an_amount() -> None:
    assert usd("1", "2").times(Decimal("1.1")) == usd("1.1", "2.2")
    assert usd("1", None).times(Decimal(2)) == usd("2", None)
    with pytest.raises(ValueError, match="non-negative"):
        usd("1").times(Decimal(-1))
