"""Dated prices in layers, and the one in force for a use.

A price holds for one meter of one model under a tier and a speed, in a whole-request prompt band
(prompt ``above`` so many tokens), on days ``[start, until)``, and for a few vendors in a window of the
UTC day. Layers are consulted from the top. A layer that ``replaces`` a model hides everything below it for
that model; the others correct meter by meter. Only exact ids and declared aliases match. Nothing is
inferred: what no layer states is :class:`Missing`, never zero and never a relative's price.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from bothhalves.core.dates import in_force
from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT

STANDARD = "standard"
#: A cache write whose lifetime the source does not say is one of these.
WRITE_LIFETIMES = {"cache_write_tokens": ("cache_write_5m_tokens", "cache_write_1h_tokens")}


@dataclass(frozen=True, slots=True)
class Price:
    """``price`` in ``currency`` for ``per`` units of ``meter``. ``model`` may be a product id."""

    vendor: str
    model: str
    meter: str
    price: Decimal
    per: int
    start: date
    until: date | None = None
    currency: str = "USD"
    tier: str = STANDARD
    speed: str = STANDARD
    above: int = -1
    window: tuple[int, int] | None = None
    source: str = ""
    status: str = "official"
    where: Where = Where("")
    layer: str = ""

    @property
    def id(self) -> str:
        """What the price is, not where it stands: stable between runs and versions."""
        conditions = [c for c in (self.tier, self.speed) if c != STANDARD]
        conditions += [f"above-{self.above}"] if self.above >= 0 else []
        conditions += ["{}-{}min".format(*self.window)] if self.window else []
        return "/".join([self.vendor, self.model, self.meter, *conditions]) + f"@{self.start}"


@dataclass(frozen=True, slots=True)
class Factor:
    """A multiplier on token prices, such as US-only inference. ``condition`` is ``(dimension, value)``.

    ``models`` empty means every model of the vendor.
    """

    id: str
    vendor: str
    models: frozenset[str]
    condition: tuple[str, str]
    times: Decimal
    start: date
    until: date | None = None
    source: str = ""
    status: str = "official"
    where: Where = Where("")
    layer: str = ""

    def covers(self, vendor: str, model: str, condition: tuple[str, str], day: date) -> bool:
        return (
            self.condition == condition
            and self.vendor == vendor
            and (not self.models or model in self.models)
            and in_force(day, self.start, self.until)
        )


@dataclass(frozen=True, slots=True)
class CacheRule:
    """What a model's prompt cache takes on days ``[start, until)``: no price, but what saving depends on.

    A prefix of fewer than ``min_prefix`` tokens is never cached. ``lifetimes`` are those that the vendor
    promises, such as ``5m`` and ``1h``; empty where hits are best effort.
    """

    vendor: str
    model: str
    min_prefix: int
    lifetimes: tuple[str, ...]
    start: date
    until: date | None = None
    source: str = ""
    where: Where = Where("")
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """Prices from one origin. ``version`` is recorded in every result that used it.

    ``aliases`` maps ``(vendor, alias)`` to a model id. ``fees`` are per-call meters that no tier, speed or
    region changes. ``neutral`` are region values that mean "no uplift". ``own`` prices are the buyer's
    contracted ones, all others are list prices.
    """

    name: str
    version: str
    prices: tuple[Price, ...] = ()
    factors: tuple[Factor, ...] = ()
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    vendors: dict[str, str] = field(default_factory=dict)
    fees: frozenset[str] = frozenset()
    neutral: frozenset[str] = frozenset()
    caching: tuple[CacheRule, ...] = ()
    replaces: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One exact condition of use: what a price depends on."""

    vendor: str
    model: str
    tier: str
    speed: str
    region: str
    day: date
    minute: int
    prompt: int


@dataclass(frozen=True, slots=True)
class Applied:
    """A price with the factors on it: ``price`` is for ``per`` units, exact."""

    price: Decimal
    per: int
    currency: str
    base: Price
    factors: tuple[Factor, ...] = ()
    contracted: bool = False

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that supplied the price and its factors."""
        return tuple(dict.fromkeys([self.base.layer, *(f.layer for f in self.factors)]))

    @property
    def entry(self) -> str:
        return " x ".join([self.base.id, *(f.id for f in self.factors)])


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no price."""

    code: str
    reason: str


Slot = tuple[str, str, str]  # meter, tier, speed


