"""The paths that each person may take: gates first, then what is sure to be cheaper.

A person who is away, new, or of whom nothing is visible stays where they are. So does one for whom the
evidence does not decide. A seat type is open only to people who use no more than what its own holders are
seen to use, because a vendor's limits are rarely published in a unit that could be counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from bothhalves.core.clauses.protections import Needs, Protections
from bothhalves.core.contracts import Contract
from bothhalves.core.gates import Gate, Job, PathKind, Refused, Way, refusals
from bothhalves.core.money import plain
from bothhalves.core.paths.expected import Option
from bothhalves.core.paths.from_contract import PooledPath, SeatCost
from bothhalves.core.paths.verdicts import Reason, Verdict, verdict
from bothhalves.core.routes import Work, Worker
from bothhalves.workspace.paths import NOTHING, Path, PersonPaths, VendorPaths
from bothhalves.workspace.plan_terms import OwnTool, SeatWork

#: Controls of a plan that a contract's terms promise under these names.
_PROMISED = {"sso": "sso", "scim": "scim", "audit_log": "audit-log", "roles": "roles"}


@dataclass(frozen=True, slots=True)
class Keeping:
    """Whom to leave alone: ``released`` hold a seat that they do not use, ``fixed`` stay for a reason."""

    released: Mapping[str, str]
    fixed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What one person may be on. ``eligible`` are path ids with the current one first; ``verdict`` is what
    they would choose alone; ``refused`` says why another path is closed."""

    paths: PersonPaths
    eligible: tuple[str, ...]
    verdict: Verdict | None
    refused: Mapping[str, tuple[Refused, ...]]
    why: str

    @property
    def person(self) -> str:
        return self.paths.person

    @property
    def is_undecided(self) -> bool:
        return self.verdict is not None and self.verdict.reason is Reason.UNDECIDED


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides beside costs: ``needs`` of the company, what seats can do, tools, and the hold."""

    needs: Needs
    contracts: tuple[Contract, ...]
    tools: tuple[OwnTool, ...]
    seats: tuple[SeatWork, ...]
    hold: Decimal


def choices(found: VendorPaths, keeping: Keeping, rules: Rules) -> tuple[Choices, ...]:
    """The choices of everybody who holds a seat of a contract."""
    ways = {path.id: way_of(path, rules) for path in found.paths if _is_open(path, rules)}
    by_id = {path.id: path for path in found.paths}
    carried = carried_by(found.people)
    seated = (p for p in found.people if p.current in by_id and by_id[p.current].signed)
    return tuple(_choices(person, by_id, ways, carried, keeping, rules) for person in seated)


def carried_by(people: Iterable[PersonPaths]) -> dict[str, Decimal]:
    """The most that a holder of each seat is seen to have used in a month: what such a seat carries."""
    most: dict[str, Decimal] = {}
    for person in people:
        for month in person.months:
            if month.seat:
                most[month.seat] = max(most.get(month.seat, Decimal(0)), month.use.low)
    return most


def _is_open(path: Path, rules: Rules) -> bool:
    """Seats that are signed, the buyer's own tools, and nothing; what the books offer is for another day."""
    if path.kind is PathKind.SEAT:
        return path.signed and path.option is not None
    return path.kind is PathKind.NOTHING or path.id in {t.id for t in rules.tools}


def controls_of(terms: Protections) -> frozenset[str]:
    """The controls that terms promise, as plans name them."""
    stated = terms.stated().items()
    return frozenset(_PROMISED[name] for name, word in stated if word == "yes" and name in _PROMISED)


def way_of(path: Path, rules: Rules) -> Way:
    """What a path offers under the contracts of ``rules``."""
    if path.kind is PathKind.NOTHING:
        return Way("no AI", PathKind.NOTHING)
    tool = next((t for t in rules.tools if t.id == path.id), None)
    if tool is not None:
        return Way(
            tool.id, PathKind.METERED, frozenset(tool.work), frozenset(tool.controls), terms=tool.terms
        )
    contract = next(c for c in rules.contracts if path.id.startswith(f"{c.id}/"))
    said = next((s for s in rules.seats if s.seat == path.name), None)
    promised = contract.seat_terms if contract.seat_terms.stated() else contract.terms
    controls = controls_of(promised)
    plan = path.plan
    return Way(
        path.name,
        PathKind.SEAT,
        frozenset(said.work if said else Work),
        controls | frozenset(plan.controls if plan else ()),
        frozenset(plan.lacks if plan else ()) - controls,
        promised,
    )


