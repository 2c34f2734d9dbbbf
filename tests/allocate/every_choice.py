"""Every choice tried: the reference for small problems, in exact arithmetic and with nothing clever."""

from __future__ import annotations

from itertools import product

import numpy as np

from bothhalves.allocate.bill import Bill, evaluate
from bothhalves.allocate.model import Choice, Problem, possible


def choices(problem: Problem) -> int:
    """How many choices there are, the bands included."""
    count = len(problem.bands)
    for group in problem.groups:
        for row in group.eligible:
            count *= int(row.sum())
    return count


def cheapest(problem: Problem) -> tuple[Choice, int, Bill] | None:
    """The cheapest choice and band, by trying all of them; None: none is possible.

    Ties go to the choice that changes fewer units, then to the earlier band.
    """
    options = [np.flatnonzero(row) for group in problem.groups for row in group.eligible]
    edges = np.cumsum([len(group.current) for group in problem.groups])[:-1]
    best: tuple[tuple[object, ...], Choice, int, Bill] | None = None
    for taken in product(*options):
        choice = tuple(np.split(np.array(taken, dtype=np.int64), edges))
        if not possible(problem, choice):
            continue
        moved = changes(problem, choice)
        for band in range(len(problem.bands)):
            bill = evaluate(problem, choice, band)
            rank = (bill.objective, moved, band != problem.band, band)
            if best is None or rank < best[0]:
                best = rank, choice, band, bill
    return None if best is None else best[1:]


def changes(problem: Problem, choice: Choice) -> int:
    """How many units leave their current option."""
    return sum(int((a != b).sum()) for a, b in zip(choice, problem.current, strict=True))
