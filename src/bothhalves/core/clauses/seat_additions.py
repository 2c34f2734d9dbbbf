"""Seats that are charged as they come and go: month by month, by the day, or for the rest of the year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Change
from bothhalves.core.clauses.proration import Portion, in_month, rest_of_year, steps
from bothhalves.core.clauses.seat_bill import Bill, SeatState, fixed
from bothhalves.core.clauses.trueups import TrueUp, measured, whole
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line


def as_they_come(bill: Bill, rule: TrueUp, state: SeatState, said: list[str]) -> tuple[list[Line], SeatState]:
    """Seats that are known, and charged, in their month; those that come and go in it by the day if so
    agreed, or up to the end of the contract year if the fee is annual."""
    term, use = bill.term, bill.use
    annual = term.proration is not None and term.billed == "annual"
    mark = max(bill.floor, state.mark or 0) if rule.ratchets else bill.floor
    prepaid = state.prepaid if annual and bill.month != bill.year()[0] else 0
    start = mark
    moves: list[Change] = []
    if use is None:
        said.append(measured(rule, None, bill.committed, bill.month)[1])
    elif term.proration is not None and (term.proration.daily or annual):
        said += bill.too_many(Fraction(use.peak))
        start = _count(bill, rule, Fraction(use.opening), mark)
        moves = steps(use, start, lambda held: whole(bill.level(rule, Fraction(held))), not rule.ratchets)
    else:
        seats, assumed = measured(rule, use, bill.committed, bill.month)
        said += [*([assumed] if assumed else []), *bill.too_many(seats)]
        start = _count(bill, rule, seats, mark)
    end = start + sum(m.seats for m in moves)
    if annual:
        lines, prepaid = _for_the_year(bill, rule, mark, start, moves, prepaid)
    else:
        lines = fixed(bill, rule, start, 0) + list(_by_day(bill, rule, start, moves, state.removed))
    removed = tuple(m for m in moves if m.seats < 0) if term.removals == "credit-next-month" else ()
    lines += _beginning(bill)
    kept = end if rule.ratchets else None
    return lines, replace(state, billed=max(start, end), mark=kept, prepaid=prepaid, removed=removed)


def _count(bill: Bill, rule: TrueUp, seats: Fraction, mark: int) -> int:
    """The seats charged where ``seats`` are measured."""
    wanted = whole(bill.level(rule, seats))
    return max(mark, wanted) if rule.ratchets else wanted


def _for_the_year(
    bill: Bill, rule: TrueUp, mark: int, start: int, moves: list[Change], prepaid: int
) -> tuple[list[Line], int]:
    """Seats beyond the mark, charged once for the rest of the contract year."""
    rest = bill.term.proration
    lines = fixed(bill, rule, mark, prepaid)
    if rest is None:
        return lines, prepaid
    opened = Change(bill.month.first, start - mark)
    held = mark
    for change in [opened, *moves]:
        portions = rest_of_year(rest, change, bill.year_end(), change is opened) if change.seats else ()
        for portion in portions:
            lines += _portion(bill, rule, portion, held, change.seats, bill.beyond)
        held += change.seats
    return lines, prepaid + held - mark


def _by_day(
    bill: Bill, rule: TrueUp, start: int, moves: list[Change], removed: Iterable[Change]
) -> Iterator[Line]:
    """Seats that come and go within the month, by the day; those that left in the last one, credited now."""
    rest = bill.term.proration
    if rest is None:
        return
    held = start
    for change in moves:
        if change.seats > 0 or bill.term.removals != "credit-next-month":
            portion = in_month(rest, change, bill.term.billed)
            yield from _portion(bill, rule, portion, held, change.seats, bill.beyond)
        held += change.seats
    for change in removed:
        portion = in_month(rest, change, bill.term.billed)
        yield from _portion(bill, rule, portion, start - change.seats, change.seats, bill.beyond)


def _beginning(bill: Bill) -> list[Line]:
    """Committed seats that begin in mid-month, by the day."""
    rest, start = bill.term.proration, bill.term.prorated_start
    if rest is None or start is None or Month.of(start) != bill.month or not bill.floor:
        return []
    change = Change(start, bill.floor)
    annual = bill.term.billed == "annual"
    portions = (
        rest_of_year(rest, change, bill.year_end(), False) if annual else [in_month(rest, change, "monthly")]
    )
    return [line for p in portions for line in _portion(bill, None, p, 0, bill.floor, "")]


def _portion(
    bill: Bill, rule: TrueUp | None, portion: Portion, held: int, seats: int, suffix: str
) -> Iterator[Line]:
    """A prorated charge for ``seats`` more than the ``held`` ones, rounded to cents as invoices are."""
    each = Fraction(portion.quantity, seats)
    other = bill.at_rate(rule, Fraction(seats)) if rule else None
    parts: Iterable[tuple[Fraction, Decimal, str]] = [(Fraction(seats), other or Decimal(0), "")]
    if other is None:
        upto = held + seats
        parts = bill.term.fees(bill.factor, Fraction(held), Fraction(upto), Fraction(max(held, upto)))
    for number, fee, note in parts:
        price = portion.price(fee)
        yield bill.line(suffix, number * each, price, portion.unit + note, per=portion.per, cents=True)
