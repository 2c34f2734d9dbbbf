"""Contracts and offers: the terms of one deal with one vendor, each an optional clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from bothhalves.core.clauses.allowances import AllowanceTerm
from bothhalves.core.clauses.base import Basis, Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.clauses.credits import CreditTerm
from bothhalves.core.clauses.currency import ExchangeRate
from bothhalves.core.clauses.grants import GrantTerm
from bothhalves.core.clauses.packs import PackTerm
from bothhalves.core.clauses.protection import Kind, PriceTerm
from bothhalves.core.clauses.protections import UNSAID, Protections
from bothhalves.core.clauses.rates import MarketplaceTerm, RateTerm
from bothhalves.core.clauses.seat_minimum import FewestSeats
from bothhalves.core.clauses.seat_usage import SeatUsage
from bothhalves.core.clauses.seats import SeatTerm, fault_of
from bothhalves.core.clauses.spending import Spending
from bothhalves.core.clauses.taxes import TaxTerm
from bothhalves.core.clauses.undivided import Undivided
from bothhalves.core.clauses.usage import SeatUsageTerm, UsageTerm
from bothhalves.core.dates import Month
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind

__all__ = ["Contract", "SeatTerm", "Term", "UsageTerm"]


@dataclass(frozen=True, slots=True)
class Contract:
    """What was signed with, or is offered by, one vendor.

    ``assumed`` marks terms that nobody has shown us in writing; ``assumptions`` say in words what was taken
    for granted in writing them down. At least ``minimum_seats`` of all types together are charged, those
    that are missing at ``minimum_seats_fee`` (None: the lowest fee of a type). ``terms`` are promised for
    seats and API alike, ``seat_terms`` and ``api_terms`` for one side.
    """

    id: str
    vendor: str
    currency: str
    term: Term
    seats: tuple[SeatTerm, ...] = ()
    minimum_seats: int | None = None
    minimum_seats_fee: Decimal | None = None
    usage: tuple[UsageTerm, ...] = ()
    seat_usage: tuple[SeatUsageTerm, ...] = ()
    allowances: tuple[AllowanceTerm, ...] = ()
    packs: tuple[PackTerm, ...] = ()
    credits: tuple[CreditTerm, ...] = ()
    undivided: Undivided | None = None
    rates: tuple[RateTerm, ...] = ()
    marketplaces: tuple[MarketplaceTerm, ...] = ()
    prices: PriceTerm | Kind | None = None
    commitment: CommitmentTerm | None = None
    included_credits: tuple[GrantTerm, ...] = ()
    exchange: tuple[ExchangeRate, ...] = ()
    tax: TaxTerm | Literal["excluded"] | None = None
    assumed: bool = False
    assumptions: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    accounts: tuple[str, ...] = field(default=())
    terms: Protections = UNSAID
    seat_terms: Protections = UNSAID
    api_terms: Protections = UNSAID
    where: Where = Where("")

    @property
    def under_seats(self) -> SeatUsage:
        """The clauses about usage under its seats and units that it prices itself."""
        return SeatUsage(self.usage, self.seat_usage, self.allowances, self.packs)

    @property
    def spending(self) -> Spending:
        """The clauses about prices, commitments and payment."""
        return Spending(
            self.rates,
            self.marketplaces,
            self.prices,
            self.commitment,
            self.included_credits,
            self.exchange,
            self.tax,
        )

    def fault(self) -> str | None:
        """What is wrong with the names, or with the clauses together."""
        names = (self.id, self.vendor, *(n for t in self.seats for n in (t.type, t.product)))
        if any(len(name.splitlines()) > 1 for name in names):
            return "id, vendor, type and product are on one line each"
        seats = fault_of(self.seats, self.minimum_seats, self.minimum_seats_fee)
        return seats or self.under_seats.fault() or self.spending.fault(self.currency)

    @property
    def fewest_seats(self) -> FewestSeats | None:
        """The fewest seats of all types together; None: any number will do."""
        if self.minimum_seats is None:
            return None
        return FewestSeats(self.minimum_seats, self.minimum_seats_fee, self.seats)

    def prices_itself(self, product: str, meter: str) -> bool:
        """True if units of the meter are settled by the contract and not at list price."""
        return any((t.product, t.meter) == (product, meter) for t in self.usage) or self.under_seats.drawn(
            product, meter
        )

    def basis(self, kind: MoneyKind = MoneyKind.ESTIMATED) -> Basis:
        """The contract without its clauses, whose Lines are money of ``kind``."""
        return Basis(self.id, self.vendor, self.currency, self.term, self.source, self.assumed, kind)

    def seats_in(self, month: Month) -> list[SeatTerm]:
        """The seat terms charged for ``month``, in a renewal that comes of itself too."""
        if not self.term.runs(month):
            return []
        return [s for s in self.seats if s.charged(month)]