class _Facts(NamedTuple):
    """What the prices of a model depend on, over all its layers."""

    meters: frozenset[str]
    cuts: tuple[date, ...]
    windows: tuple[int, ...]
    bands: tuple[int, ...]


class PriceBook:
    """The layers together, lowest first. Immutable; lookups are indexed by vendor and model."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self._index: dict[tuple[str, str], list[dict[Slot, list[Price]]]] = {}
        for rank, layer in enumerate(self.layers):
            for price in layer.prices:
                levels = self._index.setdefault((price.vendor, price.model), [])
                while len(levels) <= rank:
                    levels.append(defaultdict(list))
                levels[rank][price.meter, price.tier, price.speed].append(price)
        self._factors: dict[str, list[tuple[int, Factor]]] = defaultdict(list)
        for rank, layer in enumerate(self.layers):
            for factor in layer.factors:
                self._factors[factor.vendor].append((rank, factor))
        self._vendors = {alias: vendor for layer in self.layers for alias, vendor in layer.vendors.items()}
        self._aliases = {alias: model for layer in self.layers for alias, model in layer.aliases.items()}
        self.own = frozenset(layer.name for layer in self.layers if layer.own)
        self.fees: frozenset[str] = frozenset().union(*(layer.fees for layer in self.layers))
        self._found: dict[tuple[Use, str], Applied | Missing] = {}
        self._known: dict[tuple[str, str], _Facts] = {}
        self.neutral: frozenset[str] = frozenset({""}).union(*(layer.neutral for layer in self.layers))

    @property
    def versions(self) -> tuple[str, ...]:
        """Name and version of every layer, for locking and for results."""
        return tuple(f"{layer.name} {layer.version}" for layer in self.layers)

    @cached_property
    def edges(self) -> tuple[int, ...]:
        """Every prompt size at which some price changes."""
        return tuple(sorted({p.above for layer in self.layers for p in layer.prices if p.above >= 0}))

    def vendor(self, name: str) -> str:
        return self._vendors.get(name, name)

    def model(self, vendor: str, name: str) -> str | None:
        """The id under which ``name`` is priced: itself, or what an alias says; None if unknown."""
        if (vendor, name) in self._index:
            return name
        target = self._aliases.get((vendor, name))
        return target if target is not None and (vendor, target) in self._index else None

    def models(self, vendor: str) -> list[str]:
        return sorted(model for known, model in self._index if known == vendor)

    def caching(self, vendor: str, name: str, day: date) -> CacheRule | None:
        """What is known of the model's prompt cache on ``day``, from the topmost layer that says anything.

        ``name`` may be an alias. None: unknown, so nothing may be claimed.
        """
        model = self._aliases.get((vendor, name), name)
        for layer in reversed(self.layers):
            for rule in layer.caching:
                if (rule.vendor, rule.model) == (vendor, model) and in_force(day, rule.start, rule.until):
                    return rule
        return None

    def meters(self, vendor: str, model: str) -> frozenset[str]:
        """The meters that have any price, at any time, for a known model."""
        return self._facts(vendor, model).meters

    def cuts(self, vendor: str, model: str) -> list[date]:
        """The days on which some price or factor of the model begins or ends."""
        return list(self._facts(vendor, model).cuts)

    def windows(self, vendor: str, model: str) -> list[int]:
        """The minutes of the UTC day at which some price of the model changes."""
        return list(self._facts(vendor, model).windows)

    def bands(self, vendor: str, model: str) -> list[int]:
        """The prompt sizes above which some price of the model changes."""
        return list(self._facts(vendor, model).bands)

    def _facts(self, vendor: str, model: str) -> _Facts:
        known = self._known.get((vendor, model))
        if known is None:
            levels = self._index.get((vendor, model), [])
            factors = [f for _, f in self._factors.get(vendor, []) if not f.models or model in f.models]
            known = self._known[vendor, model] = _facts(levels, factors)
        return known

    def find(self, use: Use, meter: str) -> Applied | Missing:
        """The price in force for ``meter`` under ``use``, whose vendor and model are resolved ids."""
        known = self._found.get((use, meter))
        if known is None:
            known = self._found[use, meter] = self._find(use, meter)
        return known

    def _find(self, use: Use, meter: str) -> Applied | Missing:
        levels = self._index.get((use.vendor, use.model), [])
        floor = self._floor(levels, use.day)
        if meter in self.fees:
            return self._priced(levels, floor, use, (meter, STANDARD, STANDARD), [])
        conditions: list[tuple[str, str]] = []
        if use.region not in self.neutral:
            conditions.append(("region", use.region))
        stated = self._priced(levels, floor, use, (meter, use.tier, use.speed), conditions)
        special = [(d, v) for d, v in (("tier", use.tier), ("speed", use.speed)) if v != STANDARD]
        if isinstance(stated, Applied) or len(special) != 1:
            return stated
        derived = self._priced(levels, floor, use, (meter, STANDARD, STANDARD), special + conditions)
        without_factor = isinstance(derived, Missing) and derived.code == special[0][0]
        return stated if without_factor else derived

    def _floor(self, levels: list[dict[Slot, list[Price]]], day: date) -> int:
        """The lowest layer that counts: one that replaces the model hides those below it."""
        for rank in range(len(levels) - 1, 0, -1):
            if self.layers[rank].replaces and any(
                in_force(day, p.start, p.until) for prices in levels[rank].values() for p in prices
            ):
                return rank
        return 0

    def _priced(
        self,
        levels: list[dict[Slot, list[Price]]],
        floor: int,
        use: Use,
        slot: Slot,
        conditions: list[tuple[str, str]],
    ) -> Applied | Missing:
        base = _in_force(levels, floor, use, slot)
        if isinstance(base, Missing):
            return base
        factors: list[Factor] = []
        for condition in conditions:
            factor = self._factor(floor, use, condition)
            if factor is None:
                name, value = condition
                return Missing(name, f"no price is known for {name} {value!r}")
            factors.append(factor)
        price = base.price
        for factor in factors:
            price = EXACT.multiply(price, factor.times)
        return Applied(price, base.per, base.currency, base, tuple(factors), base.layer in self.own)

    def _factor(self, floor: int, use: Use, condition: tuple[str, str]) -> Factor | None:
        fitting = [
            (rank, f.start, i)
            for i, (rank, f) in enumerate(self._factors.get(use.vendor, []))
            if rank >= floor and f.covers(use.vendor, use.model, condition, use.day)
        ]
        return self._factors[use.vendor][max(fitting)[2]][1] if fitting else None


def _facts(levels: list[dict[Slot, list[Price]]], factors: Sequence[Factor]) -> _Facts:
    prices = [price for level in levels for stated in level.values() for price in stated]
    dated: list[Price | Factor] = [*prices, *factors]
    return _Facts(
        frozenset(slot[0] for level in levels for slot in level),
        tuple(sorted({day for d in dated for day in (d.start, d.until) if day})),
        tuple(sorted({minute for p in prices for minute in p.window or ()})),
        tuple(sorted({p.above for p in prices if p.above >= 0})),
    )


def _in_force(levels: list[dict[Slot, list[Price]]], floor: int, use: Use, slot: Slot) -> Price | Missing:
    """The price of the topmost layer that states one for the slot on the day."""
    dated: list[Price] = []
    for level in reversed(levels[floor:]):
        stated = level.get(slot, [])
        dated += stated
        current = [p for p in stated if in_force(use.day, p.start, p.until) and _within(p, use.minute)]
        banded = [p for p in current if p.above < use.prompt or p.above < 0]
        if banded:
            return max(banded, key=lambda p: (p.above, p.window is not None, p.start))
    return _missing(dated, use, slot)


def _within(price: Price, minute: int) -> bool:
    if price.window is None:
        return True
    first, after = price.window
    return first <= minute < after if first < after else minute >= first or minute < after


def _missing(dated: list[Price], use: Use, slot: Slot) -> Missing:
    meter, tier, speed = slot
    special = [f"{name} {v!r}" for name, v in (("tier", tier), ("speed", speed)) if v != STANDARD]
    what = f"{meter} of {use.vendor} {use.model}" + (f" at {' and '.join(special)}" if special else "")
    if not dated:
        return Missing("condition" if special else "meter", f"no price is known for {what}")
    first = min(p.start for p in dated)
    if use.day < first:
        return Missing("history", f"recorded prices for {what} begin on {first}, after {use.day}")
    return Missing("ended", f"no price for {what} is in force on {use.day}")


def near(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Known names that resemble ``name``, for messages only; a resemblance is never priced."""
    from difflib import get_close_matches

    return get_close_matches(name, list(known), n=most, cutoff=0.75)
