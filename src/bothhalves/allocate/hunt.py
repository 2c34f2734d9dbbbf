"""Which band and which branch: the most promising first, until no other can hold anything cheaper."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from bothhalves.allocate.band_program import Branch
from bothhalves.allocate.likeness import likeness
from bothhalves.allocate.model import Problem
from bothhalves.allocate.prices import Bound, branches, holders, leaves_everybody
from bothhalves.allocate.search import BandSearch, Best, Limits
from bothhalves.allocate.sketch import Sketch


@dataclass(eq=False)
class _Task:
    """A band and branch. ``few`` searches it in few scenarios, whose bounds are bounds of all. ``bound`` is
    proved; ``tried``: its own prices were looked at."""

    search: BandSearch
    few: BandSearch
    branch: Branch
    bound: float = -np.inf
    tried: bool = False
    settled: bool = False


@dataclass(eq=False)
class Hunt:
    """The search over all bands and branches of a problem."""

    problem: Problem
    best: Best
    limits: Limits
    until: float
    _tasks: list[_Task] = field(default_factory=list)

    def bound(self) -> float:
        """Offers the cheapest choice to ``best``; gives the least that any choice costs."""
        self._whole = Branch.open(self.problem)
        every = [branch for branch in branches(self.problem) if leaves_everybody(self.problem, branch)]
        self._like = likeness(self.problem, self.limits.sample, self.limits.scenarios)
        pairs = zip(
            self._searches(self.best), self._searches(Best.unknown(self._like.few.problem)), strict=True
        )
        self._tasks = [_Task(search, few, branch) for search, few in pairs for branch in every]
        self._sketches = [Sketch(self._like, n, self.until) for n in range(len(self.problem.bands))]
        self._sketch(every)
        self._look_at_bands()
        while time.monotonic() < self.until:
            task = min(self._tasks, key=lambda t: t.bound)
            if task.settled or task.search.is_done(task.bound):
                break
            self._work(task)
        return min(task.bound for task in self._tasks)

    def _searches(self, best: Best) -> list[BandSearch]:
        """A search for each band of the problem that ``best`` is of."""
        most = holders(self.problem)
        return [
            BandSearch(best.problem, most, place, best, self.limits, self.until)
            for place in range(len(self.problem.bands))
        ]

    def _sketch(self, every: list[Branch]) -> None:
        """Works out what branches cost in the likeness, until the cheapest is known there."""
        for sketch in self._sketches:
            sketch.bounds(self._whole, every)
        known: set[tuple[int, Branch]] = set()
        while time.monotonic() < self.until:
            some = (
                (sketch.least(branch), n, branch)
                for n, sketch in enumerate(self._sketches)
                for branch in every
            )
            _, n, branch = min(some, key=lambda found: found[0])
            if (n, branch) in known:
                return
            known.add((n, branch))
            self._sketches[n].bounds(branch, every)

    def _look_at_bands(self) -> None:
        """Looks at every band at the prices of its most promising branch."""
        for n, sketch in enumerate(self._sketches):
            own = [t for t in self._tasks if t.search.place == n and not t.settled]
            if own:
                first = min(own, key=lambda t: sketch.least(t.branch))
                self._learn(first.search, self._at_own_prices(first))

    def _at_own_prices(self, task: _Task) -> Bound:
        task.tried = True
        sketch = self._sketches[task.search.place]
        return task.few.bound(sketch.prices(task.branch))

    def _learn(self, search: BandSearch, bound: Bound) -> None:
        """Bounds every branch of a band that is still open by one look at all units."""
        some = [
            t for t in self._tasks if t.search is search and not t.settled and not search.is_done(t.bound)
        ]
        bound.look([task.branch for task in some])
        for task in some:
            task.bound = max(task.bound, bound.of(task.branch))

    def _work(self, task: _Task) -> None:
        """Looks at the branch's own prices, and if it stays the most promising, settles it."""
        is_first = not task.tried
        bound = self._at_own_prices(task)
        if is_first:
            self._learn(task.search, bound)
        else:
            self._settle(task, bound)

    def _settle(self, task: _Task, bound: Bound) -> None:
        prices = self._like.few.spread(task.few.priced(task.branch, bound).prices)
        better, proved = task.search.settle(task.branch, task.search.bound(prices))
        self._learn(task.search, better)
        task.bound = max(task.bound, proved)
        task.settled = True
