"""Lines of a log that hold a needle, found without splitting the rest, and how far the reading got."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedIOBase

import msgspec

from bothhalves.intake.source import Unreadable

#: What decoding damaged or hostile JSON raises.
UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
BLOCK = 32 * 2**20
LONGEST = 64 * 2**20


class _Anything(msgspec.Struct):
    """Any JSON object: decoding into it only checks the syntax."""


_whole = msgspec.json.Decoder(_Anything)


class LineReader:
    """Reads a stream from its present place, which is ``offset`` bytes and ``lines`` line ends into the file.

    Afterwards ``offset`` and ``lines`` say how far whole lines reach. ``cut`` is the number of a last line
    that breaks off (``offset`` stays before it), 0 if there is none; ``too_long`` lists lines over
    ``LONGEST`` bytes, which are passed over; ``damage`` says why the bytes ended early, if they did;
    ``read`` counts bytes.
    """

    def __init__(self, stream: BufferedIOBase, offset: int = 0, lines: int = 0, block: int = BLOCK) -> None:
        self.offset, self.lines = offset, lines
        self.cut, self.too_long, self.read, self.damage = 0, list[int](), 0, ""
        self._stream, self._block = stream, block

    def containing(self, *needles: bytes) -> Iterator[tuple[int, memoryview]]:
        """Number and bytes of every whole line that holds one of the needles."""
        for data, end in self._pieces():
            view, find, start, number = memoryview(data), data.find, 0, self.lines
            while (stop := find(b"\n", start, end)) >= 0:
                number += 1
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

    def _pieces(self) -> Iterator[tuple[bytes, int]]:
        """Blocks and how many of their bytes are whole lines."""
        rest = b""
        while block := self._next_block():
            data = rest + block if rest else block
            end = data.rfind(b"\n") + 1
            if end:
                yield data, end
                rest = data[end:]
            elif len(data) > LONGEST:
                rest = self._pass_over(len(data))
            else:
                rest = data
        if not rest:
            return
        if not rest.strip() or _is_whole(rest):
            yield rest, len(rest)
        else:
            self.cut = self.lines + 1

    def _next_block(self) -> bytes:
        try:
            block = self._stream.read1(self._block)
        except (OSError, Unreadable) as error:
            self.damage = str(error)
            return b""
        self.read += len(block)
        return block

    def _pass_over(self, passed: int) -> bytes:
        """Skips to the next line end; the bytes after it."""
        self.too_long.append(self.lines + 1)
        while block := self._next_block():
            end = block.find(b"\n") + 1
            if end:
                self.lines, self.offset = self.lines + 1, self.offset + passed + end
                return block[end:]
            passed += len(block)
        return b""


def _is_whole(line: bytes) -> bool:
    try:
        _whole.decode(line)
    except UNREADABLE:
        return False
    return True
