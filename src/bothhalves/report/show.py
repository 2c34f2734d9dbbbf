"""How figures are written: the only place where a number becomes text, and the only rounding for show.

Rounding is half-up from the exact ``Decimal``. Headlines have three significant figures (``$1.62M``), tables
whole currency units (``$113,040``, cents below 100), derivations cents, and ``exactly`` every digit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from bothhalves.core.explain import Figure, Line, Operator, Value
from bothhalves.core.money import Amount, plain
from bothhalves.workspace.records import OUTPUT_AT_LEAST

NOTHING = "–"
UNPRICED = "unpriced"
MINUS = "−"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩"}
_ROUNDING = Context(prec=200, rounding=ROUND_HALF_UP)
_CURRENCY = re.compile("[A-Z]{3}")
_SUFFIXES = ("", "k", "M", "B", "T")
_HUNDRED, _THOUSAND = Decimal(100), Decimal(1000)
_CENT = Decimal("0.01")
_TINY = Decimal("0.005")
_INSTANT = timedelta(microseconds=1)
#: A moment of UTC as the store writes it: its day, its minute, and its seconds where they say something.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)(?::00|(:\d\d(?:\.\d+)?))\+00:00")

Writer = Callable[[Decimal], str]


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """``value`` to the nearest multiple of a power of ten, half-up."""
    return value.quantize(step, context=_ROUNDING)


def compact(value: Decimal) -> str:
    """A magnitude in three significant figures: ``1.62M``, ``879k``, ``46.2``, ``1.00B``."""
    if not value:
        return "0"
    first = rounded(value, Decimal(1).scaleb(value.adjusted() - 2))
    group = min(max(first.adjusted() // 3, 0), len(_SUFFIXES) - 1)
    scaled = first.scaleb(-3 * group)
    places = max(2 - scaled.adjusted(), 0)
    return f"{rounded(scaled, Decimal(1).scaleb(-places)):,f}{_SUFFIXES[group]}"


def _small(value: Decimal) -> str:
    """A magnitude with cents, or two significant figures where cents would hide it."""
    if not value:
        return "0"
    if value < _TINY:
        return plain(rounded(value, Decimal(1).scaleb(value.adjusted() - 1)))
    return f"{rounded(value, _CENT):,f}"


def short_money(value: Decimal) -> str:
    """A magnitude as headlines have it."""
    return _small(value) if rounded(value, _CENT) < _HUNDRED else compact(value)


def whole_money(value: Decimal) -> str:
    """A magnitude as tables have it."""
    return _small(value) if rounded(value, _CENT) < _HUNDRED else f"{rounded(value, Decimal(1)):,f}"


def cents_money(value: Decimal) -> str:
    """A magnitude as derivations have it."""
    return _small(value)


def exact_money(value: Decimal) -> str:
    """Every digit, at least two after the point."""
    whole, _, fraction = plain(value).partition(".")
    return f"{int(whole):,}.{fraction:0<2}"


def signed(value: Decimal, write: Writer, currency: str = "") -> str:
    """``write`` of the magnitude, with currency and a true minus sign."""
    symbol = SYMBOLS.get(currency, f"{currency} " if currency else "")
    text = symbol + write(abs(value))
    return MINUS + text if value < 0 else text


def amount(money: Amount, write: Writer = whole_money) -> str:
    """An amount in words: a point, ``a to b``, ``at least a``, or ``unpriced``."""
    low = signed(money.low, write, money.currency)
    if money.high is None:
        return f"at least {low}" if money.low else UNPRICED
    high = signed(money.high, write, money.currency)
    return low if low == high else f"{low} to {high}"


def number(value: Decimal, unit: str = "", *, ratio: bool = False) -> str:
    """A count or ratio: tokens compactly, shares as percents, the rest with separators."""
    if unit == "%" or (ratio and not unit):
        return signed(value if unit == "%" else value * 100, _percent) + "%"
    if unit == "tokens":
        return signed(value, _tokens)
    return signed(value, _grouped)


def _tokens(value: Decimal) -> str:
    """``17.9B``, ``82M``: three significant figures without idle zeros."""
    if value < _THOUSAND:
        return plain(value)
    text = compact(value)
    return plain(Decimal(text[:-1].replace(",", ""))) + text[-1]


def _percent(value: Decimal) -> str:
    places = "0.1" if value and value < 10 else "1"
    return plain(rounded(value, Decimal(places)))


def _grouped(value: Decimal) -> str:
    return (
        f"{Decimal(plain(value)):,f}" if value == value.to_integral_value() else f"{rounded(value, _CENT):,f}"
    )


def value(of: Value, unit: str, operator: Operator, write: Writer = whole_money) -> str:
    """A figure's value without its unit."""
    if isinstance(of, Amount):
        return amount(of, write)
    if _CURRENCY.fullmatch(unit):
        return signed(of, write, unit)
    return number(of, unit, ratio=operator is Operator.RATIO)


