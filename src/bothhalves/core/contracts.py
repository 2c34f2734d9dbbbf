"""Contracts and offers: the terms of one deal with one vendor, each an optional clause."""

from __future__ import annotations

from dataclasses import dataclass, field

from bothhalves.core.clauses.base import Basis, Term
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.usage import UsageTerm
from bothhalves.core.dates import Month
from bothhalves.core.money import MoneyKind

__all__ = ["Contract", "SeatTerm", "Term", "UsageTerm"]


@dataclass(frozen=True, slots=True)
class Contract:
    """What was signed with, or is offered by, one vendor.

    ``assumed`` marks terms that nobody has shown us in writing.
    """

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

    def basis(self, kind: MoneyKind = MoneyKind.ESTIMATED) -> Basis:
        """The contract without its clauses, whose Lines are money of ``kind``."""
        return Basis(self.id, self.vendor, self.currency, self.term, self.source, self.assumed, kind)

    def seats_in(self, month: Month) -> list[SeatTerm]:
        """The seat terms charged for ``month``."""
        if not self.term.charged(month):
            return []
        return [s for s in self.seats if s.charged(month)]
