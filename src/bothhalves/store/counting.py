"""Rows to cells, with every request classed by the size of its prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bothhalves.core.terms import COUNT_METERS
from bothhalves.store.engine import Engine, filled, query, quoted
from bothhalves.store.schema import DIMENSIONS, EXACT, USAGE

_ORDER = ("vendor", "model", "start", "person", "key", "account", "source", "first_row")
#: What no two cells have in common.
_KEY = ("feed", *DIMENSIONS, "meter", "source", "prompt_above", "prompt_upto", "start", "until")
_FIXABLE = frozenset(("feed", *DIMENSIONS, "meter", "source"))


def listed(columns: Sequence[str], prefix: str = "") -> str:
    """Column names of ours as SQL."""
    return ", ".join(prefix + quoted(c) for c in columns)


def class_of(prompt: str, edges: Sequence[int]) -> str:
    """SQL for the number of edges below ``prompt``: a binary search, so that many edges stay cheap."""

    def between(low: int, high: int) -> str:
        if low == high:
            return str(low)
        middle = (low + high) // 2
        return (
            f"case when {prompt} <= {int(edges[middle])} then {between(low, middle)}"
            f" else {between(middle + 1, high)} end"
        )

    return between(0, len(edges))


def prepare(engine: Engine, edges: Sequence[int]) -> None:
    """Makes ``prompt_class``: class ``n`` holds the prompts in ``(above, upto]``."""
    above = [-1, *edges]
    upto: list[int | None] = [*edges, None]
    engine.run(
        "create or replace temp table prompt_class as"
        " select unnest(range(cast($classes as bigint))) as class,"
        " unnest(cast($above as bigint[])) as above, unnest(cast($upto as bigint[])) as upto",
        {"classes": len(above), "above": above, "upto": upto},
    )


def cells(edges: Sequence[int], fixed: Mapping[str, str] | None = None, *, is_total: bool = False) -> str:
    """The query that counts the rows of ``counting``; :func:`prepare` comes first.

    ``fixed`` names columns of ``counting`` that have one value, which the engine then need neither group
    nor sort by; ``is_total`` says that no row of a source is two rows there.
    """
    one = {c: v for c, v in (fixed or {}).items() if c in _FIXABLE}
    text = filled(
        query("count_calls"),
        told_by=listed([c for c in ("feed", *DIMENSIONS, "meter", "source") if c not in one]),
        counts=", ".join(f"cast(sum({quoted(c)}) as bigint) as {quoted(c)}" for c in COUNT_METERS),
        quantity=f"cast(null as {EXACT})"
        if "meter" in one
        else "case when meter <> '' then sum(quantity) end",
        **{"class": class_of("prompt", edges)},
    )
    order = [c for c in dict.fromkeys(_ORDER if is_total else (*_ORDER, *_KEY)) if c not in one]
    columns = [f"cast({one[c]} as {t}) as {quoted(c)}" if c in one else quoted(c) for c, t in USAGE.items()]
    return f"select {', '.join(columns)} from (select * from ({text}) order by {listed(order)})"
