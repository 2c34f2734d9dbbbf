"""Moves of people and work between paths, priced by the contract itself.

Every state of the world is settled as a bill would be: seats by type and usage, month by month, under the
terms of a view. So a seat below the minimum saves nothing, a metered token below a commitment costs
nothing, and moved work is in the usage before the commitment is settled, without a rule for any of it.

Moves are applied in one visible order. What a move is worth is the state before it less the state after
it, so the worths add up to the whole change exactly, and a move that stands behind another which already
reached a floor shows that it is worth nothing. The commitment comes before what it is signed for, or the
old one would hide what each lever saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bothhalves.core.clauses.base import Demand, MeteredUse, SeatUse, UnitUse
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import Amount, MoneyKind, total
from bothhalves.core.settling import Carried, settle


class Component(StrEnum):
    """The parts into which after less before is divided, in the order in which moves are applied."""

    SEATS = "seats"  # seats released, given or changed
    COMMITMENT = "commitment"  # the promise signed for what is used in the end
    LEVERS = "levers"  # work on the API made cheaper
    MOVED = "moved work"  # work that changes its path
    ENGINEERING = "engineering"  # what the tools cost


@dataclass(frozen=True, slots=True)
class Commit:
    """The ``amount`` to commit to per period of the contract's commitment clause; None: nothing."""

    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a plan. ``seats`` changes the number of seats by type; ``drops`` are ids of Lines of usage
    that go, and ``adds`` is usage that comes, by observed month. ``reseats`` says under which seat type a
    person's units are used from then on; ``""``: they are used no more. ``costs`` are Lines outside the
    contract, such as a tool's, for each month of the horizon. ``commit`` is signed at renewal only. Before
    the month ``since`` (None: from the first) seats and usage are as if nothing moved."""

    id: str
    component: Component
    seats: Mapping[str, int] = field(default_factory=dict)
    drops: frozenset[str] = frozenset()
    adds: Mapping[Month, tuple[MeteredUse, ...]] = field(default_factory=dict)
    costs: tuple[Line, ...] = ()
    commit: Commit | None = None
    since: Month | None = None
    reseats: Mapping[str, str] = field(default_factory=dict)

    def holds(self, month: Month) -> bool:
        return self.since is None or self.since <= month


@dataclass(frozen=True, slots=True)
class View:
    """The terms under which a state is settled, over which months, and what is open when they begin.

    ``at_renewal``: the seats of a state are signed anew, no fewer than the minimum. Otherwise they are used
    under the terms as signed, which charge what they charge.
    """

    name: str
    contract: Contract
    months: tuple[Month, ...]
    at_renewal: bool = False
    carried: Carried | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The Lines of the horizon after the first ``moves`` of a plan."""

    moves: tuple[str, ...]
    lines: tuple[Line, ...]
    currency: str
    kind: MoneyKind

    @property
    def total(self) -> Amount:
        return total((line.amount for line in self.lines), self.currency, self.kind)


#: Usage as it is in a month of the horizon, by the id of its Line.
Dated = dict[str, MeteredUse]


@dataclass(slots=True)
class _Asked:
    """What a month of the horizon asks after some moves, of those that hold in it. ``dated`` is usage as it
    is in that month, made once for all states."""

    month: Month
    observed: Demand
    seats: dict[str, int]
    usage: list[MeteredUse]
    units: tuple[UnitUse, ...]
    dated: Dated = field(default_factory=dict)

    def move(self, move: Move) -> None:
        """Adds one more move."""
        if not move.holds(self.month):
            return
        self.seats = _held(self.seats, move)
        if move.reseats:
            self.units = tuple(_reseated(self.units, move.reseats))
        if move.drops:
            self.usage = [use for use in self.usage if use.line.id not in move.drops]
        self.usage = [*self.usage, *move.adds.get(self.observed.month, ())]

    def demand(self) -> Demand:
        held = tuple(SeatUse(name, count) for name, count in sorted(self.seats.items()))
        used = tuple(_in(use, self.month, self.dated) for use in self.usage)
        return replace(self.observed, month=self.month, usage=used, seats=held, units=self.units)


