"""The only place that makes money: counted usage and price book in, Lines out.

Where the price depends on something that the usage does not say (the sizes of the single prompts in a
bucket, the lifetime of a cache write, the hour, the day within a long bucket), a Line carries the lowest
and the highest price that fit, and so does every sum above it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product as combinations

from bothhalves.core.explain import Line, Selector, View
from bothhalves.core.money import Amount, MoneyKind, product
from bothhalves.core.prices import WRITE_LIFETIMES, Applied, Missing, PriceBook, Use, near
from bothhalves.core.terms import COUNT_METERS, Billing, Usage

_INSTANT = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Counted:
    """Usage to be rated: quantities that share one vendor, model, tier, speed and region.

    ``start`` and ``until`` are UTC instants; ``until`` None means one instant. Prompts lie in
    ``(prompt_above, prompt_upto]`` tokens, ``prompt_upto`` None meaning no upper bound. ``lower_bounds``
    are meters of which at least the quantity was used.
    """

    vendor: str
    model: str
    start: datetime
    until: datetime | None
    quantities: tuple[tuple[str, Decimal], ...]
    tier: str = "standard"
    speed: str = "standard"
    region: str = ""
    prompt_above: int = -1
    prompt_upto: int | None = None
    requests: int | None = None
    kind: MoneyKind = MoneyKind.ESTIMATED
    lower_bounds: frozenset[str] = frozenset()
    dimensions: tuple[tuple[str, str], ...] = ()
    rows: Selector = Selector("usage")


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A quantity that has no price, and why."""

    meter: str
    quantity: Decimal
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rating:
    """What ``rate`` found: a Line for each priced meter, and what stays unpriced."""

    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(sorted({line.amount.currency for line in self.lines}))

    def amount(self, currency: str, kind: MoneyKind) -> Amount:
        """The sum in one currency; without upper end if anything is unpriced."""
        result = Amount.of(Decimal(0), currency, kind)
        for line in self.lines:
            if line.amount.currency == currency:
                result = result + line.amount
        return Amount(currency, kind, result.low, None) if self.unpriced else result


def counted(usage: Usage) -> Counted:
    """One usage row as something to rate. A row of one request knows its prompt size."""
    quantities = [(m, Decimal(getattr(usage, m))) for m in COUNT_METERS if getattr(usage, m)]
    if usage.meter and usage.quantity is not None:
        quantities.append((usage.meter, usage.quantity))
    above, upto = prompt_range(usage)
    included = usage.billing is Billing.INCLUDED
    return Counted(
        usage.vendor,
        usage.model or usage.product,
        usage.time,
        usage.until,
        tuple(quantities),
        usage.tier,
        usage.speed,
        usage.region,
        above,
        upto,
        usage.requests,
        MoneyKind.NOTIONAL if included else MoneyKind.ESTIMATED,
        frozenset({"output_tokens"} if usage.output_at_least else ()),
    )


def is_single(usage: Usage) -> bool:
    """True if the row is one request: it says so, or it is neither a bucket nor a count of several."""
    return usage.requests == 1 or (usage.requests is None and usage.until is None)


def prompt_range(usage: Usage) -> tuple[int, int | None]:
    """The prompt sizes ``(above, upto]`` that the row's requests can have had.

    No single prompt in a bucket is larger than all of them together.
    """
    prompt = usage.prompt_tokens
    if is_single(usage):
        return prompt - 1, prompt
    if usage.prompt_band is not None:
        above, upto = usage.prompt_band
        return above, upto
    return -1, prompt or None


def rate(usage: Counted, book: PriceBook) -> Rating:
    """Price every quantity of ``usage``. Nothing is rounded; what has no price is returned as unpriced."""
    vendor = book.vendor(usage.vendor)
    model = book.model(vendor, usage.model)
    quantities = _quantities(usage, book, vendor, model)
    if model is None:
        missing = _unknown_model(usage, book, vendor)
        return Rating((), tuple(Unpriced(m, q, missing.code, missing.reason) for m, q in quantities))
    uses = list(_uses(usage, book, vendor, model))
    lines: list[Line] = []
    unpriced: list[Unpriced] = []
    for meter, quantity in quantities:
        found = _prices(book, uses, meter)
        if isinstance(found, Missing) and (meter, found.code) == ("requests", "meter"):
            found = Missing("tokens", f"the tokens of requests to {vendor} {model} are not known")
        if isinstance(found, Missing):
            unpriced.append(Unpriced(meter, quantity, found.code, found.reason))
        else:
            at_least = meter in usage.lower_bounds or (meter == "requests" and _requests_untold(usage))
            lines.append(_line(usage, vendor, meter, quantity, *found, at_least))
    return Rating(tuple(lines), tuple(unpriced))


