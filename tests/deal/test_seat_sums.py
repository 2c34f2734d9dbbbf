"""Seats of many scenarios cost what the schedule, and so settling, charges for each of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.contracts import Contract
from bothhalves.core.deal.seat_course import SeatSchedule
from bothhalves.core.deal.seat_sums import SeatSums
from tests.deal.test_seat_course import CONTRACTS, MONTHS, SEATS


@settings(deadline=None, max_examples=150)
@given(CONTRACTS, st.lists(SEATS, min_size=1, max_size=3))
def test_each_scenario_costs_what_its_course_costs(
    contract: Contract, scenarios: list[dict[str, list[int]]]
) -> None:
    sums, schedule = SeatSums(contract, MONTHS), SeatSchedule(contract, MONTHS)
    for seats in scenarios:
        course = schedule.course(seats)
        assert sums.cost(seats) == sum(course.cost)
        due = [cost + ahead for cost, ahead in zip(course.cost, course.ahead, strict=True)]
        assert sums.due(seats) == due
