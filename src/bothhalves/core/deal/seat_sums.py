"""What seats cost by month for thousands of scenarios: the numbers of ``SeatSchedule``, remembered.

A clause that is the only one of its type charges a month, or a window of months, by few numbers: how often
it has renewed, how many seats are committed, its mark, and what was measured. So each such case is asked of
the schedule once. Contracts in which clauses hang together are asked whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, groupby

from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seat_bill import SeatState
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.commitment_draws import plain
from bothhalves.core.deal.seat_course import SeatCourse, SeatSchedule

Money = int | Fraction


class SeatSums:
    """The seat clauses of a contract over months in a row. Seats of a scenario are given by type."""

    def __init__(self, contract: Contract, months: Sequence[Month]) -> None:
        self.months = tuple(months)
        self._whole = SeatSchedule(contract, self.months)
        self._types = [t.type for t in contract.seats]
        alone = len(set(self._types)) == len(self._types) and all(map(_by_months, contract.seats))
        short = alone and _never_missing(contract, self.months)
        self._clauses = [_Clause(contract, t, self.months) for t in contract.seats] if short else None

    def due(self, needed: Mapping[str, Sequence[int]]) -> list[Money]:
        """What is to be paid in each month, with what is paid ahead in the month of payment."""
        if not self._short(needed):
            course = self._whole.course(needed)
            return [cost + ahead for cost, ahead in zip(course.cost, course.ahead, strict=True)]
        return self._rows([c.run(needed[c.term.type], due=True) for c in self._clauses or ()])

    def cost(self, needed: Mapping[str, Sequence[int]]) -> Money:
        """What all months cost together."""
        if not self._short(needed):
            return sum(self._whole.course(needed).cost)
        return sum(sum(c.run(needed[c.term.type])) for c in self._clauses or ())

    def _short(self, needed: Mapping[str, Sequence[int]]) -> bool:
        return self._clauses is not None and all(kind in needed for kind in self._types)

    def _rows(self, rows: list[list[Money]]) -> list[Money]:
        return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * len(self.months)


def _by_months(term: SeatTerm) -> bool:
    """True if a month's charge follows from the number of seats alone."""
    return term.prorated_start is None and not (term.proration is not None and term.billed == "annual")


def _never_missing(contract: Contract, months: Sequence[Month]) -> bool:
    """True if so many seats are always charged that the contract's fewest seats add nothing."""
    if contract.minimum_seats is None:
        return True
    always = [t for t in contract.seats if t.from_ is None and t.ends is None]
    one_term = contract.term.turn(months[0]) == contract.term.turn(months[-1])
    return one_term and contract.minimum_seats <= sum(map(_fewest, always))


def _fewest(term: SeatTerm) -> int:
    up_only = term.rule is None or term.rule.up_only
    return max(term.committed, term.minimum) if up_only else term.minimum


@dataclass(frozen=True, slots=True)
class _Group:
    """Months charged together: those of a window, or of a term where each month stands by itself."""

    places: tuple[int, ...]
    turn: int
    renewals: int
    closes: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """A window: what its months cost, the seats charged and the mark after it, the most charged in it."""

    costs: tuple[Money, ...]
    billed: int
    mark: int | None
    most: int


@dataclass(slots=True)
class _State:
    """What a clause carries from group to group."""

    committed: int
    turn: int
    billed: int = 0
    mark: int | None = None
    peak: int = 0
    last: int = 0


#: A group, the committed seats in it, and the costs of its months.
_Step = tuple[_Group, int, list[Money]]