def _quantities(usage: Counted, book: PriceBook, vendor: str, model: str | None) -> list[tuple[str, Decimal]]:
    """The counted meters; the request count is one of them only where requests themselves cost money."""
    found = [(meter, quantity) for meter, quantity in usage.quantities if quantity]
    if model is not None and "requests" in book.meters(vendor, model) and "requests" not in dict(found):
        found.append(("requests", Decimal(usage.requests if usage.requests is not None else 1)))
    return found


def _requests_untold(usage: Counted) -> bool:
    """True for a bucket that does not say how many requests it holds: at least one, and perhaps many."""
    return usage.requests is None and usage.until is not None and "requests" not in dict(usage.quantities)


def _unknown_model(usage: Counted, book: PriceBook, vendor: str) -> Missing:
    known = book.models(vendor)
    if not known:
        return Missing("vendor", f"no prices are known for vendor {usage.vendor!r}")
    name = usage.model or "(none stated)"
    similar = near(usage.model, known)
    hint = f"; known ids that look like it, not used: {', '.join(similar)}" if similar else ""
    return Missing("model", f"no price is known for {vendor} model {name!r}{hint}")


def _uses(usage: Counted, book: PriceBook, vendor: str, model: str) -> Iterator[Use]:
    """Every exact condition that the usage may have been used under."""
    days = _days(usage, book, vendor, model)
    minutes = _minutes(usage, book.windows(vendor, model))
    prompts = _prompts(usage, book.bands(vendor, model))
    for day, minute, prompt in combinations(days, minutes, prompts):
        yield Use(vendor, model, usage.tier, usage.speed, usage.region, day, minute, prompt)


def _days(usage: Counted, book: PriceBook, vendor: str, model: str) -> list[date]:
    """The first day and every later day on which a price changes."""
    first = usage.start.date()
    last = max(first, (usage.until - _INSTANT).date()) if usage.until else first
    return [first, *(day for day in book.cuts(vendor, model) if first < day <= last)]


def _minutes(usage: Counted, changes: list[int]) -> list[int]:
    """One minute in each price window that the usage touches; any minute will do where no price has one."""
    if not changes:
        return [0]
    first = usage.start.hour * 60 + usage.start.minute
    if usage.until is None:
        return [first]
    begun = usage.start.replace(second=0, microsecond=0)
    length = -((begun - usage.until) // _MINUTE)  # a minute begun counts
    if length >= _DAY_MINUTES:
        return sorted({minute % _DAY_MINUTES for minute in changes})
    offsets = [(minute - first) % _DAY_MINUTES for minute in changes]
    return [first, *((first + o) % _DAY_MINUTES for o in sorted(offsets) if 0 < o < length)]


def _prompts(usage: Counted, bands: list[int]) -> list[int]:
    """The smallest prompt of each band that overlaps ``(prompt_above, prompt_upto]``."""
    edges = [-1, *(b for b in bands if b >= 0)]
    upper_ends: list[int | None] = [*edges[1:], None]
    found = []
    for edge, end in zip(edges, upper_ends, strict=True):
        low = max(edge, usage.prompt_above)
        high = min((e for e in (end, usage.prompt_upto) if e is not None), default=None)
        if high is None or low < high:
            found.append(edge + 1)
    return found


def _prices(book: PriceBook, uses: list[Use], meter: str) -> tuple[Applied, Applied] | Missing:
    """The lowest and the highest price over ``uses``; missing if any of them has none."""
    own = book.meters(uses[0].vendor, uses[0].model)
    meters = (meter,) if meter in own else WRITE_LIFETIMES.get(meter, (meter,))
    found: list[Applied] = []
    for use in uses:
        for name in meters:
            applied = book.find(use, name)
            if isinstance(applied, Missing):
                return applied
            found.append(applied)
    ordered = sorted(found, key=lambda a: a.price / a.per)
    if len({a.currency for a in ordered}) > 1:
        return Missing("currency", f"prices for {meter} are in several currencies")
    return ordered[0], ordered[-1]


def _line(
    usage: Counted, vendor: str, meter: str, quantity: Decimal, low: Applied, high: Applied, at_least: bool
) -> Line:
    dearest = None if at_least else product(quantity, high.price, high.per)
    amount = Amount(low.currency, usage.kind, product(quantity, low.price, low.per), dearest)
    entries = [low.entry] if high is low else list(dict.fromkeys((low.entry, high.entry)))
    identity = [vendor, usage.model, *(v for _, v in usage.dimensions), meter, *entries]
    return Line(
        id="|".join(identity),
        meter=meter,
        quantity=quantity,
        unit=meter.removesuffix("_tokens") + " tokens" if meter.endswith("_tokens") else meter,
        price=low.price,
        price_high=high.price if high.per == low.per else high.price * low.per / high.per,
        per=low.per,
        amount=amount,
        view=View.CONTRACTED if low.contracted or high.contracted else View.LIST,
        entry=" to ".join(entries),
        source=low.base.source,
        layer=" + ".join(low.layers),
        rows=usage.rows,
        entry_where=low.base.where,
        dimensions=usage.dimensions,
    )
