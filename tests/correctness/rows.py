"""Row-by-row comparison: what was expected of each row against what was found, never of totals alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

Row = Mapping[str, Any]
ABSENT = "none"


def same(expected: object, found: object) -> bool:
    """Numbers are equal as numbers, lists item by item, all else as text; ``none`` stands for null."""
    if found is None or expected is None:
        return (expected in (None, ABSENT)) and found is None
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return all(same(value, found.get(name)) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(found, bool):
        return str(expected).lower() == str(found).lower()
    try:
        return Decimal(str(expected)) == Decimal(str(found))
    except InvalidOperation:
        return str(expected) == str(found)


def differences(expected: Sequence[Row], found: Sequence[Row]) -> list[str]:
    """One sentence for each field of each row that is not as expected, and for rows too few or too many."""
    told = []
    for number, (want, have) in enumerate(zip(expected, found, strict=False), start=1):
        told += [
            f"row {number}: {name} is {have.get(name)!r}, expected {value!r}"
            for name, value in want.items()
            if not same(value, have.get(name))
        ]
    if len(expected) != len(found):
        told.append(f"{len(found)} rows are there, {len(expected)} expected")
    return told


def by_identity(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Rows in the order of what identifies them."""
    return sorted(rows, key=lambda row: [str(row.get(name, "")) for name in names])
