"""Totals of a choice, kept up to date while few units change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bothhalves.allocate.bill import Totals, totals
from bothhalves.allocate.cells import Free
from bothhalves.allocate.model import Choice, Floats, Ints, Problem

_NOBODY = np.zeros(0, dtype=np.int64)


def replaced(problem: Problem, found: Totals, choice: Choice, free: Sequence[Free]) -> Totals:
    """The totals of a choice, less what free units do in it: of each as many as it stands for.

    So a program over a few that stand for many begins where the many are, and only changes are estimated.
    """
    for some in free:
        repeat = None if some.repeat is None else some.repeat
        if repeat is None:
            alone: list[Ints] = [_NOBODY] * len(problem.groups)
            alone[some.group] = some.units
            found = _changed(problem, found, choice, alone, -1)
        else:
            found = _less(problem, found, choice[some.group], some, repeat)
    return found


def _less(problem: Problem, found: Totals, options: Ints, some: Free, repeat: Floats) -> Totals:
    group, taken = problem.groups[some.group], options[some.units]
    cost, burn = list(found.cost), np.array(found.burn, dtype=np.float64)
    credited, outside = (
        np.array(found.credited, dtype=np.float64),
        np.array(cost[some.group], dtype=np.float64),
    )
    pooled = [np.array(row, dtype=np.float64) for row in found.pooled]
    held, used = list(found.held), list(found.used)
    for option, (seat, tool) in enumerate(zip(group.options.seat, group.options.tool, strict=True)):
        here = np.flatnonzero(taken == option)
        if not len(here):
            continue
        times = repeat[here]
        here_cost, here_burn, here_pooled = group.chosen(some.units[here], option)
        outside -= times @ here_cost
        burn -= times @ here_burn
        credited -= (times @ here_burn) * group.options.credited[option]
        if seat >= 0:
            held[seat] -= round(float(times @ group.people[some.units[here]]))
            pooled[seat] -= times @ here_pooled
        if tool >= 0:
            used[tool] = max(used[tool] - len(here), 0)
    cost[some.group] = _whole(outside)
    rows = tuple(_whole(row) for row in pooled)
    return Totals(tuple(cost), _whole(burn), _whole(credited), rows, tuple(held), tuple(used))


def _whole(row: Floats) -> tuple[int, ...]:
    return tuple(int(value) for value in np.rint(row))


def moved(problem: Problem, found: Totals, before: Choice, after: Choice) -> Totals:
    """The totals of ``after``, from those of ``before``."""
    changed = [np.flatnonzero(a != b) for a, b in zip(before, after, strict=True)]
    if 2 * sum(len(units) for units in changed) > problem.size:
        return totals(problem, after)
    return _changed(problem, _changed(problem, found, before, changed, -1), after, changed, 1)


def switched(
    problem: Problem, found: Totals, choice: Choice, group: int, units: Ints, options: Ints
) -> Totals:
    """The totals after some units of a group take other options, which is done in ``choice`` itself."""
    some: list[Ints] = [_NOBODY] * len(problem.groups)
    some[group] = units
    without = _changed(problem, found, choice, some, -1)
    choice[group][units] = options
    return _changed(problem, without, choice, some, 1)


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
