"""A minimum of seats over all types together: what is missing to it is charged, whoever holds the others.

Where each type has a fee and no terms of its own, all types are one with the common minimum at the price, and
what a type costs beyond it is its holder's own: a plain problem, solved as such.

Else bounds are taken. A problem whose seats each cost up to the price less, with that much for each seat of
the minimum on top, is a plain one and costs no more than the true one; its best choice is the true one if
the two cost the same there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from bothhalves.allocate.bill import evaluate
from bothhalves.allocate.model import Choice, Listed, Problem, SeatType, possible
from bothhalves.allocate.solve import OPTIMAL, UNPROVED, Solution, is_proved, solve

#: How often the relief is halved where neither end proves the choice.
STEPS = 6


@dataclass(frozen=True, eq=False)
class Floor:
    """A ``problem`` whose contract charges ``price`` for each seat that is missing to ``minimum``.

    No seat is missing where there is none at all: then nothing is signed.
    """

    problem: Problem
    minimum: int
    price: int


@dataclass(frozen=True, eq=False)
class Found:
    """A choice of every unit, by group, and the band; no choice costs less than ``bound``."""

    choice: Choice
    band: int
    objective: Fraction
    bound: Fraction
    status: str


def cheapest(floor: Floor) -> Found:
    """The cheapest choice under the floor; it is never dearer than today's where that is possible.

    Proved, unless types have minimums or breaks of their own beside the floor: then it is the best of several
    problems, with the bound that these give.
    """
    joined = _joined(floor)
    if joined is not None and floor.minimum:
        found = solve(joined)
        return Found(found.choice, found.band, found.objective, Fraction(found.bound), found.status)
    problem = floor.problem
    free = solve(problem)
    best, bound = _found(floor, free), Fraction(free.bound)
    if possible(problem, problem.current):
        best = min(best, _costing(floor, problem.current, problem.band), key=lambda f: f.objective)
    if best.objective > bound and floor.minimum:
        best, bound = _relieved(floor, best, bound)
    status = OPTIMAL if is_proved(best.objective, bound) else UNPROVED
    return replace(best, bound=min(bound, best.objective), status=status)


def _joined(floor: Floor) -> Problem | None:
    """The same problem with one seat type; None: a type has terms that no holder has alone."""
    seats = floor.problem.seats
    plain = (SeatType(seat.name, seat.fee, seat.minimum, optional=seat.optional) for seat in seats)
    if not seats or list(plain) != list(seats) or any(s.minimum > 1 or not s.optional for s in seats):
        return None
    groups = []
    for group in floor.problem.groups:
        if not isinstance(group, Listed) or any(seat.fee < floor.price for seat in seats):
            return None
        types = group.options.seat
        beyond = np.array([seats[t].fee - floor.price if t >= 0 else 0 for t in types], dtype=np.int64)
        cost = group.cost + (group.people[:, None] * beyond)[:, :, None]
        options = replace(group.options, seat=tuple(min(t, 0) for t in types))
        groups.append(replace(group, options=options, cost=cost))
    common = SeatType("all", floor.price, floor.minimum)
    return replace(floor.problem, groups=tuple(groups), seats=(common,))


def _relieved(floor: Floor, best: Found, bound: Fraction) -> tuple[Found, Fraction]:
    """The best choice and bound of problems with relief: all of it first, then between both ends."""
    none = _without_seats(floor)
    if none is not None and none.objective < best.objective:
        best = none
    limit = none.objective if none is not None else None
    low, relief, high = 0, _most(floor), _most(floor)
    for _ in range(STEPS + 1):
        found = solve(_lowered(floor.problem, relief))
        here = Fraction(found.bound) + relief * floor.minimum
        bound = max(bound, here if limit is None else min(here, limit))
        best = min(best, _found(floor, found), key=lambda f: f.objective)
        if is_proved(best.objective, bound):
            break
        if _billed(floor, found.choice) > floor.minimum:
            high = relief
        else:
            low = relief
        relief = (low + high) // 2
    return best, bound


def _found(floor: Floor, solution: Solution) -> Found:
    """The solution's choice at what it truly costs."""
    return _costing(floor, solution.choice, solution.band)


def _costing(floor: Floor, choice: Choice, band: int) -> Found:
    cost = evaluate(floor.problem, choice, band).objective + _missing(floor, choice)
    return Found(choice, band, cost, Fraction(0), "")


def _missing(floor: Floor, choice: Choice) -> int:
    """What is charged for seats that are missing to the minimum."""
    billed = _billed(floor, choice)
    return floor.price * max(floor.minimum - billed, 0) if billed else 0


def _billed(floor: Floor, choice: Choice) -> int:
    """Seats of all types that are billed before the common minimum: held, or the type's own minimum."""
    held = [0] * len(floor.problem.seats)
    for group, options in zip(floor.problem.groups, choice, strict=True):
        seats = np.array(group.options.seat)[options]
        for place in range(len(held)):
            held[place] += int(group.people[seats == place].sum())
    pairs = zip(floor.problem.seats, held, strict=True)
    return sum(max(seat.minimum, count) for seat, count in pairs if count or not seat.optional)


def _most(floor: Floor) -> int:
    """The most by which a seat may be made cheaper: no fee falls below nothing."""
    fees = [fee for seat in floor.problem.seats for fee, _, _ in seat.steps]
    return min([floor.price, *fees])


def _lowered(problem: Problem, relief: int) -> Problem:
    return replace(problem, seats=tuple(_cheaper(seat, relief) for seat in problem.seats))


def _cheaper(seat: SeatType, relief: int) -> SeatType:
    breaks = tuple((start, fee - relief) for start, fee in seat.breaks)
    return replace(seat, fee=seat.fee - relief, breaks=breaks)


def _without_seats(floor: Floor) -> Found | None:
    """The best choice without any seat; None: not everybody can do without."""
    closed = []
    for group in floor.problem.groups:
        free = np.array(group.options.seat) < 0
        if not group.eligible[:, free].any(axis=1).all():
            return None
        closed.append(replace(group, eligible=group.eligible & free))  # type: ignore[type-var]
    if not all(seat.optional for seat in floor.problem.seats):
        return None
    return _found(floor, solve(replace(floor.problem, groups=tuple(closed))))
