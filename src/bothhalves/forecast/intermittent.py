"""People who use something on some days only: how likely a day of use is, and how much it then is.

TSB (Teunter, Syntetos and Babai 2011): the probability is updated on every day, on silent ones too, and the
size on days of use. Croston's method updates neither on silent days, so that somebody who left would go on
for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bothhalves.forecast.arithmetic import Floats

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
    """``values`` are (series, steps), none below zero. They start at their own means."""
    used = values > 0
    count = used.sum(axis=1)
    probability = np.where(count > 0, 1.0, 0.0)
    size = np.zeros(len(values))
    for step in range(values.shape[1]):
        now, value = used[:, step], values[:, step]
        seen = size > 0
        started = np.where(
            seen, probability + probability_pace * (now - probability), np.where(now, 1.0, 0.0)
        )
        probability = started
        size = np.where(now, np.where(seen, size + size_pace * (value - size), value), size)
    return Intermittent(probability, size)
