"""Delimited text of which every line is a row, so that an engine reads it as the reader of lines does.

What is not so plain (a quote that is not closed on its line, a blank line, text that is not UTF-8, a row with
fewer cells than the header, or more unless those are empty) is left to that reader, which answers row by row.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, NamedTuple

from bothhalves.core.explain import Where
from bothhalves.intake.source import HEAD_BYTES, Source
from bothhalves.intake.tabular import columnar, delimited
from bothhalves.intake.tabular.lines import Lines
from bothhalves.intake.tabular.rows import MAX_ROW_BYTES, Row

#: Text that is no longer than this is read as quickly row by row.
FEW_BYTES = HEAD_BYTES - 1
_BLOCK = 8 * 2**20
_BLANK = re.compile(rb"\n\r?\n|\A\r?\n")


class _Seen(NamedTuple):
    """How many lines there are, and whether any has quotes."""

    lines: int
    quotes: bool


@contextmanager
def as_columns(source: Source) -> Iterator[Source | None]:
    """The rows in a Parquet file that lasts as the context does; None where they are to be read one by one.

    Every column is text. Raises ``Unreadable`` as the source does.
    """
    if len(source.head) <= FEW_BYTES:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="bothhalves-") as folder:
        target = Path(folder) / "rows.parquet"
        yield Source(target, source.name) if _written(source, Path(folder), target) else None


def _written(source: Source, folder: Path, target: Path) -> bool:
    with source.open() as stream:
        names, delimiter = delimited.columns_of(Lines(stream))
    first = source.head.split(b"\n", 1)[0]
    plain = len(names) > 1 and "" not in names and len(set(names)) == len(names)
    if not plain or first.lower().startswith(b"sep="):
        return False
    bare = None if source.is_bare else folder / "rows.txt"
    with source.open() as stream:
        seen = _looked_through(stream, delimiter.encode(), bare)
    if seen is None:
        return False
    lines = columnar.Delimited(names, delimiter, '"' if seen.quotes else "")
    return columnar.copied(bare or source.path, target, lines) == seen.lines - 1


def _looked_through(stream: IO[bytes], delimiter: bytes, copy: Path | None) -> _Seen | None:
    """None where a line is not a row. Every byte is kept in ``copy``, if that is asked for."""
    cell = rb'(?:"(?:[^"]|"")*"|[^"%b\r]*)' % delimiter
    row = re.compile(rb"%b(?:%b%b)*\r?" % (cell, delimiter, cell))
    quotes, returns, lines = False, set[bool](), 0
    with copy.open("wb") if copy else nullcontext() as kept:
        for block in _blocks(stream):
            if kept:
                kept.write(block)
            has_quotes = b'"' in block
            if not _is_plain(block, returns) or (has_quotes and not _all_rows(block, row)):
                return None
            quotes |= has_quotes
            lines += block.count(b"\n") + (not block.endswith(b"\n"))
    return _Seen(lines, quotes)


def _is_plain(block: bytes, returns: set[bool]) -> bool:
    """True if no line is blank, all end alike and are text. ``returns`` has how the lines before ended."""
    if b"\0" in block or _BLANK.search(block):
        return False
    if b"\n" in block or b"\r" in block:
        returns.add(b"\r" in block)
    if b"\r" in block and not block.count(b"\r\n") == block.count(b"\n") == block.count(b"\r"):
        return False
    try:
        return len(returns) < 2 and (block.isascii() or bool(block.decode("utf-8")))
    except UnicodeDecodeError:
        return False


def _all_rows(block: bytes, row: re.Pattern[bytes]) -> bool:
    """True if on every line with quotes each of them begins or ends a cell, or is doubled within one."""
    return all(row.fullmatch(line) for line in block.split(b"\n") if b'"' in line)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, as many as there are in so many bytes."""
    while block := stream.read(_BLOCK):
        yield block + stream.readline(MAX_ROW_BYTES)


def picked(source: Source, numbers: Sequence[int]) -> Iterator[Row]:
    """The rows of these numbers, in rising order, of a file that :func:`as_columns` has taken."""
    wanted = iter(numbers)
    number = next(wanted, 0)
    with source.open() as stream:
        names, delimiter = delimited.columns_of(Lines(stream))
        for place, raw in enumerate(stream, 1):
            if not number:
                return
            if place == number:
                cells = next(csv.reader([raw.decode("utf-8")], delimiter=delimiter, strict=True))
                yield delimited.row_of(number, Where(source.name, number + 1), names, cells)
                number = next(wanted, 0)
