"""The fewest seats of a whole contract: what is missing to them is due, whatever type is held.

A window that ends may change the seats of earlier months. What was missing in these is counted again then:
seats that were charged as missing and are charged by the true-up as well are given back, at what they cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Basis, charge
from bothhalves.core.clauses.seat_fees import Remark, SeatsSettled, renewals
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import EXACT, quotient

_NIL = Fraction(0)


@dataclass(frozen=True, slots=True)
class FewestSeats:
    """At least ``seats`` of the types of ``terms`` are charged, those missing at ``fee`` (None: the lowest
    fee of a type)."""

    seats: int
    fee: Decimal | None
    terms: tuple[SeatTerm, ...]

    def settle(self, basis: Basis, settled: SeatsSettled) -> list[Line]:
        """What is due in the month of ``settled``, whose open windows are told how many seats it has."""
        month = settled.month
        if not basis.term.runs(month):
            return []
        lines = list(self._again(basis, settled))
        total = sum(settled.by_type.values()) + sum((a.seats for a in settled.late if a.month == month), _NIL)
        price, missing = self._price(basis, month), self._missing(total)
        if missing and price is not None:
            if self.fee is None:
                said = "minimum_seats: no fee is stated, so missing seats cost the lowest fee of a type"
                settled.remarks.append(Remark(said, month))
            lines.append(self._line(basis, month, missing, price, ""))
        _remember(settled, {month: total})
        return lines

    def _again(self, basis: Basis, settled: SeatsSettled) -> Iterator[Line]:
        """What earlier months cost more or less, now that their seats are known."""
        before = {a.month: a.total for a in settled.late if a.total is not None}
        after = {m: t + sum(a.seats for a in settled.late if a.month == m) for m, t in before.items()}
        _remember(settled, after)
        changes: dict[Decimal, Fraction] = {}
        for month, total in before.items():
            price = self._price(basis, month)
            if price is not None:
                change = self._missing(after[month]) - self._missing(total)
                changes[price] = changes.get(price, _NIL) + change
        for price, seats in changes.items():
            if seats:
                yield self._line(basis, settled.month, seats, price, f", {_span(before)} counted again")

    def _missing(self, total: Fraction) -> Fraction:
        return max(_NIL, self.seats - total)

    def _price(self, basis: Basis, month: Month) -> Decimal | None:
        """What a missing seat costs in a month; None where no type is charged."""
        charged = [t.renewed(renewals(basis, t, month)) for t in self.terms if t.charged(month)]
        lowest = min((EXACT.multiply(t.fee, factor) for t, factor in charged), default=None)
        return lowest if lowest is None or self.fee is None else self.fee

    def _line(self, basis: Basis, month: Month, seats: Fraction, price: Decimal, note: str) -> Line:
        return charge(
            basis,
            "seats/minimum_seats",
            month,
            quantity=quotient(seats),
            price=price,
            unit=f"seats missing to {self.seats}{note}",
            meter="seats",
            view=View.BILLED,
        )


def _remember(settled: SeatsSettled, totals: dict[Month, Fraction]) -> None:
    """Tells the windows that are open how many seats of all types their months have by now."""
    for clause, state in settled.states.items():
        window = tuple(replace(h, total=totals.get(h.month, h.total)) for h in state.window)
        settled.states[clause] = replace(state, window=window)


def _span(months: Iterable[Month]) -> str:
    first, *others = sorted(months)
    return f"{first} to {others[-1]}" if others else str(first)
