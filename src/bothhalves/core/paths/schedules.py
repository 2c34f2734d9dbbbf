"""The monthly cost of one person on one path as a function of monthly use, exact.

Use (u, not below zero) is money at list price, or units where the path counts units. A schedule is a fee,
straight pieces, and at most one stair of whole packs. Use beyond ``stop`` is not had at any price: it is
blocked, which is not the same as free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from bothhalves.core.money import EXACT, ZERO

ONE = Decimal(1)
_UP, _DOWN = Context(prec=EXACT.prec, rounding=ROUND_CEILING), Context(prec=EXACT.prec, rounding=ROUND_FLOOR)
_GRAIN = Decimal("1E-12")


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``start`` on every further unit of use costs ``slope``, until the next piece."""

    start: Decimal
    slope: Decimal


@dataclass(frozen=True, slots=True)
class Stair:
    """Whole packs of ``size`` at ``price`` for use beyond ``after``, ``at_least`` so many at a time."""

    after: Decimal
    size: Decimal
    price: Decimal
    at_least: int = 1
    most: int | None = None

    def packs(self, use: Decimal) -> int:
        """How many packs a month with so much use takes."""
        if use <= self.after or self.most == 0:
            return 0
        missing = _UP.divide(EXACT.subtract(use, self.after), self.size)
        packs = max(int(missing.to_integral_value(rounding=ROUND_CEILING)), self.at_least)
        return packs if self.most is None else min(packs, self.most)

    @property
    def end(self) -> Decimal | None:
        """Where the last pack that may be bought is used up."""
        return None if self.most is None else EXACT.fma(self.size, Decimal(self.most), self.after)


@dataclass(frozen=True, slots=True)
class Segment:
    """The schedule on ``(start, end]``: ``at`` just beyond the start, then ``slope``. ``end`` None: no end.

    The first one begins at zero and includes it.
    """

    start: Decimal
    end: Decimal | None
    at: Decimal
    slope: Decimal


