"""What groups got done with a tool, as the buyer counts it in outcomes.csv: never by person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bothhalves.core.dates import Month
from bothhalves.core.explain import Problem, Where
from bothhalves.intake.base import Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from bothhalves.intake.tabular import fields, header

FILE = "outcomes.csv"
COLUMNS = ("group", "month", "outcome", "count")


@dataclass(frozen=True, slots=True)
class Outcome:
    """So many outcomes of a kind, such as merged changes, of a group in a month."""

    group: str
    month: Month
    outcome: str
    count: int


def read_outcomes(root: Path, groups: Iterable[str]) -> tuple[tuple[Outcome, ...], list[Problem]]:
    """The good rows, and every problem of all rows."""
    path, sink, known = root / FILE, Sink(), set(groups)
    if not path.is_file():
        return (), []
    source = Source(path, FILE)
    lacking = [name for name in COLUMNS if name not in {c.lower() for c in header(source)}]
    if header(source) and lacking:
        what = f"the columns {', '.join(lacking)} are missing."
        return (), [Problem("outcomes.columns", Where(FILE, 1), what, f"The header is {','.join(COLUMNS)}.")]
    found = [_outcome(row, known) for row in fields(source, sink)]
    return tuple(outcome for outcome in found if outcome is not None), sink.problems


def _outcome(row: Fields, known: set[str]) -> Outcome | None:
    for name in COLUMNS:
        if not row.has(name):
            row.bad(name, "missing", f"Write {name}.")
    group, count, text = row.text("group"), row.count("count"), row.text("month")
    try:
        month = Month.parse(text)
    except ValueError:
        if row.has("month"):
            row.bad("month", f"{text[:40]!r} is not a month", "Write it as 2026-10.")
        return None
    if row.sound and group not in known:
        name = "what is written there" if "@" in group else repr(group[:60])
        what = f"no group is called {name}."
        fix = "Write the id of a group of company.yaml; people are not counted one by one."
        row.sink.problems.append(Problem("outcomes.group", row.where, what, fix))
        return None
    return Outcome(group, month, row.text("outcome"), count) if row.sound else None
