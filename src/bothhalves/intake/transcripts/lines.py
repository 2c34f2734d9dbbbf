"""Lines of a log that hold a needle, found without splitting the rest, and how far the reading got."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedIOBase

import msgspec

from bothhalves.intake.source import Unreadable

#: What decoding damaged or hostile JSON raises.
UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
#: What is read at once: it stays in the processor's cache while it is searched.
BLOCK = 2**20
LONGEST = 64 * 2**20
#: Below this many bytes, searching a line is as quick as looking whether it needs to be searched.
_LONG = 2048


class _Anything(msgspec.Struct):
    """Any JSON object: decoding into it only checks the syntax."""


_whole = msgspec.json.Decoder(_Anything)


class LineReader:
    """Reads a stream from its present place, which is ``offset`` bytes and ``lines`` line ends into the file.

    Afterwards ``offset`` and ``lines`` say how far whole lines reach. ``cut`` is the number of a last line
    that breaks off (``offset`` stays before it), 0 if there is none; ``too_long`` lists lines over
    ``LONGEST`` bytes, which are passed over; ``damage`` says why the bytes ended early, if they did;
    ``read`` counts bytes. ``buffer`` is used for reading, so that many files need only one.
    """

    def __init__(
        self, stream: BufferedIOBase, offset: int = 0, lines: int = 0, buffer: bytearray | None = None
    ) -> None:
        self.offset, self.lines = offset, lines
        self.cut, self.too_long, self.read, self.damage = 0, list[int](), 0, ""
        self._stream, self._buffer = stream, bytearray(BLOCK) if buffer is None else buffer

    def containing(self, *needles: bytes, other: bytes = b"") -> Iterator[tuple[int, memoryview]]:
        """Number and bytes of every whole line that holds one of the needles.

        The bytes stand only until the next line is asked for. ``other`` is a member, such as
        ``"type":"user"``: a long line whose first level has it early on is left out unsearched.
        """
        for data, end in self._pieces():
            view, find, start, number = memoryview(data), data.find, 0, self.lines
            while (stop := find(b"\n", start, end)) >= 0:
                number += 1
                if not (other and stop - start > _LONG and _is_other(data, other, start)):
                    for needle in needles:
                        if find(needle, start, stop) >= 0:
                            yield number, view[start:stop]
                            break
                start = stop + 1
            self.lines, self.offset = number, self.offset + start
            if start < end:  # a last line without its end, found whole
                self.offset += end - start
                if any(find(needle, start, end) >= 0 for needle in needles):
                    yield number + 1, view[start:end]

    def _pieces(self) -> Iterator[tuple[bytearray, int]]:
        """The buffer, filled again and again, and how many of its bytes are whole lines."""
        held = 0
        while more := self._fill(held):
            held += more
            end = self._buffer.rfind(b"\n", held - more, held) + 1
            if end:
                yield self._buffer, end
                self._buffer[: held - end] = self._buffer[end:held]
                held -= end
            elif held > LONGEST:
                held = self._pass_over(held)
            elif held == len(self._buffer):
                self._buffer = self._buffer + bytes(held)
        rest = self._buffer[:held]
        if not rest:
            return
        if not rest.strip() or _is_whole(rest):
            yield rest, len(rest)
        else:
            self.cut = self.lines + 1

    def _fill(self, held: int) -> int:
        """Reads into the buffer behind its first ``held`` bytes; how many bytes, 0 at the end."""
        try:
            read = self._stream.readinto1(memoryview(self._buffer)[held:])
        except (OSError, Unreadable) as error:
            self.damage = str(error)
            return 0
        self.read += read
        return read

    def _pass_over(self, passed: int) -> int:
        """Skips to the next line end; how many bytes after it are in the buffer."""
        self.too_long.append(self.lines + 1)
        while more := self._fill(0):
            end = self._buffer.find(b"\n", 0, more) + 1
            if end:
                self.lines, self.offset = self.lines + 1, self.offset + passed + end
                self._buffer[: more - end] = self._buffer[end:more]
                return more - end
            passed += more
        return 0


def _is_other(data: bytearray, member: bytes, start: int) -> bool:
    """True if ``member`` is one of the first of the line's own.

    Inside a text its quotes were escaped, and before it no other object begins.
    """
    place = data.find(member, start, start + _LONG)
    return place > 0 and data.find(b"{", start + 1, place) < 0


def _is_whole(line: bytearray) -> bool:
    try:
        _whole.decode(line)
    except UNREADABLE:
        return False
    return True
