"""A plan for every contract: choices solved together, settled again, and written down as tasks.

The passes, in order: evidence decides whether there is a plan at all; gates and sure savings decide what
each person and workload may do; the solver chooses for all together; the choice is settled under the
contract in both views; what does not save anything at renewal, or does not repay its tool, is taken out and
the rest is solved again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import Demand
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.engineering import is_worth_building
from bothhalves.core.explain import Grade
from bothhalves.core.gates import Limit
from bothhalves.core.measuring import MeasureFirst
from bothhalves.core.money import ZERO, Amount
from bothhalves.core.moves import Commit, Component, Move, View
from bothhalves.core.paths.from_contract import PooledPath
from bothhalves.core.paths.verdicts import HEAVY_TIMES
from bothhalves.workspace.demands import HIGH, LOW, Asked
from bothhalves.workspace.levers import Levers
from bothhalves.workspace.paths import NOTHING, Path
from bothhalves.workspace.plan_terms import GRADES, OwnTool, Planning
from bothhalves.workspace.planning.flips import Flip, engineering_of, of_move, of_tools, served, words
from bothhalves.workspace.planning.limits import limits, on, rooms, seats_after, shut, turned_away
from bothhalves.workspace.planning.people import Choices, is_shared
from bothhalves.workspace.planning.people_moves import (
    Group,
    engineering_moves,
    grouped,
    seat_moves,
    tool_moves,
)
from bothhalves.workspace.planning.problem import Chosen, Shared, WorkChoices, solved
from bothhalves.workspace.planning.views import (
    Course,
    Moved,
    bought,
    course,
    in_term_view,
    observed,
    renewal_view,
)
from bothhalves.workspace.planning.work_gates import NO_GATES, WorkGates
from bothhalves.workspace.seating import Seating

UNASSIGNED = "seats:unassigned"
SHARED = "its holders share what it includes, and together they would save less than the hold."
COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the checklist. ``renewal`` is what it saves over the horizon from ``counts_from`` on,
    ``term`` what until then; None: no term is left. ``flip`` is what would change the advice."""

    move: str
    component: Component
    owner: str
    people: int
    renewal: Amount
    term: Amount | None
    evidence: Grade
    counts_from: date
    flip: Flip

    @property
    def flips(self) -> str:
        return words(self.flip)


WorkMoves = Mapping[tuple[str, str], tuple[Moved, ...]]


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a contract's plan is made from. ``work_moves`` and ``term_moves`` are those of each
    workload's options, over the horizon and over the rest of the signed term. Rows of fewer people than
    ``smallest_group`` are shown with others."""

    contract: Contract
    asked: Asked
    months: tuple[Month, ...]
    paths: tuple[Path, ...]
    people: tuple[Choices, ...]
    labels: Mapping[str, str]
    held: Mapping[str, int]
    work: tuple[WorkChoices, ...]
    work_moves: WorkMoves
    term_moves: WorkMoves
    planning: Planning
    grade: Grade
    owners: tuple[str, str]
    gates: WorkGates = NO_GATES
    heavy_times: Decimal = HEAVY_TIMES
    smallest_group: int = 1


@dataclass(frozen=True, slots=True)
class ContractPlan:
    """The plan under one contract, in both views. ``full`` says which seats take nobody else."""

    situation: Situation
    chosen: Chosen
    groups: tuple[Group, ...]
    renewal: Course
    term: Course | None
    tasks: tuple[Task, ...]
    left_out: tuple[str, ...]
    full: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """The plans, or what to measure before there can be any. ``seating`` is what they take seats to be."""

    months: tuple[Month, ...]
    measure: MeasureFirst | None
    plans: tuple[ContractPlan, ...]
    rules: tuple[str, ...]
    levers: Levers | None = None
    seating: Seating | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a plan is settled on: the renewal view, the observed months at both ends, and today's seats."""

    situation: Situation
    view: View
    observed: tuple[list[Demand], list[Demand]]
    bought: Mapping[str, int]
    limits: tuple[Limit, ...]

    @property
    def start(self) -> date:
        """The day from which renewal savings count."""
        return self.view.months[0].first

    @property
    def seats(self) -> dict[str, SeatTerm]:
        """The seat clauses in force at the end of the window, by type."""
        return {s.type: s for s in self.situation.contract.seats_in(self.situation.months[-1])}


