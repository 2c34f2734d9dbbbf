"""XLSX rows: values only, of one sheet. Formulas are never worked out and outside links never followed.

A workbook is a ZIP file, so its unpacked size is checked before anything is unpacked.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from bothhalves.core.explain import Where
from bothhalves.intake.fields import Digits
from bothhalves.intake.source import FREE_BYTES, MAX_RATIO, Source, Unreadable
from bothhalves.intake.tabular.rows import Row, bad_file, bad_row

MAX_COLUMNS = 1000
MAX_UNPACKED = 512 * 2**20


def _check_size(source: Source) -> None:
    try:
        with zipfile.ZipFile(source.path) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("not a readable XLSX workbook") from error
    if unpacked > min(MAX_UNPACKED, FREE_BYTES + MAX_RATIO * source.path.stat().st_size):
        raise Unreadable("the workbook unpacks to far more than its size: refused as a decompression bomb")


@contextmanager
def _sheet(source: Source, *, values: bool) -> Iterator[Any]:
    """The sheet to read: the one that the option ``sheet`` names, else the first."""
    from openpyxl import load_workbook

    book = load_workbook(source.path, read_only=True, data_only=values, keep_links=False)
    try:
        wanted = source.options.get("sheet") or book.worksheets[0].title
        if wanted not in book.sheetnames:
            raise Unreadable(
                f"the workbook has no sheet {wanted!r}; it has {', '.join(book.sheetnames)[:80]}"
            )
        sheet = book[wanted]
        sheet.reset_dimensions()  # what the file claims about its size is not believed
        yield sheet
    finally:
        book.close()


@contextmanager
def _damage() -> Iterator[None]:
    """Whatever the XML of a damaged workbook makes the reader raise means that it is unreadable."""
    try:
        yield
    except (Unreadable, GeneratorExit):
        raise
    except Exception as error:
        raise Unreadable(f"not a readable XLSX workbook ({type(error).__name__})") from error


def _text(value: object) -> object:
    """A cell value as text; a moment as ISO 8601 without a zone, because a workbook knows none."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return Digits(value)


def _names(first: tuple[Any, ...]) -> list[str]:
    names = [str(_text(cell.value) or "").strip() for cell in first]
    while names and not names[-1]:
        names.pop()
    return names


def header(source: Source) -> tuple[str, ...]:
    """The names in the first row of the sheet. Raises ``Unreadable``."""
    _check_size(source)
    with _damage(), _sheet(source, values=True) as sheet:
        return tuple(_names(next(sheet.iter_rows(max_row=1, max_col=MAX_COLUMNS), ())))


def rows(source: Source) -> Iterator[Row]:
    """The data rows below the header. Raises ``Unreadable`` where the workbook cannot be read."""
    _check_size(source)
    with _damage(), _sheet(source, values=True) as values, _sheet(source, values=False) as formulas:
        names = _names(next(values.iter_rows(max_row=1, max_col=MAX_COLUMNS), ()))
        if not names:
            what = "the first row of the sheet holds no column names."
            yield bad_file(source.name, "import.no-header", what, "Put the table at the top of the sheet.")
            return
        others = [s for s in values.parent.sheetnames if s != values.title]
        if others and not source.options.get("sheet"):
            what = f"only the sheet {values.title!r} was read, not {', '.join(others)[:80]}."
            yield bad_file(source.name, "import.other-sheets", what, "Name the sheet to read.", changes=False)
        width = len(names) + 1
        below = {"min_row": 2, "max_col": width}
        both = zip(values.iter_rows(**below), formulas.iter_rows(**below), strict=False)
        number = 0
        for line, (cells, written) in enumerate(both, 2):
            if any(cell.value not in (None, "") for cell in (*cells, *written)):
                number += 1
                yield _row(number, Where(source.name, line), names, cells, written)


def _row(number: int, where: Where, names: list[str], cells: Any, written: Any) -> Row:
    for name, cell, formula in zip(names, cells, written, strict=False):
        if cell.value is None and formula.data_type == "f":
            what = f"column {name!r} holds a formula that was never worked out."
            return bad_row(
                number, where, "import.formula", what, "Open the workbook, save it, and export again."
            )
    if any(cell.value not in (None, "") for cell in cells[len(names) :]):
        what = "the row has more cells than the header has names."
        return bad_row(number, where, "import.ragged-row", what, "Give every column a name in the first row.")
    found = [_text(cell.value) for cell in cells] + [None] * len(names)
    return Row(number, where, dict(zip(names, found, strict=False)))
