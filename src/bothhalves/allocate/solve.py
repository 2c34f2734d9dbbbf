"""The cheapest allocation of people and work over paths, with what is proved of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction

from bothhalves.allocate.band_program import Branch
from bothhalves.allocate.bill import Bill, settled, totals
from bothhalves.allocate.every_choice import possible
from bothhalves.allocate.model import Choice, Problem
from bothhalves.allocate.prices import Prices, branches
from bothhalves.allocate.search import BandSearch, Best, Limits
from bothhalves.allocate.staying import stayed

OPTIMAL, UNPROVED = "optimal", "not proved"
#: The relative gap up to which a choice is called optimal.
PROVED = 1e-6


@dataclass(frozen=True, eq=False)
class Solution:
    """``choice`` is the option of every unit, by group, and ``band`` the place of the commitment.

    ``objective`` is exact, in micro-dollars; no choice costs less than ``bound``. ``gap`` is relative to the
    objective. ``status``: ``optimal`` if the gap is at most :data:`PROVED`, otherwise ``not proved``.
    ``bill`` are the parts of the objective, ``baseline`` those of the current choice and band.
    """

    choice: Choice
    band: int
    objective: Fraction
    bound: float
    gap: float
    status: str
    bill: Bill
    baseline: Bill


def solve(problem: Problem, limits: Limits | None = None) -> Solution:
    """The cheapest choice and band. It is never dearer than the current ones where those are possible.

    Up to ``limits.whole`` units the whole of it goes to a mixed-integer program, less what a bound rules
    out; beyond, prices let units decide alone. Raises ``ValueError`` if the problem is at fault, or if no
    choice is found.
    """
    faults = list(problem.faults())
    if faults:
        raise ValueError("; ".join(faults))
    limits = limits or Limits()
    until = time.monotonic() + limits.seconds
    now = totals(problem, problem.current)
    baseline = settled(problem, now, problem.bands[problem.band])
    best = Best(problem, (problem.current, now))
    if possible(problem, problem.current):
        best.take(problem.current, now, problem.band, baseline)
        best.offer(problem.current, now)
    bound = _searched(problem, best, limits, until)
    if best.bill is None:
        raise ValueError("no choice is possible, or none was found in time")
    stayed(best, until)
    objective = best.bill.objective
    bound = min(max(bound, 0.0), float(objective))
    gap = (float(objective) - bound) / float(objective) if objective else 0.0
    status = OPTIMAL if gap <= PROVED else UNPROVED
    return Solution(best.choice, best.band, objective, bound, gap, status, best.bill, baseline)


@dataclass(frozen=True, eq=False)
class _Task:
    """One band and branch that may hold the optimum, with the prices and the bound known of it."""

    search: BandSearch
    branch: Branch
    prices: Prices
    bound: float


def _searched(problem: Problem, best: Best, limits: Limits, until: float) -> float:
    """Settles bands and branches in the order of their bounds; gives the least of what is proved of each."""
    tasks = [
        task
        for place in range(len(problem.bands))
        for task in _tasks(BandSearch(problem, place, best, limits, until))
    ]
    lowest = float("inf")
    for task in sorted(tasks, key=lambda t: t.bound):
        value = task.bound
        if not task.search.is_done(value) and time.monotonic() < until:
            value = task.search.settle(task.branch, task.search.bound(task.prices))
        lowest = min(lowest, value)
    return lowest


def _tasks(search: BandSearch) -> list[_Task]:
    """The branches of a band: one for all of them if a program can hold all units."""
    whole = Branch.open(search.problem)
    prices = search.first(whole)
    bound = search.bound(prices)
    some = [whole] if search.is_small else branches(search.problem)
    return [_Task(search, branch, prices, bound.of(branch)) for branch in some]
