"""Held seats as text and as JSON: labels, what to sign, what giving seats back saves, and by which rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from bothhalves.brief.seat_orders import SizeRow
from bothhalves.brief.seating import MARKS, CohortRow, LabelRow, SeatBrief
from bothhalves.core.explain import Figure
from bothhalves.core.money import plain
from bothhalves.core.seating.ahead import Ahead
from bothhalves.core.seating.demand import Unseated
from bothhalves.core.seating.labelling import Label
from bothhalves.core.seating.pilots import PilotPlan, PilotResult, Refusal
from bothhalves.core.seating.rules import percentage
from bothhalves.core.seating.sizing import late_seats_are_prorated
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record, problem_record
from bothhalves.workspace.seat_needs import ActiveMonth
from bothhalves.workspace.seating import HeldSeat

#: Unseated people and reasons that the terminal lists before it says how many more there are.
SHOWN = 10
Record = dict[str, Any]


def seats_record(brief: SeatBrief, people: bool = False) -> str:
    """One JSON object. ``people``: every seat with its label and reason, by the holder's pseudonym."""
    seating = brief.seating
    record: Record = {
        "company": seating.company,
        "as_of": seating.on.isoformat(),
        "window": [str(seating.months[0]), str(seating.months[-1])],
        "group": brief.group or None,
        "rules": {k: plain(v) if isinstance(v, Decimal) else v for k, v in asdict(seating.rules).items()},
        "rules_said": [*seating.rules.said(), seating.planning.seats_said()],
        "seat_confidence": plain(seating.planning.seat_confidence),
        "seat_buffer": plain(seating.planning.seat_buffer),
        "groups": [_row(row) for row in brief.rows],
        "total": _row(brief.total) if brief.total else None,
        "types": [_size(row) for row in brief.sizes],
        "releases": [
            {"contract": r.contract, "view": r.view, "keys": [r.today.key, r.unassigned.key, r.unused.key]}
            for r in brief.releases
        ],
        "cohorts": [_cohorts(row) for row in brief.cohorts],
        "active": [
            {
                "vendor": a.vendor,
                "daily": _key(a.daily),
                "weekly": _key(a.weekly),
                "monthly": [f.key for f in a.monthly],
            }
            for a in brief.actives
        ],
        "unseated": _unseated(brief),
        "pilot": _pilot_record(seating.pilot),
        "problems": [problem_record(p) for p in seating.problems],
        "figures": {k: figure_record(f) for k, f in sorted(brief.figures().items())},
    }
    if people:
        record["people"] = [_person(seat) for seat in brief.seats]
    return json.dumps(record, indent=1, ensure_ascii=False)


def _key(figure: Figure | None) -> str | None:
    return figure.key if figure else None


def _row(row: LabelRow) -> Record:
    return {
        "group": row.group or None,
        "held": row.held.key,
        "labels": {str(label): f.key for label, f in row.labels.items()},
        "marks": {name: f.key for name, f in row.marks.items()},
    }


def _size(row: SizeRow) -> Record:
    own = ("bought", "held", "unassigned", "unused", "most_active", "needed", "buy", "cost", "whole")
    return {
        "contract": row.size.contract.id,
        "type": row.size.term.type,
        **{name: _key(getattr(row, name)) for name in own},
        "most_held": row.size.most_held,
        "choices": [
            {"seats": c.seats, "surplus": c.surplus, "why": c.why, "month": plain(c.cost.low)}
            for c in row.size.choices
        ],
        "late_seats_are_prorated": late_seats_are_prorated(row.size.term),
        "begins": str(row.size.begin),
        "order": {"seats": row.size.order.seats, "ahead": row.size.order.ahead, "why": row.size.order.why},
        "outlook": _ahead(row.size.ahead),
        "history": [
            {"month": str(m.month), "active": m.active, "joined": m.joined, "left": m.left}
            for m in row.size.history
        ],
    }


def _ahead(found: Ahead) -> Record:
    return {
        "months": found.months,
        "need_today": found.need,
        "confidence": plain(found.confidence),
        "changes": list(found.changes),
        "changes_needed": found.missing,
        "low": found.low,
        "high": found.high,
        "enough": found.sure,
    }


def _cohorts(row: CohortRow) -> Record:
    told, median = row.told, row.told.found.median_days
    return {
        "vendor": told.vendor,
        "product": told.product,
        "between": [told.before.isoformat(), told.after.isoformat()],
        "counts": {name: f.key for name, f in row.counts.items()},
        "days_to_first_use": list(told.found.began),
        "median_days_to_first_use": None if median is None else str(median),
    }


