"""The search under one band: prices of shared terms, the bound they give, and the few units left open by it.

A linear program over some units gives prices; at these every unit decides alone, which bounds the objective
from below for all of them at once. Units that are nearly tied are left to a mixed-integer program, and an
option that would cost more than the best known choice, at these prices, can be left out for good.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.bill import Bill, Totals, cheapest_band, totals
from bothhalves.allocate.cells import MICRO, Free, cells
from bothhalves.allocate.every_choice import possible
from bothhalves.allocate.linear import Answer
from bothhalves.allocate.model import Choice, Flags, Floats, Ints, Problem
from bothhalves.allocate.prices import Bound, Prices, mixed, scored, start, told
from bothhalves.allocate.sums import moved, without

#: HiGHS reports a bound in floating point.
_CERTAIN = 1e-10


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` for everything; up to ``whole`` units a program holds all of them; ``near``: nearly tied
    units that are left free at first, ``open``: at most in the last program; ``enough``: the relative gap at
    which a search of more than ``whole`` units ends; ``rounds`` of prices."""

    seconds: float = 60.0
    whole: int = 2000
    near: int = 800
    open: int = 4000
    enough: float = 1e-7
    rounds: int = 8


@dataclass(eq=False)
class Best:
    """The cheapest choice known, with its band and exact bill (None: none is known). ``known`` is a choice
    with its totals, from which those of others are worked out."""

    problem: Problem
    known: tuple[Choice, Totals]
    bill: Bill | None = None
    band: int = 0

    def __post_init__(self) -> None:
        self.choice, self.totals = self.known

    def offer(self, choice: Choice, found: Totals) -> None:
        """Takes a choice if it is cheaper, under the band that is best for it."""
        band, bill = cheapest_band(self.problem, found)
        if self.bill is None or bill.objective < self.bill.objective:
            self.take(choice, found, band, bill)

    def take(self, choice: Choice, found: Totals, band: int, bill: Bill) -> None:
        """Takes a choice as the best known."""
        self.choice, self.totals, self.band, self.bill = choice, found, band, bill

    def of(self, choice: Choice) -> Totals:
        """The totals of a choice, from those last asked for."""
        found = moved(self.problem, self.known[1], self.known[0], choice)
        self.known = choice, found
        return found

    @property
    def score(self) -> float:
        return float("inf") if self.bill is None else float(self.bill.objective)


