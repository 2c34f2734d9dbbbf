"""Records into staging tables, through a file: text as it is, times as microseconds, money as written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bothhalves.core import money
from bothhalves.core.explain import Problem
from bothhalves.core.terms import COUNT_METERS, Activity, Cost, Record, Seat, Usage
from bothhalves.store.batches import Import
from bothhalves.store.engine import Engine, quoted
from bothhalves.store.schema import DECIMALS, EXACT, TABLES

Pseudonym = Callable[[str], str]
Row = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: What all counts, and all amounts, of one import may come to: sums of them fit their columns.
MOST_COUNTED = 9_200_000_000_000_000_000
MOST_AMOUNT = Decimal(10) ** 12
#: What any single amount may come to.
MOST_NUMBER = Decimal(10) ** (38 - DECIMALS)
_PLAIN = {
    "calls": (
        *(
            "vendor",
            "product",
            "account",
            "key",
            "workload",
            "task_class",
            "model",
            "tier",
            "speed",
            "region",
        ),
        *("requests", *COUNT_METERS, "meter", "output_at_least", "session", "prefix", "prefix_tokens"),
        *("attempt", "outcome"),
    ),
    "seats": ("vendor", "product", "account", "seat_type", "status", "role", "group"),
    "activity": ("vendor", "product", "kind", "count", "account"),
    "costs": (
        *("vendor", "currency", "kind", "category", "product", "account", "key", "model", "meter"),
        *("description", "invoice"),
    ),
}
_TIMES = {
    "calls": ("time", "until"),
    "seats": ("as_of", "assigned", "last_active"),
    "activity": ("time", "until"),
    "costs": ("time", "until"),
}
_EXACT = {"calls": ("quantity",), "costs": ("amount", "gross", "quantity")}
_ADDED_UP = {"calls": ("quantity",), "costs": ("amount", "gross")}
_TABLE_OF: dict[type[Record], str] = {Usage: "calls", Seat: "seats", Activity: "activity", Cost: "costs"}


class Ceiling:
    """Refuses what would make a sum of the import too large to hold, or lose digits."""

    def __init__(self) -> None:
        self._counted = 0
        self._amounts = Decimal(0)

    def admit(self, counted: int, amounts: Decimal) -> None:
        """Takes in rows whose counts and amounts come to so much."""
        self._counted += counted
        self._amounts += amounts

    def refusal(self, table: str, record: Record) -> str:
        """Why the record cannot be kept; empty if it can."""
        counts, numbers = _counts(table, record), _numbers(_EXACT, table, record)
        if any(n < 0 for n in counts):
            return "a count is negative"
        if self._counted + sum(counts) > MOST_COUNTED:
            return "a count is too large to be added up"
        if not all(map(_keeps_digits, numbers)):
            return f"an amount is not a number of at most {DECIMALS} decimals"
        amounts = self._amounts + sum(map(abs, _numbers(_ADDED_UP, table, record)))
        if amounts >= MOST_AMOUNT or any(abs(v) >= MOST_NUMBER for v in numbers):
            return "an amount is too large to be added up"
        self._counted += sum(counts)
        self._amounts = amounts
        return ""


def _counts(table: str, record: Record) -> list[int]:
    names = {"calls": ("requests", *COUNT_METERS, "prefix_tokens"), "activity": ("count",)}.get(table, ())
    return [n for n in (getattr(record, c) for c in names) if n is not None]


def _numbers(columns: Mapping[str, tuple[str, ...]], table: str, record: Record) -> list[Decimal]:
    return [v for v in (getattr(record, c) for c in columns.get(table, ())) if v is not None]


def _keeps_digits(value: Decimal) -> bool:
    if not value.is_finite():
        return False
    exponent = value.normalize(money.EXACT).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS


def rows(
    item: Import, pseudonym: Pseudonym, ceiling: Ceiling, problems: list[Problem]
) -> Iterator[tuple[str, Row]]:
    """Table and row of each record that can be kept; what cannot is added to ``problems``."""
    for record in item.records:
        table = _TABLE_OF.get(type(record))
        if table is None:
            continue
        refusal = ceiling.refusal(table, record)
        if refusal:
            fix = "Correct the row and import the file again."
            problems.append(Problem("import.out-of-range", record.where, f"{refusal}.", fix))
            continue
        yield table, _row(table, record, item, pseudonym)


def _row(table: str, record: Record, item: Import, pseudonym: Pseudonym) -> Row:
    row: Row = {name: getattr(record, name) for name in _PLAIN[table]}
    row.update((name, _microseconds(getattr(record, name))) for name in _TIMES[table])
    row.update((name, _digits(getattr(record, name))) for name in _EXACT.get(table, ()))
    row["feed"], row["source"], row["row"] = item.feed, item.sha256[:12], record.where.row
    if isinstance(record, Cost):
        row["id"] = record.id if item.dedupes else ""
    if not isinstance(record, Usage):
        row["person"] = pseudonym(getattr(record, "person", ""))
        return row
    row["person"] = pseudonym(record.person)
    row["billing"], row["origin"] = record.billing.value, record.source
    row["id"] = record.id if item.dedupes and record.id else None
    row["band_above"], row["band_upto"] = record.prompt_band or (None, None)
    row["message"] = row["request"] = row["file"] = ""
    row["sidechain"] = row["agent"] = False
    return row


def _microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def _digits(value: Decimal | None) -> str | None:
    return None if value is None else money.plain(value)


def problem_rows(feed: str, source: str, problems: Iterable[Problem]) -> Iterator[Row]:
    """Problems as rows of the table of that name."""
    for p in problems:
        place = {"file": p.where.file, "row": p.where.row, "column": p.where.column}
        yield {"feed": feed, "source": source, "code": p.code, **place, "what": p.what, "fix": p.fix} | {
            "changes": p.changes
        }


class Spool:
    """One file per table in ``folder``, loaded into ``new_<table>`` at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = {t: (folder / f"{t}.ndjson").open("wb") for t in (*_PLAIN, "problems")}
        self.counts = dict.fromkeys(self._files, 0)

    def write(self, table: str, row: Row) -> None:
        self._files[table].write(_encoded(row) + b"\n")
        self.counts[table] += 1

    def load(self, engine: Engine) -> None:
        """Makes the staging tables."""
        for table, file in self._files.items():
            file.close()
            staged = {c: _STAGED.get(t, t) for c, t in TABLES[table].items()}
            engine.load("staged", [Path(file.name)], staged)
            engine.run(
                f"create or replace temp table new_{table} as select {_casts(TABLES[table])} from staged"
            )
        engine.run("drop table staged")


_STAGED = {"TIMESTAMP": "BIGINT", EXACT: "VARCHAR", "UUID": "VARCHAR"}
_CAST = {
    "TIMESTAMP": "make_timestamp({0})",
    EXACT: f"cast({{0}} as {EXACT})",
    "UUID": "cast(md5({0}) as uuid)",
}


def _casts(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{_CAST.get(t, '{0}').format(quoted(c))} as {quoted(c)}" for c, t in columns.items())


def _encoded(row: Row) -> bytes:
    """One line of JSON; the lone surrogates that no encoding can hold become question marks."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
