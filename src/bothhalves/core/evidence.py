"""How far the evidence reaches: reconciliation with invoices, grades, and what each licenses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.explain import Grade
from bothhalves.core.money import Amount, MixedMoney

#: Computed and invoiced cost agree if they differ by at most this share of the invoice.
TOLERANCE = Decimal("0.02")

LICENCE = {
    Grade.A: "point estimates",
    Grade.B: "ranges and seat moves",
    Grade.C: "ranges and a measurement plan, no recommendation",
    Grade.D: "context only",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Computed against invoiced cost of one vendor, account and month, in one currency."""

    vendor: str
    account: str
    month: str
    invoiced: Amount
    computed: Amount

    def __post_init__(self) -> None:
        if self.invoiced.currency != self.computed.currency:
            raise MixedMoney(f"{self.invoiced.currency} compared with {self.computed.currency}")

    @property
    def nearest(self) -> Decimal:
        """The point of the computed range that lies nearest to the invoice."""
        if self.invoiced.low <= self.computed.low:
            return self.computed.low
        high = self.computed.high
        return self.computed.low if high is None else min(high, self.invoiced.low)

    @property
    def gap(self) -> Decimal | None:
        """``(invoiced - nearest computed) / invoiced``; None where nothing was invoiced."""
        if not self.invoiced.low:
            return None
        return (self.invoiced.low - self.nearest) / self.invoiced.low

    @property
    def agrees(self) -> bool:
        """True if the gap is within tolerance and nothing computed is unpriced.

        An invoice of nothing agrees with a computed cost of nothing only.
        """
        gap = self.gap
        close = self.nearest == 0 if gap is None else abs(gap) <= TOLERANCE
        return close and not self.computed.at_least


def grade(full_months: int, comparisons: list[Comparison]) -> Grade:
    """The evidence grade: months with data on every day, and whether computed agrees with invoiced cost.

    Without any invoice to compare with, or with one that disagrees, it is C at best.
    """
    reconciled = bool(comparisons) and all(c.agrees for c in comparisons)
    if not reconciled or full_months < 2:
        return Grade.C
    return Grade.A if full_months >= 6 else Grade.B
