"""True-ups: how many seats a clause charges for, from what was measured in a window of the term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil

from bothhalves.core.clauses.base import SeatUse, Term, percent
from bothhalves.core.dates import Month
from bothhalves.core.money import ZERO, exact

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
#: What may be written, the first being taken where the contract is silent.
_KNOWN = {
    "every": ("month", "quarter", "year", "term"),
    "measured_on": ("provisioned", "active", "concurrent"),
    "method": ("high-water", "actual", "average", "snapshot"),
    "direction": ("up-only", "both"),
}


@dataclass(frozen=True, slots=True)
class TrueUp:
    """Seats beyond the committed ones are charged for by what a window shows; ``""``: not stated.

    ``every``: the window, a ``month``, ``quarter`` or ``year`` of the term (from its start) or the ``term``.
    ``measured_on``: seats ``provisioned``, or people ``active`` or at most ``concurrent`` in a month.
    ``method``: ``high-water`` (the most so far, never less again in the term), ``actual`` (each month its
    own), ``average`` (of the window, for each of its months), ``snapshot`` (what its last day shows, for
    each of its months). ``rate``: the ``contract`` fee, the ``list`` fee, or an amount per seat-month.
    ``direction``: ``up-only``: never below what is committed; ``both``: down to the minimum. ``grace``:
    seats or a percentage of the committed ones; an excess within it is not charged, a larger one whole.
    ``backdated``: charged for the whole window; else from the next one on.
    """

    every: str = ""
    measured_on: str = ""
    method: str = ""
    rate: str = ""
    direction: str = ""
    grace: str = ""
    backdated: bool | None = None

    def fault(self) -> str | None:
        for name, known in _KNOWN.items():
            if getattr(self, name) not in ("", *known):
                return f"{name} is {', '.join(known[:-1])} or {known[-1]}"
        try:
            amounts = [self.price, self.band(100)]
        except ValueError as error:
            return str(error)
        if min(a for a in amounts if a is not None) < 0:
            return "rate and grace are not below zero"
        if self.direction == "both" and self.method in ("", "high-water"):
            return "a high-water mark only rises: direction both needs another method"
        if self.backdated is False and self.method == "actual":
            return "the actual seats of a month are charged for that month: leave backdated out"
        return None

    @property
    def stated(self) -> TrueUp:
        """The same with the default of whatever is not stated."""
        return _stated(self)

    @property
    def price(self) -> Decimal | None:
        """The rate where it is an amount."""
        return None if self.rate in ("", "contract", "list") else exact(self.rate)

    @property
    def up_only(self) -> bool:
        return self.direction != "both"

    @property
    def ratchets(self) -> bool:
        return self.method in ("", "high-water")

    @property
    def at_once(self) -> bool:
        """True if a month's seats are known, and charged, in that month."""
        stated = self.stated
        return stated.every == "month" and stated.method != "average" and bool(stated.backdated)

    def band(self, committed: int) -> Fraction:
        """The excess over ``committed`` seats that is not charged."""
        if self.grace.strip().endswith("%"):
            return Fraction(percent(self.grace)) * committed
        return Fraction(exact(self.grace) if self.grace else ZERO)

    def graced(self, seats: Fraction, committed: int) -> Fraction:
        """The seats to charge for, where ``seats`` were measured."""
        within = committed < seats <= committed + self.band(committed)
        return Fraction(committed) if within else seats

    def window(self, term: Term, month: Month) -> tuple[int, int]:
        """The month's window: which renewal, and the place of the window in it."""
        size = _MONTHS.get(self.stated.every, term.months)
        return term.turn(month), term.index(month) % term.months // size

    def assumptions(self) -> list[str]:
        """What is taken for granted, as ``key does not say …`` clauses."""
        stated = self.stated
        silent = [name for name in (*_KNOWN, "rate") if not getattr(self, name)]
        if self.backdated is None and stated.method != "actual":
            silent.append("backdated")
        values = {name: getattr(stated, name) for name in silent} | (
            {"backdated": "true"} if "backdated" in silent else {}
        )
        return [f"true_up does not say {name}; {values[name]} is taken." for name in silent]


@lru_cache(256)
def _stated(rule: TrueUp) -> TrueUp:
    silent = {name: known[0] for name, known in _KNOWN.items() if not getattr(rule, name)}
    backdated = True if rule.backdated is None else rule.backdated
    return replace(rule, **silent, rate=rule.rate or "contract", backdated=backdated)


@dataclass(frozen=True, slots=True)
class Held:
    """One month of a window: the seats committed, charged already and measured, and the fewest to charge.

    ``total`` are the charged ones of all types, where the whole contract has a minimum.
    """

    month: Month
    committed: int
    billed: int
    least: int
    measured: Fraction
    total: Fraction | None = None


def measured(true_up: TrueUp, use: SeatUse | None, committed: int, month: Month) -> tuple[Fraction, str]:
    """The month's seats as the clause measures them, and what had to be assumed (``""``: nothing)."""
    if use is None:
        return Fraction(committed), "no seats are measured, so the committed ones count"
    stated = true_up.stated
    people = {"active": use.active, "concurrent": use.concurrent}.get(stated.measured_on)
    if people is not None:
        return Fraction(people), ""
    said = (
        ""
        if stated.measured_on == "provisioned"
        else f"{stated.measured_on} seats are not known, so the assigned ones count"
    )
    if stated.method == "snapshot":
        return Fraction(use.closing), said
    if stated.method == "average":
        return daily_average(use, month), said
    return Fraction(use.peak), said


def daily_average(use: SeatUse, month: Month) -> Fraction:
    """Seats assigned at the end of a day, as the mean of the month's days."""
    total = use.opening * month.days
    total += sum(c.seats * (month.next.first - c.on).days for c in use.changes)
    return Fraction(total, month.days)


def owed(true_up: TrueUp, window: Sequence[Held], most: int | None) -> list[Fraction]:
    """The seats to charge for in each month of a window that has ended; ``most`` bounds them."""
    stated, seen = true_up.stated, [held.measured for held in window]
    if stated.method == "actual":
        found = seen
    elif stated.method == "average":
        found = [sum(seen, Fraction(0)) / len(seen)] * len(seen)
    else:
        found = [max(seen) if stated.method == "high-water" else seen[-1]] * len(seen)
    return [
        level(true_up, seats, held.committed, held.least, most)
        for seats, held in zip(found, window, strict=True)
    ]


def level(true_up: TrueUp, seats: Fraction, committed: int, least: int, most: int | None) -> Fraction:
    """The seats to charge for where ``seats`` were measured, ``least`` are due and ``most`` can be held."""
    wanted = true_up.graced(seats, committed)
    return max(Fraction(least), wanted if most is None else min(wanted, Fraction(most)))


def whole(seats: Fraction) -> int:
    """Seats that are carried on: a part of one counts whole."""
    return ceil(seats)
