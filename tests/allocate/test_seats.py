"""The choice of seats: the least cost there is, proven, whatever minimums and price breaks bind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.seat_milp import reference_milp
from bothhalves.allocate import seat_prices, seat_terms, seat_ties
from bothhalves.allocate.seat_terms import SeatChoice
from bothhalves.allocate.seats import SeatProblem, SeatType, solve_seats
from seat_problems import company, handful, least_of_all, problem


def proven(given: SeatProblem) -> SeatChoice:
    """The answer, whose own claims are checked against the problem."""
    found = solve_seats(given)
    assert (found.gap, found.status) == (0, "proven")
    assert given.total(found.choice) == found.total == found.bound
    assert given.eligible[np.arange(given.people), found.choice].all()
    assert found.counts == given.counts(found.choice)
    costs = sum(int(given.cost[person, path]) for person, path in enumerate(found.choice))
    assert found.total == costs + sum(b * f for b, f in zip(found.billed, found.fees, strict=True))
    return found


@pytest.mark.parametrize("block", range(10))
def test_a_handful_of_people_equals_every_choice_tried(block: int) -> None:
    for seed in range(block * 250, block * 250 + 250):
        given = handful(seed)
        assert proven(given).total == least_of_all(given), seed


def test_companies_equal_a_mixed_integer_program_to_the_micro_dollar() -> None:
    binding: list[int] = []
    for seed in range(80):
        given = company(seed, 60 + 190 * seed // 80)
        found, reference = proven(given), reference_milp(given)
        assert (reference.status, reference.total) == ("optimal", found.total), seed
        binding.append(sum(multiplier > 0 for multiplier in found.multipliers))
    assert {0, 1, 2, 3} <= set(binding)


def test_two_minimums_that_bind_are_priced_together() -> None:
    """Either seat serves everybody alike, and the meter costs each person less than a seat of his own.

    With both charges at 70, no change of one alone betters the bound, which is far below the optimum.
    """
    cost = [[0, 0, 40 + person] for person in range(60)]
    given = problem(cost, SeatType(0, fee=100, minimum=30), SeatType(1, fee=150, minimum=30))

    def bound(first: int, second: int) -> int:
        charged = seat_ties.cheapest(list(given.cost.T), np.array([first, second, 0])).least
        return charged + 30 * (100 - first) + 30 * (150 - second)

    assert max(bound(70, other) for other in range(151)) == bound(70, 70) == 7035
    assert max(bound(other, 70) for other in range(101)) == 7035
    found = proven(given)
    assert (found.counts, found.total) == ((30, 30, 0), 30 * 100 + 30 * 150)


def test_a_seat_that_is_paid_for_costs_nothing_more() -> None:
    found = proven(problem([[0, 30], [0, 60], [0, 200]], SeatType(0, fee=100, minimum=2)))
    assert found.choice.tolist() == [1, 0, 0]
    assert (found.total, found.billed, found.open) == (230, (2, 0), (0,))
    assert 30 <= found.multipliers[0] <= 60


def test_a_minimum_above_everybody_is_paid_once_and_everybody_fits() -> None:
    found = proven(problem([[5, 9], [5, 4]], SeatType(0, fee=10, minimum=50)))
    assert (found.choice.tolist(), found.billed, found.total) == ([0, 1], (50, 0), 509)


def test_an_optional_type_is_closed_where_its_minimum_is_not_worth_it() -> None:
    cost = [[0, 30], [0, 60], [0, 70]]
    closed = proven(problem(cost, SeatType(0, fee=100, minimum=2, optional=True)))
    assert (closed.open, closed.billed, closed.total) == ((), (0, 0), 160)
    opened = proven(problem(cost, SeatType(0, fee=60, minimum=2, optional=True)))
    assert (opened.open, opened.billed, opened.total) == ((0,), (2, 0), 150)


def test_a_price_break_is_reached_with_seats_that_stay_empty() -> None:
    seat = SeatType(0, fee=100, breaks=((10, 80), (100, 70)))
    found = proven(problem([[0, 500]] * 9, seat))
    assert (found.counts, found.billed, found.fees) == ((9, 0), (10, 0), (80, 0))
    assert proven(problem([[0, 500]] * 7, seat)).billed == (7, 0)


def test_a_price_break_draws_people_to_its_seats() -> None:
    cost = [[0, 150]] * 8 + [[0, 70]] * 4
    found = proven(problem(cost, SeatType(0, fee=100, breaks=((12, 60),))))
    assert (found.counts, found.total) == ((12, 0), 720)


def test_nobody_pays_the_minimums_of_open_types_only() -> None:
    seats = SeatType(0, 7, minimum=3), SeatType(1, 9, minimum=2, optional=True)
    given = SeatProblem(np.zeros((0, 2), np.int64), np.zeros((0, 2), np.bool_), seats)
    assert (proven(given).total, proven(given).billed) == (21, (3, 0))


def test_without_seat_types_everybody_takes_the_cheapest_path() -> None:
    found = proven(problem([[3, 2], [1, 5]]))
    assert (found.choice.tolist(), found.total, found.open) == ([1, 0], 3, ())


def test_a_type_whose_holders_have_no_other_path_stays_open() -> None:
    seat = SeatType(0, fee=10, minimum=5, optional=True)
    found = proven(problem([[1, 0]], seat, eligible=[[True, False]]))
    assert (found.total, found.open) == (51, (0,))


def test_ties_stay_where_they_are_or_take_the_lower_path() -> None:
    cost = [[4, 4, 4]] * 3
    assert proven(problem(cost)).choice.tolist() == [0, 0, 0]
    assert proven(problem(cost, current=[2, -1, 1])).choice.tolist() == [2, 0, 1]


def test_of_equal_choices_the_current_one_is_kept_whole() -> None:
    seats = SeatType(0, fee=10, minimum=1), SeatType(1, fee=10, minimum=1)
    for current in ([0, 1], [1, 0]):
        assert proven(problem([[5, 5], [5, 5]], *seats, current=current)).choice.tolist() == current


def test_a_minimum_moves_as_few_people_as_it_can() -> None:
    given = problem([[0, 0, 100]] * 6, SeatType(0, 10, 2), SeatType(1, 10, 4), current=[0, 0, 0, 0, 1, -1])
    assert proven(given).choice.tolist() == [0, 0, 1, 1, 1, 1]


def test_a_path_that_is_not_open_any_more_is_left() -> None:
    given = problem([[1, 5], [1, 5]], eligible=[[False, True], [True, True]], current=[0, 1])
    assert proven(given).choice.tolist() == [1, 0]


def test_never_dearer_than_today_and_the_same_each_time() -> None:
    for seed in range(200):
        given = handful(seed)
        if given.current is None or (given.kept < 0).any():
            continue
        found, again = solve_seats(given), solve_seats(given)
        today = given.total(given.kept)
        assert found.total <= today
        assert found.total < today or found.choice.tolist() == given.kept.tolist()
        assert (found.choice.tolist(), found.multipliers) == (again.choice.tolist(), again.multipliers)


@pytest.mark.parametrize("seed", range(12))
def test_one_more_path_never_raises_the_cost(seed: int) -> None:
    given = company(seed, 90)
    rng = np.random.default_rng(seed)
    more = np.column_stack([given.cost, rng.permutation(given.cost[:, 0])])
    allowed = np.column_stack([given.eligible, rng.random(given.people) < 0.7])
    least = proven(given).total
    assert proven(SeatProblem(more, allowed, given.seats)).total <= least
    seat = SeatType(given.paths, fee=10, minimum=30, optional=True)
    assert proven(SeatProblem(more, allowed, (*given.seats, seat))).total <= least


@pytest.mark.parametrize("seed", range(12))
def test_a_higher_minimum_never_lowers_the_cost(seed: int) -> None:
    given = company(seed, 90)
    costs = []
    for more in (0, 10, 40, 200):
        seats = tuple(replace(seat, minimum=seat.minimum + more) for seat in given.seats)
        costs.append(proven(replace(given, seats=seats)).total)
    assert costs == sorted(costs)


def test_fees_that_rise_with_costs_change_nothing_but_the_unit() -> None:
    given = company(3, 120)
    tens = tuple(
        replace(seat, fee=seat.fee * 10, breaks=tuple((count, fee * 10) for count, fee in seat.breaks))
        for seat in given.seats
    )
    scaled = SeatProblem(given.cost * 10, given.eligible, tens)
    assert proven(scaled).total == 10 * proven(given).total


def _large(kind: str, people: int) -> np.ndarray:
    rng = np.random.default_rng(5)
    use = rng.lognormal(3, 1.5, (people, 1)) * 10_000_000
    return {
        "unequal use": (np.maximum(use - np.arange(5) * 3e8, 0) * rng.uniform(0.9, 1.1, (people, 5))),
        "no two alike": rng.integers(0, 10**9, (people, 5)),
        "a million each": rng.integers(0, 10**12, (people, 5)),
        "a few amounts": rng.integers(0, 4, (people, 5)),
        "everybody alike": np.tile(rng.integers(0, 1000, (1, 5)), (people, 1)),
        "nearly tied": rng.integers(0, 10**9, (people, 1)) + rng.integers(0, 100, (people, 5)),
    }[kind].astype(np.int64)


KINDS = ("unequal use", "no two alike", "a million each", "a few amounts", "everybody alike", "nearly tied")


@pytest.mark.parametrize("kind", KINDS)
def test_thirty_thousand_people_are_proven_whatever_their_costs(kind: str) -> None:
    cost = _large(kind, 30_000)
    typical = int(np.median(cost.max(axis=1) - cost.min(axis=1)))
    seats = tuple(SeatType(path, typical // (path + 1), 9_000 - 2_000 * path) for path in range(3))
    found = proven(SeatProblem(cost, np.ones(cost.shape, np.bool_), seats))
    assert found.billed[:3] >= (9_000, 0, 0)


def test_charges_that_are_missed_are_told_as_a_gap() -> None:
    """A wrong charge bounds from below all the same, and the counts that it leaves do not come right."""
    given = problem([[0, 30], [0, 60], [0, 200]], SeatType(0, fee=100, minimum=2))
    found = seat_ties.cheapest(list(given.cost.T), np.array([100, 0]))
    choice, right = seat_ties.placed(found.ties, given.kept, np.array([2, 0]), np.array([3, 3]))
    answer = SeatChoice(choice, (1, 2), (2, 0), (100, 0), (0,), (0, 0), given.total(choice), found.least)
    assert not right
    assert (answer.total, answer.bound, answer.gap, answer.status) == (290, 190, 100, "bounded")


def test_a_window_settles_only_those_who_cannot_move_in_it() -> None:
    columns = [np.array([0, 50, 100, 90], np.int64), np.array([80, 0, 0, 0], np.int64)]
    everyone = seat_prices.Open(columns, np.ones(4, np.int64), np.zeros(2, np.int64))
    window = seat_prices.Window(np.array([0, 40]), np.array([0, 60]))
    still = seat_prices.narrowed(everyone, window)
    assert (still.settled.tolist(), [column.tolist() for column in still.columns]) == ([1, 2], [[50], [0]])


def test_people_with_other_paths_open_are_never_taken_for_alike() -> None:
    """Costs are all zero: only what is barred tells the 63 rows apart."""
    barred = (np.arange(63) >> np.arange(6)[:, None]) & 1
    window = seat_prices.Window(np.zeros(6, np.int64), np.full(6, 5))
    columns = list(barred * seat_terms.BARRED)
    still = seat_prices.narrowed(
        seat_prices.Open(columns, np.ones(63, np.int64), np.zeros(6, np.int64)), window
    )
    assert still.rows == 63 - 6


def test_the_reference_says_when_it_ran_out_of_time() -> None:
    reference = reference_milp(company(1, 200), seconds=0.0)
    assert reference.status == "time limit"


CLOSED_TO_TWO = np.array([[True], [False], [False]])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            lambda: problem([[1], [1], [1]], eligible=CLOSED_TO_TWO),
            "2 of 3 people may take no path .* row 1",
        ),
        (lambda: problem([[1]], SeatType(1, 1)), "of path 1, and the paths are 0 to 0"),
        (lambda: problem([[1]], SeatType(0, 1), SeatType(0, 2)), "two seat types are of one path"),
        (lambda: problem([[1]], SeatType(0, -1)), "negative fee or minimum"),
        (lambda: problem([[1]], SeatType(0, 1, -1)), "negative fee or minimum"),
        (lambda: problem([[1]], SeatType(0, 5, breaks=((10, 6),))), "never raise the fee"),
        (lambda: problem([[1]], SeatType(0, 5, breaks=((10, 4), (10, 3)))), "rising counts"),
        (lambda: problem([[1]], eligible=[[True, True]]), "of the shape of cost"),
        (lambda: problem([[1]], current=[1]), "a path for each of 1 people"),
        (lambda: problem([[2**60]]), "64 bits"),
        (lambda: problem([[1]], SeatType(0, 2**40, minimum=2**40)), "64 bits"),
        (lambda: SeatProblem(np.ones((1, 1)), np.ones((1, 1), np.bool_)), "whole numbers"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_solved_is_refused_in_words(given, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=said):
        given()


def test_too_many_combinations_are_refused() -> None:
    breaks = tuple((count, 100 - count) for count in range(2, 9))
    seats = tuple(SeatType(path, 100, 1, breaks, optional=True) for path in range(7))
    with pytest.raises(ValueError, match="combinations of open seat types and price breaks are too many"):
        solve_seats(problem([[0] * 7] * 10, *seats))