@dataclass(frozen=True, slots=True)
class Schedule:
    """``fee``, straight ``pieces`` (the first from zero), and perhaps a ``stair``; see the module.

    ``ValueError`` if pieces do not rise from zero, or a number is below zero.
    """

    fee: Decimal
    pieces: tuple[Piece, ...] = (Piece(ZERO, ZERO),)
    stair: Stair | None = None
    stop: Decimal | None = None

    def __post_init__(self) -> None:
        starts = [p.start for p in self.pieces]
        if not starts or starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("pieces rise from zero")
        if min([self.fee, self.stop or ZERO, *(p.slope for p in self.pieces)]) < 0:
            raise ValueError("fee, slopes and stop are not below zero")

    def of(self, use: Decimal) -> Decimal:
        """What a month with so much use costs; of use beyond the stop, what is had until there."""
        if self.stop is not None:
            use = min(use, self.stop)
        cost = self.fee
        for number, piece in enumerate(self.pieces):
            if use <= piece.start:
                break
            last = number + 1 == len(self.pieces)
            end = use if last else min(use, self.pieces[number + 1].start)
            cost = EXACT.fma(piece.slope, EXACT.subtract(end, piece.start), cost)
        if self.stair is not None:
            cost = EXACT.fma(self.stair.price, Decimal(self.stair.packs(use)), cost)
        return cost

    def of_interval(self, low: Decimal, high: Decimal | None) -> tuple[Decimal, Decimal | None]:
        """The least and the most that use between ``low`` and ``high`` (None: without end) can cost."""
        return self.of(low), self.most if high is None else self.of(high)

    @property
    def most(self) -> Decimal | None:
        """What no use can exceed; None: cost rises with use without end."""
        if self.stop is not None:
            return self.of(self.stop)
        endless = self.stair is not None and self.stair.most is None and self.stair.price > 0
        if endless or self.pieces[-1].slope:
            return None
        end = self.stair.end if self.stair else None
        return self.of(max(self.pieces[-1].start, end or ZERO))

    def blocked(self, use: Decimal) -> Decimal:
        """How much of the use is not to be had on this path."""
        return ZERO if self.stop is None else max(ZERO, EXACT.subtract(use, self.stop))

    def scaled(self, factor: Decimal) -> Schedule:
        """The schedule with all costs multiplied by a ``factor`` not below zero."""
        pieces = tuple(Piece(p.start, EXACT.multiply(p.slope, factor)) for p in self.pieces)
        stair = self.stair and replace(self.stair, price=EXACT.multiply(self.stair.price, factor))
        return Schedule(EXACT.multiply(self.fee, factor), pieces, stair, self.stop)

    def segments(self, since: Decimal = ZERO, upto: Decimal | None = None) -> Iterator[Segment]:
        """The schedule in straight segments from ``since``, to the one that reaches ``upto``, or without end.

        A stair without end never stops to yield segments, so it needs ``upto``. Beyond a stop the cost is
        that at the stop.
        """
        start = since
        while True:
            end = self._next_bend(start)
            at = self._just_beyond(start)
            yield Segment(start, end, at, self._slope_after(start))
            if end is None or (upto is not None and end >= upto):
                return
            start = end

    @property
    def bends(self) -> list[Decimal]:
        """Where pieces begin, and the stop."""
        return [p.start for p in self.pieces] + ([] if self.stop is None else [self.stop])

    def _next_bend(self, use: Decimal) -> Decimal | None:
        bends = self.bends
        if self.stop is not None and use >= self.stop:
            return None
        if self.stair is not None:
            bends += [self.stair.after, *self._next_step(self.stair, use)]
        return min((b for b in bends if b > use), default=None)

    def _next_step(self, stair: Stair, use: Decimal) -> Sequence[Decimal]:
        if stair.end is not None and use >= stair.end:
            return ()
        begun = _DOWN.divide(max(ZERO, EXACT.subtract(use, stair.after)), stair.size)
        packs = max(int(begun.to_integral_value(rounding=ROUND_FLOOR)) + 1, stair.at_least)
        return (EXACT.fma(stair.size, Decimal(packs), stair.after),)

    def _slope_after(self, use: Decimal) -> Decimal:
        if self.stop is not None and use >= self.stop:
            return ZERO
        return [p.slope for p in self.pieces if p.start <= use][-1]

    def _just_beyond(self, use: Decimal) -> Decimal:
        """The limit of the cost from above: with the pack that the next unit of use begins."""
        cost = self.of(use)
        stair = self.stair
        if stair is None or use < stair.after or (self.stop is not None and use >= self.stop):
            return cost
        full = EXACT.fma(stair.size, Decimal(stair.packs(use)), stair.after)
        if full > use or (stair.most is not None and stair.packs(use) >= stair.most):
            return cost
        more = stair.at_least if use == stair.after else 1
        more = more if stair.most is None else min(more, stair.most)
        return EXACT.fma(stair.price, Decimal(more), cost)


def tiered(fee: Decimal, pieces: Sequence[Piece]) -> Schedule:
    """Use in tiers, each at its own multiple of list price (graduated). Pieces of no length are left out."""
    kept = [p for n, p in enumerate(pieces) if n + 1 == len(pieces) or pieces[n + 1].start > p.start]
    merged = [p for n, p in enumerate(kept) if n == 0 or kept[n - 1].slope != p.slope]
    return Schedule(fee, tuple(merged))


def at_rates(fee: Decimal, share: Decimal) -> Schedule:
    """A platform fee, and ``share`` of list price for all use: F + (1 - d) u."""
    return Schedule(fee, (Piece(ZERO, share),))


def metered(discount: Decimal = ZERO, efficiency: Decimal = ONE, tool: Decimal = ZERO) -> Schedule:
    """The metered path M(u) = (1 - d) e u + t: contract discount, efficient share of u, tool per person."""
    return at_rates(tool, EXACT.multiply(EXACT.subtract(ONE, discount), efficiency))


def stop_at_budget(start: Decimal, slope: Decimal, budget: Decimal) -> Decimal | None:
    """Where overage at ``slope`` from ``start`` on reaches a ``budget``, at the twelfth place below."""
    if not slope:
        return None
    share = Fraction(budget) / Fraction(slope)
    whole = _DOWN.divide(Decimal(share.numerator), Decimal(share.denominator))
    return EXACT.add(start, whole.quantize(_GRAIN, context=_DOWN))
