"""Why a number is what it is: the derivation of a figure as every face tells it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bothhalves.brief import Page
from bothhalves.core.evidence import LICENCE
from bothhalves.core.explain import Figure, Line, Operator, Problem, Selector, View, value_of
from bothhalves.core.money import Amount, MoneyKind, total

#: Gives up to so many of the rows that a selector names, each as column and text.
Rows = Callable[[Selector, int], list[dict[str, str]]]

#: Operands written out one by one; the rest of a longer sum is one line with its own total.
SHOWN = 40

KINDS = {
    MoneyKind.INVOICED: "invoiced: stated by the vendor, not computed here",
    MoneyKind.ESTIMATED: "estimated: quantities at list or contract prices, not an invoice",
    MoneyKind.NOTIONAL: "notional: what flat-seat usage would cost if it were metered; nobody pays it",
    MoneyKind.SCENARIO: "scenario: what would be paid under the stated assumptions",
}
VIEWS = {
    View.LIST: "list price",
    View.CONTRACTED: "contract price",
    View.BILLED: "as billed",
    View.EFFECTIVE: "effective, after what was prepaid or committed is spread",
}


@dataclass(frozen=True, slots=True)
class Index:
    """Every figure of a page by key, and the figure that each is first a part of."""

    figures: dict[str, Figure]
    parent: dict[str, str]

    def ancestors(self, key: str) -> tuple[Figure, ...]:
        """From the outermost figure down to the parent of ``key``."""
        path: list[str] = []
        while (key := self.parent.get(key, "")) and key not in path:
            path.append(key)
        return tuple(self.figures[k] for k in reversed(path))


def index(page: Page) -> Index:
    """The index of a page; a figure that stands in several places is visited once."""
    figures: dict[str, Figure] = {}
    parent: dict[str, str] = {}
    waiting = list(page.roots())
    for figure in waiting:
        if figure.key in figures:
            continue
        figures[figure.key] = figure
        for part in figure.operands:
            if isinstance(part, Figure):
                parent.setdefault(part.key, figure.key)
                waiting.append(part)
    return Index(figures, parent)


def below(figure: Figure) -> Iterator[Figure | Line]:
    """The figure and everything under it, each once."""
    seen: set[int] = set()
    waiting: list[Figure | Line] = [figure]
    for node in waiting:
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, Figure):
            waiting.extend(node.operands)


def selectors(figure: Figure) -> tuple[Selector, ...]:
    """Which stored rows stand behind a figure: its own, or those of its leaves."""
    if figure.rows is not None:
        return (figure.rows,)
    found = (node.rows for node in below(figure) if node.rows is not None)
    return tuple(dict.fromkeys(found))


def telling(rows: list[dict[str, str]]) -> tuple[str, ...]:
    """The columns that say something in some row."""
    named = dict.fromkeys(column for row in rows for column in row)
    return tuple(c for c in named if any(row.get(c, "") not in ("", "0") for row in rows))


def source_rows(figure: Figure | Line, rows: Rows, limit: int) -> list[dict[str, str]]:
    """Up to ``limit`` of the rows behind a figure or a line."""
    wanted = (figure.rows,) if isinstance(figure, Line) else selectors(figure)
    found: list[dict[str, str]] = []
    for selector in wanted:
        if len(found) >= limit:
            break
        found += rows(selector, limit - len(found))
    return found[:limit]


def problems(figure: Figure) -> tuple[Problem, ...]:
    """Everything that weakens a figure, found on it or below it."""
    found = (problem for node in below(figure) if isinstance(node, Figure) for problem in node.problems)
    return tuple(dict.fromkeys(found))


def is_assumed(figure: Figure) -> bool:
    """True if anything under the figure is an assumption of ours or the buyer's."""
    return any(isinstance(node, Figure) and node.assumed for node in below(figure))


def kind_words(figure: Figure) -> str:
    return KINDS[figure.value.kind] if isinstance(figure.value, Amount) else ""


def view_words(figure: Figure) -> str:
    """The cost views of the lines under a figure."""
    found = {node.view for node in below(figure) if isinstance(node, Line)}
    return ", ".join(VIEWS[view] for view in View if view in found)


def sentence(figure: Figure) -> str:
    """How the value comes about, in one plain sentence."""
    parts = len(figure.operands)
    if figure.operator is Operator.SUM:
        return f"The sum of {parts} parts." if parts != 1 else "It has one part."
    if figure.operator is Operator.COUNT:
        return "Counted from the imported rows below."
    if figure.operator is Operator.GIVEN:
        return _given(figure)
    first, second = (_title(part) for part in figure.operands)
    return (
        f"{first}, less {second}."
        if figure.operator is Operator.DIFFERENCE
        else f"{first}, divided by {second}."
    )


def _given(figure: Figure) -> str:
    if figure.assumed:
        return "Assumed; replace it with a fact."
    if figure.operands:
        return "Worked out from the parts below, as its rule says."
    worked = isinstance(figure.value, Amount) and figure.value.kind in (
        MoneyKind.SCENARIO,
        MoneyKind.NOTIONAL,
    )
    return "Its rule says how it comes about." if worked else "Written down by its source, not computed."


def _title(part: Figure | Line) -> str:
    return part.title if isinstance(part, Figure) else part.meter.replace("_", " ")


def evidence_words(page: Page, figure: Figure) -> str:
    """The evidence grade of the page and what it licenses; assumptions say so."""
    words = f"{page.grade}: {LICENCE[page.grade]}"
    return f"{words}; rests on an assumption" if is_assumed(figure) else words


def shown_operands(figure: Figure) -> tuple[tuple[Figure | Line, ...], Amount | None, int]:
    """The operands to write out, then the total and the number of the others where there are many."""
    operands = figure.operands
    if figure.operator is not Operator.SUM or len(operands) <= SHOWN + 1:
        return operands, None, 0
    rest = operands[SHOWN:]
    if not isinstance(figure.value, Amount):
        return operands, None, 0
    amounts = [v for v in map(value_of, rest) if isinstance(v, Amount)]
    return operands[:SHOWN], total(amounts, figure.value.currency, figure.value.kind), len(rest)


def command(key: str, workspace: str, window: str, changes: Iterable[tuple[str, str]] = ()) -> str:
    """The command line that gives the same derivation; ``changes`` are inputs that are not as planned."""
    words = ["bothhalves", "explain", shlex.quote(key), "--workspace", shlex.quote(workspace)]
    words += ["--window", window] if window else []
    return " ".join([*words, *(f"--{name} {value}" for name, value in changes)])


def line_of(figure: Figure, line_id: str) -> Line | None:
    """The operand of ``figure`` that is the line called ``line_id``."""
    return next((o for o in figure.operands if isinstance(o, Line) and o.id == line_id), None)


def size(figure: Figure) -> float:
    """How long to draw a figure: geometry only, never an amount."""
    value = figure.value
    return float(value.low if isinstance(value, Amount) else value)
