"""What if an input were another: the line, the counts and the costs redrawn on top of the plan.

People and workloads are priced one by one, so that a changed input is answered at once. What is of all
together stays as the plan has settled it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bothhalves.brief.changed_costs import Covered, Scene, Work
from bothhalves.brief.changed_rows import people, workload
from bothhalves.brief.changes import Changes
from bothhalves.brief.crowd import crowd_of
from bothhalves.brief.drawing import (
    PATHS_LEAD,
    finding_of,
    largest_of,
    most_people,
    title_of,
    total_row,
    totals_of,
)
from bothhalves.brief.folding import folded_paths
from bothhalves.brief.line_chart import Standing, divide_of, histogram, side_of
from bothhalves.brief.line_record import Drawn, Histogram
from bothhalves.brief.lots import Prices
from bothhalves.brief.people_rows import closed_to, compared_with
from bothhalves.brief.plans import PlanSheet
from bothhalves.brief.sliders import sliders
from bothhalves.brief.small_groups import called
from bothhalves.brief.tallies import tallied
from bothhalves.core.explain import Figure, Line, Operator, key
from bothhalves.core.money import EXACT, Amount
from bothhalves.core.paths.schedules import ONE
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.planning.views import bought
from bothhalves.workspace.planning.work_moves import TO_SEATS

LEFT_OUT = (
    "Changed inputs price people and workloads one by one; the commitment and every other clause, and whom"
    " the plan keeps for them, stay as it settled them."
)
COUNT_RULE = "Holders of a seat at the end of the window, each once, by their own cost at the changed inputs."
TOTAL_RULE = f"The plan's total, and what is different at the changed inputs. {LEFT_OUT}"
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Curves:
    """Everything that decides, worked out once for a page. ``base`` is each input as planned; ``seat`` is the
    path whose fee can be changed, ``tool`` the one whose cost for each person can."""

    covered: tuple[Covered, ...]
    drawn: int
    largest: int
    seat: str
    tool: str
    base: Mapping[str, Decimal]
    labels: Mapping[str, str]


def curves_of(planned: Planned, sheets: Sequence[PlanSheet], line: Drawn) -> Curves | None:
    """The curves of a page's plans, whose ``line`` is drawn; None where there is no plan."""
    if not sheets:
        return None
    covered = tuple(_covered(planned, sheets, sheet, line) for sheet in sheets)
    people = covered[sheets.index(most_people(sheets))]
    seat = people.divide.seat if people.divide and people.divide.schedule else ""
    tools = people.crowd.tools
    tool = max(tools, key=lambda t: sum(t.id in lot.knots for lot in people.crowd.lots)).id if tools else ""
    planning = people.sheet.plan.situation.planning
    fees = people.crowd.prices.fees
    base = {
        "fee": fees.get(seat),
        "hold": planning.hold * _HUNDRED if seat else None,
        "levers": _HUNDRED if any(w.is_tuned for c in covered for w in c.works) else None,
        "tool": fees.get(tool),
        "growth": Decimal(0),
    }
    labels = {
        "fee": f"{called(seat).capitalize()} seat, a month",
        "hold": "Hold",
        "levers": "Levers achieved",
        "tool": f"{tool}, a person",
        "growth": "Growth of tokens",
    }
    return Curves(
        covered,
        covered.index(people),
        sheets.index(largest_of(sheets)),
        seat,
        tool,
        {name: value for name, value in base.items() if value is not None},
        labels,
    )


def _covered(planned: Planned, sheets: Sequence[PlanSheet], sheet: PlanSheet, line: Drawn) -> Covered:
    situation = sheet.plan.situation
    crowd = crowd_of(sheet.plan, compared_with(situation))
    groups = tallied(crowd, crowd.planned())
    own = f"{situation.contract.id}/"
    terms = situation.contract.seats_in(situation.months[-1])
    seats = bought(situation.contract, situation.months[-1], situation.held)
    return Covered(
        sheet,
        crowd,
        divide_of(situation),
        groups,
        {f"{own}{type_}": count for type_, count in seats.items() if f"{own}{type_}" in crowd.ways},
        {f"{own}{term.type}": term.minimum for term in terms},
        tuple(_works(planned, sheets, sheet, line)),
        situation.planning.horizon_months,
        closed_to(sheet.plan),
    )


def _works(planned: Planned, sheets: Sequence[PlanSheet], sheet: PlanSheet, line: Drawn) -> Iterator[Work]:
    """The workloads whose usage is the contract's, in its currency."""
    rows = {row.workload: row for row in line.paths.workloads} if line.paths else {}
    if planned.levers is None or planned.levers.currency != sheet.plan.situation.contract.currency:
        return
    situation, chosen = sheet.plan.situation, sheet.plan.chosen.workloads
    named = situation.gates.open
    for found in planned.levers.workloads:
        first = next((s for s in sheets if found.workload in s.plan.chosen.workloads), None)
        if first is sheet:
            to = named.get(found.workload)
            seat = f"{situation.contract.id}/{to.seat}" if to else ""
            moved = chosen[found.workload] == TO_SEATS
            yield Work(found.workload, rows[found.workload], seat, to.people if to else 0, moved)


