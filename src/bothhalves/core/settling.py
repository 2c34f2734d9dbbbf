"""What a contract makes of months of usage and seats: its clauses applied in one visible order.

Everything starts from Lines at list price. Each step adds Lines and edits none, so the sum by clause is what
that clause is worth, and the sum of all is what the contract costs. Months are settled in order; what one
carries to the next (billed seats, unused allowance, drawn commitment) is an explicit value, so that two
halves of a period give the Lines of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bothhalves.core.clauses.base import Demand
from bothhalves.core.clauses.seats import SeatState, charge_seats
from bothhalves.core.clauses.usage import charge_usage
from bothhalves.core.contracts import Contract
from bothhalves.core.explain import Line
from bothhalves.core.money import MoneyKind


@dataclass(frozen=True, slots=True)
class Carried:
    """What a month leaves to the next, by clause id."""

    seats: Mapping[str, SeatState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The Lines of the months settled, in order; what is carried over; and what silent clauses assume."""

    lines: tuple[Line, ...]
    carried: Carried
    assumptions: tuple[str, ...] = ()


def settle(
    contract: Contract,
    demands: Iterable[Demand],
    carried: Carried | None = None,
    kind: MoneyKind = MoneyKind.ESTIMATED,
) -> Settlement:
    """Settle months in order under ``contract``; ``demands`` are of consecutive months of its term."""
    lines: list[Line] = []
    state = carried or Carried()
    for demand in demands:
        found, state = _month(contract, demand, state, kind)
        lines += found
    return Settlement(tuple(lines), state)


def _month(
    contract: Contract, demand: Demand, carried: Carried, kind: MoneyKind
) -> tuple[list[Line], Carried]:
    """The steps of one month, in order: list price, seat fees, usage that the contract prices itself."""
    basis = contract.basis(kind)
    lines = [use.line for use in demand.usage]
    seats = dict(carried.seats)
    billed: dict[str, int] = {}
    for term in contract.seats_in(demand.month):
        found, seats[term.id] = charge_seats(basis, term, demand, seats.get(term.id, SeatState()))
        lines += found
        billed[term.product] = billed.get(term.product, 0) + seats[term.id].billed
    for usage in contract.usage:
        lines += charge_usage(basis, usage, demand, billed.get(usage.product, 0))
    return lines, Carried(seats)
