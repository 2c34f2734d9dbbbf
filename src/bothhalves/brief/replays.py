"""A replay as figures: what each clause is worth on real usage and seats, today and under other terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bothhalves.core.explain import Figure, Line, Operator, Problem, View, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.workspace.replaying import Replayed, Side

USAGE = "list-price"


@dataclass(frozen=True, slots=True)
class ReplayRow:
    """One clause: what it costs today, under the other terms, and how much more that is."""

    clause: str
    today: Figure
    under: Figure
    difference: Figure | None

    def roots(self) -> tuple[Figure, ...]:
        return tuple(f for f in (self.today, self.under, self.difference) if f is not None)


@dataclass(frozen=True, slots=True)
class Replay:
    """The comparison by clause, by month and in sum: ``total`` is what is billed in the window, ``incurred``
    the same without what only says when it is paid (purchases in advance, draw-downs, shortfalls)."""

    vendor: str
    name: str
    window: tuple[str, str]
    rows: tuple[ReplayRow, ...]
    months: tuple[ReplayRow, ...]
    total: ReplayRow
    incurred: ReplayRow
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    unpriced: tuple[str, ...]
    problems: tuple[Problem, ...]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        rows = (*self.rows, *self.months, self.total, self.incurred)
        return by_key(root for row in rows for root in row.roots())


def build_replay(replayed: Replayed) -> Replay | None:
    """The figures of a replay; None where the two sides are in several currencies."""
    if replayed.problems:
        return None
    maker = _Maker(replayed.currency)
    today, under = _by_clause(replayed.today), _by_clause(replayed.under)
    rows = tuple(
        maker.row("clause", clause, today.get(clause, []), under.get(clause, []))
        for clause in dict.fromkeys([*today, *under])
    )
    by_month = tuple(
        maker.row("month", str(m), _in_month(replayed.today, str(m)), _in_month(replayed.under, str(m)))
        for m in replayed.months
    )
    return Replay(
        vendor=replayed.vendor,
        name=replayed.under.name,
        window=(str(replayed.months[0]), str(replayed.months[-1])),
        rows=rows,
        months=by_month,
        total=maker.total(rows),
        incurred=maker.row("view", "contracted", _incurred(replayed.today), _incurred(replayed.under)),
        assumptions=tuple(dict.fromkeys((*replayed.today.assumptions, *replayed.under.assumptions))),
        notes=replayed.notes,
        unpriced=tuple(dict.fromkeys((*replayed.today.unpriced, *replayed.under.unpriced))),
        problems=replayed.problems,
    )


class _Maker:
    """Makes the figures of both sides in one currency."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def row(self, dimension: str, name: str, today: list[Line], under: list[Line]) -> ReplayRow:
        """Both sides of one clause or month. Lines that are the same on both do not count as a difference."""
        sides = {"today": today, "under": under}
        rule = "The Lines of this clause or month in the window."
        costs = [
            self._sum("replay.cost", {dimension: name, "side": side}, f"{name}, {side}", lines, rule)
            for side, lines in sides.items()
        ]
        shared = {(line.id, line.amount) for line in today} & {(line.id, line.amount) for line in under}
        rule = "The Lines that are not the same on the other side."
        changed = [
            self._sum(
                "replay.changed",
                {dimension: name, "side": side},
                f"{name}, only {side}",
                [line for line in lines if (line.id, line.amount) not in shared],
                rule,
            )
            for side, lines in sides.items()
        ]
        return ReplayRow(name, costs[0], costs[1], _difference({dimension: name}, name, *changed))

    def total(self, rows: tuple[ReplayRow, ...]) -> ReplayRow:
        """The sum of the rows on both sides."""
        rule = "Usage at list price and everything that the clauses add."
        today, under = (
            self._sum("replay.total", {"side": side}, f"Total, {side}", parts, rule)
            for side, parts in (("today", [r.today for r in rows]), ("under", [r.under for r in rows]))
        )
        parts = [r.difference for r in rows if r.difference is not None]
        if len(parts) < len(rows):
            return ReplayRow("total", today, under, None)
        difference = self._sum(
            "replay.difference", {}, "Difference", parts, "The differences of the clauses."
        )
        return ReplayRow("total", today, under, difference)

    def _sum(
        self, name: str, dimensions: dict[str, str], title: str, parts: Sequence[Figure | Line], rule: str
    ) -> Figure:
        operands = tuple(parts)
        return sum_of(key(name, dimensions), title, operands, self._currency, MoneyKind.SCENARIO, rule=rule)


def _difference(dimensions: dict[str, str], name: str, today: Figure, under: Figure) -> Figure | None:
    """Under the other terms less today; None where today has no upper end."""
    first, second = under.value, today.value
    if not isinstance(first, Amount) or not isinstance(second, Amount) or second.at_least:
        return None
    rule = "Under the other terms less today; below zero: cheaper."
    name_of = key("replay.difference", dimensions)
    return Figure(
        name_of, f"Difference, {name}", Operator.DIFFERENCE, first - second, (under, today), rule=rule
    )


def _by_clause(side: Side) -> dict[str, list[Line]]:
    """Lines by clause, without the contract's id, so that the same clause of two contracts is compared."""
    found: dict[str, list[Line]] = {}
    for settled in side.settled:
        own = f"{settled.contract.id}/"
        for line in settled.lines:
            clause = line.entry.removeprefix(own) if line.entry.startswith(own) else USAGE
            found.setdefault(clause.replace("/", ":"), []).append(line)
    return found


def _in_month(side: Side, month: str) -> list[Line]:
    return [x for s in side.settled for x in s.lines if dict(x.dimensions)["month"] == month]


def _incurred(side: Side) -> list[Line]:
    return [line for s in side.settled for line in s.lines if line.view is not View.BILLED]
