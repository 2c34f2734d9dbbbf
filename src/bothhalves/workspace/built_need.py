"""What is needed without anything that is still to be built: the need that a negotiation may count on.

Usage of the API goes on as it is today. Seats are those that the plan keeps if nobody may leave for a tool or
a meter: seats that nobody needs are given back, and people move between seat types, which takes no building.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.workspace.forecast_levels import Levels, levels_of
from bothhalves.workspace.forecasting import outlook_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.paths import NOTHING
from bothhalves.workspace.planning.planned import ContractPlan, Planned
from bothhalves.workspace.records import Ledger

NOTE = (
    "Seats that the plan releases are given back; the API goes on as it is, as no lever and no tool is built."
)
NO_PLAN = "There is no plan yet (measure first): seats and usage go on as they are."


def built_outlook(
    workspace: Workspace, months: tuple[Month, ...], vendor: str, planned: Planned, ledger: Ledger
) -> Outlook:
    """The need of one vendor's halves after ``months`` with what exists today."""
    found = built_levels(levels_of(workspace, months, Baseline.CURRENT, vendor), vendor, planned)
    return outlook_of(workspace, months, Baseline.CURRENT, vendor=vendor, ledger=ledger, levels=found)


def built_levels(today: Levels, vendor: str, planned: Planned) -> Levels:
    """The levels of a vendor with what exists today, of which ``today`` are those as used."""
    own = [p for p in planned.plans if p.situation.contract.vendor == vendor]
    seats: Counter[str] = Counter()
    for plan in own:
        seats.update(_kept(plan))
    note = NOTE if own else NO_PLAN
    return replace(today, seats={**today.seats, **seats}, notes=(*today.notes, note))


def _kept(plan: ContractPlan) -> Counter[str]:
    """People on each seat type of the contract; who would go to a tool or a meter stays where they are."""
    types = {s.type for s in plan.situation.contract.seats}
    ends = Counter(_ends(plan, types))
    return Counter({kind: ends[kind] for kind in types})


def _ends(plan: ContractPlan, types: set[str]) -> Iterator[str]:
    now = {p.person: p.paths.current for p in plan.situation.people}
    for person, chosen in plan.chosen.people.items():
        name = chosen.rpartition("/")[2]
        if chosen != NOTHING and name not in types:
            name = now[person].rpartition("/")[2]
        yield name
