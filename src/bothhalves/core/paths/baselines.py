"""Lazy, current and efficient cost of one person's metered work: three figures that are never mixed up.

Only what separates current from efficient can be saved; what separates lazy from current already was.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.explain import Grade
from bothhalves.core.money import EXACT
from bothhalves.core.paths.expected import Use
from bothhalves.core.paths.schedules import ONE


@dataclass(frozen=True, slots=True)
class Efficiency:
    """``share`` of what the work costs today that it would cost with the levers named in ``basis``."""

    share: Decimal
    grade: Grade
    basis: str

    def fault(self) -> str | None:
        return None if self.share >= 0 else "share is not below zero"


#: Where nobody has evidence of a lever, the metered path costs what it costs today.
AS_TODAY = Efficiency(ONE, Grade.B, "as used today; no lever is claimed")


@dataclass(frozen=True, slots=True)
class Baselines:
    """Costs of the same work at list price: on the reference model without levers, as used, and with levers.

    ``lazy`` None: it was not rated.
    """

    lazy: Use | None
    current: Use
    efficient: Use
    grade: Grade


def baselines(current: Use, lazy: Use | None = None, efficiency: Efficiency = AS_TODAY) -> Baselines:
    """The three of one person; ``efficient`` is ``current`` unless an efficiency is given."""
    high = None if current.high is None else EXACT.multiply(current.high, efficiency.share)
    efficient = Use(EXACT.multiply(current.low, efficiency.share), high)
    return Baselines(lazy, current, efficient, efficiency.grade)
