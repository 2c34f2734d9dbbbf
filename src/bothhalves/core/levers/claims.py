"""The advertised saving of 40 to 70 %, tested on a mix instead of assumed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.money import Amount

LEAST, MOST = Decimal("0.4"), Decimal("0.7")


class Claim(StrEnum):
    """Whether a mix supports the advertised saving."""

    SUPPORTED = "supported for this mix"
    NOT_SUPPORTED = "not supported for this mix"
    ABOVE = "above the advertised range for this mix"
    UNDECIDED = "undecided: a price is not known exactly enough"
    NOTHING = "undecided: nothing is priced"


@dataclass(frozen=True, slots=True)
class Tested:
    """The verdict, and the computed saving as a share of lazy cost (``low`` to ``high``; None: not known)."""

    claim: Claim
    low: Fraction | None = None
    high: Fraction | None = None


def claim_of(lazy: Amount, efficient: Amount) -> Tested:
    """Whether 1 - efficient / lazy lies in the advertised range, whatever the unsaid prices are."""
    if lazy.high is None or efficient.high is None:
        return Tested(Claim.UNDECIDED)
    if lazy.low <= 0:
        return Tested(Claim.NOTHING)
    low = 1 - Fraction(efficient.high) / Fraction(lazy.low)
    high = 1 - Fraction(efficient.low) / Fraction(lazy.high)
    found = {_placed(share) for share in (low, high)}
    return Tested(found.pop() if len(found) == 1 else Claim.UNDECIDED, low, high)


def _placed(share: Fraction) -> Claim:
    if share < LEAST:
        return Claim.NOT_SUPPORTED
    return Claim.SUPPORTED if share <= MOST else Claim.ABOVE
