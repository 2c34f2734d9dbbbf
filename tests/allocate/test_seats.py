"""The choice of seats alone: the least cost there is, proved, whatever minimums and price breaks bind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.seat_milp import reference_milp
from bothhalves.allocate.model import Problem, possible
from bothhalves.allocate.solve import Solution, solve
from seat_problems import DOLLAR, company, company_of, handful, least_of_all, people, problem, seat, total


def proven(given: Problem) -> Solution:
    """The answer, whose own claims are checked against the problem."""
    found = solve(given)
    choice = found.choice[0]
    assert found.status == "optimal"
    assert total(given, choice) == found.objective >= found.bound
    assert people(given).eligible[np.arange(given.size), choice].all()
    assert found.objective <= found.baseline.objective or not possible(given, given.current)
    return found


def counts(found: Solution) -> list[int]:
    """How many people take each option, up to the last that anybody takes."""
    return np.bincount(found.choice[0]).tolist()


@pytest.mark.parametrize("block", range(10))
def test_a_handful_of_people_equals_every_choice_tried(block: int) -> None:
    for seed in range(block * 250, block * 250 + 250):
        given = handful(seed)
        assert (seed, proven(given).objective) == (seed, least_of_all(given))


def test_companies_equal_a_mixed_integer_program_to_the_micro_dollar() -> None:
    binding: list[int] = []
    for seed in range(80):
        given = company(seed, 60 + 190 * seed // 80)
        found, reference = proven(given), reference_milp(given)
        assert (seed, reference.status, reference.total) == (seed, "optimal", found.objective)
        types = np.array(people(given).options.seat)[found.choice[0]]
        held = [int((types == place).sum()) for place in range(len(given.seats))]
        pairs = zip(given.seats, held, strict=True)
        binding.append(sum(0 < count <= terms.minimum for terms, count in pairs))
    assert {0, 1, 2, 3} <= set(binding)


def test_two_minimums_that_bind_are_priced_together() -> None:
    """Either seat serves everybody alike, and the meter costs each person less than a seat of his own.

    With both charges at 70, no change of one alone betters the bound, which is far below the optimum.
    """
    cost = [[0, 0, 40 + person] for person in range(60)]
    given = problem(cost, seat(fee=100, minimum=30), seat(fee=150, minimum=30))

    def bound(first: int, second: int) -> int:
        charged = (np.array(cost) + np.array([first, second, 0])).min(axis=1).sum()
        return int(charged) + 30 * (100 - first) + 30 * (150 - second)

    assert max(bound(70, other) for other in range(151)) == bound(70, 70) == 7035
    assert max(bound(other, 70) for other in range(101)) == 7035
    found = proven(given)
    assert (counts(found), found.objective) == ([30, 30], 30 * 100 + 30 * 150)


def test_a_seat_that_is_paid_for_costs_nothing_more() -> None:
    found = proven(problem([[0, 30], [0, 60], [0, 200]], seat(fee=100, minimum=2)))
    assert found.choice[0].tolist() == [1, 0, 0]
    assert (found.objective, found.bill.seats) == (230, (200,))


def test_a_minimum_above_everybody_is_paid_once_and_everybody_fits() -> None:
    found = proven(problem([[5, 9], [5, 4]], seat(fee=10, minimum=50)))
    assert (found.choice[0].tolist(), found.bill.seats, found.objective) == ([0, 1], (500,), 509)


def test_an_optional_type_is_closed_where_its_minimum_is_not_worth_it() -> None:
    cost = [[0, 30], [0, 60], [0, 70]]
    closed = proven(problem(cost, seat(fee=100, minimum=2, optional=True)))
    assert (closed.bill.seats, closed.objective) == ((0,), 160)
    opened = proven(problem(cost, seat(fee=60, minimum=2, optional=True)))
    assert (opened.bill.seats, opened.objective) == ((120,), 150)


def test_a_price_break_is_reached_with_seats_that_stay_empty() -> None:
    terms = seat(fee=100, breaks=((10, 80), (100, 70)))
    found = proven(problem([[0, 500]] * 9, terms))
    assert (counts(found), found.bill.seats) == ([9], (10 * 80,))
    assert proven(problem([[0, 500]] * 7, terms)).bill.seats == (700,)


def test_a_price_break_draws_people_to_its_seats() -> None:
    cost = [[0, 150]] * 8 + [[0, 70]] * 4
    found = proven(problem(cost, seat(fee=100, breaks=((12, 60),))))
    assert (counts(found), found.objective) == ([12], 720)


def test_graduated_breaks_lower_the_fee_of_the_seats_beyond_them() -> None:
    """Nobody is worth the first fee, all together are: two at 100 and four at 20 are less than six at 70."""
    terms = seat(fee=100, breaks=((3, 20),), graduated=True)
    found = proven(problem([[0, 70]] * 6, terms))
    assert (counts(found), found.objective) == ([6], 2 * 100 + 4 * 20)
    few = proven(problem([[0, 70]] * 3, terms))
    assert (counts(few), few.objective) == ([0, 3], 210)
    least = proven(problem([[0, 70]] * 3, replace(terms, minimum=5)))
    assert (counts(least), least.objective) == ([3], 2 * 100 + 3 * 20)


def test_nobody_pays_the_minimums_of_open_types_only() -> None:
    seats = {0: seat(7, minimum=3), 1: seat(9, minimum=2, optional=True)}
    found = proven(company_of(np.zeros((0, 2), np.int64), np.zeros((0, 2), np.bool_), seats))
    assert (found.objective, found.bill.seats) == (21, (21, 0))


def test_without_seat_types_everybody_takes_the_cheapest_path() -> None:
    found = proven(problem([[3, 2], [1, 5]]))
    assert (found.choice[0].tolist(), found.objective, found.bill.seats) == ([1, 0], 3, ())


def test_a_type_whose_holders_have_no_other_path_stays_open() -> None:
    terms = seat(fee=10, minimum=5, optional=True)
    found = proven(problem([[1, 0]], terms, eligible=[[True, False]]))
    assert (found.objective, found.bill.seats) == (51, (50,))


def test_ties_stay_where_they_are() -> None:
    cost = [[4, 4, 4]] * 3
    assert proven(problem(cost)).choice[0].tolist() == [0, 0, 0]
    assert proven(problem(cost, current=[2, 0, 1])).choice[0].tolist() == [2, 0, 1]


def test_of_equal_choices_the_current_one_is_kept_whole() -> None:
    seats = seat(fee=10, minimum=1), seat(fee=10, minimum=1)
    for current in ([0, 1], [1, 0]):
        assert proven(problem([[5, 5], [5, 5]], *seats, current=current)).choice[0].tolist() == current


def test_a_minimum_moves_as_few_people_as_it_can() -> None:
    given = problem([[0, 0, 100]] * 6, seat(10, 2), seat(10, 4), current=[0, 0, 0, 0, 1, 2])
    found = proven(given).choice[0]
    assert (np.bincount(found).tolist(), int((found != people(given).current).sum())) == ([2, 4], 3)


def test_a_path_that_is_not_open_any_more_is_left() -> None:
    given = problem([[1, 5], [1, 5]], eligible=[[False, True], [True, True]], current=[0, 1])
    assert solve(given).choice[0].tolist() == [1, 0]


def test_never_dearer_than_today_and_the_same_each_time() -> None:
    for seed in range(200):
        given = handful(seed)
        group = people(given)
        if not group.eligible[np.arange(given.size), group.current].all():
            continue
        found, again = solve(given), solve(given)
        today = total(given, group.current)
        assert found.objective <= today
        assert found.objective < today or found.choice[0].tolist() == group.current.tolist()
        assert found.choice[0].tolist() == again.choice[0].tolist()


@pytest.mark.parametrize("seed", range(12))
def test_one_more_path_never_raises_the_cost(seed: int) -> None:
    given = company(seed, 90)
    group, rng = people(given), np.random.default_rng(seed)
    cost = group.cost[:, :, 0]
    more = np.column_stack([cost, rng.permutation(cost[:, 0])])
    allowed = np.column_stack([group.eligible, rng.random(given.size) < 0.7])
    seats = {option: given.seats[place] for option, place in enumerate(group.options.seat) if place >= 0}
    least = proven(given).objective
    assert proven(company_of(more, allowed, seats)).objective <= least
    new = {cost.shape[1]: seat(fee=10, minimum=30, optional=True)}
    assert proven(company_of(more, allowed, seats | new)).objective <= least


@pytest.mark.parametrize("seed", range(12))
def test_a_higher_minimum_never_lowers_the_cost(seed: int) -> None:
    given = company(seed, 90)
    costs = []
    for more in (0, 10, 40, 200):
        seats = tuple(replace(terms, minimum=terms.minimum + more) for terms in given.seats)
        costs.append(proven(replace(given, seats=seats)).objective)
    assert costs == sorted(costs)


def test_fees_that_rise_with_costs_change_nothing_but_the_unit() -> None:
    given = company(3, 120)
    tens = tuple(
        replace(terms, fee=terms.fee * 10, breaks=tuple((count, fee * 10) for count, fee in terms.breaks))
        for terms in given.seats
    )
    group = people(given)
    scaled = replace(given, groups=(replace(group, cost=group.cost * 10),), seats=tens)
    assert proven(scaled).objective == 10 * proven(given).objective


def _large(kind: str, people: int) -> np.ndarray:
    rng = np.random.default_rng(5)
    use = rng.lognormal(3, 1.5, (people, 1)) * 10_000_000
    return {
        "unequal use": (np.maximum(use - np.arange(5) * 3e8, 0) * rng.uniform(0.9, 1.1, (people, 5))),
        "no two alike": rng.integers(0, 10**9, (people, 5)),
        "a million each": rng.integers(0, 10**12, (people, 5)),
        "a few amounts": rng.integers(0, 4, (people, 5)) * DOLLAR,
        "everybody alike": np.tile(rng.integers(0, 1000, (1, 5)), (people, 1)),
        "nearly tied": rng.integers(0, 10**9, (people, 1)) + rng.integers(0, 100, (people, 5)),
    }[kind].astype(np.int64)


KINDS = ("unequal use", "no two alike", "a million each", "a few amounts", "everybody alike", "nearly tied")


@pytest.mark.parametrize("kind", KINDS)
def test_thirty_thousand_people_are_proven_whatever_their_costs(kind: str) -> None:
    cost = _large(kind, 30_000)
    typical = int(np.median(cost.max(axis=1) - cost.min(axis=1)))
    seats = {path: seat(typical // (path + 1), 9_000 - 2_000 * path) for path in range(3)}
    found = proven(company_of(cost, np.ones(cost.shape, np.bool_), seats))
    assert found.bill.seats[0] >= 9_000 * typical


def test_the_reference_says_when_it_ran_out_of_time() -> None:
    reference = reference_milp(company(1, 200), seconds=0.0)
    assert reference.status == "time limit"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (problem([[1], [1], [1]], eligible=[[True], [False], [False]]), "a unit has no option"),
        (problem([[1]], seat(-1)), "an amount is negative"),
        (problem([[1]], seat(1, -1)), "an amount is negative"),
        (problem([[1]], seat(5, breaks=((10, 6),))), "breaks rise in seats and fall in price"),
        (problem([[1]], seat(5, breaks=((10, 4), (10, 3)))), "breaks rise in seats and fall in price"),
        (problem([[-1]]), "an effect is negative"),
        (problem([[2**60]]), "an effect is negative or above"),
    ],
)
def test_what_cannot_be_solved_is_refused_in_words(given: Problem, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        solve(given)


def test_more_ways_to_be_billed_than_can_be_weighed_one_by_one() -> None:
    """Seven types of nine ways each: a mixed-integer program settles them."""
    breaks = tuple((count, 100 - count) for count in range(2, 9))
    seats = {path: seat(100, 2, breaks, optional=True) for path in range(7)}
    cost = np.random.default_rng(0).integers(0, 60, (10, 7))
    given = company_of(cost, np.ones(cost.shape, np.bool_), seats)
    assert proven(given).objective == reference_milp(given).total
