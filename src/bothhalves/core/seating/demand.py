"""Demand without a seat: people who work as much as seat holders do, or were invited, and hold none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Candidacy:
    """A person without a seat of the vendor. ``days`` is on how many days of the window they used it
    metered; ``is_invited``: a roster names them without a seat."""

    person: str
    vendor: str
    product: str
    group: str
    days: int
    is_invited: bool = False


@dataclass(frozen=True, slots=True)
class Unseated:
    """Somebody who should be asked before a free seat goes elsewhere."""

    who: Candidacy
    reason: str


def median_days(days: Iterable[int]) -> Fraction:
    """Half of the seat holders were active on at least so many days; 0 without any."""
    found = sorted(days)
    middle = len(found) // 2
    return Fraction(found[middle] + found[-middle - 1], 2) if found else Fraction(0)


def unseated(people: Iterable[Candidacy], usual: Fraction) -> tuple[Unseated, ...]:
    """Who has proven demand, most days first: as many as the ``usual`` seat holder's, or an invitation.

    With nobody active on a seat there is nothing to compare with, so that invitations alone count.
    """
    found = []
    for who in people:
        if usual and who.days and who.days >= usual:
            said = f"metered use on {who.days} days, at least as many as half of the active seat holders"
            found.append(Unseated(who, said))
        elif who.is_invited:
            used = f", metered use on {who.days} days" if who.days else ""
            found.append(Unseated(who, f"named in the roster without a seat{used}"))
    return tuple(sorted(found, key=lambda u: (-u.who.days, u.who.vendor, u.who.product, u.who.person)))
