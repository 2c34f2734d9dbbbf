"""Rows of text in columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


def grid(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """The rows with columns of equal width; those in ``right`` stand to the right of theirs."""
    if not rows:
        return []
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(_cells(row, widths, right)).rstrip() for row in rows]


def indented(lines: Iterable[str]) -> list[str]:
    """The lines two places further right."""
    return [f"  {line}" for line in lines]


def _cells(row: Sequence[str], widths: Sequence[int], right: Collection[int]) -> list[str]:
    return [
        cell.rjust(width) if n in right else cell.ljust(width)
        for n, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
