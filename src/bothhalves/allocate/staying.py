"""Ties keep what is: no unit moves unless its move is worth something."""

from __future__ import annotations

import time

import numpy as np

from bothhalves.allocate.bill import settled
from bothhalves.allocate.search import Best
from bothhalves.allocate.sums import moved


def stayed(best: Best, until: float) -> None:
    """Takes back each unit's move if the choice without it costs no more; the band stays."""
    problem, band = best.problem, best.problem.bands[best.band]
    for group, (units, today) in enumerate(zip(problem.groups, problem.current, strict=True)):
        for place in np.flatnonzero(best.choice[group] != today):
            if time.monotonic() > until:
                return
            if not units.eligible[place, today[place]]:
                continue
            choice = tuple(options.copy() if n == group else options for n, options in enumerate(best.choice))
            choice[group][place] = today[place]
            found = moved(problem, best.totals, best.choice, choice)
            if any(s.most is not None and h > s.most for s, h in zip(problem.seats, found.held, strict=True)):
                continue
            bill = settled(problem, found, band)
            if best.bill is not None and bill.objective <= best.bill.objective:
                best.take(choice, found, best.band, bill)
