"""Sample paths of months: blocks of errors that were really made, drawn by a hash and laid end to end.

Everything is in whole numbers, so a seed gives the same paths on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Ratios of what came to what was forecast are in millionths.
UNIT = 1_000_000
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def drawn(seed: int, path: int, place: int, choices: int) -> int:
    """A number below ``choices`` for this seed, path and place (SplitMix64, Steele, Lea and Flood 2014)."""
    state = (seed * 0xD1342543DE82EF95 + path * _GOLDEN + place * 0xBF58476D1CE4E5B9 + _GOLDEN) & _MASK
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = ((state ^ (state >> shift)) * factor) & _MASK
    return ((state ^ (state >> 31)) * choices) >> 64


def blocks(ratios: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """The usable blocks: the ratios of one origin at one month ahead, two, and so on; none below zero."""
    return [tuple(block) for block in ratios if block and min(block) >= 0]


def sample_paths(
    base: Sequence[int], ratios: Sequence[Sequence[int]], count: int, seed: int
) -> list[list[int]]:
    """``count`` paths around ``base`` (whole micro-units by month). Each lays blocks of ``ratios`` end to
    end; a block starts from the level at which the one before it ended.

    Raises ``ValueError`` without a usable block.
    """
    usable = blocks(ratios)
    if not usable:
        raise ValueError("sample paths are drawn from at least one block of errors")
    return [_path(base, usable, seed, number) for number in range(count)]


def _path(base: Sequence[int], usable: Sequence[Sequence[int]], seed: int, number: int) -> list[int]:
    found: list[int] = []
    level, place = UNIT, 0
    while len(found) < len(base):
        block = usable[drawn(seed, number, place, len(usable))]
        for ratio in block[: len(base) - len(found)]:
            found.append(base[len(found)] * level * ratio // (UNIT * UNIT))
        level, place = level * block[-1] // UNIT, place + 1
    return found
