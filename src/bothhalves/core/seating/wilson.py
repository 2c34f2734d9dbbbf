"""What a share seen in a sample says of the whole: Wilson's interval, and how many to sample.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
Statistical Association 22 (1927); the size of a sample with its finite correction as in W. G. Cochran,
"Sampling Techniques" (1977). Everything is worked out in decimals of sixty digits; ends are rounded outward.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cache
from math import ceil

from bothhalves.core.money import ZERO

_EXACTLY = Context(prec=60)
_UP, _DOWN = Context(prec=60, rounding=ROUND_CEILING), Context(prec=60, rounding=ROUND_FLOOR)
_GRAIN, _CLOSE = Decimal("1E-12"), Decimal("1E-40")
_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
_ONE, _TWO = Decimal(1), Decimal(2)


@dataclass(frozen=True, slots=True)
class Interval:
    """Shares from ``low`` to ``high``, both between 0 and 1."""

    low: Decimal
    high: Decimal

    def of(self, population: int) -> tuple[int, int]:
        """The same as numbers of a population, both ends rounded up."""
        return tuple(ceil(Fraction(end) * population) for end in (self.low, self.high))  # type: ignore[return-value]


def wilson(hits: int, size: int, confidence: Decimal) -> Interval:
    """The interval of the share of which ``hits`` of ``size`` were seen; ``ValueError`` without a sample."""
    if not 0 <= hits <= size or size < 1:
        raise ValueError(f"{hits} of {size} is not a sample")
    c, z = _EXACTLY, quantile(confidence)
    square, n, k = c.multiply(z, z), Decimal(size), Decimal(hits)
    spread = c.add(c.divide(c.multiply(k, c.subtract(n, k)), n), c.divide(square, Decimal(4)))
    half = c.multiply(z, c.sqrt(spread))
    centre, whole = c.add(k, c.divide(square, _TWO)), c.add(n, square)
    low = c.divide(c.subtract(centre, half), whole).quantize(_GRAIN, context=_DOWN)
    high = c.divide(c.add(centre, half), whole).quantize(_GRAIN, context=_UP)
    return Interval(ZERO if not hits else max(low, ZERO), _ONE if hits == size else min(high, _ONE))


def sample_size(population: int, confidence: Decimal, margin: Decimal) -> int:
    """How many to draw at random so that any share is known to within ``margin`` either way.

    Never more than the population. A share near a half needs the most, so that many are drawn.
    """
    if population < 1 or not 0 < margin < 1:
        raise ValueError("a sample needs a population, and a margin between 0 and 1")
    endless = (Fraction(quantile(confidence)) / (2 * Fraction(margin))) ** 2
    return min(population, ceil(endless / (1 + (endless - 1) / population)))


@cache
def quantile(confidence: Decimal) -> Decimal:
    """How many standard deviations to either side hold ``confidence`` of a normal distribution.

    By Newton's steps from zero, which rise to it. ``ValueError`` unless it is above 0 and at most 0.9999.
    """
    if not 0 < confidence <= Decimal("0.9999"):
        raise ValueError("confidence is above 0 and at most 0.9999")
    c, z = _EXACTLY, ZERO
    while True:
        within, density = _within(z)
        step = c.divide(c.subtract(confidence, within), c.multiply(_TWO, density))
        z = c.add(z, step)
        if abs(step) < _CLOSE:
            return z


def _within(z: Decimal) -> tuple[Decimal, Decimal]:
    """The share of a normal distribution from ``-z`` to ``z``, and its density at ``z``."""
    c = _EXACTLY
    density = c.divide(c.exp(c.minus(c.divide(c.multiply(z, z), _TWO))), c.sqrt(c.multiply(_TWO, _PI)))
    term = total = z
    odd = 1
    while abs(term) > _CLOSE:
        odd += 2
        term = c.divide(c.multiply(term, c.multiply(z, z)), Decimal(odd))
        total = c.add(total, term)
    return c.multiply(c.multiply(_TWO, density), total), density
