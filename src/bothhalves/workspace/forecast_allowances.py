"""Allowances first: of what people use under seats, only what is beyond every allowance is metered spend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Demand
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT, quotient
from bothhalves.core.settling import settle
from bothhalves.workspace.charges import signed
from bothhalves.workspace.demands import HIGH, LOW, asked_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.replaying import span_of

#: Clauses that take usage off what is charged at list price, by the beginning of their entries.
_COVERS = ("allowance/", "pack/", "packs/", "included/", "usage/")
Beyond = dict[Month, tuple[Fraction, Fraction]]


def beyond_allowances(
    workspace: Workspace, months: tuple[Month, ...], vendor: str, days: int | None = None
) -> Beyond:
    """What the contracts leave of usage under seats at list price after allowances, packs and what the fee
    includes, by month, at both ends of its price, in the currency. With ``days``, as if every month had so
    many, each used as before: what is included in a month stays the same. Nothing where no contract is
    asked."""
    terms = [
        c
        for c in signed(workspace, months)
        if vendor in ("", c.vendor)
        and c.under_seats.in_money
        and c.currency == workspace.config.company.currency
    ]
    if not terms:
        return {}
    asked = asked_of(workspace, span_of(terms, months))
    found = {month: (Fraction(0), Fraction(0)) for month in months}
    for contract in terms:
        ends = [
            _left(contract, settle(contract, _lasting(asked.of(contract, end), days)).lines)
            for end in (LOW, HIGH)
        ]
        for month in months:
            low, high = (sum((a for m, a in end if m == str(month)), Fraction(0)) for end in ends)
            found[month] = (found[month][0] + max(low, Fraction(0)), found[month][1] + max(high, Fraction(0)))
    return found


def _lasting(demands: list[Demand], days: int | None) -> list[Demand]:
    return demands if days is None else [_stretched(one, Fraction(days, one.month.days)) for one in demands]


def _stretched(demand: Demand, share: Fraction) -> Demand:
    """So much of a month's usage under seats."""
    times = quotient(share)
    usage = (replace(u, line=_times(u.line, times)) if u.seat_type else u for u in demand.usage)
    units = (replace(u, quantity=EXACT.multiply(u.quantity, times)) for u in demand.units)
    return replace(demand, usage=tuple(usage), units=tuple(units))


def _times(line: Line, times: Decimal) -> Line:
    return replace(line, quantity=EXACT.multiply(line.quantity, times), amount=line.amount.times(times))


def _left(contract: Contract, lines: Iterable[Line]) -> list[tuple[str, Fraction]]:
    """Usage under seats and what covers it, by month; the sum of a month is what nothing covers."""
    known = list(lines)
    about = {line.id: line.of for line in known}
    used = {line.id for line in known if _is_seat_use(line)}
    return [
        (dict(x.dimensions)["month"], Fraction(x.amount.low)) for x in _covered(contract, known, about, used)
    ]


def _covered(
    contract: Contract, lines: Iterable[Line], about: dict[str, str], used: set[str]
) -> Iterator[Line]:
    for line in lines:
        root = line.id
        while about.get(root):
            root = about[root]
        clause = line.entry.removeprefix(f"{contract.id}/")
        if line.id in used or (root in used and clause.startswith(_COVERS)):
            yield line


def _is_seat_use(line: Line) -> bool:
    return "seat_type" in dict(line.dimensions) and not line.of and not line.layer.startswith("contract")
