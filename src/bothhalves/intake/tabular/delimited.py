"""Comma, semicolon or tab separated text.

Lenient where no meaning is at stake (the separator, a byte order mark, whole lines wrapped in quotes, empty
cells at the end of a row) and strict where a value could move into another column. A quote that is never
closed costs one row, not the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from bothhalves.core.explain import Where
from bothhalves.intake.source import Source
from bothhalves.intake.tabular.lines import NOT_UTF8, Line, Lines
from bothhalves.intake.tabular.rows import MAX_ROW_BYTES, Row, bad_file, bad_row

MAX_RECORD_LINES = 10_000
_SEPARATORS = ",;\t"
_REPAIR = "Export the row again, or mend it in a text editor."

# The module's own limit of 128 kB is process-wide and smaller than a logged prompt.
csv.field_size_limit(MAX_ROW_BYTES)


class _Runaway(Exception):
    """A quoted field that goes on for longer than any record."""


class _Record(Iterator[str]):
    """Feeds lines to the CSV parser and remembers which ones the current record took."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.taken: list[Line] = []
        self._size = 0

    def begin(self) -> None:
        self.taken = []
        self._size = 0

    def __next__(self) -> str:
        line = next(self.lines)
        self.taken.append(line)
        self._size += len(line.text)
        if len(self.taken) > MAX_RECORD_LINES or self._size > MAX_ROW_BYTES:
            raise _Runaway
        return line.text

    def fault(self) -> str:
        return next((line.fault for line in self.taken if line.fault), "")


def separator(first_line: str) -> str:
    """The separator of a table with this header line; a comma where nothing tells."""
    bare = "".join(first_line.split('"')[::2])
    best = max(_SEPARATORS, key=bare.count)
    return best if best in bare else max(_SEPARATORS, key=first_line.count)


def records(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """First line number, cells and fault of every record; blank lines are left out."""
    feed = _Record(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        try:
            cells = next(reader, None)
        except (csv.Error, _Runaway):
            yield feed.taken[0].number, [], feed.taken[0].fault or "a quote is opened and not closed properly"
            lines.give_back(feed.taken[1:])
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            continue
        if cells is None:
            return
        fault = feed.fault()
        if cells or fault:
            yield feed.taken[0].number, cells, fault


def _unwrapped(cells: list[str], delimiter: str) -> list[str]:
    """The cells of a line that was quoted as a whole; other rows as they are."""
    if len(cells) != 1 or delimiter not in cells[0]:
        return cells
    try:
        return next(csv.reader(cells, delimiter=delimiter, strict=True), cells)
    except csv.Error:
        return cells


def _clean_header(cells: list[str]) -> list[str]:
    names = [name.strip().lstrip("\ufeff").strip() for name in cells]
    while names and not names[-1]:
        names.pop()
    return names


def columns_of(lines: Lines) -> tuple[list[str], str]:
    """Column names and separator, off the first lines; no names if the file has no header."""
    first = next(lines, None)
    if first is None or first.fault:
        return [], ","
    hint = first.text.strip().lower()
    if hint.startswith("sep=") and len(hint) == 5:
        return _clean_header(next(records(lines, hint[4]), (0, [], ""))[1]), hint[4]
    delimiter = separator(first.text)
    lines.give_back([first])
    _, cells, _ = next(records(lines, delimiter), (0, [], ""))
    return _clean_header(_unwrapped(cells, delimiter)), delimiter


def header(source: Source) -> tuple[str, ...]:
    """The column names; empty if there are none to read. Raises ``Unreadable`` as the source does."""
    with source.open() as stream:
        return tuple(columns_of(Lines(stream))[0])


def rows(source: Source) -> Iterator[Row]:
    """The data rows. Raises ``Unreadable`` where the file cannot be read on."""
    with source.open() as stream:
        lines = Lines(stream)
        names, delimiter = columns_of(lines)
        if not names:
            yield bad_file(
                source.name,
                "import.no-header",
                "the file has no header line.",
                "Export it with column names.",
            )
            return
        if twice := sorted({n for n in names if n and names.count(n) > 1}):
            what = f"the header names a column twice: {', '.join(twice)[:80]}."
            yield bad_file(source.name, "import.duplicate-column", what, "Keep one; only the first is read.")
            names = ["" if name in names[:i] else name for i, name in enumerate(names)]
        for number, (line, cells, fault) in enumerate(records(lines, delimiter), 1):
            yield row_of(number, Where(source.name, line), names, _unwrapped(cells, delimiter), fault)


def row_of(number: int, where: Where, names: list[str], cells: list[str], fault: str = "") -> Row:
    """A row of the cells of one record; more cells than names are cut off where they are empty."""
    if fault:
        fix = "Save the file as UTF-8." if fault == NOT_UTF8 else _REPAIR
        return bad_row(number, where, "import.damaged", f"{fault}.", fix)
    if len(cells) != len(names):
        if len(cells) < len(names) or any(cells[len(names) :]):
            what = f"the row has {len(cells)} cells where the header has {len(names)}."
            return bad_row(number, where, "import.ragged-row", what, _REPAIR)
        cells = cells[: len(names)]
    return Row(number, where, dict(zip(names, cells, strict=True)))
