"""Seats as of a day: a label for each, what became of them, how many are needed, and who has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bothhalves.core.clauses.base import Demand
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Problem
from bothhalves.core.moves import Component, Move, State, View, states
from bothhalves.core.seating.cohorts import Cohorts, Course, cohorts
from bothhalves.core.seating.demand import Candidacy, Unseated, median_days, unseated
from bothhalves.core.seating.labelling import Labelled, PersonCosts, SeatFacts, labelled
from bothhalves.core.seating.pilots import Pilot, PilotPlan, PilotResult, Refusal, pilot_plan, pilot_result
from bothhalves.core.seating.rules import SeatRules
from bothhalves.store.seating import Actives, Held
from bothhalves.workspace.charges import signed
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.plan_terms import Planning
from bothhalves.workspace.seat_facts import Sources, facts_of, sources_of
from bothhalves.workspace.seat_needs import Need, TypeSize, sizes_of

#: The states that giving seats back goes through, in order.
TODAY, UNASSIGNED, RELEASED = "today", "unassigned", "released"


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat with its label, and the line of the roster that says who holds it."""

    told: Labelled
    line: Held


@dataclass(frozen=True, slots=True)
class Release:
    """What a month costs under one view today, without seats that nobody holds, and without unused ones."""

    contract: Contract
    view: str
    steps: tuple[tuple[str, State], ...]


@dataclass(frozen=True, slots=True)
class ProductCohorts:
    """What became of a product's seats between the beginnings of two days."""

    vendor: str
    product: str
    before: date
    after: date
    found: Cohorts


@dataclass(frozen=True, slots=True)
class Seating:
    """Everything about seats as of the beginning of ``on``. People are pseudonyms.

    ``is_weighed``: holders' use is priced.
    ``actives``: distinct people by day, week and month. ``pilot`` is what pilot.yaml leads to.
    """

    company: str
    on: date
    months: tuple[Month, ...]
    rules: SeatRules
    planning: Planning
    seats: tuple[HeldSeat, ...]
    sizes: tuple[TypeSize, ...]
    releases: tuple[Release, ...]
    actives: Mapping[str, tuple[Actives, ...]]
    cohorts: tuple[ProductCohorts, ...]
    unseated: tuple[Unseated, ...]
    pilot: PilotPlan | PilotResult | Refusal | None
    group_names: Mapping[str, str]
    problems: tuple[Problem, ...]
    is_weighed: bool = False


def seating_of(
    workspace: Workspace,
    months: tuple[Month, ...],
    on: date | None = None,
    costs: Mapping[tuple[str, str], PersonCosts] | None = None,
    ahead: int | None = None,
) -> Seating:
    """Seats at the end of ``months``, or at the beginning of ``on``; ``costs``: by vendor and person.

    ``ahead`` is how many months after the last known one an order begins; None: each contract's renewal.
    """
    day, since = on or months[-1].next.first, months[0].first
    rules, naming = workspace.config.company.seats, Naming(workspace)
    workspace.store.set_teams(naming.teams())
    sources = sources_of(workspace, day, since)
    facts = facts_of(sources, workspace, costs)
    seats = tuple(HeldSeat(labelled(fact, rules, day), line) for line, fact in facts)
    terms = signed(workspace, months)
    need = Need(months, workspace.config.planning, ahead)
    sizes = tuple(sizes_of(sources, terms, (s.told for s in seats), need))
    pilot, problems = _pilot(workspace, rules)
    return Seating(
        company=workspace.config.company.company,
        on=day,
        months=months,
        rules=rules,
        planning=workspace.config.planning,
        seats=seats,
        sizes=sizes,
        releases=tuple(_releases(sizes, months[-1])),
        actives={b: tuple(sources.asked.actives(since, day, b)) for b in ("day", "week", "month")},
        cohorts=tuple(_cohorts(sources, facts, since, rules)),
        unseated=_unseated(sources, naming),
        pilot=pilot,
        group_names=naming.group_names,
        problems=problems,
        is_weighed=costs is not None,
    )


