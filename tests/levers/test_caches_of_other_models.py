"""What the cache of another model serves of work that moves there: its own traffic, above its own minimum."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from lever_mixes import CellLine, HeadLine

from bothhalves.core.levers.composition import composed
from bothhalves.core.money import to_cents
from bothhalves.core.prices import CacheRule, PriceBook
from rate_cards import BEGIN, LIST

EIGHTY = Decimal("0.8")
HEAD = HeadLine("1/1", tokens=5000, basis="back-tested", today={"large": EIGHTY})
STAYS = CellLine("stays", 1000, input=10_000_000, head=HEAD)
MOVES = replace(STAYS, id="moves", output=10_000_000, chosen="small")


def efficient(least: int | None, *cells: CellLine) -> Decimal:
    """What the cells cost at best, if small caches prefixes of at least so many tokens (None: not known)."""
    rules = () if least is None else (CacheRule("acme", "small", least, ("5m",), BEGIN),)
    book = PriceBook([replace(LIST, caching=rules)])
    return to_cents(composed([line.cell() for line in cells], book, "USD").efficient.amount.low)


@pytest.mark.parametrize(
    ("least", "cost"),
    [
        # Two halves of the traffic hit with 1 - 0.2^0.5 = 55.28 % each, and cost 0.6143 of uncached input:
        # 6.14 on small, its answers 50, and 30.71 on large. With the rate kept on small it would be 84.01.
        (1024, "86.86"),
        (5000, "86.86"),
        (5001, "90.71"),  # below the minimum of small nothing is cached: 10 instead of 6.14
        (None, "90.71"),
    ],
)
def test_a_cache_serves_what_moved_to_its_model(least: int | None, cost: str) -> None:
    assert efficient(least, STAYS, MOVES) == Decimal(cost)


def test_a_header_that_changes_is_cached_nowhere() -> None:
    changing = replace(HEAD, changes=True)
    assert efficient(1024, replace(STAYS, head=changing)) == 50
    assert efficient(1024, replace(MOVES, head=changing)) == 60
    assert efficient(1024, STAYS) == Decimal("16.5")
