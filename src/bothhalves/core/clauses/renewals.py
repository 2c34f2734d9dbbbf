"""Renewal of seats: the fee and the number of seats with which a renewed term begins."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.clauses.base import Percent
from bothhalves.core.money import EXACT, ZERO

_BASELINES = ("billed", "peak", "assigned")


@dataclass(frozen=True, slots=True)
class Renewal:
    """``uplift`` is what the vendor raises the fee by at each renewal, ``cap`` the most that it may.

    ``fee`` is what is agreed for the first renewed term; later ones rise from it. ``baseline``: the seats
    committed in the renewed term are those ``billed`` at the end of the last one (``""``: the same), the
    ``peak`` of that term, or those ``assigned`` at its end.
    """

    uplift: Percent | None = None
    cap: Percent | None = None
    baseline: str = ""
    fee: Decimal | None = None

    def fault(self) -> str | None:
        if self.baseline not in ("", *_BASELINES):
            return "baseline is billed, peak or assigned"
        least = min(self.uplift or ZERO, self.cap or ZERO, self.fee or ZERO)
        return "uplift, cap and fee are not below zero" if least < 0 else None

    @property
    def is_known(self) -> bool:
        """True if an uplift is stated, or a cap that is taken for it."""
        return self.uplift is not None or self.cap is not None

    @property
    def rate(self) -> Decimal:
        """The rise at one renewal; without an uplift, the cap is taken."""
        stated = [r for r in (self.uplift, self.cap) if r is not None]
        return min(stated, default=ZERO)

    def factor(self, turn: int) -> Decimal:
        """What the first fee is multiplied by in the term after ``turn`` renewals."""
        found, once = Decimal(1), EXACT.add(Decimal(1), self.rate)
        for _ in range(turn):
            found = EXACT.multiply(found, once)
        return found

    def assumptions(self) -> list[str]:
        """What is taken for granted when a term renews."""
        said = []
        if self.uplift is None:
            rise = "the fee stays" if self.cap is None else "the fee rises by the cap"
            said.append(f"the renewal does not say uplift; {rise}.")
        if not self.baseline:
            said.append(
                "the renewal does not say baseline; the seats billed at the end of the term are taken."
            )
        return said