def _releases(sizes: Iterable[TypeSize], month: Month) -> Iterable[Release]:
    """A month of each contract before and after seats are given back, within the term and at renewal."""
    by_contract: dict[str, list[TypeSize]] = defaultdict(list)
    for size in sizes:
        by_contract[size.contract.id].append(size)
    for own in by_contract.values():
        contract = own[0].contract
        today = {s.term.type: max(s.bought, s.held) for s in own}
        nobodys = {s.term.type: -max(s.bought - s.held, 0) for s in own}
        unused = {s.term.type: -s.unused for s in own}
        moves = [Move(UNASSIGNED, Component.SEATS, nobodys), Move(RELEASED, Component.SEATS, unused)]
        for name, at_renewal in (("renewal", True), ("in-term", False)):
            view = View(name, contract, (month,), at_renewal)
            found = states(view, [Demand(month)], today, moves)
            yield Release(contract, name, tuple(zip((TODAY, UNASSIGNED, RELEASED), found, strict=True)))


def _cohorts(
    sources: Sources, facts: Iterable[tuple[Held, SeatFacts]], since: date, rules: SeatRules
) -> Iterable[ProductCohorts]:
    """By product, where a roster tells who held seats at the beginning. Judged until the data end."""
    earlier = {_slot(line): line for line in sources.asked.held(since) if line.seat_type}
    later = {_slot(line): (line, fact) for line, fact in facts}
    slots: dict[tuple[str, str], list[tuple[str, str, str, str]]] = defaultdict(list)
    for slot in sorted({*earlier, *later}):
        slots[slot[0], slot[1]].append(slot)
    for (vendor, product), own in slots.items():
        if not any(slot in earlier for slot in own):
            continue
        ends = [f.known_until for _, f in (later[s] for s in own if s in later) if f.known_until]
        after = min([sources.on, *ends])
        courses = [_course(sources, earlier.get(slot), later.get(slot)) for slot in own]
        if after > since:
            yield ProductCohorts(vendor, product, since, after, cohorts(courses, since, after, rules))


def _slot(line: Held) -> tuple[str, str, str, str]:
    return line.vendor, line.product, line.account, line.person


def _course(sources: Sources, earlier: Held | None, later: tuple[Held, SeatFacts] | None) -> Course:
    line = later[0] if later else earlier
    assert line is not None
    acts, fact = sources.acts_of(line), later[1] if later else None
    return Course(
        line.person,
        (line.vendor, line.product, sources.type_of(line)),
        earlier is not None,
        later is not None,
        fact.given if fact else line.assigned,
        fact.known_from if fact else None,
        max((a.last_before for a in acts if a.last_before), default=None),
        min((a.first_since for a in acts if a.first_since), default=None),
        max((a.last for a in acts if a.first_since), default=None),
        min((a.first for a in acts), default=None),
    )


def _unseated(sources: Sources, naming: Naming) -> tuple[Unseated, ...]:
    """People who work metered with a vendor's product as holders do in seats, or were invited, by vendor."""
    holders = {(line.vendor, line.person) for line in sources.held if line.seat_type}
    invited = {(line.vendor, line.person): line.product for line in sources.held if not line.seat_type}
    seated = [sum(a.days for a in sources.acts.get(who, ()) if a.in_seat) for who in sorted(holders)]
    usual = median_days([days for days in seated if days])
    vendors = {vendor for vendor, _ in sources.seated}
    people = {who for who in sources.acts if who[0] in vendors} | invited.keys()
    found = []
    for vendor, person in sorted(people - holders):
        acts = [a for a in sources.acts.get((vendor, person), ()) if not a.in_seat]
        product = invited.get((vendor, person)) or max(acts, key=lambda a: a.days).product if acts else ""
        days = max((a.days for a in acts), default=0)
        product = product or invited.get((vendor, person), "")
        known = (vendor, person) in invited
        found.append(Candidacy(person, vendor, product, naming.group(person), days, known))
    return unseated(found, Fraction(usual))


def _pilot(
    workspace: Workspace, rules: SeatRules
) -> tuple[PilotPlan | PilotResult | Refusal | None, tuple[Problem, ...]]:
    """What ``pilot.yaml`` leads to: a plan before it is run, seats for everybody after, or a refusal."""
    path = workspace.root / "pilot.yaml"
    if not path.exists():
        return None, ()
    from bothhalves.reading import read_yaml

    pilot, problems = read_yaml(path, Pilot, "pilot.yaml")
    if pilot is None:
        return None, tuple(problems)
    was_run = pilot.invited is not None or pilot.sample != "random"
    found = pilot_result(pilot, rules.confidence) if was_run else pilot_plan(pilot, rules.confidence)
    return found, tuple(problems)
