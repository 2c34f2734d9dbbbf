"""What is expected of people who use something now and then, from each one's own days."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from bothhalves.forecast.intermittent import tsb

#: Chances are in millionths.
_UNIT = 1_000_000


def expected_days(rows: Sequence[Sequence[int]], days: int) -> Fraction:
    """How many days of use ``days`` days will see of all people; ``rows`` is a person's use by day."""
    if not rows:
        return Fraction(0)
    found = tsb(np.array(rows, dtype=np.float64))
    chances = [int(np.rint(p * _UNIT)) for p in found.probability]
    return Fraction(sum(chances) * days, _UNIT)
