"""The levers of every workload on the API: baselines, evidence, and what it costs to pull them.

Usage is counted by class, cut wherever the price of any model in question changes, and every state is priced
at list (or the company's own book). What a contract makes of it, such as a commitment below which a saved
token saves nothing, is settled where moves are planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.dates import Month
from bothhalves.core.engineering import (
    Engineering,
    annualised,
    is_worth_building,
    net_present_value,
    payback,
)
from bothhalves.core.explain import Grade, Problem
from bothhalves.core.levers.batch import BATCH, eligible, split
from bothhalves.core.levers.caching import prompt_tokens
from bothhalves.core.levers.claims import Tested, claim_of
from bothhalves.core.levers.composition import EVERY, Composition, State, Subset, composed
from bothhalves.core.levers.mix import LEVERS, Cell, Lever, Placed
from bothhalves.core.levers.quality import Evaluation
from bothhalves.core.levers.routing import Assignment
from bothhalves.core.money import Amount, quotient
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import rate
from bothhalves.core.terms import PROMPT_METERS
from bothhalves.workspace.config import Workload
from bothhalves.workspace.counting import Named, class_usage
from bothhalves.workspace.heads import ChangingHeader, header_of, pays_from
from bothhalves.workspace.lever_cells import Judged, Played, assignments, cells, named_model, observed_usage
from bothhalves.workspace.lever_terms import LeverWork
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.person_use import CODING
from bothhalves.workspace.plan_terms import Planning
from bothhalves.workspace.playback import played_back

#: A lever that moves the cost by no more than this share does not lower the grade of the whole.
MATTERS = Decimal("0.05")
_ORDER = list(Grade)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a lever's saving rests on: its grade, its basis (empty where it changes nothing), and in words."""

    grade: Grade
    basis: str
    words: str


@dataclass(frozen=True, slots=True)
class Built:
    """What a lever takes to build, and whether its saving of ``saving`` a month repays that.

    ``saving`` is the mean of the window's ``months``. ``payback`` is a month of the horizon, None: never.
    Money is in the workspace's currency.
    """

    work: Engineering
    months: int
    saving: Decimal
    payback: int | None
    worth: bool
    value: Decimal
    annual: Decimal


@dataclass(frozen=True, slots=True)
class WorkloadLevers:
    """One workload's levers over the window."""

    workload: str
    name: str
    months: tuple[Month, ...]
    composition: Composition
    assignments: tuple[Assignment, ...]
    evaluations: tuple[Evaluation, ...]
    evidence: Mapping[Lever, Evidence]
    grade: Grade
    built: Mapping[Lever, Built]
    claim: Tested
    notes: tuple[str, ...]
    header: ChangingHeader | None = None

    @property
    def kept(self) -> Subset:
        """The levers that are worth building, or need nothing to be built."""
        return frozenset(lever for lever in LEVERS if lever not in self.built or self.built[lever].worth)

    @property
    def banked(self) -> State:
        """The cheapest state with the kept levers, the others as they are today."""
        return self.composition.from_today[self.kept]

    @property
    def engineering(self) -> Decimal:
        """What the kept levers cost in the window: a month's part of a year, times the months."""
        yearly = sum((Fraction(b.annual) for k, b in self.built.items() if k in self.kept), Fraction(0))
        return quotient(yearly * len(self.months), 12)


@dataclass(frozen=True, slots=True)
class Levers:
    """All workloads on the API, dearest first."""

    company: str
    currency: str
    months: tuple[Month, ...]
    workloads: tuple[WorkloadLevers, ...]
    problems: tuple[Problem, ...]


def levers_of(workspace: Workspace, months: tuple[Month, ...], grade: Grade) -> Levers:
    """The levers of every workload that has usage outside seats; ``grade`` is that of the window's usage.

    A coding tool is left out: none of these levers is its own.
    """
    naming = Naming(workspace)
    workspace.store.set_teams(naming.teams())
    known = {w.id: w for w in workspace.config.workloads}
    by_owner: dict[str, list[Named]] = {}
    for named in class_usage(workspace, months, naming, _others(workspace)):
        if named.product not in CODING and named.counted.quantities:
            by_owner.setdefault(named.owner, []).append(named)
    found = [
        _of_workload(workspace, owner, known.get(owner), named, months, grade)
        for owner, named in by_owner.items()
    ]
    found.sort(key=lambda w: (-w.composition.current.amount.low, w.workload))
    company = workspace.config.company
    return Levers(company.company, company.currency, months, tuple(found), workspace.problems)


