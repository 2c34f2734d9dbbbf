"""Local time in SQL, by the same rules of time zones as in Python.

The engine has zone data of its own, of another release than the system's: the two disagree wherever a
country has changed its clocks lately. A day must mean the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY, _SECOND, _LONGEST_MONTH = timedelta(days=1), timedelta(seconds=1), timedelta(days=31)
#: Outside these months the nearest offset within them holds.
_OLDEST, _NEWEST = "1970-01", "2110-12"
Step = tuple[datetime, int]


def local_time(column: str, zone: str, months: Iterable[str]) -> str:
    """SQL for the local time in ``zone`` of a UTC time in one of ``months``.

    Raises ``ValueError`` for a zone that does not exist.
    """
    ends = sorted(months)
    if zone == "UTC" or not ends:
        return column
    return f"{column} + to_seconds({_offset(column, _steps(zone, ends[0], ends[-1]))})"


def _offset(column: str, steps: tuple[Step, ...]) -> str:
    if len(steps) == 1:
        return str(steps[0][1])
    middle = len(steps) // 2
    since = steps[middle][0].replace(tzinfo=None).isoformat(" ")
    before, after = _offset(column, steps[:middle]), _offset(column, steps[middle:])
    return f"case when {column} < timestamp '{since}' then {before} else {after} end"


@lru_cache(64)
def _steps(zone: str, first: str, last: str) -> tuple[Step, ...]:
    """The offsets from UTC in seconds, each with the moment since which it holds."""
    try:
        clock = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {zone!r}") from error
    start = datetime.fromisoformat(f"{max(first, _OLDEST)}-01T00:00:00Z")
    until = datetime.fromisoformat(f"{min(last, _NEWEST)}-01T00:00:00Z") + _LONGEST_MONTH
    return (start, _seconds(clock, start)), *_changes(clock, start, until)


def _changes(clock: ZoneInfo, start: datetime, until: datetime) -> Iterator[Step]:
    while start < until:
        end = start + _DAY
        if _seconds(clock, end) != _seconds(clock, start):
            yield _change(clock, start, end)
        start = end


def _change(clock: ZoneInfo, low: datetime, high: datetime) -> Step:
    """The moment between ``low`` and ``high`` since which the offset is that of ``high``."""
    after = _seconds(clock, high)
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        if _seconds(clock, middle) == after:
            high = middle
        else:
            low = middle
    return high, after


def _seconds(clock: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(clock).utcoffset()
    return 0 if offset is None else offset // _SECOND
