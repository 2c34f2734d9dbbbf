"""One band of the likeness: what branches cost there, and prices to begin with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.bill import totals
from bothhalves.allocate.cells import MICRO, Free, cells
from bothhalves.allocate.likeness import Likeness
from bothhalves.allocate.prices import Bound, Prices, allowed, holders, scored, start, told


@dataclass(eq=False)
class Sketch:
    """Linear programs over all units of a likeness under the band at ``place``, solved when asked for."""

    like: Likeness
    place: int
    until: float
    _solved: dict[Branch, tuple[Prices, float]] = field(default_factory=dict)
    _least: dict[Branch, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.problem = self.like.small
        self.band = self.problem.bands[self.place]
        nobody = [np.zeros(0, dtype=np.int64) for _ in self.problem.groups]
        self._nothing = totals(self.problem, self.problem.current, nobody)
        self._most = holders(self.like.few.of)

    def prices(self, branch: Branch) -> Prices:
        """Prices of a branch, for few scenarios."""
        return self._solution(branch)[0]

    def least(self, branch: Branch) -> float:
        """The most that is known of what a branch costs at least."""
        return self._least.get(branch, -np.inf)

    def bounds(self, branch: Branch, every: Sequence[Branch]) -> None:
        """Learns what every branch costs at least, at the prices of one of them, and what that one costs."""
        prices, cost = self._solution(branch)
        scores = scored(self.problem, prices)
        bound = Bound(self.problem, self._most, self.band, prices, scores, self.like.repeat)
        bound.look(every)
        for other in every:
            self._least[other] = max(self.least(other), bound.of(other))
        if branch in self._least:
            self._least[branch] = max(self._least[branch], cost)

    def _solution(self, branch: Branch) -> tuple[Prices, float]:
        if branch not in self._solved:
            self._solved[branch] = self._solve(branch)
        return self._solved[branch]

    def _solve(self, branch: Branch) -> tuple[Prices, float]:
        everyone = [
            Free(n, np.arange(len(g.current)), g.eligible & allowed(g.options, branch), repeat)
            for n, (g, repeat) in enumerate(zip(self.problem.groups, self.like.repeat, strict=True))
        ]
        prices = start(self.problem, self.band)
        if not all(some.allowed.any(axis=1).all() for some in everyone):
            return prices, np.inf
        free = cells(self.problem, everyone)
        program = BandProgram(self.problem, self.band, free, self._nothing, branch, whole=False)
        answer = program.solve(max(0.1, self.until - time.monotonic()))
        if not answer.finished:
            return prices, np.inf
        whole = Branch.open(self.problem)
        otherwise = prices if branch == whole else self._solution(whole)[0]
        return told(program, answer, otherwise), answer.bound * MICRO
