"""The cheapest allocation of people and work over paths, with what is proved of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction

from bothhalves.allocate.bill import Bill, settled
from bothhalves.allocate.hunt import Hunt
from bothhalves.allocate.model import Choice, Problem, possible
from bothhalves.allocate.search import Best, Limits
from bothhalves.allocate.staying import stayed

OPTIMAL, UNPROVED = "optimal", "not proved"
#: The gap up to which a choice is called optimal: relative, or in micro-dollars where that is more.
PROVED = 1e-6
_PROVED_MICRO = 2.0


@dataclass(frozen=True, eq=False)
class Solution:
    """``choice`` is the option of every unit, by group, and ``band`` the place of the commitment.

    ``objective`` is exact, in micro-dollars; no choice costs less than ``bound``. ``gap`` is relative to the
    objective. ``status``: ``optimal`` if :func:`is_proved`, otherwise ``not proved``.
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


def is_proved(objective: Fraction, bound: float | Fraction) -> bool:
    """True if nothing that costs at least ``bound`` is cheaper by anything that matters."""
    return float(objective - Fraction(bound)) <= max(PROVED * float(objective), _PROVED_MICRO)


def solve(problem: Problem, limits: Limits | None = None) -> Solution:
    """The cheapest choice and band. It is never dearer than the current ones where those are possible.

    Up to ``limits.exact`` units a mixed-integer program decides everything that a bound does not rule out;
    beyond, the search ends at a small gap. Raises ``ValueError`` if the problem is at fault, or if no
    choice is found.
    """
    faults = list(problem.faults())
    if faults:
        raise ValueError("; ".join(faults))
    limits = limits or Limits()
    until = time.monotonic() + limits.seconds
    best = Best.unknown(problem)
    now = best.totals
    baseline = settled(problem, now, problem.bands[problem.band])
    if possible(problem, problem.current):
        best.take(problem.current, now, problem.band, baseline)
        best.offer(problem.current, now)
    bound = Hunt(problem, best, limits, until).bound() if problem.size else best.score
    if best.bill is None:
        raise ValueError("no choice is possible, or none was found in time")
    stayed(best, until)
    objective = best.bill.objective
    bound = min(max(bound, 0.0), float(objective))
    gap = (float(objective) - bound) / float(objective) if objective else 0.0
    status = OPTIMAL if is_proved(objective, bound) else UNPROVED
    return Solution(best.choice, best.band, objective, bound, gap, status, best.bill, baseline)
