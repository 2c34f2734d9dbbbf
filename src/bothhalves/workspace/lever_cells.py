"""The counted usage of workloads as cells of a mix: by class, with the model that evidence allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.levers.batch import shared, waiting_share
from bothhalves.core.levers.caching import FIVE_MINUTES, HitRate, Pauses, back_tested, offered, prompt_tokens
from bothhalves.core.levers.mix import Cell, Head, Slot, Target
from bothhalves.core.levers.quality import Evaluation
from bothhalves.core.levers.routing import SAME, Assignment, Model, assign, recount
from bothhalves.core.money import EXACT, ZERO, MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Counted
from bothhalves.workspace.config import Workload
from bothhalves.workspace.counting import Named, to_rate

Place = tuple[str, str, str, str]
"""Vendor, model, task class and tier."""


@dataclass(frozen=True, slots=True)
class Played:
    """Pauses between requests with one prefix: of today's requests, and of the same after routing."""

    today: Mapping[Place, Pauses] = field(default_factory=dict)
    routed: Mapping[Place, Pauses] = field(default_factory=dict)


NOT_PLAYED = Played()


def named_model(text: str, vendor: str, book: PriceBook) -> Model:
    """The model that a file names: ``vendor:model`` where the book knows the vendor, else of ``vendor``."""
    before, colon, after = text.partition(":")
    if colon and book.models(book.vendor(before)):
        return book.vendor(before), after
    return vendor, text


@dataclass(frozen=True, slots=True)
class Observed:
    """Usage of one class, under one price: what is counted, before anything is decided."""

    task_class: str
    tier: str
    usage: Counted
    raw_workload: str
    raw_class: str

    @property
    def model(self) -> Model:
        return self.usage.vendor, self.usage.model

    @property
    def place(self) -> Place:
        """The cache that its requests share, as their source names the class."""
        return (*self.model, self.raw_class, self.tier)


def observed_usage(workload: Workload | None, named: Iterable[Named]) -> list[Observed]:
    """A workload's usage by class. What names no class is divided as the workload's file says."""
    found = []
    for one in named:
        said = dict(one.counted.dimensions)
        usage = replace(to_rate(one), kind=MoneyKind.SCENARIO)
        for task_class, share in _classes(workload, said["task_class"]):
            part = usage if share == 1 else shared(usage, share)
            dimensions = (*usage.dimensions, *((("task_class", task_class),) if task_class else ()))
            part = replace(part, dimensions=dimensions)
            found.append(Observed(task_class, usage.tier, part, said["workload"], said["task_class"]))
    return found


def _classes(workload: Workload | None, said: str) -> Iterator[tuple[str, Decimal]]:
    stated = [] if said or workload is None else [(c.id, c.share) for c in workload.classes if c.share]
    yield from stated
    rest = EXACT.subtract(Decimal(1), sum((share for _, share in stated), Decimal(0)))
    if rest:
        yield said, rest


@dataclass(frozen=True)
class Judged:
    """The evaluations of a workload by class, with models named as its usage names them."""

    workload: Workload | None
    evaluations: tuple[Evaluation, ...]
    book: PriceBook

    def of(self, task_class: str, usage: Sequence[Observed]) -> list[Evaluation]:
        """The evaluations of one class. A model under another name is the one of the usage."""
        vendor = usage[0].usage.vendor
        names = {self.book.model(self.book.vendor(o.model[0]), o.model[1]): o.model for o in usage}
        found = []
        for evaluation in self.evaluations:
            if evaluation.task_class == task_class:
                model = named_model(evaluation.model, vendor, self.book)
                known = self.book.model(self.book.vendor(model[0]), model[1])
                model = names.get(known, model) if known else model
                found.append(replace(evaluation, vendor=model[0], model=model[1]))
        return found

    def floor(self, task_class: str) -> Decimal | None:
        """The class's own quality floor, else the workload's."""
        if self.workload is None:
            return None
        own = {c.id: c.quality_floor for c in self.workload.classes}
        return own.get(task_class) or self.workload.quality_floor

    def models(self, usage: Sequence[Observed]) -> set[Model]:
        """Every model that a class may be priced on beside its own."""
        return {named_model(e.model, usage[0].usage.vendor, self.book) for e in self.evaluations}


