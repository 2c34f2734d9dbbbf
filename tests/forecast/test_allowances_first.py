"""Allowances first, and the same digits everywhere."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from bothhalves.forecast.allowance import beyond
from bothhalves.forecast.continued import daily


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
    assert sum(beyond([day] * 30, free)[20:]) == 43_700_000


def test_what_is_left_of_the_allowance_is_used_before_anything_is_charged() -> None:
    assert beyond([10, 10, 10, 10, 10], 35) == [0, 0, 0, 5, 10]
    assert beyond([10, 10, 10], 50) == [0, 0, 0]


@given(st.lists(st.integers(0, 1000), max_size=40), st.integers(0, 20_000))
def test_days_beyond_an_allowance_add_up(usage: list[int], allowance: int) -> None:
    found = beyond(usage, allowance)
    assert sum(found) == max(sum(usage) - allowance, 0)
    assert all(0 <= part <= whole for part, whole in zip(found, usage, strict=True))
