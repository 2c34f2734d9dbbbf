"""The least cost between amounts whose costs are known, where no formula tells it.

A cost bends both ways where months have minimums or unused money lives on, so that the amount below the least
listed one may not be near it. But it falls and rises by no more than a slope tells: between two amounts it
cannot lie below where the steepest lines from both meet (Piyavskii, 1972). The stretch that may hold the
least is split first.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import floor

Cost = Callable[[int], Fraction]
#: Slopes are followed so often at most, each time at two amounts.
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """Amounts in order, among which a cost falls by no more than ``fall`` and rises by no more than ``rise``
    for each unit of amount."""

    amounts: Sequence[int]
    fall: Fraction
    rise: Fraction

    def meet(self, low: int, high: int, cost: Cost) -> tuple[Fraction, int]:
        """No amount between the two costs less than this; and where that could be."""
        steep = self.fall + self.rise
        at_low, at_high = cost(low), cost(high)
        if not steep:
            return min(at_low, at_high), low
        place = low + (at_low - at_high + self.rise * (high - low)) / steep
        return at_low - self.fall * (place - low), min(max(floor(place), low + 1), high - 1)


def least_of(rows: Sequence[Row], cost: Cost, splits: int) -> int:
    """The amount of the least cost, around the least of the rows and after so many splits; the smallest of
    equals. ``cost`` is cheap where it was asked for before."""
    own = [list(row.amounts) for row in rows]
    best = _around(own, cost)
    heap = [
        (*row.meet(low, high, cost), low, high, number)
        for number, row in enumerate(rows)
        for low, high in pairwise(own[number])
        if high - low > 1
    ]
    heapify(heap)
    while heap and splits and heap[0][0] < cost(best):
        _, middle, low, high, number = heappop(heap)
        splits -= 1
        insort(own[number], middle)
        best = min(best, middle, key=cost)
        for begin, end in ((low, middle), (middle, high)):
            if end - begin > 1:
                heappush(heap, (*rows[number].meet(begin, end, cost), begin, end, number))
    return _around(own, cost)


def _around(rows: Sequence[list[int]], cost: Cost) -> int:
    """The least around the least of all that is listed; it is added to them."""
    own = min(rows, key=lambda amounts: min(map(cost, amounts)))
    amount = near(own, min(own, key=cost), cost)[0]
    if amount not in own:
        insort(own, amount)
    return amount


def near(listed: Sequence[int], best: int, cost: Cost, most: int = ROUNDS) -> tuple[int, int]:
    """The amount of the least cost between the best one and its neighbours, and the rounds that it took."""
    place, found, taken = bisect_left(listed, best), [best], 0
    for low, high in ((best, listed[min(place + 1, len(listed) - 1)]), (listed[max(place - 1, 0)], best)):
        if taken < most:
            amount, rounds = lowest(cost, low, high, most - taken)
            found.append(amount)
            taken += rounds
    return min(found, key=lambda n: (cost(n), n)), taken


def lowest(cost: Cost, low: int, high: int, most: int = ROUNDS) -> tuple[int, int]:
    """Of the amounts from ``low`` to ``high`` the least one of the least cost, if slopes only rise: where the
    straight lines at both ends meet is a kink, or else a nearer end. After ``most`` rounds, the better end.
    Second, how many rounds it took, that of the ends included."""
    rounds = 0
    while high - low > 1 and rounds < most:
        rounds += 1
        rise = cost(low + 1) - cost(low)
        if rise > 0:
            return low, rounds
        fall = cost(high) - cost(high - 1)
        if fall < 0:
            return high, rounds
        if rise == fall and cost(low) <= cost(high):
            return low, rounds
        # Not every flat stretch is the lowest one: minimums and fees bend the cost both ways.
        meet = low + floor((cost(high) - cost(low) - fall * (high - low)) / (rise - fall or 1))
        # Lines that hardly turn are halved, or many kinks would be gone through one by one.
        middle = (low + high) // 2 if rounds % 3 == 0 else min(max(meet, low + 1), high - 1)
        if cost(middle + 1) < cost(middle):
            low = middle
        else:
            high = middle
    return (low if cost(low) <= cost(high) else high), rounds
