"""What every amount that could be committed costs, as straight pieces: one formula for thousands of amounts.

Signing ``K`` costs, in a period with usage ``X`` at list price, ``payable + m (X - covered)+``. Between two
thresholds of the bands, payable and covered are straight lines in K, so the cost is ``p K + q + (a X - b K -
c)+`` with whole numbers: everything is held times :attr:`Curves.scale`. The formula needs unused money to be
forfeited and no minimum by the month; :func:`is_plain` tells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.commitment_cost import MICRO, Schedule, laid, micro
from bothhalves.core.money import EXACT, quotient

#: The least step by which an amount above a threshold differs: a cent, in micro-units.
CENT = MICRO // 100


@dataclass(frozen=True, slots=True)
class Offer:
    """A commitment clause under a term, over ``months`` from ``first`` on, before its amount is chosen.

    ``fees`` are charges beside usage that count, by month in micro-units.
    """

    clause: CommitmentTerm
    term: Term
    first: Month
    months: int
    fees: tuple[int, ...] = ()

    @property
    def base(self) -> Decimal:
        """The amount as offered: that of the first period that has one."""
        amounts = [self.clause.amount_in(self.term, p.number) for p in self.schedule_as_offered.periods]
        return next((a for a in amounts if a), Decimal(0))

    @property
    def schedule_as_offered(self) -> Schedule:
        return laid(self.clause, self.term, self.first, self.months)

    def signed(self, amount: int) -> CommitmentTerm:
        """The clause with ``amount`` micro-units in the first period; the steps of a ramp in proportion."""
        value = in_units(amount)
        clause, base = self.clause, self.base
        if not clause.ramp or not base:
            return replace(clause, amount=value, ramp=())
        steps = tuple(replace(s, amount=_scaled(s.amount, value, base)) for s in clause.ramp)
        before = None if clause.amount is None else _scaled(clause.amount, value, base)
        return replace(clause, amount=before, ramp=steps)

    def schedule(self, amount: int) -> Schedule:
        """The clause signed for ``amount``, over the months."""
        return laid(self.signed(amount), self.term, self.first, self.months)


def in_units(amount: int) -> Decimal:
    """Micro-units as units of the currency."""
    return EXACT.divide(Decimal(amount), Decimal(MICRO))


def _scaled(step: Decimal, value: Decimal, base: Decimal) -> Decimal:
    return quotient(Fraction(step) * Fraction(value) / Fraction(base))


def is_plain(offer: Offer) -> bool:
    """True if a period's cost follows from the sum of its usage alone."""
    clause, schedule = offer.clause, offer.schedule_as_offered
    whole = not schedule.outside and all(p.closes for p in schedule.periods)
    return whole and clause.rollover is None and not clause.minimum_per_month and not any(offer.fees)


