"""A backtest as text and as JSON: who stands where, what was signed when, and where a rival was cheaper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bothhalves.brief.backtests import BEST, WORDS, BacktestSheet, WalkSheet, figures, percent, together
from bothhalves.core.deal.backtesting import OURS, Standing, losses
from bothhalves.core.deal.rivals import RIVALS
from bothhalves.core.money import plain, quotient
from bothhalves.report import show
from bothhalves.report.grid import grid, indented
from bothhalves.report.record import figure_record
from bothhalves.workspace.backtesting import RULES, History

_SHOWN_SERIES = 5
Record = dict[str, Any]
_MEANING = (
    "Regret is what a rule paid more than the best amounts in hindsight, as a share of what those cost.",
    "Every rule saw the months before a term and none of those in it.",
)


def backtest_text(history: History, found: Sequence[BacktestSheet]) -> str:
    """Every set of terms, one after the other."""
    lines = [f"Backtest of {len(history.courses)} series of usage at list price, in {history.currency}"]
    lines += [f"  {said}" for said in history.said]
    over = together(found)
    if over is not None:
        lines += ["", "All of these terms together, in which a series counts once for each"]
        lines += _standings(over.standings)
    for sheet in found:
        lines += ["", *_sheet_text(sheet)]
    return "\n".join([*lines, "", *_MEANING])


def _sheet_text(sheet: BacktestSheet) -> list[str]:
    test = sheet.test
    lines = [f"{test.terms}: {test.title}", *(f"  {said}" for said in test.said)]
    if not sheet.walks:
        return [*lines, "  No series is long enough for a decision and the term after it."]
    word = "month" if all(walk.course.is_dated for walk in test.walks) else "period"
    lines.append(
        f"  Terms of {_of(test.months, word)}, the first after {test.known}; {len(sheet.walks)} series,"
        f" {_of(sum(len(w.rows) for w in sheet.walks), 'decision')}."
    )
    lines += _standings(sheet.standings)
    for walk in sheet.walks[:_SHOWN_SERIES]:
        lines += ["", *indented(_walk_text(walk))]
    if len(sheet.walks) > _SHOWN_SERIES:
        lines += ["", f"  … and {len(sheet.walks) - _SHOWN_SERIES} more series; --json lists them all."]
    return [*lines, *_lost(sheet)]


def _standings(found: Sequence[Standing]) -> list[str]:
    """A row for each rule."""
    head = ("", "median regret", "worst tenth", "all together", "dearer than us", "alike", "cheaper")
    rows = [
        (WORDS[s.rule], percent(s.median), percent(s.high), percent(s.overall),
         *(("", "", "") if s.rule == OURS else (str(s.ahead), str(s.level), str(s.behind))))
        for s in found
    ]  # fmt: skip
    return list(indented(grid([head, *rows], right=set(range(1, len(head))))))


def _of(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _walk_text(sheet: WalkSheet) -> list[str]:
    """A row for each term: what each rule signed, and what it then paid."""
    rules = [*RULES, BEST]
    rows = [
        (
            f"from {sheet.walk.course.named(row.step.known)}",
            row.signed[OURS],
            *(show.figure(row.bills[rule]) for rule in rules),
        )
        for row in sheet.rows
    ]
    total = ("all terms", "", *(show.figure(sheet.paid[rule]) for rule in rules))
    head = (sheet.walk.course.name, "we signed", *rules)
    return grid([head, *rows, total], right=set(range(1, len(head))))


def _lost(sheet: BacktestSheet) -> list[str]:
    """The series on which some rival paid less than we did."""
    found = list(losses(sheet.test.walks, RIVALS))
    lines = [f"  {len(sheet.test.short)} series too short or unused at first."] if sheet.test.short else []
    names = [f"{walk.course.name} ({rival})" for walk, rival in found[:10]]
    more = f" and {len(found) - 10} more" if len(found) > 10 else ""
    return [*lines, f"  A rival was cheaper on: {', '.join(names)}{more}."] if found else lines


def backtest_record(history: History, found: Sequence[BacktestSheet]) -> str:
    """One JSON object: every term of every series under every rule, and every figure."""
    over = together(found)
    record = {
        "currency": history.currency,
        "series": [c.name for c in history.courses],
        "notes": list(history.said),
        "all_terms": _rules(over.standings) if over else [],
        "terms": [_sheet_record(sheet) for sheet in found],
        "figures": {k: figure_record(f) for k, f in sorted(figures(found).items())},
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def _sheet_record(sheet: BacktestSheet) -> Record:
    return {
        "terms": sheet.test.terms,
        "title": sheet.test.title,
        "months": sheet.test.months,
        "known": sheet.test.known,
        "notes": list(sheet.test.said),
        "left_out": list(sheet.test.short),
        "rules": _rules(sheet.standings),
        "walks": [_walk_record(walk) for walk in sheet.walks],
    }


def _rules(found: Sequence[Standing]) -> list[Record]:
    return [
        {
            "rule": s.rule,
            "median": plain(quotient(s.median)),
            "worst_tenth": plain(quotient(s.high)),
            "overall": plain(quotient(s.overall)),
            "dearer_than_us": s.ahead,
            "alike": s.level,
            "cheaper": s.behind,
        }
        for s in found
    ]


def _walk_record(sheet: WalkSheet) -> Record:
    return {
        "series": sheet.walk.course.name,
        "terms": [
            {
                "from": sheet.walk.course.named(row.step.known),
                "known": row.step.known,
                "signed": dict(row.signed),
                "bills": {rule: figure.key for rule, figure in row.bills.items()},
            }
            for row in sheet.rows
        ],
        "paid": {rule: figure.key for rule, figure in sheet.paid.items()},
        "regret": {rule: figure.key for rule, figure in sheet.regret.items()},
        "relative": {rule: figure.key for rule, figure in sheet.relative.items()},
    }
