"""A price book as people write it, and as a layer of dated prices. The format is in docs/guides/books.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated

from bothhalves.core.explain import Where
from bothhalves.core.levers.caching import LIFETIMES
from bothhalves.core.money import EXACT, exact
from bothhalves.core.prices import STANDARD, CacheRule, Factor, Layer, Price
from bothhalves.reading.currencies import is_code

EVERY_MODEL = "*"
MILLION = 1_000_000
#: Engines count in pico-units of the currency per unit of the meter, in 64 bits.
PICO = Decimal(10) ** 12
MOST_PICO = Decimal(2**63 - 1)
_PER = {"1": 1, "10": 10, "100": 100, "1K": 1_000, "1000": 1_000, "1M": MILLION, "1000000": MILLION}
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def per(text: str) -> int:
    """``1``, ``1K`` or ``1M`` as a number."""
    if text not in _PER:
        raise ValueError(f"expected 1, 1K or 1M, found {text[:20]!r}")
    return _PER[text]


def window(text: str) -> tuple[int, int]:
    """``00:30-16:30`` as minutes of the UTC day."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a UTC window such as 00:30-16:30, found {text[:20]!r}")
    first, after = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if after > 24 * 60 or first == after:
        raise ValueError(f"not a part of the day: {text}")
    return first, after


def multiple(text: str) -> Decimal:
    """``1.1`` as what prices are multiplied by; a percentage could mean the part or the change."""
    if text.endswith("%"):
        raise ValueError(f"expected a multiple such as 1.1 (a tenth more) or 0.5 (half), found {text[:20]!r}")
    return exact(text)


def fits(price: Decimal, units: int) -> bool:
    """True if the price is a whole number of pico-units per unit of the meter that fits in 64 bits."""
    scaled = EXACT.divide(EXACT.multiply(price, PICO), Decimal(units))
    return scaled == scaled.to_integral_value() and 0 <= scaled <= MOST_PICO


@dataclass(frozen=True, slots=True)
class Unit:
    """What a price key of genai-prices counts."""

    meter: str
    per: Annotated[int, per]


@dataclass(frozen=True, slots=True)
class Since:
    """The day on which a model's recorded prices begin, how that is known, and where they stopped."""

    from_: date
    basis: str = "documented"
    source: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Prices that the package states without an end stop holding on a day."""

    model: str
    on: date
    source: str = ""
    tier: str | None = None
    speed: str | None = None
    above: int | None = None

    def covers(self, price: Price) -> bool:
        return (
            price.model == self.model
            and self.tier in (None, price.tier)
            and self.speed in (None, price.speed)
            and self.above in (None, price.above)
        )


@dataclass(frozen=True, slots=True)
class Band:
    """Prices of requests whose whole prompt is ``above`` so many tokens, or ``from`` so many on."""

    price: dict[str, Decimal]
    above: int | None = None
    from_: int | None = None
    where: Where = Where("")

    def fault(self) -> str | None:
        if (self.above is None) == (self.from_ is None):
            return "a band has either above (more than) or from (at least)"
        return None if self.edge >= 0 else "a band begins above zero"

    @property
    def edge(self) -> int:
        """The largest prompt that is not in the band."""
        return self.above if self.above is not None else (self.from_ or 0) - 1


@dataclass(frozen=True, slots=True)
class Card:
    """The prices of one or several models from one day on, under one tier and speed."""

    model: str | tuple[str, ...]
    from_: date
    price: dict[str, Decimal]
    until: date | None = None
    tier: str = STANDARD
    speed: str = STANDARD
    per: Annotated[int, per] | None = None
    bands: tuple[Band, ...] = ()
    window: Annotated[tuple[int, int], window] | None = None
    currency: str = ""
    source: str = ""
    status: str = "official"
    note: str = ""
    where: Where = Where("")

    @property
    def models(self) -> tuple[str, ...]:
        return (self.model,) if isinstance(self.model, str) else self.model

    def fault(self) -> str | None:
        if self.until is not None and self.until <= self.from_:
            return f"until {self.until} is not after from {self.from_}"
        return None


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor on every token price of some models (all if none are named) under a condition."""

    id: str
    when: dict[str, str | tuple[str, ...]]
    times: Annotated[Decimal, multiple]
    from_: date
    models: tuple[str, ...] = ()
    until: date | None = None
    source: str = ""
    status: str = "official"
    note: str = ""
    where: Where = Where("")

    def fault(self) -> str | None:
        if len(self.when) != 1 or not set(self.when) <= {"tier", "speed", "region"}:
            return "when has exactly one of tier, speed, region"
        return "times is above zero" if self.times <= 0 else None


@dataclass(frozen=True, slots=True)
class PromptCache:
    """The shortest prefix that models cache, and the lifetimes that the vendor promises, from a day on."""

    model: str | tuple[str, ...]
    min_prefix: int
    lifetimes: tuple[str, ...]
    from_: date
    until: date | None = None
    source: str = ""
    note: str = ""
    where: Where = Where("")

    @property
    def models(self) -> tuple[str, ...]:
        return (self.model,) if isinstance(self.model, str) else self.model

    def fault(self) -> str | None:
        if self.until is not None and self.until <= self.from_:
            return f"until {self.until} is not after from {self.from_}"
        known = [lifetime.name for lifetime in LIFETIMES]
        unknown = [name for name in self.lifetimes if name not in known]
        if unknown:
            return f"lifetimes are {', '.join(known)}, and {unknown[0][:20]!r} is none of them"
        return "min_prefix is a number of tokens" if self.min_prefix < 0 else None


