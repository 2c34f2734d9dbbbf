"""What is known of a number that differs by scenario: its ends, quantiles, and the mean of its worst part.

All of it is exact: values are compared and added as they are, chances are whole-number weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm
from typing import TypeVar

from bothhalves.core.deal.outlook import Scenario

Number = int | Fraction
T = TypeVar("T")

#: The part of scenarios of which the worst are the tail.
TAIL = Fraction(9, 10)
LEVELS = (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))


def weights_of(scenarios: Sequence[Scenario]) -> tuple[int, ...]:
    """Chances as whole numbers in proportion; all alike where nobody can say how likely each is."""
    chances = [s.chance if s.chance is not None else Fraction(1) for s in scenarios]
    scale = lcm(*(c.denominator for c in chances))
    return tuple(int(c * scale) for c in chances)


@dataclass(frozen=True, slots=True)
class Spread:
    """P10, P50 and P90 of a number: the smallest value that so many of the chances do not exceed."""

    low: Fraction
    middle: Fraction
    high: Fraction


def ranked(items: Sequence[T], weights: Sequence[int], key: Callable[[T], Number]) -> tuple[T, T, T]:
    """The items at P10, P50 and P90 of ``key``."""
    order = sorted(range(len(items)), key=lambda n: key(items[n]))
    whole, reached, found = sum(weights), 0, list[T]()
    marks = [ceil(level * whole) for level in LEVELS]
    for place in order:
        reached += weights[place]
        while len(found) < len(marks) and reached >= marks[len(found)]:
            found.append(items[place])
    return found[0], found[1], found[2]


def spread(values: Sequence[Number], weights: Sequence[int], scale: int = 1) -> Spread:
    """The spread of values that are held times ``scale``."""
    return Spread(*(Fraction(v) / scale for v in ranked(values, weights, lambda v: v)))


def tail_mean(values: Sequence[Number], weights: Sequence[int], level: Fraction = TAIL) -> Fraction:
    """The mean of the largest ``1 - level`` of values: min over z of z + E[(v - z)+] / (1 - level).

    Rockafellar and Uryasev (2000), "Optimization of conditional value-at-risk": the least z is the quantile.
    """
    whole = sum(weights)
    order = sorted(range(len(values)), key=lambda n: values[n])
    reached, mark = 0, ceil(level * whole)
    for place in order:
        reached += weights[place]
        if reached >= mark:
            break
    least = values[place]
    excess = sum(w * max(v - least, 0) for v, w in zip(values, weights, strict=True))
    return least + Fraction(excess) / whole / (1 - level)