def contract_plan(situation: Situation) -> ContractPlan:
    """Solve, settle, and take out what does not hold, until everything that is left holds."""
    scene = _scene(situation)
    tools, left_out = _tools(scene)
    scene, full = _shut(scene, [x for x in scene.limits if on(x, situation.held) > x.most])
    while True:
        situation = scene.situation
        chosen = solved(situation.people, situation.work, _shared(scene, tools))
        if beyond := _beyond(scene, chosen):
            scene, said = _shut(scene, beyond)
            full += said
            continue
        groups = grouped([(p, chosen.people[p.person]) for p in situation.people], situation.labels)
        moves = _moves(scene, chosen, groups, tools, scene.view.months, situation.work_moves)
        found = course(scene.view, scene.observed, scene.bought, moves)
        failing = _fails(situation, groups, tools, found)
        if failing is not None:
            tools.remove(failing)
            left_out.append(f"{failing.id} does not repay its building: not worth building.")
            continue
        sharing = _loses(situation, groups, found)
        if not sharing:
            break
        scene = _with(scene, tuple(_kept(p, sharing) for p in situation.people), situation.work)
        left_out.append(f"Nobody leaves {sharing[0].seat} for {sharing[0].to}: {SHARED}")
    term = _in_term(scene, chosen, groups, tools)
    tasks = tuple(_tasks(scene, groups, moves, found, term))
    people, reached = turned_away(situation.people, situation.work, chosen, scene.limits)
    situation = replace(situation, people=people)
    return ContractPlan(
        situation, chosen, tuple(groups), found, term, tasks, tuple(left_out), (*full, *reached)
    )


def _with(scene: _Scene, people: tuple[Choices, ...], work: tuple[WorkChoices, ...]) -> _Scene:
    return replace(scene, situation=replace(scene.situation, people=people, work=work))


def _beyond(scene: _Scene, chosen: Chosen) -> list[Limit]:
    """The limits of several seat types that the choice goes beyond; the solver has kept those of one."""
    situation = scene.situation
    after = seats_after(situation.people, situation.work, chosen)
    return [x for x in scene.limits if on(x, after) > max(x.most, on(x, situation.held))]


def _shut(scene: _Scene, beyond: Sequence[Limit]) -> tuple[_Scene, list[str]]:
    """The seats of these limits closed to others, and that in words."""
    full = []
    for limit in beyond:
        people, work, said = shut(scene.situation.people, scene.situation.work, limit)
        scene = _with(scene, people, work)
        full.append(said)
    return scene, full


def _scene(situation: Situation) -> _Scene:
    asked, contract, months = situation.asked, situation.contract, situation.months
    return _Scene(
        situation,
        renewal_view(contract, months[-1], situation.planning.horizon_months),
        (observed(asked, contract, months, LOW), observed(asked, contract, months, HIGH)),
        bought(contract, months[-1], situation.held),
        limits(contract, {s.type: s.maximum for s in contract.seats_in(months[-1])}, situation.paths),
    )


def _tools(scene: _Scene) -> tuple[list[OwnTool], list[str]]:
    """The buyer's tools that are live when the renewal begins, and a word about the others."""
    vendor = scene.situation.contract.vendor
    own = [t for t in scene.situation.planning.tools if t.vendor == vendor]
    live = [t for t in own if t.live is not None and t.live <= scene.start]
    late = [f"{t.id} is not live by {scene.start}, so nobody moves to it." for t in own if t not in live]
    return live, late


def _shared(scene: _Scene, tools: Sequence[OwnTool]) -> Shared:
    situation = scene.situation
    moving = sum((w.options[0].burn for w in situation.work), ZERO)
    used = sum((u.line.amount.low for d in scene.observed[0] for u in d.usage), ZERO)
    return Shared(
        tuple(scene.seats.values()),
        tuple(tools),
        situation.contract.commitment,
        max(used / len(situation.months) - moving, ZERO),
        situation.planning.horizon_months,
        situation.contract.minimum_seats or 0,
        situation.contract.minimum_seats_fee,
        {
            p.cost.type: p.cost
            for p in situation.paths
            if p.signed and is_shared(p.cost) and _is_own(situation, p)
        },
        rooms(scene.limits, situation.held),
    )


def _is_own(situation: Situation, path: Path) -> bool:
    """True for a seat of the contract whose type alone fills its pool."""
    shared = [t for t in situation.contract.allowances if path.name in t.per_seat]
    alone = all(len(t.per_seat) == 1 and not t.amount for t in shared)
    return alone and path.id.startswith(f"{situation.contract.id}/")


