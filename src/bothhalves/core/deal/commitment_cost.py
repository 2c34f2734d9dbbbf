"""What a commitment makes of months of usage, in whole numbers and fractions: the amounts of ``settle``.

Thousands of scenarios are costed before one is chosen and settled. Within a period only the sum of its usage
matters, unless charges without a discount draw as well or a month has a minimum of its own; then every month
is gone through. All money is in micro-units of the currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.dates import Month

MICRO = 1_000_000
_NIL = Fraction(0)
_PARTS = ("payable", "overage", "topped_up", "used", "covered", "drawn", "forfeited", "rolled", "open")


def micro(amount: Decimal) -> Fraction:
    """Units of a currency as micro-units."""
    return Fraction(amount) * MICRO


@dataclass(frozen=True, slots=True)
class Lot:
    """Committed in period ``period``: ``left``, in the commitment's own money, at ``discount``."""

    period: int
    left: Fraction
    discount: Fraction


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a commitment laid over months: the places of its months, and what was committed in it.

    ``beyond`` is the price of usage beyond it, as a multiple of list. ``following`` is the amount of the
    next period (None: the term ends here), ``closes`` False where the months end before the period does.
    """

    number: int
    months: tuple[int, ...]
    amount: Fraction
    lots: tuple[Lot, ...]
    beyond: Fraction
    following: Fraction | None
    closes: bool = True


@dataclass(frozen=True, slots=True)
class Schedule:
    """A commitment laid over consecutive months. ``outside``: places of months in which it does not run."""

    periods: tuple[Period, ...]
    months: int
    in_list: bool = False
    prepaid: bool = False
    lives: int = 0  # for how many further periods unused money lives on
    current_first: bool = False
    same_level: bool = False
    minimum: Fraction = _NIL
    outside: tuple[int, ...] = ()

    def pays(self, lot: Lot) -> Fraction:
        """What is paid for one unit of the commitment's own money."""
        return 1 - lot.discount if self.in_list else Fraction(1)


def laid(clause: CommitmentTerm, term: Term, first: Month, months: int) -> Schedule:
    """The clause of a contract with this term, over ``months`` from ``first`` on."""
    running, outside = [], []
    month = first
    for place in range(months):
        if term.runs(month):
            running.append((clause.period(term, month), place, month))
        else:
            outside.append(place)
        month = month.next
    periods = tuple(
        _period(clause, term, number, [(place, at) for _, place, at in run])
        for number, run in groupby(running, key=lambda r: r[0])
    )
    rollover = clause.rollover
    return Schedule(
        periods,
        months,
        clause.in_list,
        clause.prepaid,
        rollover.rollover if rollover else 0,
        rollover is not None and rollover.drawn == "current-first",
        rollover is not None and rollover.condition is not None,
        micro(clause.minimum_per_month or Decimal(0)),
        tuple(outside),
    )


def _period(clause: CommitmentTerm, term: Term, number: int, run: Sequence[tuple[int, Month]]) -> Period:
    amount = clause.amount_in(term, number)
    after = run[-1][1].next
    closes = not term.runs(after) or clause.period(term, after) != number
    follows = closes and term.runs(after)
    return Period(
        number,
        tuple(place for place, _ in run),
        micro(amount),
        tuple(Lot(number, micro(s.amount), Fraction(s.discount)) for s in clause.slices(amount)),
        Fraction(clause.beyond(amount)),
        micro(clause.amount_in(term, clause.period(term, after))) if follows else None,
        closes,
    )


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


def cost(
    schedule: Schedule,
    api: Sequence[int],
    fees: Sequence[int | Fraction] = (),
    share: Fraction = Fraction(1),
    *,
    monthly: bool = False,
) -> Cost:
    """What the commitment makes of ``api``, usage at list price that counts, by month.

    ``fees`` are other charges that count, drawn first in their month and without a discount; the cost holds
    what is still to be paid of them. Negotiated rates leave ``share`` of the list price. ``monthly``: what
    falls due by month is wanted too.
    """
    by_month = monthly or bool(fees) or bool(schedule.minimum)
    beside = fees or (0,) * len(api)
    due = [_NIL] * schedule.months
    for place in schedule.outside:
        due[place] = beside[place] + api[place] * share
    outside = sum(due, start=_NIL)
    found, lots = [], tuple[Lot, ...]()
    for period in schedule.periods:
        account, before = _Account(schedule, period, lots), _NIL
        for places in [(n,) for n in period.months] if by_month else [period.months]:
            account.month(
                Fraction(sum(beside[n] for n in places)), Fraction(sum(api[n] for n in places)), share
            )
            if places[-1] == period.months[-1]:
                lots = account.closed()
            if by_month:
                due[places[0]] = account.paid - before
                before = account.paid
        found.append(account.told)
    return Cost(tuple(found), tuple(due) if by_month else (), outside)


