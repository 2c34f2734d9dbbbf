"""Units by the million: one use by scenario for each, and what every option makes of it as a schedule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bothhalves.allocate.model import Effects, Flags, Floats, Ints, Options, Weights, shares
from bothhalves.allocate.ties import in_parallel

#: Multiples are whole millionths, so that schedules stay whole numbers.
PARTS = 1_000_000
#: Numbers that stay in the processor's cache.
_CACHED = 100_000


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a month's use u (micro-dollars at list) becomes on an option, beyond its ``allowance`` A.

    Outside the commitment ``flat`` per person and ``overage`` x (u - A)+; ``counts`` x (u - A)+ is list use
    that counts toward it, ``pools`` x u is drawn from the seat type's pool. Multiples are in millionths; each
    product is rounded down to a micro-dollar.
    """

    flat: int = 0
    allowance: int = 0
    overage: int = 0
    counts: int = 0
    pools: int = 0


@dataclass(frozen=True, slots=True)
class _Scheduled:
    """Units on a schedule by option, counted in steps of ``step`` micro-dollars."""

    options: Options
    schedules: tuple[Schedule, ...]
    step: int
    eligible: Flags
    current: Ints
    people: Ints

    @property
    def slack(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Crowd(_Scheduled):
    """Units with ``use`` by unit and scenario, in steps."""

    use: npt.NDArray[np.integer[Any]]

    def effects(self, units: Ints) -> Effects:
        return _effects(self, units)

    def chosen(self, units: Ints, option: int) -> tuple[Ints, Ints, Ints]:
        plan, use = self.schedules[option], self.use[units].astype(np.int64)
        step = self.step
        if plan.allowance % step:
            use, step = use * step, 1
        beyond = np.maximum(use - plan.allowance // step, 0) if plan.allowance else use
        flat = plan.flat * self.people[units, None]
        cost, burn = _times(beyond, step, plan.overage), _times(beyond, step, plan.counts)
        return flat + cost, burn, _times(use, step, plan.pools)

    def above(self, rows: slice) -> Iterator[tuple[int, Floats]]:
        """Use beyond each allowance there is, and beyond none, in steps; each takes the place of the last."""
        use = self.use[rows].astype(np.float64)
        yield 0, use
        beyond = np.empty_like(use)
        for allowance in {plan.allowance for plan in self.schedules} - {0}:
            np.maximum(use, allowance / self.step, out=beyond)
            beyond -= allowance / self.step
            yield allowance, beyond

    def scores(self, start: int, end: int, weights: Weights) -> Floats:
        return _scores(self, start, end, weights)

    def merged(self, parts: Sequence[Ints], likelihood: Floats) -> Mean:
        above = {
            allowance: np.empty((len(self.use), len(parts)), dtype=np.float32)
            for allowance in {0, *(plan.allowance for plan in self.schedules)}
        }
        mixing = shares(parts, likelihood)

        def fill(start: int) -> None:
            rows = slice(start, start + block)
            for allowance, use in self.above(rows):
                above[allowance][rows] = _lowered(use @ mixing)

        block = _rows(len(likelihood))
        in_parallel(fill, range(0, len(self.use), block))
        return Mean(self.options, self.schedules, self.step, self.eligible, self.current, self.people, above)


@dataclass(frozen=True, slots=True)
class Mean(_Scheduled):
    """A crowd in which a scenario stands for several: of their use beyond each allowance there is the mean,
    by unit and scenario, in steps and rounded down."""

    means: dict[int, npt.NDArray[np.float32]]

    def effects(self, units: Ints) -> Effects:
        return _effects(self, units)

    def chosen(self, units: Ints, option: int) -> tuple[Ints, Ints, Ints]:
        plan = self.schedules[option]
        beyond, use = (self.means[a][units] * float(self.step) for a in (plan.allowance, 0))
        rows = (beyond * (times / PARTS) for times in (plan.overage, plan.counts))
        cost, burn, pooled = (row.astype(np.int64) for row in (*rows, use * (plan.pools / PARTS)))
        return plan.flat * self.people[units, None] + cost, burn, pooled

    def above(self, rows: slice) -> Iterator[tuple[int, Floats]]:
        """Mean use beyond each allowance there is, and beyond none, in steps."""
        for allowance, mean in self.means.items():
            yield allowance, mean[rows].astype(np.float64)

    def scores(self, start: int, end: int, weights: Weights) -> Floats:
        return _scores(self, start, end, weights)

    def merged(self, parts: Sequence[Ints], likelihood: Floats) -> Mean:
        mixing = shares(parts, likelihood)
        means = {a: _lowered(mean.astype(np.float64) @ mixing) for a, mean in self.means.items()}
        return Mean(self.options, self.schedules, self.step, self.eligible, self.current, self.people, means)


def _lowered(means: Floats) -> npt.NDArray[np.float32]:
    """Means in half the memory, and never more than they are, so that bounds stay bounds."""
    return np.nextafter(means.astype(np.float32), np.float32(0))


def _effects(crowd: Crowd | Mean, units: Ints) -> Effects:
    rows = [crowd.chosen(units, option) for option in range(len(crowd.schedules))]
    cost, burn, pooled = (np.stack(column, axis=1) for column in zip(*rows, strict=True))
    return Effects(cost, burn, pooled)


def _scores(crowd: Crowd | Mean, start: int, end: int, weights: Weights) -> Floats:
    plans, found = crowd.schedules, np.zeros((end - start, len(crowd.schedules)))
    slopes = {plan.allowance: np.zeros((len(weights.cost), len(plans))) for plan in plans}
    slopes[0] = np.zeros((len(weights.cost), len(plans)))
    for option, plan in enumerate(plans):
        slopes[plan.allowance][:, option] += _slope(crowd, option, weights)
        slopes[0][:, option] += weights.pooled[option] * (plan.pools / PARTS * crowd.step)
    some = {a: np.flatnonzero(rows.any(axis=0)) for a, rows in slopes.items()}
    each = {a: np.ascontiguousarray(slopes[a][:, options]) for a, options in some.items()}
    for first in range(start, end, block := _rows(len(weights.cost))):
        rows = slice(first, min(first + block, end))
        for allowance, use in crowd.above(rows):
            found[first - start : rows.stop - start, some[allowance]] += use @ each[allowance]
    flat = np.array([plan.flat for plan in plans]) * weights.cost.sum() + weights.option
    found += crowd.people[start:end, None] * flat
    return found


def _rows(scenarios: int) -> int:
    """So many units at once stay in the processor's cache."""
    return max(64, _CACHED // scenarios)


def _slope(crowd: Crowd | Mean, option: int, weights: Weights) -> Floats:
    """What a step of use beyond the allowance weighs, by scenario."""
    plan = crowd.schedules[option]
    weighed = plan.overage * weights.cost + plan.counts * weights.burn[option]
    return np.asarray(weighed * (crowd.step / PARTS))


def _times(use: Ints, step: int, multiple: int) -> Ints:
    """``use`` steps x multiple, rounded down, within 64 bits for any use below :data:`model.MOST`."""
    if multiple == 0:
        return np.broadcast_to(np.int64(0), use.shape)
    if step * multiple % PARTS == 0:
        return use * (step * multiple // PARTS)
    whole = use * step // PARTS
    return np.asarray(whole * multiple + (use * step - whole * PARTS) * multiple // PARTS)
