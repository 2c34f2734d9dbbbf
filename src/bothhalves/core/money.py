"""Exact money: digits as written, amounts with a known or unknown upper end, and the only rounding.

An :class:`Amount` is a closed interval of one currency and one kind of money. ``high`` is ``None``
when part of what it covers has no price: the amount then reads "at least ``low``".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_UP,
    Clamped,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)
from enum import StrEnum
from fractions import Fraction
from math import floor

#: Sums of products of the longest numbers that ``exact`` accepts fit; anything inexact is our own bug.
EXACT = Context(prec=500, traps=[Inexact, InvalidOperation, Overflow, Clamped])
ZERO = Decimal(0)
CENT = Decimal("0.01")
_ROUNDING = Context(prec=EXACT.prec, rounding=ROUND_HALF_UP)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_MAX_EXPONENT = 30


class MoneyKind(StrEnum):
    """What an amount is evidence of. Amounts of different kinds are never added."""

    INVOICED = "invoiced"
    ESTIMATED = "estimated"  # usage at list or contract price, not (yet) an invoice
    NOTIONAL = "notional"  # what flat-seat usage would cost if it were metered
    SCENARIO = "scenario"


class MixedMoney(ValueError):
    """Two amounts of different currency or kind were about to be added."""


def exact(text: str) -> Decimal:
    """The number written in ``text``, digit for digit.

    Raises ``ValueError`` for anything that is not a finite plain number of sensible size
    (``NaN``, ``inf``, ``1e400``, thousands separators, empty text).
    """
    stripped = text.strip()
    if len(stripped) > 80 or not _NUMBER.fullmatch(stripped):
        raise ValueError(f"not a plain number: {text[:40]!r}")
    value = Decimal(stripped)
    if value and abs(value.adjusted()) > _MAX_EXPONENT:
        raise ValueError(f"out of range: {text[:40]!r}")
    return value


def plain(value: Decimal) -> str:
    """``value`` without exponent and without trailing zeros after the point (``1E+2`` is ``100``)."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def to_cents(value: Decimal) -> Decimal:
    """``value`` rounded half-up to two decimals: the one rounding that a page may do."""
    return value.quantize(CENT, context=_ROUNDING)


def product(quantity: Decimal, price: Decimal, per: int) -> Decimal:
    """Exact ``quantity * price / per``; ``per`` is a power of ten, so that the result terminates."""
    return EXACT.divide(EXACT.multiply(quantity, price), Decimal(per))


def quotient(numerator: Fraction, denominator: int = 1, *, cents: bool = False) -> Decimal:
    """``numerator / denominator``, exact if it has a finite decimal, else half-up at the twelfth place.

    Twelve places are the grain in which engines count. ``cents`` rounds half-up to cents instead, as an
    invoice does.
    """
    value = numerator / denominator
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1 and not cents:
        return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    places = 2 if cents else 12
    scaled = abs(value) * 10**places
    whole = floor(scaled + Fraction(1, 2))
    return EXACT.scaleb(Decimal(whole if value >= 0 else -whole), -places)


def split(total: Decimal, weights: Sequence[Decimal], step: Decimal = CENT) -> list[Decimal]:
    """``total`` in parts proportional to ``weights``, each a multiple of ``step``, adding up exactly.

    Largest remainder; ties go to the earlier part. ``total`` must be a multiple of ``step`` and the
    weights non-negative with a positive sum.
    """
    whole = sum(map(Fraction, weights))
    units = Fraction(total) / Fraction(step)
    if whole <= 0 or min(weights) < 0 or units.denominator != 1:
        raise ValueError("split needs a total in whole steps and non-negative weights with a positive sum")
    shares = [units * Fraction(weight) / whole for weight in weights]
    counts = [floor(share) for share in shares]
    order = sorted(range(len(weights)), key=lambda i: (counts[i] - shares[i], i))
    for i in order[: int(units) - sum(counts)]:
        counts[i] += 1
    return [EXACT.multiply(Decimal(count), step) for count in counts]


@dataclass(frozen=True, slots=True)
class Amount:
    """Money between ``low`` and ``high`` (``None``: no upper end is known), unrounded."""

    currency: str
    kind: MoneyKind
    low: Decimal
    high: Decimal | None

    @staticmethod
    def of(value: Decimal, currency: str, kind: MoneyKind) -> Amount:
        """A point amount."""
        return Amount(currency, kind, value, value)

    @property
    def at_least(self) -> bool:
        """True where something it covers is unpriced."""
        return self.high is None

    @property
    def is_point(self) -> bool:
        return self.low == self.high

    def _check_alike(self, other: Amount, sign: str) -> None:
        if (self.currency, self.kind) != (other.currency, other.kind):
            raise MixedMoney(f"{self.kind} {self.currency} {sign} {other.kind} {other.currency}")

    def __add__(self, other: Amount) -> Amount:
        self._check_alike(other, "+")
        high = None if self.high is None or other.high is None else EXACT.add(self.high, other.high)
        return Amount(self.currency, self.kind, EXACT.add(self.low, other.low), high)

    def __sub__(self, other: Amount) -> Amount:
        """Every difference that the two intervals allow; ``ValueError`` if that has no lower end."""
        self._check_alike(other, "-")
        if other.high is None:
            raise ValueError("what is taken away needs an upper end")
        high = None if self.high is None else EXACT.subtract(self.high, other.low)
        return Amount(self.currency, self.kind, EXACT.subtract(self.low, other.high), high)

    def times(self, factor: Decimal) -> Amount:
        """This amount multiplied by a non-negative ``factor``."""
        if factor < 0:
            raise ValueError("an amount is multiplied by a non-negative factor only")
        high = None if self.high is None else EXACT.multiply(self.high, factor)
        return Amount(self.currency, self.kind, EXACT.multiply(self.low, factor), high)


def total(amounts: Iterable[Amount], currency: str, kind: MoneyKind) -> Amount:
    """The sum of ``amounts``, all of which must have this currency and kind; nothing sums to a point zero."""
    lows, highs = [ZERO], [ZERO]
    has_end = True
    nothing = Amount.of(ZERO, currency, kind)
    for amount in amounts:
        nothing._check_alike(amount, "+")
        lows.append(amount.low)
        if amount.high is None:
            has_end = False
        else:
            highs.append(amount.high)
    with localcontext(EXACT):
        return Amount(currency, kind, sum(lows, ZERO), sum(highs, ZERO) if has_end else None)
