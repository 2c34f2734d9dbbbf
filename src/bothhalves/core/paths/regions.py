"""Where one schedule lies below another: exact crossings, and what their difference can be on an interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.schedules import Schedule, Segment

#: Steps looked at before a stair that never leaves the other schedule is called endless.
MOST_STEPS = 2_000


@dataclass(frozen=True, slots=True)
class Region:
    """Use between ``low`` and ``high`` (None: without end); an end belongs to it where it is closed."""

    low: Fraction
    high: Fraction | None
    low_closed: bool = False
    high_closed: bool = False

    def __contains__(self, use: Decimal | Fraction) -> bool:
        value = Fraction(use)
        above = value > self.low or (self.low_closed and value == self.low)
        below = self.high is None or value < self.high or (self.high_closed and value == self.high)
        return above and below


@dataclass(frozen=True, slots=True)
class Below:
    """The regions in which one schedule is strictly below another, in rising order.

    ``known_until`` is where a stair that meets the other schedule again and again was left; None: the
    regions are all there are.
    """

    regions: tuple[Region, ...]
    known_until: Fraction | None = None

    def __contains__(self, use: Decimal | Fraction) -> bool:
        return any(use in region for region in self.regions)


@dataclass(frozen=True, slots=True)
class Range:
    """Every value from ``low`` to ``high``; None: without that end."""

    low: Fraction | None
    high: Fraction | None

    def __add__(self, other: Range) -> Range:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(low, high)

    def over(self, count: int) -> Range:
        """Each end divided by ``count``."""
        return Range(self.low and self.low / count, self.high and self.high / count)

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high


POINT_ZERO = Range(Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class _Bit:
    """The difference of two schedules on ``(start, end]``: ``at`` beyond the start, then ``slope``."""

    start: Fraction
    end: Fraction | None
    at: Fraction
    slope: Fraction

    @property
    def last(self) -> Fraction | None:
        return None if self.end is None else self.at + self.slope * (self.end - self.start)


def below(one: Schedule, other: Schedule) -> Below:
    """Where ``one`` costs strictly less than ``other``."""
    found: list[Region] = []
    if one.of(ZERO) < other.of(ZERO):
        found.append(Region(Fraction(0), Fraction(0), True, True))
    left: Fraction | None = None
    settled = _settled_from(one, other)
    for number, bit in enumerate(_difference(one, other)):
        if settled is not None and bit.start >= settled and bit.end is not None:
            found += [Region(bit.start, None)] if bit.at < 0 else []
            break
        if number >= MOST_STEPS:
            left = bit.start
            break
        found += _negative(bit)
    return Below(tuple(_joined(found)), left)


def difference(one: Schedule, other: Schedule, low: Decimal, high: Decimal | None) -> Range:
    """What ``one`` less ``other`` can be for use between ``low`` and ``high``, the ends included.

    Both are taken at the same use, so that what they share takes itself away.
    """
    if low == high or (one.stair is None and other.stair is None):
        return _unbroken(one, other, low, high)
    least = most = Fraction(one.of(low)) - Fraction(other.of(low))
    tail = _tail(one, other) if high is None else Fraction(0)
    last = None if high is None else Fraction(high)
    for bit in _difference(one, other, low, _horizon(one, other, low) if high is None else high):
        end = last if bit.end is None else bit.end if last is None else min(bit.end, last)
        values = [bit.at] if end is None else [bit.at, bit.at + bit.slope * (end - bit.start)]
        least, most = min(least, *values), max(most, *values)
    return Range(None if tail < 0 else least, None if tail > 0 else most)


def _unbroken(one: Schedule, other: Schedule, low: Decimal, high: Decimal | None) -> Range:
    """The same where neither schedule jumps: their difference is largest and smallest at an end or a bend."""
    tail = _tail(one, other) if high is None else Fraction(0)
    bends = [low] if high is None or high == low else [low, high]
    if high != low:
        bends += [b for s in (one, other) for b in s.bends if b > low and (high is None or b < high)]
    found = [EXACT.subtract(one.of(use), other.of(use)) for use in bends]
    return Range(None if tail < 0 else Fraction(min(found)), None if tail > 0 else Fraction(max(found)))


def _difference(
    one: Schedule, other: Schedule, since: Decimal = ZERO, upto: Decimal | None = None
) -> Iterator[_Bit]:
    """The difference in straight bits, endless where a stair is and no ``upto`` is given."""
    first, second = one.segments(since, upto), other.segments(since, upto)
    a, b = next(first), next(second)
    start = since
    while True:
        ends = [e for e in (a.end, b.end) if e is not None]
        end = min(ends) if ends else None
        at = _at(a, start) - _at(b, start)
        slope = Fraction(a.slope) - Fraction(b.slope)
        yield _Bit(Fraction(start), None if end is None else Fraction(end), at, slope)
        if end is None or (upto is not None and end >= upto):
            return
        start = end
        a = next(first) if a.end == end else a
        b = next(second) if b.end == end else b


def _at(segment: Segment, use: Decimal) -> Fraction:
    return Fraction(segment.at) + Fraction(segment.slope) * (Fraction(use) - Fraction(segment.start))


def _tail(one: Schedule, other: Schedule) -> Fraction:
    """How the difference goes on for use without end, per unit: its slope, stairs at their mean."""
    return _pace(one) - _pace(other)


def _pace(schedule: Schedule) -> Fraction:
    if schedule.stop is not None:
        return Fraction(0)
    pace = Fraction(schedule.pieces[-1].slope)
    stair = schedule.stair
    if stair is not None and stair.most is None:
        pace += Fraction(stair.price) / Fraction(stair.size)
    return pace


def _last_bend(schedule: Schedule) -> Fraction:
    """Beyond it the schedule is straight, or a stair that repeats itself."""
    bends = [Fraction(schedule.pieces[-1].start), Fraction(schedule.stop or ZERO)]
    stair = schedule.stair
    if stair is not None:
        first = Fraction(stair.after) + Fraction(stair.size) * stair.at_least
        bends.append(first if stair.end is None else Fraction(stair.end))
    return max(bends)


def _strides(one: Schedule, other: Schedule) -> list[tuple[Fraction, Fraction]]:
    """Size and price of the packs of every stair that goes on without end."""
    return [
        (Fraction(s.stair.size), Fraction(s.stair.price))
        for s in (one, other)
        if s.stair is not None and s.stair.most is None and s.stop is None
    ]


def _horizon(one: Schedule, other: Schedule, low: Decimal) -> Decimal | None:
    """Up to where the difference must be walked to know its bounds: some steps beyond all bends and ``low``.

    None: it is straight at last, and is walked to its end.
    """
    strides = _strides(one, other)
    if not strides:
        return None
    sizes = [size for size, _ in strides]
    period = sizes[0] if len(sizes) == 1 else _common(sizes[0], sizes[1])
    reach = max(_last_bend(one), _last_bend(other), Fraction(low)) + 2 * period
    return Decimal(ceil(reach))


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The least size that is a whole number of both."""
    ratio = a / b
    return a * ratio.denominator


