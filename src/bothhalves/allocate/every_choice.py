"""Every choice tried: the reference for small problems, in exact arithmetic and with nothing clever."""

from __future__ import annotations

from itertools import product

import numpy as np

from bothhalves.allocate.bill import Bill, evaluate
from bothhalves.allocate.model import Choice, Problem


def choices(problem: Problem) -> int:
    """How many choices there are, the bands included."""
    count = len(problem.bands)
    for group in problem.groups:
        for row in group.eligible:
            count *= int(row.sum())
    return count


def possible(problem: Problem, choice: Choice) -> bool:
    """True if every unit takes an option open to it, and no seat type is sold out."""
    held = [0] * len(problem.seats)
    for group, options in zip(problem.groups, choice, strict=True):
        if not group.eligible[np.arange(len(options)), options].all():
            return False
        for option, seat in enumerate(group.options.seat):
            if seat >= 0:
                held[seat] += int(group.people[options == option].sum())
    return all(
        seat.most is None or count <= seat.most for seat, count in zip(problem.seats, held, strict=True)
    )


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
