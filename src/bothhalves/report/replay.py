"""A replay as text and as JSON."""

from __future__ import annotations

import json
from typing import Any

from bothhalves.brief.replays import Replay, ReplayRow
from bothhalves.core.explain import Figure
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record, value_record

_HEAD = ("clause", "today", "under", "difference")


def replay_record(replay: Replay) -> str:
    """One JSON object: rows by clause and month, the total, and every figure with its Lines."""
    return json.dumps(
        {
            "vendor": replay.vendor,
            "under": replay.name,
            "window": list(replay.window),
            "clauses": [_row(r) for r in replay.rows],
            "months": [_row(r) for r in replay.months],
            "total": _row(replay.total),
            "incurred": _row(replay.incurred),
            "assumptions": list(replay.assumptions),
            "notes": list(replay.notes),
            "unpriced": list(replay.unpriced),
            "figures": {k: figure_record(f) for k, f in sorted(replay.figures().items())},
        },
        indent=2,
        ensure_ascii=False,
    )


def _row(row: ReplayRow) -> dict[str, Any]:
    return {
        "name": row.clause,
        "today": value_record(row.today.value),
        "under": value_record(row.under.value),
        "difference": None if row.difference is None else value_record(row.difference.value),
        "keys": [f.key for f in row.roots()],
    }


def replay_text(replay: Replay) -> str:
    """The clauses and months side by side, to the cent, and what was assumed."""
    first, last = replay.window
    window = first if first == last else f"{first} to {last}"
    lines = [f"{replay.vendor}, {window}: today's terms against {replay.name}", ""]
    totals = [("billed in the window", replay.total), ("at contract terms", replay.incurred)]
    sums = [(name, *_cells(row)[1:]) for name, row in totals]
    lines += grid([_HEAD, *map(_cells, replay.rows), *sums], right={1, 2, 3})
    if len(replay.months) > 1:
        lines += ["", *grid([("month", *_HEAD[1:]), *map(_cells, replay.months)], right={1, 2, 3})]
    for title, sentences in (
        ("Unpriced, so both totals are at least", replay.unpriced),
        ("Notes", replay.notes),
        ("Assumed, because the terms are silent", replay.assumptions),
    ):
        if sentences:
            lines += ["", title, *(f"  {s}" for s in sentences)]
    lines += ["", "Open any figure: add --explain 'replay.cost?clause=…&side=under'."]
    return "\n".join(lines)


def _cells(row: ReplayRow) -> tuple[str, ...]:
    return (row.clause, *map(_money, (row.today, row.under, row.difference)))


def _money(figure: Figure | None) -> str:
    return show.cents(figure, unknown="not known")
