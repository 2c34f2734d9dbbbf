"""The days of a contract's end, worked backwards: by when to begin, to measure, to give back, to say no."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month

#: Work on a renewal begins so many months before the term ends, with so many reconciled months before
#: notice, the last of which has ended so many days before it, or its invoice is not there.
LEAD_MONTHS, MEASURED_MONTHS, INVOICE_DAYS = 12, 2, 15
_YEAR = 12


class What(StrEnum):
    """What a day is about; in words, as it stands in a calendar."""

    START = "Begin to prepare the renewal"
    MEASURE = "Measure both lines from here, month by month"
    RECONCILE = "Both lines agree with their invoices for two whole months"
    RECLAIM = "Give back seats that nobody uses"
    NOTICE = "Last day for notice"
    QUARTER = "The seller's quarter ends"
    LAST = "The term ends"


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """A day with what is to be done by its end, and why. ``is_past`` on the day it was asked."""

    on: date
    what: What
    why: str
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """The term that runs on a day: its last day and the last for notice (None: none is stated or needed)."""

    first_after: date
    notice_by: date | None
    renews: bool

    @property
    def last(self) -> date:
        return self.first_after - timedelta(days=1)


class Work(StrEnum):
    """What is to be done in a phase of a renewal."""

    RECLAIM = "Reclaim seats"
    MEASURE = "Measure both lines"
    NEGOTIATE = "Negotiate"
    DECIDE = "Decide"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of days, its ends included, with what is to be done in it, and why then."""

    work: Work
    first: date
    last: date
    why: str


def phases(contract: Contract, today: date) -> tuple[Phase, ...]:
    """The work until the end of the term that runs today, in order. Empty where the contract is over."""
    end = ending(contract.term, today)
    return () if end is None else tuple(_phases(contract, end))


def _phases(contract: Contract, end: Ending) -> Iterator[Phase]:
    said_by = end.notice_by or end.last
    own = [t for t in contract.seats if t.ends is None or t.ends >= end.first_after]
    start = months_before(end.first_after, LEAD_MONTHS)
    if own:
        last = max(reclaim_by(term, end)[0] for term in own)
        yield Phase(Work.RECLAIM, start, last, "Until the last day that lowers what the term renews with.")
    first = first_measured(said_by).first
    over = Term(first, MEASURED_MONTHS).until
    yield Phase(Work.MEASURE, first, over - timedelta(days=1), f"{MEASURED_MONTHS} whole months.")
    yield Phase(Work.NEGOTIATE, over, said_by, "On what was measured, once its invoices are there.")
    if end.notice_by is not None:
        yield Phase(Work.DECIDE, said_by, end.last, "Notice is given, or the term renews by itself.")
    else:
        yield Phase(Work.DECIDE, end.last, end.last, "What is signed by then takes the place of the term.")


def ending(term: Term, today: date) -> Ending | None:
    """The end of the term that runs today, or of the first one where it has not begun. None: it is over."""
    turn = max(0, term.turn(Month.of(today)) - 1)
    while term.day_after((turn + 1) * term.months) <= today:
        turn += 1
    if turn and not term.auto_renews:
        return None
    after = term.day_after((turn + 1) * term.months)
    days = term.notice_days
    notice = None if days is None or not term.auto_renews else after - timedelta(days=days + 1)
    return Ending(after, notice, term.auto_renews)


def deadlines(contract: Contract, today: date, quarter_ends: Iterable[date] = ()) -> tuple[Deadline, ...]:
    """Every day until the end of the running term, in order. Empty where the contract is over."""
    end = ending(contract.term, today)
    if end is None:
        return ()
    found = sorted(_all(contract, end, quarter_ends, today))
    return tuple(replace(d, is_past=d.on < today) for d in found)


def _all(contract: Contract, end: Ending, quarter_ends: Iterable[date], today: date) -> Iterator[Deadline]:
    said_by = end.notice_by or end.last
    start = months_before(end.first_after, LEAD_MONTHS)
    yield Deadline(start, What.START, f"{LEAD_MONTHS} months before the term ends.")
    first = first_measured(said_by)
    yield Deadline(first.first, What.MEASURE, f"{MEASURED_MONTHS} whole months before the decision.")
    why = f"{first} and {first.next} computed and reconciled, seats and tokens alike."
    yield Deadline(said_by, What.RECONCILE, why)
    for term in contract.seats:
        if term.ends is None or term.ends >= end.first_after:
            on, why = reclaim_by(term, end)
            yield Deadline(on, What.RECLAIM, f"{_name(term, contract)}: {why}")
    if end.notice_by is not None:
        yield Deadline(end.notice_by, What.NOTICE, _notice(contract.term, end, end.notice_by < today))
    for day in sorted(set(quarter_ends)):
        if start <= day <= end.last:
            side = "before" if day <= said_by else "after"
            decided = "the last day for notice" if end.notice_by is not None else "the last day of the term"
            yield Deadline(day, What.QUARTER, f"It is {'on' if day == said_by else side} {decided}.")
    if not end.renews:
        ends = "it does not renew by itself"
    elif end.notice_by is None:
        ends = "it renews by itself, and nothing is said of notice; ask for the last day"
    else:
        ends = "it renews by itself"
    yield Deadline(end.last, What.LAST, f"{contract.id} ends before {end.first_after}; {ends}.")


def _name(term: SeatTerm, contract: Contract) -> str:
    """The seat type, with the day from which on the clause holds where several are about it."""
    alone = sum(t.type == term.type for t in contract.seats) == 1
    return term.type if alone else term.id.removeprefix("seats/")


def _notice(term: Term, end: Ending, is_past: bool) -> str:
    after = ending(term, end.first_after) if is_past else None
    if after is None:
        return "Without notice the term renews by itself."
    return (
        f"Without notice until then the term renews by itself, and the next day for it is {after.notice_by}."
    )


def first_measured(said_by: date) -> Month:
    """The first of the months to be measured, so that all of them are invoiced by a day."""
    month = Month.of(said_by - timedelta(days=INVOICE_DAYS - 1))
    for _ in range(MEASURED_MONTHS):
        month = Month.of(month.first - timedelta(days=1))
    return month


def reclaim_by(term: SeatTerm, end: Ending) -> tuple[date, str]:
    """The last day on which a seat that is given back still lowers what the term renews with, and why."""
    said_by = end.notice_by or end.last
    baseline = term.renewal.baseline if term.renewal else ""
    rule = term.rule.stated if term.rule else None
    if baseline == "assigned":
        return end.last, "it renews with the seats assigned at the end of the term."
    if baseline == "peak":
        return (
            said_by,
            "it renews with the most seats of the term, so every added one counts; ask for the need.",
        )
    if rule is None or rule.ratchets:
        return said_by, "seats billed do not fall within the term; a new order has to name fewer."
    if rule.method == "snapshot":
        return end.last, "it renews with the seats billed, which the last day of the window decides."
    months = {"month": 1, "quarter": 3}.get(rule.every, _YEAR)
    begins = months_before(end.first_after, months)
    last = begins - timedelta(days=1)
    return min(last, end.last), f"it renews with the seats billed in its last window, from {begins} on."


def months_before(day: date, months: int) -> date:
    """The same day of the month, or its last one, so many months before."""
    return Term(day, 1).day_after(-months)
