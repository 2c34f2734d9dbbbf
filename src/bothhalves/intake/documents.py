"""JSON documents and CSV rows of a source, as they come: damaged parts are problems, good parts go on.

JSON may be one document, several one after the other, or one per line. Numbers with a fraction or an
exponent stay :class:`~bothhalves.intake.fields.Digits`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bothhalves.core.explain import Where
from bothhalves.intake.base import Sink
from bothhalves.intake.fields import Digits, Fields
from bothhalves.intake.source import Source, Unreadable

_STRING = re.compile(rb'"((?:[^"\\\n]|\\.)*)"(\s*:)?')
_NEXT_DOCUMENT = re.compile(r"\n(?=[{\[])")
_BLANK = re.compile(r"\s*")
_LONGEST_INT = 40


@dataclass(frozen=True, slots=True)
class Outline:
    """What the head of a JSON source says: the names of its fields and its short text values."""

    names: frozenset[str]
    texts: frozenset[str]

    def has(self, *names: str) -> bool:
        return self.names.issuperset(names)


def outline(source: Source) -> Outline:
    """The outline of a source that begins like JSON; an empty one for any other."""
    return _outline(source.head)


@lru_cache(maxsize=4)
def _outline(head: bytes) -> Outline:
    names: set[str] = set()
    texts: set[str] = set()
    if head.lstrip()[:1] in (b"{", b"["):
        for match in _STRING.finditer(head):
            if len(match[1]) <= 80:
                (names if match[2] else texts).add(match[1].decode("utf-8", "replace"))
    return Outline(frozenset(names), frozenset(texts))


def _integer(text: str) -> int | Digits:
    return int(text) if len(text) <= _LONGEST_INT else Digits(text)


_DECODER = json.JSONDecoder(parse_float=Digits, parse_int=_integer, parse_constant=Digits)


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON value of a source, and the line on which it starts (1-based)."""

    value: object
    line: int


def documents(source: Source, sink: Sink) -> Iterator[Document]:
    """Every readable JSON value of ``source``, in order.

    A source of one value per line is read line by line. Where the first line is not a value, the whole is
    read at once; after a damaged value, reading goes on with the next line that starts one.
    """
    try:
        lines, first, offset = source.lines(), 0, 0
        for first, raw in enumerate(lines, 1):  # noqa: B007 - the first line that is not blank
            if raw.strip():
                break
            offset += len(raw)
        else:
            return
        text = raw.decode("utf-8", "surrogateescape")
        reading = _Reading(source, sink, first, offset)
        try:
            yield Document(_DECODER.decode(text), first)
        except json.JSONDecodeError:
            rest = b"".join(lines).decode("utf-8", "surrogateescape")
            yield from reading.whole(text + rest)
            return
        except RecursionError:
            reading.too_deep(first)
        reading.advance(raw)
        yield from reading.by_line(lines)
    except Unreadable as error:
        sink.problem("import.unreadable", Where(source.name), f"{error}.", "Export or download it again.")


@dataclass(slots=True)
class _Reading:
    """How far the reading of one JSON source has come: the next line (1-based) and byte."""

    source: Source
    sink: Sink
    line: int
    byte: int

    def advance(self, raw: bytes) -> None:
        self.line += raw.count(b"\n")
        self.byte += len(raw)

    def by_line(self, lines: Iterable[bytes]) -> Iterator[Document]:
        """One value per line."""
        for raw in lines:
            if raw.strip():
                try:
                    yield Document(_decoded(raw), self.line)
                except json.JSONDecodeError as error:
                    self.damaged(error)
                except RecursionError:
                    self.too_deep(self.line)
            self.advance(raw)

    def whole(self, text: str) -> Iterator[Document]:
        """The values in ``text`` one after the other; once one is damaged, one per line."""
        at = line_at = 0
        line = self.line
        while (at := _skip(text, at)) < len(text):
            line, line_at = line + text.count("\n", line_at, at), at
            try:
                value, at = _DECODER.raw_decode(text, at)
                yield Document(value, line)
                continue
            except json.JSONDecodeError as error:
                self.damaged(error)
            except RecursionError:
                self.too_deep(line)
            following = _NEXT_DOCUMENT.search(text, at + 1)
            at = following.end() if following else len(text)
            self.advance(text[:at].encode("utf-8", "surrogateescape"))
            yield from self.by_line(text[at:].encode("utf-8", "surrogateescape").splitlines(keepends=True))
            return

    def damaged(self, error: json.JSONDecodeError) -> None:
        line = self.line + error.lineno - 1
        byte = self.byte + len(error.doc[: error.pos].encode("utf-8", "surrogateescape"))
        cut = " It ends in the middle." if error.pos >= len(error.doc.rstrip()) else ""
        what = f"damaged JSON at byte {byte}, line {line}, column {error.colno}: {error.msg}.{cut}"
        where = Where(self.source.name, line, error.colno)
        self.sink.problem("import.damaged", where, what, "Export or download it again.")

    def too_deep(self, line: int) -> None:
        what = "JSON nested deeper than any export is."
        where = Where(self.source.name, line)
        self.sink.problem("import.damaged", where, what, "Export or download it again.")


def _decoded(line: bytes) -> object:
    """The value of one line; what is wrong with it is wrong before its end, not on the next line."""
    return _DECODER.decode(line.rstrip(b"\r\n").decode("utf-8", "surrogateescape"))


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def header(source: Source) -> tuple[str, ...]:
    """The column names of a CSV source, lower-case; empty if its first line is not CSV."""
    try:
        names = next(csv.reader([source.first_line], strict=True), [])
    except csv.Error:
        return ()
    return tuple(name.strip().lower() for name in names)


def rows(source: Source, sink: Sink) -> Iterator[Fields]:
    """The rows of a CSV source by lower-case column name. Damaged and ragged rows are problems."""
    try:
        with source.open() as stream:
            text = io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline="")
            yield from _rows(csv.reader(text, strict=True), source, sink)
    except Unreadable as error:
        sink.problem("import.unreadable", Where(source.name), f"{error}.", "Export or download it again.")


def _rows(reader: Iterator[list[str]], source: Source, sink: Sink) -> Iterator[Fields]:
    names = header(source)
    columns = {name: number for number, name in enumerate(names, 1)}
    twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
    if not names or twice:
        what = f"columns named twice: {twice}." if twice else "the first line is not a CSV header."
        sink.problem("import.bad-header", Where(source.name, 1), what, "Export it again.")
        return
    next(reader)
    for row, values in _numbered(reader, source, sink):
        where = Where(source.name, row)
        if len(values) != len(names):
            what = f"{len(values)} fields where the header has {len(names)}, so the row is not counted."
            sink.problem("import.ragged-row", where, what, "Export again, or quote fields that hold commas.")
            continue
        yield Fields(dict(zip(names, values, strict=True)), where, sink, "", columns, True)


def _numbered(reader: Iterator[list[str]], source: Source, sink: Sink) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each starts; blank lines are skipped."""
    while True:
        row = reader.line_num + 1  # type: ignore[attr-defined]
        try:
            values = next(reader, None)
        except csv.Error as error:
            what = f"damaged CSV ({error}), so what follows up to line {reader.line_num} is not counted."  # type: ignore[attr-defined]
            sink.problem("import.damaged", Where(source.name, row), what, "Export or download it again.")
            continue
        if values is None:
            return
        if values:
            yield row, values
