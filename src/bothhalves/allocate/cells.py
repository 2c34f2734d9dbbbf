"""Cells: one line for each option that is left to each free unit, whatever its group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.model import Choice, Effects, Flags, Floats, Ints, Problem

#: Programs count in dollars.
MICRO = 1e6


@dataclass(frozen=True, eq=False)
class Free:
    """Units of one group that are still free: their places, the options left to each, and how many units
    each stands for (None: itself alone)."""

    group: int
    units: Ints
    allowed: Flags
    repeat: Floats | None = None


@dataclass(frozen=True, eq=False)
class Cells:
    """A line for each option of each free unit, unit by unit: the running number of the unit, its group, its
    place there and the option; the seats that it takes, its seat type and tool (-1: none), whether credits
    displace its use; and its effects by scenario, in dollars. ``repeat`` is by running number."""

    unit: Ints
    group: Ints
    place: Ints
    option: Ints
    people: Floats
    seat: Ints
    tool: Ints
    credited: Floats
    cost: Floats
    burn: Floats
    pooled: Floats
    repeat: Floats

    def taken(self, values: Floats) -> Ints:
        """The cell that a solution takes, for each free unit."""
        order = np.lexsort((values, self.unit))
        last = np.flatnonzero(np.append(np.diff(self.unit[order]) > 0, True)) if len(order) else order
        return order[last]

    def of(self, choice: Choice) -> Ints:
        """The cell that a choice takes, for each free unit that has it."""
        options = np.empty(len(self.unit), dtype=np.int64)
        for group in np.unique(self.group):
            here = self.group == group
            options[here] = choice[group][self.place[here]]
        return np.flatnonzero(self.option == options)

    @property
    def starts(self) -> Ints:
        """The first cell of each free unit, and the number of cells."""
        return np.searchsorted(self.unit, np.arange(len(self.repeat) + 1))

    def range(self, effect: Floats) -> tuple[Floats, Floats]:
        """The least and the most that all free units together can make of an effect, by scenario."""
        if not len(self.repeat):
            return np.zeros(effect.shape[1]), np.zeros(effect.shape[1])
        starts = self.starts[:-1]
        low, high = np.minimum.reduceat(effect, starts), np.maximum.reduceat(effect, starts)
        return self.repeat @ low, self.repeat @ high


def cells(problem: Problem, free: Sequence[Free]) -> Cells:
    """The cells of free units."""
    parts, count = [], 0
    for some in free:
        if len(some.units):
            parts.append(_part(problem, some, count))
            count += len(some.units)
    if not parts:
        return _none(len(problem.likelihood))
    return Cells(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _none(scenarios: int) -> Cells:
    whole, some, effects = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros((0, scenarios))
    return Cells(whole, whole, whole, whole, some, whole, whole, some, effects, effects, effects, some)


def _part(problem: Problem, some: Free, count: int) -> tuple[Floats | Ints, ...]:
    group = problem.groups[some.group]
    effects: Effects = group.effects(some.units)
    rows, options = np.nonzero(some.allowed)
    told = group.options
    return (
        count + rows,
        np.full(len(rows), some.group),
        some.units[rows],
        options,
        group.people[some.units[rows]].astype(np.float64),
        np.array(told.seat, dtype=np.int64)[options],
        np.array(told.tool, dtype=np.int64)[options],
        np.array(told.credited, dtype=np.float64)[options],
        effects.cost[rows, options] / MICRO,
        effects.burn[rows, options] / MICRO,
        effects.pooled[rows, options] / MICRO,
        np.ones(len(some.units)) if some.repeat is None else some.repeat,
    )
