"""A choice made better by small exchanges: two of the nearly tied change their options at a time.

Where many scenarios lie at a limit at once, rounding a program's solution misses each by a little, and a
mixed-integer program takes long to find what fits. Floating point decides; the bill is worked out exactly
afterwards.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from bothhalves.allocate.band_program import BandProgram
from bothhalves.allocate.bill import Totals
from bothhalves.allocate.cells import MICRO
from bothhalves.allocate.model import Floats, Ints, SeatType

#: Options looked at together, those that cost least more than a unit's first.
_MOST = 600


@dataclass(frozen=True, eq=False)
class _Places:
    """Where the columns of sums stand: what shared terms need to know of a choice, in dollars and seats.

    ``cost`` and what counts as ``burn`` by scenario, ``credited`` of it; ``held`` by seat type, ``used`` by
    tool; ``pooled`` by seat type that has a pool, and scenario.
    """

    cost: slice
    burn: slice
    credited: slice
    held: slice
    used: slice
    pooled: dict[int, slice]


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
        self._is_short = program.is_ample and not self.problem.risk
        self._is_short &= not any(seat.overage_counts for seat in self.problem.seats)
        over = program.over
        self._pools = [n for n in self._kinds if len(over[n].open) or over[n].sure.any()]
        self._open = {n: over[n].open if self._is_short else every for n in self._pools}
        self._beyond = program.burn.open if self._is_short else every
        self._slopes = np.array([self._slope(n) for n in self._kinds])
        self._fees = [_Fees.of(seat) for seat in self.problem.seats]
        self._covered = float(self.band.covers(Fraction(self.payable) * 10**6)) / MICRO
        self._sure = float(program.burn.sure.sum()) if self._is_short else 0.0
        #: What the amount signed costs, less what it covers in the scenarios that are linear.
        self._outside = self.payable - self._covered * self._sure
        self._places, self._parts = self._of_cells()

    def _slope(self, place: int) -> float:
        """What a holder takes off in the scenarios that are linear, in dollars."""
        if not self._is_short:
            return 0.0
        seat, over = self.problem.seats[place], self.program.over[place]
        return -float((seat.allowance or 0) * over.sure.sum()) / MICRO

    def _linear(self, cost: Floats, burn: Floats, pooled: dict[int, Floats]) -> Floats:
        """Cost outside the limits: expected, with the scenarios that are linear; or by scenario."""
        if not self._is_short:
            return cost
        found = cost @ self.chance + burn @ self.program.burn.sure
        for n, drawn in pooled.items():
            found = found + drawn @ self.program.over[n].sure
        return np.asarray(found[:, None])

    def _of_cells(self) -> tuple[_Places, Floats]:
        cells = self.cells

        def counted(kind: Ints, weights: Floats | float, count: int) -> Floats:
            return np.where(kind[:, None] == np.arange(count), np.reshape(weights, (-1, 1)), 0.0)

        pooled = {n: np.where((cells.seat == n)[:, None], cells.pooled, 0.0) for n in self._pools}
        held = counted(cells.seat, cells.people, len(self._kinds))
        used = counted(cells.tool, 1.0, len(self.problem.tools))
        credited = cells.burn * cells.credited[:, None]
        return self._joined(cells.cost, cells.burn, credited, held, used, pooled)

    def _joined(
        self,
        cost: Floats,
        burn: Floats,
        credited: Floats,
        held: Floats,
        used: Floats,
        pooled: dict[int, Floats],
    ) -> tuple[_Places, Floats]:
        """Sums side by side, those that matter, and where they stand."""
        parts = [
            self._linear(cost, burn, pooled), burn[:, self._beyond],
            credited[:, : 0 if self._is_short else None], held, used,
            *(drawn[:, self._open[n]] for n, drawn in pooled.items()),
        ]  # fmt: skip
        ends = np.cumsum([0, *(part.shape[1] for part in parts)]).tolist()
        first, second, third, fourth, fifth, *pools = (slice(*pair) for pair in pairwise(ends))
        places = _Places(first, second, third, fourth, fifth, dict(zip(pooled, pools, strict=True)))
        return places, np.concatenate(parts, axis=1)

    def better(self, found: Totals, taken: Ints, until: float, enough: float) -> Ints:
        """The cells that units take after exchanges none of which made it dearer.

        ``found`` are the totals of everything with the cells ``taken``. It ends at a cost of ``enough``
        dollars, when no exchange is worth anything, or at a time.
        """
        after = taken.copy()
        places = self._candidates(taken)
        units = self.cells.unit[places]
        changes = self._parts[places] - self._parts[after[units]]
        state = self._state(found)
        cost = float(self._priced(state)[0])
        promise = self._promise(state, changes)
        first, last = 0, len(places)
        while last and cost > enough and time.monotonic() < until:
            last -= 1
            others = np.flatnonzero(promise + promise[first] < 0)
            if len(others):
                alone = state + changes[first]
                costs = self._priced(alone + changes[others])
                costs[units[others] == units[first]] = self._priced(alone)[0]
                second = int(others[costs.argmin()])
                if costs.min() < cost - 1e-7:
                    cost, last = float(costs.min()), len(places)
                    for cell in {int(units[n]): n for n in (second, first)}.values():
                        state = state + changes[cell]
                        after[units[cell]], places[cell] = places[cell], after[units[cell]]
                        _turn(changes, np.flatnonzero(units == units[cell]), cell)
                    promise = self._promise(state, changes)
            first = (first + 1) % len(places)
        return after

    def _promise(self, state: Floats, changes: Floats) -> Floats:
        """A number for each change: two of them can only make it cheaper together if theirs add up to less
        than nothing.

        It is by how much the change makes it dearer at least, by a slope of the convex parts where the state
        is; of seats and tools, which are not, half of what two changes could fall short of a slope is off.
        """
        if self.problem.risk:
            return np.full(len(changes), -1.0)
        places, slope = self._places, np.zeros(state.shape[1])
        used = state[0, places.used]
        most = 2 * max(1, int(np.abs(changes[:, places.held]).max(initial=1)))
        slope[places.cost] = 1.0 if self._is_short else self.chance
        burn, bring = self._burn_slope(state)
        slope[places.burn] = burn
        if not self._is_short:
            slope[places.credited] = np.where(bring > 0, 0.0, -burn)
        short = 1e-6 + sum(
            tool.cost / MICRO for tool, n in zip(self.problem.tools, used, strict=True) if 0 < n <= 2
        )
        for n, seat in enumerate(self.problem.seats):
            held = state[0, places.held.start + n]
            each, missing = self._fees[n].slope(held, most)
            each += self._slopes[n]
            if seat.credit * held < seat.credit_cap:
                each -= seat.credit / MICRO * float(bring.sum() + self._sure)
            if n in self._pools:
                pool, weights = places.pooled[n], burn if seat.overage_counts else self.chance[self._open[n]]
                slope[pool] = (self._over(n, state)[0] > 0) * weights * float(seat.overage)
                each -= (seat.allowance or 0) / MICRO * float(slope[pool].sum())
            slope[places.held.start + n] = each
            short += missing
        return changes @ slope - short / 2

    def _burn_slope(self, state: Floats) -> tuple[Floats, Floats]:
        """What use that counts costs where the state is, and what a credit more saves, by scenario."""
        burn = self._burn(state)[0] > 0
        slope = burn * self.chance[self._beyond] * float(self.band.beyond)
        if self._is_short:
            return slope, slope
        brought = self._brought(state)
        return slope, np.where(brought < state[0, self._places.credited], slope, 0.0)

    def no_dearer(self, found: Totals, taken: Ints, tolerance: float) -> Ints:
        """Cells that units could take instead, one after the other, none of which made it dearer by more than
        ``tolerance`` dollars."""
        places = np.flatnonzero(taken[self.cells.unit] != np.arange(len(self.cells.unit)))
        changes = self._parts[places] - self._parts[taken[self.cells.unit[places]]]
        state = self._state(found)
        cost = float(self._priced(state)[0])
        order = np.argsort(self._priced(state + changes), kind="stable")
        found_places, next_one, many = [], 0, 1
        while next_one < len(order):
            block = order[next_one : next_one + many]
            then = self._priced(state + changes[block])
            taken_back = np.flatnonzero(then <= cost + tolerance)[:1]
            if len(taken_back):
                first = block[taken_back[0]]
                state, cost = state + changes[first], float(then[taken_back[0]])
                found_places.append(places[first])
            next_one += int(taken_back[0]) + 1 if len(taken_back) else len(block)
            many = 1 if len(taken_back) else 2 * many
        return np.array(found_places, dtype=np.int64)

    def _candidates(self, taken: Ints) -> Ints:
        now = taken[self.cells.unit]
        others = np.flatnonzero(now != np.arange(len(now)))
        farthest = np.maximum(self.rank[others], self.rank[now[others]])
        return np.sort(others[np.argsort(farthest, kind="stable")[:_MOST]])

    def _state(self, found: Totals) -> Floats:
        def row(values: object) -> Floats:
            return np.array([values], dtype=np.float64)

        cost = row([sum(part) for part in zip(*found.cost, strict=True)]) / MICRO
        pooled = {n: row(found.pooled[n]) / MICRO for n in self._pools}
        burn, credited = row(found.burn) / MICRO, row(found.credited) / MICRO
        return self._joined(cost, burn, credited, row(found.held), row(found.used), pooled)[1]

    def _priced(self, sums: Floats) -> Floats:
        """The objective of each choice, in dollars, at the amount signed."""
        problem, places = self.problem, self._places
        held, used = sums[:, places.held], sums[:, places.used]
        fixed = self._outside + held @ self._slopes
        for n, fees in enumerate(self._fees):
            fixed += fees.billed(held[:, n])
        for n, tool in enumerate(problem.tools):
            fixed += (used[:, n] > 0.5) * (tool.cost / MICRO)
        if self._is_short:
            fixed -= self._brought(sums) * self._sure
        over = {n: self._over(n, sums) for n in self._pools}
        burn = self._burn(sums, over)
        beyond = float(self.band.beyond) * np.maximum(burn, 0.0, out=burn)
        paid = {n: more for n, more in over.items() if not problem.seats[n].overage_counts}
        if self._is_short:
            fixed += sums[:, 0] + beyond @ self.chance[self._beyond]
            for n, more in paid.items():
                fixed += more @ self.chance[self._open[n]]
            return np.asarray(fixed)
        scenarios = sums[:, places.cost] + beyond + sum(paid.values())
        found = fixed + scenarios @ self.chance
        if problem.risk:
            tail = _dearest(scenarios, self.chance, float(problem.level))
            found = found + float(problem.risk) * (fixed + tail)
        return np.asarray(found)

    def _over(self, place: int, sums: Floats) -> Floats:
        """What use beyond a pool costs, by scenario."""
        seat, held = self.problem.seats[place], sums[:, self._places.held.start + place]
        over = sums[:, self._places.pooled[place]] - ((seat.allowance or 0) / MICRO * held)[:, None]
        return np.asarray(float(seat.overage) * np.maximum(over, 0.0, out=over))

    def _burn(self, sums: Floats, over: dict[int, Floats] | None = None) -> Floats:
        """Use that counts beyond what is covered, by scenario; negative within it."""
        found = sums[:, self._places.burn] - self._covered
        brought = self._brought(sums)[:, None]
        found -= brought if self._is_short else np.minimum(brought, sums[:, self._places.credited])
        for n in self._pools:
            if self.problem.seats[n].overage_counts:
                found += self._over(n, sums) if over is None else over[n]
        return np.asarray(found)

    def _brought(self, sums: Floats) -> Floats:
        """Credits that seats bring."""
        found = np.zeros(len(sums))
        for n, seat in enumerate(self.problem.seats):
            if seat.credit:
                held = sums[:, self._places.held.start + n]
                found += np.minimum(seat.credit / MICRO * held, seat.credit_cap / MICRO)
        return found


@dataclass(frozen=True, slots=True)
class _Fees:
    """What seats of a type cost, in dollars: ``steps`` as (fee, seats at least, what is due beside)."""

    steps: tuple[tuple[float, float, float], ...]
    is_free_at_none: bool
    most: float

    @staticmethod
    def of(seat: SeatType) -> _Fees:
        steps = tuple((fee / MICRO, float(least), beside / MICRO) for fee, least, beside in seat.steps)
        is_due = any(least for _, least, _ in steps)
        return _Fees(steps, seat.optional and is_due, np.inf if seat.most is None else float(seat.most))

    def billed(self, held: Floats) -> Floats:
        """For so many held; infinite where so many are not sold."""
        found = np.full(len(held), np.inf)
        for fee, least, beside in self.steps:
            np.minimum(found, fee * (np.maximum(held, least) if least else held) + beside, out=found)
        if self.is_free_at_none:
            found[held == 0] = 0.0
        if self.most < np.inf:
            found[held > self.most] = np.inf
        return found

    def slope(self, held: float, most: int) -> tuple[float, float]:
        """What each of up to ``most`` more holders costs at least, and how much more than that fewer save."""
        steps = np.arange(1.0, most + 1.0)
        here = self.billed(np.array([held]))
        joins = float(((self.billed(held + steps) - here) / steps).min())
        fewer = steps[steps <= held]
        leaves = here - self.billed(held - fewer)
        if not np.isfinite(joins):
            joins = float(leaves[0]) if len(fewer) else 0.0
        return joins, float((leaves - joins * fewer).max(initial=0.0))


def _turn(changes: Floats, own: Ints, taken: int) -> None:
    """A unit, to which the places ``own`` belong, took one of them; what it had is there now."""
    step = changes[taken].copy()
    changes[own] -= step
    changes[taken] = -step


def _dearest(costs: Floats, chance: Floats, level: float) -> Floats:
    """The mean of the dearest scenarios of each choice."""
    order = np.argsort(-costs, axis=1)
    weights = np.minimum(np.cumsum(chance[order], axis=1), 1.0 - level)
    taken = np.diff(weights, axis=1, prepend=0.0)
    return np.asarray((np.take_along_axis(costs, order, axis=1) * taken).sum(axis=1) / (1.0 - level))
