"""One seat clause in one month: what its Lines have in common, and the seats of whole months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Basis, Change, SeatUse, amount_of, charge
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import Held, TrueUp, level
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import quotient

_YEAR = 12


@dataclass(frozen=True, slots=True)
class SeatState:
    """What a seat clause carries from month to month.

    ``billed``: the seats that the last month was charged for. ``mark``: those that are charged as months
    come, with the true-ups so far (None: the committed ones). ``window``: the months of the true-up window
    that is open. ``prepaid``: seats of the mark that are paid up to the end of the contract year.
    ``removed``: credited next month. ``turn``: how often the term has renewed; ``committed``: the seats
    with which it did; ``peak`` and ``assigned``: those of the term so far, and at the end of the month.
    """

    billed: int = 0
    mark: int | None = None
    window: tuple[Held, ...] = ()
    prepaid: int = 0
    removed: tuple[Change, ...] = ()
    turn: int = 0
    committed: int | None = None
    peak: int = 0
    assigned: int | None = None

    def renews_with(self, baseline: str) -> int:
        """The seats of the next term, if it renews from here: as its clause says, or those billed where it
        is silent or where nothing says how many are assigned."""
        seats = {"peak": self.peak, "assigned": self.assigned}.get(baseline, self.billed)
        return self.billed if seats is None else seats


@dataclass(frozen=True, slots=True)
class Bill:
    """One clause in one month: ``committed`` seats (as renewed), ``factor`` on its fees, the month's use."""

    basis: Basis
    term: SeatTerm
    month: Month
    committed: int
    factor: Decimal
    use: SeatUse | None

    @property
    def floor(self) -> int:
        return max(self.committed, self.term.minimum)

    @property
    def beyond(self) -> str:
        return "/true-up" if self.term.true_up else "/added"

    def line(self, suffix: str, quantity: Fraction, price: Decimal, unit: str, **how: object) -> Line:
        return charge(
            self.basis,
            self.term.id + suffix,
            self.month,
            quantity=quotient(quantity),
            price=price,
            unit=unit,
            meter="seats",
            dimensions={"product": self.term.product},
            **how,  # type: ignore[arg-type]
        )

    def seats(self, suffix: str, after: int, upto: int, total: int, note: str = "") -> Iterator[Line]:
        """A month of the seats after one number up to another, at the contract's fee."""
        if after == upto:
            return
        parts = self.term.fees(self.factor, Fraction(after), Fraction(upto), Fraction(total))
        for quantity, fee, reached in parts:
            yield self.line(suffix, quantity, fee, f"seats, {note or self.term.billed}{reached}")

    def at_rate(self, rule: TrueUp, seats: Fraction) -> Decimal | None:
        """The price of seats beyond the floor, where it is not the contract's fee."""
        if seats < 0 or rule.rate in ("", "contract"):
            return None
        return self.term.list_fee if rule.rate == "list" else rule.price

    def level(self, rule: TrueUp, seats: Fraction) -> Fraction:
        least = self.floor if rule.up_only else self.term.minimum
        return level(rule, seats, self.committed, least, self.term.maximum)

    def too_many(self, seats: Fraction) -> list[str]:
        """What to say where more seats are measured than can be held."""
        most = self.term.maximum
        above = most is not None and seats > most
        return (
            [f"more seats are measured than the {most} that can be held; {most} are charged"] if above else []
        )

    def year_end(self) -> date:
        """The first day after the contract year, or after the clause if that ends before."""
        term = self.basis.term
        place = term.index(self.month) % term.months
        year = min(place // _YEAR * _YEAR + _YEAR, term.months)
        end = term.day_after(term.turn(self.month) * term.months + year)
        return min(end, self.term.ends or end)

    def year(self) -> list[Month]:
        """The months of the contract year that the clause charges."""
        term = self.basis.term
        place = term.index(self.month) % term.months
        ordinal = self.month.year * 12 + self.month.number - 1 - place % _YEAR
        length = min(_YEAR, term.months - place // _YEAR * _YEAR)
        months = [Month(n // 12, n % 12 + 1) for n in range(ordinal, ordinal + length)]
        return [m for m in months if self.term.charged(m)]

    @property
    def paid_at_start(self) -> bool:
        """True if the committed seats of this year were paid by the day when the clause began."""
        start = self.term.prorated_start
        return start is not None and self.term.billed == "annual" and Month.of(start) in self.year()


def fixed(bill: Bill, rule: TrueUp | None, count: int, prepaid: int) -> list[Line]:
    """A whole month of ``count`` seats: committed, then the minimum, then what is beyond and not prepaid."""
    other = bill.at_rate(rule, Fraction(count - bill.floor)) if rule else None
    total = count if other is None else bill.floor
    lines: list[Line] = []
    if not (bill.paid_at_start or _begins_by_day(bill)):
        lines += bill.seats("", 0, bill.committed, total)
        lines += bill.seats("/minimum", bill.committed, bill.floor, total, "of the minimum")
    if count - prepaid == bill.floor:
        return lines
    if other is not None:
        return [
            *lines,
            bill.line(bill.beyond, Fraction(count - prepaid - bill.floor), other, "seats, beyond"),
        ]
    return [*lines, *bill.seats(bill.beyond, bill.floor, count - prepaid, total, "beyond")]


def _begins_by_day(bill: Bill) -> bool:
    start = bill.term.prorated_start
    return start is not None and Month.of(start) == bill.month


def paid_ahead(bill: Bill) -> list[Line]:
    """An annual fee is due in the first month of the contract year that the clause charges."""
    if bill.term.billed != "annual" or bill.paid_at_start:
        return []
    months = bill.year()
    if len(months) < 2:
        return []
    monthly = amount_of(bill.seats("", 0, bill.floor, bill.floor))
    first = bill.month == months[0]
    quantity = Fraction(monthly) * (len(months) - 1 if first else 1)
    unit = f"{bill.basis.currency}, paid ahead" if first else f"{bill.basis.currency}, paid before"
    price = Decimal(1 if first else -1)
    return [bill.line("/prepayment", quantity, price, unit, view=View.BILLED)] if monthly else []
