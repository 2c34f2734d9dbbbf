"""Where the line sits, from the plan: people by their use, and what becomes of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log

from bothhalves.brief.line_record import NOT_DRAWN, Bin, Drawn, Histogram, PathRow, PathTable, Zone
from bothhalves.brief.parts import Prompt, Segment
from bothhalves.brief.plans import PlanSheet, TaskRow
from bothhalves.brief.work_paths import work_rows
from bothhalves.core.explain import Figure, Operator, Selector, key
from bothhalves.core.gates import PathKind
from bothhalves.core.measuring import MeasureFirst
from bothhalves.core.money import Amount, plain, quotient, total
from bothhalves.workspace.paths import NOTHING, Path
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.planned import ContractPlan, Planned
from bothhalves.workspace.planning.views import KIND

#: Lower edges of the classes of monthly use, in the contract's currency; each about twice the one before.
EDGES = tuple(map(Decimal, ("0", "1", "2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000")))
UNUSED, UNKNOWN = "no use", "not known"
RELEASED, TO_API, KEPT, HEAVY, OTHER = "released", "to the API", "everyday", "heavy", "to another seat"
_STYLES = {RELEASED: "hatched", TO_API: "light", KEPT: "light", HEAVY: "solid", OTHER: "light"}
#: From the ground up.
_ORDER = (HEAVY, KEPT, OTHER, TO_API, RELEASED)
COUNT_RULE = "Holders of a seat at the end of the window, each once, by the plan's choice for them."


@dataclass(frozen=True, slots=True)
class _Person:
    """A person in the chart: the class of use, and what becomes of them."""

    edge: str
    side: str
    choices: Choices


def drawn(planned: Planned, sheets: Sequence[PlanSheet]) -> Drawn:
    """The section of the page; what to measure where the evidence licenses no plan."""
    if planned.measure is not None:
        return Drawn(measure=_prompt(planned.measure))
    if not sheets:
        return NOT_DRAWN
    sheet = max(sheets, key=lambda s: len(s.plan.situation.people))
    histogram = _histogram(sheet) if sheet.plan.situation.people else None
    largest = max(sheets, key=lambda s: _low(s.renewal.before))
    return Drawn(_finding(largest), _totals(largest), histogram, _paths(planned, sheets))


def _finding(sheet: PlanSheet) -> tuple[str | Figure, ...]:
    """What the plan comes to, in a sentence."""
    view = sheet.renewal
    first = f"From {view.first} to {view.last} {sheet.contract} costs "
    if not _low(view.saves):
        return (first, view.before, " as is, and no move that the evidence allows makes it cheaper.")
    return (first, view.before, " as is. The same work on its cheapest sure path costs ", view.after, ".")


def _totals(sheet: PlanSheet) -> tuple[Segment, ...]:
    view = sheet.renewal
    return (Segment("As is", "light", view.before), Segment("After the plan", "solid", view.after))


def _prompt(measure: MeasureFirst) -> Prompt:
    steps = (*measure.reasons, *(str(step) for step in measure.steps))
    return Prompt("Nothing is recommended yet: measure first", steps)


def _people(plan: ContractPlan) -> list[_Person]:
    labels = plan.situation.labels
    found = []
    for choices in plan.situation.people:
        to = plan.chosen.people[choices.person]
        label = labels.get(choices.person, "")
        found.append(_Person(_edge(choices), _side(choices, to, label), choices))
    return found


def _edge(choices: Choices) -> str:
    use = choices.paths.use
    if use.low is None or (use.high is None and not use.low):
        return UNKNOWN
    if use.high == 0:
        return UNUSED
    middle = use.low if use.high is None else (use.low + use.high) / 2
    return f"{EDGES[bisect_right(EDGES, middle) - 1]}"


def _side(choices: Choices, to: str, label: str) -> str:
    if to == choices.paths.current:
        return HEAVY if label == "heavy" else KEPT
    if to == NOTHING:
        return RELEASED
    return OTHER if "/" in to else TO_API


def _histogram(sheet: PlanSheet) -> Histogram:
    people, contract = _people(sheet.plan), sheet.contract
    edges = [e for e in (UNKNOWN, UNUSED, *map(str, EDGES)) if any(p.edge == e for p in people)]
    bins = tuple(Bin(_label(sheet, e), tuple(_parts(contract, e, people))) for e in edges)
    even = _break_even(sheet)
    zones = tuple(_zones(sheet, edges, people))
    title: tuple[str | Figure, ...] = ("Where the line sits",)
    if even is not None:
        title = ("Where the line sits: ", even, " of use per person and month")
    hold = sheet.plan.situation.planning.hold
    lead = f"Nobody moves unless the other path is cheaper by at least {plain(hold * 100)} %."
    at = _place(even.value.low, edges) if even is not None and isinstance(even.value, Amount) else None
    note = "A person's mean monthly use at list price of the metered path. " + _line_note(sheet)
    return Histogram(title, lead, bins, zones, even, at, note.strip(), _hold(sheet, edges))


def _hold(sheet: PlanSheet, edges: Sequence[str]) -> tuple[float, float] | None:
    """Where the two paths differ by no more than the hold, in columns from the left, for a flat seat."""
    seat, paths = _seat_path(sheet), {p.id: p for p in sheet.plan.situation.paths}
    if seat is None or seat.option is None or seat.against not in paths:
        return None
    metered = paths[seat.against].option
    if metered is None or not metered.schedule.pieces[0].slope or seat.option.schedule.pieces[0].slope:
        return None
    share = 1 - sheet.plan.situation.planning.hold
    fee, tool, slope = seat.option.schedule.fee, metered.schedule.fee, metered.schedule.pieces[0].slope
    ends = [_place(max((bar - tool) / slope, Decimal(0)), edges) for bar in (fee * share, fee / share)]
    low, high = ends
    return None if low is None or high is None else (low, high)


def _label(sheet: PlanSheet, edge: str) -> str:
    return edge if edge in (UNKNOWN, UNUSED) else f"{sheet.plan.situation.contract.currency} {edge}"


def _parts(contract: str, edge: str, people: Iterable[_Person]) -> Iterator[Segment]:
    own = [p for p in people if p.edge == edge]
    for side in _ORDER:
        count = sum(p.side == side for p in own)
        if count:
            name = key("line.people", {"contract": contract, "use": edge, "side": side})
            figure = Figure(
                name, f"People {side}, {edge}", Operator.COUNT, Decimal(count), unit="people",
                rule=COUNT_RULE, rows=Selector("seats"),
            )  # fmt: skip
            yield Segment(side, _STYLES[side], figure)


def _zones(sheet: PlanSheet, edges: Sequence[str], people: Sequence[_Person]) -> Iterator[Zone]:
    """A heading for each side, over the classes from its first person to its last."""
    notes = {
        RELEASED: "nobody uses these seats",
        TO_API: "cheaper on the API, whatever the data allow",
        KEPT: "stay where they are",
        HEAVY: "keep, and defend the cap",
        OTHER: "another seat type does it",
    }
    free, sides = 0.0, [s for s in (RELEASED, TO_API, OTHER, KEPT, HEAVY) if any(p.side == s for p in people)]
    room = len(edges) / max(len(sides), 1)
    for number, side in enumerate(sides):
        own = [p for p in people if p.side == side]
        latest = len(edges) - (len(sides) - number) * min(room, 2.2)
        start = min(max(float(min(edges.index(p.edge) for p in own)), free), latest)
        free = start + min(room, 2.2)
        name = key("line.side", {"contract": sheet.contract, "side": side})
        figure = Figure(
            name, f"People {side}", Operator.COUNT, Decimal(len(own)), unit="people",
            rule=COUNT_RULE, rows=Selector("seats"),
        )  # fmt: skip
        yield Zone(start, start + 2, side, figure, notes[side])


def _seat_path(sheet: PlanSheet) -> Path | None:
    """The seat type that most people hold, where its breakpoint is known."""
    held = [p.paths.current for p in sheet.plan.situation.people]
    paths = {p.id: p for p in sheet.plan.situation.paths if p.kind is PathKind.SEAT and p.signed}
    return max((paths[h] for h in set(held) if h in paths), key=lambda p: held.count(p.id), default=None)


def _break_even(sheet: PlanSheet) -> Figure | None:
    path = _seat_path(sheet)
    if path is None or path.breakpoint is None or not path.breakpoint.low:
        return None
    value = Amount.of(quotient(path.breakpoint.low), sheet.plan.situation.contract.currency, KIND)
    name = key("line.break-even", {"contract": sheet.contract, "seat": path.name})
    rule = f"{path.breakpoint.sentence} Against {path.against}."
    return Figure(
        name, f"Use at which {path.name} becomes the cheaper path", Operator.GIVEN, value, rule=rule
    )


def _line_note(sheet: PlanSheet) -> str:
    path = _seat_path(sheet)
    if path is None:
        return ""
    return path.breakpoint.sentence if path.breakpoint is not None else path.reason


def _place(use: Decimal, edges: Sequence[str]) -> float | None:
    """Where a use stands among the classes, in columns from the left; None: in none of them."""
    at = float(use)
    known = [e for e in edges if e not in (UNKNOWN, UNUSED)]
    first = len(edges) - len(known)
    for place, edge in enumerate(known):
        end = EDGES.index(Decimal(edge)) + 1
        low, high = float(edge), float(EDGES[end]) if end < len(EDGES) else float(edge) * 10
        if low <= at < high:
            inside = (log(at) - log(low)) / (log(high) - log(low)) if low else at / high
            return first + place + inside
    return None


def _paths(planned: Planned, sheets: Sequence[PlanSheet]) -> PathTable:
    people = tuple(row for sheet in sheets for row in _people_rows(sheet))
    lead = "A month. Filled is recommended, hollow is the alternative. Savings are of the whole horizon."
    sheet = max(sheets, key=lambda s: _low(s.renewal.before))
    renewal = sheet.renewal
    total = PathRow(
        f"{sheet.contract}, {renewal.first} to {renewal.last}",
        "at renewal, every clause included",
        renewal.before, None, renewal.after, "api", "", False, "", saves=renewal.saves,
    )  # fmt: skip
    workloads = tuple(work_rows(planned, sheets))
    return PathTable(_title(people, workloads), lead, people, workloads, total)


def _title(people: Sequence[PathRow], workloads: Sequence[PathRow]) -> str:
    """What the table shows, counted."""
    found = [
        f"{sum(r.is_change for r in rows)} of {len(rows)} {what}"
        for rows, what in ((people, "groups"), (workloads, "workloads"))
        if rows
    ]
    return f"Every path: {' and '.join(found)} would change theirs"


def _low(figure: Figure) -> Decimal:
    return figure.value.low if isinstance(figure.value, Amount) else figure.value


def _people_rows(sheet: PlanSheet) -> Iterator[PathRow]:
    """People alike: by what they are, what they hold and where they go."""
    plan = sheet.plan
    saved = {row.task.move: row for row in sheet.rows}
    alike: dict[tuple[str, str, str], list[Choices]] = {}
    for choices in plan.situation.people:
        label = plan.situation.labels.get(choices.person, "")
        to = plan.chosen.people[choices.person]
        alike.setdefault((label, choices.paths.current, to), []).append(choices)
    for (label, current, to), people in sorted(alike.items(), key=lambda a: (a[0][2] == a[0][1], a[0])):
        yield _row(sheet, label, current, to, people, saved)


def _row(
    sheet: PlanSheet, label: str, current: str, to: str, people: list[Choices], saved: dict[str, TaskRow]
) -> PathRow:
    seat, where = current.rpartition("/")[2], to.rpartition("/")[2]
    name = f"{(label or 'all').capitalize()}, on {seat}"
    base = next((p.against for p in sheet.plan.situation.paths if p.against), "metered")
    now = _cost(sheet, name, current, people)
    api = _cost(sheet, name, base, people)
    task = saved.get(f"people:{label}:{seat}:{where}")
    action = "Keep seat" if to == current else "Release" if to == NOTHING else f"To {where}"
    path = "nothing" if to == NOTHING else "seat" if "/" in to else "api"
    undecided = sum(c.is_undecided for c in people)
    note = f"{len(people)} people" + (f", {undecided} undecided" if undecided else "")
    known = "" if all(c.paths.grade <= sheet.plan.situation.grade for c in people) else ", use inferred"
    return PathRow(
        name, note, now, now, api, path, action, to != current, f"grade {sheet.plan.situation.grade}{known}",
        saves=task.renewal if task else None,
    )  # fmt: skip


def _cost(sheet: PlanSheet, name: str, path: str, people: list[Choices]) -> Figure | None:
    """What a month of these people costs on a path; None where a part of them has no cost there."""
    costs = [c.paths.costs[path] for c in people if path in c.paths.costs]
    if len(costs) < len(people):
        return None
    contract = sheet.plan.situation.contract
    value = total(costs, contract.currency, KIND)
    words = name.lower().replace(", ", "-").replace(" ", "-")
    figure_key = key(
        "paths.cost", {"contract": contract.id, "people": words, "path": path.rpartition("/")[2]}
    )
    rule = "The mean of each person's observed months on this path, months without use included, added up."
    return Figure(figure_key, f"{name}: on {path.rpartition('/')[2]}", Operator.GIVEN, value, rule=rule)
