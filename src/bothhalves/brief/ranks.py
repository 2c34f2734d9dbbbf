"""People alike but for how much they use, in the order of it: where each stretch of them goes.

On paths whose cost grows as use does, whoever uses less than a bar may go, and the bar alone moves with the
prices. So a rank of thousands is answered by finding a few places in it, and by running sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from itertools import accumulate, groupby, pairwise
from typing import TypeVar

from bothhalves.brief.knots import Way
from bothhalves.brief.lots import Lot, Prices, most_beyond
from bothhalves.core.money import EXACT, ZERO
from bothhalves.core.paths.schedules import ONE

#: Holds whose decisive numbers are remembered.
_REMEMBERED = 40
N = TypeVar("N", int, Decimal)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Running sums of what the months of a rank cost beyond the fee of a path; ``endless``: of how many lots
    no upper end is known, who are not in ``high``."""

    low: Sequence[Decimal]
    high: Sequence[Decimal]
    endless: Sequence[int]

    def times(self, factor: Decimal) -> Beyond:
        """So many times as much; in the exact context."""
        low, high = ([end * factor for end in ends] for ends in (self.low, self.high))
        return Beyond(low, high, self.endless)


@dataclass(frozen=True, slots=True)
class Rank:
    """Lots of one label, path, plan, length and kind; their costs are still to be multiplied by ``scale``.

    ``edges`` are their classes of use. Sums run: each is of the lots before a place. ``is_rising``: each
    option's ``tops`` alone say whether it is sure, and they rise from lot to lot. ``uses`` are columns of
    use, one for each month, where costs of bent schedules follow from them (see :class:`Lot`), and ``costs``
    then what one person's months cost beyond the fee of each path.
    """

    lots: tuple[Lot, ...]
    edges: tuple[str, ...]
    scale: Decimal
    is_rising: bool
    tops: Mapping[str, Sequence[Decimal]]
    numbers: Sequence[int]
    beyond: Mapping[str, Beyond]
    gains: Mapping[str, Sequence[Decimal]]
    uses: tuple[Sequence[Decimal], ...] = ()
    costs: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)
    _held: dict[tuple[str, Decimal], Sequence[Decimal]] = field(init=False, default_factory=dict)

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
        start = 0
        for to, same in groupby(self._where(options, prices)):
            stop = start + sum(1 for _ in same)
            yield Run(self, start, stop, to)
            start = stop

    def _where(self, options: Sequence[str], prices: Prices) -> Iterable[str]:
        """Where each lot goes, in order: where the plan has it if that is sure, else the cheapest that is."""
        first = self.first
        order = [*(o for o in options if o == first.planned), *(o for o in options if o != first.planned)]
        sure = {o: self._sure(o, prices) for o in order}
        if len(order) == 1:
            return (order[0] if ok else first.current for ok in sure[order[0]])
        return map(self._preferred(order, prices), range(len(self.lots)), zip(*sure.values(), strict=True))

    def _preferred(self, order: Sequence[str], prices: Prices) -> Callable[[int, Sequence[bool]], str]:
        fees = {o: prices.fees[o] * self.first.months for o in order}

        def preferred(place: int, flags: Sequence[bool]) -> str:
            if not any(flags):
                return self.first.current
            if flags[0] and order[0] == self.first.planned:
                return order[0]
            own = [o for o, ok in zip(order, flags, strict=True) if ok]
            return min(own, key=lambda o: fees[o] + self.tops[o][place] * self.scale)

        return preferred

    def _sure(self, option: str, prices: Prices) -> list[bool]:
        """By lot, if the option saves the hold, and something, at every use that the data allow."""
        held, plain = prices.room(self.first, option)
        scale = self.scale
        found = zip(self._most(option, prices.keep), self._most(option, ONE), strict=True)
        return [h * scale <= held and p * scale < plain for h, p in found]

    def _most(self, option: str, keep: Decimal) -> Sequence[Decimal]:
        """By lot, what the months can cost most on the option beyond what is kept of the current path."""
        slot = option, keep
        if slot not in self._held:
            if len(self._held) >= _REMEMBERED:
                self._held.clear()
            if self.costs:
                current = self.costs[self.first.current]
                pairs = zip(self.costs[option], current, strict=True)
                self._held[slot] = [other - keep * now for other, now in pairs]
            else:
                self._held[slot] = [most_beyond(lot.knots[option], keep) for lot in self.lots]
        return self._held[slot]

    def regrown(self, ways: Mapping[str, Way], factor: Decimal) -> Rank:
        """The same lots with ``factor`` times their use, which does not cost as many times as much."""
        with localcontext(EXACT):
            uses = [[use * factor for use in column] for column in self.uses]
            costs = {path: _cost(ways[path], uses) for path in self.first.beyond if path in ways}
            numbers = [lot.number for lot in self.lots]
            beyond = {path: _beyond_of(column, numbers) for path, column in costs.items()}
            others = {path: sums.times(factor) for path, sums in self.beyond.items() if path not in ways}
            current = costs[self.first.current]
            gains = {
                o: _running([n * (b - s) for n, b, s in zip(numbers, current, costs[o], strict=True)], ZERO)
                for o in self.gains
            }
            tops = {o: costs[o] for o in self.tops}
            return replace(self, tops=tops, beyond=beyond | others, gains=gains, costs=costs)


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
            lot.is_settled, _is_simple(lot), tuple(lot.knots), tuple(lot.beyond), bool(lot.points),
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
        tuple([lot.points[n] for lot in lots] for n in range(len(first.points))),
    )


def _beyond(lots: Sequence[Lot], path: str) -> Beyond:
    ends = [lot.beyond[path] for lot in lots]
    return Beyond(
        _running([low for low, _ in ends], ZERO),
        _running([high or ZERO for _, high in ends], ZERO),
        _running([high is None for _, high in ends], 0),
    )


def _beyond_of(column: Sequence[Decimal], numbers: Sequence[int]) -> Beyond:
    """The same where one person's months are known exactly."""
    ends = _running([cost * n for cost, n in zip(column, numbers, strict=True)], ZERO)
    return Beyond(ends, ends, [0] * len(ends))


def _cost(way: Way, uses: Sequence[Sequence[Decimal]]) -> list[Decimal]:
    """By lot, what the months cost beyond the fee, of which nothing but straight pieces is left."""
    pieces = [(p.start, p.slope - before) for p, before in zip(way.schedule.pieces, way.slopes, strict=True)]
    parts = [
        [(use - start) * more if use > start else ZERO for use in column]
        for column in uses
        for start, more in pieces
        if more
    ]
    return [sum(row, ZERO) for row in zip(*parts, strict=True)] if parts else [ZERO] * len(uses[0])


def _running(values: Iterable[N], nothing: N) -> list[N]:
    return list(accumulate(values, initial=nothing))
