"""Seats of the months to come: how many a contract charges for, and what they cost.

Scenarios are many, and months of seats are alike. So where a clause is the only one of its seat type and is
not charged by the day, its months run in whole numbers, and the clause itself is asked for a price only
where so many seats of it have not been priced before. Every other contract is settled month by month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import ceil
from operator import add

from bothhalves.core.clauses.base import Basis, Demand, SeatUse, amount_of
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seat_bill import Bill, SeatState, paid_ahead
from bothhalves.core.clauses.seat_fees import SeatsSettled, settle_seats
from bothhalves.core.clauses.seat_windows import by_window
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import Held
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.seat_arithmetic import MICRO, SeatPrices
from bothhalves.core.explain import Line

__all__ = ["MICRO", "SeatCourse", "SeatSchedule", "micro"]
_PAID_AHEAD = "/prepayment"
_NIL = Fraction(0)


@dataclass(frozen=True, slots=True)
class SeatCourse:
    """What seats do under a contract in each month: ``billed`` by type, and ``cost`` in micro-units.

    The cost is before tax and in the month that a fee is for, also where it is paid a year ahead; a true-up
    is in the month in which its window ends. ``missing`` is the part of it that the contract's fewest seats
    of all types together add. ``ahead`` is what is paid in a month for later ones, and below zero what was
    paid before for it: cost and ahead together are what falls due. ``states`` are carried to the month
    after the last.
    """

    billed: Mapping[str, tuple[int, ...]]
    cost: tuple[Fraction, ...]
    missing: tuple[Fraction, ...]
    ahead: tuple[Fraction, ...]
    states: Mapping[str, SeatState]


class SeatSchedule:
    """A contract's seat clauses over months in a row, ready for many courses of needed seats."""

    def __init__(self, contract: Contract, months: Sequence[Month]) -> None:
        self.contract, self.months = contract, tuple(months)
        self._basis = contract.basis()
        types = [t.type for t in contract.seats]
        lone = len(set(types)) == len(types) and all(map(_in_whole_months, contract.seats))
        lone = lone and not _counted_again(contract)
        self._clauses = [_Clause(self._basis, t, self.months) for t in contract.seats] if lone else None
        self._missing: dict[tuple[int, int], Fraction] = {}

    def course(
        self, needed: Mapping[str, Sequence[int]], carried: Mapping[str, SeatState] | None = None
    ) -> SeatCourse:
        """The contract's course where so many seats of each type are assigned in each month.

        A type that is not ``needed`` is charged as committed. ``carried`` is what earlier months left behind.
        """
        states = dict(carried or {})
        if self._clauses is None or not all(map(_even, states.values())):
            return self._settled(needed, states)
        billed: dict[str, tuple[int, ...]] = {}
        rows, ahead = [], []
        for clause in self._clauses:
            kind = clause.term.type
            found = clause.run(needed.get(kind), states.get(clause.term.id))
            billed[kind] = found.billed
            rows.append(found.cost)
            ahead.append(found.ahead)
            if found.state is not None:
                states[clause.term.id] = found.state
        missing = self._fewest(billed)
        if self.contract.minimum_seats is not None or not rows:
            rows.append(list(missing))
        return SeatCourse(billed, _sums(rows), missing, _sums(ahead or [missing]), states)

    def _fewest(self, billed: Mapping[str, tuple[int, ...]]) -> tuple[Fraction, ...]:
        """What the fewest seats of the whole contract add to each month."""
        if self.contract.minimum_seats is None:
            return (_NIL,) * len(self.months)
        found = []
        for place, month in enumerate(self.months):
            slot = (place, sum(row[place] for row in billed.values()))
            if slot not in self._missing:
                self._missing[slot] = micro(self._due(SeatsSettled(month, by_type={"": slot[1]})))
            found.append(self._missing[slot])
        return tuple(found)

    def _due(self, settled: SeatsSettled) -> list[Line]:
        fewest = self.contract.fewest_seats
        return [] if fewest is None else fewest.settle(self._basis, settled)

    def _settled(self, needed: Mapping[str, Sequence[int]], states: dict[str, SeatState]) -> SeatCourse:
        """The same by settling every month."""
        types = {t.type for t in self.contract.seats}
        billed: dict[str, list[int]] = {kind: [] for kind in sorted(types)}
        cost, missing, ahead = [], [], []
        for place, month in enumerate(self.months):
            uses = tuple(SeatUse(kind, row[place]) for kind, row in sorted(needed.items()) if kind in types)
            found = settle_seats(self._basis, self.contract.seats, Demand(month, seats=uses), states)
            states = found.states
            missing.append(micro(self._due(found)))
            cost.append(micro(found.lines) + missing[-1])
            ahead.append(_paid_ahead(found.lines))
            for kind, row in billed.items():
                row.append(found.by_type.get(kind, 0))
        told = {kind: tuple(row) for kind, row in billed.items()}
        return SeatCourse(told, tuple(cost), tuple(missing), tuple(ahead), states)


