"""Periods of a commitment as whole numbers, and a period while it is drawn on.

What is committed is held as the usage at list price that it covers, times ``unit``; money is held times
``unit`` and ``quote``. Where fees draw on lots of several discounts no unit makes all of it whole, and
fractions take the place of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from bothhalves.core.deal.commitment_schedule import Lot, Period, Schedule

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class ScaledLot:
    """A lot. ``width`` is the usage that it covers, which is paid at ``price``; ``worth`` is what was
    committed for a unit of it. A unit of fees takes ``per_fee`` of it, and a unit of it is ``fees``."""

    width: Number
    price: Number
    worth: Number
    per_fee: Number
    fees: Number


@dataclass(frozen=True, slots=True)
class ScaledPeriod:
    """A period. ``oldest``: what was committed in this period or later lives on (None: nothing does)."""

    number: int
    months: tuple[int, ...]
    lots: tuple[ScaledLot, ...]
    payable: Number
    beyond: Number
    oldest: int | None
    closes: bool


@dataclass(frozen=True, slots=True)
class Scaled:
    """A schedule. A micro-unit of usage is ``unit``, one of fees ``fee``, of which one is ``fee_price`` of
    money. ``is_even``: usage and fees take the same from all lots, in whichever order they come."""

    periods: tuple[ScaledPeriod, ...]
    unit: int
    quote: int
    fee: Number
    fee_price: Number
    minimum: Number
    is_even: bool


def scaled(schedule: Schedule, share: Fraction, *, fees: bool) -> Scaled:
    """The schedule where negotiated rates leave ``share`` (above zero) of list prices; ``fees`` draw too."""
    lots = [lot for period in schedule.periods for lot in period.lots]
    rates = sorted({_rate(schedule, lot, share) for lot in lots})
    even = len(rates) <= 1
    one = rates[0] if rates else Fraction(1)
    scale = _Scale(schedule, share, even, 1, 1)
    if even or not fees:
        parts = [lot.left / _rate(schedule, lot, share) for lot in lots]
        parts += [1 / one, schedule.minimum / one] if fees else []
        unit = lcm(1, *(part.denominator for part in parts))
        prices = [n for lot in lots for n in ((1 - lot.discount) * share, 1 - lot.discount)]
        beyond = [period.beyond * share for period in schedule.periods]
        scale = _Scale(
            schedule, share, even, unit, lcm(1, *(n.denominator for n in (*prices, *beyond, *rates)))
        )
    per_fee = scale.unit / one if even else Fraction(1)
    return Scaled(
        tuple(map(scale.period, schedule.periods)),
        scale.unit,
        scale.quote,
        plain(per_fee),
        plain(scale.quote * one) if even else 1,
        plain(schedule.minimum * per_fee),
        even,
    )


def _rate(schedule: Schedule, lot: Lot, share: Fraction) -> Fraction:
    """How much of a lot's own money a unit of usage takes."""
    return Fraction(1) if schedule.in_list else (1 - lot.discount) * share


def plain(number: Fraction) -> Number:
    """A whole number as such, since whole numbers are faster."""
    return number.numerator if number.denominator == 1 else number


@dataclass(frozen=True, slots=True)
class _Scale:
    schedule: Schedule
    share: Fraction
    even: bool
    unit: int
    quote: int

    def period(self, period: Period) -> ScaledPeriod:
        lots = tuple(map(self.lot, period.lots))
        return ScaledPeriod(
            period.number,
            period.months,
            lots,
            sum(lot.width * lot.worth for lot in lots),
            plain(period.beyond * self.share * self.quote),
            self.oldest(period),
            period.closes,
        )

    def lot(self, lot: Lot) -> ScaledLot:
        rate = _rate(self.schedule, lot, self.share)
        price = (1 - lot.discount) * self.share
        worth = 1 - lot.discount if self.schedule.in_list else rate
        return ScaledLot(
            plain(lot.left / rate * self.unit),
            plain(price * self.quote),
            plain(worth * self.quote),
            1 if self.even else 1 / rate,
            1 if self.even else rate,
        )

    def oldest(self, period: Period) -> int | None:
        """The first period of which unused money lives on after this one."""
        after = period.following
        if after is None or not self.schedule.lives:
            return None
        kept = not self.schedule.same_level or after >= period.amount
        return period.number + 1 - self.schedule.lives if kept else None


@dataclass(slots=True)
class Held:
    """What is ``left`` of a lot committed in ``number``; ``due``: what is drawn of it is paid now."""

    left: Number
    lot: ScaledLot
    number: int
    due: bool


