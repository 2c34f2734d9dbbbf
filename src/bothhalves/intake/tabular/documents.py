"""Rows of JSON: one object per line, a list of objects, or an object that holds such a list.

Numbers keep their digits: they arrive as text. A list is decoded item by item, so that the good items before
a damaged one are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from bothhalves.core.explain import Where
from bothhalves.intake.fields import Digits
from bothhalves.intake.source import Source
from bothhalves.intake.tabular.lines import Lines
from bothhalves.intake.tabular.rows import Row, bad_file, bad_row

MAX_DOCUMENT_BYTES = 256 * 2**20
#: Keys under which exports keep their list of rows.
LISTS = ("data", "results", "seats", "day_totals", "usageItems", "items", "records")
_SPACE = re.compile(r"[ \t\r\n]*")
_LIST = re.compile(rf'"(?:{"|".join(LISTS)})"\s*:\s*\[\s*')
_FIX_ROW = "Export the row again."
_FIX_FILE = "Export the file again as JSON with one object per row."


class _Ambiguous(dict[str, Any]):
    """An object in which a name occurs twice: two readers could understand it differently."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    return result if len(result) == len(pairs) else _Ambiguous(result)


#: ``NaN`` and ``Infinity`` are no JSON; as digits they fail wherever a number is wanted.
_DECODER = json.JSONDecoder(
    parse_float=Digits, parse_int=Digits, parse_constant=Digits, object_pairs_hook=_object, strict=False
)


def decode(text: str) -> Any:
    """The JSON value of ``text`` with numbers as text. Raises ``ValueError``, also for absurd nesting."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def is_by_line(head: bytes) -> bool:
    """True if a JSON text with this beginning has one object per line."""
    first, end, rest = head.lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    try:
        value = decode(first.decode("utf-8"))
    except ValueError:
        if not end:  # one long line, cut off: a whole document if a list of rows opens in it soon
            return not _LIST.search(first[:2000].decode("utf-8", "replace"))
        return not first.rstrip().endswith((b"{", b"[", b","))  # else pretty-printed
    return bool(rest.strip()) or not any(isinstance(value.get(key), list) for key in LISTS)


def rows(source: Source) -> Iterator[Row]:
    """The data rows. Raises ``Unreadable`` where the file cannot be read on."""
    return _by_line(source) if is_by_line(source.head) else _of_document(source)


def _by_line(source: Source) -> Iterator[Row]:
    number = 0
    with source.open() as stream:
        for line in Lines(stream):
            if not line.fault and not line.text.strip():
                continue
            number += 1
            where = Where(source.name, line.number)
            yield _line(number, where, line.text, line.fault)


def _line(number: int, where: Where, text: str, fault: str) -> Row:
    try:
        value = decode(text.strip()) if not fault else None
    except ValueError:
        fault = "the line is not valid JSON, or nested too deeply"
    if fault:
        return bad_row(number, where, "import.damaged", f"{fault}.", _FIX_ROW)
    return _item(number, where, value)


def _item(number: int, where: Where, value: object) -> Row:
    if not isinstance(value, dict):
        return bad_row(number, where, "import.damaged", "the row is not a JSON object.", _FIX_ROW)
    if any(isinstance(part, _Ambiguous) for part in (value, *value.values())):
        return bad_row(number, where, "import.damaged", "a name occurs twice in one object.", _FIX_ROW)
    return Row(number, where, value)


def _of_document(source: Source) -> Iterator[Row]:
    raw = bytearray()
    with source.open() as stream:
        while len(raw) <= MAX_DOCUMENT_BYTES and (part := stream.read(1 << 20)):
            raw += part
    if len(raw) > MAX_DOCUMENT_BYTES:
        fix = "Export shorter periods, or one object per line."
        yield bad_file(source.name, "import.too-large", "a single JSON text of more than 256 MB.", fix)
        return
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        yield bad_file(source.name, "import.encoding", "the file is not UTF-8 text.", "Save it as UTF-8.")
        return
    start = _SPACE.match(text).end()  # type: ignore[union-attr]
    if text[start : start + 1] == "[":
        yield from _listed(source.name, text, start + 1)
    else:
        yield from _held(source.name, text)


def _listed(name: str, text: str, at: int) -> Iterator[Row]:
    """The items of the list whose opening bracket is just before ``at``."""
    number = 0
    at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    if text[at : at + 1] == "]":
        return
    while True:
        number += 1
        where = Where(name, number)
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            fix = "Nothing after this row was read. Export the file again."
            yield bad_row(number, where, "import.damaged", "the JSON list is damaged here.", fix)
            return
        yield _item(number, where, value)
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        if text[at : at + 1] != ",":
            if text[at : at + 1] != "]":
                yield bad_file(name, "import.truncated", "the JSON list does not end.", _FIX_FILE)
            return
        at = _SPACE.match(text, at + 1).end()  # type: ignore[union-attr]


def _held(name: str, text: str) -> Iterator[Row]:
    """The items of the first list in the object, or the object itself as the only row."""
    try:
        value = decode(text)
    except ValueError:
        what = "the file is not valid JSON, or nested too deeply."
        yield bad_file(name, "import.unreadable", what, _FIX_FILE)
        return
    held = next(
        (value[k] for k in LISTS if isinstance(value, dict) and isinstance(value.get(k), list)), [value]
    )
    for number, item in enumerate(held, 1):
        yield _item(number, Where(name, number), item)


def header(source: Source) -> tuple[str, ...]:
    """The names in the first row, if it lies within the head of the file."""
    text = source.head.decode("utf-8", "replace").lstrip()
    opening = None if text.startswith("[") or is_by_line(source.head) else _LIST.search(text)
    at = opening.end() if opening else _SPACE.match(text, int(text.startswith("["))).end()  # type: ignore[union-attr]
    try:
        value, _ = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return ()
    return tuple(value) if isinstance(value, dict) else ()
