"""How numbers are written, from the exact value, half-up, in one place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import pages
from bothhalves.core.explain import Figure, Operator
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.report import show


def amount(low: str, high: str | None = "", currency: str = "USD") -> Amount:
    top = None if high is None else Decimal(high or low)
    return Amount(currency, MoneyKind.ESTIMATED, Decimal(low), top)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1619040", "$1.62M"),
        ("879194", "$879k"),
        ("46200", "$46.2k"),
        ("999500", "$1.00M"),
        ("999499", "$999k"),
        ("1625000", "$1.63M"),
        ("1624999.99", "$1.62M"),
        ("1000000000", "$1.00B"),
        ("418", "$418"),
        ("418.5", "$419"),
        ("99.994", "$99.99"),
        ("99.995", "$100"),
        ("5.25", "$5.25"),
        ("0.045", "$0.05"),
        ("0.0034", "$0.0034"),
        ("0.00000123", "$0.0000012"),
        ("0", "$0"),
        ("-246000", "−$246k"),
        ("1234567890123456789012345678901234567890.5", "$1,230,000,000,000,000,000,000,000,000T"),
    ],
)
def test_headlines_have_three_significant_figures(value: str, text: str) -> None:
    assert show.amount(amount(value), show.short_money) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("113040", "$113,040"),
        ("113040.5", "$113,041"),
        ("113040.499999", "$113,040"),
        ("100", "$100"),
        ("12.3", "$12.30"),
        ("12.345", "$12.35"),
        ("-29", "−$29.00"),
        ("-4100.5", "−$4,101"),
        ("0", "$0"),
    ],
)
def test_tables_have_whole_units_and_cents_below_a_hundred(value: str, text: str) -> None:
    assert show.amount(amount(value)) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ("12.3", "15.1", "$12.30 to $15.10"),
        ("12.301", "12.302", "$12.30"),
        ("1619040", None, "at least $1,619,040"),
        ("0", None, "unpriced"),
        ("0", "7", "$0 to $7.00"),
        ("-5", "3", "−$5.00 to $3.00"),
    ],
)
def test_what_is_not_one_number_says_so(low: str, high: str | None, text: str) -> None:
    assert show.amount(amount(low, high)) == text


@pytest.mark.parametrize(
    ("currency", "text"), [("EUR", "€1,200"), ("GBP", "£1,200"), ("CHF", "CHF 1,200"), ("JPY", "¥1,200")]
)
def test_currencies(currency: str, text: str) -> None:
    assert show.amount(amount("1200", currency=currency)) == text


@pytest.mark.parametrize(
    ("value", "unit", "operator", "text"),
    [
        ("17900000000", "tokens", Operator.COUNT, "17.9B"),
        ("82000000", "tokens", Operator.COUNT, "82M"),
        ("812", "tokens", Operator.COUNT, "812"),
        ("50220", "seats", Operator.COUNT, "50,220"),
        ("0.7661", "", Operator.RATIO, "77%"),
        ("0.004", "", Operator.RATIO, "0.4%"),
        ("0.4", "%", Operator.GIVEN, "0.4%"),
        ("-0.125", "", Operator.RATIO, "−13%"),
        ("-1840.25", "USD", Operator.DIFFERENCE, "−$1,840"),
        ("1.5", "", Operator.GIVEN, "1.50"),
        ("0", "seats", Operator.COUNT, "0"),
    ],
)
def test_counts_shares_and_differences(value: str, unit: str, operator: Operator, text: str) -> None:
    assert show.figure(Figure("a.b", "A", operator, Decimal(value), unit=unit)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.0000005", "under $0.01"), ("-0.004", "under −$0.01"), ("0", ""), ("0.005", ""), ("12", "")],
)
def test_money_below_a_cent_is_not_shown_as_none(value: str, text: str) -> None:
    given = Figure("a", "a", Operator.GIVEN, amount(value, value))
    assert show.under_a_cent(given) == text


def test_units_follow_the_number() -> None:
    one = pages.count("seats.active", "Seats", 1, "seats")
    many = pages.count("seats.active", "Seats", 620, "seats")
    assert (show.with_unit(one), show.with_unit(many)) == ("1 seat", "620 seats")


def test_exact_values_keep_every_digit() -> None:
    figure = pages.workload_cost("x", 812)
    assert show.exactly(figure) == "$0.0033873"


def test_a_line_reads_as_quantity_and_unit_price() -> None:
    line = pages.line("x", "cache_read_tokens", 1_200_000, "0.30")
    assert show.quantity(line) == "1,200,000 cache read tokens"
    assert show.unit_price(line) == "$0.30 per 1M"
    ranged = pages.line("x", "output_tokens", 1, "15", "22.5")
    assert show.unit_price(ranged) == "$15.00 to $22.50 per 1M"
    assert show.unit_price(pages.seat_line("standard", 1, "60", "2026-09")) == "$60.00 each"
    assert show.unit_price(pages.line("x", "input_tokens", 1, "0.0125")) == "$0.0125 per 1M"


@pytest.mark.parametrize(
    ("first", "after", "text"),
    [
        (date(2026, 9, 1), date(2026, 11, 1), "1 Sep to 31 Oct 2026"),
        (date(2026, 12, 1), date(2027, 2, 1), "1 Dec 2026 to 31 Jan 2027"),
        (date(2026, 9, 1), date(2026, 9, 2), "1 Sep 2026"),
    ],
)
def test_windows_name_their_last_day(first: date, after: date, text: str) -> None:
    assert show.window(first, after) == text


def test_control_and_direction_characters_are_made_visible() -> None:
    assert show.clean("a\x1b[31m\u202eb\x00") == "a\ufffd[31m\ufffdb\ufffd"
    assert show.clean("Zoë’s café — 日本") == "Zoë’s café — 日本"
