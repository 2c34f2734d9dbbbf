"""Any table through a named column mapping: which column holds what, and how numbers and times are written.

A mapping says where a value stands, never what it is worth: amounts are taken as written, after the unit and
separators that the mapping names. Cells that begin with ``=``, ``+``, ``-`` or ``@`` are text like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Literal
from zoneinfo import ZoneInfo

from bothhalves.core.dates import Month, Span
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import EXACT, MoneyKind, exact, plain
from bothhalves.core.terms import Activity, Cost, Seat
from bothhalves.intake import canonical, tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.fields import Digits, Fields
from bothhalves.intake.periods import as_of
from bothhalves.intake.source import Source
from bothhalves.intake.times import local

Target = Literal["usage", "seats", "activity", "costs"]
#: How much one written unit is.
UNITS = {
    "cents": Decimal("0.01"),
    "hundreds": Decimal(100),
    "thousands": Decimal(1000),
    "millions": Decimal(1_000_000),
}
_SEAT = ("as_of", "vendor", "product", "person", "account", "seat_type", "status", "role", "group")
_COST_NUMBERS = ("amount", "gross", "quantity")
_COST_TEXTS = ("vendor", "product", "account", "key", "person", "model", "meter", "description", "invoice")
#: The fields of each target.
FIELDS: dict[str, tuple[str, ...]] = {
    "usage": canonical.COLUMNS,
    "seats": (*_SEAT, "assigned", "last_active"),
    "activity": ("time", "until", "vendor", "product", "person", "kind", "count", "account"),
    "costs": ("time", "until", *_COST_TEXTS, *_COST_NUMBERS, "currency", "kind", "category"),
}
#: The fields that a mapping of the target must name.
REQUIRED: dict[str, tuple[str, ...]] = {
    "usage": ("time", "vendor"),
    "seats": ("vendor", "product", "person"),
    "activity": ("time", "vendor", "product", "person"),
    "costs": ("time", "vendor", "amount", "currency"),
}
TIMES = frozenset(("time", "until", "as_of", "assigned", "last_active"))
NUMBERS = frozenset((*canonical.QUANTITIES, *_COST_NUMBERS, "count", "prefix_tokens", "attempt"))
CATEGORIES = ("usage", "seats", "purchase", "credit", "tax", "adjustment")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one kind of table.

    ``columns`` gives for each field the name of a column, or a constant after ``=`` (``=anthropic``);
    ``defaults`` what stands for an empty cell. ``units`` says per field what one written unit is
    (:data:`UNITS`). ``thousands`` and ``decimal`` are the separators in numbers, ``sign`` a currency sign
    that may stand before them. ``date_format`` is a ``strptime`` pattern (empty: ISO 8601), ``zone`` the
    IANA zone of times that name none; without it, times need a zone of their own. ``bucket`` (``day``,
    ``month``) gives the end where ``until`` does not.
    """

    name: str
    target: Target
    columns: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    thousands: str = ""
    decimal: str = "."
    sign: str = ""
    date_format: str = ""
    zone: str = ""
    bucket: str = ""
    defaults: dict[str, str] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, str]:
        """The columns that must be there: field by column name, constants left out."""
        return {
            name: column.strip().lower()
            for name, column in self.columns.items()
            if not column.startswith("=")
        }


def problems(mapping: Mapping, where: Where) -> list[Problem]:
    """Everything that is wrong with the mapping itself."""
    return [
        Problem("mapping.bad", where, f"mapping {mapping.name!r}: {what}.", fix)
        for what, fix in _faults(mapping)
    ]


def _faults(mapping: Mapping) -> Iterator[tuple[str, str]]:
    if mapping.target not in FIELDS:
        yield f"unknown target {mapping.target!r}", f"Write one of {', '.join(FIELDS)}."
        return
    allowed = FIELDS[mapping.target]
    given = {*mapping.columns, *mapping.defaults}
    for name in sorted(given.union(mapping.units) - set(allowed)):
        yield f"unknown field {name!r}", f"Write one of {', '.join(allowed)}."
    for name in REQUIRED[mapping.target]:
        if name not in given:
            yield f"field {name!r} is not mapped", f"Name its column, or a constant such as {name}: '=...'."
    for name, unit in mapping.units.items():
        if unit not in UNITS or name not in NUMBERS:
            yield (
                f"unit {unit!r} of {name!r}",
                f"Write one of {', '.join(UNITS)}, for a field that holds a number.",
            )
    if (
        mapping.target in ("activity", "costs")
        and "until" not in given
        and mapping.bucket not in ("day", "month")
    ):
        yield "nothing says when a row's period ends", "Map 'until', or write bucket: day or month."
    if mapping.bucket not in ("", "day", "month"):
        yield f"unknown bucket {mapping.bucket!r}", "Write day or month."
    if mapping.thousands == mapping.decimal:
        yield "thousands and decimal separator are the same", "Name two different ones."
    if not mapping.named:
        yield "no field names a column", "Map at least one field to a column."
    if mapping.date_format and not mapping.zone:
        yield "a date format without a zone", "Write the zone of these times, such as UTC."
    yield from _zone_faults(mapping.zone)


