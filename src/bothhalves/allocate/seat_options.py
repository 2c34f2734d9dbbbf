"""The ways to pay for each type of seat, their combinations, and what each combination must cost at least.

A type is closed, or paid at one of its levels: the base price with its minimum, or a price break and its
count. With one level for each type the problem is convex, so the least over all combinations is the least of
all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.seat_terms import MOST, Flags, SeatType, Whole

#: More than any sum: the cost of a combination that cannot be.
NEVER = 4 * MOST
#: Combinations that are held at once.
MOST_COMBINATIONS = 1 << 20

_MANY = "{} combinations of open seat types and price breaks are too many; at most {} are weighed"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to pay: ``fee`` for at least ``fewest`` seats; the cheapest for ``first`` to ``last`` people.

    Closed is an option for nobody: ``last`` is 0.
    """

    fewest: int
    fee: int
    first: int
    last: int
    closed: bool = False

    def least(self, charge: int) -> int:
        """The least of what is paid less ``charge`` from each person, over the counts this option is for.

        It is convex in the count, so the ends and the kink are enough.
        """
        kink = min(max(self.fewest, self.first), self.last)
        counts = (self.first, kink, self.last)
        return min(self.fee * max(count, self.fewest) - charge * count for count in counts)


def options(seat: SeatType, most: int) -> tuple[Option, ...]:
    """The options of a type that at most so many people may hold, with the counts each is cheapest for."""
    levels = sorted(set(seat.levels))
    closable = seat.optional and levels[0][0] > 0
    starts: list[tuple[int, tuple[int, int]]] = []
    for level in levels:
        start = 1 if closable else 0
        while starts:
            start = _overtakes(starts[-1][1], level)
            if start > starts[-1][0]:
                break
            start, _ = starts.pop()
        if start <= most:
            starts.append((start, level))
    ends = [start - 1 for start, _ in starts[1:]] + [most]
    found = [Option(*level, start, end) for (start, level), end in zip(starts, ends, strict=bool(starts))]
    return (Option(0, 0, 0, 0, closed=True), *found) if closable else tuple(found)


def _overtakes(lower: tuple[int, int], higher: tuple[int, int]) -> int:
    """The count from which the higher of two levels costs no more than the lower."""
    (fewest, fee), (_, _) = lower, higher
    least = higher[0] * higher[1]
    if fee <= higher[1]:
        return NEVER
    return 0 if least <= fewest * fee else -(-least // fee)


class Menu:
    """All combinations of options, and the greatest lower bound that is known of each."""

    def __init__(self, seats: tuple[SeatType, ...], most: list[int]) -> None:
        self.options = [options(seat, count) for seat, count in zip(seats, most, strict=True)]
        sizes = [len(found) for found in self.options]
        if math.prod(sizes) > MOST_COMBINATIONS:
            raise ValueError(_MANY.format(math.prod(sizes), MOST_COMBINATIONS))
        every = np.indices(sizes).reshape(len(sizes), math.prod(sizes))
        self.rows: Whole = every.T.astype(np.int64)
        self.closed: Flags = np.zeros(self.rows.shape, np.bool_)
        for column, found in enumerate(self.options):
            self.closed[:, column] = np.array([o.closed for o in found])[self.rows[:, column]]
        self.bounds: Whole = np.full(len(self.rows), -NEVER // 2, np.int64)

    def chosen(self, row: int) -> tuple[Option, ...]:
        """The option of each type in a combination."""
        return tuple(found[at] for found, at in zip(self.options, self.rows[row], strict=True))

    def tighten(self, closed: Flags, charges: list[int], least: int | None) -> None:
        """Uses the least cost of everyone's paths where holders of each seat are charged so much.

        ``closed`` types were open to nobody in that sum, so it bounds the combinations that close them too.
        ``least`` None: some people have no path left.
        """
        fits = ~(closed & ~self.closed).any(axis=1)
        if least is None:
            self.bounds[fits] = NEVER
            return
        bounds = np.full(int(fits.sum()), least, np.int64)
        for column, found in enumerate(self.options):
            if not closed[column]:
                rests = np.array([option.least(charges[column]) for option in found], np.int64)
                bounds += rests[self.rows[fits, column]]
        self.bounds[fits] = np.maximum(self.bounds[fits], bounds)
