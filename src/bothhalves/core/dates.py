"""Instants in UTC, half-open spans, calendar months, and "in force on a day"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_OLDEST, _NEWEST = 2000, 2100


def instant(text: str) -> datetime:
    """The UTC instant written as ISO 8601 with a zone (``Z`` or an offset) or as a bare date (UTC midnight).

    Raises ``ValueError`` for other text, for a time without a zone, and for years outside 2000 to 2100.
    """
    stripped = text.strip()
    bare_date = len(stripped) == 10
    moment = datetime.fromisoformat(stripped)
    if moment.tzinfo is None:
        if not bare_date:
            raise ValueError(f"a time needs a zone, such as Z: {stripped[:40]!r}")
        moment = moment.replace(tzinfo=UTC)
    try:
        return checked(moment.astimezone(UTC))
    except OverflowError as error:  # the first and the last day of the calendar, moved by their offset
        raise ValueError(f"not a time of this century: {stripped[:40]!r}") from error


def from_unix(seconds: int) -> datetime:
    """The UTC instant of ``seconds`` since 1970; ``ValueError`` outside 2000 to 2100."""
    try:
        return checked(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError) as error:
        raise ValueError(f"not a Unix time of this century: {seconds}") from error


def checked(moment: datetime) -> datetime:
    if not _OLDEST <= moment.year <= _NEWEST:
        raise ValueError(f"a year outside {_OLDEST} to {_NEWEST}: {moment.year}")
    return moment


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @staticmethod
    def parse(text: str) -> Month:
        match = _MONTH.fullmatch(text)
        if match is None or not _OLDEST <= int(match[1]) <= _NEWEST:
            raise ValueError(f"not a month such as 2026-10: {text[:20]!r}")
        return Month(int(match[1]), int(match[2]))

    @staticmethod
    def of(day: date) -> Month:
        return Month(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def days(self) -> int:
        return (self.next.first - self.first).days

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def months(first: Month, last: Month) -> Iterator[Month]:
    """The months from ``first`` to ``last``, both included."""
    while first <= last:
        yield first
        first = first.next


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open span of instants ``[start, until)``."""

    start: datetime
    until: datetime

    @staticmethod
    def of_days(first: date, after_last: date, zone: tzinfo = UTC) -> Span:
        """The span of whole days ``[first, after_last)`` in ``zone``."""
        midnight = datetime.min.time()
        return Span(
            datetime.combine(first, midnight, zone).astimezone(UTC),
            datetime.combine(after_last, midnight, zone).astimezone(UTC),
        )

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.until

    @property
    def length(self) -> timedelta:
        return self.until - self.start


def in_force(day: date, start: date, until: date | None) -> bool:
    """True if a fact that holds on ``[start, until)`` holds on ``day``: the first day is included."""
    return start <= day and (until is None or day < until)
