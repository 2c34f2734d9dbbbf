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

from bothhalves.allocate.band_program import BandProgram
from bothhalves.allocate.bill import Totals
from bothhalves.allocate.cells import MICRO
from bothhalves.allocate.model import Floats, Ints, SeatType

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

    def turn(self, own: Ints, taken: int) -> None:
        """Of changes: a unit, to which the places ``own`` belong, took one of them; what it had is there."""
        for rows in (self.cost, self.burn, self.credited, self.held, self.used, *self.pooled.values()):
            step = rows[taken].copy()
            rows[own] -= step
            rows[taken] = -step

    def at(self, place: int) -> _Sums:
        return self.each(lambda rows: rows[place : place + 1])


@dataclass(eq=False)
class Polish:
    """Exchanges among the cells of a program's free units, at an amount signed (dollars).

    ``rank`` is by how much each cell costs more than its unit's cheapest, at prices; of the cells those of
    the lowest rank take part. Scenarios that surely lie beyond a limit, or within, are linear: they are in
    the cost of each cell. With a weight on risk, and where pools count toward the commitment or credits may
    be left over, every scenario is looked at.
    """

    program: BandProgram
    payable: float
    rank: Floats

    def __post_init__(self) -> None:
        program = self.program
        self.problem, self.band, self.cells = program.problem, program.band, program.free
        self.chance, self._kinds = program.chance, range(len(program.problem.seats))
        every = np.arange(program.scenarios)
        self._is_short = program.full_credit and not self.problem.risk
        self._is_short &= not any(seat.overage_counts for seat in self.problem.seats)
        over = program.over
        self._pools = [n for n in self._kinds if len(over[n].open) or over[n].sure.any()]
        self._open = {n: over[n].open if self._is_short else every for n in self._pools}
        self._beyond = program.burn.open if self._is_short else every
        self._slopes = np.array([self._slope(n) for n in self._kinds])
        self._parts = self._of_cells()

    def _slope(self, place: int) -> float:
        """What a holder takes off in the scenarios that are linear, in dollars."""
        if not self._is_short:
            return 0.0
        seat, over = self.problem.seats[place], self.program.over[place]
        saved = (seat.allowance or 0) * over.sure.sum() + seat.credit * self.program.burn.sure.sum()
        return -float(saved) / MICRO

    def _linear(self, cost: Floats, burn: Floats, pooled: dict[int, Floats]) -> Floats:
        """Cost outside the limits: expected, with the scenarios that are linear; or by scenario."""
        if not self._is_short:
            return cost
        found = cost @ self.chance + burn @ self.program.burn.sure
        for n, drawn in pooled.items():
            found = found + drawn @ self.program.over[n].sure
        return np.asarray(found[:, None])

    def _of_cells(self) -> _Sums:
        cells = self.cells

        def counted(kind: Ints, weights: Floats | float, count: int) -> Floats:
            found = np.zeros((len(kind), count))
            for n in range(count):
                found[:, n] = (kind == n) * weights
            return found

        pooled = {n: np.where((cells.seat == n)[:, None], cells.pooled, 0.0) for n in self._pools}
        none = np.zeros((len(cells.unit), 0))
        return _Sums(
            self._linear(cells.cost, cells.burn, pooled),
            cells.burn[:, self._beyond],
            none if self._is_short else cells.burn * cells.credited[:, None],
            counted(cells.seat, cells.people, len(self._kinds)),
            counted(cells.tool, 1.0, len(self.problem.tools)),
            {n: drawn[:, self._open[n]] for n, drawn in pooled.items()},
        )

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
                    changes.turn(np.flatnonzero(units == units[cell]), cell)
            first = (first + 1) % len(places)
        return after

    def no_dearer(self, found: Totals, taken: Ints, tolerance: float) -> Ints:
        """Cells that units could take instead, one after the other, none of which made it dearer by more than
        ``tolerance`` dollars."""
        places = np.flatnonzero(taken[self.cells.unit] != np.arange(len(self.cells.unit)))
        changes = self._changes(places, taken[self.cells.unit[places]])
        state = self._state(found)
        cost = float(self._priced(state)[0])
        dearer = self._priced(state.plus(changes)) - cost
        found_places = []
        for place in np.argsort(dearer, kind="stable"):
            after = state.plus(changes.at(place))
            then = float(self._priced(after)[0])
            if then <= cost + tolerance:
                state, cost = after, then
                found_places.append(places[place])
        return np.array(found_places, dtype=np.int64)

    def _candidates(self, taken: Ints) -> Ints:
        now = taken[self.cells.unit]
        others = np.flatnonzero(now != np.arange(len(now)))
        farthest = np.maximum(self.rank[others], self.rank[now[others]])
        return np.sort(others[np.argsort(farthest, kind="stable")[:_MOST]])

    def _changes(self, places: Ints, before: Ints) -> _Sums:
        """What it changes if a unit takes one cell instead of another, for many."""
        return self._parts.each(lambda rows: rows[places] - rows[before])

    def _state(self, found: Totals) -> _Sums:
        def row(values: object) -> Floats:
            return np.array([values], dtype=np.float64) / MICRO

        cost = row([sum(part) for part in zip(*found.cost, strict=True)])
        burn, pooled = row(found.burn), {n: row(found.pooled[n]) for n in self._pools}
        return _Sums(
            self._linear(cost, burn, pooled),
            burn[:, self._beyond],
            np.zeros((1, 0)) if self._is_short else row(found.credited),
            row(found.held) * MICRO,
            row(found.used) * MICRO,
            {n: drawn[:, self._open[n]] for n, drawn in pooled.items()},
        )

    def _priced(self, sums: _Sums) -> Floats:
        """The objective of each choice, in dollars, at the amount signed."""
        problem, burn, outside = self.problem, sums.burn, sums.cost
        covered = float(self.band.covers(Fraction(self.payable) * 10**6)) / MICRO
        linear = float(self.program.burn.sure.sum()) if self._is_short else 0.0
        fixed = self.payable - covered * linear + sums.held @ self._slopes
        for n, seat in enumerate(problem.seats):
            fixed = fixed + self._billed(seat, sums.held[:, n])
        for n, tool in enumerate(problem.tools):
            fixed = fixed + (sums.used[:, n] > 0.5) * (tool.cost / MICRO)
        over = {n: self._over(n, sums) for n in sums.pooled}
        for n, more in over.items():
            if problem.seats[n].overage_counts:
                burn = burn + more
        beyond = float(self.band.beyond) * np.maximum(burn - self._displaced(sums) - covered, 0.0)
        paid = {n: more for n, more in over.items() if not problem.seats[n].overage_counts}
        if self._is_short:
            found = fixed + outside[:, 0] + beyond @ self.chance[self._beyond]
            for n, more in paid.items():
                found = found + more @ self.chance[self._open[n]]
            return np.asarray(found)
        scenarios = outside + beyond + sum(paid.values())
        found = fixed + scenarios @ self.chance
        if problem.risk:
            tail = _dearest(scenarios, self.chance, float(problem.level))
            found = found + float(problem.risk) * (fixed + tail)
        return np.asarray(found)

    def _over(self, place: int, sums: _Sums) -> Floats:
        """What use beyond a pool costs, by scenario."""
        seat = self.problem.seats[place]
        allowance = (seat.allowance or 0) / MICRO * sums.held[:, place]
        return np.asarray(float(seat.overage) * np.maximum(sums.pooled[place] - allowance[:, None], 0.0))

    def _displaced(self, sums: _Sums) -> Floats:
        """What credits take off the use that counts, by scenario."""
        brought = np.zeros(len(sums.held))
        for n, seat in enumerate(self.problem.seats):
            brought = brought + np.minimum(seat.credit / MICRO * sums.held[:, n], seat.credit_cap / MICRO)
        return brought[:, None] if self._is_short else np.minimum(brought[:, None], sums.credited)

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
