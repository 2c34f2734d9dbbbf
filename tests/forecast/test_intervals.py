"""The levels that errors support; the cases are in intervals.yaml."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.brief.forecasts import stated
from bothhalves.core.clauses.base import percent
from bothhalves.forecast.conformal import NotAttainable, calibrated, half_width, highest, interval, rank

CASES = yaml.load((Path(__file__).parent / "intervals.yaml").read_text("utf-8"), yaml.BaseLoader)
EIGHTY = Fraction(4, 5)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_half_width(case: dict[str, Any]) -> None:
    found = half_width([int(e) for e in case["errors"]], Fraction(percent(case["level"])))
    if "half_width" in case:
        assert found == int(case["half_width"])
    else:
        assert isinstance(found, NotAttainable)
        assert str(found.highest).lower() == case["highest"]


@given(st.lists(st.integers(0, 10**12), min_size=4, max_size=60))
@settings(max_examples=60, deadline=None)
def test_the_highest_attainable_level_is_attained_and_nothing_above_it(errors: list[int]) -> None:
    most = highest(len(errors))
    assert most is not None
    assert half_width(errors, most) == max(errors)
    assert isinstance(half_width(errors, most + Fraction(1, 10**6)), NotAttainable)
    assert rank(len(errors), most) == len(errors)


def test_errors_that_overlap_are_not_counted_as_more_evidence() -> None:
    """29 errors of seven days ahead tell of four weeks: they support 80 %, not 90 %."""
    values = np.arange(100.0, 136.0)
    flat, missed = np.full(36, 110.0), np.full(36, np.nan)
    missed[:29] = 10
    found = interval(values, flat, missed, 7, Fraction(9, 10))
    assert found.errors == 4
    assert found.level == Fraction(4, 5)
    assert not found.is_attained
    assert (found.low, found.high) == (100, 120)


def test_with_fewer_than_four_errors_only_what_was_seen_is_told() -> None:
    values = np.array([30.0, 10.0, 20.0])
    found = interval(values, np.full(3, 20.0), np.array([5.0, 5.0, np.nan]), 1, EIGHTY)
    assert found.level is None
    assert (found.low, found.high) == (10, 30)


def test_intervals_never_reach_below_zero() -> None:
    found = interval(np.full(9, 5.0), np.full(9, 5.0), np.append(np.full(8, 40.0), np.nan), 1, EIGHTY)
    assert found.low == 0
    assert found.level == Fraction(8, 9)


def test_an_interval_at_an_origin_knows_nothing_of_what_comes_later() -> None:
    forecasts = np.full(40, 100.0)
    errors = np.array([float((n * 7) % 11) for n in range(39)] + [np.nan])
    before = calibrated(forecasts, errors, 3, EIGHTY)
    changed = errors.copy()
    changed[25:39] = 90.0
    after = calibrated(forecasts, changed, 3, EIGHTY)
    np.testing.assert_array_equal(before.widths[:28], after.widths[:28])
    assert after.widths[29] != before.widths[29]


def test_intervals_that_miss_too_often_become_wider() -> None:
    """Errors that keep growing are missed by plain conformal intervals; adapted ones catch up."""
    forecasts = np.full(300, 1e6)
    errors = np.array([float(10 * n + (n * 7919) % 301) for n in range(299)] + [np.nan])
    found = calibrated(forecasts, errors, 1, EIGHTY)
    plain = [errors[n] <= sorted(errors[:n])[rank(n, EIGHTY) - 1] for n in range(10, 299)]
    held = np.nanmean(found.hits[10:])
    assert held > sum(plain) / len(plain) + 0.2


def test_the_error_that_is_told_is_the_half_width() -> None:
    """Of forecasts that are all alike, an adapted place is told as such."""
    generator = np.random.default_rng(7)
    moved = 0
    for _ in range(40):
        errors = np.append(
            np.sort(generator.integers(1, 90, 60).astype(float))[generator.permutation(60)], np.nan
        )
        found = interval(np.full(61, 100.0), np.full(61, 100.0), errors, 1, EIGHTY)
        assert found.high - found.forecast == sorted(errors[:60])[found.place - 1]
        assert f"from error {found.place} of 60 " in stated(found)
        moved += found.place != rank(60, EIGHTY)
        assert ("(not 49: intervals so far held" in stated(found)) == (found.place != 49)
    assert moved > 0


def test_where_errors_are_as_many_as_stated_the_plain_one_counts() -> None:
    """The seventh of seven: the case of intervals.yaml by way of the interval that is shown."""
    errors = np.array([40.0, 55, 62, 70, 90, 110, 150, np.nan])
    found = interval(np.full(8, 1000.0), np.full(8, 1000.0), errors, 1, EIGHTY)
    assert (found.low, found.high, found.place, found.level) == (850, 1150, 7, Fraction(7, 8))
