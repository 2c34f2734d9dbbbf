"""Where usage does not say what its price depends on, the amount is the interval of all that fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bothhalves.core.explain import Where
from bothhalves.core.rating import counted, is_single, prompt_range, rate
from bothhalves.core.terms import Usage
from rate_cards import (
    BOOK,
    CLIFF,
    MILLION,
    NOON,
    book_of,
    bounds,
    cost,
    lines,
    over,
    price,
    used,
    why_unpriced,
)

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


def row(**details: object) -> Usage:
    given = {"where": Where("u.csv", 2), "time": NOON, "vendor": "acme", "model": "cliff", **details}
    return Usage(**given)  # type: ignore[arg-type]


# -- sizes of prompts ----------------------------------------------------------------------------------


def test_a_row_of_several_requests_lies_between_all_short_and_all_long() -> None:
    """Forty calls of unknown sizes: two million prompt tokens may be short prompts or some long ones."""
    several = counted(row(requests=40, input_tokens=2 * MILLION, output_tokens=MILLION))
    assert bounds(several) == (Decimal(7), Decimal(35))


def test_a_row_whose_whole_prompt_is_below_the_edge_is_a_point() -> None:
    several = counted(row(requests=40, input_tokens=CLIFF, output_tokens=MILLION))
    assert cost(several) == Decimal("5.1")


def test_one_token_more_may_be_a_long_prompt() -> None:
    several = counted(row(requests=40, input_tokens=CLIFF + 1, output_tokens=0))
    assert bounds(several) == (Decimal("0.100001"), Decimal("0.500005"))


@pytest.mark.parametrize(
    ("band", "low", "high"),
    [
        ((0, CLIFF), 1, 1),
        ((CLIFF, None), 5, 5),
        ((CLIFF, 500_000), 5, 5),
        ((0, CLIFF + 1), 1, 5),
        ((CLIFF - 1, None), 1, 5),
        ((0, None), 1, 5),
    ],
)
def test_a_declared_band_of_prompts_is_taken_at_its_word(
    band: tuple[int, int | None], low: int, high: int
) -> None:
    assert bounds(counted(row(requests=40, input_tokens=MILLION, prompt_band=band))) == (low, high)


def test_a_single_request_knows_its_prompt_whatever_its_band_says() -> None:
    single = row(requests=1, input_tokens=10, cache_read_tokens=20, prompt_band=(CLIFF, None))
    assert prompt_range(single) == (29, 30)


@pytest.mark.parametrize(
    ("details", "single"),
    [
        ({}, True),
        ({"requests": 1}, True),
        ({"requests": 1, "until": NOON + DAY}, True),
        ({"requests": 2}, False),
        ({"requests": 0}, False),
        ({"until": NOON + DAY}, False),
    ],
)
def test_a_row_is_one_request_if_it_says_so_or_is_no_bucket(details: dict[str, object], single: bool) -> None:
    assert is_single(row(**details)) is single


def test_the_sizes_of_prompts_do_not_matter_where_the_model_has_no_bands() -> None:
    assert cost(counted(row(model="mid", requests=40, input_tokens=2 * MILLION))) == 6


def test_a_search_costs_the_same_in_every_band() -> None:
    rating = rate(counted(row(requests=40, input_tokens=MILLION, web_searches=100)), BOOK)
    assert lines(rating)["web_searches"].amount.is_point
    assert lines(rating)["web_searches"].amount.low == 1


def test_an_interval_names_both_prices() -> None:
    [line] = rate(counted(row(requests=40, input_tokens=MILLION)), BOOK).lines
    assert (line.price, line.price_high) == (1, 5)
    assert line.entry == (
        "acme/cliff/input_tokens@2026-01-01 to acme/cliff/input_tokens/above-100000@2026-01-01"
    )


def test_prices_for_different_numbers_of_units_are_compared_per_unit() -> None:
    book = book_of(
        [
            price("cliff", "input_tokens", "2"),
            price("cliff", "input_tokens", "0.004", per=1000, above=CLIFF),
        ]
    )
    [line] = rate(counted(row(requests=40, input_tokens=MILLION)), book).lines
    assert (line.amount.low, line.amount.high) == (2, 4)
    assert (line.per, line.price, line.price_high) == (MILLION, 2, 4)


def test_a_band_without_a_price_leaves_the_whole_quantity_unpriced() -> None:
    book = book_of([price("cliff", "input_tokens", "2", above=CLIFF)])
    rating = rate(counted(row(requests=40, input_tokens=MILLION)), book)
    assert rating.lines == ()
    assert set(why_unpriced(rating)) == {"input_tokens"}


# -- lifetimes of cache writes -------------------------------------------------------------------------


def test_a_cache_write_of_unknown_lifetime_lies_between_the_two() -> None:
    assert bounds(used("large", cache_write_tokens=MILLION)) == (Decimal("6.25"), Decimal(10))


def test_a_stated_lifetime_has_its_own_price() -> None:
    assert cost(used("large", cache_write_1h_tokens=MILLION)) == 10
    assert cost(used("large", cache_write_5m_tokens=MILLION)) == Decimal("6.25")


def test_a_model_with_one_price_for_cache_writes_needs_no_lifetime() -> None:
    assert cost(
        used("mid", cache_write_tokens=MILLION), over(price("mid", "cache_write_tokens", "3.5"))
    ) == Decimal("3.5")


def test_a_lifetime_without_a_price_leaves_the_write_unpriced() -> None:
    book = book_of([price("mid", "cache_write_5m_tokens", "3.75")])
    assert why_unpriced(rate(used("mid", cache_write_tokens=1), book)) == {"cache_write_tokens": "meter"}


# -- hours of the day ----------------------------------------------------------------------------------

#: 4 by day, and 1 from 16:30 to 00:30 UTC.
NIGHTLY = book_of(
    [price("mid", "input_tokens", "4"), price("mid", "input_tokens", "1", window=(16 * 60 + 30, 30))]
)


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 9, 15, hour, minute, second, tzinfo=UTC)


def per_million(start: datetime, lasting: timedelta | None) -> tuple[Decimal, Decimal | None]:
    return bounds(used("mid", at=start, lasting=lasting, input_tokens=MILLION), NIGHTLY)


@pytest.mark.parametrize(
    ("start", "lasting", "low", "high"),
    [
        (at(16, 29, 59), None, 4, 4),
        (at(16, 30), None, 1, 1),
        (at(23, 59), None, 1, 1),
        (at(0, 29, 59), None, 1, 1),
        (at(0, 30), None, 4, 4),
        (at(12, 0), QUARTER, 4, 4),
        (at(16, 15), QUARTER, 4, 4),  # ends as the window begins
        (at(16, 16), QUARTER, 1, 4),
        (at(16, 29, 30), timedelta(seconds=60), 1, 4),
        (at(16, 29, 30), timedelta(seconds=30), 4, 4),
        (at(23, 50), QUARTER, 1, 1),  # over midnight, within the window
        (at(0, 20), QUARTER, 1, 4),
        (at(0, 15), QUARTER, 1, 1),
        (at(17, 0), timedelta(hours=7), 1, 1),
        (at(17, 0), timedelta(hours=8), 1, 4),
        (at(0, 0), DAY, 1, 4),
        (at(12, 0), 30 * DAY, 1, 4),
    ],
)
def test_a_bucket_has_every_price_that_its_hours_touch(
    start: datetime, lasting: timedelta | None, low: int, high: int
) -> None:
    assert per_million(start, lasting) == (low, high)


def test_a_window_that_ends_at_midnight_does_not_make_a_day_unpriced() -> None:
    halves = [
        price("mid", "input_tokens", "2", window=(0, 720)),
        price("mid", "input_tokens", "4", window=(720, 1440)),
    ]
    assert bounds(used("mid", at=at(0, 0), lasting=DAY, input_tokens=MILLION), book_of(halves)) == (2, 4)


# -- days within a long bucket -------------------------------------------------------------------------

CUT = book_of(
    [
        price("mid", "input_tokens", "0.20", until=date(2026, 10, 7)),
        price("mid", "input_tokens", "0.10", start=date(2026, 10, 7)),
    ]
)
SEVENTH = datetime(2026, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "until", "low", "high"),
    [
        (SEVENTH - DAY, SEVENTH, "0.20", "0.20"),
        (SEVENTH, SEVENTH + DAY, "0.10", "0.10"),
        (SEVENTH - DAY, SEVENTH + timedelta(microseconds=1), "0.10", "0.20"),
        (SEVENTH - 6 * DAY, SEVENTH + 25 * DAY, "0.10", "0.20"),
    ],
)
def test_a_price_change_within_a_bucket_makes_an_interval(
    start: datetime, until: datetime, low: str, high: str
) -> None:
    bucket = used("mid", at=start, until=until, input_tokens=MILLION)
    assert bounds(bucket, CUT) == (Decimal(low), Decimal(high))


def test_a_bucket_that_begins_before_recorded_history_is_unpriced() -> None:
    early = used("mid", at=datetime(2025, 12, 31, tzinfo=UTC), lasting=2 * DAY, input_tokens=1)
    assert why_unpriced(rate(early, CUT)) == {"input_tokens": "history"}


def test_a_change_of_currency_within_a_bucket_leaves_it_unpriced() -> None:
    book = book_of(
        [
            price("mid", "input_tokens", "3", until=date(2026, 10, 7)),
            price("mid", "input_tokens", "3", start=date(2026, 10, 7), currency="EUR"),
        ]
    )
    bucket = used("mid", at=SEVENTH - DAY, lasting=2 * DAY, input_tokens=1)
    assert why_unpriced(rate(bucket, book)) == {"input_tokens": "currency"}
