"""JSON documents of a source, and what a source looks like: damaged parts are problems, good parts go on.

There may be one document, several one after the other, or one per line. Numbers with a fraction or an
exponent stay :class:`~bothhalves.intake.fields.Digits`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bothhalves.core.explain import Where
from bothhalves.intake import tabular
from bothhalves.intake.base import Sink
from bothhalves.intake.fields import Digits
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
        what = "the JSON is nested deeper than any export is."
        where = Where(self.source.name, line)
        self.sink.problem("import.damaged", where, what, "Export or download it again.")


def _decoded(line: bytes) -> object:
    """The value of one line; what is wrong with it is wrong before its end, not on the next line."""
    return _DECODER.decode(line.rstrip(b"\r\n").decode("utf-8", "surrogateescape"))


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def has_columns(source: Source, names: Collection[str]) -> bool:
    """True if the source is a table with (at least) these columns, in whatever case it writes them."""
    return {name.lower() for name in tabular.header(source)}.issuperset(names)
