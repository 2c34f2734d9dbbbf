"""Simple methods, each asked at every origin of every series at once.

A method answers with an array of (series, origins, horizons): what it would have forecast at each origin,
from the steps up to and including it, for so many steps ahead; NaN where it has too little history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bothhalves.forecast.arithmetic import Floats, exp, log, total

_CYCLES = 8
_LEAST_CYCLES = 2
_LEVELS = (0.1, 0.3, 0.6)
_TRENDS = (0.05, 0.2)
_DAMPING = (0.8, 0.95)


@dataclass(frozen=True, slots=True)
class Panel:
    """Series of equal length: ``values`` (series, steps), none below zero. ``season`` is how many steps make
    a cycle (7 days of a week), ``periods`` the number of the calendar period (month) of each step and of the
    one after the last."""

    values: Floats
    season: int
    periods: NDArray[np.int64]

    @property
    def steps(self) -> int:
        return int(self.values.shape[1])


Method = Callable[[Panel, Sequence[int]], Floats]


def last_value(panel: Panel, horizons: Sequence[int]) -> Floats:
    """Tomorrow is as today."""
    return np.repeat(panel.values[:, :, None], len(horizons), axis=2)


def mean_of_periods(panel: Panel, horizons: Sequence[int]) -> Floats:
    """The mean per step of the last two periods that are over, or of all steps before one is."""
    sums = np.zeros((panel.values.shape[0], panel.steps + 1))
    sums[:, 1:] = np.add.accumulate(panel.values, axis=1)
    first, after = _last_full(panel.periods)
    means = (sums[:, after] - sums[:, first]) / (after - first)
    return np.repeat(means[:, :, None], len(horizons), axis=2)


def _last_full(periods: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each origin the steps ``[first, after)`` of the last two periods that are over, else of all so far.

    The first period counts as it is: whether the series began within it cannot be seen.
    """
    steps = len(periods) - 1
    starts = [0, *(n for n in range(1, len(periods)) if periods[n] != periods[n - 1])]
    first = np.zeros(steps, dtype=np.int64)
    after = np.arange(1, steps + 1, dtype=np.int64)
    for place in range(1, len(starts)):
        first[starts[place] - 1 :] = starts[max(place - 2, 0)]
        after[starts[place] - 1 :] = starts[place]
    return first, after


def seasonal_naive(panel: Panel, horizons: Sequence[int]) -> Floats:
    """As on the same weekday of the last week."""
    return _same_phase(panel, horizons, 1)


def seasonal_mean(panel: Panel, horizons: Sequence[int]) -> Floats:
    """The mean of the same weekday of the last four weeks."""
    return _same_phase(panel, horizons, 4)


def _same_phase(panel: Panel, horizons: Sequence[int], cycles: int) -> Floats:
    origins = np.arange(panel.steps)
    found = np.full((*panel.values.shape, len(horizons)), np.nan)
    for place, ahead in enumerate(horizons):
        back = [origins + ahead - panel.season * (-(-ahead // panel.season) + n) for n in range(cycles)]
        known = back[-1] >= 0
        parts = np.stack([panel.values[:, steps[known]] for steps in back])
        found[:, known, place] = total(parts, 0) / cycles
    return found


def damped_trend(panel: Panel, horizons: Sequence[int]) -> Floats:
    """Holt's damped trend; at each origin with the constants that were best one step ahead so far."""
    grid = np.array(list(product(_LEVELS, _TRENDS, _DAMPING))).T[:, None, :]
    alpha, beta, phi = grid
    level = np.repeat(panel.values[:, :1], alpha.shape[1], axis=1)
    trend, missed = np.zeros_like(level), np.zeros_like(level)
    damped = _damped(phi, horizons)
    rows = np.arange(panel.values.shape[0])
    found = np.empty((*panel.values.shape, len(horizons)))
    for step in range(panel.steps):
        if step:
            ahead = level + phi * trend
            error = panel.values[:, step : step + 1] - ahead
            missed = missed + np.abs(error)
            level, old = ahead + alpha * error, level
            trend = beta * (level - old) + (1 - beta) * (phi * trend)
        best = np.argmin(missed, axis=1)
        found[:, step] = level[rows, best][:, None] + trend[rows, best][:, None] * damped[best]
    return np.maximum(found, 0)


def _damped(phi: Floats, horizons: Sequence[int]) -> Floats:
    """phi + phi^2 + … up to each horizon, by constants and horizon."""
    power, so_far = np.ones_like(phi[0]), np.zeros_like(phi[0])
    sums = []
    for _ in range(max(horizons)):
        power = power * phi[0]
        so_far = so_far + power
        sums.append(so_far)
    return np.stack([sums[ahead - 1] for ahead in horizons], axis=1)


def log_linear(panel: Panel, horizons: Sequence[int]) -> Floats:
    """A straight line through logarithms with an effect of each weekday, over the last whole weeks.

    Least squares on a balanced window: the slope is that within weekdays. NaN where a value is zero.
    """
    season = panel.season
    logs = log(panel.values)
    found = np.full((*panel.values.shape, len(horizons)), np.nan)
    for step in range(_LEAST_CYCLES * season - 1, panel.steps):
        cycles = min(_CYCLES, (step + 1) // season)
        window = logs[:, step + 1 - cycles * season : step + 1].reshape(-1, cycles, season)
        centred = np.arange(cycles) - (cycles - 1) / 2
        means = total(window, 1) / cycles
        within = total(total(window * centred[None, :, None], 1), 1)
        slope = within / (season * season * float(total(centred * centred, 0)))
        for place, ahead in enumerate(horizons):
            cycle, phase = divmod(ahead - 1, season)
            distance = season * ((cycles - 1) / 2 + 1 + cycle)
            found[:, step, place] = means[:, phase] + slope * distance
    return np.where(np.isnan(found), np.nan, exp(found))


#: For days. By name, simplest first: of equals the earlier is taken.
DAILY: Mapping[str, Method] = {
    "last value": last_value,
    "mean of the last two full months": mean_of_periods,
    "same weekday of last week": seasonal_naive,
    "mean of the same weekday, four weeks": seasonal_mean,
    "damped trend": damped_trend,
    "log-linear with weekday": log_linear,
}
#: For months.
MONTHLY: Mapping[str, Method] = {
    "mean of the last two full months": mean_of_periods,
    "last value": last_value,
    "damped trend": damped_trend,
    "same month of last year": seasonal_naive,
}
