"""The list prices of the genai-prices package as dated records.

Only what the package states is taken: ids and exact aliases (its own matching by prefix, substring and
pattern accepts models that never existed), and no price before recorded history begins. A model's first
price begins on the day that the vendor's shipped book names, or else on the day the package was released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bothhalves.core.dates import in_force
from bothhalves.core.explain import Where
from bothhalves.core.prices import STANDARD, Layer, Price
from bothhalves.reading.books import BookFile, Since, Unit, same_priced

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

VERSION = "0.2.3"
RELEASED = date(2026, 11, 10)
NAME = "genai-prices"
#: Conditions of the package's price variants that we have: which of ours each sets.
_CONDITIONS = {"processing": "tier", "service_tier": "tier", "speed": "speed"}
_VALUES = {"default": STANDARD}

Slot = tuple[str, str]  # tier, speed
PriceTable = Mapping[str, Any]  # price key to Decimal or TieredPrices


@dataclass(frozen=True, slots=True)
class _Span:
    """The prices that hold on ``[start, until)``, in a window of the day if there is one."""

    start: date
    until: date | None
    table: PriceTable
    window: tuple[int, int] | None = None
    status: str = "official"


def package_layer(books: Mapping[str, BookFile], units: Mapping[str, Unit]) -> Layer:
    """Every exact price of the package. ``books`` by vendor say where history begins and ends."""
    from genai_prices.data import providers

    prices: list[Price] = []
    aliases: dict[tuple[str, str], str] = {}
    for provider in providers:
        book = books.get(provider.id) or BookFile(NAME, provider.id, RELEASED)
        found: list[Price] = []
        ids = {model.id for model in provider.models}
        for model in provider.models:
            found += _model_prices(provider, model, book, units)
            for alias in _exact_names(model.match):
                if alias not in ids:
                    aliases.setdefault((provider.id, alias), model.id)
        prices += same_priced(list(_ended(found, book)), book.same_price, _priced(book))
    return Layer(NAME, VERSION, tuple(prices), aliases=aliases)


def _priced(book: BookFile) -> set[tuple[str, str]]:
    return {(model, meter) for card in book.prices for model in card.models for meter in card.price}


def _exact_names(clause: Any) -> Iterator[str]:
    """The names that a match clause accepts as a whole."""
    exact = getattr(clause, "equals", None)
    if exact is not None:
        yield exact
    for inner in getattr(clause, "or_", ()):
        yield from _exact_names(inner)


def _model_prices(
    provider: Provider, model: ModelInfo, book: BookFile, units: Mapping[str, Unit]
) -> Iterator[Price]:
    since = book.history.get(model.id) or Since(RELEASED, "package")
    spans = _standard(model, since)
    where = Where(f"{NAME} {VERSION}: {provider.id}/{model.id}")
    source = (provider.pricing_urls or [""])[0]
    template = Price(
        provider.id, model.id, "", Decimal(0), 1, since.from_, source=source, where=where, layer=NAME
    )
    for span in spans:
        yield from _priced_span(template, span, units)
    for (tier, speed), found in _variants(model, spans, book).items():
        special = replace(template, tier=tier, speed=speed)
        for span in found:
            yield from _priced_span(special, span, units)


def _standard(model: ModelInfo, since: Since) -> list[_Span]:
    """The model's standard prices in time; later entries take precedence over earlier ones."""
    entries = model.prices
    if not isinstance(entries, list):
        return [_Span(since.from_, since.until, _table(entries))]
    dated: list[tuple[date, PriceTable]] = []
    windows: list[tuple[tuple[int, int], PriceTable]] = []
    for entry in entries:
        constraint: Any = entry.constraint
        if hasattr(constraint, "start_time"):
            windows.append((_minutes(constraint.start_time, constraint.end_time), _table(entry.prices)))
        else:
            dated.append((getattr(constraint, "start_date", since.from_), _table(entry.prices)))
    spans = list(_consecutive(dated, since))
    # A window of the day is stated without a date: it belongs to the latest dated price.
    return spans + [replace(spans[-1], table=table, window=minutes) for minutes, table in windows]