def _zone_faults(zone: str) -> Iterator[tuple[str, str]]:
    try:
        _zone(zone)
    except (KeyError, ValueError, OSError):
        yield f"unknown zone {zone!r}", "Write an IANA name such as Europe/Berlin, or UTC."


def _zone(zone: str) -> ZoneInfo | None:
    return ZoneInfo(zone) if zone else None


def _number(cell: str, mapping: Mapping, unit: str) -> str:
    """``cell`` as plain digits in whole units; unchanged, to be refused later, if it is no number at all.

    Raises ``ValueError`` for what is a number, but not in the mapping's notation. A number that the file
    itself holds as one (:class:`Digits`) has no notation.
    """
    factor = UNITS.get(unit, Decimal(1))
    if isinstance(cell, Digits) or (not mapping.thousands and mapping.decimal == "." and not mapping.sign):
        return _scaled(cell, factor)
    minus = "-" if cell.startswith("-") else ""
    bare = cell.removeprefix("-").strip().removeprefix(mapping.sign).strip()
    thousands, point = re.escape(mapping.thousands), re.escape(mapping.decimal)
    grouped = rf"\d{{1,3}}(?:{thousands}\d{{3}})+|\d+" if mapping.thousands else r"\d+"
    match = re.fullmatch(rf"({grouped})(?:{point}(\d+))?", bare, re.ASCII)
    if match:
        whole = match[1].replace(mapping.thousands, "") if mapping.thousands else match[1]
        return _scaled(f"{minus}{whole}.{match[2] or 0}", factor)
    if _is_plain(cell):
        raise ValueError("a number, but not in the notation that the mapping says")
    return cell


def _is_plain(text: str) -> bool:
    try:
        exact(text)
    except ValueError:
        return False
    return True


def _scaled(text: str, factor: Decimal) -> str:
    try:
        return plain(EXACT.multiply(exact(text), factor))
    except ValueError:
        return str(text)


def _time(text: str, mapping: Mapping) -> str:
    zone = _zone(mapping.zone)
    try:
        return local(text, mapping.date_format, zone) if zone else text
    except (ValueError, OverflowError):
        return text


def _person(text: str, mapping: Mapping) -> str:
    """An identity: an e-mail address is one as it stands, other names belong to this mapping's source."""
    if not text or re.match(r"[a-z-]+:.", text):
        return text
    return f"email:{text.lower()}" if "@" in text else f"{mapping.name}-user:{text}"


def _mapped(mapping: Mapping, cells: Map[str, object], where: Where, sink: Sink) -> Fields:
    """The target's fields of a row, as text in our own notation."""
    values: dict[str, object] = {}
    row = Fields(values, where, sink, from_text=True)
    for name in {**mapping.columns, **mapping.defaults}:
        column = mapping.columns.get(name, "=")
        cell = column[1:] if column.startswith("=") else cells.get(column.strip().lower())
        text = tabular.text(cell) or mapping.defaults.get(name, "")
        if text and name in NUMBERS:
            try:
                text = _number(
                    cell if isinstance(cell, Digits) else text, mapping, mapping.units.get(name, "")
                )
            except ValueError as error:
                row.bad(name, f"{tabular.shown(text)} is {error}", "Mend the number, or the mapping.")
        elif text and name in TIMES:
            text = _time(text, mapping)
        values[name] = _person(text, mapping) if name == "person" else text
    return row


