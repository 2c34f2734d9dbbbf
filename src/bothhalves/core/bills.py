"""Why a bill differs from what we compute: each possible cause is a reading of the same facts, worked out.

A cause is named only if it makes up the difference to the cent, alone or with one other. What is merely
possible (days without data, usage without a price) is said as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from bothhalves.core.evidence import TOLERANCE
from bothhalves.core.money import CENT, EXACT

#: The most causes that are combined.
TOGETHER = 2


class Verdict(StrEnum):
    """What is said of a line of a bill."""

    AGREED = "agreed"
    OFF = "off"
    UNEXPLAINED = "unexplained"
    NOT_OURS = "not computed"


@dataclass(frozen=True, slots=True)
class Reading:
    """What we would compute if ``cause`` were true."""

    cause: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Explained:
    """The verdict on one amount. ``causes`` make up the difference; ``perhaps`` may have to do with it."""

    verdict: Verdict
    billed: Decimal
    ours: Decimal | None
    causes: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """Billed less ours; None where we compute nothing."""
        return None if self.ours is None else EXACT.subtract(self.billed, self.ours)

    @property
    def reconciles(self) -> bool:
        """True if the difference is within the tolerance of reconciliation, explained or not."""
        gap = self.difference
        return gap is not None and abs(gap) <= abs(EXACT.multiply(self.billed, TOLERANCE))


def explained(
    billed: Decimal, ours: Decimal | None, readings: Sequence[Reading], perhaps: Sequence[str] = ()
) -> Explained:
    """The first reading, or the first pair of them, that makes up the difference to the cent."""
    if ours is None:
        return Explained(Verdict.NOT_OURS, billed, None, perhaps=tuple(perhaps))
    if _same(billed, ours):
        return Explained(Verdict.AGREED, billed, ours)
    deltas = [(r.cause, EXACT.subtract(r.amount, ours)) for r in readings]
    told = [(cause, delta) for cause, delta in deltas if abs(delta) > CENT]
    for count in range(1, TOGETHER + 1):
        for chosen in combinations(told, count):
            reached = ours
            for _, delta in chosen:
                reached = EXACT.add(reached, delta)
            if _same(billed, reached):
                return Explained(Verdict.OFF, billed, ours, tuple(cause for cause, _ in chosen))
    return Explained(Verdict.UNEXPLAINED, billed, ours, perhaps=tuple(perhaps))


def _same(first: Decimal, second: Decimal) -> bool:
    return abs(EXACT.subtract(first, second)) <= CENT