def _others(workspace: Workspace) -> set[tuple[str, str]]:
    """Every model on which some usage may be priced beside its own."""
    named = {w.reference_model for w in workspace.config.workloads if w.reference_model}
    named |= {e.model for e in workspace.evaluations}
    vendors = {vendor for vendor, _ in workspace.store.models()}
    return {named_model(text, vendor, workspace.book) for text in named for vendor in vendors}


def _of_workload(
    workspace: Workspace,
    owner: str,
    workload: Workload | None,
    named: Sequence[Named],
    months: tuple[Month, ...],
    grade: Grade,
) -> WorkloadLevers:
    usage = observed_usage(workload, named)
    own = tuple(e for e in workspace.evaluations if e.workload == owner)
    judged = Judged(workload, own, workspace.book)
    assigned = assignments(judged, usage)
    played = Played()
    if workload is not None:
        played = played_back(workspace, workspace.span(months), workload, usage, assigned)
    mix = cells(judged, usage, assigned, played)
    found = composed(mix, workspace.book, workspace.config.company.currency)
    header = header_of(mix, workspace.book, workspace.config.company.currency)
    evidence = {lever: _evidence(lever, found.efficient, workload, grade) for lever in LEVERS}
    works = workload.engineering if workload else ()
    built = {work.lever: _built(work, found, months, workspace.config.planning) for work in works}
    return WorkloadLevers(
        workload=owner or "unassigned",
        name=(workload.name if workload else "") or owner or "unassigned",
        months=months,
        composition=found,
        assignments=tuple(assigned.values()),
        evaluations=own,
        evidence=evidence,
        grade=_overall(found, evidence, grade),
        built=built,
        claim=claim_of(found.lazy.amount, found.efficient.amount),
        notes=(*_notes(workload, found, built, workspace.book), *_unbatched(mix, workspace.book)),
        header=header,
    )


def _evidence(lever: Lever, state: State, workload: Workload | None, grade: Grade) -> Evidence:
    """What the efficient state's use of a lever rests on, where it differs from today's."""
    changed = [part for part in state.placed if _differs(lever, part)]
    if not changed:
        return Evidence(grade, "", "as today")
    if lever is Lever.ROUTING:
        models = dict.fromkeys(part.usage.model for part in changed)
        return Evidence(grade, "trialled", f"judged on own tasks: {', '.join(models)}")
    if lever is Lever.BATCH:
        stated = workload is not None and workload.can_wait is not None
        if stated:
            return Evidence(grade, "estimated", "its owner says what can wait")
        return Evidence(_worse(grade, Grade.C), "assumed", "no person waits for it")
    states = [part.caching for part in changed]
    bases = dict.fromkeys(s.basis or "as billed without a cache" for s in states)
    weakest = grade
    for state_ in states:
        weakest = _worse(weakest, state_.grade)
    basis = next((b for b in ("estimated", "back-tested", "measured") if b in bases), "measured")
    return Evidence(weakest, basis, f"hits: {', '.join(bases)}")


def _differs(lever: Lever, part: Placed) -> bool:
    if lever is Lever.ROUTING:
        return (part.usage.vendor, part.usage.model) != part.cell.model
    if lever is Lever.BATCH:
        return part.usage.tier == BATCH and part.cell.usage.tier != BATCH
    today, now = dict(part.cell.usage.quantities), dict(part.usage.quantities)
    return any(_share(today, meter) != _share(now, meter) for meter in {*today, *now} if "cache" in meter)


def _share(quantities: Mapping[str, Decimal], meter: str) -> Fraction:
    prompt = sum((Fraction(quantities.get(m, 0)) for m in PROMPT_METERS), Fraction(0))
    return Fraction(quantities.get(meter, 0)) / prompt if prompt else Fraction(0)


