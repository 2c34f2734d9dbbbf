"""The rows of the paths table at changed inputs: people alike, and workloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from bothhalves.brief.changed_costs import NO_MONEY, Scene, Work, ends_of
from bothhalves.brief.knots import Ends
from bothhalves.brief.line_record import PathRow
from bothhalves.brief.people_rows import Group, called, evidence_words
from bothhalves.brief.tallies import Tally
from bothhalves.core.explain import Figure, Line, key
from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.schedules import ONE

COST_RULE = "So many people at the fee, and the mean month of what their use costs beyond it."
SAVES_RULE = "What the plan saves on them, and what is different at the changed inputs."
WORK_RULE = "The plan's month of the workload, at the changed tokens and savings."


def people(scene: Scene) -> Iterator[PathRow]:
    """Everybody where they go at these inputs."""
    covered = scene.covered
    saved = {row.task.move: row.renewal for row in covered.sheet.rows}
    for group, tally in scene.groups.items():
        now = _cost(scene, group, group.current, tally, tally.now)
        yield PathRow(
            group.name,
            f"{tally.number} people",
            now,
            now,
            _cost(scene, group, covered.crowd.base, tally, tally.metered),
            group.recommended,
            group.action,
            group.is_change,
            evidence_words(covered.sheet.plan.situation, tally.is_inferred),
            saves=_saves(scene, group, tally, saved.get(group.move)) if group.is_change else None,
        )


def _cost(scene: Scene, group: Group, path: str, tally: Tally, use: Ends | None) -> Figure | None:
    """What a month of the group costs on a path; None where not everybody has a cost there."""
    if use is None or path not in scene.prices.fees:
        return None
    covered, fee, name = scene.covered, scene.prices.fees[path], called(path)
    lines = [covered.line(f"{path}/fee", f"people on {name}", tally.number, (fee, fee))] if fee else []
    lines += [covered.line(f"{path}/use", "month of use beyond the fee", 1, use)] if use != NO_MONEY else []
    title = f"{group.name}: on {name}"
    return covered.sum(group.key(covered.sheet.contract, path), title, lines, COST_RULE)


def _saves(scene: Scene, group: Group, tally: Tally, known: Figure | None) -> Figure | None:
    parts: list[Figure | Line] = [known] if known else []
    parts += scene.saving(group, tally)
    contract = scene.covered.sheet.contract
    said = {"contract": contract, "people": group.move.removeprefix("people:")}
    title = f"Saved: {group.name}, {group.action.lower()}"
    return scene.covered.sum(key("what-if.saves", said), title, parts, SAVES_RULE) if parts else None


def workload(scene: Scene, work: Work) -> PathRow:
    """The row of a workload; as it is on the page where nothing of it changes."""
    row, dearer = work.row, scene.dearer(work.seat) if work.seat in scene.prices.fees else ZERO
    if scene.factor == ONE and scene.achieved == ONE and not dearer:
        return row
    return replace(
        row,
        now=_month(scene, work, "now", ((scene.factor, row.now),)),
        api=_month(scene, work, "efficient", (
            (EXACT.subtract(scene.factor, scene.kept), row.now), (scene.kept, row.api)
        )),
        seat=_on_seats(scene, work) if dearer else row.seat,
        saves=_work_saves(scene, work),
    )  # fmt: skip


def _month(
    scene: Scene, work: Work, name: str, parts: Sequence[tuple[Decimal, Figure | None]]
) -> Figure | None:
    """A month made of shares of planned ones; None where one of them is not known."""
    lines = []
    for number, (share, figure) in enumerate(parts):
        if figure is None:
            return None
        if share:
            ends = ends_of(figure)
            lines.append(
                scene.covered.line(f"{work.id}/{name}/{number}", f"times {figure.title}", share, ends)
            )
    figure_key = key("paths.month", {"workload": work.id, "path": name})
    return scene.covered.sum(figure_key, f"{work.row.name}: {name}, a month", lines, WORK_RULE)


def _on_seats(scene: Scene, work: Work) -> Figure:
    fee = scene.prices.fees[work.seat]
    line = scene.covered.line(f"{work.id}/seats", f"{called(work.seat)} seats", work.people, (fee, fee))
    figure_key = key("paths.month", {"workload": work.id, "path": "seats"})
    return scene.covered.sum(figure_key, f"{work.row.name}: on seats, a month", [line], WORK_RULE)


def _work_saves(scene: Scene, work: Work) -> Figure | None:
    if work.row.saves is None:
        return None
    parts: list[Figure | Line] = [work.row.saves, *scene.moved(work)]
    if work.is_tuned:
        ends = ends_of(work.row.saves)
        meter = f"times the planned saving on {work.row.name}"
        parts = [scene.covered.line(f"{work.id}/levers", meter, scene.kept, ends)]
    figure_key = key("what-if.saves", {"contract": scene.covered.sheet.contract, "workload": work.id})
    return scene.covered.sum(figure_key, f"Saved: {work.row.name}", parts, SAVES_RULE)