@dataclass(eq=False)
class BandSearch:
    """The search under the band at ``place``; what it finds is offered to ``best``."""

    problem: Problem
    place: int
    best: Best
    limits: Limits
    until: float

    def __post_init__(self) -> None:
        self.band = self.problem.bands[self.place]
        self.is_small = self.problem.size <= self.limits.whole

    def bound(self, prices: Prices) -> Bound:
        return Bound(self.problem, self.band, prices, scored(self.problem, prices))

    def first(self, branch: Branch) -> Prices:
        """Prices of a program of all units, or of a sample that stands for them."""
        free = self._everyone() if self.is_small else self._sample()
        nobody = [np.zeros(0, dtype=np.int64) for _ in self.problem.groups]
        program = self._program(free, totals(self.problem, self.problem.current, nobody), branch)
        answer = program.solve(False, self._left())
        return told(program, answer) if answer.finished else start(self.problem, self.band)

    def settle(self, branch: Branch, bound: Bound) -> float:
        """The least that a choice of the branch costs, as far as it can be proved."""
        if not self.is_small:
            bound = self._refined(branch, bound)
        lower = bound.of(branch)
        if self.is_done(lower):
            return lower
        near = self._near(bound, branch, self.limits.near)
        self._whole_numbers(bound, branch, near, self._slack())
        if self.is_done(lower):
            return lower
        rest = self._undecided(bound, branch, lower)
        if not self.is_small and sum(len(f.units) for f in rest) > self.limits.open:
            return lower
        proved = self._whole_numbers(bound, branch, rest, 0.0 if self.is_small else self._slack())
        return max(lower, min(proved, self.best.score))

    def is_done(self, lower: float) -> bool:
        """True if nothing cheaper than the best known can be below such a bound, or nothing that matters."""
        return lower >= self.best.score - (0.0 if self.is_small else self._slack())

    def _slack(self) -> float:
        """The gap in micro-dollars that is small enough for many units."""
        return 0.0 if self.best.bill is None else self.limits.enough * self.best.score

    def _left(self) -> float:
        return max(0.1, self.until - time.monotonic())

    # -- prices --------------------------------------------------------------------------------------------

    def _refined(self, branch: Branch, bound: Bound) -> Bound:
        """Better prices: those of programs over the nearly tied, the rest decided by the prices before."""
        best, value = bound, bound.of(branch)
        for _ in range(self.limits.rounds):
            program, answer = self._relaxed(bound, branch)
            if not answer.finished:
                break
            found = self.bound(told(program, answer))
            reached = found.of(branch)
            bound = found
            if reached > value:
                best, value = found, reached
            else:
                bound = self.bound(mixed(best.prices, found.prices, 0.5))
                if (between := bound.of(branch)) > value:
                    best, value = bound, between
            ceiling = self._whole_cost(bound, answer)
            if ceiling - value <= self._slack() / 10:
                break
        return best

    def _relaxed(self, bound: Bound, branch: Branch) -> tuple[BandProgram, Answer]:
        near = self._near(bound, branch, self.limits.near)
        program = self._program(near, self._rest(bound, branch, near)[1], branch)
        answer = program.solve(False, self._left())
        self._fixed_cost = sum(
            sum(float(p) * c for p, c in zip(self.problem.probability, row, strict=True))
            for row in program.fixed.cost
        )
        return program, answer

    def _whole_cost(self, bound: Bound, answer: Answer) -> float:
        """The objective of the relaxation with what is fixed; no relaxation of everything is dearer."""
        return answer.bound * MICRO + self._fixed_cost

    # -- whole numbers -------------------------------------------------------------------------------------

    def _whole_numbers(self, bound: Bound, branch: Branch, free: list[Free], slack: float) -> float:
        """Offers the best choice in which only ``free`` units are open; gives the least that HiGHS proves."""
        choice, fixed = self._rest(bound, branch, free)
        program = self._program(free, fixed, branch)
        answer = program.solve(True, self._left(), slack / MICRO / 4)
        if answer.values is not None:
            after = [options.copy() for options in choice]
            taken = program.free.taken(answer.values[program.taken])
            for group in {some.group for some in free}:
                here = taken[program.free.group[taken] == group]
                after[group][program.free.place[here]] = program.free.option[here]
            self._offer(tuple(after))
        cost = float(
            sum(sum(row[s] * p for s, p in enumerate(self.problem.probability)) for row in fixed.cost)
        )
        lower = answer.bound * MICRO + cost
        return lower - abs(lower) * _CERTAIN - 1.0 if np.isfinite(lower) else lower

    def _offer(self, choice: Choice) -> None:
        if possible(self.problem, choice):
            self.best.offer(choice, self.best.of(choice))

    # -- which units ---------------------------------------------------------------------------------------

    def _program(self, free: list[Free], fixed: Totals, branch: Branch) -> BandProgram:
        return BandProgram(self.problem, self.band, cells(self.problem, free), fixed, branch)

    def _everyone(self) -> list[Free]:
        pairs = enumerate(self.problem.groups)
        return [Free(n, np.arange(len(g.current)), g.eligible) for n, g in pairs]

    def _sample(self) -> list[Free]:
        """Units at even distances in the order of what they cost, each for as many as it stands for."""
        scores = scored(self.problem, start(self.problem, self.band))
        few = sum(len(s) for s in scores if len(s) <= self.limits.near // 2)
        found = []
        for n, (group, some) in enumerate(zip(self.problem.groups, scores, strict=True)):
            count = len(some)
            wanted = self.limits.near // 2
            if count <= wanted and (few <= self.limits.near or n % (few // self.limits.near + 1)):
                places, repeat = np.arange(count), 1.0
            elif count > wanted:
                order = np.argsort(some.min(axis=1), kind="stable")
                picks = ((np.arange(wanted) + 0.5) * (count / wanted)).astype(np.int64)
                places, repeat = np.sort(order[picks]), count / wanted
            else:
                continue
            found.append(Free(n, places, group.eligible[places], repeat))
        return found

    def _near(self, bound: Bound, branch: Branch, count: int) -> list[Free]:
        """The units whose second option is nearest to the first."""
        allowed = self._allowed(bound, branch)
        margins = [_margin(s, a) for s, a in zip(bound.scores, allowed, strict=True)]
        everyone = np.concatenate(margins)
        many = min(count, int(np.isfinite(everyone).sum()))
        limit = np.partition(everyone, many - 1)[many - 1] if many else -1.0
        found = []
        for n, (margin, options) in enumerate(zip(margins, allowed, strict=True)):
            places = np.flatnonzero(margin <= limit)
            if len(places):
                found.append(Free(n, places, options[places]))
        return found

    def _undecided(self, bound: Bound, branch: Branch, lower: float) -> list[Free]:
        """The units with more than one option that could be part of something cheaper than the best known."""
        room = (self.best.score - lower) * (1 + 1e-9) + 1.0
        found = []
        for n, (scores, options) in enumerate(zip(bound.scores, self._allowed(bound, branch), strict=True)):
            left = options & (scores - _least(scores, options)[:, None] <= room)
            places = np.flatnonzero(left.sum(axis=1) > 1)
            if len(places):
                found.append(Free(n, places, left[places]))
        return found

    def _allowed(self, bound: Bound, branch: Branch) -> list[Flags]:
        pairs = zip(self.problem.groups, bound.allowed(branch), strict=True)
        return [group.eligible & options for group, options in pairs]

    def _rest(self, bound: Bound, branch: Branch, free: list[Free]) -> tuple[Choice, Totals]:
        """What every unit takes alone, and the totals of those that are not free. Ties keep what is."""
        pairs = zip(self.problem.groups, bound.scores, self._allowed(bound, branch), strict=True)
        choice = tuple(_alone(scores, options, group.current) for group, scores, options in pairs)
        out = {some.group: some.units for some in free}
        nobody = np.zeros(0, dtype=np.int64)
        places: list[Ints] = [out.get(n, nobody) for n in range(len(choice))]
        return choice, without(self.problem, self.best.of(choice), choice, places)


def _least(scores: Floats, options: Flags) -> Floats:
    return np.asarray(np.where(options, scores, np.inf).min(axis=1))


def _margin(scores: Floats, options: Flags) -> Floats:
    """By how much the second option is dearer than the first; infinite where there is one only."""
    if scores.shape[1] < 2:
        return np.full(len(scores), np.inf)
    two = np.partition(np.where(options, scores, np.inf), 1, axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(np.isfinite(two[:, 1]), two[:, 1] - two[:, 0], np.inf))


def _alone(scores: Floats, options: Flags, current: Ints) -> Ints:
    masked = np.where(options, scores, np.inf)
    first = masked.argmin(axis=1)
    places = np.arange(len(first))
    stays = masked[places, current] <= masked[places, first]
    return np.asarray(np.where(stays, current, first), dtype=np.int64)
