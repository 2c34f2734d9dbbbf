"""The thresholds by which held seats are judged: stated in company.yaml, printed wherever they are used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.clauses.base import Percent
from bothhalves.core.money import EXACT, ZERO, plain

_MOST_SURE = Decimal("0.9999")


@dataclass(frozen=True, slots=True)
class SeatRules:
    """Days are days without a genuine action, or since a seat was given; shares are of 1.

    An idle seat is watched from ``watch_days`` on, dormant from ``dormant_days`` on, and reclaimed without
    asking from ``reclaim_days`` on; a seat younger than ``new_days`` is new. Use is light where the metered
    path costs at most ``light`` of the seat, and heavy on a flat seat from ``heavy_times`` its fee on.
    ``confidence`` is that of what a pilot says of everybody, and ``metered_cost`` what each person costs a
    month on the metered path beside usage.
    """

    watch_days: int = 30
    dormant_days: int = 60
    reclaim_days: int = 90
    new_days: int = 60
    light: Percent = Decimal("0.8")
    heavy_times: Decimal = Decimal(3)
    confidence: Percent = Decimal("0.95")
    metered_cost: Decimal = ZERO

    def fault(self) -> str | None:
        return next((said for wrong, said in self._faults() if wrong), None)

    def _faults(self) -> Iterator[tuple[bool, str]]:
        yield min(self.watch_days, self.new_days) < 1, "watch_days and new_days are at least 1"
        rising = self.watch_days <= self.dormant_days <= self.reclaim_days
        yield not rising, "watch_days, dormant_days and reclaim_days rise"
        yield not 0 < self.light <= 1, "light is above 0% and at most 100%"
        yield self.heavy_times <= 0, "heavy_times is above zero"
        yield not is_sensible(self.confidence), "confidence is between 50% and 99.99%"
        yield self.metered_cost < 0, "metered_cost is not below zero"

    def said(self) -> tuple[str, ...]:
        """The rules in sentences, to be printed with every answer that they give."""
        idle = f"watched from {self.watch_days} days without a genuine action on"
        return (
            f"A seat is {idle}, dormant from {self.dormant_days}, reclaimed without asking from "
            f"{self.reclaim_days}. A message, session or run is a genuine action; a sign-in is not.",
            f"A seat is new for {self.new_days} days.",
            f"Use is light if the metered path costs at most {percentage(self.light)} of the seat at it, "
            f"heavy above the use at which the seat is cheaper, or on a flat seat from "
            f"{plain(self.heavy_times)} times its fee on. Beside usage, the metered path costs "
            f"{plain(self.metered_cost)} a month for each person.",
            f"What a pilot says of everybody is {percentage(self.confidence)} sure.",
        )


def is_sensible(confidence: Decimal) -> bool:
    """True if a count can be asked for with so much confidence."""
    return Decimal("0.5") <= confidence <= _MOST_SURE


def percentage(share: Decimal) -> str:
    """``0.8`` as ``80 %``."""
    return f"{plain(EXACT.multiply(share, Decimal(100)))} %"
