"""Which path a person's months are cheapest on, and whether that is sure enough to move.

A move needs to save more than the hold (20% unless told otherwise) of what the current path costs; ties and
smaller differences keep the current path. Where use is an interval, the answer counts only if it holds on the
whole of it: otherwise the person is undecided, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.money import EXACT
from bothhalves.core.paths.breakpoints import Breakpoint
from bothhalves.core.paths.expected import (
    Option,
    Use,
    difference_of_months,
    expected,
    idle_fee,
    mean_use,
    monthly,
)
from bothhalves.core.paths.regions import Range
from bothhalves.core.paths.schedules import ONE, Schedule

HOLD = Decimal("0.2")
LIGHT = Decimal("0.8")
HEAVY_TIMES = Decimal(3)


class Reason(StrEnum):
    """Why a person keeps a path or takes another."""

    CHEAPER = "cheaper"
    KEPT = "kept"  # the current path is the cheapest
    HELD = "held"  # another is cheaper, by less than the hold
    UNDECIDED = "undecided"  # not all that the use can be says the same


Costs = tuple[tuple[str, Range], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``path`` to be on; None: undecided, which keeps the current one until ``rivals`` are told apart.

    ``costs`` are the costs of a month of need by path, ``saving`` what the move saves of them. ``sure`` are
    the paths of which each by itself would be taken.
    """

    path: str | None
    reason: Reason
    costs: Costs
    saving: Range | None = None
    rivals: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """The months on which options are compared, and in how many of the term there is need."""

    months: Sequence[Use]
    need: int | None

    def gap(self, one: Option, other: Option, share: Decimal = ONE) -> Range:
        """What ``one`` costs beyond ``share`` of what ``other`` does in a month, at the same use."""
        bar = other.schedule if share == ONE else other.schedule.scaled(share)
        found = difference_of_months(one.schedule, bar, self.months).over(len(self.months))
        if self.need is None:
            return found
        rest = idle_fee(one, self.need) - idle_fee(other, self.need) * Fraction(share)
        return found + Range(rest, rest)


def verdict(
    current: Option | None,
    others: Sequence[Option],
    months: Sequence[Use],
    hold: Decimal = HOLD,
    need: int | None = None,
) -> Verdict:
    """The path to be on, all given being eligible. ``current`` None: the person has none yet.

    ``need`` is as in :func:`monthly`. A path that blocks some of the use is not compared. ``ValueError``
    without months or paths.
    """
    enough = [o for o in others if not _falls_short(o, months)]
    options = [*([current] if current else []), *enough]
    if not months or not options:
        raise ValueError("a verdict needs a month and a path that is enough")
    case = _Case(months, need)
    costs = tuple((o.id, monthly(o, months, need)) for o in options)
    if current is None:
        return _cheapest(options, case, costs)
    held = {o.id: case.gap(o, current, EXACT.subtract(ONE, hold)) for o in enough}
    plain = {o.id: case.gap(o, current) for o in enough}
    maybe = [o for o in enough if _may_move(held[o.id], plain[o.id])]
    if not maybe:
        cheaper = any(g.low is None or g.low < 0 for g in plain.values())
        return Verdict(current.id, Reason.HELD if cheaper else Reason.KEPT, costs)
    sure = tuple(o.id for o in maybe if _must_move(held[o.id], plain[o.id]) and _suffices(o, months))
    if not sure:
        return Verdict(None, Reason.UNDECIDED, costs, rivals=(current.id, *(o.id for o in maybe)))
    found = _cheapest(maybe, case, costs)
    best = next((o for o in maybe if o.id == found.path), None)
    return replace(found, sure=sure, saving=None if best is None else case.gap(current, best))


def _cheapest(options: Sequence[Option], case: _Case, costs: Costs) -> Verdict:
    """The first option that is enough and that no use makes dearer than any other."""
    for option in options:
        gaps = [case.gap(option, o) for o in options if o is not option]
        if _suffices(option, case.months) and all(g.high is not None and g.high <= 0 for g in gaps):
            return Verdict(option.id, Reason.CHEAPER, costs)
    return Verdict(None, Reason.UNDECIDED, costs, rivals=tuple(o.id for o in options))


def _falls_short(option: Option, months: Sequence[Use]) -> bool:
    """True if the option would block some of the use for sure: that is no saving."""
    stop = option.schedule.stop
    return stop is not None and any(use.low > stop for use in months)


def _suffices(option: Option, months: Sequence[Use]) -> bool:
    """True if the option blocks nothing, whatever the use."""
    stop = option.schedule.stop
    return stop is None or all(use.high is not None and use.high <= stop for use in months)


def _must_move(held: Range, plain: Range) -> bool:
    """True if every use saves at least the hold, and something."""
    return held.high is not None and held.high <= 0 and plain.high is not None and plain.high < 0


def _may_move(held: Range, plain: Range) -> bool:
    """True if some use does."""
    return (held.low is None or held.low <= 0) and (plain.low is None or plain.low < 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person's use lies to a seat and the metered path; None: not sure.

    ``metered_is_light``: the metered path costs at most 80% of the seat. ``below_seat`` and ``above_seat``:
    mean use lies below, or above, all use at which the seat is cheaper. ``is_many_fees``: mean use is at
    least three fees. ``exposure`` is what the seller could charge more: mean use less the fee, a month.
    """

    mean: Range
    seat: Range
    metered: Range
    metered_is_light: bool | None
    below_seat: bool | None
    above_seat: bool | None
    is_many_fees: bool | None
    exposure: Range


def standing(
    seat: Schedule,
    path: Schedule,
    at: Breakpoint,
    months: Sequence[Use],
    share: Decimal = LIGHT,
    times: Decimal = HEAVY_TIMES,
) -> Standing:
    """The quantities that labels such as light and heavy are made of."""
    mean, fee = mean_use(months), Fraction(seat.fee)
    bar = difference_of_months(path, seat.scaled(share), months)
    low, high = at.low, at.high
    return Standing(
        mean,
        expected(seat, months),
        expected(path, months),
        _not_above(bar, Fraction(0)),
        _not_above(mean, low) if low is not None else True,
        _not_below(mean, high) if high is not None else False,
        _not_below(mean, fee * Fraction(times)),
        mean + Range(-fee, -fee),
    )


def _not_above(found: Range, bar: Fraction) -> bool | None:
    if found.high is not None and found.high <= bar:
        return True
    return False if found.low is not None and found.low > bar else None


def _not_below(found: Range, bar: Fraction) -> bool | None:
    if found.low is not None and found.low >= bar:
        return True
    return False if found.high is not None and found.high < bar else None
