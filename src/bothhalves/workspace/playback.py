"""Single requests of a workload played back: how their caches would have done today, and after routing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bothhalves.core.dates import Span
from bothhalves.core.levers.caching import Pauses
from bothhalves.core.levers.routing import Assignment, Model
from bothhalves.core.prices import PriceBook
from bothhalves.workspace.config import Workload
from bothhalves.workspace.lever_cells import NOT_PLAYED, Observed, Place, Played
from bothhalves.workspace.open import Workspace

if TYPE_CHECKING:
    from bothhalves.store.pauses import CachePauses

_COLUMNS = {
    "keys": "key", "accounts": "account", "products": "product", "feeds": "feed", "workloads": "workload",
}  # fmt: skip


def played_back(
    workspace: Workspace,
    span: Span,
    workload: Workload,
    usage: Sequence[Observed],
    assigned: Mapping[tuple[str, Model], Assignment],
) -> Played:
    """The pauses of the workload's requests that name a prefix.

    Nothing where its usage is chosen by several columns at once, whose requests would be counted twice, or
    where its classes are stated as shares, so that no request says which one it is of.
    """
    from bothhalves.store.pauses import Move, Question

    matched = {n: values for n in _COLUMNS if (values := tuple(v for v in getattr(workload.match, n) if v))}
    if len(matched) != 1 or any(c.share for c in workload.classes):
        return NOT_PLAYED
    ((name, values),) = matched.items()
    models = {o.model for o in usage} | {a.chosen.model for a in assigned.values() if a.chosen}
    shortest = _shortest(models, workspace.book, usage)
    where = {_COLUMNS[name]: values}
    moves = tuple(
        dict.fromkeys(
            Move(o.raw_workload, o.model[1], *chosen.model, o.raw_class)
            for o in usage
            if (chosen := assigned[o.task_class, o.model].chosen) is not None
        )
    )
    asked = {
        m: _by_place(workspace.store.cache_pauses(Question(span, shortest=shortest, moves=m, where=where)))
        for m in dict.fromkeys(((), moves))
    }
    return Played(asked[()], asked[moves])


def _shortest(
    models: Iterable[Model], book: PriceBook, usage: Sequence[Observed]
) -> dict[tuple[str, str], int]:
    """The shortest prefix that each model caches on the last day, for what the same requests would do from
    now on. None for a model of unknown caching."""
    day = max(o.usage.start for o in usage).date()
    rules = {model: book.caching(book.vendor(model[0]), model[1], day) for model in models}
    return {model: rule.min_prefix for model, rule in rules.items() if rule is not None}


def _by_place(found: Iterable[CachePauses]) -> dict[Place, Pauses]:
    total: dict[Place, Pauses] = {}
    for one in found:
        if one.speed == "standard":
            place = (one.vendor, one.model, one.task_class, one.tier)
            total[place] = total[place] + one.pauses if place in total else one.pauses
    return total
