"""Signed terms month by month: what is committed is due, and a pool is used up before anything is charged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Demand, UnitUse
from bothhalves.core.contracts import Contract, SeatTerm, Term, UsageTerm
from bothhalves.core.dates import Month, months
from bothhalves.core.explain import Line, View
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.settling import settle
from bothhalves.core.shapes import Pack, Shape, Tier

STANDARD = SeatTerm("standard", "assistant", 120, Decimal("25.50"))
CREDITS = UsageTerm("copilot", "ai-credits", Shape(per_unit=Decimal("0.01"), included_per_seat=Decimal(1900)))


def contract(
    *seats: SeatTerm, start: date = date(2026, 2, 1), length: int = 12, **details: object
) -> Contract:
    return Contract("acme-2026", "acme", "USD", Term(start, length), seats, **details)  # type: ignore[arg-type]


def settled(signed: Contract, *units: UnitUse) -> list[Line]:
    """September's lines."""
    return list(settle(signed, [Demand(Month(2026, 9), units=units)]).lines)


def charged_in(signed: Contract, first: Month, last: Month) -> dict[str, int]:
    """Seats charged in each month that has any."""
    found = {str(m): sum(s.committed for s in signed.seats_in(m)) for m in months(first, last)}
    return {month: seats for month, seats in found.items() if seats}


# -- terms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "length", "until"),
    [
        ("2026-02-01", 12, "2027-02-01"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 36, "2029-11-30"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_a_term_ends_on_the_same_day_of_the_month_or_on_its_last(start: str, length: int, until: str) -> None:
    assert Term(date.fromisoformat(start), length).until == date.fromisoformat(until)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 60))
def test_a_term_of_so_many_months_is_charged_so_many_times(start: date, length: int) -> None:
    signed = contract(STANDARD, start=start, length=length)
    charged = charged_in(signed, Month(2019, 1), Month(2047, 1))
    assert len(charged) == length
    assert min(charged) == str(Month.of(start))


def test_seats_are_charged_within_the_term_only() -> None:
    charged = charged_in(contract(STANDARD, length=3), Month(2026, 1), Month(2026, 12))
    assert charged == {"2026-02": 120, "2026-03": 120, "2026-04": 120}


def test_seats_that_are_added_and_that_end_within_the_term() -> None:
    added = SeatTerm("premium", "assistant", 5, Decimal(100), from_=date(2026, 4, 20))
    ending = SeatTerm("light", "assistant", 7, Decimal(10), until=date(2026, 4, 20))
    charged = charged_in(contract(added, ending, length=4), Month(2026, 1), Month(2026, 12))
    assert charged == {"2026-02": 7, "2026-03": 7, "2026-04": 5, "2026-05": 5}


def test_one_seat_term_that_follows_another_in_mid_month_is_not_charged_beside_it() -> None:
    change = date(2026, 4, 20)
    before = SeatTerm("standard", "assistant", 100, Decimal(25), until=change)
    after = SeatTerm("standard", "assistant", 140, Decimal(22), from_=change)
    charged = charged_in(contract(before, after, length=4), Month(2026, 2), Month(2026, 5))
    assert list(charged.values()) == [100, 100, 140, 140]


# -- fees ----------------------------------------------------------------------------------------------


def test_committed_seats_are_due_whether_used_or_not() -> None:
    (line,) = settled(contract(STANDARD))
    assert line.amount == Amount.of(Decimal(3060), "USD", MoneyKind.ESTIMATED)
    assert (line.quantity, line.price, line.view) == (120, Decimal("25.50"), View.CONTRACTED)
    assert line.entry == "acme-2026/seats/standard"
    assert dict(line.dimensions) == {"month": "2026-09", "product": "assistant", "vendor": "acme"}


def test_assumed_terms_say_so() -> None:
    assert {line.layer for line in settled(contract(STANDARD, assumed=True))} == {"contract (assumed)"}


def test_seats_added_later_at_another_fee_are_lines_of_their_own() -> None:
    later = SeatTerm("standard", "assistant", 20, Decimal(24), from_=date(2026, 6, 1))
    assert len({line.id for line in settled(contract(STANDARD, later))}) == 2


# -- usage that the contract prices itself -------------------------------------------------------------


def credits_due(quantity: str, seats: int) -> list[tuple[Decimal, Decimal]]:
    """Quantity and amount of every line of a month's credits."""
    held = SeatTerm("business", "copilot", seats, Decimal(19))
    used = UnitUse("copilot", "ai-credits", Decimal(quantity))
    found = settled(contract(held, usage=(CREDITS,)), used)
    return [(line.quantity, line.amount.low) for line in found if line.meter == "ai-credits"]


def test_credits_of_all_seats_are_one_pool() -> None:
    assert credits_due("760000", 400) == [(760_000, 0)]
    assert credits_due("760000.5", 400) == [(760_000, 0), (Decimal("0.5"), Decimal("0.005"))]
    assert credits_due("1000000", 400) == [(760_000, 0), (240_000, 2400)]


def test_usage_within_the_pool_is_shown_though_nothing_is_due() -> None:
    assert credits_due("21.0074", 400) == [(Decimal("21.0074"), 0)]


def test_without_seats_nothing_is_included() -> None:
    assert credits_due("21.0074", 0) == [(Decimal("21.0074"), Decimal("0.210074"))]


def test_no_usage_makes_no_lines() -> None:
    assert credits_due("0", 400) == []


@given(st.integers(0, 2_000_000), st.integers(0, 500))
def test_the_lines_of_a_month_add_up_to_what_was_used(quantity: int, seats: int) -> None:
    due = credits_due(str(quantity), seats)
    assert sum(q for q, _ in due) == quantity
    assert sum(amount for _, amount in due) == Decimal(max(0, quantity - 1900 * seats)) / 100


@pytest.mark.parametrize(
    ("shape", "amounts"),
    [
        (Shape(package=Pack(Decimal(2500), Decimal(100))), [200]),
        (Shape(graduated=(Tier(Decimal("0.02"), Decimal(1000)), Tier(Decimal("0.01")))), [20, 20]),
        (Shape(volume=(Tier(Decimal("0.02"), Decimal(1000)), Tier(Decimal("0.01")))), [30]),
        (Shape(flat=Decimal(50)), [50]),
    ],
)
def test_every_shape_becomes_lines_with_names_of_their_own(shape: Shape, amounts: list[int]) -> None:
    term = UsageTerm("copilot", "ai-credits", shape)
    found = settled(contract(usage=(term,)), UnitUse("copilot", "ai-credits", Decimal(3000)))
    assert [line.amount.low for line in found] == amounts
    assert {line.amount.kind for line in found} == {MoneyKind.ESTIMATED}
    assert len({line.id for line in found}) == len(found)
