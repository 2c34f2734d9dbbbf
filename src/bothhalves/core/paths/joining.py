"""A path for somebody whose use is not known yet: what comparable people do, or the rule that risks least.

The rule is that of renting skis, and of the rail card: stay on the meter until the money spent there equals
what the seat would have cost, then take the seat. Whatever comes, that costs at most twice what perfect
foresight would have (Fleischer, On the Bahncard problem, 2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.paths.expected import Use

FEWEST_PEERS = 30
FEWEST_MONTHS = 2


@dataclass(frozen=True, slots=True)
class Peers:
    """Months of comparable people, to be taken as the newcomer's own."""

    people: int
    months: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class WaitAndBuy:
    """Stay metered until ``spend`` is reached, then take the seat.

    The cost is at most ``guarantee`` times the cheapest that foresight would have found.
    """

    spend: Fraction
    guarantee: Fraction


def peers(people: Iterable[Sequence[Use]]) -> Peers | None:
    """The months of comparable people; None: fewer than 30 of them have two months."""
    known = [months for months in people if len(months) >= FEWEST_MONTHS]
    if len(known) < FEWEST_PEERS:
        return None
    return Peers(len(known), tuple(use for months in known for use in months))


def wait_and_buy(term_fee: Decimal, beta: Fraction = Fraction(0)) -> WaitAndBuy:
    """The rule for a seat of ``term_fee`` for the whole term, after which usage costs ``beta`` of its price.

    Without usage charges: spend F, guarantee 2. With them: spend F / (1 - beta), guarantee 2 - beta.
    ``ValueError`` unless 0 <= beta < 1: a seat that discounts nothing is never worth waiting for.
    """
    if not 0 <= beta < 1:
        raise ValueError("beta is at least 0 and below 1")
    return WaitAndBuy(Fraction(term_fee) / (1 - beta), 2 - beta)
