"""Prompt-size classes as vendors and people write them."""

from __future__ import annotations

import re

Band = tuple[int, int | None]

_SIZE = r"([0-9][0-9_]*)\s*([km]?)"
_UP_TO = re.compile(rf"(<=|≤|<)\s*{_SIZE}")
_ABOVE = re.compile(rf"(>=|≥|>)\s*{_SIZE}")
_BETWEEN = re.compile(rf"{_SIZE}\s*(?:-|–|\.\.)\s*(?:{_SIZE})?")
_OPEN = re.compile(rf"{_SIZE}\+")
_UNIT = {"": 1, "k": 1000, "m": 1_000_000}
_LARGEST = 10**12


def parse(text: str) -> Band:
    """``(more_than, at_most)`` of ``0-200k``, ``<=200k``, ``>200k``, ``200k-1M``, ``200001-``.

    A lower end such as 200001 is the first size inside the class, a round one the edge below it.
    Raises ``ValueError`` for other text.
    """
    written = text.strip().lower()
    band = _parse(written)
    if band is None or (band[1] is not None and not band[0] < band[1] <= _LARGEST) or band[0] > _LARGEST:
        raise ValueError(f"not a prompt band such as 0-200k or >200k: {text[:40]!r}")
    return band


def _parse(written: str) -> Band | None:
    if match := _UP_TO.fullmatch(written):
        return 0, _tokens(match[2], match[3]) - (match[1] == "<")
    if match := _ABOVE.fullmatch(written):
        return _tokens(match[2], match[3]) - (match[1] != ">"), None
    if match := _OPEN.fullmatch(written):
        return _edge(match[1], match[2]), None
    if match := _BETWEEN.fullmatch(written):
        upper = _tokens(match[3], match[4]) if match[3] else None
        return _edge(match[1], match[2]), upper
    return None


def _tokens(digits: str, unit: str) -> int:
    bare = digits.replace("_", "")
    return int(bare) * _UNIT[unit] if len(bare) <= 12 else 2 * _LARGEST


def _edge(digits: str, unit: str) -> int:
    tokens = _tokens(digits, unit)
    return tokens - 1 if tokens % 1000 == 1 else tokens
