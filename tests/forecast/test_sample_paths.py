"""Sample paths, allowances first, and the same digits everywhere."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.forecast.allowance import beyond, rest_of_month
from bothhalves.forecast.continued import daily
from bothhalves.forecast.paths import UNIT, drawn, sample_paths

BASE = [100_000_000] * 6


def test_without_errors_every_path_is_the_forecast() -> None:
    assert sample_paths(BASE, [(UNIT, UNIT)], 3, 1) == [BASE] * 3


def test_errors_of_a_block_stay_together_and_the_next_block_starts_where_it_ended() -> None:
    assert sample_paths(BASE[:4], [(1_100_000, 1_200_000)], 1, 1)[0] == [
        110_000_000, 120_000_000, 132_000_000, 144_000_000,
    ]  # fmt: skip


def test_a_seed_gives_the_same_paths_and_another_one_others() -> None:
    ratios = [(900_000, 950_000), (1_000_000, 1_050_000), (1_200_000, 1_100_000)]
    one = sample_paths(BASE, ratios, 50, 7)
    assert one == sample_paths(BASE, ratios, 50, 7)
    assert one != sample_paths(BASE, ratios, 50, 8)
    assert sum(map(sum, one)) == 31962812500


def test_blocks_are_drawn_alike() -> None:
    counts = Counter(drawn(1, path, place, 7) for path in range(500) for place in range(7))
    assert set(counts) == set(range(7))
    assert max(counts.values()) < 600
    assert min(counts.values()) > 400


def test_paths_need_a_block() -> None:
    with pytest.raises(ValueError, match="block"):
        sample_paths(BASE, [], 3, 1)


def test_a_forecast_has_the_same_digits_on_every_machine() -> None:
    values = [10**9 + (n * n * 7919) % 613 * 10**6 + (n % 7) * 10**8 for n in range(120)]
    found = daily(values, [n // 30 for n in range(121)], tuple(range(1, 15)))
    told = repr((found.method, [(i.forecast, i.low, i.high, i.level) for i in found.intervals], found.tests))
    assert sha256(told.encode()).hexdigest()[:16] == "c38bdc05b6cc208c"


def test_the_rest_of_a_month_is_charged_at_the_rate_beyond_the_allowance() -> None:
    """4.37 a day, of which 60 are free: 20 days have cost 27.40, and the other ten will cost 43.70, not the
    13.70 that the mean so far would make of them."""
    day, free = 4_370_000, 60_000_000
    so_far = beyond([day] * 20, free)
    assert sum(so_far) == 27_400_000
    assert rest_of_month([day] * 20, [day] * 10, free) == 43_700_000


def test_what_is_left_of_the_allowance_is_used_before_anything_is_charged() -> None:
    assert rest_of_month([10, 10], [10, 10, 10], 35) == 15
    assert rest_of_month([10, 10], [10], 50) == 0


@given(st.lists(st.integers(0, 1000), max_size=40), st.integers(0, 20_000))
def test_days_beyond_an_allowance_add_up(usage: list[int], allowance: int) -> None:
    found = beyond(usage, allowance)
    assert sum(found) == max(sum(usage) - allowance, 0)
    assert all(0 <= part <= whole for part, whole in zip(found, usage, strict=True))
