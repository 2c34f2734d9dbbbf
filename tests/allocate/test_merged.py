"""Few scenarios for many: their bounds hold for all, and are not much lower than they need be."""

from __future__ import annotations

import numpy as np
import pytest
from problems import problem_at_random

from bench.plan_company import company
from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.bill import totals
from bothhalves.allocate.cells import Free, cells
from bothhalves.allocate.likeness import merged
from bothhalves.allocate.model import Problem
from bothhalves.allocate.polish import Polish
from bothhalves.allocate.prices import Bound, Prices, holders, scored, start


def _at_random(problem: Problem, seed: int, place: int) -> Prices:
    draw, prices = np.random.default_rng(seed), start(problem, problem.bands[place])
    burn = prices.burn * draw.random(len(prices.burn))
    limit = np.array([[float(seat.overage)] for seat in problem.seats]) * prices.chance
    pool = limit * draw.random(prices.pool.shape)
    credited, credit = burn * draw.random(len(burn)), burn * draw.random(prices.credit.shape)
    return Prices(prices.chance, burn, credited, pool, credit, prices.seat)


@pytest.mark.parametrize("seed", range(12))
def test_a_bound_in_few_scenarios_is_that_of_all_at_spread_prices(seed: int) -> None:
    problem = company(400 + seed, 24, 30)
    few = merged(problem, np.random.default_rng(seed).permutation(24), 5)
    place, most = seed % len(problem.bands), holders(problem)
    prices = _at_random(few.problem, seed, place)
    band, branch = problem.bands[place], Branch.open(problem)
    low = Bound(few.problem, most, band, prices, scored(few.problem, prices)).of(branch)
    spread = few.spread(prices)
    high = Bound(problem, most, band, spread, scored(problem, spread)).of(branch)
    assert low <= high + 1.0
    assert high - low <= 1e-6 * abs(high)


@pytest.mark.parametrize("seed", range(200))
def test_two_changes_without_promise_are_not_cheaper_together(seed: int) -> None:
    problem = problem_at_random(seed, (4, 8), (1, 3))
    everyone = [Free(n, np.arange(len(g.current)), g.eligible) for n, g in enumerate(problem.groups)]
    free = cells(problem, everyone)
    nobody = [np.zeros(0, dtype=np.int64) for _ in problem.groups]
    nothing = totals(problem, problem.current, nobody)
    band = problem.bands[seed % len(problem.bands)]
    program = BandProgram(problem, band, free, nothing, Branch.open(problem), whole=False)
    polish = Polish(program, band.payable / 1e6, np.zeros(len(free.unit)))
    current = np.concatenate([group.current for group in problem.groups])
    taken = np.flatnonzero(free.option == current[free.unit])
    others = np.setdiff1d(np.arange(len(free.unit)), taken)
    changes = polish._parts[others] - polish._parts[taken[free.unit[others]]]
    state = polish._state(totals(problem, problem.current))
    promise, now = polish._promise(state, changes), polish._priced(state)[0]
    for first in range(len(others)):
        for second in np.flatnonzero(free.unit[others] != free.unit[others[first]]):
            if promise[first] + promise[second] >= 0:
                after = polish._priced(state + changes[first] + changes[second])[0]
                assert after >= now - 1e-9
