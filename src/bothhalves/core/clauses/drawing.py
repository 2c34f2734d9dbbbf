"""A commitment drawn on month by month: discounts of its bands, overage, shortfall, and what rolls over.

Charges draw in the order in which they arise: month by month, and within a month fees before usage. The one
that crosses the end of the commitment is split there, and only its covered part has the discount. Fees draw
net: what a true-up gives back in a month is taken off the other fees of that month first. What is left of it
takes back what was charged beyond the commitment in the period, and then makes room in the commitment again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Basis, charge
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.clauses.due import Due
from bothhalves.core.clauses.rates import MarketplaceTerm, market_of, shown
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import EXACT, ZERO, plain, quotient

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Lot:
    """Money committed in ``period`` at ``discount``, of which ``left`` is not drawn yet."""

    period: int
    discount: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class CommitmentState:
    """What a commitment carries from month to month; ``period`` None: it has not begun. ``beyond`` is what
    the period has drawn (in the commitment's own money) after all of it was used up."""

    period: int | None = None
    lots: tuple[Lot, ...] = ()
    beyond: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Asked:
    """A charge that draws on the commitment: ``net`` to be paid without bands, ``worth`` at list price."""

    net: Decimal
    worth: Decimal
    banded: bool
    of: Line | None = None

    def split(self, share: Fraction) -> tuple[Asked, Asked]:
        """That share of the charge, and the rest of it."""
        net, worth = quotient(Fraction(self.net) * share), quotient(Fraction(self.worth) * share)
        rest = replace(self, net=EXACT.subtract(self.net, net), worth=EXACT.subtract(self.worth, worth))
        return replace(self, net=net, worth=worth), rest


@dataclass(frozen=True, slots=True)
class Part:
    """``net`` and ``drawn`` (in the commitment's own money) of a charge, from ``lot``; None: beyond it."""

    net: Decimal
    drawn: Decimal
    discount: Decimal
    lot: Lot | None


def settle_commitment(
    basis: Basis,
    term: CommitmentTerm,
    markets: Iterable[MarketplaceTerm],
    month: Month,
    due: Iterable[Due],
    state: CommitmentState,
) -> tuple[list[Line], CommitmentState]:
    """The month's Lines of the commitment, and what it carries over."""
    if not basis.term.runs(month):
        return [], state
    drawing = _Drawing(basis, term, month, term.period(basis.term, month))
    lines: list[Line] = []
    if state.period != drawing.period:
        state = CommitmentState(drawing.period, (*state.lots, *drawing.committed()))
        lines += drawing.purchases()
    counted = ZERO
    for asked in _asked(term, tuple(markets), due):
        parts, state = drawing.drawn(asked, state)
        counted = EXACT.add(counted, drawing.worth(parts))
        lines += drawing.lines(asked, parts)
    gap = EXACT.subtract(term.minimum_per_month or ZERO, counted)
    if term.minimum_per_month and gap > 0:
        parts, state = drawing.drawn(Asked(gap, gap, banded=False), state)
        lines += drawing.minimum(parts)
    closed, state = drawing.closed(state)
    return lines + closed, state


def _asked(term: CommitmentTerm, markets: tuple[MarketplaceTerm, ...], due: Iterable[Due]) -> Iterator[Asked]:
    fees: list[Asked] = []
    usage: list[Asked] = []
    for one in due:
        market = market_of(markets, one.use)
        outside = market is not None and not market.counts
        if one.net and term.counted(one.kind, one.use) and not outside:
            banded = one.use is not None and (market is None or market.discount is None)
            own = fees if one.use is None else usage
            own.append(Asked(one.net, one.at_list, banded, one.line))
    yield from _netted(fees)
    yield from usage


def _netted(fees: Iterable[Asked]) -> Iterator[Asked]:
    """Fees of a month less what is given back in it: in which order they stand is nobody's choice."""
    charged = sorted(fees, key=lambda asked: asked.net > 0)
    given = ZERO
    for asked in charged:
        net = EXACT.add(given, asked.net)
        given = min(net, ZERO)
        if net > 0:
            yield replace(asked, net=net, worth=net) if net != asked.net else asked
    if given:
        yield Asked(given, given, banded=False, of=charged[0].of)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One month of one commitment."""

    basis: Basis
    term: CommitmentTerm
    month: Month
    period: int

    @property
    def amount(self) -> Decimal:
        return self.term.amount_in(self.basis.term, self.period)

    def committed(self) -> list[Lot]:
        """What a new period brings."""
        return [Lot(self.period, s.discount, s.amount) for s in self.term.slices(self.amount) if s.amount]

    def purchases(self) -> Iterator[Line]:
        """A prepaid period is bought when it begins."""
        for lot in self.committed() if self.term.prepaid else ():
            note = self.note(lot, "bought in advance")
            yield self.line("purchase", lot.left, self.pays(lot), note, View.BILLED)

    def pays(self, lot: Lot) -> Decimal:
        """What is paid for one unit of the commitment's own money."""
        return EXACT.subtract(ONE, lot.discount) if self.term.in_list else ONE

    def is_paid(self, lot: Lot) -> bool:
        """True if the money was paid before it is drawn: in advance, or as a shortfall that rolled over."""
        return self.term.prepaid or lot.period < self.period

    def ordered(self, lots: Iterable[Lot]) -> list[Lot]:
        """Lots in the order in which they are drawn; rolled ones oldest first."""
        rollover = self.term.rollover
        last = rollover is not None and rollover.drawn == "current-first"
        rank = {self.period: -1} if last else {}
        return sorted(lots, key=lambda lot: rank.get(lot.period, lot.period))

    def drawn(self, asked: Asked, state: CommitmentState) -> tuple[list[Part], CommitmentState]:
        """The charge in parts, each from one lot, the last perhaps beyond all; and the state after that."""
        if asked.net < 0:
            return self.given_back(asked, state)
        parts: list[Part] = []
        after: list[Lot] = []
        for lot in self.ordered(state.lots):
            whole = self.part(asked, lot)
            if not asked.net or not lot.left:
                after.append(lot)
            elif whole.drawn <= lot.left:
                parts.append(whole)
                after.append(replace(lot, left=EXACT.subtract(lot.left, whole.drawn)))
                asked = replace(asked, net=ZERO, worth=ZERO)
            else:
                covered, asked = asked.split(Fraction(lot.left) / Fraction(whole.drawn))
                parts.append(replace(whole, net=covered.net, drawn=lot.left))
                after.append(replace(lot, left=ZERO))
        beyond = state.beyond
        if asked.net:
            parts.append(self.part(asked, None))
            beyond = EXACT.add(beyond, parts[-1].drawn)
        return parts, CommitmentState(state.period, tuple(after), beyond)

    def given_back(self, asked: Asked, state: CommitmentState) -> tuple[list[Part], CommitmentState]:
        """A charge below zero: less is beyond the commitment; the rest is there to be drawn once more, in the
        lot that is drawn on or was the last one."""
        lots = self.ordered(state.lots)
        whole = self.part(asked, None)
        left = EXACT.add(state.beyond, whole.drawn)
        if left >= 0 or not lots:
            return [whole], replace(state, beyond=max(left, ZERO))
        over, rest = asked.split(Fraction(state.beyond) / Fraction(-whole.drawn))
        place = next((n for n, lot in enumerate(lots) if lot.left), len(lots) - 1)
        made = self.part(rest, lots[place])
        lots[place] = replace(lots[place], left=EXACT.subtract(lots[place].left, made.drawn))
        parts = [replace(whole, net=over.net, drawn=EXACT.minus(state.beyond)), made]
        return [part for part in parts if part.net], CommitmentState(state.period, tuple(lots))

    def part(self, asked: Asked, lot: Lot | None) -> Part:
        """All of a charge from one lot, or beyond the commitment: its discount is below zero where overage is
        dearer."""
        of = lot.discount if lot else EXACT.subtract(ONE, self.term.beyond(self.amount))
        discount = of if asked.banded else ZERO
        net = EXACT.multiply(asked.net, EXACT.subtract(ONE, discount))
        return Part(asked.net, asked.worth if self.term.in_list else net, discount, lot)

    def worth(self, parts: Iterable[Part]) -> Decimal:
        """What the parts count towards a monthly minimum."""
        result = ZERO
        for part in parts:
            result = EXACT.add(result, part.drawn)
        return result

    def lines(self, asked: Asked, parts: Iterable[Part]) -> Iterator[Line]:
        """Discount and draw-down of each part of a charge."""
        for part in parts:
            price = EXACT.minus(part.discount)
            if part.lot is None and price:
                times = plain(EXACT.add(ONE, price))
                note = f"{self.basis.currency}, beyond the commitment, x {times}"
                yield self.line("overage", part.net, price, note, View.CONTRACTED, asked.of)
            elif part.lot is not None and price:
                note = self.note(part.lot, "discounted")
                yield self.line("discount", part.net, price, note, View.CONTRACTED, asked.of)
            if part.lot is not None and self.is_paid(part.lot):
                paid = EXACT.multiply(part.net, EXACT.subtract(ONE, part.discount))
                note = self.note(part.lot, "drawn")
                yield self.line("drawn", paid, Decimal(-1), note, View.BILLED, asked.of)

    def minimum(self, parts: Iterable[Part]) -> Iterator[Line]:
        """What a month below its minimum costs; where it was paid before, it is drawn."""
        for part in parts:
            lot = part.lot or Lot(self.period, ZERO, ZERO)
            note = self.note(part.lot, "below the month's minimum")
            line = self.line("minimum", part.drawn, self.pays(lot), note, View.BILLED)
            yield line
            if part.lot is not None and self.is_paid(part.lot):
                yield self.taken_back(line, part.lot)

    def closed(self, state: CommitmentState) -> tuple[list[Line], CommitmentState]:
        """What a period leaves at its end: a shortfall, money that rolls over, money that expires."""
        if self.basis.term.runs(self.month.next):
            following = self.term.period(self.basis.term, self.month.next)
            if following == self.period:
                return [], state
        else:
            following = None
        lines: list[Line] = []
        kept = []
        for lot in (x for x in state.lots if x.left):
            rolls = following is not None and self.rolls(lot, following)
            kept += [lot] if rolls else []
            lines += self.unused(lot, rolls=rolls)
        return lines, CommitmentState(self.period, tuple(kept))

    def rolls(self, lot: Lot, following: int) -> bool:
        """True if the lot can be drawn in the following period."""
        rollover = self.term.rollover
        if rollover is None or following > lot.period + rollover.rollover:
            return False
        later = self.term.amount_in(self.basis.term, following)
        return rollover.condition is None or later >= self.amount

    def unused(self, lot: Lot, *, rolls: bool) -> Iterator[Line]:
        """A Line of its own for what is unused: due at the end of the period, or paid before and lost."""
        shortfall = not self.is_paid(lot)
        if shortfall:
            note = self.note(lot, "unused, paid as a shortfall")
            yield self.line("shortfall", lot.left, self.pays(lot), note, View.BILLED)
        if rolls:
            note = self.note(lot, "unused, carried over")
            yield self.line("rolled", lot.left, ZERO, note, View.BILLED)
        elif self.term.prepaid:
            line = self.line("unused", lot.left, self.pays(lot), self.note(lot, "unused, lost"), View.BILLED)
            yield line
            yield self.taken_back(line, lot)
        elif not shortfall:
            yield self.line("expired", lot.left, ZERO, self.note(lot, "carried over, lost"), View.BILLED)

    def taken_back(self, line: Line, lot: Lot) -> Line:
        """The draw-down of a Line that was paid for in advance."""
        return self.line("drawn", line.amount.low, Decimal(-1), self.note(lot, "drawn"), View.BILLED, line)

    def note(self, lot: Lot | None, what: str) -> str:
        """The money, what happens to it, and which commitment it is of."""
        if lot is None:
            return f"{self.basis.currency}, {what}, beyond the commitment"
        money = f"{self.basis.currency} at list" if self.term.in_list else self.basis.currency
        off = f" at {shown(lot.discount)} off" if lot.discount else ""
        return f"{money}, {what}, commitment of period {lot.period + 1}{off}"

    def line(
        self, part: str, quantity: Decimal, price: Decimal, unit: str, view: View, of: Line | None = None
    ) -> Line:
        meter = of.meter if of is not None else "commitment"
        clause = f"commitment/{part}"
        return charge(
            self.basis,
            clause,
            self.month,
            quantity=quantity,
            price=price,
            unit=unit,
            meter=meter,
            view=view,
            of=of,
        )
