"""Who is nearly tied: arithmetic on scores by unit and option, one option at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bothhalves.allocate.cells import Free
from bothhalves.allocate.model import Flags, Floats, Ints

#: So many scores of an option at once stay in the processor's cache.
_BLOCK = 1 << 13
#: Of a unit drawn, options are looked at that are up to this many times as far as a near one's second.
_FAR = 8.0
#: Fewer blocks than these are not worth sharing out.
_FEW = 16


def in_parallel(work: Callable[[int], None], starts: Iterable[int]) -> None:
    """Does the work of every block; many blocks are shared out among processors."""
    blocks = list(starts)
    if len(blocks) < _FEW:
        for start in blocks:
            work(start)
        return
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(work, blocks))


def least_sums(scores: Floats, left: Sequence[Flags], repeat: Floats | None) -> Floats:
    """The sum over units of the lowest score among some options, for several lists of options.

    Units count ``repeat`` times. Blocks are added up in their order, so processors change nothing.
    """
    starts = range(0, len(scores), _BLOCK)
    found = np.zeros((len(starts), len(left)))

    def add(start: int) -> None:
        rows = scores[start : start + _BLOCK]
        for n, options in enumerate(left):
            lowest = least(rows, options)
            weighed = lowest if repeat is None else lowest * repeat[start : start + _BLOCK]
            found[start // _BLOCK, n] = weighed.sum()

    in_parallel(add, starts)
    return np.asarray(found.sum(axis=0))


def least(scores: Floats, options: Flags) -> Floats:
    """The lowest score of each unit among some options."""
    found = np.full(len(scores), np.inf)
    for option in np.flatnonzero(options):
        np.minimum(found, scores[:, option], out=found)
    return found


def margin(scores: Floats, options: Flags) -> Floats:
    """By how much the second option is dearer than the first; infinite where there is one only."""
    first, second = np.full(len(scores), np.inf), np.full(len(scores), np.inf)
    for option in np.flatnonzero(options):
        column = scores[:, option]
        np.minimum(second, np.maximum(first, column), out=second)
        np.minimum(first, column, out=first)
    return np.asarray(second - np.where(np.isfinite(first), first, 0.0))


def alone(scores: Floats, options: Flags, current: Ints) -> Ints:
    """The option with the lowest score of each unit; ties keep the current one."""
    first = least(scores, options)
    found = np.zeros(len(scores), dtype=np.int64)
    for option in np.flatnonzero(options)[::-1]:
        found[scores[:, option] <= first] = option
    stays = options[current] & (scores[np.arange(len(found)), current] <= first)
    return np.asarray(np.where(stays, current, found))


def window(scores: Sequence[Floats], options: Sequence[Flags], room: float, count: int) -> list[Free]:
    """The ``count`` units whose second option is nearest to the first, with the options that are not much
    farther than the second of the last of them, and within ``room``."""
    margins = [margin(s, o) for s, o in zip(scores, options, strict=True)]
    everyone = np.concatenate(margins)
    many = min(count, int((everyone <= room).sum()))
    if not many:
        return []
    limit = np.partition(everyone, many - 1)[many - 1]
    near = [np.flatnonzero(m <= limit) for m in margins]
    return _within(scores, options, near, min(room, _FAR * max(float(limit), 1.0)))


def drawn(
    scores: Sequence[Floats],
    options: Sequence[Flags],
    order: Sequence[Ints],
    room: float,
    near: int | None,
    count: int,
) -> list[Free]:
    """About ``count`` units, each for the more units the less it matters.

    A unit matters for its size and for how near it is to a tie: half as much as the ``near`` nearest do, the
    farthest of these; prices that are wrong by a share are wrong by more for a unit that uses more. Units
    without a choice within ``room`` are left out. If ``near`` is None all matter for their size alone. They
    are drawn at equal distances along an ``order`` of the units of each group, so that every kind is there.
    """
    firsts = [least(s, o) for s, o in zip(scores, options, strict=True)]
    usual = max(float(np.concatenate(firsts).mean()), 1.0)
    matters = sizes = [np.maximum(first, 0.0) / usual + 1.0 for first in firsts]
    margins, edge = [np.full(len(first), np.inf) for first in firsts], 0.0
    if near is not None:
        margins = [margin(s, o) for s, o in zip(scores, options, strict=True)]
        shares = [np.where(m <= room, m / size, np.inf) for m, size in zip(margins, sizes, strict=True)]
        edge = _edge(np.concatenate(shares), near)
        matters = [size / (1.0 + (share / edge) ** 2) for size, share in zip(sizes, shares, strict=True)]
    step = _step(np.concatenate(matters), count)
    found, carried = [], 0.5
    for n, (score, some, weight) in enumerate(zip(scores, options, matters, strict=True)):
        units = order[n][weight[order[n]] > 0]
        ends = carried + np.cumsum(np.minimum(weight[units] / step, 1.0))
        picked = np.sort(units[np.floor(ends) > np.floor(np.append(carried, ends[:-1]))])
        carried = float(ends[-1] % 1.0) if len(ends) else carried
        if len(picked):
            reach = np.minimum(room, margins[n][picked] + _FAR * edge * sizes[n][picked])
            here = np.where(some, score[picked], np.inf)
            allowed = np.isfinite(here) & (here <= (firsts[n][picked] + reach)[:, None])
            found.append(Free(n, picked, allowed, np.maximum(step / weight[picked], 1.0)))
    return found


def _edge(shares: Floats, near: int) -> float:
    """How far from a tie the farthest of so many nearest is."""
    many = min(near, int(np.isfinite(shares).sum()))
    return max(float(np.partition(shares, many - 1)[many - 1]), 1.0) if many else 1.0


def _step(weights: Floats, count: int) -> float:
    """The weight that is worth one unit drawn, if ``count`` are drawn and none more than once."""
    positive = weights[weights > 0]
    if len(positive) <= count:
        return float(positive.min(initial=1.0))
    step = float(weights.sum()) / count
    for _ in range(20):
        sure = weights >= step
        left = count - int(sure.sum())
        found = float(weights[~sure].sum()) / left if left > 0 else step
        if left <= 0 or found >= step * (1 - 1e-9):
            return step
        step = found
    return step


def undecided(scores: Sequence[Floats], options: Sequence[Flags], room: float) -> list[Free]:
    """All units with more than one option within ``room`` of the first, and these options."""
    places = [np.flatnonzero(margin(s, o) <= room) for s, o in zip(scores, options, strict=True)]
    return _within(scores, options, places, room)


def _within(
    scores: Sequence[Floats], options: Sequence[Flags], places: Sequence[Ints], room: float
) -> list[Free]:
    found = []
    for n, (score, some, units) in enumerate(zip(scores, options, places, strict=True)):
        if len(units):
            here = np.where(some, score[units], np.inf)
            allowed = np.isfinite(here) & (here <= here.min(axis=1, keepdims=True) + room)
            found.append(Free(n, units, allowed))
    return found
