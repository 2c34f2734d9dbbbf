"""Commitments as they are commonly offered, for a buyer who has no offer in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bothhalves.core.clauses.commitments import Band, CommitmentTerm, OverageRate
from bothhalves.core.deal.commitment_cost import MICRO

Per = Literal["month", "term"]


@dataclass(frozen=True, slots=True)
class UsualTerms:
    """``bands`` are shares of what a period usually costs at list price, and their discounts."""

    id: str
    title: str
    bands: tuple[tuple[str, str], ...]
    overage: Literal["list", "committed"] | OverageRate

    def clause(self, known: Sequence[int], months: int, per: Per) -> CommitmentTerm:
        """The clause for a buyer who is known to have used so much by month, in micro-units; what a period
        of so many ``months`` would cost at the mean of them is usual."""
        usual = Fraction(sum(known) * (months if per == "term" else 1), len(known) * MICRO)
        bands = tuple(
            Band(Decimal(int(usual * Fraction(share) * 100)) / 100, Decimal(rate))
            for share, rate in self.bands
        )
        return CommitmentTerm(
            Decimal(0), per=per, denominated="net", bands=bands, bands_are="all-units", counts=("api",),
            overage=self.overage, unused="forfeited", paid="in-arrears",
        )  # fmt: skip


USUAL = (
    UsualTerms(
        "same-rate",
        "20% off from half the usual, overage at the same rate",
        (("0.5", "0.2"),),
        "committed",
    ),
    UsualTerms("list-overage", "20% off any amount, overage at list", (("0", "0.2"),), "list"),
    UsualTerms(
        "three-bands",
        "10, 15, 20% off from 0.3, 0.6, 1 x the usual, overage at 1.2 x list",
        (("0.3", "0.1"), ("0.6", "0.15"), ("1", "0.2")),
        OverageRate(Decimal("1.2")),
    ),
)
