"""Calendar files as RFC 5545 asks for them, whatever names and reasons hold."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bothhalves.report.calendar import Day, calendar

MADE = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def day(name: str = "Last day for notice", why: str = "It renews.", slot: str = "c") -> Day:
    return Day(date(2027, 5, 1), name, why, slot)


def content(text: str) -> list[str]:
    """The content lines of a file, unfolded."""
    return re.sub("\r\n ", "", text).removesuffix("\r\n").split("\r\n")


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)


def test_a_day_is_a_whole_day_of_the_calendar() -> None:
    text = calendar([day()], MADE.astimezone(timezone(timedelta(hours=9))))
    assert content(text) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Both Halves//renewal//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "UID:" + content(text)[5].removeprefix("UID:"),
        "DTSTAMP:20261121T120000Z",
        "DTSTART;VALUE=DATE:20270501",
        "DTEND;VALUE=DATE:20270502",
        "SUMMARY:Last day for notice",
        "DESCRIPTION:It renews.",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_an_event_keeps_its_identity_when_its_day_moves() -> None:
    moved = Day(date(2027, 6, 1), day().name, "Another reason.", day().slot)
    uids = [content(calendar([d], MADE))[5] for d in (day(), moved, day(slot="other"))]
    assert uids[0] == uids[1] != uids[2]


def test_a_name_cannot_add_lines_of_its_own() -> None:
    hostile = "Acme\r\nEND:VEVENT\r\nBEGIN:VALARM;X=1,2\\n\x00\x1b[31m\u2028ATTENDEE:mailto:x@x.com"
    lines = content(calendar([day(hostile, hostile)], MADE))
    assert lines.count("END:VEVENT") == 1
    assert not any(line.startswith(("BEGIN:VALARM", "ATTENDEE")) for line in lines)
    assert any(line.startswith("SUMMARY:Acme\\nEND:VEVENT\\nBEGIN:VALARM\\;X=1\\,2\\\\n") for line in lines)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_comes_back_and_no_line_is_too_long(name: str, why: str) -> None:
    text = calendar([day(name, why)], MADE)
    raw = text.encode("utf-8")
    parts = raw.split(b"\r\n")
    assert max(map(len, parts)) <= 75
    assert all(part.decode("utf-8") or part == b"" for part in parts)  # no character is cut in two
    assert b"\n" not in b"".join(parts)
    told = next(line for line in content(text) if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    expected = name.replace("\r\n", "\n").replace("\r", "\n")
    kept = [(a, b) for a, b in zip(unescaped(told), expected, strict=True) if a != b]
    assert all(found in " ?" for found, _ in kept)
