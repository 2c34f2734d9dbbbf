"""The rows of the paths table at changed inputs: people alike, and workloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from bothhalves.brief.changed_costs import NO_MONEY, Scene, Work, ends_of
from bothhalves.brief.line_record import PathRow
from bothhalves.brief.people_rows import evidence_words, saved_at_renewal
from bothhalves.brief.small_groups import OWN, Group, Shown, called, gathered
from bothhalves.brief.work_paths import costs_of
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Figure, Line, key
from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.schedules import ONE

COST_RULE = "So many people at the fee, and the mean month of what their use costs beyond it."
LAZY_RULE = f"{COST_RULE} Use as on the reference model, not cached and not batched."
SAVES_RULE = "What the plan saves on them, and what is different at the changed inputs."
WORK_RULE = "The plan's month of the workload, at the changed tokens and savings."


def people(scene: Scene) -> Iterator[PathRow]:
    """Everybody where they go at these inputs."""
    covered = scene.covered
    situation = covered.sheet.plan.situation
    sizes = {group: tally.number for group, tally in scene.groups.items()}
    for shown in gathered(sizes, situation.smallest_group):
        now = _cost(scene, shown)
        yield PathRow(
            shown.name,
            f"{shown.number} people",
            now,
            now,
            _cost(scene, shown, covered.crowd.base),
            shown.recommended,
            shown.action,
            shown.is_change,
            evidence_words(situation, any(scene.groups[g].is_inferred for g in shown.groups)),
            saves=_saves(scene, shown) if shown.is_change else None,
            lazy=_cost(scene, shown, covered.crowd.base, lazily=True),
            no_api=_closed(covered.closed, shown),
        )


def _closed(known: Mapping[Group, str], shown: Shown) -> str:
    """What keeps the people of a row from the metered path; of people whom the plan has elsewhere, some."""
    told = [known.get(group, "") for group in shown.groups]
    alike = {(group.label, group.current): words for group, words in known.items()}
    found = next(filter(None, (*told, *(alike.get((g.label, g.current), "") for g in shown.groups))), "")
    return found if all(told) else found.replace("closed:", "closed to some:")


def _cost(scene: Scene, shown: Shown, path: str = "", lazily: bool = False) -> Figure | None:
    """What a month of the row costs on a path, each on their own if none is given; ``lazily``: on a metered
    path; None where not everybody has a cost there."""
    covered, lines = scene.covered, list[Line]()
    for group in shown.groups:
        tally, on = scene.groups[group], path or group.current
        use = tally.lazy if lazily else tally.metered if path else tally.now
        if use is None or on not in scene.prices.fees:
            return None
        fee, name, of = scene.prices.fees[on], called(on), _of(shown, group)
        if fee:
            lines.append(covered.line(f"{on}/fee{of}", f"people on {name}", tally.number, (fee, fee)))
        if use != NO_MONEY:
            what = "month of lazy use beyond the fee" if lazily else "month of use beyond the fee"
            lines.append(covered.line(f"{on}/use{of}", what, 1, use))
    where = path or (shown.largest.current if len(shown.groups) == 1 else OWN)
    told = f"{'lazily ' if lazily else ''}on {'the path of each' if where == OWN else called(where)}"
    title = f"{shown.name}: {told}"
    name = shown.key(covered.sheet.contract, where, str(Baseline.LAZY) if lazily else "")
    return covered.sum(name, title, lines, LAZY_RULE if lazily else COST_RULE)


def _of(shown: Shown, group: Group) -> str:
    """What tells a group's Lines from those of the others in its row."""
    return f"/{shown.groups.index(group) + 1}" if len(shown.groups) > 1 else ""


def _saves(scene: Scene, shown: Shown) -> Figure | None:
    known = saved_at_renewal(scene.covered.sheet, shown)
    parts: list[Figure | Line] = [known] if known else []
    for group in shown.groups:
        if group.is_change:
            lines = scene.saving(group, scene.groups[group])
            parts += [replace(line, id=f"{line.id}{_of(shown, group)}") for line in lines]
    said = {"contract": scene.covered.sheet.contract, "people": shown.saved_as}
    title = f"Saved: {shown.name}, {shown.action.lower()}"
    return scene.covered.sum(key("what-if.saves", said), title, parts, SAVES_RULE) if parts else None


def workload(scene: Scene, work: Work) -> PathRow:
    """The row of a workload; as it is on the page where nothing of it changes."""
    row, dearer = work.row, scene.dearer(work.seat) if work.seat in scene.prices.fees else ZERO
    if scene.factor == ONE and scene.achieved == ONE and not dearer:
        return row
    lazy = _month(scene, work, "lazy", ((scene.factor, row.lazy),))
    now = _month(scene, work, "now", ((scene.factor, row.now),))
    unachieved = EXACT.subtract(scene.factor, scene.kept)
    api = _month(scene, work, "efficient", ((unachieved, row.now), (scene.kept, row.api)))
    seat = _on_seats(scene, work) if dearer else row.seat
    saves = _work_saves(scene, work)
    costs = costs_of(lazy, now, api, seat)
    return replace(row, now=now, api=api, seat=seat, saves=saves, lazy=lazy, costs=costs)


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
    title = f"{work.row.name}: {name}, a month"
    return scene.covered.sum(_month_key(work.id, name), title, lines, WORK_RULE)


@cache
def _month_key(workload: str, path: str) -> str:
    """The same for every position of a slider."""
    return key("paths.month", {"workload": workload, "path": path})


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
