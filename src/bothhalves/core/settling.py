"""What a contract makes of months of usage and seats: its clauses applied in one visible order.

Everything starts from Lines at list price. Each step adds Lines and edits none, so the sum by clause is what
that clause is worth, and the sum of all is what the contract costs. Months are settled in order; what one
carries to the next (billed seats, unused allowance, drawn commitment) is an explicit value, so that two
halves of a period give the Lines of the whole.

The order of a month's steps, and why:

1. Usage at list price, in the contract's currency: fees, commitments and budgets are in it, so usage in
   another is converted first and never added unconverted.
2. Price protection, which decides what the list price is for this buyer.
3. Negotiated rates, which are taken off that price.
4. Seat fees, and an undivided price of both halves.
5. Usage that the contract prices itself, and usage under seats at its rates.
6. Allowances, packs and overage, which cover what usage then costs.
7. Included credits: those of seats first, as they expire with the month, then those of the contract.
8. The commitment, which counts what is left to pay.
9. Tax on all that is billed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bothhalves.core.clauses.base import Demand
from bothhalves.core.clauses.credits import credit_usage
from bothhalves.core.clauses.currency import NoRate, exchanged
from bothhalves.core.clauses.draw_down import nets, of_usage
from bothhalves.core.clauses.seat_bill import SeatState
from bothhalves.core.clauses.seat_fees import Remark, open_windows, remarked, settle_seats
from bothhalves.core.clauses.seat_usage import SeatsBilled, SeatUsageState, settle_seat_usage
from bothhalves.core.clauses.spending import SpendingState, price_usage, settle_spending
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
    spending: SpendingState = field(default_factory=SpendingState)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The Lines of the months settled, in order; what is carried over; and what silent clauses assume.

    ``unexchanged`` is usage in another currency without a rate: it is in no Line, so all sums lack it.
    """

    lines: tuple[Line, ...]
    carried: Carried
    assumptions: tuple[str, ...] = ()
    unexchanged: tuple[NoRate, ...] = ()


def settle(
    contract: Contract,
    demands: Iterable[Demand],
    carried: Carried | None = None,
    kind: MoneyKind = MoneyKind.ESTIMATED,
) -> Settlement:
    """Settle months in order under ``contract``; ``demands`` are of consecutive months of its term."""
    lines: list[Line] = []
    remarks: list[Remark] = []
    lacking: list[NoRate] = []
    state = carried or Carried()
    units = {t.converts for t in contract.usage if t.converts}
    for asked in demands:
        demand, missing = exchanged(contract.basis(kind), contract.exchange, asked, units)
        lacking += missing
        found, state = _month(contract, demand, state, kind, remarks)
        lines += found
    said = [*_assumptions(contract, lines), *remarked(remarks), *open_windows(state.seats)]
    return Settlement(tuple(lines), state, tuple(said), tuple(lacking))


def _month(
    contract: Contract, demand: Demand, carried: Carried, kind: MoneyKind, remarks: list[Remark]
) -> tuple[list[Line], Carried]:
    """The steps of one month, in the order above.

    What had to be assumed about the month is added to ``remarks``.
    """
    basis = contract.basis(kind)
    usage = in_money(demand, contract.usage)
    priced = replace(demand, usage=usage)
    lines = [use.line for use in usage]
    lines += price_usage(basis, contract.spending, demand.month, usage)
    seats = settle_seats(basis, contract.seats, demand, carried.seats)
    lines += seats.lines
    if contract.fewest_seats is not None:
        lines += contract.fewest_seats.settle(basis, seats)
    remarks += seats.remarks
    undivided = carried.undivided
    if contract.undivided is not None:
        draws = of_usage(usage, nets(usage, lines))
        found, _, undivided = charge_undivided(basis, contract.undivided, demand.month, draws, undivided)
        lines += found
    billed = SeatsBilled(seats.by_type, seats.by_product)
    found, under_seats = settle_seat_usage(
        basis, contract.under_seats, demand, lines, billed, carried.under_seats
    )
    lines += found
    for credit in contract.credits:
        lines += credit_usage(basis, credit, priced, nets(usage, lines), seats.by_type)
    found, spending = settle_spending(basis, contract.spending, demand.month, usage, lines, carried.spending)
    return lines + found, Carried(seats.states, under_seats, undivided, spending)


def _assumptions(contract: Contract, lines: list[Line]) -> list[str]:
    """What the clauses take for granted where the contract is silent, each once."""
    said = [*contract.assumptions, *(s for t in contract.seats for s in t.assumptions())]
    said += contract.under_seats.assumptions(lines)
    said += contract.undivided.assumptions() if contract.undivided is not None else []
    said += [sentence for credit in contract.credits for sentence in credit.assumptions()]
    return said + list(contract.spending.assumptions())
