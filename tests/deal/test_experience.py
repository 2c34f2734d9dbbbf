"""What a history says of the next term."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.dates import Month
from bothhalves.core.deal.experience import outlook_from, strayed

START = Month(2027, 1)


def test_terms_that_differ_are_measured_and_few_of_them_count_with_a_presumption() -> None:
    # Months of 10, 10, 30: neighbours differ by 0 and by 20 of 20; a fifth is presumed twice.
    assert strayed([10, 10, 30], 1) == (2 * Fraction(1, 5) + 0 + 1) / 4


def test_half_terms_tell_where_there_is_one_term_only() -> None:
    # One term of two halves of 10 and 30, which count three tenths.
    tenth = Fraction(3, 10)
    assert strayed([5, 5, 15, 15], 4) == (2 * Fraction(1, 5) + tenth) / (2 + tenth)


def test_what_is_steady_soon_strays_little_and_what_comes_and_goes_strays_most() -> None:
    steady, bursts = [100] * 24, [0, 0, 600, 0] * 6
    assert strayed(steady, 2) < Fraction(1, 20) < Fraction(1, 2) < strayed(bursts, 2)


def test_the_last_term_is_repeated_larger_and_smaller() -> None:
    found = outlook_from([10_000, 30_000], START, 1, "USD")
    step = 1 + Fraction(3, 4) * (Fraction(2, 5) + 1) / 3
    by_name = {s.name: s.api for s in found.scenarios}
    assert by_name["base"] == (30_000,)
    assert (by_name["low"], by_name["high"]) == ((int(30_000 / step**4),), (int(30_000 * step**4),))


def test_earlier_terms_lend_their_shape_at_the_size_of_the_last() -> None:
    found = outlook_from([10, 90, 100, 100], START, 2, "USD")
    assert (20, 180) in {s.api for s in found.scenarios}


def test_a_history_shorter_than_the_term_is_repeated() -> None:
    found = outlook_from([7_000, 9_000], START, 3, "USD")
    assert next(s.api for s in found.scenarios if s.name == "base") == (7_000, 9_000, 7_000)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), st.integers(1, 8))
def test_any_history_gives_weighed_scenarios_of_the_term(history: list[int], months: int) -> None:
    found = outlook_from(history, START, months, "USD")
    assert found.months == months
    assert found.is_weighed
    assert 0 <= strayed(history, months) <= 2
    assert max(max(s.api) for s in found.scenarios) <= 4 * months * max(*history, 1)


@pytest.mark.parametrize(("history", "months"), [([], 1), ([1], 0)])
def test_nothing_to_look_at_is_refused(history: list[int], months: int) -> None:
    with pytest.raises(ValueError, match="history"):
        outlook_from(history, START, months, "USD")
