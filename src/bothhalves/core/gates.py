"""Requirements before price: which paths a person or a workload may take at all.

A path that fails a gate is never priced against the others. What somebody does today is not gated: it goes
on, and what it lacks is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bothhalves.core.clauses.protections import UNSAID, Needs, Protections, meets
from bothhalves.core.routes import Work, Worker


class PathKind(StrEnum):
    """The ways in which a piece of work can get done."""

    SEAT = "seat"
    CODING_TOOL = "coding-tool"  # metered, by the person
    METERED = "metered"  # the API, called by software
    NOTHING = "nothing"


class Gate(StrEnum):
    """What a path must satisfy before its price counts, in the order in which it is tested."""

    HUMAN = "human in the loop"
    SCRIPT = "internal script"
    WORK = "kind of work"
    CONTROLS = "controls"
    RESIDENCY = "residency"
    RETENTION = "retention"
    TRAINING = "training terms"
    SIZE = "plan limits"


NO_NEEDS = Needs()


@dataclass(frozen=True, slots=True)
class Refused:
    """A gate that a path fails, and why in words."""

    gate: Gate
    reason: str


@dataclass(frozen=True, slots=True)
class Job:
    """What gates ask of a person's or a workload's work.

    ``attended``: a person starts and watches each run of a script.
    """

    worker: Worker
    work: Work = Work.CHAT
    attended: bool = True
    needs: Needs = NO_NEEDS


@dataclass(frozen=True, slots=True)
class Way:
    """What a path offers. ``controls`` are confirmed, ``lacks`` denied; what is in neither is not known.

    ``work`` are the kinds of work that it can do.
    """

    name: str
    kind: PathKind
    work: frozenset[Work] = frozenset(Work)
    controls: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    terms: Protections = UNSAID


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` people may hold seats of these ``types`` together, as ``source`` says.

    It is asked of all together, for nobody is one too many alone.
    """

    types: tuple[str, ...]
    most: int
    source: str

    @property
    def refusal(self) -> Refused:
        """What keeps one more from them."""
        takes = "takes" if len(self.types) == 1 else "together take"
        said = f"{' and '.join(self.types)} {takes} at most {self.most} people, says {self.source}"
        return Refused(Gate.SIZE, said)


def refusals(job: Job, way: Way) -> tuple[Refused, ...]:
    """Every gate that ``way`` fails for somebody with this job; empty where it is eligible."""
    return tuple(Refused(gate, reason) for gate, reason in _tested(job, way) if reason)


def _tested(job: Job, way: Way) -> Iterable[tuple[Gate, str]]:
    yield Gate.HUMAN, _human(job, way)
    yield Gate.SCRIPT, _script(job, way)
    if way.kind is not PathKind.NOTHING:
        lacking = "" if job.work in way.work else f"{way.name} does not do {job.work} work"
        yield Gate.WORK, lacking
        yield Gate.CONTROLS, _controls(job, way)
        yield from _terms(job, way)


def _human(job: Job, way: Way) -> str:
    if job.worker is Worker.SOFTWARE and way.kind in (PathKind.SEAT, PathKind.CODING_TOOL):
        return "software does the work: it has no seat path, and no person's seat may be automated"
    return ""


def _script(job: Job, way: Way) -> str:
    if job.worker is not Worker.SCRIPT:
        return ""
    if job.attended and way.kind is PathKind.METERED:
        return "a person starts and watches each run: the coding tool does it"
    if not job.attended and way.kind in (PathKind.SEAT, PathKind.CODING_TOOL):
        return "the script runs by itself, again and again: it is software"
    return ""


def _controls(job: Job, way: Way) -> str:
    lacking = [c for c in job.needs.controls if c in way.lacks]
    unknown = [c for c in job.needs.controls if c not in way.controls and c not in way.lacks]
    if lacking:
        return f"{way.name} does not have {', '.join(lacking)}"
    return f"no source confirms that {way.name} has {', '.join(unknown)}" if unknown else ""


def _terms(job: Job, way: Way) -> Iterable[tuple[Gate, str]]:
    """Data terms are gates where they are needed; a path that does not say fails."""
    required, promised = job.needs.terms.stated(), way.terms.stated()
    for gate, name in (
        (Gate.RESIDENCY, "residency"),
        (Gate.RETENTION, "retention_days"),
        (Gate.TRAINING, "training"),
    ):
        if name in required and not meets(name, promised.get(name), required[name]):
            said = promised.get(name, "nothing")
            label = name.replace("_", " ")
            yield gate, f"{label} {required[name]} is required, {way.name} promises {said}"
    others = ("sso", "scim", "audit_log", "roles", "hipaa")
    short = [n for n in others if n in required and not meets(n, promised.get(n), required[n])]
    if short:
        words = ", ".join(n.replace("_", " ") for n in short)
        yield Gate.CONTROLS, f"{way.name} does not promise {words}"
