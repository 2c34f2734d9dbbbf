"""Prepaid packs over months: bought whole as they are needed, the oldest used first, lost when expired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class PackOffer:
    """Packs of ``size`` at ``price``, ``at_least`` so many at once, lost after ``expires_months``."""

    size: Decimal
    price: Decimal
    at_least: int = 1
    expires_months: int | None = None


@dataclass(frozen=True, slots=True)
class PackCourse:
    """``packs`` bought in each month, what was ``paid``, and the units ``used``, ``lost`` and ``left``."""

    packs: tuple[int, ...]
    paid: Fraction
    used: Fraction
    lost: Fraction
    left: Fraction

    @property
    def price_paid(self) -> Fraction | None:
        """What a unit really cost: paid over used, whatever the pack's face value. None: none was used."""
        return self.paid / self.used if self.used else None


def pack_course(uses: Sequence[Decimal], offer: PackOffer) -> PackCourse:
    """Months of use in order, each topped up with whole packs on its first day. What expires is lost."""
    lots: list[tuple[int, Fraction]] = []  # the month of purchase, and what is left
    packs, lost = [], Fraction(0)
    size = Fraction(offer.size)
    for month, use in enumerate(uses):
        live = [x for x in lots if offer.expires_months is None or month < x[0] + offer.expires_months]
        lost += sum((left for _, left in lots), Fraction(0)) - sum((left for _, left in live), Fraction(0))
        missing = Fraction(use) - sum((left for _, left in live), Fraction(0))
        bought = max(ceil(missing / size), offer.at_least) if missing > 0 else 0
        packs.append(bought)
        lots = _used([*live, *([(month, size * bought)] if bought else [])], Fraction(use))
    used = sum((Fraction(u) for u in uses), Fraction(0))
    left = sum((rest for _, rest in lots), Fraction(0))
    return PackCourse(tuple(packs), Fraction(offer.price) * sum(packs), used, lost, left)


def _used(lots: Sequence[tuple[int, Fraction]], use: Fraction) -> list[tuple[int, Fraction]]:
    """The lots after so much use, the oldest first."""
    found = []
    for month, left in lots:
        part = min(use, left)
        use -= part
        if left > part:
            found.append((month, left - part))
    return found
