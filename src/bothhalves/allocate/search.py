"""The search under one band: prices of shared terms, the bound they give, and the few units left open by it.

At prices every unit decides alone, which bounds the objective from below for all of them at once. Better
prices come from a program over the units that are nearly tied, some for many at first; the last of them are
left to a mixed-integer program, and an option that would cost more than the best known choice can be left
out for good.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.bill import Bill, Totals, best_amount, cheapest_band, totals
from bothhalves.allocate.cells import MICRO, Cells, Free, cells
from bothhalves.allocate.model import Choice, Floats, Ints, Problem, possible
from bothhalves.allocate.polish import Polish
from bothhalves.allocate.prices import Bound, Prices, mixed, scored, told
from bothhalves.allocate.sums import moved, replaced
from bothhalves.allocate.ties import alone, drawn, undecided, window

#: HiGHS reports a bound in floating point.
_CERTAIN = 1e-10
#: A first choice may take this share of the time, and is left at this gap.
_A_GUESS, _ROUGH = 0.1, 1e-5
#: The next change of prices may reach units that are so many times as many as the last one reached.
_REACH = 4
#: Where a program over a few units gives no better prices, up to this many times as many are looked at.
_MORE = 4
#: Changes of a bound that are small, smaller and smaller still, as shares of the gap that is small enough.
_CLOSER = (1 / 8, 1 / 80, 1 / 800)
#: A program's solution is rounded where it costs more than the bound by at most this share of the gap that is
#: small enough; twice as many units are looked at so often, if they may bring it so near, or at last.
_ROUNDING, _SOON, _LAST, _HALF = 0.4, 2, 4, 0.4
#: How far to go toward new prices, where going the whole way makes the bound worse.
_SHARES = (1.0, 0.5, 0.25)
#: Exchanges end at this share of the gap that is small enough: what they reckon is in floating point.
_SURELY = 0.98


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` for everything. Up to ``exact`` units the search goes on to the last micro-dollar; beyond,
    to the relative gap ``enough``. ``near``: nearly tied units in a program for prices; ``open``: at most in
    the last program; ``rounds`` of prices; ``sample`` and ``scenarios``: the size of the likeness in which
    the search begins."""

    seconds: float = 60.0
    exact: int = 2000
    enough: float = 9.9e-7
    near: int = 1200
    open: int = 4000
    rounds: int = 40
    sample: int = 400
    scenarios: int = 12


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

    @staticmethod
    def unknown(problem: Problem) -> Best:
        """Nothing known yet."""
        return Best(problem, (problem.current, totals(problem, problem.current)))

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
    """The search under the band at ``place``; what it finds is offered to ``best``. ``most`` are the holders
    that there can be, by seat type."""

    problem: Problem
    most: tuple[int, ...]
    place: int
    best: Best
    limits: Limits
    until: float

    def __post_init__(self) -> None:
        self.band = self.problem.bands[self.place]
        self.is_exact = self.problem.size <= self.limits.exact
        self._orders: list[Ints] = []
        self._careful = 0

    def bound(self, prices: Prices) -> Bound:
        """The bound at some prices: every unit is looked at."""
        return Bound(self.problem, self.most, self.band, prices, scored(self.problem, prices))

    def is_done(self, lower: float) -> bool:
        """True if nothing cheaper than the best known can be above such a bound, or nothing that matters."""
        return lower >= self.best.score - (0.0 if self.is_exact else self._enough())

    def _enough(self) -> float:
        """The gap in micro-dollars that is small enough for many units."""
        return 0.0 if self.best.bill is None else self.limits.enough * self.best.score

    def _room(self, bound: Bound, branch: Branch) -> float:
        """By how much an option may be dearer than the first and still be part of something cheaper than the
        best known."""
        return (self.best.score - bound.of(branch)) * (1 + 1e-9) + 1.0

    def _left(self) -> float:
        return max(0.1, self.until - time.monotonic())

    # -- prices --------------------------------------------------------------------------------------------

    def _refined(self, branch: Branch, bound: Bound) -> Iterator[Bound]:
        """Ever better prices for a branch, of programs over a few units for all: at first of every kind, then
        more of those that are as near to a tie as the last change of prices reached.

        Gives those at which changes have become small, smaller and smaller still.
        """
        near = size = self.problem.size
        few = least_few = size if self.is_exact else min(self.limits.near, size)
        choice, closer = self._alone(bound, branch), iter(_CLOSER)
        small = next(closer)
        for _ in range(self.limits.rounds):
            value = bound.of(branch)
            if self.is_done(value) or time.monotonic() > self.until:
                break
            better = self._better(branch, bound, choice, near, few, few == least_few < size)
            if better is None:
                if few >= min(_MORE * least_few, size):
                    break
                few = min(2 * few, size)
                continue
            after = self._alone(better, branch)
            changed = sum(int((a != b).sum()) for a, b in zip(choice, after, strict=True))
            near, choice, bound = max(_REACH * few, min(near, _REACH * changed)), after, better
            if bound.of(branch) - value <= self.limits.enough * abs(value) * small:
                yield bound
                found = next(closer, None)
                if found is None:
                    return
                small = found
        yield bound

    def priced(self, branch: Branch, bound: Bound) -> Bound:
        """The best prices of a branch that are found, and no choice."""
        for better in self._refined(branch, bound):
            bound = better
        return bound

    def _better(
        self, branch: Branch, bound: Bound, choice: Choice, near: int, few: int, is_likely: bool
    ) -> Bound | None:
        """A better bound at the prices of a program, or on the way to them."""
        prices = self._relaxed(bound, branch, choice, near, few, is_likely)
        if prices is None:
            return None
        first = self._careful
        for n in range(first, len(_SHARES)):
            share = _SHARES[n]
            found = self.bound(mixed(bound.prices, prices, share) if share < 1 else prices)
            if found.of(branch) > bound.of(branch):
                self._careful = n if n > first else max(n - 1, 0)
                return found
        return None

    def _relaxed(
        self, bound: Bound, branch: Branch, choice: Choice, near: int, few: int, is_likely: bool
    ) -> Prices | None:
        """Prices of a linear program in which a few units stand for all; None: it has none.

        It begins at what all units take alone (``choice``), so that only changes from there are estimated.
        ``is_likely``: they are taken to change sums by less than they could.
        """
        found = self.best.of(choice)
        if possible(self.problem, choice):
            self.best.offer(choice, found)
        room = self._room(bound, branch)
        some = drawn(bound.scores, bound.allowed(branch), self._order(bound), room, near, few)
        fixed = replaced(self.problem, found, choice, some)
        free = cells(self.problem, some)
        likely = free.of(choice) if is_likely else None
        program = BandProgram(self.problem, self.band, free, fixed, branch, whole=False, likely=likely)
        answer = program.solve(self._left())
        return told(program, answer, bound.prices) if answer.finished else None

    def _order(self, bound: Bound) -> list[Ints]:
        """The units of each group in the order of what they cost alone, when it was first asked for."""
        if not self._orders:
            self._orders = [np.argsort(s.min(axis=1, initial=np.inf), kind="stable") for s in bound.scores]
        return self._orders

    # -- whole numbers -------------------------------------------------------------------------------------

    def settle(self, branch: Branch, bound: Bound) -> tuple[Bound, float]:
        """Better prices of a branch, and the least that a choice of it costs as far as it can be proved."""
        for better in self._refined(branch, bound):
            bound = better
            if not self.is_exact:
                self._rounded(branch, bound, _SOON)
            if self.is_done(bound.of(branch)):
                return bound, bound.of(branch)
        if not self.is_exact:
            self._rounded(branch, bound, _LAST)
        return bound, self._proved(branch, bound)

    def _proved(self, branch: Branch, bound: Bound) -> float:
        """What mixed-integer programs prove: of the nearly tied, then of all that is undecided."""
        lower = bound.of(branch)
        near = self._nearest(branch, bound, self.limits.near)
        self._whole_numbers(bound, branch, near, self._roughly(lower), _A_GUESS)
        if self.is_done(lower):
            return lower
        rest = undecided(bound.scores, bound.allowed(branch), self._room(bound, branch))
        if not self.is_exact and sum(len(some.units) for some in rest) > self.limits.open:
            return lower
        proved = self._whole_numbers(bound, branch, rest, 0.0 if self.is_exact else self._enough() / 4, 1.0)
        return max(lower, min(proved, self.best.score))

    def _nearest(self, branch: Branch, bound: Bound, count: int) -> list[Free]:
        return window(bound.scores, bound.allowed(branch), self._room(bound, branch), count)

    def _rounded(self, branch: Branch, bound: Bound, doubled: int) -> None:
        """Offers the solution of a linear program over the nearly tied, in whole numbers: of ever more of
        them, until it is near enough to the bound for its rounding."""
        lower, before = bound.of(branch), np.inf
        for left in reversed(range(doubled + 1)):
            if self.is_done(lower):
                return
            choice = self._alone(bound, branch)
            near = self._nearest(branch, bound, self.limits.near << (doubled - left))
            fixed = replaced(self.problem, self.best.of(choice), choice, near)
            program = self._program(near, fixed, branch, whole=False)
            answer = program.solve(self._left())
            short = (answer.bound * MICRO + self._cost(fixed) - lower) / (self.limits.enough * abs(lower))
            hope = short * min(short / before, _HALF) ** left
            if answer.values is None or (doubled < _LAST and hope > _ROUNDING):
                return
            if short <= _ROUNDING:
                taken = program.free.taken(answer.values[program.taken])
                self._exchanged(bound, lower, program, choice, taken)
            before = short

    def _exchanged(
        self, bound: Bound, lower: float, program: BandProgram, choice: Choice, taken: Ints
    ) -> None:
        """Offers a choice, with the cells that free units take in it, made better by exchanges of two."""
        found = self._offer(choice, program.free, taken)
        if found is None:
            return
        payable = best_amount(self.band, [Fraction(b) for b in found.burn], self.problem.likelihood)
        polish = Polish(program, float(payable) / MICRO, self._ranks(bound, program.free))
        enough = (lower + self._enough() * _SURELY) / MICRO
        until = min(self.until, time.monotonic() + self._left() * _A_GUESS)
        self._offer(choice, program.free, polish.better(found, taken, until, enough))

    def _ranks(self, bound: Bound, free: Cells) -> Floats:
        """By how much each cell costs more than the cheapest of its unit."""
        scores = np.array(
            [bound.scores[g][p, o] for g, p, o in zip(free.group, free.place, free.option, strict=True)]
        )
        return np.asarray(scores - np.minimum.reduceat(scores, free.starts[:-1])[free.unit])

    def _roughly(self, lower: float) -> float:
        """The gap at which a first choice is good enough to rule out by."""
        return abs(lower) * (_ROUGH if self.is_exact else self.limits.enough / 4)

    def _whole_numbers(
        self, bound: Bound, branch: Branch, free: list[Free], slack: float, share: float
    ) -> float:
        """Offers the best choice in which only ``free`` units are open; gives the least that HiGHS proves.

        It may take a ``share`` of the time that is left.
        """
        choice = self._alone(bound, branch)
        fixed = replaced(self.problem, self.best.of(choice), choice, free)
        program = self._program(free, fixed, branch, whole=True)
        answer = program.solve(self._left() * share, slack / MICRO)
        if answer.values is not None:
            self._offer(choice, program.free, program.free.taken(answer.values[program.taken]))
        lower = answer.bound * MICRO + self._cost(fixed)
        return lower - abs(lower) * _CERTAIN - 1.0 if np.isfinite(lower) else lower

    def _offer(self, choice: Choice, free: Cells, taken: Ints) -> Totals | None:
        """Offers a choice with the cells that free units take; gives its totals if it is possible."""
        after = tuple(options.copy() for options in choice)
        for group in np.unique(free.group[taken]):
            here = taken[free.group[taken] == group]
            after[group][free.place[here]] = free.option[here]
        if not possible(self.problem, after):
            return None
        found = self.best.of(after)
        self.best.offer(after, found)
        return found

    def _cost(self, fixed: Totals) -> float:
        """What fixed units are expected to cost outside the commitment."""
        weights = self.problem.likelihood
        return sum(w * sum(row[s] for row in fixed.cost) for s, w in enumerate(weights)) / sum(weights)

    # -- which units ---------------------------------------------------------------------------------------

    def _program(self, free: list[Free], fixed: Totals, branch: Branch, *, whole: bool) -> BandProgram:
        return BandProgram(self.problem, self.band, cells(self.problem, free), fixed, branch, whole)

    def _alone(self, bound: Bound, branch: Branch) -> Choice:
        """What every unit takes alone. Ties keep what is."""
        pairs = zip(self.problem.groups, bound.scores, bound.allowed(branch), strict=True)
        return tuple(alone(scores, options, group.current) for group, scores, options in pairs)
