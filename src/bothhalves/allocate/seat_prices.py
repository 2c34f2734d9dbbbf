"""What a person on each seat path is charged, for the greatest lower bound: the prices of one combination.

With one fee and one fewest count for each type, ``fee * max(count, fewest)`` is the most that ``charge *
count + (fee - charge) * fewest`` comes to over charges from 0 to the fee. So for any charges everybody's
cheapest path, with what is left of the fees of the fewest seats, bounds every choice from below; the right
charges make it equal to the optimum (a transportation problem and its dual; Lagrangian relaxation, Geoffrion
1974).

All charges must be found together: one at a time stops short, because two seat types may have to become
cheaper at once before anybody moves. They are found by narrowing. A sample of people gives all charges about
right, which settles the path of everybody who is not nearly tied between two; the next sample is of the rest
alone; and the last program holds all who are still open, so that it is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.seat_terms import BARRED, Flags, Whole
from bothhalves.allocate.seats_lp import Groups, price_changes

#: Rows that are worked on at once, so that memory does not grow with people.
BLOCK = 1 << 16
#: Groups of one linear program; a sample is as large.
PROGRAM = 4000
#: Up to so many rows are always looked through for equal ones; more, where a sample has some.
GROUPED = 1 << 18
#: Charges within this distance are told apart to the last digit by a program in floating point.
EXACT = 1 << 30
#: How many times the error of a sample the next window holds; more after each miss.
SAFETY = 8
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Window:
    """The charges that are looked at, by path; path 0 has no seats and is charged nothing."""

    low: Whole
    high: Whole

    def around(self, charges: Whole, width: int) -> Window:
        """The part of this window that is within ``width`` of the charges."""
        return Window(np.maximum(self.low, charges - width), np.minimum(self.high, charges + width))

    def stopped(self, charges: Whole, whole: Window) -> bool:
        """Whether an end of this window, and not one of the whole, holds the charges back."""
        below = (charges == self.low) & (self.low > whole.low)
        above = (charges == self.high) & (self.high < whole.high)
        return bool((below | above).any())


@dataclass(frozen=True, slots=True)
class Open:
    """The people whose path the window leaves open, and how many it settles on each path.

    ``columns[k]`` are costs on path k and ``sizes`` how many people have the costs of a row.
    """

    columns: Sequence[Whole]
    sizes: Whole
    settled: Whole

    @property
    def rows(self) -> int:
        return len(self.sizes)

    def light(self) -> Flags:
        """The rows that a sample stands for; the others are so large that each is in every program."""
        return self.sizes * PROGRAM <= int(self.sizes.sum())


def least_charges(columns: Sequence[Whole], fees: Whole, fewest: Whole) -> Whole:
    """The charge of each path for the greatest lower bound; whole, as costs and fees are.

    ``columns[k]`` is everybody's cost on path k; path 0 has no seats, and its fee and fewest count are 0.
    """
    whole = Window(np.zeros_like(fees), fees)
    everyone = Open(columns, np.ones(len(columns[0]), np.int64), np.zeros_like(fees))
    window, charges, safety = whole, fees.copy(), SAFETY
    still = narrowed(everyone, window)
    for _ in range(_ROUNDS):
        groups = _programmed(still, charges)
        base = np.bincount(groups.base, groups.sizes, len(fees))
        needed = (fewest - still.settled).astype(np.float64) - base
        changes = price_changes(groups, needed[1:], (charges - window.low)[1:], (window.high - charges)[1:])
        charges = np.clip(charges + np.concatenate([[0], changes]), window.low, window.high)
        widest = int((window.high - window.low).max())
        if window.stopped(charges, whole):
            safety *= 4
            window = whole.around(charges, 8 * widest)
            still = narrowed(everyone, window)
        elif still.rows <= PROGRAM and widest <= EXACT:
            break
        else:
            window = window.around(charges, min(widest // 4 + 1, _width(still, charges, safety)))
            still = narrowed(still, window)
    return charges


def narrowed(people: Open, window: Window) -> Open:
    """Of these people, those with more than one path that is the cheapest somewhere in the window."""
    settled = people.settled.copy()
    kept: list[tuple[Whole, Whole]] = []
    for start in range(0, people.rows, BLOCK):
        rows = slice(start, start + BLOCK)
        costs, sizes = np.stack([column[rows] for column in people.columns]), people.sizes[rows]
        possible = _possible(costs, window)
        several = possible.sum(axis=0, dtype=np.int8) > 1
        for path, only in enumerate(possible & ~several):
            settled[path] += int(sizes[only].sum())
        costs = np.where(possible[:, several], costs[:, several], BARRED)
        kept.append((np.where(costs < BARRED, costs - costs.min(axis=0), BARRED), sizes[several]))
    if not kept:
        return people
    columns = np.concatenate([costs for costs, _ in kept], axis=1)
    return Open(*_grouped(columns, np.concatenate([sizes for _, sizes in kept])), settled)


def _possible(costs: Whole, window: Window) -> Flags:
    """Which paths ``[k, n]`` may be the cheapest for a person at some charges in the window."""
    best = np.minimum.reduce(costs + window.high[:, None])
    possible: Flags = costs + window.low[:, None] <= best
    return possible


def _grouped(costs: Whole, sizes: Whole) -> tuple[Sequence[Whole], Whole]:
    """Equal rows as one, where there are any worth the search."""
    drawn = np.arange(0, len(sizes), max(1, len(sizes) // PROGRAM))
    if len(sizes) > GROUPED and len(np.unique(_mixed(costs[:, drawn]))) > 0.9 * len(drawn):
        return list(costs), sizes
    _, first, row = np.unique(_mixed(costs), return_index=True, return_inverse=True)
    together = np.zeros(len(first), np.int64)
    np.add.at(together, row, sizes)
    return list(costs[:, first]), together


def _mixed(costs: Whole) -> Whole:
    """A number of 64 bits for each row, equal for equal rows."""
    keys = np.random.default_rng(0).integers(1, BARRED, len(costs)) | 1
    mixed: Whole = (np.where(costs < BARRED, costs, -1) * keys[:, None]).sum(axis=0)
    return mixed


def _programmed(people: Open, charges: Whole) -> Groups:
    """All open people, or a sample with those of equal costs who are too many to be left to chance."""
    rows, sizes = np.arange(people.rows), people.sizes.astype(np.float64)
    if people.rows > PROGRAM:
        light = people.light()
        drawn = rows[light][np.random.default_rng(people.rows).integers(0, int(light.sum()), PROGRAM)]
        share = float(sizes[light].sum() / sizes[drawn].sum())
        rows, sizes = (
            np.concatenate([rows[~light], drawn]),
            np.concatenate([sizes[~light], sizes[drawn] * share]),
        )
    costs = _charged(people, charges, rows)
    return Groups(costs - costs.min(axis=0), costs < BARRED, costs.argmin(axis=0), sizes)


def _charged(people: Open, charges: Whole, rows: Whole) -> Whole:
    """The costs of rows with what is charged, ``[k, n]``; BARRED where a path is out of the question."""
    columns = zip(people.columns, charges, strict=True)
    return np.stack(
        [np.where(column[rows] < BARRED, column[rows] + charge, BARRED) for column, charge in columns]
    )


def _width(people: Open, charges: Whole, safety: int) -> int:
    """How far the next window goes: it leaves open as many people as the sample may be wrong by."""
    if people.rows <= PROGRAM:
        return EXACT // 4
    light = np.flatnonzero(people.light())
    nearest = np.partition(_charged(people, charges, light), 1, axis=0)
    margins, sizes = nearest[1] - nearest[0], people.sizes[light]
    order = np.argsort(margins)
    wrong = max(PROGRAM // 2, int(safety * sizes.sum() / PROGRAM**0.5)) + int(sizes[margins == 0].sum())
    at = int(np.searchsorted(np.cumsum(sizes[order]), wrong))
    return max(1, min(int(margins[order[min(at, len(order) - 1)]]), EXACT // 4))