def at_least(shown: Figure) -> bool:
    """True where more may have been used or paid than the figure says, and nobody knows how much."""
    if isinstance(shown.value, Amount) and shown.value.at_least:
        return True
    return any(problem.code == OUTPUT_AT_LEAST for problem in shown.problems)


def figure(shown: Figure | None, write: Writer = whole_money, unknown: str = NOTHING) -> str:
    """A figure's value as it is written in a table, or as ``write`` says; ``unknown`` where there is none."""
    if shown is None:
        return unknown
    return _bounded(shown, value(shown.value, shown.unit, shown.operator, write))


def _bounded(shown: Figure, text: str) -> str:
    unsaid = at_least(shown) and not text.startswith("at least ") and text != UNPRICED
    return f"at least {text}" if unsaid else text


def headline(shown: Figure) -> str:
    """A figure's value as headlines and charts have it."""
    return figure(shown, short_money)


def unit(shown: Figure) -> str:
    """The word behind a figure's value: nothing for money and shares, whose text says it already."""
    said = isinstance(shown.value, Amount) or shown.unit == "%" or _CURRENCY.fullmatch(shown.unit)
    return "" if said else shown.unit


def with_unit(shown: Figure, write: Writer = short_money) -> str:
    """A figure's value with its unit, where it has one: ``620 seats``, ``1 seat``."""
    text, word = figure(shown, write), unit(shown)
    return f"{text} {word.removesuffix('s') if text == '1' else word}".strip()


def under_a_cent(shown: Figure) -> str:
    """``under $0.01`` for money that is not nothing and that cents would show as it; else empty."""
    money = shown.value
    if not isinstance(money, Amount) or not money.is_point or not 0 < abs(money.low) < _TINY:
        return ""
    return f"under {signed(_CENT.copy_sign(money.low), cents_money, money.currency)}"


def exactly(shown: Figure) -> str:
    """A figure's value with every digit, and its unit."""
    if isinstance(shown.value, Amount):
        return amount(shown.value, exact_money)
    if _CURRENCY.fullmatch(shown.unit):
        return signed(shown.value, exact_money, shown.unit)
    text = f"{Decimal(plain(shown.value)):,f}".replace("-", MINUS)
    return _bounded(shown, f"{text} {shown.unit}".strip())


def quantity(line: Line) -> str:
    """What a line counts: ``1,200,000 input tokens``."""
    meter, unit = line.meter.replace("_", " "), line.unit.replace("_", " ")
    what = meter if not unit or meter.endswith(unit) else f"{meter} {unit}"
    return f"{Decimal(plain(line.quantity)):,f} {what}".replace("-", MINUS)


def unit_price(line: Line) -> str:
    """A line's rate: ``$3.00 per 1M``, with every digit that the price has."""
    low, high = (signed(p, exact_money, line.amount.currency) for p in (line.price, line.price_high))
    price = low if low == high else f"{low} to {high}"
    per = {1: "each", 1000: "per 1k", 1_000_000: "per 1M"}.get(line.per, f"per {line.per:,}")
    return f"{price} {per}"


def cell(column: str, text: str) -> str:
    """A cell of a source row: long ids and moments are shortened, unprintable characters replaced."""
    moment = _MOMENT.fullmatch(text)
    if moment:
        return moment[1] if moment[2] == "00:00" and not moment[3] else f"{moment[1]} {moment[2]}"
    return clean(text[:12] if column in ("id", "source") else text)


def cents(shown: Figure | None, unknown: str = NOTHING) -> str:
    """A figure's value with the cents of its money; ``unknown`` in the place of none."""
    return figure(shown, cents_money, unknown)


def day(moment: date) -> str:
    """``31 Oct 2026``."""
    return f"{moment.day} {moment:%b} {moment.year}"


def last_day(until: datetime) -> str:
    """The last day of a period that ends at ``until``, which is no longer part of it."""
    return day(until - _INSTANT)


def window(first: date, after_last: date) -> str:
    """A window of whole days in words: ``1 Sep to 31 Oct 2026``."""
    last = after_last - timedelta(days=1)
    if first >= last:
        return day(first)
    opening = day(first) if first.year != last.year else f"{first.day} {first:%b}"
    return f"{opening} to {day(last)}"


def books(names: tuple[str, ...]) -> str:
    """Price books in few words: all where they are few, else the first and how many others."""
    if len(names) <= 2:
        return ", ".join(names) or "no price book"
    return f"{names[0]} and {len(names) - 1} other books"


def clean(text: str) -> str:
    """``text`` without control and direction-changing characters, which could forge what is shown."""
    if text.isprintable():
        return text
    return "".join(
        "\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n" else c for c in text
    )
