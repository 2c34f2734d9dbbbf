"""Physical lines of hostile text: bounded in length, numbered, and able to be given back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import IO, NamedTuple

from bothhalves.intake.tabular.rows import MAX_ROW_BYTES


class Line(NamedTuple):
    """A line with its end. ``fault`` says why its record cannot be used."""

    number: int
    text: str
    fault: str = ""


TOO_LONG = "the line is longer than 8 MB"
NOT_UTF8 = "the line is not UTF-8 text"
NUL = "the line contains NUL bytes"


class Lines(Iterator[Line]):
    """The lines of a byte stream. Raises :class:`~bothhalves.intake.source.Unreadable` as the stream does."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._number = 0
        self._returned: deque[Line] = deque()

    def __next__(self) -> Line:
        if self._returned:
            return self._returned.popleft()
        raw = self._stream.readline(MAX_ROW_BYTES + 1)
        if not raw:
            raise StopIteration
        self._number += 1
        if len(raw) > MAX_ROW_BYTES and not raw.endswith(b"\n"):
            self._skip_rest()
            return Line(self._number, "", TOO_LONG)
        try:
            return Line(self._number, raw.decode("utf-8"), NUL if b"\0" in raw else "")
        except UnicodeDecodeError:
            # The replaced text keeps the quotes in step, so that only this record is lost.
            return Line(self._number, raw.decode("utf-8", "replace"), NOT_UTF8)

    def give_back(self, lines: list[Line]) -> None:
        """Puts ``lines`` in front of what is still to come."""
        self._returned.extendleft(reversed(lines))

    def _skip_rest(self) -> None:
        while (part := self._stream.readline(1 << 20)) and not part.endswith(b"\n"):
            pass
