"""How the rows of a history follow each other: numbers, months, days, or stretches of hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from bothhalves.core.dates import Month, checked

#: Kinds of periods. Instants are in seconds, days and months counted from the beginning of the calendar.
NUMBER, MONTH, DAY, INSTANT = "number", "month", "day", "time"
_DAY = 86_400
_UNITS = ((_DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: A decision needs two months, and a term one more.
_MONTHS = 3


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a period stands among others of its kind; ``written`` as the file has it."""

    kind: str
    number: int
    written: str = field(compare=False)

    @property
    def start(self) -> datetime:
        """When a day or an instant begins."""
        return _EPOCH + timedelta(seconds=self.number)

    @property
    def day(self) -> date | None:
        """The day (UTC) of a day or an instant."""
        return self.start.date() if self.kind in (DAY, INSTANT) else None

    def as_month(self) -> Place:
        return Place(MONTH, _ordinal(Month.of(self.start.date())), self.written)


def place(text: str) -> Place:
    """A period: a whole number, a month, a day, or a time, which is UTC where it names no zone.

    Raises ``ValueError`` for anything else, and for years outside 2000 to 2100.
    """
    if text.isascii() and text.isdigit() and len(text) < 6:
        return Place(NUMBER, int(text), text)
    if len(text) == 7:
        return Place(MONTH, _ordinal(Month.parse(text)), text)
    try:
        moment = datetime.fromisoformat(text)
        aware = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        seconds = int((checked(aware) - _EPOCH).total_seconds())
    except (ValueError, OverflowError) as error:
        raise ValueError(f"not a period such as 2026-10, 2026-10-31 or 7: {text[:25]!r}") from error
    return Place(DAY if seconds % _DAY == 0 else INSTANT, seconds, text)


def _ordinal(month: Month) -> int:
    return month.year * 12 + month.number - 1


def month_of(number: int) -> Month:
    """The month of a number that :func:`place` gave it."""
    return Month(number // 12, number % 12 + 1)


def alike(places: Sequence[Place]) -> list[Place]:
    """Periods as one kind, where they can be: days of which each begins, or each ends, its month are months,
    and days among times are their midnights."""
    kinds = {p.kind for p in places}
    if kinds == {DAY, INSTANT}:
        return [Place(INSTANT, p.number, p.written) for p in places]
    if kinds == {DAY}:
        days = [p.start.date() for p in places]
        ends = [day + timedelta(days=1) for day in days]
        if all(d.day == 1 for d in days) or all(d.day == 1 for d in ends):
            return [p.as_month() for p in places]
    return list(places)


def step_of(ordered: Sequence[Place]) -> int:
    """How far a period is from the next one: the least that any is from its neighbour."""
    if ordered[0].kind in (NUMBER, MONTH):
        return 1
    return min((b.number - a.number for a, b in pairwise(ordered)), default=_DAY)


def gaps(ordered: Sequence[Place]) -> Iterator[Place]:
    """The periods before which others are missing."""
    step = step_of(ordered)
    yield from (after for before, after in pairwise(ordered) if after.number != before.number + step)


def by_month(amounts: Mapping[Place, int]) -> dict[Place, int] | None:
    """Days or hours in a row added up to the calendar months that they tell whole; None where those are fewer
    than three, or periods are no parts of days."""
    ordered = sorted(amounts)
    step = step_of(ordered)
    if ordered[0].kind not in (DAY, INSTANT) or _DAY % step or ordered[0].number % step:
        return None
    first, after = ordered[0].start, ordered[-1].start + timedelta(seconds=step)
    sums: dict[Month, int] = defaultdict(int)
    for own in ordered:
        sums[Month.of(own.start.date())] += amounts[own]
    whole = [m for m in sums if first <= _midnight(m) and _midnight(m.next) <= after]
    return {Place(MONTH, _ordinal(m), str(m)): sums[m] for m in whole} if len(whole) >= _MONTHS else None


def _midnight(month: Month) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=UTC)


def said_of(ordered: Sequence[Place], *, added: bool) -> str:
    """How rows that are no months are read, in a sentence; nothing of numbers and months."""
    if ordered[0].kind in (NUMBER, MONTH):
        return ""
    seconds = step_of(ordered)
    size, word = next((size, word) for size, word in _UNITS if seconds % size == 0)
    rows = f"Rows of {seconds // size} {word}{'s' * (seconds > size)}"
    if added:
        return f"{rows} are added up to calendar months; months that they do not tell whole are left out."
    return f"{rows} each stand for a month: terms and decisions count rows."
