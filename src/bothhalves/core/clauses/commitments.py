"""A commitment to spend: how much in a period, at which discount, what counts, what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from bothhalves.core.clauses.base import EVERYTHING, MeteredUse, Percent, Scope, Term
from bothhalves.core.clauses.due import KINDS
from bothhalves.core.dates import Month
from bothhalves.core.money import EXACT, ZERO

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def periods(text: str) -> int:
    """``1 period`` or ``2 periods`` as a number."""
    number, _, word = text.strip().partition(" ")
    whole = number.isascii() and number.isdigit() and len(number) < 4
    if not whole or word not in ("", "period", "periods"):
        raise ValueError(f"expected a number of periods such as 1 period, found {text[:20]!r}")
    return int(number)


@dataclass(frozen=True, slots=True)
class Band:
    """``discount`` for commitments of ``from_`` and more."""

    from_: Decimal
    discount: Percent

    def fault(self) -> str | None:
        if self.from_ < 0:
            return "from is not below zero"
        return None if 0 <= self.discount < 1 else "discount is at least 0% and below 100%"


@dataclass(frozen=True, slots=True)
class RampStep:
    """``amount`` a period, from a day or from a month of the term (the first is 1) on."""

    from_: int | date
    amount: Decimal

    def fault(self) -> str | None:
        if self.amount < 0:
            return "amount is not below zero"
        within = not isinstance(self.from_, int) or 1 <= self.from_ <= 1200
        return None if within else "the first month of the term is 1, and none is beyond 1200"

    def begins(self, term: Term) -> date:
        """The day from which it holds."""
        return term.day_after(self.from_ - 1) if isinstance(self.from_, int) else self.from_


@dataclass(frozen=True, slots=True)
class Reduction:
    """The buyer's right to reduce, used: from ``period`` (the first is 1) on the amount is ``by`` lower."""

    period: int
    by: Percent

    def fault(self) -> str | None:
        if self.period < 2:
            return "the first period that can be reduced is 2"
        return None if 0 <= self.by <= 1 else "by is between 0% and 100%"


@dataclass(frozen=True, slots=True)
class Rollover:
    """What is unused lives on for ``rollover`` further periods, at the discount at which it was committed.

    ``drawn``: ``rolled-first`` or ``current-first``. ``condition``: it rolls over only into a period with at
    least the same amount.
    """

    rollover: Annotated[int, periods]
    drawn: Literal["rolled-first", "current-first"] | None = None
    condition: Literal["renew-at-same-level"] | None = None

    def fault(self) -> str | None:
        return None if self.rollover > 0 else "rollover is a number of periods above zero"


@dataclass(frozen=True, slots=True)
class OverageRate:
    """Usage beyond the commitment at a multiple of its price without the commitment's discount."""

    times_list: Decimal

    def fault(self) -> str | None:
        return None if self.times_list >= 0 else "times_list is not below zero"


