"""Moves priced by contracts: tests/moves/moves.yaml, and the laws that hold for any of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.allowances import AllowanceTerm
from bothhalves.core.clauses.base import Demand, MeteredUse, Term, UnitUse, charge
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.usage import UsageTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.explain import View as CostView
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.moves import Component, Move, View, horizon, states
from bothhalves.core.shapes import Shape
from bothhalves.reading import read_yaml

OBSERVED, FIRST = Month(2026, 5), Month(2026, 7)
KIND = MoneyKind.SCENARIO


@dataclass(frozen=True)
class Used:
    list: Decimal
    id: str = ""


@dataclass(frozen=True)
class Moved:
    id: str
    component: Component = Component.MOVED
    seats: dict[str, int] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    adds: tuple[Used, ...] = ()
    tool: Decimal = Decimal(0)
    since: Month | None = None


@dataclass(frozen=True)
class Terms:
    contract: Contract
    at_renewal: bool = False


@dataclass(frozen=True)
class Expected:
    before: Decimal
    after: Decimal
    saves: tuple[Decimal, ...]


@dataclass(frozen=True)
class Case:
    terms: str
    expect: Expected
    seats: dict[str, int]
    usage: tuple[Used, ...] = ()
    later: tuple[Used, ...] = ()
    months: int = 1
    moves: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Book:
    """Terms by name, and the cases that are priced under them."""

    terms: dict[str, Terms]
    cases: dict[str, Case]


def used(row: Used, month: Month, name: str) -> MeteredUse:
    amount = Amount.of(row.list, "USD", KIND)
    line = Line(
        row.id or name, "input_tokens", Decimal(1_000_000), "tokens", row.list, row.list, 1_000_000, amount,
        CostView.LIST, "list/model", "", "list", dimensions=(("month", str(month)),),
    )  # fmt: skip
    return MeteredUse(line, "model")


def move_of(said: Moved, observed: tuple[Month, ...], months: tuple[Month, ...], contract: Contract) -> Move:
    adds = {
        month: tuple(used(row, month, f"{said.id} {n} {month}") for n, row in enumerate(said.adds))
        for month in observed
    }
    costs = tuple(
        charge(
            contract.basis(KIND), "tool", m, quantity=1, price=said.tool, unit="month", meter="tool",
            dimensions={"move": said.id},
        )
        for m in months
        if said.tool
    )  # fmt: skip
    return Move(said.id, said.component, said.seats, frozenset(said.drops), adds, costs, since=said.since)


def found_of(case: Case, terms: Terms) -> list[Amount]:
    """The totals of all states, and their differences."""
    rows = [case.usage, case.later] if case.later else [case.usage]
    seen = horizon(OBSERVED, len(rows))
    observed = [
        Demand(month, tuple(used(u, month, f"{n} {month}") for n, u in enumerate(own)))
        for month, own in zip(seen, rows, strict=True)
    ]
    months = horizon(FIRST, case.months)
    view = View("view", terms.contract, months, terms.at_renewal)
    moves = [move_of(m, seen, months, terms.contract) for m in case.moves]
    found = states(view, observed, case.seats, moves, KIND)
    return [*(s.total for s in found), *(before.total - after.total for before, after in pairwise(found))]


BOOK, FAULTS = read_yaml(Path(__file__).parent / "moves.yaml", Book)
assert BOOK is not None, FAULTS


@pytest.mark.parametrize("title", BOOK.cases)
def test_moves_are_worth_what_the_contract_charges_less(title: str) -> None:
    case = BOOK.cases[title]
    found = found_of(case, BOOK.terms[case.terms])
    count = len(case.moves)
    assert (found[0].low, found[count].low) == (case.expect.before, case.expect.after)
    assert tuple(amount.low for amount in found[count + 1 :]) == case.expect.saves


NOTHING = Expected(Decimal(0), Decimal(0), ())


def contract(minimum: int, committed: int) -> Contract:
    seat = SeatTerm("seat", "claude", committed, Decimal(50), minimum=minimum)
    return Contract("c", "v", "USD", Term(OBSERVED.first, 12), (seat,))


MOVES = st.lists(
    st.builds(
        Moved,
        st.sampled_from(["a", "b", "c"]),
        st.just(Component.MOVED),
        st.fixed_dictionaries({"seat": st.integers(-4, 2)}),
        st.just(()),
        st.lists(st.builds(Used, st.decimals(0, 90, places=2)), max_size=2).map(tuple),
        st.decimals(0, 20, places=2),
    ),
    max_size=3,
    unique_by=lambda m: m.id,
)


@settings(max_examples=60, deadline=None)
@given(moves=MOVES, minimum=st.integers(0, 12), api=st.decimals(0, 900, places=3))
def test_worths_add_up_to_after_less_before(moves: list[Moved], minimum: int, api: Decimal) -> None:
    terms = Terms(contract(minimum, 12), at_renewal=True)
    case = Case("", NOTHING, {"seat": 12}, (Used(api),), moves=tuple(moves))
    found = found_of(case, terms)
    count = len(moves)
    assert sum((a.low for a in found[count + 1 :]), Decimal(0)) == found[0].low - found[count].low


@settings(max_examples=40, deadline=None)
@given(moves=MOVES, minimum=st.integers(0, 12))
def test_the_order_of_moves_changes_no_total(moves: list[Moved], minimum: int) -> None:
    terms = Terms(contract(minimum, 12), at_renewal=True)
    ends = {
        found_of(Case("", NOTHING, {"seat": 12}, moves=tuple(order)), terms)[len(moves)].low
        for order in (moves, moves[::-1])
    }
    assert len(ends) == 1


def test_no_more_seats_are_taken_than_there_are() -> None:
    view = View("view", contract(0, 3), horizon(FIRST, 1), at_renewal=True)
    with pytest.raises(ValueError, match="release takes more seat seats than there are"):
        states(view, [Demand(OBSERVED)], {"seat": 3}, [Move("release", Component.SEATS, {"seat": -4})])


#: Credits of each person's own: 3,000 with a dear seat and 1,000 with a cheap one, then a cent each.
CREDITS = Contract(
    "c", "v", "USD", Term(date(2026, 1, 1), 12),
    seats=(SeatTerm("dear", "tool", 2, Decimal(30)), SeatTerm("cheap", "tool", 2, Decimal(10))),
    usage=(UsageTerm("tool", "credits", Shape(per_unit=Decimal("0.01"))),),
    allowances=(
        AllowanceTerm(
            "own", "tool", "credits", per_person={"dear": Decimal(3000), "cheap": Decimal(1000)},
            overage=Overage("price", price=Decimal("0.01")),
        ),
    ),
)  # fmt: skip


def test_credits_follow_their_person_to_another_seat() -> None:
    """Ada's 2,500 lie within the dear seat's 3,000; on the cheap one 1,500 of them are bought."""
    used = (UnitUse("tool", "credits", Decimal(2500), "ada", "dear"),
            UnitUse("tool", "credits", Decimal(1500), "bo", "cheap"))  # fmt: skip
    view = View("renewal", CREDITS, horizon(FIRST, 1), at_renewal=True)
    move = Move("ada", Component.SEATS, {"dear": -1, "cheap": 1}, reseats={"ada": "cheap"})
    before, after = states(view, [Demand(OBSERVED, units=used)], {"dear": 1, "cheap": 1}, [move])
    assert before.total.low == 30 + 10 + 5
    assert after.total.low == 20 + 15 + 5


def test_credits_of_who_is_released_are_used_no_more_and_those_of_nobody_stay() -> None:
    used = (UnitUse("tool", "credits", Decimal(1200), "bo", "cheap"),
            UnitUse("tool", "credits", Decimal(1100)))  # fmt: skip
    view = View("renewal", CREDITS, horizon(FIRST, 1), at_renewal=True)
    move = Move("bo", Component.SEATS, {"cheap": -1}, reseats={"bo": ""})
    before, after = states(view, [Demand(OBSERVED, units=used)], {"dear": 1, "cheap": 1}, [move])
    assert before.total.low - after.total.low == 10 + 2
