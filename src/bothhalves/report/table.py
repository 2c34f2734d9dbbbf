"""CSV for spreadsheets: exact numbers, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bothhalves.brief import Page, Row, Table
from bothhalves.core.explain import Figure, Line
from bothhalves.core.money import Amount, plain
from bothhalves.report import show
from bothhalves.report.why import below, index

_NUMBER = re.compile(r"[+-]?\d[\d.,]*")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
LINE_COLUMNS: tuple[str, ...] = (
    *("figure", "id", "meter", "quantity", "unit", "price", "per", "low", "high", "currency", "kind"),
    *("view", "entry", "layer", "source", "entry_where"),
)


def guarded(cell: object) -> str:
    """The text of a cell; what a spreadsheet would take for a formula is quoted with an apostrophe."""
    text = "" if cell is None else str(cell)
    if text.lstrip(" ").startswith(_STARTS_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a heading, every cell guarded."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(column) for column in columns])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def cell_text(figure: Figure | None) -> str:
    """A figure unrounded: a number, ``a to b``, ``at least a``, ``unpriced``, or nothing where unknown."""
    if figure is None:
        return ""
    bound = "at least " if show.at_least(figure) else ""
    if not isinstance(figure.value, Amount):
        return bound + plain(figure.value)
    low = plain(figure.value.low)
    if bound or figure.value.high is None:
        return bound + low if figure.value.low else show.UNPRICED
    return low if figure.value.is_point else f"{low} to {plain(figure.value.high)}"


def table_csv(table: Table) -> str:
    """One table with its total."""
    rows = (*table.rows, *((table.total,) if table.total else ()))
    return csv_text(("name", "note", *table.columns), map(_cells, rows))


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, row.note, *map(cell_text, row.cells))


def page_csv(page: Page) -> str:
    """Every table of the page, one after the other, told apart by the first column."""
    widest = max((len(table.columns) for table in page.tables), default=0)
    out = []
    for table in page.tables:
        out.append(("table", "name", "note", *table.columns))
        rows = (*table.rows, *((table.total,) if table.total else ()))
        out += [(table.id, *_cells(row)) for row in rows]
    padded = [(*row, *[""] * (widest + 3 - len(row))) for row in out]
    return csv_text(padded[0], padded[1:]) if padded else ""


def lines_csv(figures: Iterable[Figure]) -> str:
    """Every line of money that stands directly under one of ``figures``."""
    rows = [(figure.key, *_line_cells(part)) for figure in figures for part in _lines(figure)]
    return csv_text(LINE_COLUMNS, rows)


def _lines(figure: Figure) -> Iterable[Line]:
    return (part for part in figure.operands if isinstance(part, Line))


def _line_cells(line: Line) -> tuple[object, ...]:
    money = line.amount
    high = None if money.high is None else plain(money.high)
    price = (plain(line.quantity), line.unit, plain(line.price), line.per)
    amount = (plain(money.low), high, money.currency, str(money.kind), str(line.view))
    return (line.id, line.meter, *price, *amount, line.entry, line.layer, line.source, str(line.entry_where))


def lines_below_csv(figure: Figure) -> str:
    """Every line of money under ``figure``, however deep."""
    return lines_csv(node for node in below(figure) if isinstance(node, Figure))


def figures_csv(page: Page) -> str:
    """Every figure of the page with its exact value."""
    rows = ((f.key, f.title, cell_text(f), _unit(f), str(f.operator)) for f in index(page).figures.values())
    return csv_text(("key", "title", "value", "unit", "operator"), rows)


def _unit(figure: Figure) -> str:
    return f"{figure.value.currency} {figure.value.kind}" if isinstance(figure.value, Amount) else figure.unit


def rows_csv(rows: Sequence[dict[str, str]]) -> str:
    """Source rows under the union of their columns."""
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    return csv_text(columns, ([row.get(column, "") for column in columns] for row in rows))


def write_csv(page: Page, folder: Path) -> list[Path]:
    """Each table, every figure and every line of money as a file in ``folder``; returns what was written."""
    texts = {f"{table.id}.csv": table_csv(table) for table in page.tables}
    texts["figures.csv"] = figures_csv(page)
    texts["lines.csv"] = lines_csv(index(page).figures.values())
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="")
    return [folder / name for name in texts]
