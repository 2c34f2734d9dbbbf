"""A commitment laid over months: its periods, and what is committed in each. All money is in micro-units."""

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