def _unseated(brief: SeatBrief) -> Record | None:
    if brief.unseated is None:
        return None
    return {"key": brief.unseated.key, "people": [_candidate(u) for u in _chosen(brief)]}


def _candidate(found: Unseated) -> Record:
    who = found.who
    return {
        "person": who.person,
        "group": who.group,
        "vendor": who.vendor,
        "days": who.days,
        "reason": found.reason,
    }


def _chosen(brief: SeatBrief) -> list[Unseated]:
    return [u for u in brief.seating.unseated if not brief.group or u.who.group == brief.group]


def _person(seat: HeldSeat) -> Record:
    told, facts = seat.told, seat.told.facts
    return {
        "person": facts.person,
        "group": facts.group,
        "vendor": facts.vendor,
        "product": facts.product,
        "type": facts.seat_type,
        "label": str(told.label),
        "stage": str(told.stage),
        "idle_days": told.idle,
        "changes": told.changes.isoformat() if told.changes else None,
        "reason": told.reason,
    }


def _pilot_record(pilot: PilotPlan | PilotResult | Refusal | None) -> Record | None:
    if isinstance(pilot, Refusal):
        return {"refused": pilot.reason, "instead": pilot.instead}
    if isinstance(pilot, PilotPlan):
        return {"draw": pilot.people, "of": pilot.population, "measure": list(pilot.measure)}
    if pilot is None:
        return None
    share = [plain(pilot.share.low), plain(pilot.share.high)]
    return {
        "low": pilot.low,
        "likely": pilot.likely,
        "high": pilot.high,
        "share": share,
        "missing": pilot.missing,
    }


def seats_text(brief: SeatBrief, people: bool = False) -> str:
    """The tables, and the rules by which seats were judged."""
    seating = brief.seating
    window = " to ".join(dict.fromkeys(map(str, (seating.months[0], seating.months[-1]))))
    name = f", {brief.group}" if brief.group else ""
    lines = [f"{seating.company}{name}: seats as of {show.day(seating.on)}", ""]
    lines += _labels(brief) or ["No roster names anybody with a seat: import one (bothhalves import)."]
    lines += _weighing(brief) + _sizes(brief) + _money(brief)
    lines += _active(brief) + _became(brief) + _demand(brief)
    lines += _pilot_text(seating.pilot)
    if people:
        lines += ["", *_people(brief.seats)]
    lines += [
        "",
        f"Rules (company.yaml, seats; planning.yaml); use is that of {window}",
        *(f"  {said}" for said in (*seating.rules.said(), seating.planning.seats_said())),
    ]
    if brief.total:
        lines += ["", f"Open any figure: bothhalves explain '{brief.total.held.key}'."]
    return "\n".join(lines)


def _labels(brief: SeatBrief) -> list[str]:
    if brief.total is None:
        return []
    used = [label for label in Label if label in brief.total.labels]
    marks = [name for name in MARKS if name in brief.total.marks]
    head = ("group", "held", *map(str, used), *(f"to {name}" for name in marks))
    names = brief.seating.group_names
    rows = [
        (names.get(r.group, r.group) or "all", *_cells(r.held, *_of(r.labels, used), *_of(r.marks, marks)))
        for r in (*brief.rows, brief.total)
    ]
    return grid([head, *rows], right=range(1, len(head)))


def _weighing(brief: SeatBrief) -> list[str]:
    """How to have the use of holders priced, where it is not."""
    if brief.seating.is_weighed or brief.total is None:
        return []
    return ["", "Nobody is called light or heavy, because use is not priced here: add --weigh."]


def _of(found: Mapping[Any, Figure], names: Iterable[Any]) -> list[Figure | None]:
    return [found.get(name) for name in names]


def _cells(*figures: Figure | None) -> list[str]:
    return ["0" if f is None else show.figure(f, show.cents_money) for f in figures]


def _sizes(brief: SeatBrief) -> list[str]:
    if not brief.sizes:
        return []
    head = (
        "seat type",
        "bought",
        "held",
        "nobody's",
        "unused",
        "most active",
        "needed",
        "to sign",
        "a month",
    )
    rows = []
    lines = []
    for row in brief.sizes:
        cells = _cells(row.bought, row.held, row.unassigned, row.unused, row.most_active, row.needed)
        end = _cells(row.buy, row.cost) if row.buy else ["no count fits", show.NOTHING]
        rows.append((row.size.term.type, *cells, *end))
        lines += _choice(row)
    wholes = {row.size.contract.id: row.whole for row in brief.sizes if row.whole}
    lines += [f"  {name} with so many seats: {_cells(whole)[0]} a month." for name, whole in wholes.items()]
    return ["", *grid([head, *rows], right=range(1, len(head))), *lines]