class Account:
    """A period while it is drawn on, after what ``rolled`` into it. Sums are of money unless said otherwise.

    ``covered`` is usage. ``by_month`` is what fell due with each call of :meth:`month`, and ``relief`` how
    much of its fees was covered by money that was paid before.
    """

    paid: Number = 0
    overage: Number = 0
    topped_up: Number = 0
    covered: Number = 0
    shortfall: Number = 0
    forfeited: Number = 0
    rolled: Number = 0
    open: Number = 0

    def __init__(
        self, terms: Scaled, schedule: Schedule, period: ScaledPeriod, rolled: Iterable[Held]
    ) -> None:
        self.terms, self.schedule, self.period = terms, schedule, period
        own = [Held(x.width, x, period.number, not schedule.prepaid) for x in period.lots if x.width]
        self._lots = [*own, *rolled] if schedule.current_first else [*rolled, *own]
        self._at = 0
        self._beyond: Number = 0  # drawn after all lots, in money
        if schedule.prepaid:
            self.paid = period.payable
        self.by_month: list[Number] = []
        self.relief: list[Number] = []

    def month(self, usage: Number, fees: Number, *, last: bool) -> list[Held]:
        """Fees, then usage, then what is short of the month's minimum; what lives on after the ``last``."""
        before = self.paid if self.by_month else 0
        self.relief.append(self._fees(fees) if fees else 0)
        if self.terms.minimum:
            self._minimum(usage, fees)
        elif usage:
            self._used(usage)
        kept = self._closed() if last else []
        self.by_month.append(self.paid - before)
        return kept

    def _fees(self, amount: Number) -> Number:
        """Draws fees. Returns how much of them was paid before."""
        beyond, relief = self._charged(amount) if amount > 0 else self._given_back(-amount)
        self.paid += beyond
        self.overage += beyond
        return relief

    def _used(self, amount: Number) -> tuple[Number, Number]:
        """Draws usage. Returns what is beyond all lots, and how much in fees would have drawn as much."""
        lots, rest = self._lots, amount
        drawn: Number = 0
        while rest and self._at < len(lots):
            held = lots[self._at]
            taken = rest if rest <= held.left else held.left
            if taken == held.left:
                self._at += 1
            held.left -= taken
            rest -= taken
            drawn += taken * held.lot.fees
            if held.due:
                self.paid += taken * held.lot.price
        self.covered += amount - rest
        if rest:
            over = rest * self.period.beyond
            self.paid += over
            self.overage += over
            self._beyond += rest * self.terms.fee_price if self.schedule.in_list else over
        return rest, drawn

    def _minimum(self, usage: Number, fees: Number) -> None:
        """Draws usage, and then what the month is short of its minimum."""
        terms, in_list = self.terms, self.schedule.in_list
        rest, drawn = self._used(usage)
        gap = terms.minimum - fees - (usage if in_list else drawn)
        over = 0 if in_list else rest * self.period.beyond
        if over:  # nothing is left to draw from
            beyond = max(gap * terms.fee_price - over, 0)
            self._beyond += beyond
        else:
            beyond = self._charged(gap, topping=True)[0] if gap > 0 else 0
        self.paid += beyond
        self.topped_up += beyond

    def _charged(self, amount: Number, *, topping: bool = False) -> tuple[Number, Number]:
        """Draws fees, or what a minimum adds, which is paid as the lot is. Returns the money that is beyond
        all lots, and how much was paid before."""
        lots, price, rest = self._lots, self.terms.fee_price, amount
        before: Number = 0
        while rest and self._at < len(lots):
            held = lots[self._at]
            width, taken = rest * held.lot.per_fee, rest
            if width >= held.left:
                width, taken = held.left, held.left * held.lot.fees
                self._at += 1
            held.left -= width
            rest -= taken
            if not held.due:
                before += taken * price
            else:
                self.paid += width * held.lot.worth if topping else taken * price
        self._beyond += rest * price
        return rest * price, before

    def _given_back(self, amount: Number) -> tuple[Number, Number]:
        """Fees below zero: less is beyond all lots, and the rest is left in the lot that is drawn on or was
        the last one. Returns the same as for fees."""
        lots, price = self._lots, self.terms.fee_price
        over = min(amount * price, self._beyond) if lots else amount * price
        rest = amount - Fraction(over) / price if over else amount
        self._beyond = max(self._beyond - over, 0)
        if not rest:
            return -over, 0
        self._at = min(self._at, len(lots) - 1)
        held = lots[self._at]
        held.left += rest * held.lot.per_fee
        if held.due:
            self.paid -= rest * price
        return -over, 0 if held.due else -rest * price

    def _closed(self) -> list[Held]:
        """What lives on, oldest first. What was not paid before it is lost or rolled is paid now."""
        held = [one for one in self._lots[self._at :] if one.left]
        if not self.period.closes:
            self.open = sum(one.left * one.lot.worth for one in held)
            return []
        kept, oldest = [], self.period.oldest
        for one in held:
            worth = one.left * one.lot.worth
            if one.due:
                self.paid += worth
                self.shortfall += worth
                one.due = False
            if oldest is not None and one.number >= oldest:
                self.rolled += worth
                kept.append(one)
            else:
                self.forfeited += worth
        return sorted(kept, key=lambda one: one.number)