@dataclass(frozen=True, slots=True)
class BookFile:
    """One price book of one vendor, as written.

    ``credits`` are units of the vendor's own, such as ``OPENAI_CREDIT``, that cards may state prices in.
    """

    book: str
    vendor: str
    checked: date
    source: str = ""
    currency: str = "USD"
    credits: tuple[str, ...] = ()
    replaces: bool | None = None
    vendor_names: tuple[str, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)
    meters: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()
    neutral_regions: tuple[str, ...] = ()
    same_price: dict[str, str] = field(default_factory=dict)
    tiers_verified: tuple[date, ...] = ()
    history: dict[str, Since] = field(default_factory=dict)
    ends: tuple[End, ...] = ()
    prices: tuple[Card, ...] = ()
    factors: tuple[Multiplier, ...] = ()
    caching: tuple[PromptCache, ...] = ()
    where: Where = Where("")

    def fault(self) -> str | None:
        money = [name for name in self.credits if is_code(name)]
        return f"credits are units of a vendor's own, and {money[0]} is a currency" if money else None


def tables(card: Card) -> list[tuple[int, dict[str, Decimal]]]:
    """Each table of prices of the card with the largest prompt that it is not for; -1: for all."""
    return [(-1, card.price), *((band.edge, band.price) for band in card.bands)]


def units(card: Card, meter: str) -> int:
    """For how many units of the meter the card's price is."""
    return card.per or (MILLION if meter.endswith("_tokens") else 1)


def layer(book: BookFile, version: str, known: frozenset[str], vendor: str, replaces: bool) -> Layer:
    """The book as a layer. ``known`` are the vendor's models, for cards that cover all of them."""
    name = f"book {book.book}"
    prices = tuple(same_priced(list(_prices(book, name, known, vendor)), book.same_price, set()))
    return Layer(
        name=name,
        version=version,
        prices=prices,
        factors=tuple(_factors(book, name, vendor)),
        aliases={(vendor, alias): model for alias, model in book.aliases.items()},
        vendors=dict.fromkeys(book.vendor_names, vendor),
        fees=frozenset(book.fees),
        neutral=frozenset(book.neutral_regions),
        caching=tuple(_caching(book, name, vendor)),
        replaces=replaces if book.replaces is None else book.replaces,
    )


def _prices(book: BookFile, name: str, known: frozenset[str], vendor: str) -> Iterator[Price]:
    for card in book.prices:
        named = [m for m in card.models if m != EVERY_MODEL]
        models = sorted({*named, *known}) if EVERY_MODEL in card.models else named
        for model in models:
            yield from _card_prices(book, card, name, vendor, model)


def _card_prices(book: BookFile, card: Card, name: str, vendor: str, model: str) -> Iterator[Price]:
    for above, table in tables(card):
        for meter, price in table.items():
            yield Price(
                vendor=vendor,
                model=model,
                meter=meter,
                price=price,
                per=units(card, meter),
                start=card.from_,
                until=card.until,
                currency=card.currency or book.currency,
                tier=card.tier,
                speed=card.speed,
                above=above,
                window=card.window,
                source=card.source or book.source,
                status=card.status,
                where=card.where,
                layer=name,
            )


def _factors(book: BookFile, name: str, vendor: str) -> Iterator[Factor]:
    for entry in book.factors:
        for dimension, given in entry.when.items():
            for value in (given,) if isinstance(given, str) else given:
                yield Factor(
                    id=entry.id,
                    vendor=vendor,
                    models=frozenset(entry.models),
                    condition=(dimension, value),
                    times=entry.times,
                    start=entry.from_,
                    until=entry.until,
                    source=entry.source or book.source,
                    status=entry.status,
                    where=entry.where,
                    layer=name,
                )


def _caching(book: BookFile, name: str, vendor: str) -> Iterator[CacheRule]:
    for entry in book.caching:
        for model in entry.models:
            yield CacheRule(
                vendor=vendor,
                model=model,
                min_prefix=entry.min_prefix,
                lifetimes=entry.lifetimes,
                start=entry.from_,
                until=entry.until,
                source=entry.source or book.source,
                where=entry.where,
                layer=name,
            )


def same_priced(prices: list[Price], rules: Mapping[str, str], priced: set[tuple[str, str]]) -> list[Price]:
    """``prices`` with every meter that a rule says costs what another one costs, where it has no price.

    ``priced`` names further (model, meter) pairs that have a price of their own.
    """
    for meter, like in rules.items():
        own = {p.model for p in prices if p.meter == meter} | {model for model, m in priced if m == meter}
        prices = prices + [replace(p, meter=meter) for p in prices if p.meter == like and p.model not in own]
    return prices