@dataclass(frozen=True, slots=True)
class Line:
    """``p K + q + (a X - b K - c)+``, times the scale."""

    p: int
    q: int
    a: int
    b: int
    c: int

    def at(self, amount: int, used: int) -> int:
        return self.p * amount + self.q + max(0, self.a * used - self.b * amount - self.c)

    def covered(self, amount: int) -> int:
        """The most usage that leaves no overage, in whole micro-units."""
        return (self.b * amount + self.c) // self.a

    def covers(self, used: int) -> int:
        """The least amount that covers the usage."""
        return -((self.c - self.a * used) // self.b)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Amounts from ``start`` to below ``end`` (None: without end), with the Line of each kind of period."""

    start: int
    end: int | None
    lines: tuple[Line, ...]

    def holds(self, amount: int) -> bool:
        return self.start <= amount and (self.end is None or amount < self.end)


@dataclass(frozen=True, slots=True)
class Curves:
    """All stretches of an offer. ``kinds`` is the kind of each period, ``months`` their months: periods of a
    kind have the same amount, or the same part of the first one's in a ramp. ``floor`` is the least amount
    that reaches a band in any period; None: there are no bands."""

    stretches: tuple[Stretch, ...]
    kinds: tuple[int, ...]
    months: tuple[tuple[int, ...], ...]
    scale: int
    floor: int | None

    def sums(self, api: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """A scenario's usage by period, rising, by kind."""
        found: list[list[int]] = [[] for _ in self.stretches[0].lines]
        for kind, places in zip(self.kinds, self.months, strict=True):
            found[kind].append(sum(api[n] for n in places))
        return tuple(tuple(sorted(own)) for own in found)

    def stretch(self, amount: int) -> Stretch:
        """That which holds the amount."""
        starts = [s.start for s in self.stretches]
        return self.stretches[max(bisect_right(starts, amount) - 1, 0)]

    def paid(self, stretch: Stretch, amount: int, sums: Sequence[Sequence[int]]) -> int:
        """What the amount costs in all periods, times the scale."""
        return sum(
            line.at(amount, used) for line, own in zip(stretch.lines, sums, strict=True) for used in own
        )


def curves(offer: Offer) -> Curves:
    """The stretches of an offer of which :func:`is_plain` is true."""
    clause, periods = offer.clause, offer.schedule_as_offered.periods
    parts = _parts(offer)
    kinds, marks = sorted(set(parts)), reached(offer)
    floor = min(marks, default=None)
    starts = sorted({0, *marks})
    rows = [(start, [_shape(clause, part, Fraction(start)) for part in kinds]) for start in starts]
    scale = lcm(*(n.denominator for _, row in rows for shape in row for n in shape))
    ends: list[int | None] = [*(start for start, _ in rows[1:]), None]
    stretches = tuple(
        Stretch(start, end, tuple(Line(*(int(n * scale) for n in shape)) for shape in row))
        for (start, row), end in zip(rows, ends, strict=True)
    )
    return Curves(
        stretches, tuple(kinds.index(p) for p in parts), tuple(p.months for p in periods), scale, floor
    )


def reached(offer: Offer) -> list[int]:
    """The least amounts that reach a band in a period, in micro-units."""
    parts = {part for part in _parts(offer) if part}
    return sorted(
        {_reaching(micro(b.from_) / part, offer.clause) for part in parts for b in offer.clause.bands}
    )


def _parts(offer: Offer) -> list[Fraction]:
    """What each period commits of the amount signed for the first one."""
    clause, base = offer.clause, micro(offer.base)
    periods = offer.schedule_as_offered.periods
    return [p.amount / base if base and clause.ramp else _reduced(clause, p.number) for p in periods]


def _reduced(clause: CommitmentTerm, number: int) -> Fraction:
    """What reductions leave of the amount in a period."""
    left = Fraction(1)
    for reduction in clause.reductions:
        left *= 1 - Fraction(reduction.by) if reduction.period <= number + 1 else 1
    return left


def _reaching(threshold: Fraction, clause: CommitmentTerm) -> int:
    """The least amount at the discount of a threshold; slices begin above theirs."""
    above = clause.bands_are == "incremental" and threshold > 0
    return int(threshold // 1) + 1 if above else int(-(-threshold // 1))


def _shape(clause: CommitmentTerm, part: Fraction, start: Fraction) -> tuple[Fraction, ...]:
    """p, q, a, b, c of the stretch that begins at ``start``, for a period with ``part`` of the amount."""
    at = start * part
    amount = quotient(at / MICRO)
    slices = [(micro(s.amount), 1 - Fraction(s.discount)) for s in clause.slices(amount)]
    rate = slices[-1][1] if slices else 1 - Fraction(clause.discount(amount))
    beyond = Fraction(clause.beyond(amount))
    if clause.in_list:
        payable, covered, slope, reach = sum((w * r for w, r in slices), Fraction(0)), at, rate, Fraction(1)
    else:
        payable, covered, slope, reach = (
            at,
            sum((w / r for w, r in slices), Fraction(0)),
            Fraction(1),
            1 / rate,
        )
    # covered + reach (K part - at), and payable + slope (K part - at)
    return (
        slope * part,
        payable - slope * at,
        beyond,
        beyond * reach * part,
        beyond * (covered - reach * at),
    )