def _settled_from(one: Schedule, other: Schedule) -> Fraction | None:
    """From where on the sign of the difference no longer changes, where stairs are; None: never.

    A stair lies between its mean line and that line raised by one pack, so a difference of the mean lines
    of more than the packs' price decides.
    """
    strides, tail = _strides(one, other), _tail(one, other)
    if not strides or not tail:
        return None
    start = max(_last_bend(one), _last_bend(other))
    sizes = max(size for size, _ in strides)
    slack = 2 * sum((price for _, price in strides), Fraction(0))
    here = Decimal(ceil(start))
    now = Fraction(one.of(here)) - Fraction(other.of(here))
    return start + 1 + sizes + (abs(now) + slack) / abs(tail)


def _negative(bit: _Bit) -> Iterator[Region]:
    """Where the difference is below zero in one bit."""
    last = bit.last
    if last is None:
        if bit.slope == 0:
            found = [Region(bit.start, None)] if bit.at < 0 else []
        else:
            cross = bit.start - bit.at / bit.slope
            found = [Region(max(bit.start, cross), None)] if bit.slope < 0 else _until(bit, cross)
        yield from found
    elif bit.at < 0 or last < 0:
        low = bit.start if bit.at <= 0 else bit.start - bit.at / bit.slope
        if last < 0:
            yield Region(low, bit.end, False, True)
        else:
            yield Region(low, bit.start - bit.at / bit.slope)


def _until(bit: _Bit, cross: Fraction) -> list[Region]:
    return [Region(bit.start, cross)] if cross > bit.start else []


def _joined(found: list[Region]) -> Iterator[Region]:
    """Regions that touch as one."""
    current: Region | None = None
    for region in found:
        if current is not None and current.high == region.low and (current.high_closed or region.low_closed):
            current = Region(current.low, region.high, current.low_closed, region.high_closed)
            continue
        if current is not None:
            yield current
        current = region
    if current is not None:
        yield current
