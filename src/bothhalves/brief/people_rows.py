"""People alike on each path: by what they are, what they hold and where they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bothhalves.brief.line_record import PathCost, PathRow
from bothhalves.brief.plans import SAVES_RULE, PlanSheet, difference
from bothhalves.brief.small_groups import OWN, Group, Shown, called, gathered
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Figure, Operator, key, sum_of
from bothhalves.core.gates import PathKind
from bothhalves.core.money import Amount, total
from bothhalves.workspace.paths import Path, PersonPaths, baseline_cost
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.planned import ContractPlan, Situation
from bothhalves.workspace.planning.views import KIND

_MONTHS = "The mean of each person's observed months on this path, months without use included, added up."
RULES = {
    Baseline.LAZY: f"{_MONTHS} Use as on the reference model, not cached and not batched.",
    Baseline.CURRENT: f"{_MONTHS} Use as it was, at list price.",
    Baseline.EFFICIENT: f"{_MONTHS} Use at the share of list price that the path makes of it.",
}
_WORDS = {Baseline.LAZY: "lazily on", Baseline.CURRENT: "as used on", Baseline.EFFICIENT: "on"}


def compared_with(situation: Situation) -> str:
    """The metered path that seats are set against."""
    return next((p.against for p in situation.paths if p.against), "metered")


def evidence_words(situation: Situation, is_inferred: bool) -> str:
    return f"grade {situation.grade}{', use inferred' if is_inferred else ''}"


def people_rows(sheet: PlanSheet) -> Iterator[PathRow]:
    """Everybody where the plan has them."""
    plan, alike = sheet.plan, _alike(sheet.plan)
    undecided = {group: sum(c.is_undecided for c in people) for group, people in alike.items()}
    sizes = {group: len(people) for group, people in alike.items()}
    for shown in gathered(sizes, plan.situation.smallest_group):
        people = [choices for group in shown.groups for choices in alike[group]]
        yield _row(sheet, shown, people, sum(undecided[g] for g in shown.groups))


def _row(sheet: PlanSheet, shown: Shown, people: Sequence[Choices], undecided: int) -> PathRow:
    situation = sheet.plan.situation
    costs = _Costs(sheet, shown, [choices.paths for choices in people])
    now = costs.now()
    listed = costs.listed()
    base = next((c for c in listed if c.path == called(compared_with(situation))), None)
    return PathRow(
        shown.name,
        f"{len(people)} people" + (f", {undecided} undecided" if undecided else ""),
        now,
        now,
        base.efficient if base else None,
        shown.recommended,
        shown.action,
        shown.is_change,
        evidence_words(situation, not all(c.paths.grade <= situation.grade for c in people)),
        saves=saved_at_renewal(sheet, shown),
        lazy=base.lazy if base else None,
        costs=listed,
        no_api=_closed(people, compared_with(situation)),
    )


def _closed(people: Sequence[Choices], path: str) -> str:
    """By what most of those are kept from a path whom anything keeps from it; empty: nobody is."""
    gates = Counter(choices.refused[path][0].gate for choices in people if choices.refused.get(path))
    if not gates:
        return ""
    gate, _ = gates.most_common(1)[0]
    return f"closed: {gate}" if gates.total() == len(people) else f"closed to some: {gate}"


def closed_to(plan: ContractPlan) -> dict[Group, str]:
    """What keeps people from the metered path, in words, by where the plan has them."""
    path = compared_with(plan.situation)
    return {group: told for group, people in _alike(plan).items() if (told := _closed(people, path))}


def _alike(plan: ContractPlan) -> dict[Group, list[Choices]]:
    found: dict[Group, list[Choices]] = {}
    for choices in plan.situation.people:
        label = plan.situation.labels.get(choices.person, "")
        group = Group(label, choices.paths.current, plan.chosen.people[choices.person])
        found.setdefault(group, []).append(choices)
    return found


class _Costs:
    """What a month of these people costs on each path; None where a part of them has no cost there."""

    def __init__(self, sheet: PlanSheet, shown: Shown, people: Sequence[PersonPaths]) -> None:
        self._contract, self._shown, self._people = sheet.plan.situation.contract, shown, people
        self._paths: Mapping[str, Path] = {p.id: p for p in sheet.plan.situation.paths}

    def now(self) -> Figure | None:
        """Each on the path that they are on."""
        found = [p.costs.get(p.current) for p in self._people]
        return self._figure(OWN if len(self._shown.groups) > 1 else self._shown.largest.current, found)

    def listed(self) -> tuple[PathCost, ...]:
        """The seats of the contract, every metered path, and nothing."""
        own = f"{self._contract.id}/"
        paths = (p for p in self._paths.values() if p.kind is not PathKind.SEAT or p.id.startswith(own))
        return tuple(PathCost(called(p.id), *(self._at(p, b) for b in Baseline)) for p in paths)

    def _at(self, path: Path, baseline: Baseline) -> Figure | None:
        found = [baseline_cost(path, p, baseline, self._contract.currency) for p in self._people]
        return self._figure(path.id, found, baseline)

    def _figure(
        self, path: str, costs: Sequence[Amount | None], baseline: Baseline = Baseline.EFFICIENT
    ) -> Figure | None:
        known = [c for c in costs if c is not None]
        if len(known) < len(costs):
            return None
        value = total(known, self._contract.currency, KIND)
        named = "" if baseline is Baseline.EFFICIENT else str(baseline)
        where = "the path of each" if path == OWN else called(path)
        title = f"{self._shown.name}: {_WORDS[baseline]} {where}"
        figure_key = self._shown.key(self._contract.id, path, named)
        return Figure(figure_key, title, Operator.GIVEN, value, rule=RULES[baseline])


def saved_at_renewal(sheet: PlanSheet, shown: Shown) -> Figure | None:
    """What the plan's tasks for them save at renewal; of several groups, without telling them apart."""
    moves = {group.move for group in shown.groups}
    found = [row.renewal for row in sheet.single if row.task.move in moves and row.renewal is not None]
    if len(shown.groups) == 1 or not found:
        return found[0] if found else None
    contract = sheet.plan.situation.contract
    sides = []
    for number, side in enumerate(("before", "after")):
        lines = tuple(x for f in found for x in f.operands[number].operands)  # type: ignore[union-attr]
        said = {"contract": contract.id, "people": shown.saved_as, "side": side}
        title, rule = f"{shown.name}, only {side}", SAVES_RULE
        sides.append(sum_of(key("paths.changed", said), title, lines, contract.currency, KIND, rule=rule))
    figure_key = key("paths.saves", {"contract": contract.id, "people": shown.saved_as})
    return difference(figure_key, f"Saved: {shown.name}", sides[0], sides[1], SAVES_RULE)
