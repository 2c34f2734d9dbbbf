"""The whole allocation as one mixed-integer program a band, everybody in it: a second opinion."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.bill import cheapest_band, totals
from bothhalves.allocate.cells import MICRO, Free, cells
from bothhalves.allocate.model import Problem, possible
from bothhalves.allocate.solve import OPTIMAL


@dataclass(frozen=True, eq=False)
class Reference:
    """The exact cost of what HiGHS found (None: nothing), the least it could prove in floating point, and
    ``optimal`` or ``time limit``."""

    objective: Fraction | None
    bound: float
    status: str


def reference(problem: Problem, seconds: float) -> Reference:
    """The cheapest choice by HiGHS alone, to within ten micro-dollars, each band in turn."""
    until = time.monotonic() + seconds
    everyone = [Free(n, np.arange(len(g.current)), g.eligible) for n, g in enumerate(problem.groups)]
    free = cells(problem, everyone)
    nothing = totals(problem, problem.current, [np.zeros(0, dtype=np.int64) for _ in problem.groups])
    best: Fraction | None = None
    bound, finished = float("inf"), True
    for band in problem.bands:
        program = BandProgram(problem, band, free, nothing, Branch.open(problem), whole=True)
        answer = program.solve(max(0.1, until - time.monotonic()), 1e-5)
        bound, finished = min(bound, answer.bound * MICRO), finished and answer.finished
        if answer.values is None:
            continue
        taken = free.taken(answer.values[program.taken])
        choice = tuple(options.copy() for options in problem.current)
        for group, place, option in zip(
            free.group[taken], free.place[taken], free.option[taken], strict=True
        ):
            choice[group][place] = option
        if possible(problem, choice):
            cost = cheapest_band(problem, totals(problem, choice))[1].objective
            best = cost if best is None else min(best, cost)
    return Reference(best, bound, OPTIMAL if finished else "time limit")
