"""The whole allocation by prices and exchanges, against HiGHS with everybody in one program."""

from __future__ import annotations

from fractions import Fraction

import pytest
from problems import problem_at_random

from bench.plan_company import company
from bench.whole_milp import reference
from bothhalves.allocate.bill import evaluate
from bothhalves.allocate.search import Limits
from bothhalves.allocate.solve import solve

#: Prices decide, however few people there are.
BY_PRICES = Limits(seconds=60, exact=0, near=40, sample=60, scenarios=3)


@pytest.mark.parametrize("seed", range(24))
def test_prices_come_as_near_to_the_optimum_as_they_say(seed: int) -> None:
    problem = problem_at_random(seed, (40, 70), (4, 10))
    best, found = reference(problem, 60), solve(problem, BY_PRICES)
    assert best.status == "optimal"
    assert best.objective is not None
    assert found.bound <= float(best.objective) + 20
    assert found.objective >= best.objective - 20
    assert float(found.objective - best.objective) <= found.gap * float(found.objective) + 20


@pytest.mark.parametrize("seed", range(8))
def test_people_in_one_program_are_the_same_as_in_all_programs(seed: int) -> None:
    problem = problem_at_random(100 + seed, (40, 70), (4, 10))
    best, found = reference(problem, 60), solve(problem)
    assert found.status == "optimal"
    assert best.objective is not None
    assert abs(found.objective - best.objective) <= 20


@pytest.mark.parametrize("risk", [Fraction(0), Fraction(3, 10)])
def test_a_company_with_every_shared_term_is_solved_to_a_millionth(risk: Fraction) -> None:
    problem = company(12_000, 8, 300, risk)
    found = solve(problem, Limits(seconds=60))
    assert found.status == "optimal"
    assert found.gap <= 1e-6
    assert evaluate(problem, found.choice, found.band).objective == found.objective
    assert found.objective < found.baseline.objective


def test_the_same_company_gives_the_same_choice() -> None:
    one, other = (solve(company(2_500, 4, 60), Limits(seconds=60)) for _ in range(2))
    assert one.objective == other.objective
    assert all((a == b).all() for a, b in zip(one.choice, other.choice, strict=True))
