"""A plan as figures: what everything costs before and after, and what each task saves in both views.

A task's figure is made of the Lines that it changes: those that are only before it less those that are only
after it. So every saving opens down to seats, usage, clauses and their sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bothhalves.core.explain import Figure, Line, Operator, by_key, key, sum_of
from bothhalves.core.money import ZERO, Amount
from bothhalves.core.moves import Component
from bothhalves.workspace.planning.few import OTHERS, PEOPLE, moves_together
from bothhalves.workspace.planning.planned import ContractPlan, Planned, Task
from bothhalves.workspace.planning.views import KIND, Course, Step

#: From this share on a contract is mostly one half.
_MOSTLY = Decimal("0.7")
BEFORE_RULE = "Today's seats and usage under the terms of this view, nothing moved."
AFTER_RULE = "The same months after every task of the plan, settled under the same terms."
SAVES_RULE = "What the terms charge before the task, less what they charge after it; earlier tasks are done."


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task with its figures. ``term`` None: no term is left, or nothing of it can be counted there."""

    task: Task
    title: str
    renewal: Figure | None
    term: Figure | None

    def roots(self) -> tuple[Figure, ...]:
        return tuple(f for f in (self.renewal, self.term) if f is not None)


@dataclass(frozen=True, slots=True)
class PlanView:
    """One view: ``before``, ``after``, what is saved in all, and by component; they add up."""

    name: str
    first: str
    last: str
    before: Figure
    after: Figure
    saves: Figure
    components: tuple[Figure, ...]

    def roots(self) -> tuple[Figure, ...]:
        return (self.before, self.after, self.saves, *self.components)


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """The plan under one contract. ``rows`` are shown: tasks of too few people stand together in the last of
    them. ``single`` are all, each by itself, from which other rows are added up."""

    contract: str
    vendor: str
    plan: ContractPlan
    renewal: PlanView
    term: PlanView | None
    rows: tuple[TaskRow, ...]
    single: tuple[TaskRow, ...]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        roots = [*self.renewal.roots(), *(self.term.roots() if self.term else ())]
        roots += [f for row in self.rows for f in row.roots()]
        return by_key(roots)


def sheets(planned: Planned) -> tuple[PlanSheet, ...]:
    """Every contract's plan as figures."""
    return tuple(_sheet(plan) for plan in planned.plans)


def _sheet(plan: ContractPlan) -> PlanSheet:
    contract = plan.situation.contract
    renewal = _Figures(contract.id, contract.currency, "renewal", plan.renewal)
    term = None if plan.term is None else _Figures(contract.id, contract.currency, "term", plan.term)
    single = tuple(
        TaskRow(task, title(task.move), renewal.saves(n), term.saves(n) if term else None)
        for n, task in enumerate(plan.tasks, 1)
    )
    few = moves_together(plan.tasks, plan.situation.smallest_group)
    own = [row for row in single if row.task.move in few]
    together = [_together(own, few == _of_people(single), renewal, term)] if own else []
    return PlanSheet(
        contract.id,
        contract.vendor,
        plan,
        _view([(row.renewal, row.task) for row in single], few, renewal),
        _view([(row.term, row.task) for row in single], few, term) if term else None,
        (*(row for row in single if row.task.move not in few), *together),
        single,
    )


def _of_people(rows: Sequence[TaskRow]) -> frozenset[str]:
    return frozenset(row.task.move for row in rows if row.task.move.startswith(PEOPLE))


def _together(own: Sequence[TaskRow], is_all: bool, renewal: _Figures, term: _Figures | None) -> TaskRow:
    """Tasks of few people as one, which names none of them."""
    words = (
        "Move or release people, each as planned"
        if is_all
        else "Move or release other people, each as planned"
    )
    saves = renewal.together([row.renewal for row in own], words)
    in_term = None if term is None else term.together([row.term for row in own], words)
    values = [None if f is None or not isinstance(f.value, Amount) else f.value for f in (saves, in_term)]
    assert values[0] is not None
    task = replace(
        own[0].task,
        move=OTHERS,
        owner=" and ".join(dict.fromkeys(row.task.owner for row in own)),
        people=sum(row.task.people for row in own),
        renewal=values[0],
        term=values[1],
        flip="other use than was observed",
    )
    return TaskRow(task, words, saves, in_term)


