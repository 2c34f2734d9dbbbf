"""People added up by where they go: how many, and what a month of their use costs beyond the fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction

from bothhalves.brief.crowd import Lot
from bothhalves.brief.knots import Ends
from bothhalves.brief.people_rows import Group
from bothhalves.core.money import EXACT, ZERO, quotient


@dataclass(frozen=True, slots=True)
class Tally:
    """A group's people, and what their use costs a month beyond the fees: on the path they are on (``now``),
    where they go (``to``), and on the metered path; None: not all of them have a cost there."""

    number: int
    is_inferred: bool
    now: Ends | None
    to: Ends | None
    metered: Ends | None


NOBODY = Tally(0, False, (ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))


@dataclass(slots=True)
class _Sums:
    """Costs of months, by over how many months they were observed."""

    low: dict[int, Decimal] = field(default_factory=dict)
    high: dict[int, Decimal] = field(default_factory=dict)
    is_endless: bool = False
    is_missing: bool = False

    def add(self, lot: Lot, path: str) -> None:
        ends = lot.beyond.get(path)
        if ends is None:
            self.is_missing = True
            return
        low, high = ends
        self.low[lot.months] = self.low.get(lot.months, ZERO) + lot.number * low
        if high is None:
            self.is_endless = True
        else:
            self.high[lot.months] = self.high.get(lot.months, ZERO) + lot.number * high

    def month(self) -> Ends | None:
        """The mean month."""
        if self.is_missing:
            return None
        return _mean(self.low), None if self.is_endless else _mean(self.high)


def _mean(sums: Mapping[int, Decimal]) -> Decimal:
    return quotient(sum((Fraction(total) / months for months, total in sums.items()), Fraction(0)))


@dataclass(slots=True)
class _Counting:
    number: int = 0
    is_inferred: bool = False
    now: _Sums = field(default_factory=_Sums)
    to: _Sums = field(default_factory=_Sums)
    metered: _Sums = field(default_factory=_Sums)


def tallied(lots: Sequence[Lot], found: Sequence[str], metered: str) -> dict[Group, Tally]:
    """Everybody by group, those who change first; ``found`` is where each lot goes."""
    counting: dict[tuple[str, str, str], _Counting] = {}
    with localcontext(EXACT):
        for lot, to in zip(lots, found, strict=True):
            slot = (lot.label, lot.current, to)
            group = counting.get(slot) or counting.setdefault(slot, _Counting())
            group.number += lot.number
            group.is_inferred = group.is_inferred or lot.is_inferred
            group.now.add(lot, lot.current)
            group.to.add(lot, to)
            group.metered.add(lot, metered)
    groups = {Group(*slot): told for slot, told in counting.items()}
    return {
        group: Tally(told.number, told.is_inferred, told.now.month(), told.to.month(), told.metered.month())
        for group, told in sorted(groups.items(), key=lambda g: g[0].order)
    }