def micro(lines: Iterable[Line]) -> Fraction:
    """What Lines cost in the month that they are for, in micro-units: payment ahead is left out."""
    due = (line for line in lines if not line.entry.endswith(_PAID_AHEAD))
    return Fraction(amount_of(due)) * MICRO


def _paid_ahead(lines: Iterable[Line]) -> Fraction:
    """What Lines move to this month from later ones, or from this month to an earlier one."""
    return Fraction(amount_of(line for line in lines if line.entry.endswith(_PAID_AHEAD))) * MICRO


def _sums(rows: Iterable[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    return tuple(reduce(add, column) for column in zip(*rows, strict=True))


def _in_whole_months(term: SeatTerm) -> bool:
    """True if a month's charge follows from the number of seats alone."""
    by_day = term.prorated_start is not None
    return not by_day and not (term.proration is not None and term.billed == "annual")


def _counted_again(contract: Contract) -> bool:
    """True if a window that ends may change what was missing to the contract's fewest seats before."""
    by_window = (t.rule for t in contract.seats if t.rule is not None and not t.rule.at_once)
    return contract.minimum_seats is not None and any(rule.stated.backdated for rule in by_window)


def _even(state: SeatState) -> bool:
    """True if nothing is left of single days, and an open window was charged alike in all its months."""
    charged = {(h.committed, h.billed, h.least) for h in state.window}
    whole_seats = all(h.measured.denominator == 1 for h in state.window)
    return not state.removed and len(charged) < 2 and whole_seats


@dataclass(slots=True)
class _Run:
    billed: tuple[int, ...]
    cost: list[Fraction]
    ahead: list[Fraction]
    state: SeatState | None


@dataclass(slots=True)
class _Slot:
    """A month of a clause: if it is charged, how often the clause has renewed, if a window ends with it."""

    month: Month
    charged: bool
    turn: int
    renewals: int
    closes: bool


@dataclass(slots=True)
class _Running:
    """What a clause carries, in whole numbers."""

    committed: int
    billed: int = 0
    mark: int | None = None
    peak: int = 0
    assigned: int | None = None
    turn: int = 0
    window: list[tuple[Month, int]] = field(default_factory=list)  # seats measured in the open one


class _Clause:
    """One seat clause, the only one of its type."""

    def __init__(self, basis: Basis, term: SeatTerm, months: Sequence[Month]) -> None:
        self.basis, self.term = basis, term
        self.rule = None if term.rule is None else term.rule.stated
        self._at_once = self.rule is not None and self.rule.at_once
        self._ratchets = self.rule is not None and self.rule.ratchets
        self.slots = [self._slot(month) for month in months]
        self._prices = SeatPrices(basis, term, micro)
        self._aheads: dict[tuple[Month, int], Fraction] = {}
        self._windows: dict[tuple[int, ...], tuple[Fraction, SeatState]] = {}

    def _slot(self, month: Month) -> _Slot:
        basis, term = self.basis, self.term
        first = max(Month.of(basis.term.start), Month.of(term.from_ or basis.term.start))
        charged = basis.term.runs(month) and term.charged(month)
        turn = basis.term.turn(month)
        closes = False
        if self.rule is not None and charged:
            after = month.next
            windows = (self.rule.window(basis.term, m) for m in (month, after))
            closes = len(set(windows)) > 1 or not term.charged(after)
        return _Slot(month, charged, turn, turn - basis.term.turn(first), closes)

    def run(self, needed: Sequence[int] | None, carried: SeatState | None) -> _Run:
        billed, cost, ahead = [], [], []
        state: _Running | None = None
        for place, slot in enumerate(self.slots):
            if not slot.charged:
                billed.append(0)
                cost.append(_NIL)
                ahead.append(_NIL)
                continue
            state = self._begun(slot, carried) if state is None else self._renewed(slot, state)
            count = None if needed is None else needed[place]
            cost.append(self._month(slot, state, count))
            ahead.append(self._ahead(slot, state.committed))
            billed.append(state.billed)
            state.peak = max(state.peak, state.billed, count or 0)
            state.assigned = count
        return _Run(tuple(billed), cost, ahead, carried if state is None else self._kept(state))

    def _begun(self, slot: _Slot, carried: SeatState | None) -> _Running:
        """The state with which the first charged month begins."""
        first = self.term.committed
        if carried is None:
            return _Running(first, turn=slot.turn)
        committed = first if carried.committed is None else carried.committed
        state = _Running(
            committed, carried.billed, carried.mark, carried.peak, carried.assigned, carried.turn
        )
        state.window = [(h.month, int(h.measured)) for h in carried.window]
        return self._renewed(slot, state)

    def _kept(self, state: _Running) -> SeatState:
        """The state as the clause itself carries it."""
        first, window = self.term.committed, self._held(state, [seats for _, seats in state.window])
        committed = None if state.committed == first else state.committed
        return SeatState(
            state.billed, state.mark, window, 0, (), state.turn, committed, state.peak, state.assigned
        )

    def _held(self, state: _Running, seen: Iterable[int]) -> tuple[Held, ...]:
        """The open window's months, of which ``seen`` seats were measured."""
        least = state.billed if self._ratchets else self._least(state)
        return tuple(
            Held(month, state.committed, state.billed, least, Fraction(seats))
            for (month, _), seats in zip(state.window, seen, strict=True)
        )

    def _renewed(self, slot: _Slot, state: _Running) -> _Running:
        """The state in a renewed term: with the seats that it renewed for."""
        if state.turn == slot.turn:
            return state
        if slot.renewals == 0:
            return _Running(self.term.committed, turn=slot.turn)
        renewal = self.term.renewal or Renewal()
        seats = {"peak": state.peak, "assigned": state.assigned}.get(renewal.baseline, state.billed)
        return _Running(state.billed if seats is None else seats, turn=slot.turn)

    def _month(self, slot: _Slot, state: _Running, needed: int | None) -> Fraction:
        """What the month costs; ``state`` is brought to its end."""
        floor = max(state.committed, self.term.minimum)
        if self.rule is None:
            state.billed = floor
        elif self._at_once:
            mark = max(floor, state.mark or 0) if self._ratchets else floor
            wanted = mark if needed is None else self._level(state, needed)
            state.billed = max(mark, wanted) if self._ratchets else wanted
            state.mark = state.billed if self._ratchets else None
        else:
            state.billed = max(self._least(state), floor if state.mark is None else state.mark)
            state.window.append((slot.month, state.committed if needed is None else needed))
            if slot.closes:
                return self._closed(slot, state)
        return self._prices.month(slot.renewals, state.committed, state.billed, slot.month)

    def _level(self, state: _Running, needed: int) -> int:
        """The seats charged where so many are needed."""
        return ceil(self._prices.level(state.committed, self._least(state), needed))

    def _least(self, state: _Running) -> int:
        """The fewest seats that are charged."""
        up_only = self.rule is None or self.rule.up_only
        return max(state.committed, self.term.minimum) if up_only else self.term.minimum

    def _closed(self, slot: _Slot, state: _Running) -> Fraction:
        """What the last month of a window costs, with all that the window is charged for afterwards."""
        seen = [seats for _, seats in state.window]
        if not self._prices.is_straight:
            return self._closed_by_clause(slot, state, self._reduced(seen))
        rule, billed = self.rule, state.billed
        assert rule is not None
        least = billed if self._ratchets else self._least(state)
        owed = [self._prices.level(state.committed, least, n) for n in self._charged(seen)]
        cost = self._prices.month(slot.renewals, state.committed, billed, slot.month)
        later = ceil(owed[-1])
        if rule.backdated:
            cost += self._prices.arrears(slot.renewals, billed, owed)
            state.billed = later
        state.mark = later if self._ratchets or not rule.backdated else None
        state.window = []
        return cost

    def _charged(self, seen: Sequence[int]) -> Sequence[Fraction | int]:
        """The seats that each month of a window counts."""
        method = self.rule.method if self.rule is not None else ""
        if method == "actual":
            return seen
        if method == "average":
            return [Fraction(sum(seen), len(seen))] * len(seen)
        return [max(seen) if method == "high-water" else seen[-1]] * len(seen)

    def _closed_by_clause(self, slot: _Slot, state: _Running, seen: Sequence[int]) -> Fraction:
        """The same where the fee changes with the number of seats; each window once."""
        known = (slot.renewals, state.billed, state.committed, *seen)
        if known not in self._windows:
            assert self.rule is not None
            earlier = SeatState(mark=state.mark, window=self._held(state, seen)[:-1])
            bill = self._bill(slot, state.committed, SeatUse(self.term.type, seen[-1]))
            lines, after = by_window(bill, self.rule, earlier, (self.term,), [], [])
            self._windows[known] = micro(lines), after
        cost, after = self._windows[known]
        state.billed, state.mark, state.window = after.billed, after.mark, []
        return cost

    def _reduced(self, seen: list[int]) -> tuple[int, ...]:
        """Seats measured in a window, written so that windows that are charged alike are equal."""
        method = self.rule.method if self.rule is not None else ""
        if method == "actual":
            return tuple(seen)
        if method == "average":  # of which only the sum counts
            return (*[0] * (len(seen) - 1), sum(seen))
        return ((max(seen) if method == "high-water" else seen[-1]),) * len(seen)

    def _ahead(self, slot: _Slot, committed: int) -> Fraction:
        """What is paid in the month for the rest of the contract year, or was paid for it before."""
        if self.term.billed != "annual":
            return _NIL
        known = (slot.month, committed)
        if known not in self._aheads:
            self._aheads[known] = _paid_ahead(paid_ahead(self._bill(slot, committed, None)))
        return self._aheads[known]

    def _bill(self, slot: _Slot, committed: int, use: SeatUse | None) -> Bill:
        renewed, factor = self.term.renewed(slot.renewals)
        return Bill(self.basis, renewed, slot.month, committed, factor, use)
