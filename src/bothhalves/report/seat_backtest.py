"""A backtest of seats as text and as JSON: who kept a seat when, who came back, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bothhalves.brief.backtests import percent
from bothhalves.brief.seat_backtests import WORDS, SeatSheet, seat_figures
from bothhalves.core.deal.backtesting import OURS
from bothhalves.core.deal.seat_backtesting import HINDSIGHT
from bothhalves.core.money import Amount
from bothhalves.report import show
from bothhalves.report.grid import grid, indented
from bothhalves.report.record import figure_record
from bothhalves.workspace.seat_histories import SeatTests

_MEANING = (
    "Who is not kept and is active after all gets a seat again in that month, and so does everybody new.",
    "What it costs to be without a seat until then is in none of these sums.",
    "Every rule saw the days before a term and none of those in it.",
)


def seat_backtest_text(found: SeatTests, sheets: Sequence[SeatSheet]) -> str:
    """Every seat type, one after the other."""
    lines = [f"Backtest of {len(sheets)} seat type{'' if len(sheets) == 1 else 's'}"]
    lines += [f"  {said}" for said in found.said]
    for sheet in sheets:
        lines += ["", *_sheet_text(sheet)]
    return "\n".join([*lines, *_short(found), "", *_MEANING])


def _sheet_text(sheet: SeatSheet) -> list[str]:
    test, contract = sheet.test, sheet.test.history.contract
    length = f"{test.length} month{'' if test.length == 1 else 's'}"
    lines = [
        f"{contract.id}, {contract.seats[0].type}: {len(test.history.holders)} holders,"
        f" terms of {length}, the first after {test.known}"
    ]
    head = ("", "held", "we kept", "came back", *WORDS)
    rows = [
        (f"from {step.first}", str(step.held), str(step.kept[OURS]), str(step.returned[OURS]),
         *(show.figure(own[rule]) for rule in WORDS))
        for step, own in sheet.rows
    ]  # fmt: skip
    total = ("all terms", "", "", "", *(show.figure(sheet.paid[rule]) for rule in WORDS))
    lines += indented(grid([head, *rows, total], right=set(range(1, len(head)))))
    regrets = [
        (WORDS[rule], show.figure(figure), _share(sheet, rule), str(_returned(sheet, rule)))
        for rule, figure in sheet.regret.items()
    ]
    head = ("", "regret", "of hindsight", "returned without a seat")
    return [*lines, "", *indented(grid([head, *regrets], right={1, 2, 3}))]


def _share(sheet: SeatSheet, rule: str) -> str:
    figure = sheet.relative.get(rule)
    if figure is None or isinstance(figure.value, Amount):
        return "–"
    return percent(figure.value)


def _returned(sheet: SeatSheet, rule: str) -> int:
    return sum(step.returned[rule] for step, _ in sheet.rows)


def _short(found: SeatTests) -> list[str]:
    names = [
        f"{t.history.contract.id}, {t.history.contract.seats[0].type}" for t in found.tests if not t.steps
    ]
    return ["", f"  Too few months for a decision and a term after it: {'; '.join(names)}."] if names else []


def seat_backtest_record(found: SeatTests, sheets: Sequence[SeatSheet]) -> str:
    """One JSON object: every term of every seat type under every rule, and every figure."""
    record = {
        "notes": list(found.said),
        "seats": [_sheet_record(sheet) for sheet in sheets],
        "figures": {k: figure_record(f) for k, f in sorted(seat_figures(sheets).items())},
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def _sheet_record(sheet: SeatSheet) -> dict[str, Any]:
    contract = sheet.test.history.contract
    return {
        "contract": contract.id,
        "seat_type": contract.seats[0].type,
        "holders": len(sheet.test.history.holders),
        "months": sheet.test.length,
        "known": sheet.test.known,
        "terms": [
            {
                "from": str(step.first),
                "held": step.held,
                "kept": dict(step.kept),
                "returned": dict(step.returned),
                "paid": {rule: figure.key for rule, figure in own.items()},
            }
            for step, own in sheet.rows
        ],
        "paid": {rule: figure.key for rule, figure in sheet.paid.items()},
        "regret": {rule: figure.key for rule, figure in sheet.regret.items()},
        "relative": {rule: figure.key for rule, figure in sheet.relative.items()},
        "hindsight": sheet.paid[HINDSIGHT].key,
    }
