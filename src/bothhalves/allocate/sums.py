"""Totals of a choice, kept up to date while few units change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bothhalves.allocate.bill import Totals, totals
from bothhalves.allocate.model import Choice, Ints, Problem


def without(problem: Problem, found: Totals, choice: Choice, taken_out: list[Ints]) -> Totals:
    """The totals of a choice without some units of each group."""
    return _changed(problem, found, choice, taken_out, -1)


def moved(problem: Problem, found: Totals, before: Choice, after: Choice) -> Totals:
    """The totals of ``after``, from those of ``before``."""
    changed = [np.flatnonzero(a != b) for a, b in zip(before, after, strict=True)]
    if 2 * sum(len(units) for units in changed) > problem.size:
        return totals(problem, after)
    return _changed(problem, _changed(problem, found, before, changed, -1), after, changed, 1)


def in_one(found: Totals) -> Totals:
    """The same totals with the cost of all groups in one row: their bill is the same in sum."""
    return replace(found, cost=(tuple(map(sum, zip(*found.cost, strict=True))),))


def with_unit(problem: Problem, found: Totals, group: int, place: int, option: int, sign: int = 1) -> Totals:
    """Totals ``in_one`` with one unit more (``sign`` -1: less) on an option."""
    units, options = problem.groups[group], problem.groups[group].options
    rows = (row[0].tolist() for row in units.chosen(np.array([place]), option))
    cost, counts, draws = (tuple(sign * value for value in row) for row in rows)
    seat, tool = options.seat[option], options.tool[option]
    held, used, pooled = list(found.held), list(found.used), list(found.pooled)
    if seat >= 0:
        held[seat] += sign * int(units.people[place])
        pooled[seat] = _plus(pooled[seat], draws)
    if tool >= 0:
        used[tool] += sign
    return Totals(
        (_plus(found.cost[0], cost),),
        _plus(found.burn, counts),
        _plus(found.credited, counts) if options.credited[option] else found.credited,
        tuple(pooled),
        tuple(held),
        tuple(used),
    )


def _plus(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _changed(problem: Problem, found: Totals, choice: Choice, units: list[Ints], sign: int) -> Totals:
    part = totals(problem, choice, units)

    def added(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(a + sign * b for a, b in zip(one, other, strict=True))

    return Totals(
        tuple(added(a, b) for a, b in zip(found.cost, part.cost, strict=True)),
        added(found.burn, part.burn),
        added(found.credited, part.credited),
        tuple(added(a, b) for a, b in zip(found.pooled, part.pooled, strict=True)),
        added(found.held, part.held),
        added(found.used, part.used),
    )
