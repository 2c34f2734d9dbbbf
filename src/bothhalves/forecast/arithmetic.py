"""Arithmetic that gives the same digits on every machine: elementwise IEEE operations in a fixed order.

Sums of numpy are grouped as the processor's registers are wide, and its logarithms differ in the last digit
from one library to the next. A forecast must not.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_HALF_ROOT = float.fromhex("0x1.6a09e667f3bcdp-1")
_LOG_TERMS = 12
_EXP_TERMS = 16


def total(values: Floats, axis: int) -> Floats:
    """The sum along ``axis``, first to last."""
    summed: Floats = np.take(np.add.accumulate(values, axis=axis), -1, axis=axis)
    return summed


def log(values: Floats) -> Floats:
    """Natural logarithms; NaN where a value is not above zero."""
    positive = values > 0
    mantissa, exponent = np.frexp(np.where(positive, values, 1))
    small = mantissa < _HALF_ROOT
    mantissa = np.where(small, mantissa * 2, mantissa)
    power = np.where(small, exponent - 1, exponent).astype(np.float64)
    ratio = (mantissa - 1) / (mantissa + 1)
    square = ratio * ratio
    series = np.zeros_like(ratio)
    for term in range(_LOG_TERMS, -1, -1):
        series = series * square + 1 / (2 * term + 1)
    found = 2 * ratio * series + power * _LN2_LOW + power * _LN2_HIGH
    return np.where(positive, found, np.nan)


def exp(values: Floats) -> Floats:
    """Powers of e; what is beyond the range of numbers is taken as its edge."""
    bounded = np.clip(values, -700, 700)
    power = np.rint(bounded / (_LN2_HIGH + _LN2_LOW))
    rest = bounded - power * _LN2_HIGH - power * _LN2_LOW
    series = np.ones_like(rest)
    for term in range(_EXP_TERMS, 0, -1):
        series = series * rest / term + 1
    return np.ldexp(series, np.nan_to_num(power).astype(np.int64))


def whole(values: Floats) -> list[int]:
    """Values as whole numbers, the nearest (even of two); none may be NaN."""
    return [int(value) for value in np.rint(values)]


def ceiling(share: Fraction) -> int:
    """The least whole number that is not below ``share``."""
    return -(-share.numerator // share.denominator)
