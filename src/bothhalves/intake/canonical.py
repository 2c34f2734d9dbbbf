"""The canonical usage file: CSV, NDJSON or Parquet, one row per request or per bucket, every row answered.

The column names are the fields of :class:`~bothhalves.core.terms.Usage`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from bothhalves.core.dates import instant
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import exact
from bothhalves.core.terms import COUNT_METERS, USAGE_FIELDS, Billing, Usage
from bothhalves.intake import bands, tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source

#: More than any row can mean; also keeps every sum of rows far inside 64 bits.
MAX_COUNT = 10**15
MAX_TEXT = 1000
COLUMNS = tuple(name for name in USAGE_FIELDS if name not in ("where", "output_at_least"))
QUANTITIES = ("requests", *COUNT_METERS)
_MEASURES = frozenset((*QUANTITIES, "meter", "quantity"))
_USUAL = frozenset(("time", "vendor", "model"))
_DIGITS = re.compile(r"[0-9]{1,15}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class CanonicalRow(NamedTuple):
    """The answer to one row. ``row`` counts data rows from 1; 0 speaks of the file as a whole.

    ``usage`` is None where the row cannot be counted; ``problems`` then says why. Notes about a usable
    row, such as an unknown column, are problems beside its usage.
    """

    row: int
    id: str
    usage: Usage | None
    problems: tuple[Problem, ...]


class _Bad(ValueError):
    """A value that its column does not take: what is wrong, and the remedy."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def count(text: str) -> int:
    """A non-negative whole number. Raises ``ValueError``, whose text ends the sentence "... is"."""
    if _DIGITS.fullmatch(text):
        return int(text)
    value = quantity(text)
    if value != value.to_integral_value():
        raise _Bad("not a whole number", "Write a whole number of 0 or more.")
    if value > MAX_COUNT:
        raise _Bad("too large to be true", "Write the count of this row alone.")
    return int(value)


def quantity(text: str) -> Decimal:
    """A non-negative number, digit for digit. Raises ``ValueError``."""
    try:
        value = exact(text)
    except ValueError as error:
        fix = "Write plain digits, without thousands separators, units or signs."
        raise _Bad("not a plain number", fix) from error
    if value < 0:
        raise _Bad("negative", "Write 0 or more; put credits and corrections into a cost file.")
    return abs(value)  # "-0" is zero


@lru_cache(4096)
def _time(text: str) -> datetime:
    try:
        return instant(text)
    except ValueError as error:
        fix = "Write ISO 8601 with a zone, such as 2026-09-01T00:00:00Z, or a bare date for midnight UTC."
        raise _Bad("not a time with a zone", fix) from error


@lru_cache(4096)
def _name(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise _Bad(f"longer than {MAX_TEXT} characters", "Shorten it.")
    if _CONTROL.search(text):
        raise _Bad("text with control characters", "Remove them.")
    return text


@lru_cache(4096)
def _lower(text: str) -> str:
    return _name(text).lower()


def _speed(text: str) -> str:
    if text.lower() not in ("standard", "fast"):
        raise _Bad("not a speed", "Write standard or fast.")
    return text.lower()


def _billing(text: str) -> Billing:
    try:
        return Billing(text.lower())
    except ValueError as error:
        raise _Bad("not a way of billing", "Write metered, included or unknown.") from error


def _band(text: str) -> bands.Band:
    try:
        return bands.parse(text)
    except ValueError as error:
        raise _Bad("not a prompt band", "Write it as 0-200k, 200k-1M or >200k.") from error


_PARSERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(COLUMNS, _name),
    **dict.fromkeys((*QUANTITIES, "prefix_tokens", "attempt"), count),
    **dict.fromkeys(("vendor", "tier", "region"), _lower),
    **dict.fromkeys(("time", "until"), _time),
    "quantity": quantity,
    "speed": _speed,
    "billing": _billing,
    "prompt_band": _band,
}
_CODES = {
    **dict.fromkeys((*QUANTITIES, "prefix_tokens", "attempt", "quantity"), "usage.bad-number"),
    **dict.fromkeys(("time", "until"), "usage.bad-time"),
}


def rows(source: Source) -> Iterator[CanonicalRow]:
    """An answer for every row of the file, in its order. Never raises.

    Which of several rows with one id counts is for the caller to decide.
    """
    return answered(tabular.rows(source))


def answered(found: Iterable[tabular.Row]) -> Iterator[CanonicalRow]:
    """An answer for each of these rows of one file; the first says what there is to say of its columns."""
    known: dict[str, str] = {}
    for row in found:
        if row.problem:
            yield CanonicalRow(row.number, "", None, (row.problem,))
            continue
        notes = [note for name in row.cells if name not in known for note in _learn(known, name, row.where)]
        fields = {known[name]: cell for name, cell in row.cells.items() if cell is not None and known[name]}
        usage, problems = usage_of(fields, row.where)
        identity = tabular.text(fields.get("id"))[:MAX_TEXT]
        yield CanonicalRow(row.number, identity, usage, (*problems, *notes))


