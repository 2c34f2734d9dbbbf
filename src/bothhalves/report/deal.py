"""The sections about the deal, as text and as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from bothhalves.brief.deal_record import Cell, Deal, DealRow, DealTable, Section
from bothhalves.core.explain import Figure
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record

Record = dict[str, Any]
_CENT = Decimal("0.01")


def deal_text(deal: Deal) -> str:
    """Each section: what it finds, its tables, its notes; or why there is nothing to show."""
    lines = [line for section in deal.sections for line in (*_section(section), "")]
    return "\n".join(lines[:-1])


def title(section: Section) -> str:
    """The finding as a sentence."""
    return "".join(show.headline(p) if isinstance(p, Figure) else p for p in section.title)


def cell(value: Cell) -> str:
    """What a cell of a table says; a ratio is a share, and money is not told below a cent."""
    if value is None:
        return show.NOTHING
    if isinstance(value, str):
        return value
    return show.under_a_cent(value) or show.with_unit(value, _to_cents)


def _to_cents(value: Decimal) -> str:
    return show.whole_money(show.rounded(value, _CENT))


def _section(section: Section) -> list[str]:
    if section.why_not:
        return [title(section), *(f"  {said}" for said in (section.why_not, section.fix) if said)]
    lines = [title(section), f"  {section.lead}"]
    for table in section.tables:
        lines += ["", *_table(table)]
    return [*lines, *([""] if section.notes else []), *(f"  {note}" for note in section.notes)]


def _table(table: DealTable) -> list[str]:
    marked = any(row.is_chosen for row in table.rows)
    rows = [_cells(row, marked) for row in table.rows]
    right = {n + marked for n in table.numbers}
    return grid([(*([""] if marked else []), *table.head), *rows], right=right)


def _cells(row: DealRow, marked: bool) -> tuple[str, ...]:
    mark = (">" if row.is_chosen else "",) if marked else ()
    return (*mark, *(show.clean(cell(c)) for c in row.cells))


def deal_json(deal: Deal) -> str:
    """One JSON object: each section with its tables, cells of which are words or keys, and every figure."""
    record: Record = {
        "sections": [_record(section) for section in deal.sections],
        "figures": {k: figure_record(f) for k, f in sorted(deal.figures().items())},
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def _record(section: Section) -> Record:
    return {
        "id": section.id,
        "title": title(section),
        "lead": section.lead,
        "tables": [_table_record(table) for table in section.tables],
        "notes": list(section.notes),
        "why_not": section.why_not,
        "fix": section.fix,
    }


def _table_record(table: DealTable) -> Record:
    return {
        "title": table.title,
        "head": list(table.head),
        "rows": [[{"key": c.key} if isinstance(c, Figure) else c for c in row.cells] for row in table.rows],
        "chosen": [n for n, row in enumerate(table.rows) if row.is_chosen],
    }
