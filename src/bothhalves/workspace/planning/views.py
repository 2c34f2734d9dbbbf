"""The two views of a contract: what moves are worth until its term ends, and from its renewal on.

Both ends of a price interval are settled apart, so that what a move saves is an interval as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bothhalves.core.clauses.base import Demand
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.explain import Line
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.moves import Move, State, View, horizon, states
from bothhalves.workspace.demands import Asked
from bothhalves.workspace.replaying import span_of
from bothhalves.workspace.settled import settled

KIND = MoneyKind.SCENARIO


@dataclass(frozen=True, slots=True)
class Moved:
    """A move with its usage at both ends of what it can be."""

    low: Move
    high: Move

    @property
    def id(self) -> str:
        return self.low.id


@dataclass(frozen=True, slots=True)
class Step:
    """A state of a view at both ends. ``lines`` are those of the low end, spanning to the high one."""

    move: str
    lines: tuple[Line, ...]
    total: Amount
    saves: Amount | None  # None: the first state, which is before any move


@dataclass(frozen=True, slots=True)
class Course:
    """A view with the states after each move, the first one being as is."""

    view: View
    steps: tuple[Step, ...]

    @property
    def before(self) -> Step:
        return self.steps[0]

    @property
    def after(self) -> Step:
        return self.steps[-1]


def observed(asked: Asked, contract: Contract, months: Sequence[Month], end: str) -> list[Demand]:
    """What the observed months asked of the contract."""
    return [d for d in asked.of(contract, end, KIND) if d.month in months]


def bought(contract: Contract, month: Month, held: Mapping[str, int]) -> dict[str, int]:
    """Seats by type that are paid for today: those committed, or those held where they are more."""
    return {s.type: max(s.committed, held.get(s.type, 0)) for s in contract.seats_in(month)}


def renewal_view(contract: Contract, last: Month, count: int) -> View:
    """Full prices: everything signed anew for ``count`` months from the end of the term on."""
    after_term = Month.of(contract.term.until)
    first = max(after_term, last.next)
    return View("renewal", contract, horizon(first, count), at_renewal=True)


def in_term_view(asked: Asked, contract: Contract, last: Month) -> View | None:
    """The rest of the signed term, with what it has used so far; None where nothing is left of it."""
    end = Month.of(contract.term.until)
    months = tuple(m for m in month_range(last.next, end) if contract.term.charged(m))
    if not months:
        return None
    told = span_of((contract,), (last,))
    carried = settled(asked, contract, told, KIND).carried
    return View("in the term", contract, months, carried=carried)


def course(
    view: View,
    months: tuple[Sequence[Demand], Sequence[Demand]],
    seats: Mapping[str, int],
    moves: Sequence[Moved],
) -> Course:
    """The view settled before and after each move; ``months`` are the observed ones at both ends."""
    low = states(view, months[0], seats, [m.low for m in moves], KIND)
    same = months[0] == months[1] and all(m.low == m.high for m in moves)
    high = low if same else states(view, months[1], seats, [m.high for m in moves], KIND)
    totals = [
        (one.total, one.total if one is other else other.total) for one, other in zip(low, high, strict=True)
    ]
    steps = [_step("", low[0], high[0], totals[0], None)]
    for number, move in enumerate(moves, 1):
        saves = _saved(totals[number - 1], totals[number])
        steps.append(_step(move.id, low[number], high[number], totals[number], saves))
    return Course(view, tuple(steps))


def _saved(before: tuple[Amount, Amount], after: tuple[Amount, Amount]) -> Amount:
    """What is saved at the low and at the high end, whichever is less first."""
    found = sorted((one - other for one, other in zip(before, after, strict=True)), key=lambda a: a.low)
    return replace(found[0], high=found[1].low)


def _step(move: str, low: State, high: State, totals: tuple[Amount, Amount], saves: Amount | None) -> Step:
    lines = low.lines if low is high else tuple(_both_ends(low.lines, high.lines))
    ends = sorted(total.low for total in totals)
    return Step(move, lines, Amount(low.currency, low.kind, *ends), saves)


def _both_ends(low: Sequence[Line], high: Sequence[Line]) -> Iterator[Line]:
    others = {line.id: line.amount.low for line in high}
    known = {line.id for line in low}
    yield from (_spanning(line, others.get(line.id, Decimal(0))) for line in low)
    yield from (_spanning(line, Decimal(0)) for line in high if line.id not in known)


def _spanning(line: Line, other: Decimal) -> Line:
    if line.amount.low == other:
        return line
    low, high = sorted((line.amount.low, other))
    return replace(line, amount=Amount(line.amount.currency, line.amount.kind, low, high))
