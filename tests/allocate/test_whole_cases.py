"""The whole allocation on problems that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from bothhalves.allocate.bill import best_amount, evaluate
from bothhalves.allocate.model import ON_DEMAND, Band, Listed, Options, Problem, SeatType, Tool, bands
from bothhalves.allocate.solve import solve

DOLLAR = 1_000_000


def units(
    options: Options,
    cost: list[list[int]],
    burn: list[list[int]],
    people: list[int],
    pooled: list[list[int]] | None = None,
) -> Listed:
    """Units of one scenario, in dollars, all of them on the first option today."""
    count, kinds = len(cost), len(options)

    def effects(rows: list[list[int]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return np.array(rows, dtype=np.int64).reshape(count, kinds, 1) * DOLLAR

    return Listed(
        options,
        effects(cost),
        effects(burn),
        np.ones((count, kinds), dtype=np.bool_),
        np.zeros(count, dtype=np.int64),
        np.array(people, dtype=np.int64),
        None if pooled is None else effects(pooled),
    )


def three_groups() -> Problem:
    """40 seats at 50, at least 25; groups of 10, 8 and 6 people could share a tool of 150 and cost 6, 20 or
    45 each on the meter. 16 people stay; an API bill of 4,000 at list is there anyway."""
    seat_or_tool = Options((0, -1), (-1, 0), (False, False))
    movable = units(seat_or_tool, [[0, 0]] * 3, [[0, 60], [0, 160], [0, 270]], [10, 8, 6])
    staying = units(Options((0,), (-1,), (False,)), [[0]], [[0]], [16])
    api = units(Options.plain(1), [[0]], [[4000]], [1])
    seat = SeatType("seat", 50 * DOLLAR, minimum=25, optional=False)
    return Problem((movable, staying, api), seats=(seat,), tools=(Tool("metered tool", 150 * DOLLAR),))


def test_the_cheapest_move_at_renewal_leaves_a_group_whose_seats_the_minimum_bills_anyway() -> None:
    found = solve(three_groups())
    assert found.objective == 5620 * DOLLAR
    assert found.choice[0].tolist() == [1, 1, 0]
    assert found.baseline.objective == 6000 * DOLLAR
    assert found.status == "optimal"


def test_in_a_signed_term_use_below_the_commitment_is_free() -> None:
    signed = Band("signed", 5000 * DOLLAR, Fraction(5000 * DOLLAR) / Fraction(9, 10), Fraction(9, 10))
    found = solve(replace(three_groups(), bands=(signed,)))
    assert found.objective == 6400 * DOLLAR
    assert found.baseline.objective == 7000 * DOLLAR


def test_every_move_has_the_total_of_the_contract() -> None:
    totals = {
        moved: int(evaluate(three_groups(), (np.array(moved), np.array([0]), np.array([0])), 0).objective)
        for moved in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)]
    }
    assert [t // DOLLAR for t in totals.values()] == [6000, 5710, 5910, 5620, 6120, 5730, 5880, 5890]


FIVE = [90, 60, 35, 8, 2]


@pytest.mark.parametrize(
    ("use", "fee", "holders", "total"),
    [
        (FIVE, 25, 5, 125),
        (FIVE, 45, 0, 195),
        # Three seats would bring 120 for a use of 107: the third adds 25 for 10 that cost 10 metered.
        ([60, 30, 10, 5, 2], 25, 2, 77),
    ],
)
def test_a_seat_that_brings_to_a_pool_is_worth_more_than_its_holder_uses(
    use: list[int], fee: int, holders: int, total: int
) -> None:
    people = units(
        Options((-1, 0), (-1, -1), (False, False)),
        [[0, 0]] * 5, [[u, 0] for u in use], [1] * 5, [[0, u] for u in use],
    )  # fmt: skip
    found = solve(Problem((people,), seats=(SeatType("pooled", fee * DOLLAR, allowance=40 * DOLLAR),)))
    assert (int(found.choice[0].sum()), found.objective) == (holders, total * DOLLAR)


def api_alone(use: list[int], offers: tuple[Band, ...]) -> Problem:
    """Nothing to choose but the commitment; scenarios are equally likely. In thousands."""
    burn = np.array(use, dtype=np.int64).reshape(1, 1, -1) * DOLLAR
    group = replace(units(Options.plain(1), [[0]], [[0]], [1]), cost=np.zeros_like(burn), burn=burn)
    return Problem((group,), likelihood=(1,) * len(use), bands=offers)


TWENTY_PERCENT = [(0, Fraction(1, 5))]


def test_with_overage_at_the_committed_rate_committing_more_than_the_discount_asks_buys_nothing() -> None:
    found = solve(api_alone([90, 110, 150, 200], bands(TWENTY_PERCENT)))
    assert found.objective == 110 * DOLLAR
    assert found.bill.payable == 0


@pytest.mark.parametrize(
    ("overage", "amount", "total"),
    [(Fraction(1), 72, Fraction(239, 2)), (Fraction(6, 5), 88, Fraction(88) + Fraction(12 * (40 + 90), 40))],
)
def test_with_dearer_overage_the_amount_covers_a_quantile_of_use(
    overage: Fraction, amount: int, total: Fraction
) -> None:
    found = solve(api_alone([90, 110, 150, 200], bands(TWENTY_PERCENT, overage)))
    assert found.bill.payable == amount * DOLLAR
    assert found.objective == total * DOLLAR
    assert found.gap < 1e-9


@pytest.mark.parametrize(("use", "payable", "total"), [(310, 200, 279), (340, 300, 300)])
def test_a_higher_band_is_worth_forfeiting_a_part_of(use: int, payable: int, total: int) -> None:
    offers = bands([(200 * DOLLAR, Fraction(1, 10)), (300 * DOLLAR, Fraction(15, 100))])
    found = solve(api_alone([use], offers))
    assert (found.bill.payable, found.objective) == (payable * DOLLAR, total * DOLLAR)


def test_a_threshold_in_list_dollars_makes_less_payable() -> None:
    net, in_list = (bands([(100 * DOLLAR, Fraction(1, 5))], in_list=said)[1] for said in (False, True))
    assert (net.payable, net.covered) == (100 * DOLLAR, 125 * DOLLAR)
    assert (in_list.payable, in_list.covered) == (80 * DOLLAR, 100 * DOLLAR)


def test_of_amounts_that_cost_the_same_the_smallest_is_signed() -> None:
    half = Band("half", 10, Fraction(20), Fraction(1), Fraction(1, 2))
    assert best_amount(half, [Fraction(20), Fraction(40)], [1, 1]) == 10


def test_credit_is_worth_what_it_displaces_and_never_its_face_value() -> None:
    """Three seats at 10 with 20 of credit each, 30 at most, and 25 of use that they can displace."""
    seat = SeatType("with credit", 10 * DOLLAR, credit=20 * DOLLAR, credit_cap=30 * DOLLAR)
    people = units(Options((-1, 0), (-1, -1), (False, False)), [[0, 0]] * 3, [[0, 0]] * 3, [1] * 3)
    api = units(Options((-1,), (-1,), (True,)), [[0]], [[25]], [1])
    found = solve(Problem((people, api), seats=(seat,)))
    assert (int(found.choice[0].sum()), found.objective) == (1, 15 * DOLLAR)


def test_nobody_moves_where_moving_is_worth_nothing() -> None:
    """Seats below the minimum save nothing, and the meter is free below what is signed."""
    signed = Band("signed", 1000 * DOLLAR, Fraction(1000 * DOLLAR), Fraction(1))
    people = units(Options((0, -1), (-1, -1), (False, False)), [[0, 0]] * 8, [[0, 5]] * 8, [1] * 8)
    seat = SeatType("seat", 30 * DOLLAR, minimum=8, optional=False)
    found = solve(Problem((people,), seats=(seat,), bands=(signed,)))
    assert found.choice[0].tolist() == [0] * 8
    assert found.objective == found.baseline.objective == 1240 * DOLLAR


def test_a_plan_that_is_sold_out_is_not_chosen() -> None:
    people = units(Options((-1, 0), (-1, -1), (False, False)), [[50, 0]] * 3, [[0, 0]] * 3, [1] * 3)
    found = solve(Problem((people,), seats=(SeatType("small", 20 * DOLLAR, most=2),)))
    assert (int(found.choice[0].sum()), found.objective) == (2, 90 * DOLLAR)


def test_people_who_must_hold_seats_that_are_not_sold_have_no_plan() -> None:
    people = units(Options((0,), (-1,), (False,)), [[0]] * 3, [[0]] * 3, [1] * 3)
    with pytest.raises(ValueError, match="no choice is possible"):
        solve(Problem((people,), seats=(SeatType("small", 20 * DOLLAR, most=2),)))


def test_the_dearest_scenarios_count_again_where_risk_has_a_weight() -> None:
    problem = replace(
        api_alone([100, 100, 100, 500], (ON_DEMAND,)), risk=Fraction(3, 10), level=Fraction(3, 4)
    )
    bill = evaluate(problem, problem.current, 0)
    assert (bill.commitment, bill.risk) == (200 * DOLLAR, 150 * DOLLAR)


def test_a_problem_at_fault_says_everything_that_is_wrong() -> None:
    group = units(Options.plain(1), [[0]], [[-1]], [1])
    with pytest.raises(ValueError, match=r"weights of scenarios .*; the commitment of today .*; .* negative"):
        solve(Problem((group,), likelihood=(0,), band=3))
