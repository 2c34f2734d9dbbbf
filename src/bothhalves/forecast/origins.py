"""The race: every method's errors at every origin, and which method was the one to choose at each of them.

A choice at an origin knows only errors of forecasts whose day had come by then, so the errors of what was
chosen are those of the whole procedure, and intervals made from them are not flattered by the choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bothhalves.forecast.arithmetic import Floats
from bothhalves.forecast.baselines import Method, Panel


@dataclass(frozen=True, slots=True)
class Race:
    """``forecasts`` are (methods, series, origins, horizons); ``choice`` (series, origins) is the place of
    the method that was the best so far. ``errors``: actual less forecast, NaN where the day has not come."""

    horizons: tuple[int, ...]
    methods: tuple[str, ...]
    forecasts: Floats
    errors: Floats
    choice: NDArray[np.int64]

    @property
    def chosen(self) -> Floats:
        """Forecasts of the chosen method, by series, origin and horizon."""
        return _taken(self.forecasts, self.choice)

    @property
    def chosen_errors(self) -> Floats:
        """Errors of what was chosen at the time."""
        return _taken(self.errors, self.choice)


def race(panel: Panel, horizons: Sequence[int], methods: Mapping[str, Method]) -> Race:
    """Back-test all methods over all origins of all series."""
    forecasts = np.stack([method(panel, horizons) for method in methods.values()])
    errors = np.stack([_actual(panel, ahead) for ahead in horizons], axis=2)[None] - forecasts
    return Race(tuple(horizons), tuple(methods), forecasts, errors, _choice(forecasts, errors, horizons))


def _actual(panel: Panel, ahead: int) -> Floats:
    found = np.full(panel.values.shape, np.nan)
    found[:, : panel.steps - ahead] = panel.values[:, ahead:]
    return found


def _choice(forecasts: Floats, errors: Floats, horizons: Sequence[int]) -> NDArray[np.int64]:
    """The method with the least absolute error so far, relative to that of the first one."""
    scores = np.zeros(errors.shape[:3])
    for place, ahead in enumerate(horizons):
        own, first = np.abs(errors[..., place]), np.abs(errors[0, ..., place])
        both = ~np.isnan(own) & ~np.isnan(first)
        mine = np.add.accumulate(np.where(both, own, 0), axis=2)
        naive = np.add.accumulate(np.where(both, first[None], 0), axis=2)
        known = np.zeros_like(scores)
        known[:, :, ahead:] = _relative(mine, naive)[:, :, :-ahead]
        known[:, :, :ahead] = 1
        scores = scores + known
    usable = ~np.isnan(forecasts).any(axis=3)
    best: NDArray[np.int64] = np.argmin(np.where(usable, scores, np.inf), axis=0).astype(np.int64)
    return best


def _relative(mine: Floats, naive: Floats) -> Floats:
    safe = np.where(naive > 0, naive, 1)
    return np.where(naive > 0, mine / safe, np.where(mine > 0, np.inf, 1.0))


def _taken(found: Floats, choice: NDArray[np.int64]) -> Floats:
    taken: Floats = np.take_along_axis(found, choice[None, :, :, None], axis=0)[0]
    return taken
