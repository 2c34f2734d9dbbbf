"""Ties keep what is: no unit moves unless its move is worth something."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from bothhalves.allocate.bill import settled, totals
from bothhalves.allocate.model import Choice, Problem
from bothhalves.allocate.search import Best
from bothhalves.allocate.sums import in_one, with_unit


def stayed(best: Best, until: float) -> None:
    """Takes back each unit's move if the choice without it costs no more; the band stays."""
    problem, band = best.problem, best.problem.bands[best.band]
    moves = list(_moves(problem, best.choice))
    if not moves:
        return
    choice = tuple(options.copy() for options in best.choice)
    found = in_one(best.totals)
    least = settled(problem, found, band).objective
    is_same = True
    for group, place in moves:
        if time.monotonic() > until:
            break
        option, today = int(choice[group][place]), int(problem.current[group][place])
        without = with_unit(problem, found, group, place, option, -1)
        back = with_unit(problem, without, group, place, today)
        if any(s.most is not None and h > s.most for s, h in zip(problem.seats, back.held, strict=True)):
            continue
        cost = settled(problem, back, band).objective
        if cost <= least:
            choice[group][place], found, least, is_same = today, back, cost, False
    if not is_same:
        whole = totals(problem, choice)
        best.take(choice, whole, best.band, settled(problem, whole, band))


def _moves(problem: Problem, choice: Choice) -> Iterator[tuple[int, int]]:
    """Group and place of each unit that moves and could stay."""
    for group, (units, today) in enumerate(zip(problem.groups, problem.current, strict=True)):
        for place in np.flatnonzero(choice[group] != today):
            if units.eligible[place, today[place]]:
                yield group, int(place)
