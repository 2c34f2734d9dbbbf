"""Prices of one seat clause in whole numbers, in micro-units: a month of seats, arrears of a window.

Without breaks every seat beyond the committed ones costs the same, so that numbers are enough. Where the fee
changes with the number of seats, the clause itself prices each number once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from bothhalves.core.clauses.base import Basis
from bothhalves.core.clauses.seat_bill import Bill, fixed
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT

MICRO = 1_000_000


class SeatPrices:
    """Prices of a clause after so many renewals. ``micro`` makes money of Lines."""

    def __init__(self, basis: Basis, term: SeatTerm, micro: Callable[[Sequence[Line]], Fraction]) -> None:
        self._basis, self.term, self._micro = basis, term, micro
        self.rule = None if term.rule is None else term.rule.stated
        self.is_straight = not term.breaks
        self._other = self._at_another_rate()
        self._units: dict[int, Fraction] = {}
        self._bands: dict[int, int] = {}
        self._counts: dict[tuple[int, int, int], Fraction] = {}

    def _at_another_rate(self) -> Fraction | None:
        """The price of a seat beyond the committed ones, where it is not the contract's fee."""
        rate = "contract" if self.rule is None else self.rule.rate
        if self.rule is None or rate == "contract":
            return None
        price = self.term.list_fee if rate == "list" else self.rule.price
        return Fraction(price or Decimal(0)) * MICRO

    def unit(self, renewals: int) -> Fraction:
        """A seat-month at the contract's fee."""
        if renewals not in self._units:
            renewed, factor = self.term.renewed(renewals)
            self._units[renewals] = Fraction(EXACT.multiply(renewed.fee, factor)) * MICRO
        return self._units[renewals]

    def month(self, renewals: int, committed: int, count: int, at: Month) -> Fraction:
        """A whole month of ``count`` seats."""
        other = self._other
        if other is None:
            committed = 0  # which part of them is committed makes no difference to the sum
        known = (renewals, committed, count)
        if known not in self._counts:
            self._counts[known] = self._month(renewals, committed, count, at)
        return self._counts[known]

    def _month(self, renewals: int, committed: int, count: int, at: Month) -> Fraction:
        if not self.is_straight:
            renewed, factor = self.term.renewed(renewals)
            bill = Bill(self._basis, renewed, at, committed, factor, None)
            return self._micro(fixed(bill, self.rule, count, 0))
        beyond = count - max(committed, self.term.minimum)
        if self._other is None or beyond < 0:
            return count * self.unit(renewals)
        return (count - beyond) * self.unit(renewals) + beyond * self._other

    def arrears(self, renewals: int, billed: int, owed: Sequence[Fraction | int]) -> Fraction:
        """What a window costs beyond ``billed`` seats in each of its months, where ``owed`` are due. The
        clause is straight."""
        more = sum(n - billed for n in owed if n >= billed)
        less = sum(n - billed for n in owed if n < billed)
        unit = self.unit(renewals)
        return Fraction(more * (unit if self._other is None else self._other) + less * unit)

    def level(self, committed: int, least: int, seats: Fraction | int) -> Fraction | int:
        """The seats to charge for where ``seats`` were measured: grace, then what is due, then what can be
        held."""
        if committed < seats and seats - committed <= self._band(committed):
            seats = committed
        most = self.term.maximum
        return max(least, seats if most is None else min(seats, most))

    def _band(self, committed: int) -> Fraction | int:
        """The excess over ``committed`` seats that is not charged: whole, unless the clause counts parts."""
        if self.rule is None or not self.rule.grace:
            return 0
        if self.rule.method == "average":
            return self.rule.band(committed)
        if committed not in self._bands:
            self._bands[committed] = floor(self.rule.band(committed))
        return self._bands[committed]
