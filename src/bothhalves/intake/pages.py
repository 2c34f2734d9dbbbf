"""Answers of vendors' reporting APIs: pages of buckets of result rows, saved in any of the usual ways.

A file may hold one page, a list of pages, pages or buckets or rows one per line, or the bare list of buckets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.intake.base import Sink
from bothhalves.intake.documents import documents
from bothhalves.intake.fields import Digits, Fields, shown
from bothhalves.intake.source import Source


@dataclass(slots=True)
class Entry:
    """One item of a page: a bucket and its result rows, or a row by itself, which is then its only row."""

    fields: Fields
    rows: list[Fields]


def entries(source: Source, sink: Sink) -> list[Entry]:
    """Every item of every page in ``source``. Result rows are numbered from 1 through the whole file.

    A last page that announces another one is a problem: what the next page says is missing.
    """
    walk = _Walk(source, sink)
    found = [
        entry
        for document in documents(source, sink)
        for entry in walk.document(document.value, document.line)
    ]
    walk.end()
    return found


def covered(bucket: Fields, start: datetime, until: datetime, sink: Sink) -> Span | None:
    """The bucket's span, which the sink then knows as covered; None, with a problem, if it is not one."""
    if bucket.sound and start >= until:
        bucket.bad("", f"ends at {until:%Y-%m-%d %H:%M}, which is not after its start", "Export again.")
    if not bucket.sound:
        return None
    span = Span(start, until)
    if span not in sink.spans[-1:]:
        sink.spans.append(span)
    return span


def grouped_by(found: Iterable[Entry], *names: str) -> frozenset[str]:
    """Those of ``names`` that any row has a value for: the report was not grouped by the others."""
    return frozenset(n for entry in found for row in entry.rows for n in names if row.has(n))


def note_ungrouped(found: list[Entry], names: Mapping[str, str], source: Source, sink: Sink) -> None:
    """Says which of ``names``, on which prices depend, the report was not grouped by, and what follows."""
    missing = [name for name in names if name not in grouped_by(found, *names)]
    if missing and any(entry.rows for entry in found):
        follows = "; ".join(f"without {name} {names[name]}" for name in missing)
        what = f"the report is not grouped by everything that prices depend on: {follows}."
        fix = f"Export with group_by[] of {' and '.join(missing)} too."
        sink.problem("import.not-grouped", Where(source.name), what, fix, changes=False)


@dataclass(slots=True)
class _Walk:
    source: Source
    sink: Sink
    row: int = 0
    next_page: str = ""

    def document(self, value: object, line: int) -> Iterator[Entry]:
        yield from self._value(value, f"line {line}" if line > 1 else "")

    def _value(self, value: object, path: str) -> Iterator[Entry]:
        if isinstance(value, list):
            yield from self._list(value, path)
        elif not isinstance(value, dict):
            self._not_a_row(value, path)
        elif "data" in value:
            self._note_next(value)
            yield from self._page(value["data"], _joined(path, "data"))
        else:
            yield self._entry(value, path)

    def _list(self, items: list[object], path: str) -> Iterator[Entry]:
        for index, item in enumerate(items):
            if isinstance(item, list):
                self._not_a_row(item, f"{path}[{index}]")
            else:
                yield from self._value(item, f"{path}[{index}]")

    def _page(self, data: object, path: str) -> Iterator[Entry]:
        if isinstance(data, list):
            for index, item in enumerate(data):
                if isinstance(item, dict):
                    yield self._entry(item, f"{path}[{index}]")
                else:
                    self._not_a_row(item, f"{path}[{index}]")
        else:
            self._not_a_row(data, path)

    def _entry(self, value: dict[str, object], path: str) -> Entry:
        results = value.get("results")
        if "results" not in value:
            row = self._fields(value, path)
            return Entry(row, [row])
        bucket = Fields(value, Where(self.source.name, self.row + 1), self.sink, path)
        if not isinstance(results, list):
            bucket.bad("results", f"{shown(results)} is not a list", "Export again.")
            return Entry(bucket, [])
        rows = []
        for index, item in enumerate(results):
            if isinstance(item, dict):
                rows.append(self._fields(item, _joined(path, f"results[{index}]")))
            else:
                self._not_a_row(item, _joined(path, f"results[{index}]"))
        return Entry(bucket, rows)

    def _fields(self, value: dict[str, object], path: str) -> Fields:
        self.row += 1
        return Fields(value, Where(self.source.name, self.row), self.sink, path)

    def _not_a_row(self, value: object, path: str) -> None:
        self.row += 1
        what = f"{path or 'the document'}: {shown(value)} is not an object, so it is not counted."
        self.sink.problem("import.bad-field", Where(self.source.name, self.row), what, "Export again.")

    def _note_next(self, page: dict[str, object]) -> None:
        cursor = page.get("next_page") or page.get("last_id")
        named = cursor if isinstance(cursor, str) and not isinstance(cursor, Digits) else ""
        more = page.get("has_more")
        announced = more is True or (more is None and page.get("next_page") is not None)
        self.next_page = (named or "(not named)") if announced else ""

    def end(self) -> None:
        if self.next_page:
            what = f"the last page says that there is more: next page {self.next_page[:80]}."
            fix = "Export the following pages too, until has_more is false."
            self.sink.problem("import.more-pages", Where(self.source.name), what, fix)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
