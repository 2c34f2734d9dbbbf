"""What paths say of pools, credits, packs and the shipped plans is what settling them gives."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.allowances import AllowanceTerm
from bothhalves.core.clauses.base import Demand, MeteredUse, SeatUse, UnitUse
from bothhalves.core.clauses.credits import CreditTerm
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.clauses.packs import PackTerm
from bothhalves.core.contracts import Contract, SeatTerm, Term
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.from_plans import seat_defaults, with_plans
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.paths.from_contract import PooledPath, SeatPath, seat_paths
from bothhalves.core.settling import settle
from bothhalves.reading.plans import plan_book

MONTH = Month(2026, 11)
TERM = Term(date(2026, 11, 1), 12)
MONEY = st.decimals(0, 500, places=2)


def used(number: int, worth: Decimal, seat_type: str, product: str, month: Month = MONTH) -> MeteredUse:
    line = Line(
        f"use|{month}|{number}", "input_tokens", Decimal(1), "tokens", worth, worth, 1,
        Amount.of(worth, "USD", MoneyKind.ESTIMATED), View.LIST, "list/model", "", "list",
        dimensions=(("month", str(month)),),
    )  # fmt: skip
    return MeteredUse(line, "model", product, seat_type=seat_type, person=f"p{number}")


def total(contract: Contract, *demands: Demand) -> Decimal:
    return sum((line.amount.low for line in settle(contract, demands).lines), Decimal(0))


def seats(count: int) -> tuple[SeatTerm, ...]:
    return (SeatTerm("dev", "tool", count, Decimal(25)),)


@settings(max_examples=60)
@given(
    st.lists(MONEY, max_size=4),
    st.integers(0, 5),
    MONEY,
    st.decimals(0, 3, places=2),
    st.one_of(st.none(), MONEY),
)
def test_a_pool_costs_what_settling_it_gives(
    uses: list[Decimal], count: int, each: Decimal, times: Decimal, cap: Decimal | None
) -> None:
    own = AllowanceTerm("all", per_seat={"dev": each}, overage=Overage("api-rates", times=times), cap=cap)
    contract = Contract("c", "v", "USD", TERM, seats=seats(count), allowances=(own,))
    (path,) = seat_paths(contract, MONTH)
    assert isinstance(path, PooledPath)
    usage = tuple(used(n, worth, "dev", "tool") for n, worth in enumerate(uses))
    billed = total(contract, Demand(MONTH, usage, (SeatUse("dev", count),)))
    shared = path.pool.each * count if path.pool.cap is None else min(path.pool.each * count, path.pool.cap)
    assert path.pool.times == times
    assert billed == 25 * count + times * max(sum(uses) - shared, Decimal(0))


@settings(max_examples=60)
@given(MONEY, st.integers(0, 30), st.decimals(0, 40, places=2), st.one_of(st.none(), MONEY))
def test_a_credit_is_worth_what_settling_takes_off(
    spend: Decimal, count: int, each: Decimal, cap: Decimal | None
) -> None:
    term = CreditTerm("api", {"dev": each}, cap=cap)
    contract = Contract("c", "v", "USD", TERM, seats=seats(count), credits=(term,))
    billed = total(contract, Demand(MONTH, (used(0, spend, "", "api"),), (SeatUse("dev", count),)))
    worth = min(each * count, spend) if cap is None else min(each * count, spend, cap)
    assert billed == 25 * count + spend - worth


@settings(max_examples=60)
@given(
    st.lists(st.decimals(0, 900, places=1), min_size=1, max_size=6),
    st.decimals(1, 300, places=1),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(1, 4)),
)
def test_packs_are_bought_as_settling_buys_them(
    uses: list[Decimal], size: Decimal, at_least: int, expires: int | None
) -> None:
    term = PackTerm(
        "extra",
        size,
        Decimal(9),
        "tool",
        "credits",
        as_needed=True,
        at_least=at_least,
        expires_months=expires,
    )
    contract = Contract("c", "v", "USD", Term(date(2026, 1, 1), 12), packs=(term,))
    demands = [
        Demand(Month(2026, n), units=(UnitUse("tool", "credits", use, "ada"),))
        for n, use in enumerate(uses, 1)
    ]
    assert 9 * bought(uses, Fraction(size), at_least, expires) == Fraction(total(contract, *demands))


def bought(uses: list[Decimal], size: Fraction, at_least: int, expires: int | None) -> int:
    """Packs, each month topped up with whole ones on its first day; the oldest are used first."""
    left: dict[int, Fraction] = {}  # by month of purchase
    packs = 0
    for month, use in enumerate(uses):
        left = {m: n for m, n in left.items() if n and (expires is None or month < m + expires)}
        missing = Fraction(use) - sum(left.values())
        if missing > 0:
            more = max(ceil(missing / size), at_least)
            packs, left[month] = packs + more, size * more
        rest = Fraction(use)
        for m in sorted(left):
            rest, left[m] = rest - min(rest, left[m]), left[m] - min(rest, left[m])
    return packs


def test_every_shipped_plan_costs_a_person_what_settling_it_gives() -> None:
    book, problems = plan_book(())
    assert problems == []
    forms = Counter[str]()
    for offered in book.on(MONTH.first):
        told = seat_defaults(offered.plan)
        if told.fee is None:
            continue
        id_, product = offered.plan.id, offered.plan.product
        seat = SeatTerm(id_, product, 1, told.fee, plan=id_)
        contract = with_plans(Contract("c", offered.vendor, "USD", TERM, seats=(seat,)), book.find)
        (path,) = seat_paths(contract, MONTH)
        forms[type(path).__name__] += 1
        if isinstance(path, SeatPath):
            check_plan(contract, path)
    assert forms["SeatPath"] > 40
    assert forms["PooledPath"] >= 2


def check_plan(contract: Contract, path: SeatPath) -> None:
    """Some amounts of money and of each unit, settled and by schedule."""
    for worth in map(Decimal, ("0", "7.25", "20", "20.01", "400")):
        usage = (used(0, worth, path.type, path.product),) if worth else ()
        billed = total(contract, Demand(MONTH, usage, (SeatUse(path.type, 1),)))
        assert billed == path.schedule.of(worth), path.type
    for unit in path.units:
        for quantity in map(Decimal, ("1", "999.5", "4000", "4001", "25000")):
            units = (UnitUse(unit.product, unit.meter, quantity, "p0", path.type),)
            billed = total(contract, Demand(MONTH, (), (SeatUse(path.type, 1),), units))
            assert billed == path.schedule.of(Decimal(0)) + unit.schedule.of(quantity), (path.type, quantity)
