"""What a tool or a lever costs to build and to keep, and whether its saving ever pays that back.

The build is paid at time 0. Saving, upkeep and running costs begin with the go-live month and fall at the end
of each month. Practice puts the upkeep of software at 15 to 25 % of its build a year; that is weak evidence,
so it is a parameter with a visible default.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import ceil

from bothhalves.core.money import EXACT, ZERO, quotient

UPKEEP = Decimal("0.2")
INTEREST = Decimal("0.1")
#: A saving that does not repay its tool within so many months is not worth building.
REPAYS_WITHIN = 12
#: Roots and discounting are irrational; fifty digits are far below any cent.
DISCOUNTING = Context(prec=50, rounding=ROUND_HALF_EVEN)
_TWELVE = Decimal(12)
_PLACES = Decimal("1E-12")


@dataclass(frozen=True, slots=True)
class Engineering:
    """``hours`` at ``rate`` and ``once`` build it; ``upkeep`` of that a year and ``run`` a month keep it.

    ``live`` is the number of the month in which it goes live, 1 for the first one; None: nobody has said
    when, so it saves nothing. Money is in one currency; nothing is below zero.
    """

    hours: Decimal = ZERO
    rate: Decimal = ZERO
    once: Decimal = ZERO
    run: Decimal = ZERO
    live: int | None = 1
    upkeep: Decimal = UPKEEP

    @property
    def build(self) -> Decimal:
        return EXACT.fma(self.hours, self.rate, self.once)

    @property
    def upkeep_a_month(self) -> Decimal:
        """A twelfth of the yearly upkeep, to the twelfth place."""
        return quotient(Fraction(self.build) * Fraction(self.upkeep), 12)

    @property
    def month(self) -> Decimal:
        """What each live month costs: upkeep and running."""
        return EXACT.add(self.upkeep_a_month, self.run)

    def is_live(self, month: int) -> bool:
        return self.live is not None and month >= self.live


def nets(work: Engineering, saving: Decimal, months: int) -> list[Decimal]:
    """What months 1 to ``months`` leave of a gross ``saving`` a month from go-live on, without the build."""
    net = EXACT.subtract(saving, work.month)
    return [net if work.is_live(month) else ZERO for month in range(1, months + 1)]


def payback(work: Engineering, saving: Decimal) -> int | None:
    """The first month with a cumulative net of zero or more; None: never.

    Where there is nothing to build that is the go-live month, unless keeping it costs more than it saves.
    """
    net = EXACT.subtract(saving, work.month)
    if work.live is None or net < 0 or (net == 0 and work.build):
        return None
    if not work.build:
        return work.live
    return work.live - 1 + ceil(Fraction(work.build) / Fraction(net))


def is_worth_building(work: Engineering, saving: Decimal, within: int = REPAYS_WITHIN) -> bool:
    """True if the saving is above zero and repays the build within ``within`` months."""
    month = payback(work, saving)
    return saving > 0 and month is not None and month <= within


def net_present_value(
    work: Engineering, saving: Decimal, months: int, interest: Decimal = INTEREST
) -> Decimal:
    """The build and the nets of ``months`` at ``interest`` a year, (1 + interest)^(1/12) a month.

    Rounded half-up at the twelfth place. ``ValueError`` for interest of -100 % or below.
    """
    if interest <= -1:
        raise ValueError("interest is above -100 %")
    growth = DISCOUNTING.power(DISCOUNTING.add(1, interest), DISCOUNTING.divide(1, _TWELVE))
    value, worth = DISCOUNTING.minus(work.build), Decimal(1)
    for net in nets(work, saving, months):
        worth = DISCOUNTING.divide(worth, growth)
        value = DISCOUNTING.fma(net, worth, value)
    return value.quantize(_PLACES, rounding=ROUND_HALF_UP, context=DISCOUNTING)


def annualised(work: Engineering, months: int) -> Decimal:
    """A year of the build spread over a horizon of ``months``, and of keeping it, to the twelfth place."""
    if months < 1:
        raise ValueError("a horizon has at least one month")
    build, kept = Fraction(work.build), Fraction(work.build) * Fraction(work.upkeep)
    return quotient(build * 12 / months + kept + 12 * Fraction(work.run))


def break_even_people(work: Engineering, months: int, saved: Decimal) -> int | None:
    """How many people must use it if each saves ``saved`` a month; None: no number will do."""
    return ceil(Fraction(annualised(work, months)) / (12 * Fraction(saved))) if saved > 0 else None
