"""The part of a workload for which nobody waits, sent through the batch tier.

What batch costs is in the price book: half the price of tokens at most vendors, tool fees in full. Fast modes
have no batch. Whether hits in batch can be claimed is decided in caching.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.money import EXACT
from bothhalves.core.prices import STANDARD
from bothhalves.core.rating import Counted

BATCH = "batch"
#: Vendors promise batch results within so many hours.
HOURS = 24


def eligible(usage: Counted, can_wait: Decimal) -> Decimal:
    """The share of ``usage`` that may go to batch: what can wait of the standard tier at standard speed."""
    return can_wait if (usage.tier, usage.speed) == (STANDARD, STANDARD) else Decimal(0)


def waiting_share(can_wait: Decimal | None, human: bool | None, waits_hours: Decimal | None) -> Decimal:
    """The share of a workload for which nobody waits: as its owner states it; all of it for a system that
    no person uses and whose users wait a day; otherwise none."""
    if can_wait is not None:
        return can_wait
    return Decimal(1) if human is False and waits_hours is not None and waits_hours >= HOURS else Decimal(0)


def shared(usage: Counted, share: Decimal) -> Counted:
    """``share`` of every quantity of the usage; of its requests too, rounded to the nearest."""
    part = tuple((meter, EXACT.multiply(quantity, share)) for meter, quantity in usage.quantities)
    requests = None if usage.requests is None else round(usage.requests * Fraction(share))
    return replace(usage, quantities=part, requests=requests)


def split(usage: Counted, share: Decimal) -> tuple[Counted, Counted]:
    """What stays and what goes to batch; together they are the usage, to the last token."""
    gone = shared(usage, share)
    stays = tuple(
        (m, EXACT.subtract(q, g)) for (m, q), (_, g) in zip(usage.quantities, gone.quantities, strict=True)
    )
    requests = None if usage.requests is None or gone.requests is None else usage.requests - gone.requests
    return replace(usage, quantities=stays, requests=requests), replace(gone, tier=BATCH)