class _Account:
    """A period while it is drawn on; ``rolled`` are lots of earlier periods."""

    def __init__(self, schedule: Schedule, period: Period, rolled: Sequence[Lot]) -> None:
        self.schedule, self.period = schedule, period
        first, last = (period.lots, rolled) if schedule.current_first else (rolled, period.lots)
        self.lots = [*first, *last]
        self.parts = dict.fromkeys(_PARTS, _NIL)
        self.parts["payable"] = sum((lot.left * schedule.pays(lot) for lot in period.lots), start=_NIL)
        self.paid = self.parts["payable"] if schedule.prepaid else _NIL

    @property
    def told(self) -> PeriodCost:
        return PeriodCost(self.period.number, self.paid, **self.parts)

    def is_paid(self, lot: Lot) -> bool:
        """True if the money was paid before it is drawn."""
        return self.schedule.prepaid or lot.period < self.period.number

    def month(self, fee: Fraction, worth: Fraction, share: Fraction) -> None:
        """Fees, then usage, then what is short of the month's minimum."""
        counted = self.draw(fee, fee, "overage", banded=False)[0] if fee else _NIL
        net = worth if share == 1 else worth * share
        used, covered = self.draw(net, worth, "overage", banded=True)
        self.parts["used"] += worth
        self.parts["covered"] += covered
        if self.schedule.minimum and (gap := self.schedule.minimum - counted - used) > 0:
            self.draw(gap, gap, "topped_up", banded=False)

    def draw(self, net: Fraction, worth: Fraction, beyond: str, *, banded: bool) -> tuple[Fraction, Fraction]:
        """A charge from the lots in order, and the rest of it beyond them.

        Returns what it counts towards a minimum, and how much of its worth the lots covered.
        """
        counted = covered = _NIL
        for place, lot in enumerate(self.lots):
            if not net:
                return counted, covered
            rate = 1 - lot.discount if banded else Fraction(1)
            need = worth if self.schedule.in_list else net * rate
            if need <= lot.left:
                taken, part, share = need, net, worth
            else:
                taken = lot.left
                part, share = net * taken / need, worth * taken / need
            self.lots[place] = Lot(lot.period, lot.left - taken, lot.discount)
            self.parts["drawn"] += taken * self.schedule.pays(lot)
            if not self.is_paid(lot):
                self.paid += part * self.rate_paid(lot, beyond, rate)
            net, worth = net - part, worth - share
            counted, covered = counted + taken, covered + share
        due = net * self.period.beyond if banded else net
        self.parts[beyond] += due
        self.paid += due
        return counted + (worth if self.schedule.in_list else due), covered

    def rate_paid(self, lot: Lot, beyond: str, rate: Fraction) -> Fraction:
        """What is paid for a unit of a charge that a lot covers; a minimum is paid as the commitment is."""
        return self.schedule.pays(lot) if beyond == "topped_up" else rate

    def closed(self) -> tuple[Lot, ...]:
        """What lives on after the period. What was not paid before it is lost or rolled is paid now."""
        if not self.period.closes:
            self.parts["open"] = sum((lot.left * self.schedule.pays(lot) for lot in self.lots), start=_NIL)
            return ()
        kept = []
        for lot in (x for x in self.lots if x.left):
            worth = lot.left * self.schedule.pays(lot)
            if not self.is_paid(lot):
                self.paid += worth
            lives = self.lives(lot)
            self.parts["rolled" if lives else "forfeited"] += worth
            kept += [lot] if lives else []
        return tuple(kept)

    def lives(self, lot: Lot) -> bool:
        """True if the lot can be drawn in the following period."""
        after = self.period.following
        if after is None or self.period.number + 1 > lot.period + self.schedule.lives:
            return False
        return not self.schedule.same_level or after >= self.period.amount
