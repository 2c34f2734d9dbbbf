"""Allowances first: of what people use under seats, only what is beyond every allowance is metered spend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Demand, MeteredUse
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
    asked. The answers are kept."""
    slot = months, vendor, days
    if slot not in workspace.beyond:
        workspace.beyond[slot] = _beyond(workspace, months, vendor, days)
    return workspace.beyond[slot]


def _beyond(workspace: Workspace, months: tuple[Month, ...], vendor: str, days: int | None) -> Beyond:
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
        demands = [asked.of(contract, end) for end in (LOW, HIGH)]
        low = _left(contract, _of_days(demands[0], days))
        high = low if demands[0] == demands[1] else _left(contract, _of_days(demands[1], days))
        for month in months:
            left = (max(end.get(str(month), Fraction(0)), Fraction(0)) for end in (low, high))
            first, last = (known + more for known, more in zip(found[month], left, strict=True))
            found[month] = first, last
    return found


def _of_days(demands: list[Demand], days: int | None) -> list[Demand]:
    """What months that have so many days (None: their own) would ask for."""
    return demands if days is None else [_stretched(one, Fraction(days, one.month.days)) for one in demands]


def _stretched(demand: Demand, share: Fraction) -> Demand:
    """So much of a month's usage under seats."""
    times = quotient(share)
    usage = (_times(use, times) if use.seat_type else use for use in demand.usage)
    units = (replace(use, quantity=EXACT.multiply(use.quantity, times)) for use in demand.units)
    return replace(demand, usage=tuple(usage), units=tuple(units))


def _times(use: MeteredUse, times: Decimal) -> MeteredUse:
    """Of all that says what the use costs, so much."""
    line, protected, foreign = (
        one and replace(one, quantity=EXACT.multiply(one.quantity, times), amount=one.amount.times(times))
        for one in (use.line, use.protected, use.foreign)
    )
    assert line is not None
    return replace(use, line=line, protected=protected, foreign=foreign)


def _left(contract: Contract, demands: list[Demand]) -> dict[str, Fraction]:
    """Usage under seats less what covers it, by month."""
    lines = settle(contract, demands).lines
    about = {line.id: line.of for line in lines}
    used = {line.id for line in lines if _is_seat_use(line)}
    found: dict[str, Fraction] = {}
    for line in _covered(contract, lines, about, used):
        month = dict(line.dimensions)["month"]
        found[month] = found.get(month, Fraction(0)) + Fraction(line.amount.low)
    return found


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
