"""Clauses about usage under seats as somebody may miswrite them, and what is left of a month's seats."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bothhalves.core.clauses.allowances import AllowanceTerm, added
from bothhalves.core.clauses.base import Change, Scope, SeatUse
from bothhalves.core.clauses.credits import CreditTerm
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.clauses.packs import PackTerm, Purchase
from bothhalves.core.clauses.seat_usage import SeatUsage
from bothhalves.core.clauses.usage import SeatUsageTerm, UsageTerm
from bothhalves.core.shapes import Shape

ONE = Decimal(1)
DEV = {"dev": Decimal(70)}
CREDITS = AllowanceTerm("c", meter="credits", per_seat=DEV)


@pytest.mark.parametrize(
    ("clause", "fault"),
    [
        (AllowanceTerm("a"), "exactly one"),
        (AllowanceTerm("a", per_person=DEV, per_seat=DEV), "exactly one"),
        (AllowanceTerm("a", per_person=DEV, unlimited=True), "exactly one"),
        (AllowanceTerm("a", per_person={"dev": -ONE}), "below zero"),
        (AllowanceTerm("a", amount=-ONE), "below zero"),
        (AllowanceTerm("a", amount=ONE, carry_over=-1), "below zero"),
        (AllowanceTerm("a", amount=ONE, resets="week"), "month, quarter, year"),
        (AllowanceTerm("a", amount=ONE, added="later"), "at-once"),
        (AllowanceTerm("a", amount=ONE, measured_on="peak"), "assigned"),
        (AllowanceTerm("a", unlimited=True, overage=Overage()), "unlimited"),
        (AllowanceTerm("a", amount=ONE, overage=Overage("price", price=ONE)), "units of a meter"),
        (AllowanceTerm("a", per_person=DEV, cap=ONE), "shared"),
        (Overage("wait"), "stop, price or api-rates"),
        (Overage("price"), "needs a price"),
        (Overage("api-rates", price=ONE), "needs a price"),
        (Overage("stop", times=ONE), "belong to api-rates"),
        (Overage("stop", budget=ONE), "charged"),
        (Overage("price", price=-ONE), "below zero"),
        (Overage("api-rates", discount=Decimal("1.1")), "between"),
        (PackTerm("p", Decimal(0), ONE, as_needed=True), "above zero"),
        (PackTerm("p", ONE, -ONE, as_needed=True), "below"),
        (PackTerm("p", ONE, ONE), "as_needed"),
        (PackTerm("p", ONE, ONE, as_needed=True, expires_months=0), "1200"),
        (PackTerm("p", ONE, ONE, as_needed=True, expires_months=120_000), "1200"),
        (PackTerm("p", ONE, ONE, bought=(Purchase(date(2026, 1, 1), 1),), budget=ONE), "budget"),
        (Purchase(date(2026, 1, 1), 0), "above zero"),
        (CreditTerm("c"), "per_seat, amount"),
        (CreditTerm("c", amount=-ONE), "below zero"),
        (CreditTerm("c", amount=ONE, excludes=(Scope(),)), "excludes all"),
        (CreditTerm("c", amount=ONE, measured_on="peak"), "assigned"),
        (SeatUsageTerm(()), "seat types"),
        (SeatUsageTerm(("e",), discount=Decimal(2)), "discount"),
        (UsageTerm("p", "credits", Shape(per_unit=ONE), from_=date(2026, 1, 2)), "first of a month"),
        (SeatUsage(allowances=(CREDITS, CREDITS)), "same name"),
        (SeatUsage((UsageTerm("p", "credits", Shape(flat=ONE)),), allowances=(CREDITS,)), "per_unit"),
        (
            SeatUsage((UsageTerm("p", "credits", Shape(per_unit=ONE, included=ONE)),), allowances=(CREDITS,)),
            "per_unit",
        ),
    ],
)
def test_a_clause_that_cannot_be_meant_says_why(clause: AllowanceTerm, fault: str) -> None:
    said = clause.fault()
    assert said is not None
    assert fault in said


@pytest.mark.parametrize(
    "clause",
    [
        AllowanceTerm("a", per_seat=DEV, amount=ONE, cap=ONE),
        AllowanceTerm("a", meter="credits", per_person=DEV, overage=Overage("price", price=Decimal(0))),
        Overage("api-rates", times=Decimal(2), discount=ONE, budget=Decimal(0)),
        PackTerm("p", ONE, Decimal(0), as_needed=True, budget=ONE),
        SeatUsage(
            (UsageTerm("p", "credits", Shape(flat=ONE)),), allowances=(AllowanceTerm("a", amount=ONE),)
        ),
    ],
)
def test_a_clause_at_its_limits_is_sound(clause: AllowanceTerm) -> None:
    assert clause.fault() is None


@pytest.mark.parametrize(
    ("changes", "seats"),
    [
        ([], 0),
        ([(3, 5), (20, -3)], 5),
        ([(3, 1), (3, -1)], 0),  # a seat that changes hands
        ([(3, -2), (9, 2)], 2),  # a removed seat counts until the reset
    ],
)
def test_seats_added_in_a_month(changes: list[tuple[int, int]], seats: int) -> None:
    use = SeatUse("dev", 10, tuple(Change(date(2026, 1, day), n) for day, n in changes))
    assert added(use) == seats
