"""Seats that a window of the term is charged for when it ends, by what it showed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.seat_bill import Bill, SeatState, fixed
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import Held, TrueUp, measured, owed, whole
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT


@dataclass(frozen=True, slots=True)
class Late:
    """A month for which a window that ended charges ``seats`` more than was known, where seats of all types
    were ``total`` (None: nothing hangs on it). For the month in which it ends: more than are carried on."""

    month: Month
    seats: Fraction
    total: Fraction | None


def by_window(
    bill: Bill, rule: TrueUp, state: SeatState, every: Sequence[SeatTerm], said: list[str], late: list[Late]
) -> tuple[list[Line], SeatState]:
    """Seats as known before the window, and at its end what it showed, which is added to ``late`` too."""
    least = bill.floor if rule.up_only else bill.term.minimum
    count = max(least, bill.floor if state.mark is None else state.mark)
    seats, assumed = measured(rule, bill.use, bill.committed, bill.month)
    said += [assumed] if assumed else []
    said += bill.too_many(seats)
    lines = fixed(bill, rule, count, 0)
    window = (
        *state.window,
        Held(bill.month, bill.committed, count, count if rule.ratchets else least, seats),
    )
    if not _closes(bill, rule, every):
        return lines, replace(state, billed=count, mark=state.mark, window=window)
    wanted = owed(rule, window, bill.term.maximum)
    later = whole(wanted[-1])
    if not rule.stated.backdated:
        return lines, replace(state, billed=count, mark=later, window=())
    lines += _arrears(bill, rule, window, wanted)
    late += [Late(h.month, n - h.billed, h.total) for h, n in zip(window[:-1], wanted, strict=False)]
    late.append(Late(bill.month, wanted[-1] - later, None))
    return lines, replace(state, billed=later, mark=later if rule.ratchets else None, window=())


def _closes(bill: Bill, rule: TrueUp, every: Sequence[SeatTerm]) -> bool:
    """True if the window ends with the month, or the clause does and none follows."""
    term, after = bill.basis.term, bill.month.next
    if rule.window(term, after) != rule.window(term, bill.month):
        return True
    follows = any(t.type == bill.term.type and t.from_ == bill.term.ends and t.rule for t in every)
    return not bill.term.charged(after) and not follows


def _arrears(bill: Bill, rule: TrueUp, window: Sequence[Held], wanted: Sequence[Fraction]) -> Iterator[Line]:
    """What the window's months cost beyond what they were charged, by fee."""
    found: dict[tuple[str, str, Decimal], Fraction] = {}
    for held, seats in zip(window, wanted, strict=True):
        for suffix, note, fee, quantity in _difference(bill, rule, held, seats):
            slot = (suffix, note, fee)
            found[slot] = found.get(slot, Fraction(0)) + quantity
    span = f"{window[0].month}" + (f" to {window[-1].month}" if len(window) > 1 else "")
    for (suffix, note, fee), quantity in found.items():
        if quantity:
            yield bill.line(suffix, quantity, fee, f"seat-months, {span}{note}")


def _difference(
    bill: Bill, rule: TrueUp, held: Held, seats: Fraction
) -> Iterator[tuple[str, str, Decimal, Fraction]]:
    """A month's seats from those charged to those owed; and, where a break changes the fee of all, the
    difference on those charged before."""
    before = Fraction(held.billed)
    other = bill.at_rate(rule, seats - before)
    if other is not None:
        yield bill.beyond, f", rate {rule.rate}", other, seats - before
        return
    for quantity, fee, note in bill.term.fees(bill.factor, before, seats, seats):
        yield bill.beyond, note, fee, quantity
    if bill.term.breaks and bill.term.breaks_are != "incremental":
        at = [next(bill.term.fees(bill.factor, Fraction(0), Fraction(1), n))[1] for n in (before, seats)]
        if at[0] != at[1]:
            change = EXACT.subtract(at[1], at[0])
            yield "/breaks", ", change of the fee of all seats", change, before
