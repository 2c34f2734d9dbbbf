"""What the owner of a workload states about its levers in ``workloads.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import Percent
from bothhalves.core.dates import Month
from bothhalves.core.engineering import UPKEEP, Engineering
from bothhalves.core.levers.mix import Lever

_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class StatedPrefix:
    """The reusable head of each prompt; ``changes``: something in it differs from request to request."""

    tokens: int
    changes: bool = False

    def fault(self) -> str | None:
        return "a prefix has at least one token" if self.tokens < 1 else None


@dataclass(frozen=True, slots=True)
class TaskClass:
    """A class of tasks: its ``share`` of usage that names no class, and a floor of its own."""

    id: str
    share: Percent = Decimal(0)
    quality_floor: Percent | None = None

    def fault(self) -> str | None:
        if not 0 <= self.share <= _WHOLE:
            return "share is between 0% and 100%"
        return floor_fault(self.quality_floor)


@dataclass(frozen=True, slots=True)
class LeverWork:
    """What a lever costs: ``hours`` at ``rate`` and ``once`` to build, ``upkeep`` of that a year and ``run``
    a month to keep. It saves nothing before it is ``live``, and nothing at all without that day."""

    lever: Lever
    hours: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    once: Decimal = Decimal(0)
    run: Decimal = Decimal(0)
    live: date | None = None
    upkeep: Percent = UPKEEP

    def fault(self) -> str | None:
        amounts = (self.hours, self.rate, self.once, self.run, self.upkeep)
        return "no amount of engineering is below zero" if min(amounts) < 0 else None

    def from_month(self, first: Month) -> Engineering:
        """The same, with months counted from ``first``."""
        live = None if self.live is None else max(1, _ordinal(Month.of(self.live)) - _ordinal(first) + 1)
        return Engineering(self.hours, self.rate, self.once, self.run, live, self.upkeep)


def _ordinal(month: Month) -> int:
    return month.year * 12 + month.number


def floor_fault(floor: Decimal | None) -> str | None:
    """A floor of 100 % can never be shown by a sample."""
    wrong = floor is not None and not 0 < floor < _WHOLE
    return "quality_floor is above 0% and below 100%" if wrong else None


def levers_fault(
    floor: Decimal | None,
    can_wait: Decimal | None,
    classes: tuple[TaskClass, ...],
    works: tuple[LeverWork, ...],
) -> str | None:
    """What is wrong with what a workload states together, or None."""
    if fault := floor_fault(floor):
        return fault
    if can_wait is not None and not 0 <= can_wait <= _WHOLE:
        return "can_wait is between 0% and 100%"
    if len({c.id for c in classes}) < len(classes):
        return "two classes have one id"
    if sum((c.share for c in classes), Decimal(0)) > _WHOLE:
        return "the shares of the classes come to more than 100%"
    if len({w.lever for w in works}) < len(works):
        return "the engineering of a lever is written twice"
    return None
