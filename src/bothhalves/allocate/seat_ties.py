"""From charges to people: everybody on a cheapest path, the tied on one that makes the counts come right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.seat_prices import BLOCK
from bothhalves.allocate.seat_terms import Whole
from bothhalves.allocate.seats_lp import told_apart


@dataclass(frozen=True, slots=True)
class Cheapest:
    """What everybody's cheapest paths come to, and which they are, as bits of ``ties``."""

    least: int
    ties: Whole


def cheapest(columns: Sequence[Whole], charges: Whole) -> Cheapest:
    """The cheapest paths of everybody at these charges."""
    people = len(columns[0])
    ties, least = np.zeros(people, np.int64), 0
    for start in range(0, people, BLOCK):
        rows = slice(start, start + BLOCK)
        costs = [column[rows] + charge for column, charge in zip(columns, charges, strict=True)]
        best = np.minimum.reduce(costs)
        least += int(best.sum())
        for path, cost in enumerate(costs):
            ties[rows] |= (cost == best).astype(np.int64) << path
    return Cheapest(least, ties)


def placed(ties: Whole, kept: Whole, low: Whole, high: Whole) -> tuple[Whole, bool]:
    """A path for everybody among the tied, and whether counts are within ``low`` to ``high`` of each path.

    Who can stays where he is (``kept``, -1 for nowhere); of the others, as many as possible are on the path
    of the lower number. The counts come first, then staying, then the number.
    """
    paths = len(low)
    stays = (kept >= 0) & ((ties >> np.maximum(kept, 0)) & 1).astype(bool)
    lowest = np.zeros(len(ties), np.int64)
    for path in range(paths - 1, -1, -1):
        lowest[(ties >> path) & 1 == 1] = path
    choice = np.where(stays, kept, lowest)
    counts = np.bincount(choice, minlength=paths)
    if bool(((low <= counts) & (counts <= high)).all()):
        return choice, True
    return _moved(choice, ties, stays, low, high)


def _moved(choice: Whole, ties: Whole, stays: np.ndarray, low: Whole, high: Whole) -> tuple[Whole, bool]:
    """As few of the tied as possible put on another of their paths, so that the counts come right."""
    paths = len(low)
    rows = np.flatnonzero(ties & (ties - 1))
    decided = np.bincount(np.delete(choice, rows), minlength=paths)
    patterns, pattern = np.unique(ties[rows], return_inverse=True)
    homes = np.where(stays[rows], choice[rows], paths)
    codes, group = np.unique(pattern * (paths + 1) + homes, return_inverse=True)
    tied, home = patterns[codes // (paths + 1)], codes % (paths + 1)
    each = np.arange(paths)[:, None]
    allowed = (tied >> each) & 1 == 1
    moving = len(rows) * paths + 1
    costs = np.where(each == home, 0, each + moving * (home < paths))
    sizes = np.bincount(group, minlength=len(codes))
    found = told_apart(costs, allowed, sizes, low - decided, high - decided)
    if found is None:
        return choice, False
    choice = choice.copy()
    choice[rows] = _dealt(found, group, home)
    return choice, True


def _dealt(found: Whole, group: Whole, home: Whole) -> Whole:
    """The path of each person of a group: the first rows stay, those after them take the others in turn."""
    dealt = np.empty(len(group), np.int64)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(found.sum(axis=0))
    for at, end in enumerate(ends.tolist()):
        amounts = found[:, at]
        paths = sorted(range(len(amounts)), key=lambda path, at=at: (path != home[at], path))  # type: ignore[misc]
        dealt[order[end - int(amounts.sum()) : end]] = np.repeat(paths, amounts[paths])
    return dealt