def _choice(row: SizeRow) -> list[str]:
    """For when the seats are signed and by which rule, and why more than the need where they are."""
    size, best, name = row.size, row.size.best, row.size.term.type
    lines = [f"  {name}: for {size.begin}, {size.order.why}.", *_history(name, size.history)]
    if best is not None and best.raises_baseline:
        lines.append(
            f"  {name}: {best.seats} for {best.why}; {best.surplus} of them nobody needs, and the next "
            "renewal begins from them."
        )
    return lines


def _history(name: str, history: Sequence[ActiveMonth]) -> list[str]:
    """The peak of all months known whole, and how many came and went in a mean one."""
    if not history:
        return [f"  {name}: no month of its product's activity is known whole."]
    peak = max(history, key=lambda m: m.active)
    change = ""
    if len(history) > 1:
        came, went = (
            sum(n or 0 for n in row) for row in zip(*((m.joined, m.left) for m in history), strict=True)
        )
        change = f"; from month to month {came} came and {went} went in all"
    months = "1 whole month" if len(history) == 1 else f"{len(history)} whole months"
    return [f"  {name}: most active in {months}: {peak.active} in {peak.month}{change}."]


def _money(brief: SeatBrief) -> list[str]:
    if not brief.releases:
        return []
    head = ("saved a month", "view", "charged today", "nobody's seats", "unused seats")
    rows = [(r.contract, r.view, *_cells(r.today, r.unassigned, r.unused)) for r in brief.releases]
    note = "  Within the term only what the contract stops charging is saved; the two views are never added."
    return ["", *grid([head, *rows], right=(2, 3, 4)), note]


def _active(brief: SeatBrief) -> list[str]:
    lines = []
    for row in brief.actives:
        parts = [
            f"{show.figure(f)} {name}"
            for name, f in (("in a mean day", row.daily), ("in a mean week", row.weekly))
            if f
        ]
        parts += [f"{show.figure(f)} in {f.title[-7:]}" for f in row.monthly]
        untold = "" if row.daily else " (a source tells no days)"
        lines.append(f"People active, {row.vendor}: {', '.join(parts) or 'not told'}{untold}.")
    return ["", *lines] if lines else []


def _became(brief: SeatBrief) -> list[str]:
    lines = []
    for row in brief.cohorts:
        told = row.told
        lines += ["", f"{told.vendor} {told.product}, from {show.day(told.before)} to {show.day(told.after)}"]
        named = [(name.replace("_", " "), figure) for name, figure in row.counts.items()]
        lines += [f"  {name:<16} {show.figure(figure)}" for name, figure in named]
        if told.found.median_days is not None:
            lines.append(
                f"  days to first use, half of {len(told.found.began)} people: {told.found.median_days}"
            )
    return lines


def _demand(brief: SeatBrief) -> list[str]:
    found = _chosen(brief)
    if not found:
        return []
    lines = [f"  {u.who.person}  {u.who.group}  {u.who.vendor}: {u.reason}" for u in found[:SHOWN]]
    more = [f"  and {len(found) - SHOWN} more (--json lists them all)"] if len(found) > SHOWN else []
    return ["", f"Demand without a seat: {len(found)} people", *lines, *more]


def _pilot_text(pilot: PilotPlan | PilotResult | Refusal | None) -> list[str]:
    if pilot is None:
        return []
    if isinstance(pilot, Refusal):
        return ["", f"Pilot: no number of seats. {pilot.reason}", f"  {pilot.instead}"]
    if isinstance(pilot, PilotPlan):
        sure = f"{percentage(pilot.confidence)} sure, within {percentage(pilot.margin)}"
        head = f"Pilot: draw {pilot.people} of {pilot.population} people by lot ({sure}). Measure"
        return ["", head, *(f"  - {what}" for what in pilot.measure)]
    said = f"Pilot: {pilot.low} to {pilot.high} seats for everybody, {pilot.likely} by the share seen"
    missing = f" {pilot.missing} were chosen and not measured." if pilot.missing else ""
    return ["", f"{said} ({percentage(pilot.confidence)} sure).{missing}"]


def _people(seats: Iterable[HeldSeat]) -> list[str]:
    head = ("person", "group", "type", "label", "stage", "changes", "reason")
    rows = [
        (f.person, f.group, f.seat_type, str(t.label), str(t.stage), str(t.changes or show.NOTHING), t.reason)
        for t, f in ((s.told, s.told.facts) for s in seats)
    ]
    return grid([head, *rows])
