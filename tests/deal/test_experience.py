"""What a history says of the next term."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from bothhalves.core.dates import Month
from bothhalves.core.deal.experience import outlook_from

START = Month(2027, 1)


def test_past_stretches_are_laid_on_todays_level() -> None:
    found = outlook_from([10, 10, 20, 20, 20, 20], START, 2, "USD")
    paths = {s.name: s.api for s in found.scenarios}
    assert paths["base"] == (20, 20)
    assert (paths["low"], paths["high"]) == ((16, 16), (24, 24))
    # From month 3 on it was twice what it had been before; so it would be 40 now.
    assert paths["as in 3"] == (40, 40)
    assert paths["as in 5"] == (20, 20)


def test_chances_add_up_and_few_stretches_weigh_less_than_the_last_term() -> None:
    found = outlook_from([10, 10, 20, 20, 40, 40], START, 2, "USD")
    assert sum(s.chance or 0 for s in found.scenarios) == 1
    own = sum((s.chance or Fraction(0) for s in found.scenarios if s.name.startswith("as in")), Fraction(0))
    assert own == Fraction(4, 24)


def test_one_month_says_only_itself() -> None:
    found = outlook_from([7_000], START, 3, "USD")
    assert {len(s.api) for s in found.scenarios} == {3}
    assert [s.name for s in found.scenarios] == ["low", "base", "high"]


def test_a_long_history_is_looked_at_evenly() -> None:
    found = outlook_from(list(range(1, 401)), START, 12, "USD")
    places = [int(s.name.split()[-1]) for s in found.scenarios if s.name.startswith("as in")]
    assert len(places) == 24
    assert places[-1] == 400 - 12 + 1
    assert max(b - a for a, b in pairwise(places)) <= 17


def test_silence_before_growth_does_not_multiply_without_end() -> None:
    found = outlook_from([1, 1, 1, 1_000_000, 1, 1_000_000], START, 1, "USD")
    assert max(s.api[0] for s in found.scenarios) <= 2 * 1_000_000


@pytest.mark.parametrize(("history", "months"), [([], 1), ([1], 0)])
def test_nothing_to_look_at_is_refused(history: list[int], months: int) -> None:
    with pytest.raises(ValueError, match="history"):
        outlook_from(history, START, months, "USD")
