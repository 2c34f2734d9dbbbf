"""Seats at a fee: what a contract says of one seat type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.proration import Proration
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.dates import Month
from bothhalves.core.money import EXACT, ZERO

_REMOVALS = ("at-renewal", "at-once", "credit-next-month")
_BREAKS_ARE = ("all-units", "incremental")


@dataclass(frozen=True, slots=True)
class Break:
    """``fee`` per seat-month from so many seats on, that seat included."""

    from_: int
    fee: Decimal


@dataclass(frozen=True, slots=True)
class SeatTerm:
    """``committed`` seats of ``type`` at ``fee`` per seat-month.

    ``labels`` are what rosters call this seat type. ``billed`` is ``monthly`` or ``annual``; the fee is
    always the monthly figure, and an annual one cannot be stopped within the term. ``plan`` names a plan of
    the books, which says what the clause leaves out. ``used_by`` is how many people are known to use them.

    At least ``minimum`` seats are charged, and no more than ``maximum`` can be held. ``breaks`` change the
    fee with the number of seats: of ``all-units`` or, ``incremental``, of those from the break on.
    ``list_fee`` is what true-ups at list are charged at. Seats beyond the committed ones are charged if
    ``true_up``, ``proration`` or ``removals`` speaks of them: ``removals`` count ``at-renewal`` (seats only
    rise), ``at-once``, or from the next month on with a credit for the rest of this one
    (``credit-next-month``). ``co_term`` is the first day after the main term, with which these seats end.
    """

    type: str
    product: str
    committed: int
    fee: Decimal
    billed: str = "monthly"
    labels: tuple[str, ...] = ()
    plan: str = ""
    used_by: int | None = None
    from_: date | None = None
    until: date | None = None
    minimum: int = 0
    maximum: int | None = None
    list_fee: Decimal | None = None
    breaks: tuple[Break, ...] = ()
    breaks_are: str = ""
    true_up: TrueUp | None = None
    proration: Proration | None = None
    removals: str = ""
    renewal: Renewal | None = None
    co_term: date | None = None

    def fault(self) -> str | None:
        return next((said for wrong, said in self._faults() if wrong), None)

    def _faults(self) -> Iterator[tuple[bool, str]]:
        yield self.billed not in ("monthly", "annual"), "billed is monthly or annual"
        yield self.removals not in ("", *_REMOVALS), f"removals is {', '.join(_REMOVALS)}"
        agreed = self.renewal.fee if self.renewal else None
        yield bool(self.breaks) and agreed is not None, "a fee for the renewal goes with no breaks"
        yield self.breaks_are not in ("", *_BREAKS_ARE), "breaks_are is all-units or incremental"
        yield min(self.committed, self.minimum, 0) < 0, "seats are not below zero"
        amounts = [self.fee, self.list_fee or ZERO, *(b.fee for b in self.breaks)]
        yield min(amounts) < 0, "a fee is not below zero"
        starts = [b.from_ for b in self.breaks]
        yield starts != sorted({s for s in starts if s > 1}), "breaks rise, from the second seat on"
        fewest = max(self.committed, self.minimum)
        above = self.maximum is not None and fewest > self.maximum
        yield above, f"{fewest} seats are charged, and at most {self.maximum} can be held"
        rule = self.rule
        yield rule is not None and rule.rate == "list" and self.list_fee is None, "rate: list needs list_fee"
        early = self.removals in ("at-once", "credit-next-month")
        yield rule is not None and early == rule.ratchets and bool(self.removals), _CONTRADICTION
        yield self.billed == "annual" and early, "seats with an annual fee are removed at-renewal"
        yield self.proration is not None and not self._prorates, _NOT_PRORATED
        starts_after = self.from_ is not None and self.co_term is not None and self.co_term <= self.from_
        yield starts_after, "co_term is after from"

    @property
    def _prorates(self) -> bool:
        """True if the true-up, if any, counts assigned seats month by month, so that days can be charged."""
        rule = self.rule.stated if self.rule else TrueUp().stated
        apart = rule.method == "snapshot" or (self.billed == "annual" and not rule.ratchets)
        return rule.at_once and rule.measured_on == "provisioned" and not apart

    @property
    def rule(self) -> TrueUp | None:
        """How seats beyond the committed ones are counted; None: they are not charged."""
        early = self.removals in ("at-once", "credit-next-month")
        if self.true_up is not None:
            unsaid = early and not self.true_up.method
            return replace(self.true_up, method="actual") if unsaid else self.true_up
        if self.proration is None and not self.removals:
            return None
        return TrueUp("month", "provisioned", "actual" if early else "high-water", "contract", "up-only")

    @property
    def ends(self) -> date | None:
        """The first day on which the clause no longer holds, where it says so."""
        if self.until is None or self.co_term is None:
            return self.until or self.co_term
        return min(self.until, self.co_term)

    def charged(self, month: Month) -> bool:
        """True if the clause charges ``month``: a month begun counts whole, and that of the end is free."""
        start, until, now = self.from_, self.ends, (month.year, month.number)
        begun = start is None or (start.year, start.month) <= now
        return begun and (until is None or now < (until.year, until.month))

    def renewed(self, times: int) -> tuple[SeatTerm, Decimal]:
        """The clause after so many renewals, and what its fees are then multiplied by."""
        own = self.renewal or Renewal()
        if own.fee is None or times == 0:
            return self, own.factor(times)
        return replace(self, fee=own.fee), own.factor(times - 1)

    @property
    def id(self) -> str:
        return f"seats/{self.type}" + (f"@{self.from_}" if self.from_ else "")

    @property
    def prorated_start(self) -> date | None:
        """The day in mid-month on which the committed seats begin, if they are charged by the day."""
        daily = self.proration is not None and self.proration.daily
        return self.from_ if daily and self.from_ is not None and self.from_.day > 1 else None

    def fees(
        self, factor: Decimal, after: Fraction, upto: Fraction, total: Fraction
    ) -> Iterator[tuple[Fraction, Decimal, str]]:
        """The seats ``after`` one number ``upto`` another as parts with their fee, where ``total`` are held.

        With ``upto`` below ``after`` the parts are negative. The text names the break, if one is reached.
        """
        if upto < after:
            for seats, fee, note in self.fees(factor, upto, after, total):
                yield -seats, fee, note
            return
        if self.breaks_are == "incremental":
            yield from self._by_break(factor, after, upto)
        elif upto > after:
            yield upto - after, *self._fee_at(factor, total)

    def _by_break(
        self, factor: Decimal, after: Fraction, upto: Fraction
    ) -> Iterator[tuple[Fraction, Decimal, str]]:
        begins = [1, *(b.from_ for b in self.breaks)]
        for number, begin in enumerate(begins):
            end = Fraction(begins[number + 1] - 1) if number + 1 < len(begins) else upto
            low, high = max(after, Fraction(begin - 1)), min(upto, end)
            if high > low:
                yield high - low, *self._fee_at(factor, Fraction(begin))

    def _fee_at(self, factor: Decimal, seats: Fraction) -> tuple[Decimal, str]:
        """The fee that so many seats reach."""
        reached = [b for b in self.breaks if b.from_ <= seats]
        fee = reached[-1].fee if reached else self.fee
        return EXACT.multiply(fee, factor), f", from {reached[-1].from_}" if reached else ""

    def assumptions(self) -> list[str]:
        """What is taken for granted where the clause is silent."""
        said = self.true_up.assumptions() if self.true_up and self.rule == self.true_up else []
        said += self.proration.assumptions(self.billed) if self.proration else []
        if self.rule and self.rule.grace:
            said.append("an excess beyond the grace is charged whole.")
        if self.breaks and not self.breaks_are:
            said.append("breaks_are is not stated; a break holds for all units.")
        if self.proration and not self.removals and not self.true_up:
            said.append("removals is not stated; seats are removed at renewal.")
        return [f"{self.id}: {sentence}" for sentence in said]


_CONTRADICTION = "a high-water mark goes with removals at-renewal, and other methods do not"
_NOT_PRORATED = (
    "seats are prorated if they are counted as assigned, month by month, by high-water or actual; "
    "a window measured otherwise is charged in whole seat-months"
)


def fault_of(terms: Iterable[SeatTerm], minimum: int | None, fee: Decimal | None) -> str | None:
    """What is wrong with the seat clauses of one contract together."""
    found = list(terms)
    if (minimum or 0) < 0 or (fee or ZERO) < 0:
        return "minimum_seats and minimum_seats_fee are not below zero"
    if len({t.id for t in found}) < len(found):
        return "two seat clauses of one type begin together: give one of them from, or add them up"
    counting = [t for t in found if t.rule]
    for number, term in enumerate(counting):
        for other in counting[number + 1 :]:
            if term.type == other.type and overlap(term, other):
                return f"{term.type}: two clauses in force together count the seats beyond the committed ones"
    return None


def overlap(one: SeatTerm, other: SeatTerm) -> bool:
    """True if there is a day on which both clauses are in force."""

    def begins(term: SeatTerm) -> date:
        return term.from_ or date.min

    first, second = sorted((one, other), key=begins)
    return first.ends is None or begins(second) < first.ends
