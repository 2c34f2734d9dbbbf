"""The page as JSON: the same figures under the same keys, amounts as exact decimal strings.

``page_record`` holds the sections, which name figures by key, and ``figures``, which holds each once.
"""

from __future__ import annotations

import json
from typing import Any

from bothhalves.brief import Badge, Half, Origin, Page, Row, Segment, Table
from bothhalves.core.explain import Figure, Line, Problem, Selector, Value
from bothhalves.core.money import Amount, plain
from bothhalves.report import show
from bothhalves.report.line import drawn_record
from bothhalves.report.why import Rows, below, index, source_rows

Record = dict[str, Any]

#: Rows that one answer carries; the download has them all.
ROWS_SHOWN = 100


def value_record(value: Value) -> Record:
    """``low`` and ``high`` of an amount (null: no upper end known), or the ``value`` of a count."""
    if not isinstance(value, Amount):
        return {"value": plain(value)}
    return {
        "low": plain(value.low),
        "high": None if value.high is None else plain(value.high),
        "at_least": value.at_least,
        "currency": value.currency,
        "kind": str(value.kind),
    }


def figure_record(figure: Figure) -> Record:
    """A figure with the keys of its operand figures and its operand lines in full."""
    return {
        "key": figure.key,
        "title": figure.title,
        "operator": str(figure.operator),
        **value_record(figure.value),
        "at_least": show.at_least(figure),
        "unit": figure.unit,
        "operands": [part.key for part in figure.operands if isinstance(part, Figure)],
        "lines": [line_record(part) for part in figure.operands if isinstance(part, Line)],
        "rule": figure.rule,
        "rows": _selector(figure.rows),
        "where": str(figure.where) if figure.where else None,
        "source": figure.source,
        "assumed": figure.assumed,
        "problems": [problem_record(problem) for problem in figure.problems],
    }


def line_record(line: Line) -> Record:
    """A line: quantity times price per unit, and where its price is written."""
    return {
        "id": line.id,
        "meter": line.meter,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "price": plain(line.price),
        "price_high": plain(line.price_high),
        "per": line.per,
        **value_record(line.amount),
        "view": str(line.view),
        "entry": line.entry,
        "layer": line.layer,
        "source": line.source,
        "entry_where": str(line.entry_where),
        "dimensions": dict(line.dimensions),
        "rows": _selector(line.rows),
    }


def problem_record(problem: Problem) -> Record:
    return {
        "code": problem.code,
        "where": str(problem.where),
        "what": problem.what,
        "fix": problem.fix,
        "changes": problem.changes,
    }


def page_record(page: Page) -> Record:
    """The whole page."""
    first, after_last = page.window
    return {
        "company": page.company,
        "currency": page.currency,
        "window": {"from": first.isoformat(), "until": after_last.isoformat(), "zone": page.zone},
        "snapshot": page.snapshot,
        "books": list(page.books),
        "labels": list(page.labels),
        "headline": [{"figure": p.key} if isinstance(p, Figure) else p for p in page.headline],
        "lead": page.lead,
        "agreement": _badge(page.agreement),
        "coverage": _badge(page.coverage),
        "evidence": {**_badge(page.evidence), "grade": str(page.grade)},
        "seats": _half(page.seats),
        "tokens": _half(page.tokens),
        "together": {"bars": [_segment(s) for s in page.together], "note": page.together_note},
        "line": drawn_record(page.line),
        "tables": [_table(table) for table in page.tables],
        "origins": [_origin(origin) for origin in page.origins],
        "problems": [problem_record(problem) for problem in page.problems],
        "figures": {key: figure_record(figure) for key, figure in index(page).figures.items()},
    }


def page_json(page: Page) -> str:
    return _encoded(page_record(page))


def figure_json(figure: Figure, rows: Rows | None = None) -> str:
    """The figure, every figure below it by key, and with ``rows`` the first source rows."""
    parts = {node.key: figure_record(node) for node in below(figure) if isinstance(node, Figure)}
    record: Record = {"figure": parts.pop(figure.key), "below": parts}
    if rows is not None:
        record["source_rows"] = source_rows(figure, rows, ROWS_SHOWN)
    return _encoded(record)


def _encoded(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)


def _selector(selector: Selector | None) -> Record | None:
    return None if selector is None else {"table": selector.table, "where": dict(selector.where)}


def _badge(badge: Badge) -> Record:
    return {"text": badge.text, "tone": badge.tone, "figures": [f.key for f in badge.figures]}


def _segment(segment: Segment) -> Record:
    return {"label": segment.label, "style": segment.style, "figure": segment.figure.key}


def _half(half: Half) -> Record:
    missing = half.missing
    return {
        "name": half.name,
        "owner": half.owner,
        "amounts": [f.key for f in half.amounts],
        "counts": [f.key for f in half.counts],
        "bar": [_segment(s) for s in half.bar],
        "notes": list(half.notes),
        "missing": {"title": missing.title, "steps": list(missing.steps)} if missing else None,
    }


def _row(row: Row) -> Record:
    return {"name": row.name, "note": row.note, "cells": [c.key if c else None for c in row.cells]}


def _table(table: Table) -> Record:
    return {
        "id": table.id,
        "title": table.title,
        "lead": table.lead,
        "columns": list(table.columns),
        "rows": [_row(row) for row in table.rows],
        "others": _row(table.others) if table.others else None,
        "total": _row(table.total) if table.total else None,
        "note": table.note,
    }


def _origin(origin: Origin) -> Record:
    return {
        "feed": origin.feed,
        "name": origin.name,
        "sha256": origin.sha256,
        "rows": origin.rows,
        "first": origin.first.isoformat() if origin.first else None,
        "last": origin.last.isoformat() if origin.last else None,
        "note": origin.note,
    }
