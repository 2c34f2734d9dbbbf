"""Rows of CSV, JSON, XLSX and Parquet files in one shape, with every fault as a problem in its place.

Two modules here wrap a third-party file reader: ``columnar`` DuckDB (which ``store`` owns as an engine) and
``workbook`` openpyxl; both import it only when such a file is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from bothhalves.intake.base import Sink
from bothhalves.intake.fields import Digits, Fields
from bothhalves.intake.source import Source, Unreadable
from bothhalves.intake.tabular import columnar, delimited, documents, whole_lines, workbook
from bothhalves.intake.tabular.rows import Row, bad_file, shown, text

_ROWS: dict[str, Callable[[Source], Iterator[Row]]] = {
    "csv": delimited.rows,
    "json": documents.rows,
    "parquet": columnar.rows,
    "xlsx": workbook.rows,
}
_HEADER: dict[str, Callable[[Source], tuple[str, ...]]] = {
    "csv": delimited.header,
    "json": documents.header,
    "parquet": columnar.header,
}
#: First bytes of what is no table at all, with what to say about it.
_REFUSED = (
    (b"\xff\xfe", "the file is UTF-16 text.", "Save it as UTF-8."),
    (b"\xfe\xff", "the file is UTF-16 text.", "Save it as UTF-8."),
    (b"\x1f\x8b", "the file is compressed twice.", "Unpack it once."),
    (b"\x28\xb5\x2f\xfd", "the file is compressed twice.", "Unpack it once."),
    (b"\xd0\xcf\x11\xe0", "the file is an old binary workbook (XLS).", "Save it as XLSX or CSV."),
    (b"%PDF", "the file is a PDF.", "Export the table as CSV."),
    (b"SQLite format 3", "the file is a database.", "Export the table as CSV."),
)
_WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<script", b"<!--")


def kind(source: Source) -> str:
    """``csv``, ``json``, ``parquet``, ``xlsx``, or an empty string for what is no table."""
    head = source.head
    if not head or _refusal(head):
        return ""
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"PK\x03\x04":
        return "xlsx"
    return "json" if head.lstrip()[:1] in (b"{", b"[") else "csv"


def _refusal(head: bytes) -> tuple[str, str] | None:
    for magic, what, fix in _REFUSED:
        if head.startswith(magic):
            return what, fix
    if head.lstrip()[:20].lower().startswith(_WEB_PAGE):
        return "the file is a web page.", "Sign in, and download the export itself."
    if head.lstrip().startswith(b"<?xml"):
        return "the file is XML.", "Export the table as CSV."
    if head[:4] not in (b"PAR1", b"PK\x03\x04") and head[:4096].count(0) > len(head[:4096]) // 8:
        return "the file is not text (many NUL bytes).", "Save it as UTF-8 text."
    return None


def header(source: Source) -> tuple[str, ...]:
    """The column names, or the names in the first JSON object; empty where nothing can be read."""
    found = kind(source)
    try:
        if found == "xlsx":
            stamp = source.path.stat()
            sheet = source.options.get("sheet", "")
            return _workbook_header(source.path, stamp.st_mtime_ns, stamp.st_size, sheet)
        return _HEADER[found](source) if found else ()
    except Unreadable:
        return ()


@lru_cache(8)
def _workbook_header(path: Path, written: int, size: int, sheet: str) -> tuple[str, ...]:
    """Every format asks for the header of the same file, and a workbook is slow to open."""
    return workbook.header(Source(path, path.name, {"sheet": sheet}))


def _told(name: str, found: Iterator[Row]) -> Iterator[Row]:
    """``found``, and a note if that is nothing."""
    row = None
    for row in found:
        yield row
    if row is None:
        yield bad_file(name, "import.no-rows", "the file has no rows.", "Check the export.", changes=False)


def rows(source: Source) -> Iterator[Row]:
    """Every data row in its order, good or bad. Never raises: a fault of the file is a row numbered 0."""
    try:
        with source.open() as stream:
            head = stream.read(4096)
        refusal = _refusal(head)
        if refusal:
            yield bad_file(source.name, "import.not-a-table", *refusal)
        elif not head.strip():
            yield bad_file(source.name, "import.empty", "the file is empty.", "Export it again.")
        else:
            yield from _told(source.name, _ROWS[kind(source)](source))
    except Unreadable as error:
        yield bad_file(source.name, "import.unreadable", f"{error}.", "Export the file again.")


@contextmanager
def as_columns(source: Source) -> Iterator[Source | None]:
    """A Parquet file with the rows of the source, in their order, while the context lasts: itself, or one
    made of delimited text. None where the rows are to be read one by one. Raises ``Unreadable``."""
    if kind(source) == "csv":
        with whole_lines.as_columns(source) as table:
            yield table
    else:
        yield source if kind(source) == "parquet" else None


def picked(source: Source, numbers: Sequence[int]) -> Iterator[Row]:
    """The rows that have these numbers, in rising order, and what :func:`rows` says of the file itself, of
    which :func:`as_columns` knew the columns."""
    some = columnar.rows if kind(source) == "parquet" else whole_lines.picked
    try:
        yield from _told(source.name, some(source, numbers))
    except Unreadable as error:
        yield bad_file(source.name, "import.unreadable", f"{error}.", "Export the file again.")


def fields(source: Source, sink: Sink) -> Iterator[Fields]:
    """The good rows with typed access by lower-case column name; what is wrong goes to ``sink``."""
    columns: dict[str, int] = {}
    for row in rows(source):
        if row.problem:
            sink.problems.append(row.problem)
            continue
        if not columns and kind(source) != "json":
            columns = {name.lower(): number for number, name in enumerate(row.cells, 1)}
        # A name that a file writes as a number is a name all the same.
        values = {n.lower(): str(cell) if isinstance(cell, Digits) else cell for n, cell in row.cells.items()}
        yield Fields(values, row.where, sink, columns=columns, from_text=True)


__all__ = ["Row", "as_columns", "fields", "header", "kind", "picked", "rows", "shown", "text"]
