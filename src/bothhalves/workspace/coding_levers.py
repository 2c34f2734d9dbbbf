"""The coding tool's own levers on real sessions, and what its outcomes cost by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bothhalves.core.dates import Month
from bothhalves.core.explain import Grade, Line
from bothhalves.core.levers.coding import Session, WhatIf, refusal_of_outcome, what_ifs
from bothhalves.core.levers.routing import Model
from bothhalves.core.money import MoneyKind
from bothhalves.core.rating import Counted, Rating, rate
from bothhalves.workspace.config import Workload
from bothhalves.workspace.counting import person_usage, rated
from bothhalves.workspace.lever_cells import named_model
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.person_use import CODING
from bothhalves.workspace.records import Stream


@dataclass(frozen=True, slots=True)
class RatedWhatIf:
    """A scenario with what its usage costs at list price before, and instead; nothing of it is a bill."""

    what_if: WhatIf
    before: tuple[Rating, ...]
    after: tuple[Rating, ...]


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """A group's metered use of the tool in a month, beside one kind of outcome; without ``lines`` where the
    ``reason`` says why it is not told."""

    group: str
    month: Month
    outcome: str
    count: int
    lines: tuple[Line, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CodingLevers:
    """The scenarios of a window, and outcomes. ``sessions`` None: no source tells sessions apart."""

    sessions: int | None
    scenarios: tuple[RatedWhatIf, ...]
    outcomes: tuple[GroupOutcome, ...]


def coding_levers(workspace: Workspace, months: tuple[Month, ...], grade: Grade) -> CodingLevers:
    """What the owner of the coding tool could change. ``grade`` is that of the window's usage."""
    naming = Naming(workspace)
    workspace.store.set_teams(naming.teams())
    found = _sessions(workspace, months, naming)
    told = len({(s.person, s.session) for s in found})
    smallest = workspace.config.company.smallest_group
    scenarios = what_ifs(found, _policy(workspace, found), smallest) if found else ()
    return CodingLevers(
        told or None,
        tuple(_rated(_graded(s, grade), workspace) for s in scenarios),
        _outcomes(workspace, months, naming),
    )


def _sessions(workspace: Workspace, months: tuple[Month, ...], naming: Naming) -> list[Session]:
    return [
        Session(
            naming.person(use.person),
            use.session,
            use.calls,
            Counted(
                use.vendor,
                use.model or use.product,
                use.start,
                None,
                use.quantities,
                use.tier,
                use.speed,
                use.region,
                requests=use.calls,
                kind=MoneyKind.SCENARIO,
            ),
        )
        for use in workspace.store.sessions(workspace.span(months), sorted(CODING))
        if use.quantities
    ]


def _policy(workspace: Workspace, sessions: Iterable[Session]) -> Model | None:
    """The reference model that a workload of a coding product states: what its policy would be."""
    stated = next((w for w in workspace.config.workloads if _is_coding(w) and w.reference_model), None)
    if stated is None:
        return None
    vendors = Counter(s.usage.vendor for s in sessions)
    return named_model(stated.reference_model, vendors.most_common(1)[0][0], workspace.book)


def _is_coding(workload: Workload) -> bool:
    return bool(set(workload.match.products) & CODING)


def _graded(found: WhatIf, grade: Grade) -> WhatIf:
    return replace(found, grade=max(found.grade, grade, key=list(Grade).index))


def _rated(found: WhatIf, workspace: Workspace) -> RatedWhatIf:
    before, after = (tuple(rate(u, workspace.book) for u in usage) for usage in (found.before, found.after))
    return RatedWhatIf(found, before, after)


def _outcomes(workspace: Workspace, months: tuple[Month, ...], naming: Naming) -> tuple[GroupOutcome, ...]:
    """What the tool cost each group by outcome, groups that are too small refused."""
    wanted = [o for o in workspace.outcomes if o.month in months]
    if not wanted:
        return ()
    sizes = Counter(workspace.pseudonyms.groups.values())
    lines = _group_lines(workspace, months, naming)
    smallest = workspace.config.company.smallest_group
    found = []
    for o in wanted:
        own = lines.get((o.group, str(o.month)), ())
        reason = refusal_of_outcome(sizes[o.group], smallest, o.count, bool(own))
        found.append(GroupOutcome(o.group, o.month, o.outcome, o.count, () if reason else own, reason))
    return tuple(found)


def _group_lines(
    workspace: Workspace, months: tuple[Month, ...], naming: Naming
) -> dict[tuple[str, str], tuple[Line, ...]]:
    """Metered use of the tool by group and month, in the workspace's currency; use under seats is no cost."""
    currency = workspace.config.company.currency
    found: dict[tuple[str, str], tuple[Line, ...]] = {}
    for named in person_usage(workspace, months, naming):
        if named.product in CODING and named.stream is Stream.API:
            usage = rated(named, workspace.book)
            key = (naming.group(named.owner), usage.month)
            own = tuple(_of_group(x, key[0]) for x in usage.rating.lines if x.amount.currency == currency)
            found[key] = found.get(key, ()) + own
    return found


def _of_group(line: Line, group: str) -> Line:
    """The Line without the person."""
    said = {k: v for k, v in line.dimensions if k != "workload"} | {"group": group}
    model = line.id.split("|")[1]
    rows = line.rows.narrowed(person=None)
    kept = tuple((k, v) for k, v in rows.where if k != "person")
    return replace(
        line,
        id="|".join([line.entry, model, line.meter, *said.values()]),
        dimensions=tuple(sorted(said.items())),
        rows=replace(rows, where=kept),
    )
