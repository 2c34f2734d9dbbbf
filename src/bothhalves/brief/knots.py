"""What use costs beyond the fees of two paths, where the difference between them can be largest.

Two schedules differ most at an end of what the use can be, or where one of them bends; so a few pairs of
numbers a month say for every fee and every hold whether one path is surely cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.expected import Use, total_of_months
from bothhalves.core.paths.schedules import Schedule
from bothhalves.workspace.paths import Path

#: What use costs beyond the fees of two paths at one use: of the other path, and of the current one.
Knot = tuple[Decimal, Decimal]
#: Low and high end; None: without an upper one.
Ends = tuple[Decimal, Decimal | None]


@dataclass(frozen=True, slots=True)
class Way:
    """A path as far as it decides: its ``fee`` a month, and its schedule. ``slope`` is what each unit of use
    costs where that is all there is to it; None: the schedule has bends, or ``has_units`` of its own price
    beside it."""

    id: str
    fee: Decimal
    schedule: Schedule
    slope: Decimal | None
    is_seat: bool
    has_units: bool = False

    @property
    def slopes(self) -> tuple[Decimal, ...]:
        """The slope before each piece of the schedule."""
        return (ZERO, *(p.slope for p in self.schedule.pieces[:-1]))

    @property
    def is_piecewise(self) -> bool:
        """True if straight pieces are all there is to it: no packs, no end, no units of their own price."""
        return self.schedule.stair is None and self.schedule.stop is None and not self.has_units

    @staticmethod
    def of(path: Path) -> Way:
        """The way of a path that has a cost of one person."""
        assert path.option is not None
        schedule = path.option.schedule
        bent = len(schedule.pieces) > 1 or schedule.stair is not None or schedule.stop is not None
        slope = None if bent or path.units else schedule.pieces[0].slope
        return Way(path.id, schedule.fee, schedule, slope, "/" in path.id, bool(path.units))


@dataclass(frozen=True, slots=True)
class Months:
    """The use of the months observed, and its sums at both ends."""

    uses: tuple[Use, ...]
    low: Decimal
    high: Decimal | None

    @staticmethod
    def of(uses: Sequence[Use], factor: Decimal) -> Months:
        """``factor`` times the use of each month."""
        grown = tuple(uses) if factor == 1 else tuple(_times(use, factor) for use in uses)
        low, high = ZERO, ZERO
        for use in grown:
            low = EXACT.add(low, use.low)
            high = EXACT.add(high, use.high or ZERO)
        return Months(grown, low, None if any(use.high is None for use in grown) else high)

    def beyond(self, way: Way) -> Ends:
        """What the months cost beyond the fee."""
        if way.slope is not None:
            high = self.high if way.slope else ZERO
            most = None if high is None else EXACT.multiply(way.slope, high)
            return EXACT.multiply(way.slope, self.low), most
        low, high = total_of_months(way.schedule, self.uses)
        fees = EXACT.multiply(way.fee, Decimal(len(self.uses)))
        return EXACT.subtract(low, fees), None if high is None else EXACT.subtract(high, fees)

    def knots(self, other: Way, current: Way) -> tuple[tuple[Knot, ...], ...] | None:
        """Where ``other`` can cost most beyond ``current``, in parts that add up; None: no such end is known,
        or the other path does not give all that is used."""
        stop = other.schedule.stop
        if stop is not None and any(use.high is None or use.high > stop for use in self.uses):
            return None
        if other.slope is not None and current.slope is not None:
            return self._straight(other.slope, current.slope)
        if self.high is None:
            return None
        return tuple(tuple(_month(other, current, use)) for use in self.uses)

    def _straight(self, other: Decimal, current: Decimal) -> tuple[tuple[Knot, ...], ...] | None:
        """The same end of every month decides, so that the months are taken together."""
        if self.high is None:
            return None if other else ((_pair(other, current, self.low),),)
        ends = (self.high,) if not current or self.low == self.high else (self.low, self.high)
        return (tuple(_pair(other, current, end) for end in ends),)


def times(ends: Ends, number: int) -> Ends:
    """Both ends for so many people."""
    low, high = ends
    return EXACT.multiply(low, number), None if high is None else EXACT.multiply(high, number)


def _times(use: Use, factor: Decimal) -> Use:
    high = None if use.high is None else EXACT.multiply(use.high, factor)
    return Use(EXACT.multiply(use.low, factor), high)


def _pair(other: Decimal, current: Decimal, use: Decimal) -> Knot:
    return EXACT.multiply(other, use), EXACT.multiply(current, use)


def _month(other: Way, current: Way, use: Use) -> Iterator[Knot]:
    """The pairs at both ends of a month's use, and on both sides of every bend between them."""
    assert use.high is not None
    ways = (other, current)
    yield _at(ways, use.low)
    if use.high == use.low:
        return
    jumps = [{s.start: s.at for s in way.schedule.segments(use.low, use.high)} for way in ways]
    for bend in sorted({b for found in jumps for b in found if b < use.high}):
        yield _at(ways, bend)
        one, two = (
            EXACT.subtract(found.get(bend, way.schedule.of(bend)), way.fee)
            for way, found in zip(ways, jumps, strict=True)
        )
        yield one, two
    yield _at(ways, use.high)


def _at(ways: Sequence[Way], use: Decimal) -> Knot:
    one, two = (EXACT.subtract(way.schedule.of(use), way.fee) for way in ways)
    return one, two
