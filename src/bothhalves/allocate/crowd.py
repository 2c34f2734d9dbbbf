"""Units by the million: one use by scenario for each, and what every option makes of it as a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bothhalves.allocate.model import Effects, Flags, Floats, Ints, Options, Weights

#: Multiples are whole millionths, so that schedules stay whole numbers.
PARTS = 1_000_000


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
class Crowd:
    """Units with ``use`` by unit and scenario, in steps of ``step`` micro-dollars; a schedule by option."""

    options: Options
    schedules: tuple[Schedule, ...]
    use: npt.NDArray[np.integer[Any]]
    step: int
    eligible: Flags
    current: Ints
    people: Ints

    @property
    def slack(self) -> int:
        return 1

    def effects(self, units: Ints) -> Effects:
        rows = [self.chosen(units, option) for option in range(len(self.schedules))]
        cost, burn, pooled = (np.stack(column, axis=1) for column in zip(*rows, strict=True))
        return Effects(cost, burn, pooled)

    def chosen(self, units: Ints, option: int) -> tuple[Ints, Ints, Ints]:
        plan = self.schedules[option]
        use = self.use[units].astype(np.int64) * self.step
        beyond = np.maximum(use - plan.allowance, 0)
        flat = plan.flat * self.people[units, None]
        return flat + _times(beyond, plan.overage), _times(beyond, plan.counts), _times(use, plan.pools)

    def scores(self, start: int, end: int, weights: Weights) -> Floats:
        use = self.use[start:end].astype(np.float64)
        found = np.zeros((end - start, len(self.schedules)))
        for allowance in {plan.allowance for plan in self.schedules}:
            options = [n for n, plan in enumerate(self.schedules) if plan.allowance == allowance]
            beyond = np.maximum(use - allowance / self.step, 0.0) if allowance else use
            found[:, options] = beyond @ np.stack([self._slope(n, weights) for n in options], axis=1)
        for option, plan in enumerate(self.schedules):
            if plan.pools:
                found[:, option] += use @ (weights.pooled[option] * (plan.pools / PARTS * self.step))
        flat = np.array([plan.flat for plan in self.schedules]) * weights.cost.sum() + weights.option
        found += self.people[start:end, None] * flat
        return found

    def _slope(self, option: int, weights: Weights) -> Floats:
        """What a step of use beyond the allowance weighs, by scenario."""
        plan = self.schedules[option]
        weighed = plan.overage * weights.cost + plan.counts * weights.burn[option]
        return np.asarray(weighed * (self.step / PARTS))


def _times(use: Ints, multiple: int) -> Ints:
    """``use`` x multiple, rounded down, without passing 64 bits for any use below :data:`model.MOST`."""
    if multiple == PARTS:
        return use
    if multiple == 0:
        return np.zeros_like(use)
    whole = use // PARTS
    return np.asarray(whole * multiple + (use - whole * PARTS) * multiple // PARTS)
