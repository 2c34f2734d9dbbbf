"""People who use something on some days only: how likely a day of use is, and how much it then is.

TSB (Teunter, Syntetos and Babai 2011): the probability is updated on every day, on silent ones too, and the
size on days of use. Croston's method updates neither on silent days, so that somebody who left would go on
for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bothhalves.forecast.arithmetic import Floats, total

_PROBABILITY_PACE = 0.1
_SIZE_PACE = 0.2


@dataclass(frozen=True, slots=True)
class Intermittent:
    """By series: the probability of use on a day, and the size of a day of use, after the last step."""

    probability: Floats
    size: Floats

    @property
    def per_step(self) -> Floats:
        """What is expected of a day."""
        return self.probability * self.size


def tsb(
    values: Floats, probability_pace: float = _PROBABILITY_PACE, size_pace: float = _SIZE_PACE
) -> Intermittent:
    """``values`` are (series, steps), none below zero.

    A series starts on its first day of use, at its own means from it on: the share of days with use, and the
    mean size of those. Every day after it updates them.
    """
    used, steps = values > 0, values.shape[1]
    count = used.sum(axis=1)
    first = np.where(count > 0, used.argmax(axis=1), steps)
    probability = count / np.maximum(steps - first, 1)
    size = total(values, 1) / np.maximum(count, 1)
    for step in range(steps):
        now, value, later = used[:, step], values[:, step], step > first
        probability = probability + np.where(later, probability_pace * (now - probability), 0.0)
        size = size + np.where(later & now, size_pace * (value - size), 0.0)
    return Intermittent(probability, size)
