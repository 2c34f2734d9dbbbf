"""Proration: what a seat costs that is added, or removed, in the middle of a month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import Change, SeatUse
from bothhalves.core.dates import Month
from bothhalves.core.money import EXACT

_KNOWN = {
    "by": ("month", "day"),
    "count": ("including", "excluding"),
    "basis": ("days-in-month", "365"),
}


@dataclass(frozen=True, slots=True)
class Proration:
    """How the first month (for annual fees: the rest of the contract year) of an added seat is charged.

    ``by`` ``month``: whole months, the current one included; ``day``: by the day. ``count``: the day of
    addition itself is charged (``including``) or not. ``basis``: a day is a part of its month, or of a year
    of 365 days. What is not stated (``""``) is by the month; including; and for days a part of the month if
    billed monthly, of 365 if annually.
    """

    by: str = ""
    count: str = ""
    basis: str = ""

    def fault(self) -> str | None:
        for name, known in _KNOWN.items():
            if getattr(self, name) not in ("", *known):
                return f"{name} is {' or '.join(known)}"
        if self.by != "day" and (self.count or self.basis):
            return "count and basis are about proration by the day: write by: day"
        return None

    @property
    def daily(self) -> bool:
        return self.by == "day"

    def yearly(self, billed: str) -> bool:
        """True if a day is a 365th of a year."""
        return self.basis == "365" or (not self.basis and billed == "annual")

    def days(self, added: date, end: date) -> int:
        """The days charged of a seat added on a day, up to but not including ``end``."""
        return (end - added).days - (self.count == "excluding")

    def assumptions(self, billed: str) -> list[str]:
        """What is taken for granted, as sentences without the clause's name."""
        found = [] if self.by else ["by; whole months are taken"]
        if self.daily and not self.count:
            found.append("count; the day of addition is charged")
        if self.daily and not self.basis:
            found.append(f"basis; {'365 days' if self.yearly(billed) else 'the days of the month'} are taken")
        return [f"proration does not say {said}." for said in found]


@dataclass(frozen=True, slots=True)
class Portion:
    """``quantity`` of ``unit`` at ``times`` the monthly fee for ``per`` of them."""

    quantity: int
    unit: str
    times: int = 1
    per: int = 1

    def price(self, fee: Decimal) -> Decimal:
        return EXACT.multiply(fee, Decimal(self.times))


def steps(use: SeatUse, billed: int, level: Callable[[int], int], removable: bool) -> list[Change]:
    """The changes of the month in seats charged for, beginning with ``billed``.

    ``level`` makes seats assigned into seats to charge for; seats go down only if ``removable``.
    """
    by_day: dict[date, int] = {}
    for change in use.changes:
        by_day[change.on] = by_day.get(change.on, 0) + change.seats
    held, found = use.opening, []
    for day, seats in sorted(by_day.items()):
        held += seats
        wanted = level(held) if removable else max(billed, level(held))
        if wanted != billed:
            found.append(Change(day, wanted - billed))
            billed = wanted
    return found


def in_month(rule: Proration, change: Change, billed: str) -> Portion:
    """The part of the month of a seat added or removed in it; the day of removal is still charged."""
    month = Month.of(change.on)
    end = month.next.first
    days = rule.days(change.on, end) if change.seats > 0 else (end - change.on).days - 1
    times, per = (12, 365) if rule.yearly(billed) else (1, month.days)
    verb = "added" if change.seats > 0 else "removed"
    return Portion(change.seats * days, f"seat-days, {verb} {change.on}", times, per)


def rest_of_year(rule: Proration, change: Change, end: date, whole_month: bool) -> Iterable[Portion]:
    """What is left of a contract year that ends before ``end``, for seats with an annual fee.

    ``whole_month``: the seats were there when the month opened, so no day of it is left out.
    """
    month = Month.of(change.on)
    months = (end.year - month.year) * 12 + end.month - month.number
    added = f"{'held' if whole_month else 'added'} {change.on}, up to {end}"
    if not rule.daily:
        yield Portion(change.seats * months, f"seat-months, {added}")
        return
    if rule.yearly("annual"):
        days = (end - change.on).days if whole_month else rule.days(change.on, end)
        yield Portion(change.seats * days, f"seat-days, {added}", 12, 365)
        return
    days = month.days if whole_month else rule.days(change.on, month.next.first)
    yield Portion(change.seats * days, f"seat-days of {month}, {added}", 1, month.days)
    if months > 1:
        yield Portion(change.seats * (months - 1), f"seat-months, {added}")