def _worse(one: Grade, other: Grade) -> Grade:
    return max(one, other, key=_ORDER.index)


def _overall(found: Composition, evidence: Mapping[Lever, Evidence], grade: Grade) -> Grade:
    """The lowest grade among levers that move today's cost by more than a twentieth."""
    current = found.current.amount
    lost = _last_in(found)
    for lever, amount in (lost or {}).items():
        if amount.low > current.low * MATTERS:
            grade = _worse(grade, evidence[lever].grade)
    return grade


def _last_in(found: Composition) -> dict[Lever, Amount] | None:
    """What today's cost would lose without each lever; None where a cost has no upper end."""
    costs = {levers: state.amount for levers, state in found.from_today.items()}
    if any(amount.high is None for amount in costs.values()):
        return None
    return {lever: costs[EVERY - {lever}] - costs[EVERY] for lever in LEVERS}


def _built(work: LeverWork, found: Composition, months: tuple[Month, ...], planning: Planning) -> Built:
    """A lever's engineering against what a month would lose without it, at the low end."""
    lost = _last_in(found)
    saving = quotient(Fraction(lost[work.lever].low), len(months)) if lost else Decimal(0)
    engineering = work.from_month(months[-1].next)
    return Built(
        engineering,
        len(months),
        saving,
        payback(engineering, saving),
        is_worth_building(engineering, saving, planning.payback_months),
        net_present_value(engineering, saving, planning.horizon_months, planning.interest),
        annualised(engineering, planning.horizon_months),
    )


def _unbatched(mix: Sequence[Cell], book: PriceBook) -> list[str]:
    """Models that could not go to batch because no price is known for that."""
    models: dict[str, None] = {}
    for cell in mix:
        share = eligible(cell.usage, cell.can_wait)
        there = split(cell.usage, share)[1]
        if share and len(rate(there, book).unpriced) > len(rate(cell.usage, book).unpriced):
            models[cell.usage.model] = None
    return [f"Nothing of {model} goes to batch: no batch price is known for it." for model in models]


def _notes(
    workload: Workload | None, found: Composition, built: Mapping[Lever, Built], book: PriceBook
) -> list[str]:
    notes = []
    if workload is None:
        return ["Nothing is stated about it in workloads.yaml: lazy and efficient are what it costs today."]
    if not workload.reference_model:
        notes.append("No reference_model is stated: lazy is today's models without cache and batch.")
    without = sorted({p.cell.usage.model for p in found.lazy.placed if p.cell.reference is None})
    if workload.reference_model and without:
        notes.append(
            f"{', '.join(without)} stays in lazy: the reference model has no price for what it does."
        )
    used = {lever for lever in LEVERS if any(_differs(lever, part) for part in found.efficient.placed)}
    bare = [str(lever) for lever in LEVERS if lever in used and lever not in built]
    if bare:
        notes.append(f"No engineering is stated for {' and '.join(bare)}: taken to cost nothing to build.")
    if workload.prefix is not None:
        notes += _uncounted(found, book)
    refused = {p.caching.why for p in found.from_lazy[EVERY].placed if p.caching.why}
    return [*notes, *(f"Not cached: {why}." for why in sorted(refused))]


def _uncounted(found: Composition, book: PriceBook) -> list[str]:
    """Where a stated prefix claims nothing, because it is one of each request and nobody counts them."""
    bare = [p.cell.usage for p in found.lazy.placed if p.cell.head is None and not p.cell.usage.requests]
    bare = [usage for usage in bare if prompt_tokens(usage)]
    if not bare:
        return []
    models = ", ".join(sorted({usage.model for usage in bare}))
    notes = [f"The stated prefix claims nothing for {models}: its usage counts no requests."]
    shares = sorted(pays_from(bare, book).items())
    told = ", ".join(f"{round(float(share) * 100, 1)} % on {model}" for model, share in shares)
    return [*notes, f"A cache of five minutes pays from this share of reads on: {told}."] if told else notes
