"""Pauses between requests with one prefix, from the durable extract of calls in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from bothhalves.core.dates import Span
from bothhalves.core.levers.caching import EDGES, Pauses, Tally
from bothhalves.store.conditions import conditions
from bothhalves.store.counting import class_of
from bothhalves.store.engine import Engine, filled, query, temporary
from bothhalves.store.schema import CALLS

#: Parts of a class of requests are counted in millionths.
WHOLE = 1_000_000
_MICRO = timedelta(microseconds=1)
_NOT_CACHEABLE, _FIRST = -2, -1
_MINIMUM = {"vendor": "VARCHAR", "model": "VARCHAR", "tokens": "BIGINT"}
_MOVE = {
    **dict.fromkeys(("workload", "task_class", "model", "to_vendor", "to_model"), "VARCHAR"),
    **dict.fromkeys(("part_from", "part_until"), "BIGINT"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """Requests of a workload that another model is to answer: of one task class, or of all (None).

    ``[part_from, part_until)`` are millionths: a part of the class is drawn by a hash of each request's name,
    so it is the same part every time.
    """

    workload: str
    model: str
    to_vendor: str
    to_model: str
    task_class: str | None = None
    part_from: int = 0
    part_until: int = WHOLE

    def meets(self, other: Move) -> bool:
        """True if a request can be in both."""
        return (
            (self.workload, self.model) == (other.workload, other.model)
            and (None in (self.task_class, other.task_class) or self.task_class == other.task_class)
            and self.part_from < other.part_until
            and other.part_from < self.part_until
        )


@dataclass(frozen=True, slots=True)
class CachePauses:
    """The pauses of one workload's requests at one model, and those whose prefix it does not cache."""

    vendor: str
    account: str
    model: str
    workload: str
    task_class: str
    tier: str
    speed: str
    region: str
    pauses: Pauses
    not_cacheable: Tally


@dataclass(frozen=True, slots=True)
class Question:
    """What pauses are asked of.

    ``edges`` are the lifetimes to tell apart, shortest first. ``shortest`` has, by vendor and model as usage
    names them, the fewest tokens that are cached: a prefix below that, or at a model without entry, is not
    cacheable; None counts every prefix. ``where`` chooses calls by column.
    """

    span: Span
    edges: tuple[timedelta, ...] = EDGES
    shortest: Mapping[tuple[str, str], int] | None = None
    moves: Sequence[Move] = ()
    where: Mapping[str, object] | None = None


def ask(engine: Engine, question: Question) -> list[CachePauses]:
    """The pauses by vendor, account, model, workload, task class, tier, speed and region.

    A request is compared with all earlier ones within the longest lifetime, also with those before the span.
    So the hits of two halves of a span add up to those of the whole. Raises ``ValueError`` if a request can
    be in two moves, or if the edges do not rise from above zero.
    """
    _check(question)
    shortest = [(*key, tokens) for key, tokens in (question.shortest or {}).items()]
    temporary(engine, "shortest_prefix", _MINIMUM, shortest)
    rows = [
        (m.workload, m.task_class, m.model, m.to_vendor, m.to_model, m.part_from, m.part_until)
        for m in question.moves
    ]
    temporary(engine, "moved", _MOVE, rows)
    filters, bound = conditions(question.where or {}, tuple(CALLS))
    sql = filled(
        query("cache_pauses"),
        conditions=filters,
        whole=str(WHOLE),
        cacheable="true" if question.shortest is None else "coalesce(a.tokens >= s.tokens, false)",
        **{"class": class_of("pause", [edge // _MICRO - 1 for edge in question.edges])},
    )
    start, until = (
        end.astimezone(UTC).replace(tzinfo=None) for end in (question.span.start, question.span.until)
    )
    sight = {"sight": start - question.edges[-1], "start": start, "until": until}
    found: dict[tuple[str, ...], CachePauses] = {}
    for *cell, place, requests, tokens in engine.run(sql, {**bound, **sight}):
        key = tuple(cell)
        known = found.get(key) or _empty(key, question.edges)
        found[key] = _with(known, place, Tally(int(requests), int(tokens)))
    return list(found.values())


def _check(question: Question) -> None:
    edges = question.edges
    if not edges or edges[0] <= timedelta(0) or list(edges) != sorted(set(edges)):
        raise ValueError("lifetimes rise from above zero")
    for number, move in enumerate(question.moves):
        if not 0 <= move.part_from <= move.part_until <= WHOLE:
            raise ValueError("parts lie between 0 and a million")
        if any(move.meets(other) for other in question.moves[:number]):
            raise ValueError(f"requests of {move.workload!r} would move to two models")


def _empty(cell: tuple[str, ...], edges: tuple[timedelta, ...]) -> CachePauses:
    vendor, account, model, workload, task_class, tier, speed, region = cell
    none = Pauses(Tally(), (Tally(),) * (len(edges) + 1), edges)
    return CachePauses(vendor, account, model, workload, task_class, tier, speed, region, none, Tally())


def _with(known: CachePauses, place: int, told: Tally) -> CachePauses:
    """``known`` with the requests of one class of pause."""
    if place == _NOT_CACHEABLE:
        return replace(known, not_cacheable=told)
    if place == _FIRST:
        return replace(known, pauses=replace(known.pauses, first=told))
    after = (*known.pauses.after[:place], told, *known.pauses.after[place + 1 :])
    return replace(known, pauses=replace(known.pauses, after=after))
