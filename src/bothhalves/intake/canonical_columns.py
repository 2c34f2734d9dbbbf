"""The columns of a canonical Parquet file as SQL, for the rows of which nothing need be asked in Python.

A row is sure where every cell is such that the reader in :mod:`~bothhalves.intake.canonical` takes it and
means the same by it. Every other row, sound or not, is for that reader to answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bothhalves.core.terms import COUNT_METERS
from bothhalves.intake.canonical import COLUMNS, MAX_COUNT, MAX_TEXT, QUANTITIES
from bothhalves.intake.source import Source
from bothhalves.intake.tabular import columnar, kind

_WHOLE = frozenset(
    {"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT"}
)
_DATED = frozenset({"TIMESTAMP WITH TIME ZONE", "DATE"})
_DECIMAL = re.compile(r"DECIMAL\(\d+,(\d|10)\)")
_LOWERED = frozenset({"vendor", "tier", "region"})
_COUNTED = (*QUANTITIES, "prefix_tokens", "attempt")
#: Amounts beyond it are too near to what the store can add up.
_MOST_AMOUNT = 10**12
#: Control characters, and every space that may not stand at an end of a text once it is stripped.
_ASKED = r"[\x00-\x1f\x7f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]|^ | $"
_ASCII = r"[!-~]([ -~]*[!-~])?"
_ISO = r"\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-](0\d|1[0-3]):[0-5]\d)"
_AMOUNT = r"[0-9]{1,12}(\.[0-9]{1,24})?"
_CENTURY = ("timestamptz '2000-01-01 00:00:00+00'", "timestamptz '2101-01-01 00:00:00+00'")
#: What holds where a cell is empty.
_DEFAULTS = {"tier": "standard", "speed": "standard", "billing": "unknown"}
_CHOICES = {"speed": "'standard', 'fast'", "billing": "'metered', 'included', 'unknown'"}


@dataclass(frozen=True, slots=True)
class Columns:
    """SQL over the columns of one file: the ``values`` of the fields it has, and whether a row is ``sure``.

    ``texts`` has for columns of text what each value must be besides. ``values`` mean something for sure rows
    only; texts are whole, times UTC without a zone, quantities exact.
    ``instant`` is a column of times with a zone that orders as ``time`` does, empty where there is none.
    """

    path: str
    values: Mapping[str, str]
    sure: str
    texts: Mapping[str, str]
    instant: str


@dataclass(frozen=True, slots=True)
class _Cell:
    """A column: its SQL, that of its text as the reader sees it, and its type."""

    column: str
    text: str
    kind: str

    @property
    def is_empty(self) -> str:
        never = self.kind in _WHOLE or self.kind in _DATED
        return f"({self.column} is null)" if never else f"(coalesce({self.text}, '') = '')"


#: A value, and the condition that it is sure.
_Read = tuple[str, str]


def columns(source: Source) -> Columns | None:
    """What can be said of the file as a whole; None for what is no such file, or an odd one.

    Raises ``Unreadable`` where the file is damaged.
    """
    if kind(source) != "parquet":
        return None
    path, described = columnar.described(source)
    names = [name.strip().lower() for name, _ in described]
    if not path or len(set(names)) < len(names) or "file_row_number" in names:
        return None
    cells = {
        known: _Cell(columnar.quoted(name), columnar.as_text(name, form), form)
        for known, (name, form) in zip(names, described, strict=True)
        if known in COLUMNS
    }
    read = {name: _reader(name)(name, cell) for name, cell in cells.items()}
    values = {name: value for name, (value, _) in read.items()}
    values |= _requests_alone(values, cells)
    texts = {cells[name].column: s for name, (_, s) in read.items() if _reader(name) is _text}
    rest = [s for name, (_, s) in read.items() if _reader(name) is not _text]
    sure = " and ".join(f"({s})" for s in (*rest, *_whole_row(values, cells)))
    time = cells.get("time")
    is_instant = time is not None and time.kind == "TIMESTAMP WITH TIME ZONE"
    return Columns(
        path, values, f"coalesce({sure}, false)", texts, time.column if time and is_instant else ""
    )


def _reader(name: str) -> Callable[[str, _Cell], _Read]:
    if name in _COUNTED:
        return _count
    return {"time": _time, "until": _time, "quantity": _quantity, "prompt_band": _empty}.get(name, _text)


def _text(name: str, cell: _Cell) -> _Read:
    value = f"coalesce({cell.text}, '')"
    if name in _CHOICES:
        sure = f"lower({value}) in ({_CHOICES[name]})"
    elif name in _LOWERED:
        sure = f"strlen({value}) <= {MAX_TEXT} and regexp_full_match({value}, '{_ASCII}')"
    else:
        return value, f"strlen({value}) <= {MAX_TEXT} and not regexp_matches({value}, '{_ASKED}')"
    lowered = f"lower({value})"
    if name in _DEFAULTS:
        lowered = f"coalesce(nullif({lowered}, ''), '{_DEFAULTS[name]}')"
    return lowered, f"{cell.is_empty} or ({sure})"


def _count(name: str, cell: _Cell) -> _Read:
    value = f"try_cast({cell.column} as bigint)"
    if cell.kind in _WHOLE:
        return value, f"{cell.is_empty} or {cell.column} between 0 and {MAX_COUNT}"
    if cell.kind in ("DOUBLE", "FLOAT") or _DECIMAL.fullmatch(cell.kind):
        # The text of a number of single precision is not its exact value beyond 24 bits.
        most = 2**24 if cell.kind == "FLOAT" else MAX_COUNT
        whole = f"{cell.column} between 0 and {most} and {cell.column} = floor({cell.column})"
        return value, f"{cell.column} is null or ({whole})"
    return f"try_cast({cell.text} as bigint)", (
        f"{cell.is_empty} or regexp_full_match({cell.text}, '[0-9]{{1,15}}')"
    )


def _quantity(name: str, cell: _Cell) -> _Read:
    sure = f"{cell.is_empty} or regexp_full_match({cell.text}, '{_AMOUNT}')"
    return f"try_cast({cell.text} as decimal(38, 24))", sure


def _time(name: str, cell: _Cell) -> _Read:
    if cell.kind == "TIMESTAMP WITH TIME ZONE":
        moment, well_formed = cell.column, "true"
    elif cell.kind == "DATE":
        moment, well_formed = f"timezone('UTC', cast({cell.column} as timestamp))", "true"
    else:
        moment = f"try_cast({cell.text} as timestamptz)"
        well_formed = f"regexp_full_match({cell.text}, '{_ISO}')"
    century = f"({moment} >= {_CENTURY[0]} and {moment} < {_CENTURY[1]})"
    sure = f"({well_formed} and {century})"
    value = f"case when {century} then make_timestamp(epoch_us({moment})) end"
    return value, f"{cell.is_empty} or {sure}"


def _empty(name: str, cell: _Cell) -> _Read:
    return "null", cell.is_empty


def _requests_alone(values: Mapping[str, str], cells: Mapping[str, _Cell]) -> dict[str, str]:
    """Calls whose tokens nobody counted are counted as requests."""
    if "requests" not in values:
        return {}
    counted = ", ".join(values[m] for m in COUNT_METERS if m in values)
    meter, quantity = values.get("meter", "''"), values.get("quantity", "null")
    alone = f"{values['requests']} > 0 and {meter} = ''" + (
        f" and coalesce({counted}) is null" if counted else ""
    )
    requests = f"try_cast({values['requests']} as decimal(38, 24))"
    return {
        "meter": f"case when {alone} then 'requests' else {meter} end",
        "quantity": f"case when {alone} then {requests} else {quantity} end",
    }


def _whole_row(values: Mapping[str, str], cells: Mapping[str, _Cell]) -> Sequence[str]:
    """What a sure row needs as a whole: a time, a vendor, a model or product, and something counted."""
    said = {name: f"not {cell.is_empty}" for name, cell in cells.items()}
    meter, quantity = said.get("meter", "false"), said.get("quantity", "false")
    found = [
        said.get("time", "false"),
        said.get("vendor", "false"),
        _any(said, ("model", "product")),
        f"({meter}) = ({quantity})",
        _any(said, (*QUANTITIES, "meter")),
    ]
    if "until" in values and "time" in values:
        found.append(f"{cells['until'].is_empty} or {values['until']} > {values['time']}")
    if "requests" in values:
        found.append(f"{values['requests']} is null or {values['requests']} < {_MOST_AMOUNT}")
    return found


def _any(said: Mapping[str, str], names: Sequence[str]) -> str:
    return " or ".join(said[n] for n in names if n in said) or "false"
