"""The head of a workload's prompts: what one that changes would cost, and from when a cache pays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from bothhalves.core.explain import Line
from bothhalves.core.levers.cache_prices import break_even_rate, multipliers
from bothhalves.core.levers.caching import FIVE_MINUTES, changing_header, prompt_tokens, refusal
from bothhalves.core.levers.mix import Cell
from bothhalves.core.money import MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Counted, rate


@dataclass(frozen=True, slots=True)
class ChangingHeader:
    """The observed requests with every token of a head that changes ``written`` to the cache, and with all of
    them ``plain`` input; scenario money in one currency."""

    written: tuple[Line, ...]
    plain: tuple[Line, ...]


def header_of(mix: Sequence[Cell], book: PriceBook, currency: str) -> ChangingHeader | None:
    """What a cache would make of a head that its owner says changes with each request.

    None where none does, or where the model caches no such prefix or has no price for it in the currency.
    """
    pairs = [pair for cell in mix if (pair := _both_ways(cell, book, currency)) is not None]
    if not pairs:
        return None
    return ChangingHeader(*(tuple(line for pair in pairs for line in pair[n]) for n in (0, 1)))


def _both_ways(
    cell: Cell, book: PriceBook, currency: str
) -> tuple[tuple[Line, ...], tuple[Line, ...]] | None:
    head, usage = cell.head, replace(cell.usage, kind=MoneyKind.SCENARIO)
    if head is None or not head.changes:
        return None
    rule = book.caching(book.vendor(usage.vendor), usage.model, usage.start.date())
    if refusal(head.tokens, rule, head.lifetime):
        return None
    tokens = Decimal(floor(Fraction(prompt_tokens(usage)) * head.share))
    written, plain = (rate(way, book) for way in changing_header(usage, tokens, head.lifetime))
    known = all(not r.unpriced and set(r.currencies) == {currency} for r in (written, plain))
    return (written.lines, plain.lines) if known else None


def pays_from(usages: Iterable[Counted], book: PriceBook) -> dict[str, Fraction]:
    """The share of reads from which a cache of five minutes is cheaper than none, by model; without those
    whose prices are not known, or whose cache never pays."""
    found = {}
    for usage in usages:
        prices = multipliers(usage, book, FIVE_MINUTES)
        share = break_even_rate(prices) if prices else None
        if share is not None and 0 < share < 1:
            found[usage.model] = share
    return found