def assignments(judged: Judged, usage: Sequence[Observed]) -> dict[tuple[str, Model], Assignment]:
    """Where each class may run, for each model on which it runs today."""
    found: dict[tuple[str, Model], Assignment] = {}
    for one in usage:
        key = (one.task_class, one.model)
        if key not in found:
            evaluations = judged.of(one.task_class, usage)
            floor = judged.floor(one.task_class)
            found[key] = assign(one.task_class, evaluations, floor, one.usage, judged.book)
    return found


def cells(
    judged: Judged,
    usage: Sequence[Observed],
    assigned: Mapping[tuple[str, Model], Assignment],
    played: Played = NOT_PLAYED,
) -> list[Cell]:
    """The usage as cells of a mix, each with the models and the cache that evidence allows."""
    prompts: dict[Place, Fraction] = {}
    for one in usage:
        prompts[one.place] = prompts.get(one.place, Fraction(0)) + Fraction(prompt_tokens(one.usage))
    return [
        _cell(f"{n}", one, judged, assigned, head_of(one, prompts[one.place], judged, played), usage)
        for n, one in enumerate(usage, 1)
    ]


def _cell(
    name: str,
    one: Observed,
    judged: Judged,
    assigned: Mapping[tuple[str, Model], Assignment],
    head: Head | None,
    usage: Sequence[Observed],
) -> Cell:
    by_model = {(e.vendor, e.model): e for e in judged.of(one.task_class, usage) if e.is_own}
    own, workload = by_model.get(one.model), judged.workload
    chosen = assigned[one.task_class, one.model].chosen
    counted = recount(own, by_model.get(chosen.model)) if chosen else None
    target = Target(chosen.model, counted) if chosen and counted else None
    reference = None
    if workload is not None and workload.reference_model:
        model = named_model(workload.reference_model, one.usage.vendor, judged.book)
        reference = Target(model, recount(own, by_model.get(model)) or SAME)
    waits = waiting_share(workload.can_wait, workload.human, workload.wait_hours) if workload else ZERO
    return Cell(name, one.task_class, one.usage, reference, target, waits, head)


def head_of(one: Observed, prompts: Fraction, judged: Judged, played: Played) -> Head | None:
    """The repeating head of the prompts: as played back, else as its owner states; None: nobody knows.

    ``prompts`` are all prompt tokens that share its cache.
    """
    prefix = judged.workload.prefix if judged.workload else None
    changes = prefix is not None and prefix.changes
    pauses = played.today.get(one.place)
    if pauses is not None and pauses.total.tokens and prompts:
        share = min(Fraction(1), Fraction(pauses.total.tokens) / prompts)
        tokens = pauses.total.tokens // pauses.total.requests
    elif prefix is not None and one.usage.requests and prompts:
        own = Fraction(prompt_tokens(one.usage))
        share = min(Fraction(1), Fraction(prefix.tokens * one.usage.requests) / own) if own else Fraction(0)
        tokens = prefix.tokens
    else:
        return None
    day = one.usage.start.date()
    rates, routed = (_rates(one, found, judged.book, day) for found in (played.today, played.routed))
    return Head(share, tokens, FIVE_MINUTES, changes, rates=rates, played=routed)


def _rates(one: Observed, played: Mapping[Place, Pauses], book: PriceBook, day: date) -> dict[Slot, HitRate]:
    """Hit rates by cache of the class's requests, at every lifetime that a model promises."""
    found = {}
    for (vendor, model, task_class, tier), pauses in played.items():
        if task_class == one.raw_class:
            for lifetime in offered(book.caching(book.vendor(vendor), model, day)):
                rate = back_tested(pauses, lifetime)
                if rate is not None:
                    found[Slot((vendor, model), tier, lifetime)] = rate
    return found