def _learn(known: dict[str, str], written: str, where: Where) -> Iterator[Problem]:
    """Remembers which field a column name means; one that means none, or one again, is told."""
    name = written.strip().lower()
    known[written] = name if name in _PARSERS and name not in known.values() else ""
    if known[written] or not name:
        return
    if name in _PARSERS:
        what = f"the column {tabular.shown(written)} is there twice, and was not read."
        yield Problem("usage.duplicate-column", where, what, "Keep one of them.")
        return
    near = difflib.get_close_matches(name.replace(" ", "_"), COLUMNS, 1, 0.75)
    measures = bool(near and near[0] in _MEASURES) or "token" in name
    hint = (
        f"Did you mean {near[0]!r}?" if near else "Rename it if it should count; see the canonical columns."
    )
    what = f"the column {tabular.shown(written)} is unknown and was not read."
    yield Problem("usage.unknown-column", where, what, hint, changes=measures)


def usage_of(fields: Mapping[str, object], where: Where) -> tuple[Usage | None, list[Problem]]:
    """The usage that a row of canonical ``fields`` tells, or None and everything that is wrong with it."""
    values: dict[str, Any] = {}
    problems = []
    for name, cell in fields.items():
        text = tabular.text(cell)
        if not text:
            continue
        try:
            if isinstance(cell, (dict, list)):
                raise _Bad("not a single value", "Write plain text or a number.")
            values[name] = _PARSERS[name](text)
        except _Bad as error:
            what = f"column {name!r} is {tabular.shown(text)}, {error.what}."
            problems.append(Problem(_CODES.get(name, "usage.bad-value"), where, what, error.fix))
    problems.extend(_incomplete(values, fields, where))
    if values.get("requests") and values.keys().isdisjoint((*COUNT_METERS, "meter")):
        # Calls whose tokens nobody counted: they have no price by token, which is not a price of zero.
        values |= {"meter": "requests", "quantity": Decimal(values["requests"])}
    return (None if problems else Usage(where=where, **values)), problems


def _incomplete(values: dict[str, Any], fields: Mapping[str, object], where: Where) -> Iterator[Problem]:
    """What the row as a whole lacks; a column whose value is bad is not called missing as well."""
    until = values.get("until")
    if until is not None and "time" in values and until <= values["time"]:
        what = "'until' is not after 'time'."
        yield Problem("usage.bad-time", where, what, "Give the end of the bucket, which it does not include.")
    if (
        values.keys() >= _USUAL
        and not values.keys().isdisjoint(QUANTITIES)
        and not {"meter", "quantity"} & fields.keys()
    ):
        return

    def said(*names: str) -> bool:
        return any(name in values or tabular.text(fields.get(name)) for name in names)

    def missing(what: str, fix: str) -> Problem:
        return Problem("usage.missing", where, what, fix)

    if not said("time"):
        yield missing("column 'time' is empty.", "Give the start of the request or bucket.")
    if not said("vendor"):
        yield missing("column 'vendor' is empty.", "Name the vendor, such as anthropic.")
    if not said("model", "product"):
        yield missing("neither 'model' nor 'product' is given.", "Name one of them.")
    if said("quantity") and not said("meter"):
        yield missing("'quantity' is given without 'meter'.", "Name the meter that it counts.")
    if said("meter") and not said("quantity"):
        yield missing("'meter' is given without 'quantity'.", "Give the quantity of that meter.")
    if not said("quantity", "meter", *QUANTITIES):
        fix = (
            "Give at least one of: "
            + ", ".join((*QUANTITIES[:4], "output_tokens", "meter and quantity"))
            + "."
        )
        yield missing("the row has no quantity.", fix)


def _matches(source: Source) -> bool:
    names = {name.strip().lower() for name in tabular.header(source)}
    is_usage = not names.isdisjoint((*QUANTITIES, "meter"))
    return {"time", "vendor"} <= names and not names.isdisjoint(("model", "product")) and is_usage


def _read(source: Source, sink: Sink) -> None:
    keep(rows(source), sink)


def keep(found: Iterable[CanonicalRow], sink: Sink) -> None:
    """Puts answers where a format puts them."""
    for row in found:
        sink.problems.extend(row.problems)
        if row.usage is not None:
            sink.records.append(row.usage)


FORMATS = (
    Format(
        name="canonical-usage",
        title="Canonical usage file",
        matches=_matches,
        read=_read,
        replaces=("vendor", "source", "account"),
        dedupes=True,
    ),
)
