"""What a commitment costs in all, for thousands of scenarios: the numbers of ``commitment_cost.cost``.

What is committed is paid, used or not; so beside it only charges beyond it have to be known. Where that is
not so (list money that is drawn at another rate than it was paid at, a month's minimum, a period that the
months cut) the whole cost is asked. All money is in micro-units of the currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

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
        self._covered = [self._covers(period) for period in schedule.periods] if self._short else []

    def _covers(self, period: Period) -> Fraction:
        """Usage at list price that the period's own commitment covers."""
        rates = (Fraction(1) if self.schedule.in_list else (1 - x.discount) * self.share for x in period.lots)
        return sum((x.left / rate for x, rate in zip(period.lots, rates, strict=True)), _NIL)

    def paid(self, api: Sequence[int], fees: Sequence[Money] = ()) -> Money:
        """All that falls due for usage at list price by month, and for fees that count."""
        if not self._short or (self.schedule.in_list and fees):
            return cost(self.schedule, api, fees, self.share).paid
        outside = sum(api[n] for n in self.schedule.outside) * self.share
        outside += sum(fees[n] for n in self.schedule.outside) if fees else 0
        alone = not self.schedule.lives and not fees
        return self._payable + outside + (self._beyond(api) if alone else sum(self._walked(api, fees)))

    def _beyond(self, api: Sequence[int]) -> Money:
        """Usage beyond the commitment, where each period stands by itself."""
        found: Money = 0
        for period, covered in zip(self.schedule.periods, self._covered, strict=True):
            over = sum(api[n] for n in period.months) - covered
            if over > 0:
                found += over * period.beyond * self.share
        return found

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
