"""Intervals on real series: what they state is what they hold, at every horizon."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bench.calibration import HORIZONS, KEPT, Table, calibration
from bench.real_series import real_series

#: Below so many intervals, a few series of one fortnight decide.
ENOUGH = 1000


@pytest.fixture(scope="module")
def found() -> Table:
    return calibration(real_series(KEPT))[0]


def test_coverage_is_within_three_points_of_the_stated_level(found: Table) -> None:
    apart = {slot: cell.share - cell.level for slot, cell in found.items() if cell.given >= ENOUGH}
    assert len(apart) >= 18
    assert {slot: round(far, 3) for slot, far in apart.items() if abs(far) > 0.03} == {}


def test_every_horizon_is_reported_and_no_level_below_the_one_asked_for(found: Table) -> None:
    asked = {
        (level, step, h)
        for level in (Fraction(4, 5), Fraction(9, 10))
        for step, all_ in HORIZONS.items()
        for h in all_
    }
    assert set(found) == asked
    assert all(cell.level >= float(slot[0]) for slot, cell in found.items())


def test_series_are_whole_and_none_is_below_zero() -> None:
    series = real_series(KEPT)
    assert {s.step for s in series} == {"hour", "day"}
    assert min(min(s.values) for s in series) >= 0
    assert len({(s.origin, s.name) for s in series}) == len(series)
