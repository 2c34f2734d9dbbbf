"""Rows to cells, with every request classed by the size of its prompt."""

from __future__ import annotations

from collections.abc import Sequence

from bothhalves.core.terms import COUNT_METERS
from bothhalves.store.engine import Engine, filled, query, quoted
from bothhalves.store.schema import DIMENSIONS, USAGE


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


def cells(edges: Sequence[int]) -> str:
    """The query that counts the rows of ``counting``; :func:`prepare` comes first."""
    sums = ", ".join(f"cast(sum({quoted(c)}) as bigint) as {quoted(c)}" for c in COUNT_METERS)
    text = filled(
        query("count_calls"),
        dimensions=listed(DIMENSIONS),
        counts=sums,
        **{"class": class_of("prompt", edges)},
    )
    order = listed(("vendor", "model", "start", "person", "key", "account", "source", "first_row"))
    return f"select {listed(tuple(USAGE))} from ({text}) order by {order}, {listed(tuple(USAGE))}"
