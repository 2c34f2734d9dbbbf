"""Levers as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bothhalves.brief.coding_levers import CodingBrief
from bothhalves.brief.levers import LeverRow, WorkloadBrief, figures
from bothhalves.core.explain import Figure
from bothhalves.core.levers.quality import Evaluation, lower_bound
from bothhalves.core.levers.routing import Assignment, Candidate
from bothhalves.core.money import plain, quotient
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record
from bothhalves.workspace.levers import Built, Levers

_HEAD = ("", "lazy", "current", "efficient", "against lazy", "bankable", "grade")
_LEVER_HEAD = ("lever", "credit", "in order", "last in", "from today", "evidence")


def levers_record(levers: Levers, briefs: Sequence[WorkloadBrief], coding: CodingBrief) -> str:
    """One JSON object: each workload with its levers, and every figure with its Lines."""
    return json.dumps(
        {
            "company": levers.company,
            "currency": levers.currency,
            "window": [str(levers.months[0]), str(levers.months[-1])],
            "workloads": [_workload(b) for b in briefs],
            "coding": _coding(coding),
            "figures": {
                k: figure_record(f) for k, f in sorted({**figures(briefs), **coding.figures()}.items())
            },
        },
        indent=1,
        ensure_ascii=False,
    )


def _workload(brief: WorkloadBrief) -> dict[str, Any]:
    found = brief.found
    own = (
        "lazy", "current", "efficient", "saving", "share", "gap", "engineering", "bankable", "header",
    )  # fmt: skip
    return {
        "workload": found.workload,
        "name": found.name,
        "grade": str(found.grade),
        **{name: _key(getattr(brief, name)) for name in own},
        "claim": {
            "verdict": str(found.claim.claim),
            "low": _share(found.claim.low),
            "high": _share(found.claim.high),
        },
        "levers": [_lever(brief, row) for row in brief.rows],
        "classes": [_assignment(a) for a in found.assignments],
        "notes": list(found.notes),
    }


def _coding(coding: CodingBrief) -> dict[str, Any]:
    return {
        "sessions": coding.sessions,
        "what_if": [
            {
                "lever": str(row.what_if.lever),
                "words": row.what_if.words,
                "people": row.what_if.people,
                "sessions": row.what_if.sessions,
                "saves": _key(row.saves),
                "grade": str(row.what_if.grade),
                "basis": row.what_if.basis,
            }
            for row in coding.rows
        ],
        "outcomes": [
            {
                "group": row.outcome.group,
                "month": str(row.outcome.month),
                "outcome": row.outcome.outcome,
                "count": row.outcome.count,
                "each": _key(row.each),
                "reason": row.outcome.reason,
            }
            for row in coding.outcomes
        ],
    }


def _key(figure: Figure | None) -> str | None:
    return figure.key if figure else None


def _share(value: Any) -> str | None:
    return None if value is None else plain(quotient(value))


def _lever(brief: WorkloadBrief, row: LeverRow) -> dict[str, Any]:
    evidence = brief.found.evidence[row.lever]
    return {
        "lever": str(row.lever),
        "credit": _key(row.credit),
        "step": _key(row.step),
        "last_in": _key(row.last_in),
        "from_today": _key(row.cash),
        "grade": str(evidence.grade),
        "basis": evidence.basis,
        "evidence": evidence.words,
        "engineering": _built(brief.found.built.get(row.lever), row),
    }


def _built(built: Built | None, row: LeverRow) -> dict[str, Any] | None:
    if built is None:
        return None
    return {
        "build": plain(built.work.build),
        "month": plain(built.work.month),
        "live": built.work.live,
        "saving_a_month": plain(built.saving),
        "saves_a_month": _key(row.monthly),
        "payback_month": built.payback,
        "worth_building": built.worth,
        "net_present_value": plain(built.value),
        "annualised": plain(built.annual),
    }


def _assignment(found: Assignment) -> dict[str, Any]:
    return {
        "task_class": found.task_class,
        "today": ":".join(found.today),
        "to": ":".join(found.chosen.model) if found.chosen else None,
        "reason": found.reason,
        "judged": [_candidate(c) for c in found.candidates],
    }


def _candidate(found: Candidate) -> dict[str, Any]:
    judged = found.evaluation
    return {
        "model": ":".join(found.model),
        "tasks": judged.tasks,
        "passes": judged.passes,
        "lower_bound": plain(lower_bound(judged.passes, judged.tasks)),
        "verdict": str(found.verdict),
        "cost_per_task": _share(found.cost.low) if found.cost else None,
        "judged_on": judged.judged_on,
        "where": str(judged.where),
    }


def levers_text(levers: Levers, briefs: Sequence[WorkloadBrief], coding: CodingBrief) -> str:
    """The workloads side by side, then each lever with its evidence and what it takes to build."""
    first, last = levers.months[0], levers.months[-1]
    window = str(first) if first == last else f"{first} to {last}"
    lines = [f"{levers.company}, {window}: what {len(briefs)} workloads on the API could cost", ""]
    if not briefs:
        return "\n".join([*lines, "No usage outside seats is imported.", *_coding_lines(coding)])
    lines += grid([_HEAD, *map(_summary, briefs)], right=range(1, 7))
    for brief in briefs:
        lines += ["", *_details(brief)]
    lines += [
        *_coding_lines(coding),
        "",
        "Only the bankable part is cash: current less efficient, less engineering. Credits add up to what is",
        "saved against lazy; the column 'from today' adds up to current less efficient. Prices are those of",
        "the lists or the company's own book; below a commitment a saved token saves nothing.",
        f"Open any figure: add --explain '{briefs[0].efficient.key}'.",
    ]
    return "\n".join(lines)


def _coding_lines(coding: CodingBrief) -> list[str]:
    """The coding tool apart: its levers are other ones."""
    if coding.sessions is None and not coding.outcomes:
        return []
    lines = ["", "The coding tool has levers of its own; each line is a scenario at list price, not a bill"]
    for row in coding.rows:
        found = row.what_if
        who = "" if found.people is None else f" ({found.people} people, {found.sessions:,} sessions)"
        saved = "" if row.saves is None else f"saves {_money(row.saves)} "
        lines.append(f"  {found.lever}: {saved}{found.words}{who}, {found.grade} {found.basis}")
    for each in coding.outcomes:
        told = each.outcome.reason or f"{_money(each.each)} for each {each.outcome.outcome}"
        lines.append(f"  {each.outcome.group}, {each.outcome.month}, {each.outcome.outcome}: {told}")
    return lines


def _summary(brief: WorkloadBrief) -> tuple[str, ...]:
    money = [_money(f) for f in (brief.lazy, brief.current, brief.efficient)]
    share = show.figure(brief.share, unknown="not known")
    return (brief.found.name, *money, share, _money(brief.bankable), str(brief.found.grade))


def _money(figure: Figure | None) -> str:
    return show.cents(figure, unknown="not known")


def _details(brief: WorkloadBrief) -> list[str]:
    found = brief.found
    lines = [f"{found.name}: 40 to 70 % is {found.claim.claim}"]
    rows: list[tuple[str, ...]] = [_LEVER_HEAD]
    for row in brief.rows:
        evidence = found.evidence[row.lever]
        basis = f"{evidence.grade} {evidence.basis}: {evidence.words}" if evidence.basis else evidence.words
        rows.append((str(row.lever), *map(_money, (row.credit, row.step, row.last_in, row.cash)), basis))
    lines += [f"  {line}" for line in grid(rows, right=range(1, 5))]
    lines += [f"  {_class_words(a)}" for a in found.assignments if a.candidates]
    lines += [f"  {_built_words(str(k), b)}" for k, b in found.built.items()]
    if brief.header is not None:
        dearer = f"caching it would cost {_money(brief.header)} more"
        lines.append(f"  The prefix changes with each request: {dearer}, as nothing of it is read again.")
    return [*lines, *(f"  {note}" for note in found.notes)]


def _class_words(found: Assignment) -> str:
    name = found.task_class or "unclassed work"
    judged = "; ".join(f"{c.model[1]} {_bound(c.evaluation)}, {c.verdict}" for c in found.candidates)
    where = f"may move to {found.chosen.model[1]}" if found.chosen else f"stays on {found.today[1]}"
    return f"{name} {where} ({judged})"


def _bound(judged: Evaluation) -> str:
    bound = show.number(show.rounded(lower_bound(judged.passes, judged.tasks) * 100, Decimal("0.01")))
    return f"{judged.passes}/{judged.tasks} (at least {bound} %)"


def _built_words(lever: str, built: Built) -> str:
    verdict = "worth building" if built.worth else "not worth building"
    when = "never pays back" if built.payback is None else f"pays back in month {built.payback}"
    build = show.number(built.work.build)
    return f"{lever}: {verdict}, {build} to build, saves {show.number(built.saving)} a month, {when}"
