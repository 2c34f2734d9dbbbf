"""Prices from three places: ours as resolved, facts cited from vendors, and litellm's map.

``facts.csv`` states prices with the vendor's page on which each was read, and the days on which it holds
where they are known. ``litellm-1.106.2.json`` has the token prices of litellm's map for the same models under
litellm's own keys and licence (LICENSE-litellm.txt); it knows no dates. ``intended.yaml`` lists every
difference that is meant.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bothhalves.core.prices import Applied, Use
from bothhalves.reading import price_book

HERE = Path(__file__).parent
DAYS = (date(2026, 11, 10), date(2026, 11, 20))
MILLION = 1_000_000
BOOK = price_book()[0]
_DAY = timedelta(days=1)
_KEY = re.compile(
    r"(?P<meter>input_cost_per_token|output_cost_per_token|cache_read_input_token_cost"
    r"|cache_creation_input_token_cost(?:_above_1hr)?)"
    r"(?:_above_(?P<above>\d+)k_tokens)?(?:_(?P<tier>batches|flex|priority|ultrafast))?"
)
_METERS = {
    "input_cost_per_token": "input_tokens",
    "output_cost_per_token": "output_tokens",
    "cache_read_input_token_cost": "cache_read_tokens",
    "cache_creation_input_token_cost": "cache_write_5m_tokens",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h_tokens",
}


class Slot(NamedTuple):
    """What a price is for. ``above``: for prompts of more tokens; -1: for the shortest ones."""

    vendor: str
    model: str
    meter: str
    tier: str = "standard"
    speed: str = "standard"
    above: int = -1


class Quote(NamedTuple):
    """What a place states for a slot: ``price`` for ``per`` units on ``[start, until)``, as far as known.

    ``read`` is the day on which it was read; without a ``start`` nothing is known of the time before.
    """

    slot: Slot
    price: Decimal
    per: int
    start: date | None = None
    until: date | None = None
    currency: str = "USD"
    read: date = DAYS[0]

    def days(self) -> Iterator[date]:
        """The first and the last day that are known, and those of :data:`DAYS` between them."""
        if self.until:
            yield self.until - _DAY
        first = self.start or self.read
        for day in (first, *DAYS):
            if first <= day and (self.until is None or day < self.until):
                yield day


class Difference(NamedTuple):
    """A slot on a day whose price elsewhere (``said``) is not ours (``ours``; None: we have none)."""

    place: str
    slot: Slot
    day: date
    said: str
    ours: str | None


@cache
def facts() -> tuple[Quote, ...]:
    with (HERE / "facts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_fact(row) for row in csv.DictReader(file))


def _fact(row: dict[str, str]) -> Quote:
    names = (row[key] for key in ("vendor", "model", "meter", "tier", "speed"))
    slot = Slot(*names, above=int(row["above"] or -1))
    start, until = (date.fromisoformat(row[key]) if row[key] else None for key in ("from", "until"))
    read = date.fromisoformat(row["as_of"])
    return Quote(slot, Decimal(row["price"]), int(row["per"]), start, until, row["currency"], read)


@cache
def litellm() -> tuple[Quote, ...]:
    """What litellm states, for a million tokens."""
    found = []
    vendors = json.loads((HERE / "litellm-1.106.2.json").read_text("utf-8"))
    for vendor, models in vendors.items():
        for model, stated in models.items():
            for key, price in stated.items():
                if match := _KEY.fullmatch(key):
                    tier = {"batches": "batch", None: "standard"}.get(match["tier"], match["tier"])
                    above = int(match["above"]) * 1000 if match["above"] else -1
                    slot = Slot(vendor, model, _METERS[match["meter"]], str(tier), above=above)
                    found.append(Quote(slot, Decimal(price).scaleb(6), MILLION))
    return tuple(found)


def ours(slot: Slot, day: date) -> Applied | None:
    model = BOOK.model(slot.vendor, slot.model)
    if model is None:
        return None
    prompt = max(slot.above, 0) + 1
    found = BOOK.find(Use(slot.vendor, model, slot.tier, slot.speed, "", day, 720, prompt), slot.meter)
    return found if isinstance(found, Applied) else None


def compared(place: str, quotes: tuple[Quote, ...]) -> Iterator[tuple[Quote, date, Difference | None]]:
    """Every quote on each of its days, with the difference to our price if there is one.

    litellm's quotes are set against ours on the days of the facts about the same slot.
    """
    dated: dict[Slot, set[date]] = {}
    for fact in facts():
        dated.setdefault(fact.slot, set()).update(fact.days())
    for quote in quotes:
        days = set(quote.days()) | (dated.get(quote.slot, set()) if place == "litellm" else set())
        for day in sorted(days):
            yield quote, day, _difference(place, quote, day)


def _difference(place: str, quote: Quote, day: date) -> Difference | None:
    found = ours(quote.slot, day)
    said = f"{(quote.price / quote.per * MILLION).normalize():f} {quote.currency}"
    mine = f"{(found.price / found.per * MILLION).normalize():f} {found.currency}" if found else None
    return Difference(place, quote.slot, day, said, mine) if said != mine else None


@cache
def differences() -> tuple[Difference, ...]:
    found = [*compared("facts", facts()), *compared("litellm", litellm())]
    return tuple(d for _, _, d in found if d is not None)


class Intended(NamedTuple):
    """Differences that are meant, and why. What is empty narrows nothing; ``days`` are ISO days."""

    place: str
    vendor: str
    models: tuple[str, ...]
    reason: str
    why: str
    meters: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    above: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    ours: str = ""

    def covers(self, d: Difference) -> bool:
        wanted = (
            (self.models, d.slot.model),
            (self.meters, d.slot.meter),
            (self.tiers, d.slot.tier),
            (self.above, d.slot.above),
            (self.days, str(d.day)),
        )
        here = (self.place, self.vendor) == (d.place, d.slot.vendor)
        return here and all(not told or value in told for told, value in wanted) and self._ours(d)

    def _ours(self, d: Difference) -> bool:
        return {"": True, "none": d.ours is None, "stated": d.ours is not None}[self.ours]

    def unmet(self, found: list[Difference]) -> list[str]:
        """What is listed and differs no more: each of the models, meters, tiers, bands and days must."""
        listed: list[tuple[tuple[Any, ...], set[Any]]] = [
            (self.models, {d.slot.model for d in found}),
            (self.meters, {d.slot.meter for d in found}),
            (self.tiers, {d.slot.tier for d in found}),
            (self.above, {d.slot.above for d in found}),
            (self.days, {str(d.day) for d in found}),
        ]
        return [str(value) for told, met in listed for value in told if value not in met]


@cache
def intended() -> tuple[Intended, ...]:
    entries = yaml.safe_load((HERE / "intended.yaml").read_text("utf-8"))
    return tuple(
        Intended(**{k: tuple(map(_text, v)) if isinstance(v, list) else v for k, v in entry.items()})
        for entry in entries
    )


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value
