"""Contracts settled to the cent: tests/settling/*.yaml, which an expert can write.

A case is a contract as in ``contracts/*.yaml``, what each month asks of it, and what comes out::

    title:
      contract: {id: c, vendor: anthropic, currency: USD, term: {start: 2026-01-01, months: 12}, ...}
      months:
        2026-01:
          usage: [{list: 1000, model: claude-sonnet-5, meter: input_tokens, quantity: 1000000}]
          seats: {premium: {opening: 40, changes: {2026-01-20: 4}, active: 38}}
          units: [{product: codex, meter: credits, quantity: 500, person: ada}]
      expect:
        total: 1000                # the sum of all Lines
        list: 1000                 # running sums of the cost views, where given
        contracted: 1000
        billed: 1000
        months: {2026-01: 1000}    # by month
        clauses: {seats/premium: 2000}   # by clause id, without the contract's
        only: true                 # clauses not named above add nothing
        lines: [{month: 2026-01, clause: seats/premium, quantity: 40, price: 50, amount: 2000}]
        assumes: [overage]         # words that appear in the printed assumptions
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.clauses.base import Change, Demand, MeteredUse, SeatUse, UnitUse
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.settling import settle
from bothhalves.reading import read_yaml

CASES = Path(__file__).parent / "settling"
ORDER = (View.LIST, View.CONTRACTED, View.BILLED)


@dataclass(frozen=True)
class UsageRow:
    """Usage worth ``list`` at list price; ``protected`` is its worth at the protected price."""

    list: Decimal
    model: str = "model"
    meter: str = "input_tokens"
    quantity: Decimal = Decimal(1_000_000)
    protected: Decimal | None = None
    product: str = ""
    account: str = ""
    tier: str = "standard"
    speed: str = "standard"
    region: str = ""
    seat_type: str = ""
    person: str = ""
    currency: str = "USD"


@dataclass(frozen=True)
class SeatRow:
    opening: int
    changes: dict[str, int] = field(default_factory=dict)
    active: int | None = None
    concurrent: int | None = None


@dataclass(frozen=True)
class UnitRow:
    product: str
    meter: str
    quantity: Decimal
    person: str = ""
    seat_type: str = ""


@dataclass(frozen=True)
class Asked:
    usage: tuple[UsageRow, ...] = ()
    seats: dict[str, SeatRow] = field(default_factory=dict)
    units: tuple[UnitRow, ...] = ()


@dataclass(frozen=True)
class ExpectedLine:
    clause: str
    amount: Decimal
    month: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class Expected:
    total: Decimal | None = None
    list: Decimal | None = None
    contracted: Decimal | None = None
    billed: Decimal | None = None
    months: dict[str, Decimal] = field(default_factory=dict)
    clauses: dict[str, Decimal] = field(default_factory=dict)
    only: bool = False
    lines: tuple[ExpectedLine, ...] = ()
    assumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    contract: Contract
    months: dict[str, Asked]
    expect: Expected
    why: str = ""


def _load() -> list[tuple[str, Case]]:
    found: list[tuple[str, Case]] = []
    for path in sorted(CASES.glob("*.yaml")):
        cases, problems = read_yaml(path, dict[str, Case])
        assert problems == [], problems
        found += [(f"{path.stem}: {title}", case) for title, case in (cases or {}).items()]
    return found


def _list_line(row: UsageRow, month: str, number: int, worth: Decimal) -> Line:
    return Line(
        id=f"{month}|{number}|{row.model}|{row.meter}",
        meter=row.meter,
        quantity=row.quantity,
        unit=row.meter,
        price=worth * 1_000_000 / row.quantity,
        price_high=worth * 1_000_000 / row.quantity,
        per=1_000_000,
        amount=Amount.of(worth, row.currency, MoneyKind.ESTIMATED),
        view=View.LIST,
        entry=f"list/{row.model}/{row.meter}",
        source="",
        layer="list",
        dimensions=(("model", row.model), ("month", month)),
    )


def demand(month: str, asked: Asked) -> Demand:
    usage = tuple(
        MeteredUse(
            _list_line(r, month, n, r.list),
            r.model,
            r.product,
            r.account,
            r.tier,
            r.speed,
            r.region,
            r.seat_type,
            r.person,
            None if r.protected is None else _list_line(r, month, n, r.protected),
        )
        for n, r in enumerate(asked.usage)
    )
    seats = tuple(
        SeatUse(
            name,
            s.opening,
            tuple(Change(date.fromisoformat(d), n) for d, n in sorted(s.changes.items())),
            s.active,
            s.concurrent,
        )
        for name, s in asked.seats.items()
    )
    units = tuple(UnitUse(u.product, u.meter, u.quantity, u.person, u.seat_type) for u in asked.units)
    return Demand(Month.parse(month), usage, seats, units)


def _sum(lines: list[Line]) -> Decimal:
    return sum((line.amount.low for line in lines), Decimal(0))


CASE_LIST = _load()


@pytest.mark.parametrize("case", [c for _, c in CASE_LIST], ids=[t for t, _ in CASE_LIST])
def test_contract_settles_as_the_case_says(case: Case) -> None:
    demands = [demand(month, asked) for month, asked in sorted(case.months.items())]
    settled = settle(case.contract, demands)
    lines, expect = list(settled.lines), case.expect
    wanted = [expect.total, expect.list, expect.contracted, expect.billed]
    assert [w for w in wanted if w is not None] or expect.lines or expect.clauses or expect.months
    if expect.total is not None:
        assert _sum(lines) == expect.total
    for number, name in enumerate(("list", "contracted", "billed"), 1):
        if getattr(expect, name) is not None:
            shown = ORDER[:number]
            assert _sum([line for line in lines if line.view in shown]) == getattr(expect, name), name
    for month, amount in expect.months.items():
        assert _sum([line for line in lines if dict(line.dimensions)["month"] == month]) == amount, month
    _check_clauses(case, lines)
    for wanted_line in expect.lines:
        assert any(_matches(case, line, wanted_line) for line in lines), (wanted_line, lines)
    for word in expect.assumes:
        assert any(word in sentence for sentence in settled.assumptions), (word, settled.assumptions)
    assert len({line.id for line in lines}) == len(lines), "two Lines have the same id"


@pytest.mark.parametrize("case", [c for _, c in CASE_LIST], ids=[t for t, _ in CASE_LIST])
def test_two_halves_with_carry_over_equal_the_whole(case: Case) -> None:
    demands = [demand(month, asked) for month, asked in sorted(case.months.items())]
    whole = settle(case.contract, demands)
    for cut in range(len(demands) + 1):
        first = settle(case.contract, demands[:cut])
        second = settle(case.contract, demands[cut:], first.carried)
        assert first.lines + second.lines == whole.lines
        assert second.carried == whole.carried


def _check_clauses(case: Case, lines: list[Line]) -> None:
    by_clause: dict[str, list[Line]] = {}
    for line in lines:
        by_clause.setdefault(line.entry.removeprefix(case.contract.id + "/"), []).append(line)
    sums = {clause: _sum(found) for clause, found in by_clause.items()}
    for clause, amount in case.expect.clauses.items():
        assert sums.get(clause, Decimal(0)) == amount, (clause, sums)
    if case.expect.only:
        others = {c: s for c, s in sums.items() if c not in case.expect.clauses and not c.startswith("list/")}
        assert all(amount == 0 for amount in others.values()), others


def _matches(case: Case, line: Line, wanted: ExpectedLine) -> bool:
    return (
        line.entry.removeprefix(case.contract.id + "/") == wanted.clause
        and line.amount.low == wanted.amount
        and wanted.month in ("", dict(line.dimensions)["month"])
        and wanted.quantity in (None, line.quantity)
        and wanted.price in (None, line.price)
        and wanted.unit in line.unit
    )
