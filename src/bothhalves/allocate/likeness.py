"""A small problem in the likeness of a large one: some units for many, and few scenarios for all.

What is shared stays as it is, so its prices are nearly those of the large problem; from them a search begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothhalves.allocate.cells import Free
from bothhalves.allocate.model import Floats, Ints, Listed, Problem, Units
from bothhalves.allocate.prices import Prices, scored, start
from bothhalves.allocate.ties import drawn


@dataclass(frozen=True, eq=False)
class Merged:
    """The ``problem`` has every unit ``of`` the large one and few scenarios, each for one of its ``parts``.

    Its bounds at any prices are those of the large problem at the same prices spread.
    """

    of: Problem
    problem: Problem
    parts: tuple[Ints, ...]

    def spread(self, prices: Prices) -> Prices:
        """Prices of few scenarios as those of all: each part's shared out by likelihood."""
        count = len(self.of.likelihood)
        whole = np.array([float(p) for p in self.of.probability])
        few = np.array([float(p) for p in self.problem.probability])
        found = {name: np.zeros((*getattr(prices, name).shape[:-1], count)) for name in _BY_SCENARIO}
        for n, part in enumerate(self.parts):
            share = whole[part] / few[n] if few[n] else np.zeros(len(part))
            for name in _BY_SCENARIO:
                found[name][..., part] = getattr(prices, name)[..., n, None] * share
        return replace(prices, **found)


_BY_SCENARIO = ("chance", "burn", "credited", "pool", "credit")


@dataclass(frozen=True, eq=False)
class Likeness:
    """``few`` are the scenarios; the problem ``small`` has them and some units, each for ``repeat`` units, by
    group."""

    few: Merged
    small: Problem
    repeat: tuple[Floats, ...]


def likeness(problem: Problem, units: int, scenarios: int) -> Likeness:
    """A problem of about so many units, at most, and so many scenarios."""
    scores = scored(problem, start(problem, problem.bands[0]))
    options = [np.ones(len(group.options), dtype=np.bool_) for group in problem.groups]
    order = [np.lexsort((s.min(axis=1), s.argmin(axis=1))) for s in scores]
    free = drawn(scores, options, order, np.inf, None, units)
    few = merged(problem, np.argsort(-_use(problem, free), kind="stable"), scenarios)
    small = replace(few.problem, groups=tuple(_some(few.problem.groups[f.group], f.units) for f in free))
    return Likeness(few, small, tuple(_repeat(f) for f in free))


def merged(problem: Problem, order: Ints, scenarios: int) -> Merged:
    """The problem with so many scenarios at most, each for some that follow each other in an order."""
    if len(order) <= scenarios:
        return Merged(problem, problem, tuple(np.array([n]) for n in range(len(order))))
    parts = tuple(np.array_split(order, scenarios))
    weights = np.array(problem.likelihood, dtype=np.float64)
    likelihood = tuple(int(weights[part].sum()) for part in parts)
    groups = tuple(group.merged(parts, weights) for group in problem.groups)
    return Merged(problem, replace(problem, groups=groups, likelihood=likelihood), parts)


def _use(problem: Problem, free: Sequence[Free]) -> Floats:
    """About what everybody uses in each scenario."""
    used = np.zeros(len(problem.likelihood))
    for some in free:
        effect = problem.groups[some.group].effects(some.units)
        used += _repeat(some) @ np.where(some.allowed[:, :, None], effect.burn + effect.pooled, 0).mean(
            axis=1
        )
    return used


def _repeat(free: Free) -> Floats:
    return np.ones(len(free.units)) if free.repeat is None else free.repeat


def _some(group: Units, units: Ints) -> Listed:
    effects = group.effects(units)
    return Listed(
        group.options,
        effects.cost,
        effects.burn,
        group.eligible[units],
        group.current[units],
        group.people[units],
        effects.pooled,
    )
