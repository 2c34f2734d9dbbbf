"""What another way of counting seats would have cost, and what a spike costs, on the seats of known months.

The months are taken as a whole term by themselves, so that windows of every length end within them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.seat_bill import SeatState
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.seat_course import MICRO, SeatCourse, SeatSchedule
from bothhalves.core.moves import horizon

_YEAR = 12
#: How seats could be counted, and over which window, with the words for it.
WAYS = (
    ("high-water mark", "month", "high-water"),
    ("monthly actual", "month", "actual"),
    ("average", "year", "average"),
    ("year-end snapshot", "year", "snapshot"),
)
SIGNED = "as signed"


@dataclass(frozen=True, slots=True)
class Counted:
    """A way of counting seats. ``seats`` are seat-months charged; ``cost`` is in micro-units; ``renewed`` are
    the seats that the next term begins with, if it begins with those that are billed."""

    name: str
    rate: str
    grace: str
    seats: Fraction
    cost: Fraction
    renewed: int


@dataclass(frozen=True, slots=True)
class Spike:
    """A month with more seats than any after it needs, and what it costs under the high-water mark.

    ``seats`` were assigned in ``month``, ``instead`` is the larger number of the months beside it. ``cost``,
    in micro-units, is that of the seats charged because of it to the end of the months; ``a_year`` that of
    the seats ``more`` with which the term would be renewed.
    """

    month: Month
    seats: int
    instead: int
    cost: Fraction
    more: int
    a_year: Fraction


def counted(term: SeatTerm, months: Sequence[Month], seats: Sequence[int], grace: str = "") -> list[Counted]:
    """The clause as signed, and every other way, at the contract's fee and, where it is known, the list fee.

    ``grace`` adds the high-water mark with that band, as ``10%`` or a number of seats.
    """
    found = [_counted(SIGNED, "", term, months, seats)] if term.rule is not None else []
    rates = ["contract", *(["list"] if term.list_fee is not None else [])]
    for rate in rates:
        for name, every, method in WAYS:
            rule = TrueUp(
                every, "provisioned", method, rate, "up-only", "", None if method == "actual" else True
            )
            found.append(_counted(name, rate, counting(term, rule), months, seats))
        if grace:
            rule = TrueUp("month", "provisioned", "high-water", rate, "up-only", grace, True)
            found.append(_counted("high-water mark", rate, counting(term, rule), months, seats))
    return found


def counting(term: SeatTerm, rule: TrueUp) -> SeatTerm:
    """The clause with another true-up, and whole months."""
    return replace(term, true_up=rule, proration=None, removals="")


def _counted(name: str, rate: str, term: SeatTerm, months: Sequence[Month], seats: Sequence[int]) -> Counted:
    course = _course(term, months, seats)
    per_seat = replace(term, fee=Decimal(1), list_fee=Decimal(1), breaks=())
    grace = term.true_up.grace if term.true_up is not None else ""
    return Counted(
        name,
        rate,
        grace,
        sum(_course(per_seat, months, seats).cost, Fraction(0)) / MICRO,
        sum(course.cost, Fraction(0)),
        course.billed[term.type][-1],
    )


def _course(term: SeatTerm, months: Sequence[Month], seats: Sequence[int]) -> SeatCourse:
    """The clause alone over the months as a whole term."""
    alone = replace(term, from_=None, until=None, co_term=None)
    basis = Contract("seats", "", "", Term(months[0].first, len(months)), (alone,))
    return SeatSchedule(basis, months).course({term.type: seats})


def ratchet(term: SeatTerm) -> SeatTerm:
    """The clause counted by the high-water mark, month by month, at its fee."""
    return counting(term, TrueUp("month", "provisioned", "high-water", "contract", "up-only", "", True))


def spike_cost(
    term: SeatTerm, months: Sequence[Month], seats: Sequence[int], without: Sequence[int]
) -> tuple[Fraction, int, Fraction]:
    """What ``seats`` cost more than ``without`` under the high-water mark: within the months, in seats at
    their end, and in a year of the term that follows if it begins with the seats billed."""
    clause = ratchet(term)
    both = [_course(clause, months, row) for row in (seats, without)]
    with_, less = (course.billed[term.type][-1] for course in both)
    costs = [sum(course.cost, Fraction(0)) for course in both]
    years = [renewed_year(clause, len(months), count) for count in (with_, less)]
    return costs[0] - costs[1], with_ - less, years[0] - years[1]


def renewed_year(term: SeatTerm, months: int, count: int) -> Fraction:
    """A year of ``count`` committed seats, at the fee after one renewal, in micro-units."""
    first = Month(2000, 1)
    alone = replace(term, from_=None, until=None, co_term=None)
    basis = Contract("seats", "", "", Term(first.first, months, auto_renews=True), (alone,))
    begins = horizon(first, months + 1)[-1]
    schedule = SeatSchedule(basis, [begins])
    state = SeatState(turn=1, committed=count)
    return schedule.course({}, {alone.id: state}).cost[0] * _YEAR


def spikes(term: SeatTerm, months: Sequence[Month], seats: Sequence[int]) -> Iterator[Spike]:
    """Months that raised the mark for good though no later month needed so many."""
    mark = max(term.committed, term.minimum)
    for place, count in enumerate(seats):
        beside = [seats[n] for n in (place - 1, place + 1) if 0 <= n < len(seats)]
        later = max(seats[place + 1 :], default=count)
        if count > mark and count > later and beside and count > max(beside):
            instead = max(beside)
            without = [*seats[:place], instead, *seats[place + 1 :]]
            cost, more, a_year = spike_cost(term, months, seats, without)
            yield Spike(months[place], count, instead, cost, more, a_year)
        mark = max(mark, count)
