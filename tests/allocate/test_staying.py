"""Ties keep what is: whoever could stay where they are at no more cost, does."""

from __future__ import annotations

import numpy as np
import pytest
from problems import problem_at_random

from bothhalves.allocate.bill import evaluate, settled, totals
from bothhalves.allocate.solve import solve
from bothhalves.allocate.sums import in_one, with_unit


@pytest.mark.parametrize("seed", range(40))
def test_one_unit_more_or_less_is_what_all_of_them_are_without_it(seed: int) -> None:
    problem = problem_at_random(seed, (2, 6), (1, 3))
    choice = tuple(options.copy() for options in problem.current)
    found = in_one(totals(problem, choice))
    for group, units in enumerate(problem.groups):
        for place in range(len(units.current)):
            option = int(np.flatnonzero(units.eligible[place])[-1])
            found = with_unit(problem, found, group, place, int(choice[group][place]), -1)
            found = with_unit(problem, found, group, place, option)
            choice[group][place] = option
            assert found == in_one(totals(problem, choice))
    band = problem.bands[-1]
    assert (
        settled(problem, found, band).objective == evaluate(problem, choice, len(problem.bands) - 1).objective
    )


@pytest.mark.parametrize("seed", range(40))
def test_nobody_has_moved_who_could_go_back_for_as_little(seed: int) -> None:
    problem = problem_at_random(seed, (2, 6), (0, 2))
    found = solve(problem)
    for group, units in enumerate(problem.groups):
        for place in np.flatnonzero(found.choice[group] != problem.current[group]):
            today = problem.current[group][place]
            if not units.eligible[place, today]:
                continue
            back = tuple(options.copy() for options in found.choice)
            back[group][place] = today
            held = totals(problem, back).held
            is_sold_out = any(
                s.most is not None and h > s.most for s, h in zip(problem.seats, held, strict=True)
            )
            assert is_sold_out or evaluate(problem, back, found.band).objective > found.objective
