"""A plan as text and as JSON: a checklist with owner, saving, evidence, date, and what would flip it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bothhalves.brief.drawing import path_table
from bothhalves.brief.line_record import PathTable
from bothhalves.brief.plan_findings import FLIPS, Finding, Findings, findings_of
from bothhalves.brief.plans import PlanSheet, PlanView, TaskRow, track
from bothhalves.core.explain import Figure
from bothhalves.core.measuring import MeasureFirst
from bothhalves.core.money import Amount
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.line import cost_cells, cost_record
from bothhalves.report.record import figure_record, value_record
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.planning.saved import Diff, Kept

Record = dict[str, Any]
BASELINES = (
    "Lazy: on the reference model, not cached, not batched. Current: as used. Efficient: on each path's own"
    " tools and levers."
)


def plan_text(planned: Planned, sheets: Sequence[PlanSheet]) -> str:
    """The plans, or what to measure first."""
    window = f"{planned.months[0]} to {planned.months[-1]}"
    if planned.measure is not None:
        return "\n".join(_measure_text(planned.measure, window))
    lines = [f"Plan from {window}"]
    for sheet in sheets:
        lines += ["", *_sheet_text(sheet)]
    if not sheets:
        lines += ["", "No contract in force: write one into contracts/, or ask `bothhalves route`."]
    if sheets:
        lines += ["", *_costs_text(path_table(planned, sheets))]
    lines += ["", "Rules", *(f"  {rule}" for rule in planned.rules)]
    lines += ["", "Open any figure: add --explain KEY; --json names every key."] if sheets else []
    return "\n".join(lines)


def _costs_text(table: PathTable) -> list[str]:
    """A month of each group and workload on every path, at the three baselines."""
    rows = [cells for row in (*table.people, *table.workloads) for cells in cost_cells(row)]
    head = ("a month on each path", "path", "lazy", "current", "efficient")
    return [*grid([head, *rows], right={2, 3, 4}), f"  {BASELINES}"] if rows else []


def _measure_text(measure: MeasureFirst, window: str) -> list[str]:
    lines = [f"Nothing is recommended from {window}: measure first.", ""]
    lines += [f"  {reason}" for reason in measure.reasons]
    steps = [f"  [ ] {step}" for step in measure.steps]
    return [*lines, *(["", "To export, in this order", *steps] if steps else [])]


def _sheet_text(sheet: PlanSheet) -> list[str]:
    chosen = sheet.plan.chosen
    views = (view for view in (sheet.renewal, sheet.term) if view is not None)
    lines = [f"{sheet.contract} ({sheet.vendor})", *map(_view_text, views)]
    lines += [f"  {track(sheet)}"] if track(sheet) else []
    lines.append(f"  {chosen.status}: no allocation within the rules is cheaper by more than {_gap(sheet)}.")
    head = ("", "task", "people", "owner", "saves at renewal", "until then", "from", "evidence")
    lines += ["", *grid([head, *(_row(row) for row in sheet.rows)], right={2, 4, 5})]
    found = findings_of(sheet)
    flips = [f"  {_said(one)}" for one in found.parts.get(FLIPS, ())]
    lines += ["", FLIPS, *flips] if flips else ["", "Nothing to do: everything stays."]
    lines += [f"  {said}" for said in (*sheet.plan.left_out, *sheet.plan.full)]
    return [*lines, *_findings(found)]


def _findings(found: Findings) -> list[str]:
    """What stands beside the tasks, by heading."""
    return [
        line
        for title, said in found.parts.items()
        if title != FLIPS
        for line in ("", title, *(f"  {_said(one)}" for one in said))
    ]


def _said(finding: Finding) -> str:
    return "".join(show.cents(part) if isinstance(part, Figure) else part for part in finding.words)


def _view_text(view: PlanView) -> str:
    months = view.first if view.first == view.last else f"{view.first} to {view.last}"
    parts = [show.cents(f) for f in (view.before, view.after, view.saves)]
    return f"  {view.name}, {months}: {parts[0]} as is, {parts[1]} after, saves {parts[2]}"


def _gap(sheet: PlanSheet) -> str:
    chosen = sheet.plan.chosen
    micro = max(chosen.total - chosen.bound, 0)
    return f"{micro / 1_000_000:.2f} {sheet.plan.situation.contract.currency}"


def _row(row: TaskRow) -> tuple[str, ...]:
    task = row.task
    people = str(task.people) if task.people else ""
    return (
        "[ ]",
        row.title,
        people,
        task.owner,
        show.cents(row.renewal),
        show.cents(row.term),
        str(task.counts_from),
        str(task.evidence),
    )


def diff_text(diff: Diff) -> str:
    """What came, went and changed since the last run."""
    if diff.since is None:
        return "There is no earlier run to compare with; this one is kept."
    lines = [f"Since run {diff.since.number} ({' to '.join(diff.since.window)})"]
    for change in diff.changes:
        sign = "+" if change.before is None else "-" if change.after is None else "~"
        told = " -> ".join(_kept(k) for k in (change.before, change.after) if k is not None)
        lines.append(f"{sign} {change.contract} {change.move}: {told}")
    return "\n".join(lines if diff.changes else [*lines, "Nothing changed."])


def _kept(kept: Kept) -> str:
    high = "" if kept.high == kept.low else f" to {kept.high}" if kept.high is not None else " at least"
    return f"{kept.low}{high}" + (f", {kept.people} people" if kept.people else "")


def plan_record(planned: Planned, sheets: Sequence[PlanSheet], diff: Diff | None = None) -> str:
    """One JSON object: the tasks of each contract in both views, and every figure with its Lines."""
    measure, table = planned.measure, path_table(planned, sheets) if sheets else None
    rows = (*table.people, *table.workloads) if table else ()
    beside = {s.contract: findings_of(s) for s in sheets}
    figures = {k: f for s in sheets for k, f in s.figures().items()} | (table.figures() if table else {})
    figures |= {k: f for found in beside.values() for k, f in found.figures().items()}
    record: Record = {
        "window": [str(planned.months[0]), str(planned.months[-1])],
        "measure": None if measure is None else _measure(measure),
        "contracts": [_sheet(s, beside[s.contract]) for s in sheets],
        "paths": [{"name": r.name, "costs": [cost_record(c) for c in r.costs]} for r in rows],
        "rules": list(planned.rules),
        "figures": {k: figure_record(f) for k, f in sorted(figures.items())},
    }
    if diff is not None:
        record["changes"] = [
            {"contract": c.contract, "move": c.move, "before": _told(c.before), "after": _told(c.after)}
            for c in diff.changes
        ]
    return json.dumps(record, indent=1, ensure_ascii=False)


def _told(kept: Kept | None) -> Record | None:
    return None if kept is None else {"people": kept.people, "low": kept.low, "high": kept.high}


def _measure(measure: MeasureFirst) -> Record:
    steps = [
        {"vendor": s.vendor, "what": str(s.what), "from": s.from_, "by": s.by, "why": s.why}
        for s in measure.steps
    ]
    return {"reasons": list(measure.reasons), "steps": steps}


def _sheet(sheet: PlanSheet, beside: Findings) -> Record:
    chosen = sheet.plan.chosen
    return {
        "contract": sheet.contract,
        "vendor": sheet.vendor,
        "status": chosen.status,
        "track": track(sheet),
        "score": {"total": str(chosen.total), "bound": str(chosen.bound), "gap": str(chosen.gap)},
        "renewal": _view(sheet.renewal),
        "term": _view(sheet.term) if sheet.term else None,
        "tasks": [_task(row) for row in sheet.rows],
        "left_out": list(sheet.plan.left_out),
        "full": list(sheet.plan.full),
        "beside": {
            title: [{"words": _said(one), "figures": [f.key for f in one.figures]} for one in found]
            for title, found in beside.parts.items()
        },
    }


def _view(view: PlanView) -> Record:
    return {
        "from": view.first,
        "to": view.last,
        **{n: f.key for n, f in (("before", view.before), ("after", view.after), ("saves", view.saves))},
        "components": [f.key for f in view.components],
    }


def _task(row: TaskRow) -> Record:
    task = row.task
    return {
        "move": task.move,
        "title": row.title,
        "component": str(task.component),
        "people": task.people,
        "owner": task.owner,
        "renewal": _value(row.renewal),
        "term": _value(row.term),
        "evidence": str(task.evidence),
        "counts_from": task.counts_from.isoformat(),
        "flips": task.flips,
    }


def _value(figure: Figure | None) -> Record | None:
    if figure is None or not isinstance(figure.value, Amount):
        return None
    return {"figure": figure.key, "value": value_record(figure.value)}
