"""People alike but for how much they use, in the order of it: where each stretch of them goes.

On paths whose cost grows as use does, whoever uses less than a bar may go, and the bar alone moves with the
prices. So a rank of thousands is answered by finding a few places in it, and by running sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import accumulate, groupby, pairwise
from typing import TypeVar

from bothhalves.brief.lots import Lot, Prices
from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.schedules import ONE

N = TypeVar("N", int, Decimal)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Running sums of what the months of a rank cost beyond the fee of a path; ``endless``: of how many lots
    no upper end is known, who are not in ``high``."""

    low: Sequence[Decimal]
    high: Sequence[Decimal]
    endless: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rank:
    """Lots of one label, path, plan, length and kind; their costs are still to be multiplied by ``scale``.

    ``edges`` are their classes of use. Sums run: each is of the lots before a place. ``is_rising``: each
    option's ``tops`` alone say whether it is sure, and they rise from lot to lot.
    """

    lots: tuple[Lot, ...]
    edges: tuple[str, ...]
    scale: Decimal
    is_rising: bool
    tops: Mapping[str, Sequence[Decimal]]
    numbers: Sequence[int]
    beyond: Mapping[str, Beyond]
    gains: Mapping[str, Sequence[Decimal]]

    @property
    def first(self) -> Lot:
        return self.lots[0]

    def runs(self, prices: Prices, out: frozenset[str]) -> Iterator[Run]:
        """Where everybody goes, to none of the paths that are ``out``; in the exact context."""
        first, end = self.first, len(self.lots)
        options = [o for o in first.knots if o not in out]
        if first.is_settled:
            yield Run(self, 0, end, first.planned)
        elif not self.is_rising:
            yield from self._one_by_one(options, prices)
        else:
            reach = {o: self._reach(o, prices) for o in options}
            bars = sorted({0, *reach.values(), end})
            for start, stop in pairwise(bars):
                yield from self._stretch(start, stop, [o for o in options if reach[o] >= stop], prices)

    def _reach(self, option: str, prices: Prices) -> int:
        """How many lots the option is sure for."""
        held, plain = prices.room(self.first, option)
        tops, scale = self.tops[option], self.scale
        within = bisect_right(tops, held, key=lambda top: top * scale)
        return min(within, bisect_left(tops, plain, key=lambda top: top * scale))

    def _stretch(self, start: int, stop: int, sure: Sequence[str], prices: Prices) -> Iterator[Run]:
        """Lots with the same sure options. Costs are straight lines over use, so that an option which is the
        cheapest at both ends is so between them."""
        ends = {prices.preferred(self.lots[place], sure, self.scale) for place in (start, stop - 1)}
        if len(ends) == 1:
            yield Run(self, start, stop, ends.pop())
        else:
            middle = (start + stop) // 2
            yield from self._stretch(start, middle, sure, prices)
            yield from self._stretch(middle, stop, sure, prices)

    def _one_by_one(self, options: Sequence[str], prices: Prices) -> Iterator[Run]:
        scale, start = self.scale, 0
        found = (
            prices.preferred(lot, [o for o in options if prices.is_sure(lot, o, scale)], scale)
            for lot in self.lots
        )
        for to, same in groupby(found):
            stop = start + sum(1 for _ in same)
            yield Run(self, start, stop, to)
            start = stop


@dataclass(frozen=True, slots=True)
class Run:
    """The lots of a rank from ``start`` up to ``stop``, who go ``to`` a path."""

    rank: Rank
    start: int
    stop: int
    to: str

    @property
    def lots(self) -> tuple[Lot, ...]:
        return self.rank.lots[self.start : self.stop]

    @property
    def edges(self) -> tuple[str, ...]:
        return self.rank.edges[self.start : self.stop]

    @property
    def number(self) -> int:
        """How many people."""
        return self.rank.numbers[self.stop] - self.rank.numbers[self.start]

    def gains(self, path: str) -> Decimal:
        """What their months surely save beyond the fees."""
        sums = self.rank.gains[path]
        return (sums[self.stop] - sums[self.start]) * self.rank.scale

    def beyond(self, path: str) -> tuple[Decimal, Decimal, bool] | None:
        """What their months cost beyond the fee, and whether that has no upper end; None: they have no cost
        there."""
        sums = self.rank.beyond.get(path)
        if sums is None:
            return None
        low, high = (s[self.stop] - s[self.start] for s in (sums.low, sums.high))
        return (
            low * self.rank.scale,
            high * self.rank.scale,
            sums.endless[self.stop] > sums.endless[self.start],
        )


def ranked(lots: Iterable[Lot], scale: Decimal = ONE) -> tuple[Rank, ...]:
    """Everybody in ranks."""
    alike: dict[tuple[object, ...], list[Lot]] = {}
    for lot in lots:
        slot = (
            lot.label, lot.current, lot.planned, lot.months, lot.is_inferred, lot.is_straight,
            lot.is_settled, _is_simple(lot), tuple(lot.knots), tuple(lot.beyond),
        )  # fmt: skip
        alike.setdefault(slot, []).append(lot)
    with localcontext(EXACT):
        return tuple(_rank(found, scale) for found in alike.values())


def _is_simple(lot: Lot) -> bool:
    """True if the tops alone decide: nothing is paid for use on the current path, and months go together."""
    alone = all(len(knots) == 1 and len(knots[0]) == 1 and not knots[0][0][1] for knots in lot.knots.values())
    return alone and lot.is_straight and lot.knots.keys() <= lot.beyond.keys()


def _rank(lots: list[Lot], scale: Decimal) -> Rank:
    is_simple = _is_simple(lots[0])
    lots.sort(key=lambda lot: tuple(lot.tops[o] for o in lot.knots) if is_simple else (lot.ends,))
    first = lots[0]
    tops = {o: [lot.tops[o] for lot in lots] for o in first.knots}
    return Rank(
        tuple(lots),
        tuple(lot.edge for lot in lots),
        scale,
        is_simple and all(found == sorted(found) for found in tops.values()),
        tops,
        _running([lot.number for lot in lots], 0),
        {path: _beyond(lots, path) for path in first.beyond},
        {o: _running([lot.gains[o] for lot in lots], ZERO) for o in first.gains},
    )


def _beyond(lots: Sequence[Lot], path: str) -> Beyond:
    ends = [lot.beyond[path] for lot in lots]
    return Beyond(
        _running([low for low, _ in ends], ZERO),
        _running([high or ZERO for _, high in ends], ZERO),
        _running([high is None for _, high in ends], 0),
    )


def _running(values: Iterable[N], nothing: N) -> list[N]:
    return list(accumulate(values, initial=nothing))
