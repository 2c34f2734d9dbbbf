"""Advice on seats walked through history: kept, given back, bought again."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.seat_backtesting import (
    HINDSIGHT,
    Holder,
    kept_all,
    kept_by_advice,
    kept_last_month,
    seat_steps,
)
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.moves import horizon
from bothhalves.core.seating.rules import SeatRules

RULES = {"advice": kept_by_advice(SeatRules()), "keep-all": kept_all, "look-back": kept_last_month}
JANUARY = Month(2026, 1)
TRUE_UP = TrueUp("month", "provisioned", "high-water", direction="up-only")


def contract(*, true_up: TrueUp | None = TRUE_UP) -> Contract:
    seat = SeatTerm("standard", "p", 0, Decimal(10), "monthly", true_up=true_up)
    return Contract("c-1", "anthropic", "USD", Term(JANUARY.first, 12), (seat,))


def every_week(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=7 * n) for n in range((last - first).days // 7 + 1))


def people() -> list[Holder]:
    begin = date(2026, 1, 5)
    return [
        Holder("steady", begin, every_week(begin, date(2026, 9, 30))),
        Holder("gone", begin, every_week(begin, date(2026, 1, 31))),
        Holder("back", begin, (begin, date(2026, 6, 10))),
    ]


def test_dormant_seats_are_given_back_and_bought_again_when_their_holder_returns() -> None:
    steps = seat_steps(people(), contract(), horizon(JANUARY, 7), 3, RULES)
    february, may = steps
    assert (february.kept["advice"], may.kept["advice"]) == (3, 1)
    # From May: one seat kept, and from June on a second one again. 1 + 2 + 2 months at 10.
    assert may.paid["advice"] == 50 * MICRO
    assert may.returned["advice"] == 1
    assert may.paid["keep-all"] == 90 * MICRO
    assert may.paid[HINDSIGHT] == 50 * MICRO
    assert may.regret("keep-all") == 40 * MICRO


def test_nobody_is_judged_by_what_came_later() -> None:
    early = [Holder(h.person, h.given, tuple(d for d in h.active if d < date(2026, 5, 1))) for h in people()]
    told = [seat_steps(p, contract(), horizon(JANUARY, 7), 3, RULES)[1].kept for p in (people(), early)]
    assert [k["advice"] for k in told] == [1, 1]
    assert [k["look-back"] for k in told] == [1, 1]


def test_newcomers_get_a_seat_under_every_rule() -> None:
    late = Holder("new", date(2026, 6, 2), (date(2026, 6, 3),))
    steps = seat_steps([*people(), late], contract(), horizon(JANUARY, 7), 3, RULES)
    assert steps[1].held == 3
    assert steps[1].paid["keep-all"] == (30 + 40 + 40) * MICRO


def test_one_seat_type_is_walked_at_a_time() -> None:
    two = contract().seats * 2
    with pytest.raises(ValueError, match="one seat type"):
        seat_steps([], Contract("c", "v", "USD", Term(JANUARY.first, 12), two), [JANUARY], 1, RULES)


def test_on_people_who_paused_and_returned_giving_back_dormant_seats_costs_less_than_keeping_all() -> None:
    rows = defaultdict(list)
    data = Path(__file__).parents[2] / "bench" / "data" / "person_days.csv"
    with data.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["person"]].append(date.fromisoformat(row["date"]))
    holders = [Holder(person, min(days), tuple(sorted(days))) for person, days in sorted(rows.items())]
    steps = seat_steps(holders, contract(), horizon(Month(2026, 2), 7), 1, RULES)
    paid = {rule: sum(s.paid[rule] for s in steps) for rule in (*RULES, HINDSIGHT)}
    assert paid[HINDSIGHT] <= paid["advice"] < paid["keep-all"]
    assert len(steps) == 6
