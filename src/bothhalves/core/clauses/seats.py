"""Seats at a fee: the clause, and what it charges in a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import Basis, Demand, charge
from bothhalves.core.dates import Month, in_force
from bothhalves.core.explain import Line


@dataclass(frozen=True, slots=True)
class SeatTerm:
    """``committed`` seats of ``type`` at ``fee`` per seat-month.

    ``labels`` are what rosters call this seat type. ``billed`` is ``monthly`` or ``annual``; the fee is
    always the monthly figure, and an annual one cannot be stopped within the term. ``plan`` names a plan of
    the books, which says what the clause leaves out. ``used_by`` is how many people are known to use them.
    """

    type: str
    product: str
    committed: int
    fee: Decimal
    billed: str = "monthly"
    labels: tuple[str, ...] = ()
    plan: str = ""
    used_by: int | None = None
    from_: date | None = None
    until: date | None = None

    def charged(self, month: Month) -> bool:
        """True if the clause charges ``month``: a month begun counts whole, and that of the end is free."""
        start, until = self.from_ or date.min, self.until
        return in_force(month.first, start.replace(day=1), until.replace(day=1) if until else None)

    @property
    def id(self) -> str:
        return f"seats/{self.type}" + (f"@{self.from_}" if self.from_ else "")


@dataclass(frozen=True, slots=True)
class SeatState:
    """What a seat clause carries from month to month."""

    billed: int = 0


def charge_seats(
    basis: Basis, term: SeatTerm, demand: Demand, state: SeatState
) -> tuple[list[Line], SeatState]:
    """The month's Lines of one seat clause, and what it carries over."""
    if not term.charged(demand.month):
        return [], state
    line = charge(
        basis,
        term.id,
        demand.month,
        quantity=term.committed,
        price=term.fee,
        unit=f"seats, {term.billed}",
        meter="seats",
        dimensions={"product": term.product},
    )
    return [line], SeatState(term.committed)
