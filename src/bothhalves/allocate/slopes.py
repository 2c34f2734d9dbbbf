"""What a little more of each effect costs where a choice is: prices at which no single move is overrated.

The cost of shared terms is convex in what units do, steps aside, so that a move costs at least what it does
at these prices; what a seat or a tool costs more or less is worked out for whole holders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.bill import Bill, Totals, worst_weights
from bothhalves.allocate.model import Band, Flags, Floats, Ints, Problem, SeatType
from bothhalves.allocate.prices import Prices, scored

#: Steps are looked up one by one for units of at most so many people.
_MANY = 64


@dataclass(frozen=True, eq=False)
class Slopes:
    """``prices`` of all but seats and tools. By seat type what a holder who comes costs at least (``joins``)
    and one who goes saves at most (``leaves``); by tool the same of its users."""

    prices: Prices
    joins: Floats
    leaves: Floats
    starts: Floats
    ends: Floats


def slopes(problem: Problem, band: Band, found: Totals, bill: Bill) -> Slopes:
    """The slopes at a choice with its totals and its bill."""
    chance = np.array([float(p) for p in problem.probability])
    if problem.risk:
        tail = worst_weights(bill.scenarios, problem.probability, problem.level)
        chance = chance + float(problem.risk) * np.array([float(weight) for weight in tail])
    held = np.array(found.held, dtype=np.float64)
    over = [_beyond(*row) for row in zip(problem.seats, found.pooled, found.held, strict=True)]
    brought = np.array([seat.credit * count for seat, count in zip(problem.seats, held, strict=True)])
    caps = np.array([float(seat.credit_cap) for seat in problem.seats])
    credited = np.array(found.credited, dtype=np.float64)
    is_short = np.minimum(brought, caps).sum() > credited
    burn = np.array(found.burn, dtype=np.float64) - np.minimum(np.minimum(brought, caps).sum(), credited)
    for n, seat in enumerate(problem.seats):
        if seat.overage_counts:
            burn += float(seat.overage) * _net(seat, found.pooled[n], found.held[n]) * over[n]
    price = chance * float(band.beyond) * (burn > float(band.covers(bill.payable)))
    pool = [
        float(seat.overage) * is_over * (price if seat.overage_counts else chance)
        for seat, is_over in zip(problem.seats, over, strict=True)
    ]
    credit = [np.where(is_short | (b > c), 0.0, price) for b, c in zip(brought, caps, strict=True)]
    shape = len(problem.seats), len(chance)
    prices = Prices(
        chance, price, np.where(is_short, price, 0.0),
        np.array(pool).reshape(shape), np.array(credit).reshape(shape), np.zeros(len(problem.seats)),
    )  # fmt: skip
    return Slopes(prices, *_steps(problem, found))


def _net(seat: SeatType, pooled: tuple[int, ...], held: int) -> Floats:
    return np.array(pooled, dtype=np.float64) - float((seat.allowance or 0) * held)


def _beyond(seat: SeatType, pooled: tuple[int, ...], held: int) -> Flags:
    return np.asarray(_net(seat, pooled, held) > 0)


def _steps(problem: Problem, found: Totals) -> tuple[Floats, Floats, Floats, Floats]:
    """What whole holders and users cost who come and save who go."""
    sure = 1.0 + float(problem.risk)
    most = max((int(g.people.max()) for g in problem.groups if len(g.people)), default=1)
    joins, leaves = [], []
    for seat, held in zip(problem.seats, found.held, strict=True):
        if most > _MANY:
            joins.append(0.0)
            leaves.append(sure * seat.cost(held))
            continue
        now = seat.cost(held)
        joins.append(sure * min((seat.cost(held + n) - now) / n for n in range(1, most + 1)))
        going = range(1, min(most, held) + 1)
        leaves.append(sure * max(((now - seat.cost(held - n)) / n for n in going), default=0.0))
    starts = [sure * tool.cost * (used == 0) for tool, used in zip(problem.tools, found.used, strict=True)]
    ends = [sure * tool.cost * (used == 1) for tool, used in zip(problem.tools, found.used, strict=True)]
    return np.array(joins), np.array(leaves), np.array(starts), np.array(ends)


def dearer(problem: Problem, here: Slopes, choice: tuple[Ints, ...]) -> list[Floats]:
    """By how much at least it would be dearer if a unit alone went back to its current option, by group.

    In micro-dollars; infinite where that is not eligible.
    """
    found = []
    for group, scores, now in zip(problem.groups, scored(problem, here.prices), choice, strict=True):
        rows = np.arange(len(now))
        seat, tool = (np.array(told, dtype=np.int64) for told in (group.options.seat, group.options.tool))
        back = group.current
        change = scores[rows, back] - scores[rows, now]
        is_other = seat[back] != seat[now]
        change += group.people * is_other * (_of(here.joins, seat[back]) - _of(here.leaves, seat[now]))
        change += (tool[back] != tool[now]) * (_of(here.starts, tool[back]) - _of(here.ends, tool[now]))
        found.append(change)
    return found


def _of(values: Floats, kinds: Ints) -> Floats:
    """The value of each kind, nothing for none."""
    return np.append(values, 0.0)[kinds]