def _moves(
    scene: _Scene,
    chosen: Chosen,
    groups: Sequence[Group],
    tools: Sequence[OwnTool],
    months: Sequence[Month],
    by_option: WorkMoves,
) -> list[Moved]:
    """Every step in the order in which it is counted: seats, levers, moved work, commitment, engineering."""
    situation, contract = scene.situation, scene.situation.contract
    idle = {t: situation.held.get(t, 0) - n for t, n in scene.bought.items()}
    idle = {t: n for t, n in idle.items() if n < 0}
    work = [m for w, o in chosen.workloads.items() for m in by_option.get((w, o), ())]
    found = [_both(Move(UNASSIGNED, Component.SEATS, idle))] if idle else []
    told = scene.observed
    found += [*seat_moves(contract, groups, told), *work, *tool_moves(contract, groups, tools, told)]
    term = contract.commitment
    if term is not None and chosen.commit is not None and chosen.commit != term.amount:
        found.append(_both(Move(COMMITMENT, Component.COMMITMENT, commit=Commit(chosen.commit or None))))
    found += engineering_moves(contract, groups, tools, months)
    order = list(Component)
    return sorted(found, key=lambda m: order.index(m.low.component))


def _both(move: Move) -> Moved:
    return Moved(move, move)


def _fails(
    situation: Situation, groups: Sequence[Group], tools: Sequence[OwnTool], found: Course
) -> OwnTool | None:
    """The first tool whose people save too little to repay it in time."""
    for tool in tools:
        people, gross = served(groups, tool, _saved(found), situation.planning.horizon_months)
        if people and not is_worth_building(engineering_of(tool), gross, situation.planning.payback_months):
            return tool
    return None


def _saved(found: Course) -> dict[str, Amount]:
    """What each step of a course saves."""
    return {s.move: s.saves for s in found.steps if s.saves is not None}


def _loses(situation: Situation, groups: Sequence[Group], found: Course) -> list[Group]:
    """The groups who leave a shared seat type although that saves less than the hold of what their seats
    cost: first those who go to a tool, then those whose seats are released."""
    saved = {move: saves.low for move, saves in _saved(found).items()}
    shared = {p.cost.type: p.cost.fee for p in situation.paths if p.signed and isinstance(p.cost, PooledPath)}
    for type_, fee in shared.items():
        own = [g for g in groups if g.seat == type_]
        moving = [g for g in own if g.to != NOTHING]
        people = sum(len(g.people) for g in moving)
        bar = situation.planning.hold * fee * people * situation.planning.horizon_months
        worth = sum((saved[f"people:{g.id}"] for g in own), ZERO)
        if own and worth < bar:
            return moving or own
    return []


def _kept(person: Choices, groups: Sequence[Group]) -> Choices:
    """Somebody of the groups stays where they are."""
    is_theirs = any(person.person == p.person for g in groups for p in g.people)
    return replace(person, eligible=person.eligible[:1]) if is_theirs else person


def _in_term(
    scene: _Scene, chosen: Chosen, groups: Sequence[Group], tools: Sequence[OwnTool]
) -> Course | None:
    """The same moves over the rest of the signed term, each from the month in which it can be live."""
    situation = scene.situation
    view = in_term_view(situation.asked, situation.contract, situation.months[-1])
    if view is None:
        return None
    moves = _moves(scene, chosen, groups, tools, view.months, situation.term_moves)
    return course(view, scene.observed, scene.bought, moves)


def _tasks(
    scene: _Scene, groups: Sequence[Group], moves: Sequence[Moved], found: Course, term: Course | None
) -> Iterator[Task]:
    situation = scene.situation
    by_id = {f"people:{g.id}": g for g in groups}
    terms = {s.move: s.saves for s in term.steps} if term else {}
    months = situation.planning.horizon_months
    built = dict(of_tools(situation.planning.tools, groups, _saved(found), months))
    for moved, step in zip(moves, found.steps[1:], strict=True):
        group, component = by_id.get(moved.id), moved.low.component
        assert step.saves is not None
        yield Task(
            moved.id,
            component,
            situation.owners[0 if component is Component.SEATS else 1],
            len(group.people) if group else max(-sum(moved.low.seats.values()), 0),
            step.saves,
            terms.get(moved.id),
            _evidence(situation, moved, group),
            scene.start,
            built.get(moved.id) or of_move(moved, group, step.saves, scene.seats, months, scene.start),
        )


def _evidence(situation: Situation, moved: Moved, group: Group | None) -> Grade:
    """That of the window, or of what is stated of the tool that the move is about, if that is worse."""
    tool = group.to if group else moved.id.removeprefix("tool:")
    return max([situation.grade, *(GRADES[t.basis] for t in situation.planning.tools if t.id == tool)])
