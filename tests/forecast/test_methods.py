"""Each method on series of which anybody can say what it answers."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.forecast import baselines
from bothhalves.forecast.arithmetic import exp, log
from bothhalves.forecast.baselines import DAILY, Panel
from bothhalves.forecast.continued import daily, monthly
from bothhalves.forecast.intermittent import tsb
from bothhalves.forecast.origins import race
from bothhalves.forecast.people import expected_days

WEEKS = [100.0, 120.0, 130.0, 120.0, 110.0, 20.0, 10.0]


def panel(values: list[float], month: int = 30) -> Panel:
    return Panel(np.array([values]), 7, np.arange(len(values) + 1) // month)


def test_last_value_goes_on() -> None:
    found = baselines.last_value(panel([1.0, 5.0, 3.0]), (1, 9))
    assert found[0, -1].tolist() == [3.0, 3.0]


def test_the_mean_is_that_of_the_last_two_months_that_are_over() -> None:
    months = panel([1.0] * 10 + [2.0] * 10 + [4.0] * 10 + [100.0] * 5, month=10)
    found = baselines.mean_of_periods(months, (1,))[0, :, 0]
    assert found[34] == 3.0
    assert found[29] == 3.0  # the third month is just over
    assert found[28] == 1.5
    assert found[4] == 1.0  # none is over yet


def test_a_month_counts_once_it_is_over() -> None:
    assert monthly([10, 20, 40], (1,)).intervals[0].forecast == 30


@pytest.mark.parametrize("name", ["same weekday of last week", "mean of the same weekday, four weeks"])
def test_weekdays_keep_their_place(name: str) -> None:
    found = DAILY[name](panel(WEEKS * 5), (1, 6, 7, 8, 15))
    assert found[0, -1].tolist() == [WEEKS[0], WEEKS[5], WEEKS[6], WEEKS[0], WEEKS[0]]


def test_a_weekday_forecast_waits_for_its_history() -> None:
    assert np.isnan(baselines.seasonal_naive(panel(WEEKS), (1,))[0, 5, 0])
    assert baselines.seasonal_naive(panel(WEEKS), (1,))[0, 6, 0] == WEEKS[0]


def test_a_damped_trend_rises_by_less_each_day() -> None:
    found = baselines.damped_trend(panel([10.0 * n for n in range(1, 40)]), (1, 2, 3))[0, -1]
    first, second = found[1] - found[0], found[2] - found[1]
    assert 0 < second < first < 10


def test_log_linear_continues_growth_by_weekday() -> None:
    grown = [value * 1.01**n for n, value in enumerate(WEEKS * 10)]
    found = baselines.log_linear(panel(grown[:63]), (1, 7))[0, -1]
    assert found == pytest.approx([grown[63], grown[69]], rel=1e-9)


def test_log_linear_says_nothing_where_a_day_was_zero() -> None:
    assert np.isnan(baselines.log_linear(panel([0.0, *WEEKS[1:]] * 4), (1,))).all()


@given(st.floats(1e-6, 1e15))
@settings(max_examples=80, deadline=None)
def test_logarithms_and_powers_are_those_of_everybody(value: float) -> None:
    assert log(np.array([value]))[0] == pytest.approx(np.log(value), rel=1e-14, abs=1e-14)
    assert exp(np.array([np.log(value)]))[0] == pytest.approx(value, rel=1e-12)


def test_a_choice_knows_only_errors_whose_day_has_come() -> None:
    """A break changes forecasts of all methods; choices before its errors are known stay as they were."""
    calm = WEEKS * 8
    broken = calm[:42] + [value * 9 for value in calm[42:]]
    before, after = race(panel(calm), (1, 7), DAILY), race(panel(broken), (1, 7), DAILY)
    np.testing.assert_array_equal(before.choice[0, :42], after.choice[0, :42])
    assert (before.choice[0] != after.choice[0]).any()


def test_the_race_is_won_by_what_fits() -> None:
    assert (
        daily([int(v) for v in WEEKS * 9], [n // 30 for n in range(64)], (1, 7)).method
        == "same weekday of last week"
    )


def test_every_method_is_back_tested_at_every_horizon() -> None:
    found = daily([int(v) for v in WEEKS * 6], [n // 30 for n in range(43)], (1, 7))
    assert {(t.method, t.ahead) for t in found.tests} == {(m, h) for m in DAILY for h in (1, 7)}
    naive = next(t for t in found.tests if t.method == "same weekday of last week" and t.ahead == 7)
    assert (naive.error, naive.origins) == (0, 35)


def test_months_race_from_six_on() -> None:
    assert {t.method for t in monthly([5, 6, 7, 8, 9], (1,)).tests} == {"mean of the last two full months"}
    assert monthly([5, 10, 20, 40, 80, 160, 320], (1,)).method != "mean of the last two full months"


def test_a_season_of_the_year_takes_two_years() -> None:
    names = {t.method for t in monthly(list(range(1, 24)), (1,)).tests}
    assert "same month of last year" not in names
    assert "same month of last year" in {t.method for t in monthly(list(range(1, 25)), (1,)).tests}


def test_one_value_is_continued_without_any_level() -> None:
    found = daily([7], [0, 0], (1,), Fraction(4, 5))
    assert found.intervals[0].forecast == 7
    assert found.intervals[0].level is None


def test_somebody_who_left_fades_and_somebody_who_comes_now_and_then_stays() -> None:
    left = [5.0] * 30 + [0.0] * 60
    rare = [0.0, 0.0, 0.0, 0.0, 10.0] * 18
    found = tsb(np.array([left, rare, [0.0] * 90]))
    assert found.per_step[0] < 0.02
    assert 1.5 < found.per_step[1] < 4
    assert found.size[1] == 10
    assert found.per_step[2] == 0


def tsb_of(days: list[int]) -> tuple[Fraction, Fraction]:
    """The recursion by hand: from the first day of use on, at the means of the days from it on."""
    own = days[next(n for n, day in enumerate(days) if day) :]
    sizes = [Fraction(day) for day in own if day]
    chance, size = Fraction(len(sizes), len(own)), sum(sizes, Fraction(0)) / len(sizes)
    for day in own[1:]:
        chance += Fraction(1, 10) * ((day > 0) - chance)
        if day:
            size += Fraction(1, 5) * (day - size)
    return chance, size


@pytest.mark.parametrize(
    "days", [[0, 0, 8], [5, 0, 0], [0, 4, 0, 0, 6, 0], [3] * 9, [0] * 20 + [7, 0, 9, 0, 0, 1], [2, 0] * 30]
)
def test_chance_and_size_go_on_by_their_own_paces(days: list[int]) -> None:
    found, wanted = tsb(np.array([days], dtype=np.float64)), tsb_of(days)
    assert found.probability[0] == pytest.approx(float(wanted[0]), rel=1e-12)
    assert found.size[0] == pytest.approx(float(wanted[1]), rel=1e-12)


def test_one_day_of_use_a_week_ago_is_not_taken_for_daily_use() -> None:
    """Once in eight days: an eighth at the start, 0.9 of it left after each of seven silent days."""
    assert expected_days([[0] * 52 + [1] + [0] * 7], 30) == pytest.approx(30 / 8 * 0.9**7, rel=1e-4)


def test_a_forecast_has_the_same_digits_on_every_machine() -> None:
    values = [10**9 + (n * n * 7919) % 613 * 10**6 + (n % 7) * 10**8 for n in range(120)]
    found = daily(values, [n // 30 for n in range(121)], tuple(range(1, 15)))
    told = repr((found.method, [(i.forecast, i.low, i.high, i.level) for i in found.intervals], found.tests))
    assert sha256(told.encode()).hexdigest()[:16] == "c38bdc05b6cc208c"
