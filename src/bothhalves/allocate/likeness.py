"""A small problem in the likeness of a large one: some units for many, and few scenarios for all.

What is shared stays as it is, so its prices are nearly those of the large problem; from them a search begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothhalves.allocate.cells import Free
from bothhalves.allocate.model import Effects, Floats, Ints, Listed, Problem, Units
from bothhalves.allocate.prices import Prices, scored, start
from bothhalves.allocate.ties import drawn


@dataclass(frozen=True, eq=False)
class Likeness:
    """``problem`` is the small one and ``repeat`` how many units each of its units stands for, by group;
    ``parts`` are the scenarios that each of its scenarios stands for, those of most use first."""

    of: Problem
    problem: Problem
    repeat: tuple[Floats, ...]
    parts: tuple[Ints, ...]

    def spread(self, prices: Prices) -> Prices:
        """Prices of the small problem as those of the large one: each part's shared out by likelihood."""
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


def likeness(problem: Problem, units: int, scenarios: int) -> Likeness:
    """A problem of about so many units, at most, and so many scenarios."""
    scores = scored(problem, start(problem, problem.bands[0]))
    options = [np.ones(len(group.options), dtype=np.bool_) for group in problem.groups]
    order = [np.lexsort((s.min(axis=1), s.argmin(axis=1))) for s in scores]
    free = drawn(scores, options, order, np.inf, None, units)
    effects = [problem.groups[some.group].effects(some.units) for some in free]
    repeat = tuple(np.ones(len(f.units)) if f.repeat is None else f.repeat for f in free)
    parts = _parts(problem, free, effects, repeat, scenarios)
    weights = np.array(problem.likelihood, dtype=np.float64)
    groups = tuple(
        _small(problem.groups[f.group], f.units, e, parts, weights)
        for f, e in zip(free, effects, strict=True)
    )
    likelihood = tuple(int(weights[part].sum()) for part in parts)
    return Likeness(problem, replace(problem, groups=groups, likelihood=likelihood), repeat, parts)


def _parts(
    problem: Problem, free: Sequence[Free], effects: Sequence[Effects], repeat: Sequence[Floats], count: int
) -> tuple[Ints, ...]:
    """Scenarios in order of what everybody uses in them, in so many parts."""
    used = np.zeros(len(problem.likelihood))
    for some, effect, times in zip(free, effects, repeat, strict=True):
        used += times @ (np.where(some.allowed[:, :, None], effect.burn + effect.pooled, 0).mean(axis=1))
    order = np.argsort(-used, kind="stable")
    return tuple(part for part in np.array_split(order, min(count, len(order))) if len(part))


def _small(group: Units, units: Ints, effects: Effects, parts: Sequence[Ints], weights: Floats) -> Listed:
    """The units with the mean of their effects in each part."""

    def merged(effect: Ints) -> Ints:
        columns = [effect[..., p] @ (weights[p] / max(weights[p].sum(), 1e-300)) for p in parts]
        return np.asarray(np.rint(np.stack(columns, axis=-1)), dtype=np.int64)

    return Listed(
        group.options,
        merged(effects.cost),
        merged(effects.burn),
        group.eligible[units],
        group.current[units],
        group.people[units],
        merged(effects.pooled),
    )