def _choices(
    person: PersonPaths,
    by_id: Mapping[str, Path],
    ways: Mapping[str, Way],
    carried: Mapping[str, Decimal],
    keeping: Keeping,
    rules: Rules,
) -> Choices:
    if person.person in keeping.fixed:
        return Choices(person, (person.current,), None, {}, keeping.fixed[person.person])
    if person.person in keeping.released:
        return Choices(person, (person.current, NOTHING), None, {}, keeping.released[person.person])
    refused = {
        id_: found
        for id_, way in ways.items()
        if id_ not in (person.current, NOTHING)
        and (found := (*_gated(person, way, rules), *_limits(person, by_id[id_], carried)))
    }
    current = _option(by_id[person.current])
    if current is None:
        return _sharing(person, by_id, ways, refused)
    others = [
        option
        for id_ in ways
        if id_ not in (person.current, NOTHING, *refused) and (option := _option(by_id[id_])) is not None
    ]
    if not others:
        return Choices(person, (person.current,), None, refused, "no other path is open")
    decided = verdict(current, others, person.uses, rules.hold)
    return Choices(person, (person.current, *decided.sure), decided, refused, _why(decided, rules.hold))


def _sharing(
    person: PersonPaths,
    by_id: Mapping[str, Path],
    ways: Mapping[str, Way],
    refused: Mapping[str, tuple[Refused, ...]],
) -> Choices:
    """Who shares a pool with the other holders may go to any open tool if their use is known exactly: what
    that is worth hangs on all of them."""
    cost = by_id[person.current].cost
    is_known = all(use.is_point for use in person.uses) and not any(m.units for m in person.months)
    if not is_shared(cost) or not is_known:
        return Choices(person, (person.current,), None, refused, "no other path is open")
    open_ = [
        id_
        for id_, way in ways.items()
        if way.kind is PathKind.METERED and id_ not in (person.current, *refused)
    ]
    return Choices(person, (person.current, *open_), None, refused, "decided for all who share the pool")


def is_shared(cost: SeatCost | None) -> TypeGuard[PooledPath]:
    """True if seats share what they include, each type its own, and use beyond that has a price."""
    return isinstance(cost, PooledPath) and cost.pool.times is not None and cost.pool.cap is None


def _option(path: Path) -> Option | None:
    return path.option


def _gated(person: PersonPaths, way: Way, rules: Rules) -> Iterable[Refused]:
    """The gates of every kind of work that the person does, each once."""
    found: dict[Refused, None] = {}
    for work in sorted(person.works) or [Work.CHAT]:
        found |= dict.fromkeys(refusals(Job(Worker.PERSON, work, needs=rules.needs), way))
    return found


def _limits(person: PersonPaths, path: Path, carried: Mapping[str, Decimal]) -> Iterable[Refused]:
    """A seat with a published limit has it in its schedule; of others only use shows what they carry."""
    if path.kind is not PathKind.SEAT:
        if path.kind is not PathKind.NOTHING and any(month.units for month in person.months):
            yield Refused(
                Gate.SIZE, f"what they use is counted in units, whose cost on {path.name} is not known"
            )
        return
    most = carried.get(path.id)
    highs = [month.use.high for month in person.months]
    if not most:
        yield Refused(Gate.SIZE, f"nobody is seen to use {path.name}, so that what it carries is not known")
    elif any(high is None or high > most for high in highs):
        yield Refused(Gate.SIZE, f"no holder of {path.name} is seen to use more than {plain(most)} a month")


def _why(decided: Verdict, hold: Decimal) -> str:
    words = {
        Reason.CHEAPER: "another path is cheaper at every use that the data allow",
        Reason.KEPT: "no open path is cheaper",
        Reason.HELD: f"another path is cheaper by less than {plain(hold * 100)} %",
        Reason.UNDECIDED: "what is known of the use does not decide",
    }
    return words[decided.reason]
