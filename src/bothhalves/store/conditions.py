"""Conditions on stored rows: columns from a fixed list, values always bound."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bothhalves.store.engine import quoted


def conditions(where: Mapping[str, object], columns: Collection[str]) -> tuple[str, dict[str, object]]:
    """SQL and its parameters for equality with a value, with null (None), or with one of a tuple.

    Raises ``ValueError`` for a column that is not one of ``columns``.
    """
    parts = ["true"]
    bound: dict[str, object] = {}
    for number, (column, value) in enumerate(sorted(where.items())):
        if column not in columns:
            raise ValueError(f"rows cannot be chosen by {column!r}")
        name = f"chosen_{number}"
        if value is None:
            parts.append(f"{quoted(column)} is null")
        elif isinstance(value, tuple):
            parts.append(f"list_contains(${name}, {quoted(column)})")
            bound[name] = list(value)
        else:
            parts.append(f"{quoted(column)} = ${name}")
            bound[name] = value
    return " and ".join(parts), bound
