"""What months of use cost on a path: month by month, never at their mean.

An allowance is lost at the end of a month, so 0, 0 and 210 cost something else than three months of 70.
Months without use are months: the fee runs on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.regions import POINT_ZERO, Range, difference
from bothhalves.core.paths.schedules import Schedule, metered


@dataclass(frozen=True, slots=True)
class Use:
    """A month's use between ``low`` and ``high``; ``high`` None: at least ``low``."""

    low: Decimal
    high: Decimal | None

    @staticmethod
    def of(value: Decimal) -> Use:
        return Use(value, value)

    @staticmethod
    def at_least(value: Decimal) -> Use:
        """What was seen of use that a limit held back, or of which a part has no price."""
        return Use(value, None)

    @property
    def is_point(self) -> bool:
        return self.low == self.high


NO_USE = Use(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Option:
    """One path as a person can take it: its ``schedule``, and what it binds to.

    ``annual``: the fee runs for all ``term_months``, used or not; else it can be stopped each month.
    """

    id: str
    schedule: Schedule
    annual: bool = False
    term_months: int = 12


def sum_of_months(schedule: Schedule, months: Iterable[Use]) -> Range:
    """What the months cost together."""
    low, high = total_of_months(schedule, months)
    return Range(Fraction(low), None if high is None else Fraction(high))


def total_of_months(schedule: Schedule, months: Iterable[Use]) -> tuple[Decimal, Decimal | None]:
    """The least and the most (None: without end) that the months cost together."""
    low, high = ZERO, ZERO
    endless = False
    for use in months:
        least = schedule.of(use.low)
        most = least if use.is_point else schedule.of_interval(use.low, use.high)[1]
        low = EXACT.add(low, least)
        endless = endless or most is None
        high = EXACT.add(high, most or ZERO)
    return low, None if endless else high


def expected(schedule: Schedule, months: Sequence[Use]) -> Range:
    """E[S(u)]: the mean monthly cost over the months observed. ``ValueError`` without a month."""
    if not months:
        raise ValueError("no month was observed")
    return sum_of_months(schedule, months).over(len(months))


def mean_use(months: Sequence[Use]) -> Range:
    """The mean monthly use; ``ValueError`` without a month."""
    return expected(metered(), months)


def difference_of_months(one: Schedule, other: Schedule, months: Iterable[Use]) -> Range:
    """What ``one`` can cost more than ``other`` over the months together, both at the same use."""
    found = POINT_ZERO
    for use in months:
        found = found + difference(one, other, use.low, use.high)
    return found


def monthly(option: Option, months: Sequence[Use], need: int | None = None) -> Range:
    """What a month of need costs on the option, its whole term paid for.

    The months observed stand for those to come. ``need`` is in how many months of the term the person needs
    a path at all (None: in all): an annual fee F is due for the whole term, so that its 12 F are set against
    the metered cost of the months of need alone.
    """
    rest = idle_fee(option, need)
    return expected(option.schedule, months) + Range(rest, rest)


def idle_fee(option: Option, need: int | None) -> Fraction:
    """The fee of the months of the term without need, spread over those with."""
    if need is None or not option.annual:
        return Fraction(0)
    if not 0 < need <= option.term_months:
        raise ValueError(f"{need} months of need in a term of {option.term_months}")
    return Fraction(option.schedule.fee) * (option.term_months - need) / need
