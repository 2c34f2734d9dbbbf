"""Workloads on each path: what a month of them costs as they run, on seats instead, and tuned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bothhalves.brief.levers import workload_brief
from bothhalves.brief.line_record import PathCost, PathRow
from bothhalves.brief.plans import PlanSheet
from bothhalves.core.explain import Figure, Operator, key
from bothhalves.core.money import Amount
from bothhalves.workspace.levers import WorkloadLevers
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.planning.views import KIND
from bothhalves.workspace.planning.work_moves import TO_SEATS, TODAY

MONTH_RULE = "The observed months' cost over their number."


def work_rows(planned: Planned, sheets: Sequence[PlanSheet]) -> Iterator[PathRow]:
    """Every workload, dearest first."""
    if planned.levers is None:
        return
    months = Figure(
        "line.months", "Observed months", Operator.GIVEN, Decimal(len(planned.months)), unit="months"
    )
    for found in planned.levers.workloads:
        yield _row(found, planned.levers.currency, months, sheets)


def _row(found: WorkloadLevers, currency: str, months: Figure, sheets: Sequence[PlanSheet]) -> PathRow:
    brief = workload_brief(found, currency)
    sheet = next((s for s in sheets if found.workload in s.plan.chosen.workloads), None)
    chosen = TODAY if sheet is None else sheet.plan.chosen.workloads[found.workload]
    now = _a_month(brief.current, "now", found, months)
    lazy = _a_month(brief.lazy, "lazy", found, months)
    efficient = _a_month(brief.efficient, "efficient", found, months)
    seat = None if sheet is None else _on_seats(sheet, found)
    levers = tuple(chosen.split("+")) if chosen not in (TODAY, TO_SEATS) else ()
    action = {TODAY: "As it is", TO_SEATS: "To seats"}.get(chosen, "Stay, tune")
    saves = None if sheet is None else _saves(sheet, found.workload)
    return PathRow(
        found.name,
        ", ".join(found.notes[:1]),
        now,
        seat,
        efficient,
        "seat" if chosen == TO_SEATS else "api",
        action,
        chosen != TODAY,
        f"grade {found.grade}",
        levers,
        saves,
        "" if seat is not None else _why_no_seat(sheet, found.workload),
        lazy=lazy,
        costs=costs_of(lazy, now, efficient, seat),
        workload=found.workload,
    )


def costs_of(
    lazy: Figure | None, now: Figure | None, efficient: Figure | None, seat: Figure | None
) -> tuple[PathCost, ...]:
    """A workload on the meter and, where people could do it, on seats, which cost what they cost."""
    metered = PathCost("metered", lazy, now, efficient)
    return (metered,) if seat is None else (metered, PathCost("seats", seat, seat, seat))


def _a_month(whole: Figure, name: str, found: WorkloadLevers, months: Figure) -> Figure:
    """Money over a number of months."""
    value, count = whole.value, months.value
    assert isinstance(value, Amount)
    assert isinstance(count, Decimal)
    high = None if value.high is None else value.high / count
    figure_key = key("paths.month", {"workload": found.workload, "path": name})
    return Figure(
        figure_key,
        f"{found.name}: {name}, a month",
        Operator.RATIO,
        Amount(value.currency, value.kind, value.low / count, high),
        (whole, months),
        rule=MONTH_RULE,
    )


def _why_no_seat(sheet: PlanSheet | None, workload: str) -> str:
    closed = sheet.plan.situation.gates.closed if sheet else {}
    return f"closed: {closed[workload][1][0].gate}" if workload in closed else "no seat path"


def _on_seats(sheet: PlanSheet, found: WorkloadLevers) -> Figure | None:
    """What people's seats would cost instead, where the buyer has named them."""
    situation = sheet.plan.situation
    named = situation.gates.open.get(found.workload)
    terms = {s.type: s for s in situation.contract.seats_in(situation.months[-1])}
    if named is None or named.seat not in terms:
        return None
    value = Amount.of(terms[named.seat].fee * named.people, situation.contract.currency, KIND)
    figure_key = key("paths.month", {"workload": found.workload, "path": "seats"})
    rule = f"{named.people} {named.seat} seats at the contract's fee, as planning.yaml names them."
    return Figure(figure_key, f"{found.name}: on seats, a month", Operator.GIVEN, value, rule=rule)


def _saves(sheet: PlanSheet, workload: str) -> Figure | None:
    """What the plan's task for the workload saves at renewal, before its engineering."""
    kinds = (f"levers:{workload}:", f"to-seats:{workload}:")
    return next((row.renewal for row in sheet.rows if row.task.move.startswith(kinds)), None)
