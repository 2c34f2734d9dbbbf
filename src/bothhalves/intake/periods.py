"""The period or day that a whole file speaks for, where its rows do not say it.

What the user says (options ``period`` as ``2026-09-01/2026-10-01``, end excluded, and ``as_of``) goes before
the dates in the file name, whose last day is included.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from bothhalves.core.dates import Span, checked, instant
from bothhalves.core.explain import Where
from bothhalves.intake.base import Sink
from bothhalves.intake.source import Source

_DATE = re.compile(r"(?<!\d)(20\d\d-\d\d-\d\d)(?!\d)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DAY = timedelta(days=1)


def dates_in_name(source: Source) -> list[date]:
    """The dates in the file's own name, in the order in which they stand there."""
    found = []
    for text in _DATE.findall(_UUID.sub("", source.path.name)):
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            continue
    return found


def uuid_in_name(source: Source) -> str:
    """The first UUID in the file's own name, lower-case; empty if there is none."""
    match = _UUID.search(source.path.name)
    return match[0].lower() if match else ""


def period(source: Source, sink: Sink) -> Span | None:
    """The span of whole days that the file covers; None, with a problem, where nothing says it."""
    stated = source.options.get("period", "")
    if stated:
        return _dated(_stated(stated, source, sink), sink)
    days = dates_in_name(source)
    if 1 <= len(days) <= 2 and days[0] <= days[-1]:
        return _dated(Span.of_days(days[0], days[-1] + _DAY), sink)
    what = "nothing says which period this file covers, so its rows are not read."
    fix = "Keep the name it was downloaded with, or give --period 2026-09-01/2026-10-01."
    sink.problem("import.no-period", Where(source.name), what, fix)
    return None


def _dated(span: Span | None, sink: Sink) -> Span | None:
    """Notes that the rows are dated by what is said outside of them."""
    if span is not None:
        sink.dated = f"{span.start.isoformat()}/{span.until.isoformat()}"
    return span


def _stated(text: str, source: Source, sink: Sink) -> Span | None:
    start, _, until = text.partition("/")
    try:
        span = Span(instant(start), instant(until))
        if span.start < span.until:
            return span
    except ValueError:
        pass
    what = f"{text[:60]!r} is not a period, so the rows are not read."
    sink.problem(
        "import.no-period", Where(source.name), what, "Write it as 2026-09-01/2026-10-01, end excluded."
    )
    return None


def as_of(source: Source, sink: Sink) -> datetime | None:
    """The day that a snapshot speaks of: from its name, else as the user says, else the file's own time."""
    days = dates_in_name(source)
    stated = source.options.get("as_of", "")
    try:
        if days or stated:
            last = datetime(days[-1].year, days[-1].month, days[-1].day, tzinfo=UTC) if days else None
            sink.dated = (found := last or instant(stated)).isoformat()
            return found
        written = checked(datetime.fromtimestamp(source.path.stat().st_mtime, UTC))
    except (ValueError, OSError, OverflowError) as error:
        what = f"the day of this snapshot is not known ({error}), so its rows are not read."
        sink.problem("import.no-date", Where(source.name), what, "Give --as-of 2026-09-30.")
        return None
    day = written.replace(hour=0, minute=0, second=0, microsecond=0)
    what = f"nothing says the day of this snapshot; the file's own date, {day:%Y-%m-%d}, is used."
    fix = "Keep the name it was downloaded with, or give --as-of 2026-09-30."
    sink.problem("import.assumed-date", Where(source.name), what, fix, changes=False)
    return day


def dated_outside(source: Source) -> tuple[str, ...]:
    """How rows that say no time could be dated by the file's name or the user: as a snapshot, or a period."""
    said = []
    for read in (as_of, period):
        sink = Sink()
        read(source, sink)
        said.append(sink.dated)
    return tuple(dict.fromkeys(d for d in said if d))


def identity(source: Source, dated: str) -> str:
    """What tells an import from others: the file's content, and the day or period it was imported for where
    that is said outside of it. The same members a month later are new evidence."""
    return sha256(f"{source.sha256}@{dated}".encode()).hexdigest() if dated else source.sha256
