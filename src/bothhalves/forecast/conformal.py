"""Split conformal intervals from errors that were really made, and the level that they can support.

The half-width is the k-th smallest of n absolute errors, k = ceil((n + 1) c) for the level c (Vovk, Gammerman
and Shafer 2005; Lei et al. 2018). If k is above n, the level is not attainable: n errors support n / (n + 1)
at most. Errors of forecasts that overlap tell of the same days, so those of ``ahead`` steps are taken in
``ahead`` sets that do not overlap, and what is said of the level is said of one such set.

Use grows, and errors with it: they are compared as shares of what was forecast. Where an interval missed more
often than its level allows, the next ones are wider, and narrower where it missed less (adaptive conformal
inference, Gibbs and Candès 2021); a level that is not attainable is never stated for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np

from bothhalves.forecast.arithmetic import Floats, ceiling, total

#: With fewer errors there is no interval, only what was seen.
LEAST_ERRORS = 4
#: How fast a level is adapted to what it missed.
_PACE = Fraction(1, 50)
#: A share of next to nothing says little: no half-width is above so many times the largest error.
_MOST_TIMES = 2.0
Score = TypeVar("Score", int, float, Fraction)


@dataclass(frozen=True, slots=True)
class NotAttainable:
    """``errors`` errors do not support the level that was asked for; ``highest`` is the most they do."""

    asked: Fraction
    errors: int

    @property
    def highest(self) -> Fraction | None:
        """None: with fewer than four errors no level is stated at all."""
        return highest(self.errors)


def rank(errors: int, level: Fraction) -> int:
    """Which of the errors, smallest first, is the half-width; above ``errors``: the level is not attained."""
    return ceiling((errors + 1) * level)


def highest(errors: int) -> Fraction | None:
    """The highest level that so many errors support; None if they are too few to state any."""
    return Fraction(errors, errors + 1) if errors >= LEAST_ERRORS else None


def half_width(errors: Sequence[Score], level: Fraction) -> Score | NotAttainable:
    """The half-width at ``level`` of absolute ``errors``, which do not overlap."""
    place = rank(len(errors), level)
    if place > len(errors) or highest(len(errors)) is None:
        return NotAttainable(level, len(errors))
    return sorted(errors)[place - 1]


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high`` around a forecast, in whole micro-units, never below zero.

    ``level`` is the one that is stated, k / (n + 1); None: nothing but the range of what was seen so far.
    It is below ``asked`` where ``errors`` errors that do not overlap cannot support that. ``place`` is which
    of them, smallest first, is the half-width: the k-th, or another one where intervals so far held more or
    less often than they stated; 0: none.
    """

    ahead: int
    forecast: int
    low: int
    high: int
    level: Fraction | None
    asked: Fraction
    errors: int
    place: int = 0

    @property
    def is_attained(self) -> bool:
        return self.level is not None and self.level >= self.asked


@dataclass(frozen=True, slots=True)
class Calibration:
    """Intervals of one series and horizon at every origin: their half-widths, stated levels and the places of
    the errors that are the half-widths (NaN: none).

    ``hits`` is 1 where the interval held what came, 0 where it did not, NaN where that is not known.
    """

    widths: Floats
    levels: Floats
    places: Floats
    hits: Floats


def calibrated(
    forecasts: Floats, errors: Floats, ahead: int, asked: Fraction, strict: bool = True
) -> Calibration:
    """The intervals that would have been given at each origin, from what was known at it.

    ``forecasts`` and ``errors`` are those of one series and horizon, by origin. ``strict``: none where the
    level is not attainable; otherwise the highest one that is, from four errors on.
    """
    missed, scales = np.abs(errors), np.maximum(np.nan_to_num(forecasts), 1.0)
    most = np.maximum.accumulate(np.nan_to_num(missed))
    found = Calibration(*(np.full(len(forecasts), np.nan) for _ in range(4)))
    spared = 1 - asked
    for origin in range(ahead, len(forecasts)):
        last = origin - ahead
        spared = _adapted(spared, float(found.hits[last]), asked)
        sets = (last + 1) // ahead
        level = _level(sets, asked, strict)
        if level is None or np.isnan(forecasts[origin]):
            continue
        place = _place(sets, spared if level == asked else Fraction(0))
        shares = missed[last + 1 - sets * ahead : last + 1] / scales[last + 1 - sets * ahead : last + 1]
        width = _width(shares.reshape(sets, ahead), place) * scales[origin]
        found.widths[origin] = min(width, float(most[last]) * _MOST_TIMES)
        found.levels[origin] = rank(sets, level) / (sets + 1)
        found.places[origin] = place
        if not np.isnan(missed[origin]):
            found.hits[origin] = float(missed[origin] <= found.widths[origin])
    return found


def _adapted(spared: Fraction, hit: float, asked: Fraction) -> Fraction:
    """The share that intervals may miss, after one more of them held (1), missed (0) or was none (NaN)."""
    return spared if np.isnan(hit) else spared + _PACE * (int(hit) - asked)


def _place(sets: int, spared: Fraction) -> int:
    """Which error counts once the share that may be missed is adapted; ``spared`` 0: the largest."""
    return min(max(rank(sets, 1 - min(spared, Fraction(1))), 1), sets)


def _width(shares: Floats, place: int) -> float:
    """The mean of the half-widths that each set (a column of ``shares``) gives."""
    chosen: Floats = np.sort(shares, axis=0)[place - 1]
    return float(total(chosen, 0)) / len(chosen)


def _level(sets: int, asked: Fraction, strict: bool) -> Fraction | None:
    most = highest(sets)
    if most is None or (strict and rank(sets, asked) > sets):
        return None
    return min(asked, most)


def interval(values: Floats, forecasts: Floats, errors: Floats, ahead: int, asked: Fraction) -> Interval:
    """The interval at the last origin: at the level asked for, at the highest attainable one, or what was
    seen so far where there are fewer than four errors that do not overlap."""
    found = calibrated(forecasts, errors, ahead, asked, strict=False)
    sets = max(len(values) - ahead, 0) // ahead
    level = _level(sets, asked, strict=False)
    middle = int(np.rint(forecasts[-1]))
    if level is None:
        seen = int(np.rint(values.min())), int(np.rint(values.max()))
        return Interval(ahead, middle, min(seen[0], middle), max(seen[1], middle), None, asked, sets)
    width = int(np.rint(found.widths[-1]))
    stated = Fraction(rank(sets, level), sets + 1)
    place = int(found.places[-1])
    return Interval(ahead, middle, max(middle - width, 0), middle + width, stated, asked, sets, place)