def _consecutive(dated: Sequence[tuple[date, PriceTable]], since: Since) -> Iterator[_Span]:
    ends = [start for start, _ in dated[1:]]
    for (start, table), end in zip(dated, [*ends, since.until], strict=True):
        if end is None or start < end:
            yield _Span(start, end, table)


def _variants(model: ModelInfo, spans: list[_Span], book: BookFile) -> dict[Slot, list[_Span]]:
    """Prices under a tier or speed; what a variant does not state stays at the standard price."""
    found: dict[Slot, list[tuple[date, date, PriceTable]]] = {}
    bases = [s for s in spans if s.window is None]
    for variant in model.price_variants or ():
        slot = _slot(variant.when)
        if slot is None or slot == (STANDARD, STANDARD):
            continue
        stated = getattr(variant.constraint, "start_date", None) or bases[0].start
        table = _table(variant.prices)
        start = _began(bases, stated, table) if stated in book.tiers_verified else stated
        found.setdefault(slot, []).append((start, stated, table))
    return {slot: list(_merged(bases, sorted(rows, key=lambda r: r[0]))) for slot, rows in found.items()}


def _slot(when: Mapping[str, str]) -> Slot | None:
    """Our tier and speed for a variant's condition; None for conditions we do not have."""
    if not set(when) <= set(_CONDITIONS):
        return None
    ours = {_CONDITIONS[name]: _VALUES.get(value, value) for name, value in when.items()}
    return ours.get("tier", STANDARD), ours.get("speed", STANDARD)


def _began(bases: list[_Span], day: date, table: PriceTable) -> date:
    """The day since which the standard prices of what ``table`` prices are those in force on ``day``."""
    began = day
    for span, following in reversed(list(zip(bases, [*bases[1:], None], strict=True))):
        same = following is None or all(span.table.get(k) == following.table.get(k) for k in table)
        if span.start > day:
            continue
        if not in_force(day, span.start, span.until) and not same:
            break
        began = span.start
    return began


def _merged(bases: list[_Span], rows: list[tuple[date, date, PriceTable]]) -> Iterator[_Span]:
    points = sorted({p for start, stated, _ in rows for p in (start, stated)} | {s.start for s in bases})
    for point, following in zip(points, [*points[1:], None], strict=True):
        base = next((s for s in bases if in_force(point, s.start, s.until)), None)
        row = next((r for r in reversed(rows) if r[0] <= point), None)
        if base is not None and row is not None:
            end = min((d for d in (following, base.until) if d is not None), default=None)
            status = "official" if row[1] <= point else "assumed"
            yield _Span(point, end, {**base.table, **row[2]}, status=status)


def _table(prices: ModelPrice) -> PriceTable:
    return {key: value for key, value in vars(prices).items() if value is not None}


def _base(value: Any) -> Decimal:
    base: Decimal = getattr(value, "base", value)
    return base


def _minutes(first: time, after: time) -> tuple[int, int]:
    return first.hour * 60 + first.minute, after.hour * 60 + after.minute


def _priced_span(template: Price, span: _Span, units: Mapping[str, Unit]) -> Iterator[Price]:
    for key, value in span.table.items():
        unit = units.get(key)
        if unit is None:
            continue
        base = replace(
            template,
            meter=unit.meter,
            per=unit.per,
            price=_base(value),
            start=span.start,
            until=span.until,
            window=span.window,
            status=span.status,
        )
        yield base
        for tier in getattr(value, "tiers", ()):
            yield replace(base, price=tier.price, above=tier.start)


def _ended(prices: list[Price], book: BookFile) -> Iterator[Price]:
    for price in prices:
        ends = [end.on for end in book.ends if end.covers(price)]
        until = min((d for d in (price.until, *ends) if d is not None), default=None)
        if until is None or price.start < until:
            yield replace(price, until=until) if until != price.until else price
