"""What the worth of some terms depends on beside the contract and the need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bothhalves.core.dates import Month


@dataclass(frozen=True, slots=True)
class Facts:
    """``api`` is usage of the base scenario by month from ``first`` on, in micro-units at list price, and
    ``seats`` what it needs of each type in every month. ``uplift`` is what fees are taken to rise by at
    renewal (None: nobody has said), ``cap`` the rise to ask for instead, ``reduce`` the part of the committed
    seats that may be given back. ``moves``: list prices are taken to change."""

    first: Month
    api: Sequence[int]
    seats: Mapping[str, int] = field(default_factory=dict)
    uplift: Decimal | None = None
    cap: Decimal = Decimal("0.03")
    reduce: Decimal = Decimal("0.2")
    moves: bool = False