@dataclass(frozen=True, slots=True)
class Slice:
    """``amount`` of a commitment, in the money in which it is denominated, at ``discount``."""

    amount: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class CommitmentTerm:
    """``amount`` is to be spent ``per`` period: as paid (``net``) or at ``list`` prices.

    ``ramp`` changes the amount of the periods that begin after a step. ``bands`` give the discount of the
    amount committed, on the whole of it or in slices (``bands_are``). ``counts`` are the kinds of charges
    that draw on it, usage of the API within ``scope`` and without ``excludes``; bands discount usage only.
    ``overage`` is the price beyond it, ``unused`` what becomes of the rest. ``minimum_per_month`` is due in
    every month beside it, and counts. What is left out is assumed, and :meth:`assumptions` says how.
    """

    amount: Decimal | None = None
    per: Literal["month", "quarter", "year", "term"] | None = None
    ramp: tuple[RampStep, ...] = ()
    denominated: Literal["net", "list"] | None = None
    bands: tuple[Band, ...] = ()
    bands_are: Literal["all-units", "incremental"] | None = None
    counts: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    excludes: tuple[Scope, ...] = field(default=())
    overage: Literal["committed", "list"] | OverageRate | None = None
    unused: Literal["forfeited"] | Rollover | None = None
    right_to_reduce: Percent | None = None
    reductions: tuple[Reduction, ...] = ()
    paid: Literal["prepaid", "in-arrears"] | None = None
    minimum_per_month: Decimal | None = None

    def fault(self) -> str | None:
        if self.amount is None and not self.ramp and self.minimum_per_month is None:
            return "give amount, ramp or minimum_per_month"
        if min(self.amount or ZERO, self.minimum_per_month or ZERO) < 0:
            return "amount and minimum_per_month are not below zero"
        thresholds = [b.from_ for b in self.bands]
        if thresholds != sorted(set(thresholds)):
            return "bands rise from one to the next"
        discounts = [b.discount for b in self.bands]
        if discounts != sorted(discounts):
            return "the discount of a higher band is not below that of a lower one"
        if set(self.counts) - set(KINDS):
            return f"counts lists {', '.join(KINDS)}"
        if EVERYTHING in self.excludes:
            return "an empty exclusion excludes all usage"
        right = self.right_to_reduce or ZERO
        if not 0 <= right <= 1 or any(r.by > right for r in self.reductions):
            return "a reduction is not above right_to_reduce, which is between 0% and 100%"
        numbers = [r.period for r in self.reductions]
        return "a period is reduced twice" if len(set(numbers)) < len(numbers) else None

    @property
    def prepaid(self) -> bool:
        return self.paid == "prepaid"

    @property
    def in_list(self) -> bool:
        return self.denominated == "list"

    @property
    def rollover(self) -> Rollover | None:
        return self.unused if isinstance(self.unused, Rollover) else None

    def counted(self, kind: str, use: MeteredUse | None) -> bool:
        """True if charges of the kind, and this usage, draw on it."""
        if kind not in (self.counts or ("api",)):
            return False
        scoped = use is None or kind != "api" or self.scope.covers(use)
        return scoped and not (use is not None and any(x.covers(use) for x in self.excludes))

    def period(self, term: Term, month: Month) -> int:
        """The place of the month's period, the first being 0; a renewed term begins a new one."""
        length = _MONTHS.get(self.per or "year", term.months)
        in_a_term = -(-term.months // length)
        return term.turn(month) * in_a_term + term.index(month) % term.months // length

    def first(self, term: Term, period: int) -> int:
        """The place in the term of the first month of a period."""
        length = _MONTHS.get(self.per or "year", term.months)
        turn, place = divmod(period, -(-term.months // length))
        return turn * term.months + place * length

    def amount_in(self, term: Term, period: int) -> Decimal:
        """What is committed in a period: by the last step of the ramp that has begun, less reductions."""
        first = term.day_after(self.first(term, period))
        begun = [s for s in self.ramp if s.begins(term) <= first]
        last = max(begun, key=lambda s: s.begins(term), default=None)
        amount = last.amount if last is not None else self.amount or ZERO
        for reduction in self.reductions:
            if reduction.period <= period + 1:
                amount = EXACT.multiply(amount, EXACT.subtract(Decimal(1), reduction.by))
        return amount

    def discount(self, amount: Decimal) -> Decimal:
        """The discount of the highest band that a commitment of ``amount`` reaches."""
        return next((b.discount for b in reversed(self.bands) if b.from_ <= amount), ZERO)

    def _below(self, amount: Decimal) -> Decimal:
        return next((b.discount for b in reversed(self.bands) if b.from_ < amount), ZERO)

    def slices(self, amount: Decimal) -> Iterator[Slice]:
        """A commitment of ``amount`` in parts of one discount each, in the order in which they are drawn."""
        if self.bands_are != "incremental":
            yield Slice(amount, self.discount(amount))
            return
        changes = [b.from_ for b in self.bands if self.discount(b.from_) != self._below(b.from_)]
        edges = [ZERO, *(c for c in changes if ZERO < c < amount), amount]
        for below, top in pairwise(edges):
            if top > below:
                yield Slice(EXACT.subtract(top, below), self.discount(below))

    def beyond(self, amount: Decimal) -> Decimal:
        """What usage beyond a commitment of ``amount`` costs, for one unit of its price without bands."""
        if isinstance(self.overage, OverageRate):
            return self.overage.times_list
        if self.overage != "committed":
            return Decimal(1)
        last = [s.discount for s in self.slices(amount)]
        return EXACT.subtract(Decimal(1), last[-1] if last else self.discount(amount))

    def assumptions(self) -> Iterator[str]:
        """What silence is taken for, each in a sentence."""
        for missing, key, taken in self._silences():
            if missing:
                yield f"commitment: does not say {key}; {taken}."
        if self.right_to_reduce and not self.reductions:
            yield "commitment: the right to reduce is not used."
        if self.bands:
            yield "commitment: the discount is that of the amount committed, whatever is used."

    def _silences(self) -> Iterable[tuple[bool, str, str]]:
        committed = self.amount is not None or bool(self.ramp)
        rolled = self.rollover
        return (
            (committed and self.per is None, "per", "the amount is that of a year, in one pool"),
            (self.denominated is None, "denominated", "it counts net, as paid"),
            (len(self.bands) > 0 and self.bands_are is None, "bands_are", "bands are all-units"),
            (not self.counts, "counts", "API usage alone counts"),
            (committed and self.overage is None, "overage", "usage beyond it is at list price"),
            (committed and self.unused is None, "unused", "what is unused is forfeited"),
            (committed and self.paid is None, "paid", "it is paid in arrears"),
            (rolled is not None and rolled.drawn is None, "drawn", "rolled money is drawn first"),
        )
