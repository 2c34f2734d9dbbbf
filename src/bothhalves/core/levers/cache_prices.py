"""From which use on caching pays, at the prices of a book."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.levers.caching import INPUT, READ, Lifetime
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Counted, rate

_SAMPLE = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Multipliers:
    """What a written and a read token cost, as multiples of an uncached input token."""

    write: Fraction
    read: Fraction


def multipliers(conditions: Counted, book: PriceBook, lifetime: Lifetime) -> Multipliers | None:
    """The multipliers in force under the conditions of a usage.

    None if one of the three has no price, if input costs nothing, or if a price depends on something that
    the conditions do not say.
    """
    meters = (INPUT, lifetime.meter, READ)
    found = rate(replace(conditions, quantities=tuple((meter, _SAMPLE) for meter in meters)), book)
    costs = {line.meter: line.amount for line in found.lines}
    known = [costs[meter] for meter in meters if meter in costs and costs[meter].is_point]
    if len(known) < len(meters) or len({amount.currency for amount in known}) > 1 or not known[0].low:
        return None
    paid, written, read = (Fraction(amount.low) for amount in known)
    return Multipliers(written / paid, read / paid)


def break_even_rate(prices: Multipliers) -> Fraction | None:
    """The hit rate at which caching costs what no caching costs: (w - 1) / (w - r).

    Below zero where even a write is cheaper than input; None where reads are not cheaper than input, so that
    no rate pays, or than writes.
    """
    if prices.read >= min(prices.write, Fraction(1)):
        return None
    return (prices.write - 1) / (prices.write - prices.read)