class _Clause:
    """One clause, the only one of its type."""

    def __init__(self, contract: Contract, term: SeatTerm, months: Sequence[Month]) -> None:
        self.term, self.months = term, months
        self._own = replace(contract, seats=(term,), minimum_seats=None)
        rule = None if term.rule is None else term.rule.stated
        self._at_once = rule is None or rule.at_once
        self._ratchets = rule is not None and rule.ratchets
        self._method = "" if rule is None else rule.method
        self._groups = list(self._grouped())
        self._baseline = (term.renewal or Renewal()).baseline
        self._months: dict[tuple[int, int, int], tuple[Money, int]] = {}
        self._windows: dict[tuple[int, ...], _Told] = {}
        self._aheads: dict[tuple[int, int], tuple[Money, ...]] = {}
        self._schedules: dict[tuple[Month, ...], SeatSchedule] = {}
        self._each_more: dict[tuple[int, int], Money] = {}
        bent = bool(term.breaks) or term.maximum is not None or rule is None or bool(rule.grace)
        self._straight = rule is not None and not bent and self._ratchets and bool(rule.backdated)

    def _grouped(self) -> list[_Group]:
        basis, term, rule = self._own.term, self.term, self.term.rule
        first = max(Month.of(basis.start), Month.of(term.from_ or basis.start))
        charged = [n for n, m in enumerate(self.months) if basis.runs(m) and term.charged(m)]

        def slot(place: int) -> tuple[int, int]:
            month = self.months[place]
            if self._at_once or rule is None:
                return basis.turn(month), 0
            return rule.stated.window(basis, month)

        found = []
        for (turn, window), run in groupby(charged, key=slot):
            places = tuple(run)
            after = self.months[places[-1]].next
            closes = (
                not term.charged(after) or rule is None or rule.stated.window(basis, after) != (turn, window)
            )
            found.append(_Group(places, turn, turn - basis.turn(first), closes))
        return found

    def run(self, needed: Sequence[int], *, due: bool = False) -> list[Money]:
        """What each month costs; ``due``: when it is to be paid."""
        found: list[Money] = [0] * len(self.months)
        annual = due and self.term.billed == "annual"
        for group, committed, costs in self._steps(needed):
            if annual:
                ahead = self._ahead(group, committed)
                costs = [cost + paid for cost, paid in zip(costs, ahead, strict=True)]
            for place, amount in zip(group.places, costs, strict=True):
                found[place] = amount
        return found

    def _steps(self, needed: Sequence[int]) -> Iterator[_Step]:
        """Every group with the committed seats in it and its costs."""
        state = _State(self.term.committed, self._groups[0].turn if self._groups else 0)
        for group in self._groups:
            if group.turn != state.turn:
                state = self._renewed(group, state)
            yield group, state.committed, self._group(group, state, [needed[n] for n in group.places])

    def _renewed(self, group: _Group, state: _State) -> _State:
        if group.renewals == 0:
            return _State(self.term.committed, group.turn)
        seats = {"peak": state.peak, "assigned": state.last}.get(self._baseline, state.billed)
        return _State(seats, group.turn)

    def _group(self, group: _Group, state: _State, seats: list[int]) -> list[Money]:
        state.last = seats[-1]
        if self._at_once:
            costs, counts = self._each(group, state.committed, seats)
            state.billed, state.peak = counts[-1], max(state.peak, *counts, *seats)
            return costs
        told = self._window(group, state.committed, state.mark, seats)
        state.billed, state.mark = told.billed, told.mark
        state.peak = max(state.peak, told.most, *seats)
        return list(told.costs)

    def _each(self, group: _Group, committed: int, seats: list[int]) -> tuple[list[Money], list[int]]:
        """Months that stand by themselves, or under a mark that only rises."""
        counts = list(accumulate(seats, max)) if self._ratchets else seats
        known, told = self._months, []
        for count in counts:
            slot = (group.renewals, committed, count)
            if slot not in known:
                known[slot] = self._asked(group, committed, count)
            told.append(known[slot])
        return [cost for cost, _ in told], [billed for _, billed in told]

    def _asked(self, group: _Group, committed: int, count: int) -> tuple[Money, int]:
        months = (self.months[group.places[0]],)
        course = self._course(months, group.turn, committed, None, [count])
        return plain(course.cost[0]), course.billed[self.term.type][0]

    def _window(self, group: _Group, committed: int, mark: int | None, seats: list[int]) -> _Told:
        """A window. Seats above a mark that only rises cost the same each, which is asked once."""
        if not (self._straight and group.closes):
            return self._told(group, committed, mark, self._reduced(seats))
        most, length = max(seats), len(seats)
        still = self._told(group, committed, mark, [0] * length)
        if most <= still.billed:
            return still
        slot = (group.renewals, length)
        if slot not in self._each_more:
            more = self._told(group, committed, mark, [still.billed + 1] * length)
            self._each_more[slot] = more.costs[-1] - still.costs[-1]
        costs = (*still.costs[:-1], still.costs[-1] + (most - still.billed) * self._each_more[slot])
        return _Told(costs, most, most, most)

    def _told(self, group: _Group, committed: int, mark: int | None, seen: list[int]) -> _Told:
        slot = (group.renewals, group.closes, committed, -1 if mark is None else mark, *seen)
        if slot not in self._windows:
            months = tuple(self.months[n] for n in group.places)
            course = self._course(months, group.turn, committed, mark, seen)
            after, billed = course.states[self.term.id], course.billed[self.term.type]
            costs = tuple(map(plain, course.cost))
            self._windows[slot] = _Told(costs, after.billed, after.mark, max(billed))
        return self._windows[slot]

    def _reduced(self, seats: list[int]) -> list[int]:
        """Measured seats, written so that windows that are charged alike are equal."""
        if self._method == "actual":
            return seats
        if self._method == "average":
            return [*[0] * (len(seats) - 1), sum(seats)]
        return [max(seats) if self._method == "high-water" else seats[-1]] * len(seats)

    def _ahead(self, group: _Group, committed: int) -> tuple[Money, ...]:
        slot = (group.places[0], committed)
        if slot not in self._aheads:
            months = tuple(self.months[n] for n in group.places)
            course = self._course(months, group.turn, committed, None, [0] * len(months))
            self._aheads[slot] = tuple(map(plain, course.ahead))
        return self._aheads[slot]

    def _course(
        self, months: tuple[Month, ...], turn: int, committed: int, mark: int | None, seats: list[int]
    ) -> SeatCourse:
        if months not in self._schedules:
            self._schedules[months] = SeatSchedule(self._own, months)
        state = SeatState(mark=mark, turn=turn, committed=committed)
        return self._schedules[months].course({self.term.type: seats}, {self.term.id: state})
