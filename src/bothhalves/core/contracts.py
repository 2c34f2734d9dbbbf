"""Signed terms that this buyer pays under: seats at a fee, and usage that the contract prices itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bothhalves.core.dates import Month, in_force
from bothhalves.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class Term:
    """The term begins on ``start`` and runs for ``months`` whole months."""

    start: date
    months: int

    @property
    def until(self) -> date:
        month = Month(
            self.start.year + (self.start.month - 1 + self.months) // 12,
            (self.start.month - 1 + self.months) % 12 + 1,
        )
        return date(month.year, month.number, min(self.start.day, month.days))


@dataclass(frozen=True, slots=True)
class SeatTerm:
    """``committed`` seats of ``type`` at ``fee`` per seat-month.

    ``labels`` are what rosters call this seat type. ``billed`` is ``monthly`` or ``annual``; the fee is
    always the monthly figure, and an annual one cannot be stopped within the term.
    """

    type: str
    product: str
    committed: int
    fee: Decimal
    billed: str = "monthly"
    labels: tuple[str, ...] = ()
    from_: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class UsageTerm:
    """Usage of ``meter`` that the contract prices itself, per calendar month, for all seats together."""

    product: str
    meter: str
    price: Shape


@dataclass(frozen=True, slots=True)
class Contract:
    """What was signed with one vendor. ``assumed`` marks terms that nobody has shown us in writing."""

    id: str
    vendor: str
    currency: str
    term: Term
    seats: tuple[SeatTerm, ...] = ()
    usage: tuple[UsageTerm, ...] = ()
    assumed: bool = False
    source: str = ""
    note: str = ""
    accounts: tuple[str, ...] = field(default=())

    def seats_in(self, month: Month) -> list[SeatTerm]:
        """The seat terms charged for ``month``: a month begun counts whole, and the month of the end is free.

        So a term of twelve months is charged twelve times, on whichever day of a month it begins.
        """
        if not _charged(month, self.term.start, self.term.until):
            return []
        return [s for s in self.seats if _charged(month, s.from_ or date.min, s.until)]


def _charged(month: Month, start: date, until: date | None) -> bool:
    return in_force(month.first, start.replace(day=1), until.replace(day=1) if until else None)
