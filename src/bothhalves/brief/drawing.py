"""Where the line sits, from the plan: people by their use, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bothhalves.brief.folding import folded_paths
from bothhalves.brief.line_chart import Standing, divide_of, edge_of, histogram, side_of
from bothhalves.brief.line_record import NOT_DRAWN, Drawn, Histogram, PathRow, PathTable
from bothhalves.brief.making import low
from bothhalves.brief.parts import Prompt, Segment
from bothhalves.brief.people_rows import people_rows
from bothhalves.brief.plans import PlanSheet
from bothhalves.brief.work_paths import work_rows
from bothhalves.core.explain import Figure
from bothhalves.core.measuring import MeasureFirst
from bothhalves.workspace.planning.planned import Planned

PATHS_LEAD = "A month. Filled is recommended, hollow is the alternative. Savings are of the whole horizon."


def drawn(planned: Planned, sheets: Sequence[PlanSheet]) -> Drawn:
    """The section of the page; what to measure where the evidence licenses no plan."""
    if planned.measure is not None:
        return Drawn(measure=_prompt(planned.measure))
    if not sheets:
        return NOT_DRAWN
    sheet = most_people(sheets)
    people = _histogram(sheet) if sheet.plan.situation.people else None
    largest = largest_of(sheets)
    view = largest.renewal
    return Drawn(
        finding_of(largest, view.before, view.after, view.saves),
        totals_of(view.before, view.after),
        people,
        path_table(planned, sheets),
    )


def most_people(sheets: Sequence[PlanSheet]) -> PlanSheet:
    """The contract whose people are drawn."""
    return max(sheets, key=lambda s: len(s.plan.situation.people))


def largest_of(sheets: Sequence[PlanSheet]) -> PlanSheet:
    """The contract whose horizon is totalled."""
    return max(sheets, key=lambda s: low(s.renewal.before))


def finding_of(
    sheet: PlanSheet, before: Figure, after: Figure, saves: Figure | None
) -> tuple[str | Figure, ...]:
    """What the plan comes to, in a sentence."""
    view = sheet.renewal
    first = f"From {view.first} to {view.last} {sheet.contract} costs "
    if saves is not None and not low(saves):
        return (first, before, " as is, and no move that the evidence allows makes it cheaper.")
    return (first, before, " as is. The same work on its cheapest sure path costs ", after, ".")


def totals_of(before: Figure, after: Figure) -> tuple[Segment, ...]:
    return (Segment("As is", "light", before), Segment("After the plan", "solid", after))


def _prompt(measure: MeasureFirst) -> Prompt:
    steps = (*measure.reasons, *(str(step) for step in measure.steps))
    return Prompt("Nothing is recommended yet: measure first", steps)


def _histogram(sheet: PlanSheet) -> Histogram:
    """Everybody where the plan has them."""
    situation, chosen = sheet.plan.situation, sheet.plan.chosen.people
    people = [
        Standing(
            edge_of(c.paths.use),
            side_of(chosen[c.person], c.paths.current, situation.labels.get(c.person, "")),
            1,
        )
        for c in situation.people
    ]
    hold = situation.planning.hold
    return histogram(sheet.contract, situation.contract.currency, people, divide_of(situation), hold)


def path_table(planned: Planned, sheets: Sequence[PlanSheet]) -> PathTable:
    """Everybody and every workload on each path. There is at least one sheet."""
    people = tuple(row for sheet in sheets for row in people_rows(sheet))
    workloads = tuple(sorted(work_rows(planned, sheets), key=_saved, reverse=True))
    largest = largest_of(sheets)
    view = largest.renewal
    total = total_row(largest, view.before, view.after, view.saves)
    note = full_seats(sheets)
    return folded_paths(PathTable(title_of(people, workloads), PATHS_LEAD, people, workloads, total, note))


def full_seats(sheets: Sequence[PlanSheet]) -> str:
    """Which seats take nobody else, and who says so."""
    return " ".join(said for sheet in sheets for said in sheet.plan.full)


def total_row(sheet: PlanSheet, before: Figure, after: Figure, saves: Figure | None) -> PathRow:
    """The last row of the paths: a horizon of everything under the contract."""
    name = f"{sheet.contract}, {sheet.renewal.first} to {sheet.renewal.last}"
    note = "at renewal, every clause included"
    return PathRow(name, note, before, None, after, "api", "", False, "", saves=saves)


def title_of(people: Sequence[PathRow], workloads: Sequence[PathRow]) -> str:
    """What the table shows, counted."""
    found = [
        f"{sum(r.is_change for r in rows)} of {len(rows)} {what}"
        for rows, what in ((people, "groups"), (workloads, "workloads"))
        if rows
    ]
    return f"Every path: {' and '.join(found)} would change theirs"


def _saved(row: PathRow) -> Decimal:
    return low(row.saves) if row.saves else Decimal(0)
