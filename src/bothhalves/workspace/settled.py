"""Contracts settled on what was really used: from the first month of the term, shown for the window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from bothhalves.core.clauses.currency import NoRate
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.settling import Carried, settle
from bothhalves.workspace.demands import HIGH, LOW, Asked


@dataclass(frozen=True, slots=True)
class Settled:
    """The window's Lines under one contract, what was assumed, what is open at the window's end, and what
    could not be converted into the contract's currency."""

    contract: Contract
    lines: tuple[Line, ...]
    assumptions: tuple[str, ...]
    carried: Carried
    unexchanged: tuple[NoRate, ...] = ()


def settled(
    asked: Asked, contract: Contract, shown: Iterable[Month], kind: MoneyKind = MoneyKind.ESTIMATED
) -> Settled:
    """``contract`` settled on all that ``asked`` counted, of which the ``shown`` months are returned.

    Where usage has a price interval, both ends are settled and each Line spans from one to the other.
    """
    months = {str(month) for month in shown}
    demands = asked.of(contract, LOW, kind)
    highest = asked.of(contract, HIGH, kind)
    low = settle(contract, demands, kind=kind)
    high = low if demands == highest else settle(contract, highest, kind=kind)
    lines = _between(low.lines, high.lines, asked.endless(contract))
    chosen = tuple(line for line in lines if dict(line.dimensions)["month"] in months)
    return Settled(contract, chosen, low.assumptions, low.carried, low.unexchanged)


def _between(low: tuple[Line, ...], high: tuple[Line, ...], endless: frozenset[str]) -> list[Line]:
    """Lines of the low end, each with the amount that it has at the high end as its other end."""
    others = {line.id: line.amount.low for line in high}
    known = {line.id for line in low}
    found = [_spanning(line, others.get(line.id, Decimal(0)), line.id in endless) for line in low]
    return found + [_spanning(line, Decimal(0), False) for line in high if line.id not in known]


def _spanning(line: Line, other: Decimal, endless: bool) -> Line:
    amount = line.amount
    if amount.low == other and not endless:
        return line
    low, high = sorted((amount.low, other))
    return replace(line, amount=Amount(amount.currency, amount.kind, low, None if endless else high))


def adjustments(deals: Iterable[Settled]) -> tuple[Line, ...]:
    """What the contracts make of usage: everything but seat fees and metered usage at list price.

    Usage under seats that a clause prices is in it with its list price, from which the clause takes off.
    """
    return tuple(line for deal in deals for line in deal.lines if _adjusts(deal.contract, line))


def _adjusts(contract: Contract, line: Line) -> bool:
    own = f"{contract.id}/"
    if line.entry.startswith(own):
        return not line.entry.startswith(f"{own}seats/")
    return "seat_type" in dict(line.dimensions)
