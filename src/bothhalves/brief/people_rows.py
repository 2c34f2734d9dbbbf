"""People alike on each path: by what they are, what they hold and where they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bothhalves.brief.line_record import PathRow
from bothhalves.brief.plans import PlanSheet, TaskRow
from bothhalves.core.explain import Figure, Operator, key
from bothhalves.core.money import total
from bothhalves.workspace.paths import NOTHING
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.planned import Situation
from bothhalves.workspace.planning.views import KIND


@dataclass(frozen=True, slots=True)
class Group:
    """People of one label on one path (by id) who go to one path."""

    label: str
    current: str
    to: str

    @property
    def is_change(self) -> bool:
        return self.to != self.current

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Changes first."""
        return not self.is_change, self.label, self.current, self.to

    @property
    def name(self) -> str:
        return f"{(self.label or 'all').capitalize()}, on {called(self.current)}"

    @property
    def move(self) -> str:
        """The id of the plan's move for them."""
        return f"people:{self.label}:{called(self.current)}:{called(self.to)}"

    @property
    def action(self) -> str:
        if not self.is_change:
            return "Keep seat"
        return "Release" if self.to == NOTHING else f"To {called(self.to)}"

    @property
    def recommended(self) -> str:
        return "nothing" if self.to == NOTHING else "seat" if "/" in self.to else "api"

    def key(self, contract: str, path: str) -> str:
        """The key of what a month of them costs on a path."""
        words = self.name.lower().replace(", ", "-").replace(" ", "-")
        said = {"contract": contract, "people": words, "to": called(self.to), "path": called(path)}
        return key("paths.cost", said)


def called(path: str) -> str:
    """The seat type of ``contract/type``; other paths are called what they are called."""
    return path.rpartition("/")[2]


def compared_with(situation: Situation) -> str:
    """The metered path that seats are set against."""
    return next((p.against for p in situation.paths if p.against), "metered")


def evidence_words(situation: Situation, is_inferred: bool) -> str:
    return f"grade {situation.grade}{', use inferred' if is_inferred else ''}"


def people_rows(sheet: PlanSheet) -> Iterator[PathRow]:
    """Everybody where the plan has them."""
    plan = sheet.plan
    saved = {row.task.move: row for row in sheet.rows}
    alike: dict[Group, list[Choices]] = {}
    for choices in plan.situation.people:
        label = plan.situation.labels.get(choices.person, "")
        group = Group(label, choices.paths.current, plan.chosen.people[choices.person])
        alike.setdefault(group, []).append(choices)
    for group, people in sorted(alike.items(), key=lambda a: a[0].order):
        yield _row(sheet, group, people, saved.get(group.move))


def _row(sheet: PlanSheet, group: Group, people: list[Choices], task: TaskRow | None) -> PathRow:
    situation = sheet.plan.situation
    now = _cost(sheet, group, group.current, people)
    api = _cost(sheet, group, compared_with(situation), people)
    undecided = sum(c.is_undecided for c in people)
    return PathRow(
        group.name,
        f"{len(people)} people" + (f", {undecided} undecided" if undecided else ""),
        now,
        now,
        api,
        group.recommended,
        group.action,
        group.is_change,
        evidence_words(situation, not all(c.paths.grade <= situation.grade for c in people)),
        saves=task.renewal if task else None,
    )


def _cost(sheet: PlanSheet, group: Group, path: str, people: list[Choices]) -> Figure | None:
    """What a month of these people costs on a path; None where a part of them has no cost there."""
    costs = [c.paths.costs[path] for c in people if path in c.paths.costs]
    if len(costs) < len(people):
        return None
    contract = sheet.plan.situation.contract
    value = total(costs, contract.currency, KIND)
    rule = "The mean of each person's observed months on this path, months without use included, added up."
    title = f"{group.name}: on {called(path)}"
    return Figure(group.key(contract.id, path), title, Operator.GIVEN, value, rule=rule)
