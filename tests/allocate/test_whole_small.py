"""The whole allocation against every choice tried, on problems made at random with every shared term."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from every_choice import cheapest, choices
from problems import problem_at_random

from bothhalves.allocate.bill import evaluate
from bothhalves.allocate.model import Listed, Problem
from bothhalves.allocate.solve import solve

#: More of them were tried once than are tried each time.
SEEDS = range(400)
MOST_CHOICES = 300


def small(seeds: range) -> list[tuple[int, Problem]]:
    found = [(seed, problem_at_random(seed)) for seed in seeds]
    return [(seed, problem) for seed, problem in found if choices(problem) <= MOST_CHOICES]


@pytest.mark.parametrize("part", range(4))
def test_the_choice_is_the_cheapest_of_all(part: int) -> None:
    for seed, problem in small(SEEDS)[part::4]:
        best, found = cheapest(problem), solve(problem)
        assert best is not None
        assert (seed, found.objective) == (seed, best[2].objective)
        assert found.bound <= float(best[2].objective)
        assert (seed, found.status) == (seed, "optimal")


def test_parts_add_up_and_nothing_is_dearer_than_staying() -> None:
    for _, problem in small(range(1000, 1080)):
        found = solve(problem)
        again = evaluate(problem, found.choice, found.band)
        expected = sum(p * cost for p, cost in zip(problem.probability, again.scenarios, strict=True))
        assert again.objective == found.objective == expected + again.risk
        assert found.objective <= found.baseline.objective


def test_another_option_never_makes_it_dearer() -> None:
    for _, problem in small(range(2000, 2060)):
        people = problem.groups[0]
        assert isinstance(people, Listed)
        wider = replace(people, eligible=np.ones_like(people.eligible))
        every = replace(problem, groups=(wider, *problem.groups[1:]))
        assert solve(every).objective <= solve(problem).objective


def test_the_order_of_people_changes_nothing() -> None:
    for seed, problem in small(range(3000, 3060)):
        people = problem.groups[0]
        assert isinstance(people, Listed)
        order = np.random.default_rng(seed).permutation(len(people.current))
        mixed = Listed(
            people.options,
            people.cost[order],
            people.burn[order],
            people.eligible[order],
            people.current[order],
            people.people[order],
            None if people.pooled is None else people.pooled[order],
        )
        assert (
            solve(replace(problem, groups=(mixed, *problem.groups[1:]))).objective == solve(problem).objective
        )


def test_no_single_move_could_be_taken_back_for_nothing() -> None:
    for _, problem in small(range(4000, 4060)):
        found = solve(problem)
        for group, today in enumerate(problem.current):
            for place in np.flatnonzero(found.choice[group] != today):
                back = [options.copy() for options in found.choice]
                back[group][place] = today[place]
                holders = evaluate(problem, tuple(back), found.band)
                is_sold_out = any(seat.most is not None for seat in problem.seats)
                assert is_sold_out or holders.objective > found.objective
