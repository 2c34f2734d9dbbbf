"""A fictional vendor's rate card, and short ways to say what was used and what it costs.

In USD per million tokens: large 5 / 25, mid 3 / 15, small 1 / 5 (input / output), 5-minute cache writes 1.25,
1-hour writes 2 and cache reads 0.1 times the input price. ``cliff`` is 1 / 5, and 5 / 25 for a request whose
prompt is above 100,000 tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bothhalves.core.explain import Line
from bothhalves.core.money import MoneyKind
from bothhalves.core.prices import Factor, Layer, Price, PriceBook
from bothhalves.core.rating import Counted, Rating, rate

MILLION = 1_000_000
BEGIN = date(2026, 1, 1)
NOON = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)
PER_INPUT = {
    "input_tokens": Decimal(1),
    "cache_read_tokens": Decimal("0.1"),
    "cache_write_5m_tokens": Decimal("1.25"),
    "cache_write_1h_tokens": Decimal(2),
}
CLIFF = 100_000


def price(model: str, meter: str, amount: str, **details: Any) -> Price:
    """A price of the vendor ``acme`` per million tokens since 1 January 2026, unless said otherwise."""
    given = {"vendor": "acme", "per": MILLION, "start": BEGIN, "layer": "list", **details}
    return Price(model=model, meter=meter, price=Decimal(amount), **given)


def model_prices(model: str, tokens_in: str, tokens_out: str, **details: Any) -> list[Price]:
    """Every token price of a model whose cache prices are the usual multiples of its input price."""
    inputs = [price(model, m, str(Decimal(tokens_in) * times), **details) for m, times in PER_INPUT.items()]
    return [*inputs, price(model, "output_tokens", tokens_out, **details)]


def factor(dimension: str, value: str, times: str, **details: Any) -> Factor:
    given = {"vendor": "acme", "models": frozenset(), "start": BEGIN, "layer": "list", **details}
    return Factor(id=f"{dimension}-{value}", condition=(dimension, value), times=Decimal(times), **given)


SEARCHES = [price(m, "web_searches", "10", per=1000) for m in ("large", "mid", "small", "cliff")]
LIST = Layer(
    "list",
    "1",
    prices=(
        *model_prices("large", "5", "25"),
        *model_prices("mid", "3", "15"),
        *model_prices("small", "1", "5"),
        *model_prices("cliff", "1", "5"),
        *model_prices("cliff", "5", "25", above=CLIFF),
        *SEARCHES,
    ),
    factors=(factor("tier", "batch", "0.5"), factor("speed", "fast", "2"), factor("region", "us", "1.1")),
    aliases={("acme", "mid-latest"): "mid"},
    vendors={"Acme Inc": "acme"},
    fees=frozenset({"web_searches"}),
    neutral=frozenset({"global"}),
)
BOOK = PriceBook([LIST])


def used(model: str, *, at: datetime = NOON, lasting: timedelta | None = None, **details: Any) -> Counted:
    """Usage of ``model``: meters by name as ``input_tokens=1000``, the rest as the fields of Counted."""
    meters = {k: v for k, v in details.items() if k.endswith("_tokens") or k in ("web_searches", "images")}
    rest = {k: v for k, v in details.items() if k not in meters}
    quantities = tuple((meter, Decimal(n)) for meter, n in meters.items())
    given = {"vendor": "acme", "until": at + lasting if lasting else None, **rest}
    return Counted(model=model, start=at, quantities=quantities, **given)


def request(model: str, **details: Any) -> Counted:
    """One request: its prompt is as large as all it read."""
    read = sum(v for k, v in details.items() if k.endswith("_tokens") and k != "output_tokens")
    return used(model, prompt_above=read - 1, prompt_upto=read, requests=1, **details)


def lines(rating: Rating) -> dict[str, Line]:
    return {line.meter: line for line in rating.lines}


def why_unpriced(rating: Rating) -> dict[str, str]:
    """The code of the reason, for every meter without a price."""
    return {u.meter: u.code for u in rating.unpriced}


def cost(usage: Counted, book: PriceBook = BOOK) -> Decimal:
    """What the usage costs: everything is priced, and no price depends on what is not said."""
    rating = rate(usage, book)
    assert rating.unpriced == ()
    amount = rating.amount("USD", MoneyKind.ESTIMATED)
    assert amount.is_point
    return amount.low


def bounds(usage: Counted, book: PriceBook = BOOK) -> tuple[Decimal, Decimal | None]:
    """The lowest and the highest cost of the usage."""
    amount = rate(usage, book).amount("USD", MoneyKind.ESTIMATED)
    return amount.low, amount.high


def over(*prices: Price, name: str = "ours", **details: Any) -> PriceBook:
    """The list with a layer on top."""
    return PriceBook([LIST, Layer(name, "1", prices=prices, **details)])


def book_of(prices: Iterable[Price], **details: Any) -> PriceBook:
    return PriceBook([Layer("list", "1", prices=tuple(prices), **details)])
