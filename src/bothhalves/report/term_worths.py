"""What terms are worth, as text and as JSON: asks by worth, what the offer has, gates, what has no price."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bothhalves.brief.bases import AFTER
from bothhalves.brief.term_worths import WorthRow, WorthSheet, words
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Figure
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record
from bothhalves.workspace.term_worths import SHOWN

Record = dict[str, Any]
_HEAD = ("worth", "low", "high", "over", "evidence")


def worths_text(sheet: WorthSheet) -> str:
    """The asks, the most valuable first."""
    found = sheet.found
    what = "mean over chances" if found.outlook.is_weighed else "base scenario"
    lines = [
        f"{found.offer.id}: {found.months[0]} to {found.months[-1]}, {found.offer.currency}, {what}",
        f"  {found.outlook.baseline.capitalize()} usage, evidence {found.outlook.grade}."
        f" {found.outlook.source.rstrip('.')}.",
    ]
    if found.outlook.baseline is Baseline.EFFICIENT:
        lines.append(f"  {AFTER}")
    if sheet.asks:
        rows = [*map(_cells, sheet.asks), *([_cells(sheet.package)] if sheet.package else [])]
        lines += ["", *grid([("ask", *_HEAD), *rows], right={1, 2, 3})]
        if sheet.alone is not None:
            lines.append(f"  Together, not added up: each alone comes to {_money(sheet.alone)}.")
        asked = _asked(sheet.asks)
        lines += ["", "What to ask for, and what to settle for", *asked] if asked else []
    if sheet.held:
        lines += ["", *grid([("in the offer already", *_HEAD), *map(_cells, sheet.held)], right={1, 2, 3})]
    for title, said in (
        ("Not priced", _unpriced(sheet)),
        ("Gates, which are not money", _gates(sheet)),
        ("Assumed", list(found.said)),
    ):
        if said:
            lines += ["", title, *(f"  {s}" for s in said)]
    return "\n".join([*lines, "", "Open any figure: add --explain 'clause.worth?clause=…&offer=…'."])


def _cells(row: WorthRow) -> tuple[str, ...]:
    valued = row.valued
    if valued is None:
        return ("all of worth together", _money(row.worth), *_ends(row), "the term", "")
    over = "term and renewal" if valued.renewed else "the term"
    return (words(valued.pair.term), _money(row.worth), *_ends(row), over, str(valued.grade))


def _ends(row: WorthRow) -> tuple[str, str]:
    return _money(row.ways["low"]), _money(row.ways["high"])


def _asked(rows: Sequence[WorthRow]) -> list[str]:
    said = []
    for row in rows:
        if row.valued is not None and row.valued.worth.expected > 0:
            term = row.valued.pair.term
            price = f"Worth a price {_money(row.worth)} lower."
            said.append(f"  {words(term)}: {term.ask} If not: {term.settle_for} {price}")
    return said


def _unpriced(sheet: WorthSheet) -> list[str]:
    """Each term by itself, or once why none of them has a price."""
    found = sheet.found.asks
    reasons = {u.reason for u in found.unvalued}
    if len(reasons) == 1 and not (found.asks or found.held):
        return [f"{reasons.pop()}."]
    return [f"{words(u.term)}: {u.reason}." for u in found.unvalued]


def _gates(sheet: WorthSheet) -> list[str]:
    said = []
    for gate in sheet.found.asks.gates:
        sides = f"{gate.name}: seats {gate.seats or 'not said'}, API {gate.api or 'not said'}"
        required = f"; required {gate.required}" if gate.required else ""
        short = f"; fails for {' and '.join(gate.fails)}" if gate.fails else ""
        said.append(f"{sides}{required}{short}{'; the two sides differ' if gate.differs else ''}.")
    return said


def _money(figure: Figure) -> str:
    return show.under_a_cent(figure) or show.figure(figure, show.cents_money)


def worths_record(sheet: WorthSheet) -> str:
    """One JSON object: asks, held terms, what has no price, gates, and every figure with its Lines."""
    found = sheet.found
    package = found.asks.package
    return json.dumps(
        {
            "offer": found.offer.id,
            "months": [str(found.months[0]), str(found.months[-1])],
            "asks": [_row(r) for r in sheet.asks],
            "held": [_row(r) for r in sheet.held],
            "package": None
            if sheet.package is None or package is None or sheet.alone is None
            else {
                "clauses": [t.id for t in package.terms],
                "worth": sheet.package.worth.key,
                "sum": sheet.alone.key,
            },
            "not_priced": [{"clause": u.term.id, "reason": u.reason} for u in found.asks.unvalued],
            "gates": [
                {
                    "name": g.name,
                    "seats": g.seats,
                    "api": g.api,
                    "required": g.required,
                    "fails": list(g.fails),
                    "differs": g.differs,
                }
                for g in found.asks.gates
            ],
            "assumptions": list(found.said),
            "figures": {k: figure_record(f) for k, f in sorted(sheet.figures().items())},
        },
        indent=1,
        ensure_ascii=False,
    )


def _row(row: WorthRow) -> Record:
    valued = row.valued
    assert valued is not None
    term = valued.pair.term
    return {
        "clause": term.id,
        "half": str(term.half),
        "ask": term.ask,
        "walk_away": term.settle_for,
        "evidence": str(valued.grade),
        "with_renewal": valued.renewed,
        "worth": row.worth.key,
        **{way: row.ways[way].key for way in SHOWN},
    }
