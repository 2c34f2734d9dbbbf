"""What a history says of the next term."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.dates import Month
from bothhalves.core.deal.experience import (
    STEPS,
    WEIGHED_MONTHS,
    Courses,
    courses,
    outlook_from,
    strayed,
)
from bothhalves.core.deal.outlook import Outlook, Scenario, within
from bothhalves.core.explain import Grade

START = Month(2027, 1)


def test_terms_that_differ_are_measured_beside_one_presumption() -> None:
    # Months of 10, 10, 30: neighbours differ by 0 and by 20 of 20; a quarter is presumed, as half of one.
    assert strayed([10, 10, 30], 1) == (Fraction(1, 4) / 2 + 0 + 1) / (Fraction(1, 2) + 2)


def test_half_terms_tell_where_there_is_one_term_only() -> None:
    # One term of two halves of 10 and 30, which count three tenths.
    tenth = Fraction(3, 10)
    assert strayed([5, 5, 15, 15], 4) == (Fraction(1, 4) / 2 + tenth) / (Fraction(1, 2) + tenth)


def test_what_is_steady_soon_strays_little_and_what_comes_and_goes_strays_most() -> None:
    steady, bursts = [100] * 24, [0, 0, 600, 0] * 6
    assert strayed(steady, 2) < Fraction(1, 20) < Fraction(1, 2) < strayed(bursts, 2)


def test_from_half_a_year_on_a_term_is_like_the_last_or_like_the_mean_and_strays() -> None:
    history = [8_000, 10_000, 12_000, 10_000, 10_000, 22_000]
    found = outlook_from(history, START, 1, "USD")
    step = 1 + Fraction(round(strayed(history, 1) * 1000), 1000) / 5
    wanted = sorted(int(size * min(2, step**n)) for size in (22_000, 12_000) for n in STEPS)
    assert sorted({s.api[0] for s in found.scenarios}) == sorted(set(wanted))
    assert {s.chance for s in found.scenarios} == {Fraction(1, len(found.scenarios))}


def test_earlier_terms_lend_their_shape_at_the_size_of_the_last() -> None:
    found = outlook_from([10, 90, 10, 90, 100, 100], START, 2, "USD")
    assert {(100, 100), (20, 180)} <= {s.api for s in found.scenarios}


def test_before_half_a_year_there_are_low_base_and_high_without_chances() -> None:
    found = outlook_from([7_000, 9_000], START, 3, "USD")
    step = 1 + Fraction(round(strayed([7_000, 9_000], 3) * 1000), 1000) / 5
    low, high = int(8_000 * step**-16), int(8_000 * step**8)
    assert [(s.name, s.api) for s in found.scenarios] == [
        ("low", (low,) * 3),
        ("base", (8_000,) * 3),
        ("high", (high,) * 3),
    ]
    assert not found.is_weighed


def test_the_leanest_and_the_fullest_month_are_within_the_range() -> None:
    found = outlook_from([100, 90_000, 8_000, 8_000], START, 1, "USD")
    assert [s.api for s in found.scenarios] == [(100,), (8_000,), (90_000,)]


def test_a_longer_month_of_the_calendar_uses_more() -> None:
    steady = [310, 300, 310, 310, 280, 310]  # ten a day from October to March
    found = outlook_from(steady, Month(2027, 4), 2, "USD", by_day=True)
    assert (300, 310) in {s.api for s in found.scenarios}
    assert {sum(s.api) for s in found.scenarios} <= {30 * n + 31 * n for n in range(21)}
    assert strayed([10] * 6, 2) < strayed(steady, 2)


def test_what_is_expected_to_change_is_laid_on_every_course() -> None:
    history = (6, 6, 6, 6, 6, 6)
    ways = (Scenario("base", (0, 0, 0), {"x": (1, 2, 3)}),)
    plain = Courses(history, (Fraction(1),), (0,)).scenarios(ways, 0, 3)
    changed = Courses(history, (Fraction(2), Fraction(1)), (0, 50)).scenarios(ways, 0, 3)
    for one, other in zip(plain, changed, strict=True):
        used = one.api
        assert other.api == (2 * used[0], used[1] + 50, used[2] + 50)  # what is not said goes on
        assert other.seats == {"x": (1, 2, 3)}


def test_a_term_that_begins_later_goes_on_in_the_course() -> None:
    history = tuple(range(1, 25))
    maker = Courses(history, (Fraction(1),), (0,))
    outlook = Outlook(START, "USD", (Scenario("base", (0,) * 12),), Grade.A, 24, maker=maker)
    assert [s.api for s in within(outlook, START, 12).scenarios] == courses(history, 12)
    later = within(outlook, Month(2027, 4), 12).scenarios
    assert [s.api for s in later] == [row[3:] + row[:3] for row in courses(history, 12)]
    assert within(outlook, START, 12) == within(within(outlook, START, 12), START, 12)


def test_years_are_the_longest_terms_that_are_compared() -> None:
    history = list(range(1, 31))
    found = outlook_from(history, START, 36, "USD")
    assert [s.api for s in found.scenarios] == [row * 3 for row in courses(history, 12)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), st.integers(1, 8))
def test_any_history_gives_scenarios_of_the_term(history: list[int], months: int) -> None:
    found = outlook_from(history, START, months, "USD")
    assert found.months == months
    assert found.is_weighed == (len(history) >= WEIGHED_MONTHS)
    assert 0 <= strayed(history, months) <= 2
    assert max(max(s.api) for s in found.scenarios) <= 2 * months * max(*history, 1)


@pytest.mark.parametrize(("history", "months"), [([], 1), ([1], 0)])
def test_nothing_to_look_at_is_refused(history: list[int], months: int) -> None:
    with pytest.raises(ValueError, match="history"):
        outlook_from(history, START, months, "USD")
