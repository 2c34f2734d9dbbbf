"""One undivided price for both halves: what can be said of each, and what cannot."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bothhalves.core.deal.halves import Half


@dataclass(frozen=True, slots=True)
class Share:
    """What one half could be said to cost of one undivided price.

    ``in_proportion`` to the prices of both alone, as ASC 606 and IFRS 15 allocate a discount on a bundle;
    ``shapley``: the price alone less half of the discount. ``low`` and ``high`` are the bounds of every
    split under which neither half costs more than alone; None: there is no such split.
    """

    half: Half
    standalone: Fraction
    in_proportion: Fraction
    shapley: Fraction
    low: Fraction | None
    high: Fraction | None


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """One number for both halves: what is paid above both alone is known, and on which half is not."""

    shares: tuple[Share, Share]
    reason: str
    ask: str


def not_identified(price: Fraction, seats: Fraction, api: Fraction) -> NotIdentified:
    """What can be said of both halves of one ``price``, which cost ``seats`` and ``api`` alone."""
    reason = "one number is quoted for both halves, so which of them carries it is not known"
    if price > seats + api:
        reason += "; it is above both alone, so no split leaves neither dearer than alone"
    ask = "Ask for the price of the seats and of the usage apart."
    return NotIdentified(
        (_share(Half.SEATS, price, seats, api), _share(Half.API, price, api, seats)), reason, ask
    )


def _share(half: Half, price: Fraction, own: Fraction, other: Fraction) -> Share:
    whole, discount = own + other, own + other - price
    bounded = price <= whole
    return Share(
        half,
        own,
        price * own / whole if whole else Fraction(0),
        own - discount / 2,
        max(price - other, Fraction(0)) if bounded else None,
        own if bounded else None,
    )