class _Figures:
    """Figures of one course."""

    def __init__(self, contract: str, currency: str, view: str, course: Course) -> None:
        self.course, self.view = course, view
        self._contract, self._currency = contract, currency

    def key(self, name: str, **more: str) -> str:
        return key(f"plan.{name}", {"contract": self._contract, "view": self.view, **more})

    def sum(self, figure_key: str, words: str, parts: Sequence[Figure | Line], rule: str) -> Figure:
        return sum_of(figure_key, words, tuple(parts), self._currency, KIND, rule=rule)

    def state(self, name: str, words: str, step: Step, rule: str) -> Figure:
        """A whole state by clause."""
        parts = [
            self.sum(self.key(name, clause=clause), f"{words}: {clause}", lines, rule)
            for clause, lines in _by_clause(step.lines, self._contract)
        ]
        return self.sum(self.key(name), words, parts, rule)

    def saves(self, number: int) -> Figure:
        """What the step saves, from the Lines that it changes."""
        before, after = self.course.steps[number - 1], self.course.steps[number]
        shared = {(x.id, x.amount) for x in before.lines} & {(x.id, x.amount) for x in after.lines}
        sides = {"before": before, "after": after}
        parts = [
            self.sum(
                self.key("changed", task=after.move, side=side),
                f"{title(after.move)}, only {side}",
                [line for line in step.lines if (line.id, line.amount) not in shared],
                SAVES_RULE,
            )
            for side, step in sides.items()
        ]
        name, words = self.key("saves", task=after.move), title(after.move)
        return difference(name, f"Saved: {words}", parts[0], parts[1], SAVES_RULE)

    def together(self, found: Sequence[Figure | None], words: str, component: str = "") -> Figure:
        """What several tasks save, without telling them apart."""
        said = {"task": OTHERS, **({"component": component} if component else {})}
        sides = [
            self.sum(
                self.key("changed", side=side, **said),
                f"{words}, only {side}",
                [x for f in found if f is not None for x in f.operands[n].operands],  # type: ignore[union-attr]
                SAVES_RULE,
            )
            for n, side in enumerate(("before", "after"))
        ]
        return difference(self.key("saves", **said), f"Saved: {words}", sides[0], sides[1], SAVES_RULE)


def _view(rows: Sequence[tuple[Figure | None, Task]], few: frozenset[str], figures: _Figures) -> PlanView:
    """A course with what each task saves in it."""
    steps, months = figures.course.steps, figures.course.view.months
    before = figures.state("before", "Before", steps[0], BEFORE_RULE)
    after = figures.state("after", "After", steps[-1], AFTER_RULE)
    saved = [(figure, task) for figure, task in rows if figure is not None]
    components = []
    for component in Component:
        own = [(f, task) for f, task in saved if task.component is component]
        slug = component.replace(" ", "-")
        parts = [f for f, task in own if task.move not in few]
        if len(parts) < len(own):
            rest = [f for f, task in own if task.move in few]
            parts.append(figures.together(rest, f"People, each as planned: {component}", slug))
        if parts:
            name = figures.key("saves", component=slug)
            components.append(figures.sum(name, f"Saved on {component}", parts, SAVES_RULE))
    saves = figures.sum(figures.key("saves"), "Saved in all", components, SAVES_RULE)
    return PlanView(
        figures.course.view.name, str(months[0]), str(months[-1]), before, after, saves, tuple(components)
    )


def difference(figure_key: str, words: str, first: Figure, second: Figure, rule: str) -> Figure:
    before, after = first.value, second.value
    assert isinstance(before, Amount)
    assert isinstance(after, Amount)
    value = before - after
    return Figure(figure_key, words, Operator.DIFFERENCE, value, (first, second), rule=rule)


def _by_clause(lines: Iterable[Line], contract: str) -> list[tuple[str, list[Line]]]:
    found: dict[str, list[Line]] = {}
    own = f"{contract}/"
    for line in lines:
        clause = line.entry.removeprefix(own) if line.entry.startswith((own, "planning/")) else "list-price"
        found.setdefault(clause.replace("/", ":"), []).append(line)
    return list(found.items())


def title(move: str) -> str:
    """A task in words, from the id of its move."""
    kind, _, rest = move.partition(":")
    if move == "seats:unassigned":
        return "Give back seats that nobody holds"
    if kind == "commitment":
        return "Commit to what will be used"
    if kind == "tool":
        return f"Build and run {rest}"
    if kind == "people":
        label, seat, to = [*rest.split(":"), "", ""][:3]
        who = f"{label.replace('-', ' ')} people on {seat}" if label else f"people on {seat}"
        return f"Release {who}" if to == "nothing" else f"Move {who} to {to}"
    what, _, how = rest.partition(":")
    told = {"levers": f"Tune {what}: {how}", "build": f"Build {how} for {what}"}
    return told.get(kind, f"Do {what} on {how} seats")


def track(sheet: PlanSheet) -> str:
    """Which half the contract is mostly made of, the mistake open to such a buyer, and what mends it."""
    whole = sheet.renewal.before.value
    assert isinstance(whole, Amount)
    if not whole.low:
        return ""
    seats = sum((x.amount.low for x in sheet.plan.renewal.before.lines if _is_seat(x, sheet.contract)), ZERO)
    share = seats / whole.low
    if share >= _MOSTLY:
        return (
            f"Seats are {_percent(share)} of what {sheet.contract} costs. The mistake open to such a buyer is"
            f" to count people instead of use: {_seats(sheet)}. Giving seats back in time mends it."
        )
    if share <= 1 - _MOSTLY:
        return (
            f"Usage is {_percent(1 - share)} of what {sheet.contract} costs. The mistake open to such a buyer"
            f" is to commit to today's usage: {_levers(sheet)}. Levers before the signature mend it."
        )
    return f"{sheet.contract} is {_percent(share)} seats: both halves count, and each has its own levers."


def _is_seat(line: Line, contract: str) -> bool:
    return line.entry.startswith(f"{contract}/seats/")


def _seats(sheet: PlanSheet) -> str:
    people = sheet.plan.situation.people
    kept = sum("/" in sheet.plan.chosen.people[p.person] for p in people)
    return f"{len(people)} people hold one, and {kept} should"


def _levers(sheet: PlanSheet) -> str:
    tuned = sum(row.task.move.startswith("levers:") for row in sheet.rows)
    works = len(sheet.plan.situation.work)
    return f"{tuned} of {works} workloads do the same work for less"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal(1))} %"