def with_sliders(line: Drawn, curves: Curves, changes: Changes) -> Drawn:
    """The line with its inputs where ``changes`` has them."""
    currency = curves.covered[curves.drawn].currency
    return replace(line, sliders=tuple(sliders(curves.base, changes, curves.labels, currency)))


def redrawn(page_line: Drawn, curves: Curves, changes: Changes) -> Drawn:
    """The line at changed inputs; without a change, everybody where the plan has them."""
    changes = changes.since(curves.base)
    scenes = scenes_at(curves, changes)
    line = with_sliders(page_line, curves, changes)
    if page_line.histogram is not None:
        line = replace(line, histogram=_histogram(scenes[curves.drawn]))
    before, after, saves = totals_at(scenes[curves.largest])
    sheet = scenes[curves.largest].covered.sheet
    line = replace(line, finding=finding_of(sheet, before, after, saves), totals=totals_of(before, after))
    if page_line.paths is None:
        return line
    groups = tuple(row for scene in scenes for row in people(scene))
    rows = {work.id: workload(scene, work) for scene in scenes for work in scene.covered.works}
    workloads = tuple(rows.get(row.workload, row) for row in page_line.paths.workloads)
    total = replace(total_row(sheet, before, after, saves), note="on top of the plan, whose clauses stay")
    paths = replace(
        page_line.paths, title=title_of(groups, workloads), lead=PATHS_LEAD, people=groups,
        workloads=workloads, total=total, note=f"{page_line.paths.note} {LEFT_OUT}".strip(),
    )  # fmt: skip
    return replace(line, paths=folded_paths(paths))


def scenes_at(curves: Curves, changes: Changes) -> tuple[Scene, ...]:
    """Every contract's people and workloads at changed inputs."""
    since = changes.since(curves.base)
    return tuple(_scene(curves, covered, since) for covered in curves.covered)


def _scene(curves: Curves, covered: Covered, changes: Changes) -> Scene:
    crowd, given = covered.crowd, {**curves.base, **dict(changes.given())}
    named = ((curves.seat, "fee"), (curves.tool, "tool"))
    money = {path: given[name] for path, name in named if path in crowd.ways}
    keep = crowd.prices.keep
    if "hold" in given:
        keep = EXACT.subtract(ONE, EXACT.divide(given["hold"], _HUNDRED))
    prices = Prices({**crowd.prices.fees, **money}, keep)
    factor = EXACT.add(ONE, EXACT.divide(given["growth"], _HUNDRED))
    runs = crowd.chosen(crowd.grown(factor), prices)
    achieved = EXACT.divide(given.get("levers", _HUNDRED), _HUNDRED)
    return Scene(covered, prices, factor, achieved, runs, tallied(crowd, runs))


def _histogram(scene: Scene) -> Histogram:
    covered, counted = scene.covered, dict[tuple[str, str], int]()
    for run in scene.runs:
        side = side_of(run.to, run.rank.first.current, run.rank.first.label)
        for edge, lot in zip(run.edges, run.lots, strict=True):
            counted[edge, side] = counted.get((edge, side), 0) + lot.number
    people = [Standing(edge, side, number) for (edge, side), number in counted.items()]
    divide = covered.divide and covered.divide.with_fees(scene.prices.fees)
    hold = EXACT.subtract(ONE, scene.prices.keep)
    return histogram(covered.sheet.contract, covered.currency, people, divide, hold, COUNT_RULE)


def totals_at(scene: Scene) -> tuple[Figure, Figure, Figure | None]:
    """The horizon as is, after the plan, and what is saved; None where that has no lower end."""
    plan, before, after = scene.covered.sheet.renewal, tuple(scene.before()), tuple(scene.after())
    whole = (
        _total(scene, "before", "As is", plan.before, _different(scene, "before", before)),
        _total(scene, "after", "After the plan", plan.after, _different(scene, "after", after)),
    )
    both = {(x.id, x.amount) for x in before} & {(x.id, x.amount) for x in after}
    sides = tuple(
        _different(scene, f"only-{part}", [line for line in lines if (line.id, line.amount) not in both])
        for part, lines in (("before", before), ("after", after))
    )
    first, second = (side.value for side in sides)
    assert isinstance(first, Amount)
    assert isinstance(second, Amount)
    if second.high is None:
        return *whole, None
    name, title = _key(scene, "saves.more"), "Saved at the changed inputs beside the plan"
    more = Figure(name, title, Operator.DIFFERENCE, first - second, sides, rule=TOTAL_RULE)
    return *whole, _total(scene, "saves", "Saved in all", plan.saves, more)


def _key(scene: Scene, part: str) -> str:
    return key(f"what-if.{part}", {"contract": scene.covered.sheet.contract})


def _total(scene: Scene, part: str, title: str, planned: Figure, more: Figure) -> Figure:
    return scene.covered.sum(_key(scene, part), title, (planned, more), TOTAL_RULE)


def _different(scene: Scene, part: str, lines: Sequence[Line]) -> Figure:
    title = f"What is different {part.removeprefix('only-')} at the changed inputs"
    return scene.covered.sum(_key(scene, f"{part}.more"), title, lines, TOTAL_RULE)
