"""What a commitment makes of months of usage, in whole numbers: the amounts of ``settle``.

Thousands of scenarios are costed before one is chosen and settled. So what is committed is held as the usage
at list price that it covers, times a scale at which all of it is a whole number: usage then only takes away.
Within a period the sum of its usage matters, unless charges without a discount draw as well or a month has a
minimum of its own; then every month is gone through. All money is in micro-units of the currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter

from bothhalves.core.deal.commitment_draws import Account, Held, Number, ScaledPeriod, scaled
from bothhalves.core.deal.commitment_schedule import MICRO, Schedule, laid, micro

__all__ = ["MICRO", "Cost", "Drawing", "PeriodCost", "Schedule", "cost", "laid", "micro"]
_NIL = Fraction(0)
_NONE: Number = 0


@dataclass(frozen=True, slots=True)
class PeriodCost:
    """What a period comes to.

    ``paid`` falls due in it. ``payable`` is what its own commitment costs, used or not; ``overage`` what was
    paid beyond it, ``topped_up`` what a month's minimum added beyond it. ``used`` is usage at list price,
    ``covered`` the part of it that commitments covered. ``drawn`` is the money of commitments that went, to
    usage, fees and minimums; ``forfeited`` what was lost at the end of the period, ``rolled`` what lives on.
    So ``payable`` and what was rolled into the period are ``drawn``, ``forfeited`` and ``rolled`` together,
    once it has closed; ``open`` is what is left before.
    """

    period: int
    paid: Fraction = _NIL
    payable: Fraction = _NIL
    overage: Fraction = _NIL
    topped_up: Fraction = _NIL
    used: Fraction = _NIL
    covered: Fraction = _NIL
    drawn: Fraction = _NIL
    forfeited: Fraction = _NIL
    rolled: Fraction = _NIL
    open: Fraction = _NIL


@dataclass(frozen=True, slots=True)
class Cost:
    """``by_month`` is what falls due in each month if months were gone through, else empty. ``outside`` is
    usage at list price in months without the commitment, which is paid as it is."""

    periods: tuple[PeriodCost, ...]
    by_month: tuple[Fraction, ...] = ()
    outside: Fraction = _NIL

    def total(self, part: str) -> Fraction:
        """The sum of a part over all periods, such as ``forfeited``."""
        return sum((getattr(p, part) for p in self.periods), start=_NIL)

    @property
    def paid(self) -> Fraction:
        """All that falls due: in the periods, and outside them."""
        return self.total("paid") + self.outside

    @property
    def used(self) -> Fraction:
        """All usage at list price."""
        return self.total("used") + self.outside


@dataclass(frozen=True, slots=True)
class Course:
    """What falls due in each month. Of it ``shortfall`` pays at the end of a period for what it did not use;
    ``relief`` is what fees cost less in a month than they are, drawn from money that was paid before."""

    paid: tuple[Fraction, ...]
    shortfall: tuple[Fraction, ...]
    relief: tuple[Fraction, ...]


def cost(
    schedule: Schedule,
    api: Sequence[int],
    fees: Sequence[Number] = (),
    share: Fraction = Fraction(1),
    *,
    monthly: bool = False,
) -> Cost:
    """What the commitment makes of ``api``, usage at list price that counts, by month.

    ``fees`` are other charges that count, drawn first in their month and without a discount; the cost holds
    what is still to be paid of them. Negotiated rates leave ``share`` of the list price. ``monthly``: what
    falls due by month is wanted too.
    """
    return Drawing(schedule, share, beside=bool(fees)).cost(api, fees, monthly=monthly)


class Drawing:
    """A commitment laid over months, ready for many scenarios; see :func:`cost`. ``beside``: fees draw on it.

    ``unit`` is the scale of usage. ``scale`` is that of money, which is held times ``unit`` too.
    """

    def __init__(self, schedule: Schedule, share: Fraction = Fraction(1), *, beside: bool = False) -> None:
        self.schedule, self.share = schedule, share
        self._by_month = beside or bool(schedule.minimum)
        self._terms = terms = scaled(schedule, share or Fraction(1), fees=self._by_month)
        self.unit, self.scale = terms.unit, terms.unit * terms.quote
        self._usage = terms.unit if share else 0  # usage that costs nothing draws nothing
        at_rates = schedule.in_list and self.share != 1
        mixed = beside and (schedule.in_list or not terms.is_even)
        closes = all(p.closes for p in schedule.periods)
        self._is_sure = closes and not (schedule.minimum or at_rates or mixed)
        self._payable = sum(p.payable for p in terms.periods)
        self._swaths = [
            (
                p.months[0],
                p.months[-1] + 1,
                [(p.number, lot.width, lot.worth) for lot in p.lots if lot.width],
                sum(lot.width for lot in p.lots),
                p,
            )
            for p in terms.periods
        ]

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        """What all that is committed covers would cost at most without it; and what is payable for it."""
        terms = self._terms
        over = max((p.beyond for p in terms.periods), default=_NONE)
        covers = sum(
            lot.width * max(over, lot.fees * terms.fee_price, lot.worth)
            for p in terms.periods
            for lot in p.lots
        )
        return Fraction(covers) / self.scale, Fraction(self._payable) / self.scale

    def paid(self, api: Sequence[int], fees: Sequence[Number] = ()) -> Number:
        """All that falls due."""
        return Fraction(self.due(api, fees)) / self.scale

    def due(self, api: Sequence[int], fees: Sequence[Number] = ()) -> Number:
        """The same times the scale."""
        if self._is_sure:
            found = self._payable + self._swept(api, fees)[0]
        else:
            found = sum([period.paid for period in self._drawn(api, fees)])
        return found + self.outside(api, fees) * self.scale if self.schedule.outside else found

    def sums(self, api: Sequence[int], fees: Sequence[Number] = ()) -> tuple[Number, ...]:
        """What all periods come to, times the scale: all that falls due in them, what is forfeited, what is
        paid beyond the commitment, and how much usage that covered."""
        quote = self._terms.quote
        if self._is_sure:
            beyond, lost, covered = self._swept(api, fees)
            return self._payable + beyond, lost, beyond, covered * quote
        rows = [
            (one.paid, one.forfeited, one.overage + one.topped_up, one.covered * quote)
            for one in self._drawn(api, fees)
        ]
        return tuple(map(sum, zip(*rows, strict=True))) if rows else (0, 0, 0, 0)

    def _swept(self, api: Sequence[int], fees: Sequence[Number]) -> tuple[Number, Number, Number]:
        """What is beyond, forfeited and covered where all that is committed is paid, whatever is used."""
        beyond: Number = 0
        lost: Number = 0
        covered: Number = 0
        rolled: list[_Width] = []
        first, fee = self.schedule.current_first, self._terms.fee
        for begin, end, own, size, period in self._swaths:
            lots, left = own, size
            if rolled:
                lots = own + rolled if first else rolled + own
                left += sum([width for _, width, _ in rolled])
            used: Number = sum(api[begin:end]) * self._usage
            needed = reached = used
            if fees:
                charges = [charge * fee for charge in fees[begin:end]]
                needed = reached = used + sum(charges)
                if needed > left or min(charges) < 0:
                    reached, needed, used, over = self._crossing(api[begin:end], charges, left, period)
                    beyond += over
            elif needed > left:
                beyond += (needed - left) * period.beyond
                used = left
            covered += used
            if needed < left:
                rolled, gone = _unused(lots, needed, reached, period.oldest)
                lost += gone
            else:
                rolled = []
        return beyond, lost, covered

    def _crossing(
        self, api: Sequence[int], charges: Sequence[Number], left: Number, period: ScaledPeriod
    ) -> tuple[Number, Number, Number, Number]:
        """Month by month: the most that is drawn of what is ``left`` at a time, what is drawn at the end, how
        much usage that covers, and the money that is beyond it."""
        price = self._terms.fee_price
        drawn, most, covered, over = _NONE, _NONE, _NONE, _NONE
        if not left:
            return 0, 0, 0, sum(charges) * price + sum(api) * self._usage * period.beyond
        for worth, charge in zip(api, charges, strict=True):
            drawn += charge
            if charge < 0 and over:
                back = min(-charge, Fraction(over) / price)
                over -= back * price
                drawn += back
            elif drawn > left:
                over += (drawn - left) * price
                drawn = left
            used: Number = worth * self._usage
            free = left - drawn
            if used > free:
                over += (used - free) * period.beyond
                used = free
            covered += used
            drawn += used
            most = max(most, drawn)
        return most, drawn, covered, over

    def outside(self, api: Sequence[int], fees: Sequence[Number] = ()) -> Number:
        """What falls due in months in which the commitment does not run."""
        months = self.schedule.outside
        if not months:
            return 0
        charged = sum(fees[n] for n in months) if fees else 0
        return sum(api[n] for n in months) * self.share + charged

    def cost(self, api: Sequence[int], fees: Sequence[Number] = (), *, monthly: bool = False) -> Cost:
        """All parts of every period."""
        monthly = monthly or self._by_month
        due = [_NIL] * self.schedule.months if monthly else []
        for place in self.schedule.outside if monthly else ():
            due[place] = (fees[place] if fees else 0) + api[place] * self.share
        periods, rolled = [], _NIL
        for drawn in self._drawn(api, fees, monthly=monthly):
            periods.append(self._told(drawn, api, rolled))
            rolled = periods[-1].rolled
            if monthly:
                for place, paid in zip(drawn.period.months, drawn.by_month, strict=True):
                    due[place] = Fraction(paid) / self.scale
        return Cost(tuple(periods), tuple(due), Fraction(self.outside(api, fees)))

    def course(self, api: Sequence[int], fees: Sequence[Number] = ()) -> Course:
        """Every month by itself."""
        paid, shortfall, relief = ([_NIL] * self.schedule.months for _ in range(3))
        for place in self.schedule.outside:
            paid[place] = (fees[place] if fees else 0) + api[place] * self.share
        for drawn in self._drawn(api, fees, monthly=True):
            for place, amount in zip(drawn.period.months, drawn.by_month, strict=True):
                paid[place] = Fraction(amount) / self.scale if amount else _NIL
            for place, less in zip(drawn.period.months, drawn.relief, strict=False):
                relief[place] = Fraction(less) / self.scale
            shortfall[drawn.period.months[-1]] = Fraction(drawn.shortfall) / self.scale
        return Course(tuple(paid), tuple(shortfall), tuple(relief))

    def _drawn(
        self,
        api: Sequence[int],
        fees: Sequence[Number] = (),
        *,
        monthly: bool = False,
    ) -> Iterator[Account]:
        """The periods one after the other, each drawn to its end; ``monthly``: month by month."""
        rolled: list[Held] = []
        for period in self._terms.periods:
            account = Account(self._terms, self.schedule, period, rolled)
            rows = self._rows(period, api, fees, monthly=monthly)
            for row in rows[:-1]:
                account.month(*row, last=False)
            rolled = account.month(*rows[-1], last=True)
            yield account

    def _rows(
        self,
        period: ScaledPeriod,
        api: Sequence[int],
        fees: Sequence[Number],
        *,
        monthly: bool,
    ) -> list[tuple[Number, Number]]:
        """Usage and fees of the period's months, in one sum where nothing else matters."""
        first, last = period.months[0], period.months[-1] + 1
        if not (monthly or self._by_month):
            return [(sum(api[first:last]) * self._usage, 0)]
        if not fees:
            return [(n * self._usage, 0) for n in api[first:last]]
        rows, fee = zip(api[first:last], fees[first:last], strict=True), self._terms.fee
        return [(n * self._usage, charge * fee) for n, charge in rows]

    def _told(self, drawn: Account, api: Sequence[int], before: Fraction) -> PeriodCost:
        payable, forfeited, rolled, left = (
            Fraction(n) / self.scale
            for n in (drawn.period.payable, drawn.forfeited, drawn.rolled, drawn.open)
        )
        return PeriodCost(
            drawn.period.number,
            paid=Fraction(drawn.paid) / self.scale,
            payable=payable,
            overage=Fraction(drawn.overage) / self.scale,
            topped_up=Fraction(drawn.topped_up) / self.scale,
            used=Fraction(sum(api[n] for n in drawn.period.months)),
            covered=Fraction(drawn.covered) / self.unit,
            drawn=payable + before - forfeited - rolled - left,
            forfeited=forfeited,
            rolled=rolled,
            open=left,
        )


#: A lot in the number of its period, what is left of it, and what a unit of that is worth.
_Width = tuple[int, Number, Number]


def _unused(
    lots: Sequence[_Width], needed: Number, reached: Number, oldest: int | None
) -> tuple[list[_Width], Number]:
    """What lives on of lots after less than all of them was drawn, oldest first, and the worth of what does
    not. A lot that was empty when most was drawn, ``reached``, stays so: the one after it has what was given
    back, or the last one."""
    kept, lost = list[_Width](), _NONE
    for place, (number, left, worth) in enumerate(lots):
        if reached >= left and place + 1 < len(lots):
            needed -= left
            reached -= left
            continue
        left -= needed
        needed = reached = 0
        if oldest is not None and number >= oldest:
            kept.append((number, left, worth))
        else:
            lost += left * worth
    kept.sort(key=itemgetter(0))
    return kept, lost
