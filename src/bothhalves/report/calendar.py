"""Days as a calendar file (RFC 5545) that mail programs import: whole days, each with a name and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

_LONGEST = 75  # octets of a line, without its end


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day. ``slot`` tells it from others that have the same name: a contract's id, a seat type."""

    on: date
    name: str
    why: str
    slot: str


def calendar(days: Iterable[Day], made: datetime) -> str:
    """The days as text with the line ends that the standard asks for. ``made`` is when it was written.

    A day keeps its identity as long as its name and slot do, so that importing again moves it.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Both Halves//renewal//EN", "CALSCALE:GREGORIAN"]
    stamp = f"{made.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for day in days:
        lines += _event(day, stamp)
    folded = (part for line in [*lines, "END:VCALENDAR"] for part in _folded(line))
    return "".join(f"{part}\r\n" for part in folded)


def _event(day: Day, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_identity(day)}@bothhalves"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(day.name)}"
    yield f"DESCRIPTION:{_text(day.why)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _identity(day: Day) -> str:
    return sha256(f"{day.slot}|{day.name}".encode("utf-8", "replace")).hexdigest()[:32]


def _text(value: str) -> str:
    """A value as the standard writes text: controls become spaces, four characters are escaped."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(c if c == "\n" or (c.isprintable() or ord(c) > 0x9F) else " " for c in lines)
    for before, after in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(before, after)
    return plain.encode("utf-8", "replace").decode("utf-8")


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, those after the first beginning with a space; no character is
    cut in two."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LONGEST:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part