def states(
    view: View,
    observed: Sequence[Demand],
    seats: Mapping[str, int],
    moves: Sequence[Move],
    kind: MoneyKind = MoneyKind.SCENARIO,
) -> list[State]:
    """The state before any move and after each, in order.

    ``observed`` are the months whose usage repeats over the horizon; ``seats`` are those held today.
    Raises ``ValueError`` if a move takes more seats of a type than there are.
    """
    told = [observed[number % len(observed)] for number in range(len(view.months))]
    asked = [
        _Asked(month, one, dict(seats), list(one.usage), one.units)
        for month, one in zip(view.months, told, strict=True)
    ]
    found, held = [_state(view, asked, dict(seats), (), kind)], dict(seats)
    for number, move in enumerate(moves, 1):
        held = _held(held, move) if view.at_renewal else held
        for one in asked:
            one.move(move)
        found.append(_state(view, asked, held, tuple(moves[:number]), kind))
    return found


def _state(
    view: View, asked: Iterable[_Asked], held: Mapping[str, int], moves: tuple[Move, ...], kind: MoneyKind
) -> State:
    """``held`` are the seats after all moves, for which a contract is signed anew."""
    contract = view.contract
    if view.at_renewal:
        commit = next((m.commit for m in reversed(moves) if m.commit is not None), None)
        contract = signed_anew(contract, held, view.months, commit)
    lines = settle(contract, [one.demand() for one in asked], view.carried, kind).lines
    costs = tuple(line for move in moves for line in move.costs)
    return State(tuple(m.id for m in moves), (*lines, *costs), contract.currency, kind)


def _held(seats: Mapping[str, int], move: Move) -> dict[str, int]:
    """Seats by type after the move."""
    found = dict(seats)
    for name, change in move.seats.items():
        found[name] = found.get(name, 0) + change
        if found[name] < 0:
            raise ValueError(f"{move.id} takes more {name} seats than there are")
    return found


def _reseated(units: Iterable[UnitUse], seats: Mapping[str, str]) -> Iterator[UnitUse]:
    """Each person's units under the seat that they hold now; without one they are used no more."""
    for use in units:
        seat = seats.get(use.person) if use.person else None
        if seat is None:
            yield use
        elif seat:
            yield replace(use, seat_type=seat)


def _in(use: MeteredUse, month: Month, dated: Dated) -> MeteredUse:
    """The same usage in another month, at the same price; made once for all states."""
    known = dated.get(use.line.id)
    if known is None:
        moved = replace(use, line=_dated(use.line, month))
        known = replace(moved, protected=_dated(use.protected, month)) if use.protected else moved
        dated[use.line.id] = known
    return known


def _dated(line: Line, month: Month) -> Line:
    said = {**dict(line.dimensions), "month": str(month)}
    return replace(line, id=f"{line.id}@{month}", dimensions=tuple(sorted(said.items())))


def signed_anew(
    contract: Contract, seats: Mapping[str, int], months: Sequence[Month], commit: Commit | None = None
) -> Contract:
    """The contract as if signed again for ``months``, with so many seats of each type and not fewer than
    its minimum. A seat type of which none are held is not bought, unless another clause asks for it.
    ``commit`` None: the commitment is signed as it was."""
    first: date = months[0].first
    terms = [
        replace(t, committed=max(t.minimum, seats[t.type]), from_=None, until=None, co_term=None)
        for t in _latest(contract.seats)
        if seats.get(t.type)
    ]
    term = replace(contract.term, start=first, months=len(months))
    anew = replace(contract, seats=tuple(terms), term=term)
    if commit is None or contract.commitment is None:
        return anew
    amount = None if commit.amount is None else replace(contract.commitment, amount=commit.amount, ramp=())
    return replace(anew, commitment=amount)


def _latest(terms: Iterable[SeatTerm]) -> list[SeatTerm]:
    """The clause in force last of each seat type."""
    by_type: dict[str, SeatTerm] = {}
    for term in terms:
        known = by_type.get(term.type)
        if known is None or (known.from_ or date.min) <= (term.from_ or date.min):
            by_type[term.type] = term
    return list(by_type.values())


def horizon(first: Month, count: int) -> tuple[Month, ...]:
    """``count`` months from ``first`` on."""
    found = [first]
    while len(found) < count:
        found.append(found[-1].next)
    return tuple(found[:count])
