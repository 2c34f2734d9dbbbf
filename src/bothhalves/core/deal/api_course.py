"""Usage of the API in the months to come under a commitment, month by month and in whole numbers.

Within a period the cost of all usage so far is a broken straight line: each lot of the commitment covers a
stretch of it at one rate, and what is beyond has another. A month costs what it adds. Where unused money
rolls over, or months have a minimum of their own, every month is gone through instead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, lcm

from bothhalves.core.deal.commitment_cost import Period, Schedule, cost

_NIL = Fraction(0)


@dataclass(frozen=True, slots=True)
class ApiCourse:
    """Micro-units by month: ``cost``, of which ``unused`` pays for what a period did not use, at its end;
    and ``due``, what is to be paid."""

    cost: tuple[Fraction, ...]
    unused: tuple[Fraction, ...]
    due: tuple[Fraction, ...]


class ApiSchedule:
    """A commitment over months (None: all usage at list price), of which rates leave ``share``.

    ``as_used``: a commitment paid ahead is costed as it is used.
    """

    def __init__(self, schedule: Schedule | None, share: Fraction, months: int, *, as_used: bool) -> None:
        self._laid, self._share, self._months, self._as_used = schedule, share, months, as_used
        self._is_straight = schedule is None or not (schedule.lives or schedule.minimum)
        prepaid = schedule is not None and schedule.prepaid
        self._cost = self._lines(prepaid=prepaid and not as_used)
        self._due = self._lines(prepaid=True) if prepaid and as_used else self._cost

    def course(self, api: Sequence[int]) -> ApiCourse:
        """What usage at list price, by month, costs."""
        if not self._is_straight:
            return self._gone_through(api)
        found, unused = self._cost.along(api, self._months)
        due = found if self._due is self._cost else self._due.along(api, self._months)[0]
        return ApiCourse(found, unused, due)

    def _lines(self, *, prepaid: bool) -> _Lines:
        if self._laid is None or not self._is_straight:
            return _Lines((), range(self._months), self._share)
        told = replace(self._laid, prepaid=prepaid)
        periods = tuple(_line(told, period, self._share) for period in told.periods)
        return _Lines(periods, told.outside, self._share)

    def _gone_through(self, api: Sequence[int]) -> ApiCourse:
        """The same, every month of every period by itself."""
        assert self._laid is not None
        prepaid = self._laid.prepaid and not self._as_used
        used = replace(self._laid, prepaid=prepaid)
        told = cost(used, api, share=self._share, monthly=True)
        unused = [_NIL] * self._months
        for period, sums in zip(used.periods, told.periods, strict=True):
            unused[period.months[-1]] = _NIL if prepaid else sums.forfeited
        due = told if used == self._laid else cost(self._laid, api, share=self._share, monthly=True)
        return ApiCourse(told.by_month, tuple(unused), due.by_month)


@dataclass(frozen=True, slots=True)
class _Line:
    """The cost of all usage so far in a period, piece by piece: ``level + slope * used`` up to the next of
    ``ends`` (in whole micro-units, that one belonging to the next piece already). ``left`` is the same for
    what is not used yet, which is due where the period ``closes``; ``first`` is due at once. All is held
    times ``scale``."""

    months: tuple[int, ...]
    ends: tuple[int, ...]
    levels: tuple[int, ...]
    slopes: tuple[int, ...]
    scale: int
    first: int
    left: tuple[tuple[int, int], ...]
    closes: bool

    def along(self, api: Sequence[int], rows: tuple[list[Fraction], list[Fraction]]) -> None:
        """Adds each month's cost, and what is unused at the end."""
        found, unused = rows
        used, before, scale = 0, 0, self.scale
        begun = self.first
        for place in self.months:
            used += api[place]
            piece = bisect_right(self.ends, used)
            so_far = self.levels[piece] + self.slopes[piece] * used
            found[place] = Fraction(so_far - before + begun, scale)
            before, begun = so_far, 0
        if self.closes:
            level, slope = self.left[bisect_right(self.ends, used)]
            last = self.months[-1]
            unused[last] = Fraction(level + slope * used, scale)
            found[last] += unused[last]


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of all periods, and the places of months outside them."""

    periods: tuple[_Line, ...]
    outside: Sequence[int]
    share: Fraction

    def along(self, api: Sequence[int], months: int) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
        """What months cost, and the part of it that is unused."""
        rows = [_NIL] * months, [_NIL] * months
        for place in self.outside:
            rows[0][place] = api[place] * self.share
        for line in self.periods:
            line.along(api, rows)
        return tuple(rows[0]), tuple(rows[1])


def _line(schedule: Schedule, period: Period, share: Fraction) -> _Line:
    """The pieces of a period: its lots in order, then what is beyond them."""
    ends: list[Fraction] = []
    costs: list[tuple[Fraction, Fraction]] = []  # level and slope of the cost
    left: list[tuple[Fraction, Fraction]] = []
    payable = sum((lot.left * schedule.pays(lot) for lot in period.lots), _NIL)
    used = paid = drawn = _NIL
    for lot in period.lots:
        rate = share * (1 - lot.discount)
        draws = schedule.pays(lot) if schedule.in_list else rate  # money of the commitment, per list price
        width = lot.left if schedule.in_list else (lot.left / rate if rate else None)
        slope = _NIL if schedule.prepaid else rate
        costs.append((paid - slope * used, slope))
        left.append((_NIL, _NIL) if schedule.prepaid else (payable - drawn + draws * used, -draws))
        if width is None:
            break
        used, paid, drawn = used + width, paid + slope * width, drawn + draws * width
        ends.append(used)
    else:
        beyond = share * period.beyond
        costs.append((paid - beyond * used, beyond))
        left.append((_NIL, _NIL))
    scale = lcm(payable.denominator, *(n.denominator for pair in (*costs, *left) for n in pair))
    return _Line(
        period.months,
        tuple(ceil(end) for end in ends),
        tuple(int(level * scale) for level, _ in costs),
        tuple(int(slope * scale) for _, slope in costs),
        scale,
        int(payable * scale) if schedule.prepaid else 0,
        tuple((int(level * scale), int(slope * scale)) for level, slope in left),
        period.closes,
    )
