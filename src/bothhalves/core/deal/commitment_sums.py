"""What a commitment costs in all, for thousands of scenarios: the numbers of ``commitment_cost.cost``.

What is committed is paid, used or not; so beside it only charges beyond it have to be known. Where that is
not so (list money that is drawn at another rate than it was paid at, a month's minimum, a period that the
months cut) the whole cost is asked. All money is in micro-units of the currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from bothhalves.core.deal.commitment_cost import Period, Schedule, cost
from bothhalves.core.deal.seat_sums import Money

_NIL = Fraction(0)


class CommitmentSums:
    """A commitment laid over months, for usage of which negotiated rates leave ``share``."""

    def __init__(self, schedule: Schedule, share: Fraction = Fraction(1)) -> None:
        self.schedule, self.share = schedule, share
        closes = all(p.closes for p in schedule.periods)
        at_rates = share != 1 and (schedule.in_list or not share)
        self._short = closes and not schedule.minimum and not at_rates
        self._payable = sum((x.left * schedule.pays(x) for p in schedule.periods for x in p.lots), _NIL)
        self._alone = self._short and not schedule.lives
        self._periods = [self._straight(period) for period in schedule.periods] if self._alone else []
        self._scale = lcm(1, *(p.scale for p in self._periods))

    def _straight(self, period: Period) -> _Straight:
        """A period by itself, in whole numbers."""
        rates = [Fraction(1) if self.schedule.in_list else (1 - x.discount) * self.share for x in period.lots]
        covered = sum((x.left / rate for x, rate in zip(period.lots, rates, strict=True)), _NIL)
        price = period.beyond * self.share
        return _Straight(
            period.months, covered.numerator, covered.denominator, price.numerator, price.denominator
        )

    def paid(self, api: Sequence[int], fees: Sequence[Money] = ()) -> Money:
        """All that falls due for usage at list price by month, and for fees that count."""
        if not self._short or (self.schedule.in_list and fees):
            return cost(self.schedule, api, fees, self.share).paid
        outside = sum(api[n] for n in self.schedule.outside) * self.share
        outside += sum(fees[n] for n in self.schedule.outside) if fees else 0
        if self._alone and not fees:
            return self._payable + outside + self._beyond(api)
        single = self._alone and all(len(p.lots) == 1 for p in self.schedule.periods)
        return self._payable + outside + sum((self._pooled if single else self._walked)(api, fees))

    def _beyond(self, api: Sequence[int]) -> Money:
        """Usage beyond the commitment, where each period stands by itself."""
        found = 0
        for period in self._periods:
            over = sum([api[n] for n in period.months]) * period.unit - period.covered
            if over > 0:
                found += over * period.price * (self._scale // period.scale)
        return Fraction(found, self._scale) if found else 0

    def _pooled(self, api: Sequence[int], fees: Sequence[Money]) -> Iterator[Money]:
        """What is paid beyond commitments of one lot each: all that comes after its money has gone."""
        for period in self.schedule.periods:
            (lot,) = period.lots
            rate = (1 - lot.discount) * self.share
            top, bottom, left = rate.numerator, rate.denominator, lot.left * rate.denominator
            for place, month in enumerate(period.months):
                need = fees[month] * bottom + api[month] * top
                if need > left:
                    yield from self._rest(period, place, (fees, api), Fraction(left) / bottom)
                    break
                left -= need

    def _rest(
        self, period: Period, place: int, asked: tuple[Sequence[Money], Sequence[int]], left: Fraction
    ) -> Iterator[Money]:
        """What is beyond the commitment from the month on in which ``left`` of it is drawn."""
        fees, api = asked
        own = [_Lot(0, left, 1 - period.lots[0].discount)]
        months = period.months[place:]
        yield _left(own, fees[months[0]], banded=False)
        yield _left(own, api[months[0]] * self.share, banded=True) * period.beyond
        yield sum([fees[n] for n in months[1:]])
        yield sum([api[n] for n in months[1:]]) * self.share * period.beyond

    def _walked(self, api: Sequence[int], fees: Sequence[Money]) -> Iterator[Money]:
        """What is paid beyond the commitment, draw by draw: in a month fees come before usage."""
        rolled: list[_Lot] = []
        for period in self.schedule.periods:
            own = [_Lot(x.period, x.left, self._rate(x.discount)) for x in period.lots]
            lots = [*own, *rolled] if self.schedule.current_first else [*rolled, *own]
            for places in [(n,) for n in period.months] if fees else [period.months]:
                if fees:
                    yield _left(lots, fees[places[0]], banded=False)
                used = sum(api[n] for n in places) * self.share
                yield _left(lots, used, banded=True) * period.beyond
            rolled = [lot for lot in lots if lot.money and self._lives(lot, period)]

    def _rate(self, discount: Fraction) -> Fraction:
        """How much of a lot goes for one unit of usage without its discount."""
        return Fraction(1) if self.schedule.in_list else 1 - discount

    def _lives(self, lot: _Lot, period: Period) -> bool:
        """True if the lot can be drawn in the following period."""
        after = period.following
        if after is None or period.number + 1 > lot.period + self.schedule.lives:
            return False
        return not self.schedule.same_level or after >= period.amount


@dataclass(frozen=True, slots=True)
class _Straight:
    """A period of which only the sum of its usage matters: ``covered / unit`` is at no further cost, and the
    rest at ``price / per`` each."""

    months: tuple[int, ...]
    covered: int
    unit: int
    price: int
    per: int

    @property
    def scale(self) -> int:
        return self.unit * self.per


@dataclass(slots=True)
class _Lot:
    """Committed in ``period``: ``money`` that is left, of which usage takes ``rate`` a unit."""

    period: int
    money: Money
    rate: Fraction


def _left(lots: list[_Lot], charge: Money, *, banded: bool) -> Money:
    """What is left of a charge when the lots, drawn in their order, are used up."""
    for lot in lots:
        if not charge:
            break
        need = charge * lot.rate if banded else charge
        if need <= lot.money:
            lot.money, charge = lot.money - need, 0
        else:
            charge -= lot.money / lot.rate if banded else lot.money
            lot.money = 0
    return charge
