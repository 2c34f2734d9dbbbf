"""Did it work: what became of seats between two days, and how long newcomers took to begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bothhalves.core.seating.rules import SeatRules

Seat = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Course:
    """One person's seat on both days. ``kind`` is vendor, product and seat type; reassignment stays within.

    ``held_before`` and ``held_after`` say whether rosters name it. Actions: the ``last_before`` the first
    day, the first and the last between the two days, and the first ever. ``known_from`` is the day from which
    all activity of the product is known, without a gap, to the second day; None: it is not.
    """

    person: str
    kind: Seat
    held_before: bool
    held_after: bool
    given: date | None = None
    known_from: date | None = None
    last_before: date | None = None
    first_between: date | None = None
    last_between: date | None = None
    first_ever: date | None = None


@dataclass(frozen=True, slots=True)
class Cohorts:
    """How many seats did what between two days.

    ``reactivated``: dormant on the first, active since. ``lapsed``: active on the first, dormant on the
    second. ``released`` and ``taken`` are seats given up and got, ``reassigned`` those given up by one person
    and taken by another, type by type. ``never_activated`` were held on both days and never used. ``began``
    are the days from getting a seat to the first action of everybody who got one between the two;
    ``waiting`` did not begin yet. ``unknown`` cannot be judged: their activity is not known throughout.
    """

    reactivated: int
    lapsed: int
    released: int
    taken: int
    reassigned: int
    never_activated: int
    began: tuple[int, ...]
    waiting: int
    unknown: int

    @property
    def median_days(self) -> Fraction | None:
        """Half of those who began had done so by then; None: nobody began."""
        days = sorted(self.began)
        middle = len(days) // 2
        return Fraction(days[middle] + days[-middle - 1], 2) if days else None


def cohorts(courses: Iterable[Course], before: date, after: date, rules: SeatRules) -> Cohorts:
    """What became of seats between the beginnings of the days ``before`` and ``after``."""
    found = list(courses)
    judged = [c for c in found if c.held_before and c.held_after and _is_known(c, before, rules)]
    unknown = [c for c in found if c.held_before and c.held_after and not _is_known(c, before, rules)]
    released = Counter(c.kind for c in found if c.held_before and not c.held_after)
    taken = Counter(c.kind for c in found if c.held_after and not c.held_before)
    newcomers = [c for c in found if c.held_after and _came(c, before, after) and _is_whole(c)]
    began = [(c.first_ever - c.given).days for c in newcomers if c.given and _begins(c, after)]  # type: ignore[operator]
    return Cohorts(
        reactivated=sum(_is_dormant(c, before, rules) and c.first_between is not None for c in judged),
        lapsed=sum(_lapsed(c, before, after, rules) for c in judged),
        released=released.total(),
        taken=taken.total(),
        reassigned=(released & taken).total(),
        never_activated=sum(_never(c) for c in judged),
        began=tuple(sorted(began)),
        waiting=sum(not _begins(c, after) for c in newcomers),
        unknown=len(unknown),
    )


def _is_known(course: Course, before: date, rules: SeatRules) -> bool:
    """True if it is certain whether the seat was dormant on the first day, and all that came after."""
    if course.known_from is None or course.known_from > before:
        return False
    seen = course.last_before is not None and (before - course.last_before).days < rules.dormant_days
    return seen or _is_whole(course) or (before - course.known_from).days >= rules.dormant_days


def _is_whole(course: Course) -> bool:
    return course.given is not None and course.known_from is not None and course.known_from <= course.given


def _is_dormant(course: Course, before: date, rules: SeatRules) -> bool:
    """Used once, and idle long enough on the first day."""
    last = course.last_before
    return last is not None and (before - last).days >= rules.dormant_days


def _lapsed(course: Course, before: date, after: date, rules: SeatRules) -> bool:
    last = course.last_before
    if last is None or (before - last).days >= rules.dormant_days:
        return False
    return (after - (course.last_between or last)).days >= rules.dormant_days


def _never(course: Course) -> bool:
    """No action ever, for as long as the seat is held."""
    return course.first_ever is None and _is_whole(course)


def _came(course: Course, before: date, after: date) -> bool:
    return course.given is not None and before <= course.given < after


def _begins(course: Course, after: date) -> bool:
    first = course.first_ever
    return first is not None and course.given is not None and course.given <= first < after
