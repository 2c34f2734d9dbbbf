"""Ties keep what is: whoever could stay where they are at no more cost, does."""

from __future__ import annotations

import numpy as np
import pytest
from problems import problem_at_random

from bothhalves.allocate.bill import evaluate, settled, totals
from bothhalves.allocate.polish import Polish
from bothhalves.allocate.search import Best
from bothhalves.allocate.slopes import dearer, slopes
from bothhalves.allocate.solve import solve
from bothhalves.allocate.staying import stayed
from seat_problems import DOLLAR, people, seat
from seat_problems import problem as seats_alone


@pytest.mark.parametrize("seed", range(80))
def test_going_back_alone_costs_no_less_than_slopes_say(seed: int) -> None:
    problem = problem_at_random(seed, (2, 6), (1, 3))
    draw = np.random.default_rng(seed)
    choice = tuple(
        np.array([draw.choice(np.flatnonzero(row)) for row in group.eligible]) for group in problem.groups
    )
    for band in problem.bands:
        if band.rate is not None:
            continue
        found = totals(problem, choice)
        bill = settled(problem, found, band)
        change = dearer(problem, slopes(problem, band, found, bill), choice)
        for group, today in enumerate(problem.current):
            for place, least in enumerate(change[group]):
                back = tuple(options.copy() for options in choice)
                back[group][place] = today[place]
                truly = settled(problem, totals(problem, back), band).objective - bill.objective
                assert float(truly) >= least - 0.01


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


def test_one_empty_seat_for_which_many_would_go_back_is_soon_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The minimum leaves one seat empty; any of 3,000 could have it, and the next is too dear."""
    asked: list[int] = []
    priced = Polish._priced

    def counted(self: Polish, sums: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> object:
        asked.append(len(sums))
        return priced(self, sums)

    given = seats_alone([[0, DOLLAR]] * 3_000, seat(100 * DOLLAR, minimum=3), current=[0] * 3_000)
    best = Best.unknown(given)
    choice = np.repeat(np.array([0, 1]), (2, 2_998))
    best.offer((choice,), totals(given, (choice,)))
    monkeypatch.setattr(Polish, "_priced", counted)
    stayed(best, until=float("inf"))
    assert (best.choice[0] == people(given).current).sum() == 3
    assert len(asked) < 100
