"""Which cache lifetime is cheapest, and from which use on caching pays, at the prices of a book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from bothhalves.core.levers.caching import INPUT, READ, CachingState, Lifetime, restated
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Counted, Rating, rate
from bothhalves.core.terms import PROMPT_METERS

_SAMPLE = Decimal(1_000_000)
_ENDLESS = Decimal("Infinity")


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


def break_even_reads(prices: Multipliers) -> int | None:
    """The fewest reads after one write that make caching cheaper: w + n r < 1 + n. None: no number does."""
    if prices.write < 1:
        return 0
    if prices.read >= 1:
        return None
    return floor((prices.write - 1) / (1 - prices.read)) + 1


def break_even_rate(prices: Multipliers) -> Fraction | None:
    """The hit rate at which caching costs what no caching costs: (w - 1) / (w - r).

    Below zero where even a write is cheaper than input; None where reads are not cheaper than input, so that
    no rate pays, or than writes.
    """
    if prices.read >= min(prices.write, Fraction(1)):
        return None
    return (prices.write - 1) / (prices.write - prices.read)


def long_run_share(shorter: Multipliers, longer: Multipliers) -> Fraction | None:
    """The share of pauses above the shorter lifetime that must end within the longer one, for it to pay.

    (w1 - w5) / ((w1 - w5) + (w5 - r)), for a prefix that goes on for long; None where reads are not cheaper
    than the shorter writes.
    """
    dearer, saved = longer.write - shorter.write, shorter.write - longer.read
    return dearer / (dearer + saved) if saved > 0 and dearer >= 0 else None


@dataclass(frozen=True, slots=True)
class Option:
    """One state of a cell's prompt tokens, the usage that it makes, and what those tokens cost."""

    state: CachingState
    usage: Counted
    rating: Rating


@dataclass(frozen=True, slots=True)
class Choice:
    """The states that were compared. ``chosen`` None: undecided, for the ``reason`` given."""

    options: tuple[Option, ...]
    chosen: Option | None
    reason: str = ""


def cheapest(usage: Counted, states: Sequence[CachingState], book: PriceBook) -> Choice:
    """The state with the lowest cost of prompt tokens; of equals the one that comes first.

    Costs that are intervals share what they do not know, so a state is chosen if it is the cheapest at both
    ends. A state with an unpriced meter is not chosen, and the reason says so.
    """
    options = tuple(_option(usage, state, book) for state in states)
    priced = [o for o in options if not o.rating.unpriced]
    missing = "; ".join(dict.fromkeys(u.reason for o in options for u in o.rating.unpriced))
    if not priced:
        return Choice(options, None, missing or "there is nothing to choose from")
    currencies = {currency for option in priced for currency in option.rating.currencies}
    if len(currencies) > 1:
        return Choice(options, None, "prices are in several currencies")
    costs = [_ends(option, *currencies) for option in priced]
    lowest = (min(low for low, _ in costs), min(high for _, high in costs))
    if lowest not in costs:
        return Choice(options, None, "the cheapest state depends on which price holds")
    return Choice(options, priced[costs.index(lowest)], missing)


def _option(usage: Counted, state: CachingState, book: PriceBook) -> Option:
    found = restated(usage, state)
    prompt = tuple((meter, quantity) for meter, quantity in found.quantities if meter in PROMPT_METERS)
    return Option(state, found, rate(replace(found, quantities=prompt), book))


def _ends(option: Option, currency: str = "") -> tuple[Decimal, Decimal]:
    """The lowest and the highest cost."""
    amount = option.rating.amount(currency, option.usage.kind)
    return amount.low, _ENDLESS if amount.high is None else amount.high
