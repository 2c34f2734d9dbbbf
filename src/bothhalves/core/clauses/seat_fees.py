"""What a month's seats cost, clause by clause.

The contracted view has the fee of every month in that month, also where it is billed by the year. The
billed view moves that money to the first month of the contract year: there stand the other months' fees,
and in each of those the same amount is taken off, so that the year adds up to nothing. Seats that are
added to an annual fee by proration are charged once, in the month of addition, up to the end of the
contract year; true-ups are billed when they are due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bothhalves.core.clauses.base import Basis, Demand, SeatUse
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seat_additions import as_they_come
from bothhalves.core.clauses.seat_bill import Bill, SeatState, fixed, paid_ahead
from bothhalves.core.clauses.seat_windows import Late, by_window
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line


@dataclass(frozen=True, slots=True)
class Remark:
    """What was assumed in a month about the clause (or contract) named in it."""

    sentence: str
    month: Month


@dataclass(frozen=True, slots=True)
class SeatsSettled:
    """A month's Lines, what is carried on, what was assumed, and the billed seats by type and product.

    ``late`` is what windows that ended have made of the seats of their months.
    """

    month: Month
    lines: list[Line] = field(default_factory=list)
    states: dict[str, SeatState] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    by_type: dict[str, int] = field(default_factory=dict)
    by_product: dict[str, int] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)


def settle_seats(
    basis: Basis, terms: Iterable[SeatTerm], demand: Demand, states: Mapping[str, SeatState]
) -> SeatsSettled:
    """The month's Lines of all seat clauses."""
    found = SeatsSettled(demand.month, states=dict(states))
    every = list(terms)
    if not basis.term.runs(demand.month):
        if every and basis.term.index(demand.month) >= 0:
            said = f"the term ended on {basis.term.until} and does not renew: its seats cost nothing more"
            found.remarks.append(Remark(f"{basis.id}: {said}", demand.month))
        return found
    charged = [t for t in every if t.charged(demand.month)]
    for term in charged:
        _inherit(term, every, found.states)
    uses = _shares(basis, charged, demand, found)
    for term in charged:
        _settle(basis, term, demand.month, uses.get(term.id), every, found)
    return found


def open_windows(states: Mapping[str, SeatState]) -> list[str]:
    """Which true-ups are not in the months settled, because their window has not ended."""
    return [
        f"{clause}: the true-up of the months from {state.window[0].month} on is due later."
        for clause, state in states.items()
        if state.window
    ]


def remarked(remarks: Iterable[Remark]) -> list[str]:
    """Every assumption once, with the months that it was made in."""
    found: dict[str, list[str]] = {}
    for remark in remarks:
        found.setdefault(remark.sentence, []).append(str(remark.month))
    return [f"{sentence} ({', '.join(months)})." for sentence, months in found.items()]


def renewals(basis: Basis, term: SeatTerm, month: Month) -> int:
    """How often the clause has renewed; one that begins later has renewed less often than the contract."""
    return basis.term.turn(month) - basis.term.turn(_first(basis, term))


def _inherit(term: SeatTerm, every: Iterable[SeatTerm], states: dict[str, SeatState]) -> None:
    """A clause that follows another of its type on the day when that ends goes on from where it was."""
    before = next((t for t in every if t.type == term.type and t.ends and t.ends == term.from_), None)
    if before is not None and term.id not in states and before.id in states:
        states[term.id] = replace(states.pop(before.id), committed=None)


def _shares(
    basis: Basis, charged: Sequence[SeatTerm], demand: Demand, found: SeatsSettled
) -> dict[str, SeatUse]:
    """Each clause's part of the seats in use: clauses of one type fill up in order, and the one that counts
    what is beyond (or else the last) has all the rest."""
    uses = {u.type: u for u in demand.seats}
    shares: dict[str, SeatUse] = {}
    for type_ in {t.type for t in charged} & set(uses):
        use, before = uses[type_], 0
        own = sorted((t for t in charged if t.type == type_), key=lambda t: t.rule is not None)
        for term in own[:-1]:
            held = _renewed(basis, term, demand.month, found.states.get(term.id), [])
            committed = term.committed if held.committed is None else held.committed
            shares[term.id] = SeatUse(type_, max(0, min(use.closing - before, committed)))
            before += committed
        shares[own[-1].id] = replace(
            use,
            opening=use.opening - before,
            active=None if use.active is None else use.active - before,
            concurrent=None if use.concurrent is None else use.concurrent - before,
        )
    return shares


def _settle(
    basis: Basis,
    term: SeatTerm,
    month: Month,
    use: SeatUse | None,
    every: Sequence[SeatTerm],
    found: SeatsSettled,
) -> None:
    """One clause: the seats that are charged as they come, those added and removed, and a window's end."""
    said: list[str] = []
    state = _renewed(basis, term, month, found.states.get(term.id), said)
    committed = term.committed if state.committed is None else state.committed
    renewed, factor = term.renewed(renewals(basis, term, month))
    bill = Bill(basis, renewed, month, committed, factor, use)
    rule = term.rule
    if term.id not in found.states and rule is not None and month != _first(basis, term):
        said.append("what months before the first one shown left behind is not known")
    if rule is None:
        lines, state = _plain(bill, state, said)
    elif rule.at_once:
        lines, state = as_they_come(bill, rule, state, said)
    else:
        lines, state = by_window(bill, rule, state, every, said, found.late)
    lines += paid_ahead(bill)
    state = replace(
        state,
        peak=max(state.peak, state.billed, use.peak if use else 0),
        assigned=max(0, use.closing) if use else None,
    )
    found.states[term.id] = state
    found.lines.extend(lines)
    found.remarks.extend(Remark(f"{term.id}: {sentence}", month) for sentence in said)
    found.by_type[term.type] = found.by_type.get(term.type, 0) + state.billed
    found.by_product[term.product] = found.by_product.get(term.product, 0) + state.billed


def _first(basis: Basis, term: SeatTerm) -> Month:
    return max(Month.of(basis.term.start), Month.of(term.from_ or date.min))


def _renewed(
    basis: Basis, term: SeatTerm, month: Month, state: SeatState | None, said: list[str]
) -> SeatState:
    """The state with which the month begins: in a renewed term, with the seats that it renewed for."""
    turn = basis.term.turn(month)
    if renewals(basis, term, month) == 0:
        return state if state is not None and state.turn == turn else SeatState(turn=turn)
    if state is not None and state.turn == turn:
        return state
    renewal = term.renewal or Renewal()
    said += [sentence.rstrip(".") for sentence in renewal.assumptions()]
    if state is None:
        said.append("the term before the renewal is not shown, so it renews for the committed seats")
        return SeatState(turn=turn)
    if renewal.baseline == "assigned" and state.assigned is None:
        said.append("no seats are measured at the end of the term, so it renews for those billed")
    return SeatState(turn=turn, committed=state.renews_with(renewal.baseline))


def _plain(bill: Bill, state: SeatState, said: list[str]) -> tuple[list[Line], SeatState]:
    """Committed seats only."""
    if bill.use is not None and bill.use.peak > bill.floor:
        said.append("more seats are assigned than committed, and no clause (such as true_up) charges them")
    return fixed(bill, None, bill.floor, 0), replace(state, billed=bill.floor)
