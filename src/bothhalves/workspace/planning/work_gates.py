"""Requirements before price for workloads: who may go to seats, and what the API lacks for those who stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bothhalves.core.clauses.protections import Needs
from bothhalves.core.gates import Job, PathKind, Refused, Way, refusals
from bothhalves.core.routes import Work, Worker
from bothhalves.workspace.config import Workload
from bothhalves.workspace.paths import Path
from bothhalves.workspace.plan_terms import ToSeats
from bothhalves.workspace.planning.people import Rules, controls_of, way_of
from bothhalves.workspace.replaying import LIST


@dataclass(frozen=True, slots=True)
class WorkGates:
    """Of the workloads under one contract: ``open`` may go to the seats that are named for them, ``closed``
    may not; ``lacking`` is what the API does not promise though the workload needs it."""

    open: Mapping[str, ToSeats]
    closed: Mapping[str, tuple[ToSeats, tuple[Refused, ...]]]
    lacking: Mapping[str, tuple[Refused, ...]]


def work_gates(
    workloads: Iterable[Workload], named: Iterable[ToSeats], paths: Iterable[Path], rules: Rules
) -> WorkGates:
    """``named`` are the seats that people could do a workload's work on; those of no path are left out.

    ``rules`` are those of one contract, the first. People who take over a workload's work are held to what
    the company requires of every vendor, and to what the workload requires.
    """
    known = {workload.id: workload for workload in workloads}
    contract = rules.contracts[0]
    seats = {p.name: p for p in paths if p.id == f"{contract.id}/{p.name}" and p.signed}
    asked = {to.workload: to for to in named if to.seat in seats}
    found = {id_: _seat_refusals(known.get(id_), seats[to.seat], rules) for id_, to in asked.items()}
    return WorkGates(
        {id_: to for id_, to in asked.items() if not found[id_]},
        {id_: (to, found[id_]) for id_, to in asked.items() if found[id_]},
        {id_: lacks for id_, work in known.items() if (lacks := tuple(_api_lacks(work, rules)))},
    )


def _seat_refusals(workload: Workload | None, seat: Path, rules: Rules) -> tuple[Refused, ...]:
    """What kind of work a workload is nobody says, so that it is not asked what the seat opens."""
    way = replace(way_of(seat, rules), work=frozenset(Work))
    worker = Worker.SOFTWARE if workload is not None and workload.human is False else Worker.PERSON
    needs = [rules.needs] if workload is None else [rules.needs, workload.needs]
    return tuple(dict.fromkeys(_each(worker, needs, way)))


def _api_lacks(workload: Workload, rules: Rules) -> Iterator[Refused]:
    contract = rules.contracts[0]
    terms = contract.api_terms if contract.api_terms.stated() else contract.terms
    name = "the API at list price" if contract.id == LIST else f"the API under {contract.id}"
    way = Way(name, PathKind.METERED, controls=controls_of(terms), terms=terms)
    yield from _each(Worker.SOFTWARE, [workload.needs], way)


def _each(worker: Worker, needs: Iterable[Needs], way: Way) -> Iterator[Refused]:
    for one in needs:
        yield from refusals(Job(worker, needs=one), way)


NO_GATES = WorkGates({}, {}, {})
