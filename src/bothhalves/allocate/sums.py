"""Totals of a choice, kept up to date while few units change."""

from __future__ import annotations

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
