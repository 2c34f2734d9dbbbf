"""A choice made better by small exchanges: two of the nearly tied change their options at a time.

Where many scenarios lie at a limit at once, rounding a program's solution misses each by a little, and a
mixed-integer program takes long to find what fits. Floating point decides; the bill is worked out exactly
afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bothhalves.allocate.bill import Totals
from bothhalves.allocate.cells import MICRO, Cells
from bothhalves.allocate.model import Band, Floats, Ints, Problem, SeatType

#: Options looked at together, those that cost least more than a unit's first.
_MOST = 600


@dataclass(frozen=True, eq=False)
class _Sums:
    """What shared terms need to know, for many choices at once: by choice and scenario, ``pooled`` by seat
    type that has a pool, choice and scenario; ``held`` and ``used`` by choice and seat type or tool. In
    dollars and seats."""

    cost: Floats
    burn: Floats
    credited: Floats
    held: Floats
    used: Floats
    pooled: dict[int, Floats]

    def each(self, change: Callable[[Floats], Floats]) -> _Sums:
        """The same change made to all of them."""
        pooled = {n: change(rows) for n, rows in self.pooled.items()}
        return _Sums(
            change(self.cost),
            change(self.burn),
            change(self.credited),
            change(self.held),
            change(self.used),
            pooled,
        )

    def plus(self, other: _Sums) -> _Sums:
        pooled = {n: rows + other.pooled[n] for n, rows in self.pooled.items()}
        return _Sums(
            self.cost + other.cost,
            self.burn + other.burn,
            self.credited + other.credited,
            self.held + other.held,
            self.used + other.used,
            pooled,
        )

    def at(self, place: int) -> _Sums:
        return self.each(lambda rows: rows[place : place + 1])


@dataclass(eq=False)
class Polish:
    """Exchanges among the ``cells`` of free units under a band at an amount signed (dollars).

    ``rank`` is by how much each cell costs more than its unit's cheapest, at prices; of the cells those of
    the lowest rank take part.
    """

    problem: Problem
    band: Band
    payable: float
    cells: Cells
    rank: Floats

    def __post_init__(self) -> None:
        self.chance = np.array([float(p) for p in self.problem.probability])
        self._pools = [
            n for n in range(len(self.problem.seats)) if self.cells.pooled[self.cells.seat == n].any()
        ]

    def better(self, found: Totals, taken: Ints, until: float, enough: float) -> Ints:
        """The cells that units take after exchanges none of which made it dearer.

        ``found`` are the totals of everything with the cells ``taken``. It ends at a cost of ``enough``
        dollars, when no exchange is worth anything, or at a time.
        """
        after = taken.copy()
        places = self._candidates(taken)
        units = self.cells.unit[places]
        changes = self._changes(places, after[units])
        state = self._state(found)
        cost = float(self._priced(state)[0])
        last = len(places)
        first = 0
        while last and cost > enough and time.monotonic() < until:
            last -= 1
            alone = state.plus(changes.at(first))
            costs = self._priced(alone.plus(changes))
            costs[units == units[first]] = self._priced(alone)[0]
            second = int(costs.argmin())
            if costs[second] < cost - 1e-7:
                cost, last = float(costs[second]), len(places)
                for cell in {int(units[n]): n for n in (second, first)}.values():
                    state = state.plus(changes.at(cell))
                    after[units[cell]], places[cell] = places[cell], after[units[cell]]
                changes = self._changes(places, after[units])
            first = (first + 1) % len(places)
        return after

    def alone(self, found: Totals, taken: Ints) -> tuple[Ints, Floats]:
        """Every cell that a unit does not take, and by how much it would be dearer if it did, in dollars."""
        places = np.flatnonzero(taken[self.cells.unit] != np.arange(len(self.cells.unit)))
        state = self._state(found)
        changes = self._changes(places, taken[self.cells.unit[places]])
        return places, self._priced(state.plus(changes)) - self._priced(state)

    def _candidates(self, taken: Ints) -> Ints:
        others = np.flatnonzero(taken[self.cells.unit] != np.arange(len(self.cells.unit)))
        order = np.argsort(
            np.maximum(self.rank[others], self.rank[taken[self.cells.unit[others]]]), kind="stable"
        )
        return np.sort(others[order[:_MOST]])

    def _changes(self, places: Ints, before: Ints) -> _Sums:
        """What it changes if a unit takes one cell instead of another, for many."""
        cells, kinds = self.cells, range(len(self.problem.seats))

        def change(values: Floats) -> Floats:
            return np.asarray(values[places] - values[before])

        def counted(kind: Ints, weights: Floats | float, count: int) -> Floats:
            found = np.zeros((len(places), count))
            for n in range(count):
                found[:, n] = change((kind == n) * weights)
            return found

        pooled = {n: change(np.where((cells.seat == n)[:, None], cells.pooled, 0.0)) for n in self._pools}
        return _Sums(
            change(cells.cost),
            change(cells.burn),
            change(cells.burn * cells.credited[:, None]),
            counted(cells.seat, cells.people, len(kinds)),
            counted(cells.tool, 1.0, len(self.problem.tools)),
            pooled,
        )

    def _state(self, found: Totals) -> _Sums:
        def row(values: object) -> Floats:
            return np.array([values], dtype=np.float64) / MICRO

        cost = row([sum(part) for part in zip(*found.cost, strict=True)])
        pooled = {n: row(found.pooled[n]) for n in self._pools}
        held, used = row(found.held) * MICRO, row(found.used) * MICRO
        return _Sums(cost, row(found.burn), row(found.credited), held, used, pooled)

    def _priced(self, sums: _Sums) -> Floats:
        """The objective of each choice, in dollars, at the amount signed."""
        problem, burn, outside = self.problem, sums.burn, sums.cost
        fixed, brought = np.full(len(burn), self.payable), np.zeros(len(burn))
        for n, seat in enumerate(problem.seats):
            held = sums.held[:, n]
            fixed = fixed + self._billed(seat, held)
            brought = brought + np.minimum(seat.credit / MICRO * held, seat.credit_cap / MICRO)
            if n in sums.pooled:
                allowance = (seat.allowance or 0) / MICRO * held
                over = float(seat.overage) * np.maximum(sums.pooled[n] - allowance[:, None], 0.0)
                burn, outside = (burn + over, outside) if seat.overage_counts else (burn, outside + over)
        for n, tool in enumerate(problem.tools):
            fixed = fixed + (sums.used[:, n] > 0.5) * (tool.cost / MICRO)
        if brought.any():
            burn = burn - np.minimum(brought[:, None], sums.credited)
        beyond = np.maximum(burn - float(self.band.covers(Fraction(self.payable) * 10**6)) / MICRO, 0.0)
        scenarios = outside + float(self.band.beyond) * beyond
        found = fixed + scenarios @ self.chance
        if problem.risk:
            tail = _dearest(scenarios, self.chance, float(problem.level))
            found = found + float(problem.risk) * (fixed + tail)
        return np.asarray(found)

    @staticmethod
    def _billed(seat: SeatType, held: Floats) -> Floats:
        """What seats cost, in dollars; infinite where so many are not sold."""
        billed = np.min([fee / MICRO * np.maximum(held, least) for fee, least in seat.steps], axis=0)
        if seat.optional:
            billed = np.where(held == 0, 0.0, billed)
        return billed if seat.most is None else np.where(held > seat.most, np.inf, billed)


def _dearest(costs: Floats, chance: Floats, level: float) -> Floats:
    """The mean of the dearest scenarios of each choice."""
    order = np.argsort(-costs, axis=1)
    weights = np.minimum(np.cumsum(chance[order], axis=1), 1.0 - level)
    taken = np.diff(weights, axis=1, prepend=0.0)
    return np.asarray((np.take_along_axis(costs, order, axis=1) * taken).sum(axis=1) / (1.0 - level))
