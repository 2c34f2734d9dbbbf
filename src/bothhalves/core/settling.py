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
from bothhalves.core.clauses.credits import credit_usage
from bothhalves.core.clauses.draw_down import nets, of_usage
from bothhalves.core.clauses.seat_usage import SeatsBilled, SeatUsageState, settle_seat_usage
from bothhalves.core.clauses.seats import SeatState, charge_seats
from bothhalves.core.clauses.undivided import UndividedState, charge_undivided
from bothhalves.core.clauses.usage import in_money
from bothhalves.core.contracts import Contract
from bothhalves.core.explain import Line
from bothhalves.core.money import MoneyKind


@dataclass(frozen=True, slots=True)
class Carried:
    """What a month leaves to the next, by clause id."""

    seats: Mapping[str, SeatState] = field(default_factory=dict)
    under_seats: SeatUsageState = field(default_factory=SeatUsageState)
    undivided: UndividedState = field(default_factory=UndividedState)


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
    return Settlement(tuple(lines), state, tuple(_assumptions(contract, lines)))


def _month(
    contract: Contract, demand: Demand, carried: Carried, kind: MoneyKind
) -> tuple[list[Line], Carried]:
    """The steps of one month, in order: list price, seat fees, usage under seats, included credits."""
    basis = contract.basis(kind)
    usage = in_money(demand, contract.usage)
    lines = [use.line for use in usage]
    seats = dict(carried.seats)
    by_type: dict[str, int] = {}
    by_product: dict[str, int] = {}
    for term in contract.seats_in(demand.month):
        found, seats[term.id] = charge_seats(basis, term, demand, seats.get(term.id, SeatState()))
        lines += found
        by_type[term.type] = by_type.get(term.type, 0) + seats[term.id].billed
        by_product[term.product] = by_product.get(term.product, 0) + seats[term.id].billed
    undivided = carried.undivided
    if contract.undivided is not None:
        draws = of_usage(usage, nets(usage, lines))
        found, _, undivided = charge_undivided(basis, contract.undivided, demand.month, draws, undivided)
        lines += found
    billed = SeatsBilled(by_type, by_product)
    found, under_seats = settle_seat_usage(
        basis, contract.under_seats, demand, lines, billed, carried.under_seats
    )
    lines += found
    for credit in contract.credits:
        lines += credit_usage(basis, credit, demand, nets(usage, lines), by_type)
    return lines, Carried(seats, under_seats, undivided)


def _assumptions(contract: Contract, lines: list[Line]) -> list[str]:
    """What the clauses take for granted where the contract is silent, each once."""
    said = [*contract.assumptions, *contract.under_seats.assumptions(lines)]
    said += contract.undivided.assumptions() if contract.undivided is not None else []
    return said + [sentence for credit in contract.credits for sentence in credit.assumptions()]
