"""A minimum of seats over all types together, against every choice there is."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.allocate.bill import evaluate
from bothhalves.allocate.floor import Floor, cheapest
from bothhalves.allocate.model import Options, Problem, SeatType
from bothhalves.allocate.plain import listed

OPTIONS = Options((0, 1, -1), (-1, -1, -1), (False,) * 3)


MICRO = 1_000_000


def problem(
    costs: list[list[int]], fees: tuple[int, int], can_leave: list[bool], breaks: str = "none"
) -> Problem:
    """People on a dear seat today, who may go to a cheap one or to the meter for ``costs``, in dollars."""
    dear, cheap = (fee * MICRO for fee in fees)
    cut = () if breaks == "none" else ((3, dear - 5 * MICRO),)
    first = SeatType("dear", dear, breaks=cut, graduated=breaks == "graduated")
    count = len(costs)
    people = listed(
        OPTIONS,
        [[cost * MICRO for cost in row] for row in costs],
        [[0, 0, 0]] * count,
        [[True, True, free] for free in can_leave],
        [0] * count,
        [1] * count,
    )
    return Problem(groups=(people,), seats=(first, SeatType("cheap", cheap)))


def best_of_all(floor: Floor) -> Fraction:
    """Every choice priced as the contract does."""
    (group,) = floor.problem.groups
    found = []
    for choice in product(range(3), repeat=len(group.current)):
        if all(group.eligible[n, option] for n, option in enumerate(choice)):
            seats = sum(option < 2 for option in choice)
            missing = max(floor.minimum - seats, 0) * floor.price if seats else 0
            found.append(evaluate(floor.problem, (np.array(choice),), 0).objective + missing)
    return min(found)


def test_people_who_are_kept_by_the_minimum_need_not_be_on_its_cheapest_type() -> None:
    """Three of five could leave for 30 each; at least four seats are charged, missing ones at 20."""
    costs = [[0, 60, 30], [0, 60, 30], [0, 60, 30], [0, 5, 200], [0, 5, 200]]
    floor = Floor(problem(costs, (50, 20), [True] * 5), 4, 20 * MICRO)
    found = cheapest(floor)

    assert found.objective == best_of_all(floor)
    assert found.status == "optimal"


def test_a_minimum_that_does_not_bind_changes_nothing() -> None:
    plain = problem([[0, 1, 500]] * 4, (50, 20), [True] * 4)
    assert cheapest(Floor(plain, 3, 20 * MICRO)).objective == 4 * 21 * MICRO
    assert cheapest(Floor(plain, 0, 0)).objective == 4 * 21 * MICRO


def test_without_any_seat_there_is_no_minimum() -> None:
    free = cheapest(Floor(problem([[0, 0, 1]] * 3, (50, 20), [True] * 3), 3, 20 * MICRO))
    assert (free.objective, free.status) == (3 * MICRO, "optimal")


COSTS = st.lists(st.integers(0, 60), min_size=3, max_size=3)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(COSTS, st.booleans()), min_size=1, max_size=5),
    st.integers(10, 40), st.integers(10, 60), st.integers(0, 6), st.integers(0, 50),
    st.sampled_from(["none", "all units", "graduated"]),
)  # fmt: skip
def test_the_bound_holds_and_what_is_called_optimal_is(
    people: list[tuple[list[int], bool]], cheap: int, dear: int, minimum: int, price: int, breaks: str
) -> None:
    plain = problem([c for c, _ in people], (dear, cheap), [f for _, f in people], breaks)
    floor = Floor(plain, minimum, price * MICRO)
    found, true = cheapest(floor), best_of_all(floor)
    today = evaluate(plain, plain.current, 0).objective + max(minimum - len(people), 0) * price * MICRO
    assert found.bound - 1 <= true <= found.objective <= today
    assert found.status != "optimal" or found.objective == true


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(COSTS, st.booleans()), min_size=1, max_size=6), st.integers(0, 8))
def test_with_plain_fees_it_is_always_solved(people: list[tuple[list[int], bool]], minimum: int) -> None:
    floor = Floor(problem([c for c, _ in people], (35, 20), [f for _, f in people]), minimum, 20 * MICRO)
    found = cheapest(floor)
    assert (found.status, found.objective) == ("optimal", best_of_all(floor))
