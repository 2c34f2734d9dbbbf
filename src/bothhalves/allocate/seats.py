"""Who gets which seat, or none: the least cost of all choices, with its proof.

Everybody takes one of his eligible paths. The seats of a type are paid for as a whole: at least the minimum,
and at the fee of all units that the count reaches, so paying for seats that stay empty can be cheaper. A type
that is optional may be closed.

Every combination of closed types and price breaks has a lower bound (:mod:`.seat_options`). The one with the
least is solved (:mod:`.seat_prices`, :mod:`.seat_ties`) until no bound is below the best choice, which is
then proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.seat_options import NEVER, Menu, Option
from bothhalves.allocate.seat_prices import BLOCK, least_charges
from bothhalves.allocate.seat_terms import BARRED, Flags, SeatChoice, SeatProblem, SeatType, Whole
from bothhalves.allocate.seat_ties import cheapest, placed

__all__ = ["SeatChoice", "SeatProblem", "SeatType", "solve_seats"]


def solve_seats(problem: SeatProblem) -> SeatChoice:
    """The cheapest choice of paths, never dearer than the current one; the same problem has the same answer.

    Among choices of equal cost it is the current one; else, of the first combination of open types and price
    breaks that comes to this cost, one that moves the fewest people, and then uses the lower path numbers.
    """
    columns = _Columns(problem)
    menu = Menu(problem.seats, columns.holders())
    best, settled, charges = _current(problem), NEVER, list(columns.fees)
    tried: set[bytes] = set()
    menu.tighten(columns.all_open, charges, columns.least(columns.all_open, charges))
    while True:
        row = int(menu.bounds.argmin())
        if best is not None and int(menu.bounds[row]) >= best.total:
            break
        closed = menu.closed[row]
        if closed.any() and closed.tobytes() not in tried:
            tried.add(closed.tobytes())
            menu.tighten(closed, charges, columns.least(closed, charges))
            continue
        found = columns.solved(menu.chosen(row))
        charges = list(found.charges)
        menu.tighten(closed, charges, found.least)
        menu.bounds[row], settled = NEVER, min(settled, found.bound)
        if best is None or found.total < best.total:
            best = found
    return _answer(problem, best, min(best.total, settled, int(menu.bounds.min(initial=NEVER))), charges)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A choice and its cost; of a solved combination also its charges by seat type and its bound.

    ``least`` is what everybody's cheapest paths come to at these charges.
    """

    choice: Whole
    total: int
    charges: Sequence[int] = ()
    least: int = 0
    bound: int = 0


def _current(problem: SeatProblem) -> _Found | None:
    """The choice of today, if everybody may stay."""
    if problem.current is None or bool((problem.kept < 0).any()):
        return None
    return _Found(problem.kept, problem.total(problem.kept))


def _answer(problem: SeatProblem, best: _Found, bound: int, charges: Sequence[int]) -> SeatChoice:
    counts = problem.counts(best.choice)
    billed, fees, multipliers = [0] * problem.paths, [0] * problem.paths, [0] * problem.paths
    for seat, charge in zip(problem.seats, best.charges or charges, strict=True):
        billed[seat.path], fees[seat.path] = seat.billed(counts[seat.path])
        if billed[seat.path]:
            multipliers[seat.path] = max(0, fees[seat.path] - charge)
    paid = tuple(sorted(seat.path for seat in problem.seats if billed[seat.path]))
    parts = tuple(billed), tuple(fees), paid, tuple(multipliers)
    best.choice.setflags(write=False)
    return SeatChoice(best.choice, counts, *parts, best.total, bound)


class _Columns:
    """The costs of a problem path by path, with what is barred, and the cheapest path without seats."""

    def __init__(self, problem: SeatProblem) -> None:
        self.problem = problem
        self.paths = np.empty((problem.paths, problem.people), np.int64)
        for start in range(0, problem.people, BLOCK):
            rows = slice(start, start + BLOCK)
            self.paths[:, rows] = np.where(problem.eligible[rows], problem.cost[rows], BARRED).T
        self.seats = [self.paths[seat.path] for seat in problem.seats]
        seated = {seat.path for seat in problem.seats}
        self.outside = np.full(problem.people, BARRED, np.int64)
        for path in range(problem.paths):
            if path not in seated:
                np.minimum(self.outside, self.paths[path], out=self.outside)
        self.fees = [min(fee for _, fee in seat.levels) for seat in problem.seats]
        self.all_open: Flags = np.zeros(len(problem.seats), np.bool_)

    def holders(self) -> list[int]:
        """How many people may hold each type at most."""
        return [int(np.count_nonzero(column < BARRED)) for column in self.seats]

    def least(self, closed: Flags, charges: Sequence[int]) -> int | None:
        """The sum of everybody's cheapest path; None if somebody has none but those of closed types."""
        total = 0
        for start in range(0, self.problem.people, BLOCK):
            rows = slice(start, start + BLOCK)
            best = self.outside[rows].copy()
            for column, charge, shut in zip(self.seats, charges, closed, strict=True):
                if not shut:
                    np.minimum(best, column[rows] + charge, out=best)
            if int(best.max()) >= BARRED:
                return None
            total += int(best.sum())
        return total

    def solved(self, options: tuple[Option, ...]) -> _Found:
        """The best choice of one combination, with its bound: equal unless the charges were missed."""
        charges = self._charges(options)
        paths = self.problem.paths
        by_path = np.zeros(paths, np.int64)
        low, high = np.zeros(paths, np.int64), np.full(paths, self.problem.people, np.int64)
        bound = 0
        for seat, option, charge in zip(self.problem.seats, options, charges, strict=True):
            by_path[seat.path] = BARRED if option.closed else charge
            low[seat.path] = option.fewest if charge > 0 else 0
            high[seat.path] = option.fewest if charge < option.fee or option.closed else self.problem.people
            bound += 0 if option.closed else (option.fee - charge) * option.fewest
        found = cheapest(list(self.paths), by_path)
        choice, _ = placed(found.ties, self.problem.kept, low, high)
        return _Found(choice, self.problem.total(choice), charges, found.least, found.least + bound)

    def _charges(self, options: tuple[Option, ...]) -> list[int]:
        """What a person on each type is charged; of a closed type its fee, for the bounds of others."""
        charges = list(self.fees)
        free: list[int] = []
        outside = self.outside
        for at, (option, column) in enumerate(zip(options, self.seats, strict=True)):
            if option.closed:
                continue
            if option.fee > 0 and 0 < option.fewest < int(np.count_nonzero(column < BARRED)):
                free.append(at)
                continue
            charges[at] = 0 if option.fewest else option.fee
            outside = np.minimum(outside, column + charges[at])
        if free:
            fees = np.array([0, *(options[at].fee for at in free)], np.int64)
            fewest = np.array([0, *(options[at].fewest for at in free)], np.int64)
            found = least_charges([outside, *(self.seats[at] for at in free)], fees, fewest)
            for at, charge in zip(free, found[1:].tolist(), strict=True):
                charges[at] = charge
        return charges