def _until(row: Fields, start: datetime, mapping: Mapping) -> datetime:
    """The end of the row's period, in the mapping's zone where a bucket gives it."""
    if row.has("until"):
        until = row.instant("until")
        if row.sound and until <= start:
            row.bad("until", "is not after time", "Give the end of the period, which it does not include.")
        return until
    zone = _zone(mapping.zone) or ZoneInfo("UTC")
    day = start.astimezone(zone).date()
    if mapping.bucket == "month":
        month = Month.of(day)
        return Span.of_days(month.first, month.next.first, zone).until
    return Span.of_days(day, day + _DAY, zone).until


def _required(row: Fields, *names: str) -> list[str]:
    for name in names:
        if not row.has(name):
            row.bad(name, "is missing", "Fill the cell, or give the mapping a default.")
    return [row.text(name) for name in names]


def _keep_usage(row: Fields, mapping: Mapping, day: datetime | None) -> None:
    usage, found = canonical.usage_of(row.values, row.where)
    row.sink.problems.extend(found)
    if usage is not None:
        row.keep(usage)


def _keep_seat(row: Fields, mapping: Mapping, day: datetime | None) -> None:
    on = row.instant("as_of") if row.has("as_of") else day
    vendor, product, person = _required(row, "vendor", "product", "person")
    if on is not None:
        texts = {name: row.text(name) for name in _SEAT[4:]}
        times = {name: row.instant_or_none(name) for name in ("assigned", "last_active")}
        row.keep(Seat(row.where, on, vendor.lower(), product, person, **texts, **times))  # type: ignore[arg-type]


def _keep_activity(row: Fields, mapping: Mapping, day: datetime | None) -> None:
    start = row.instant("time")
    vendor, product, person = _required(row, "vendor", "product", "person")
    kind, count, account = row.text("kind") or "messages", row.count_or_none("count"), row.text("account")
    until = _until(row, start, mapping)
    row.keep(Activity(row.where, start, until, vendor.lower(), product, person, kind, count, account))


def _keep_cost(row: Fields, mapping: Mapping, day: datetime | None) -> None:
    start = row.instant("time")
    (vendor,) = _required(row, "vendor")
    category = row.text("category").lower() or "usage"
    if category not in CATEGORIES:
        row.bad("category", f"is not one of {', '.join(CATEGORIES)}", "Map it to one of these.")
    amount, currency, until = row.money("amount"), row.currency("currency"), _until(row, start, mapping)
    texts = {name: row.text(name) for name in _COST_TEXTS[1:]}
    numbers = {name: row.decimal(name) for name in _COST_NUMBERS[1:]}
    kind = _money_kind(row)
    row.keep(
        Cost(row.where, start, until, vendor.lower(), amount, currency, kind, category, **numbers, **texts)  # type: ignore[arg-type]
    )


def _money_kind(row: Fields) -> MoneyKind:
    text = row.text("kind").lower() or MoneyKind.INVOICED
    if text not in (MoneyKind.INVOICED, MoneyKind.ESTIMATED, MoneyKind.NOTIONAL):
        row.bad("kind", "is not a kind of money", "Write invoiced, estimated or notional.")
        return MoneyKind.INVOICED
    return MoneyKind(text)


_KEEP: dict[str, Callable[[Fields, Mapping, datetime | None], None]] = {
    "usage": _keep_usage,
    "seats": _keep_seat,
    "activity": _keep_activity,
    "costs": _keep_cost,
}


def _matches(mapping: Mapping, source: Source) -> bool:
    return {name.lower() for name in tabular.header(source)} >= set(mapping.named.values())


def _read(mapping: Mapping, source: Source, sink: Sink) -> None:
    keep = _KEEP[mapping.target]
    snapshot = mapping.target == "seats" and "as_of" not in mapping.columns
    day = as_of(source, sink) if snapshot else None
    if snapshot and day is None:
        return
    for row in tabular.rows(source):
        if row.problem:
            sink.problems.append(row.problem)
        else:
            cells = {name.lower(): cell for name, cell in row.cells.items()}
            keep(_mapped(mapping, cells, row.where, sink), mapping, day)


def format_for(mapping: Mapping) -> Format:
    """The format of tables that have every column which a sound ``mapping`` names."""
    return Format(
        name=f"mapped-{mapping.name}",
        title=f"Table mapped by {mapping.name}",
        matches=partial(_matches, mapping),
        read=partial(_read, mapping),
        replaces=("vendor", "product", "account"),
        dedupes=mapping.target == "usage" and "id" in mapping.columns,
    )
