"""The one place that talks to DuckDB: run, insert, save, and the SQL files."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

Parameters = Mapping[str, object]
Rows = list[tuple[Any, ...]]
_NAMED = re.compile(r"\$([a-z_][a-z0-9_]*)")
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")


class OutOfRange(Exception):
    """A number left the range of its column."""


class Engine(Protocol):
    """What the store needs of a database."""

    def run(self, sql: str, parameters: Parameters | None = None) -> Rows:
        """The rows of one statement."""

    def load(self, table: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Makes ``table`` of NDJSON files whose objects have ``columns``."""

    def save(self, select: str, path: Path, parameters: Parameters | None = None) -> int:
        """Writes the rows of a query to a Parquet file and says how many there were."""

    def view(self, name: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Lets ``name`` stand for the rows of Parquet files; an empty table of ``columns`` without any."""


@cache
def query(name: str) -> str:
    """The text of ``sql/NAME.sql``."""
    return (files(__package__) / "sql" / f"{name}.sql").read_text("utf-8")


@cache
def audits() -> dict[str, str]:
    """The audits by name: each returns the rows that break a rule."""
    found = (f for f in (files(__package__) / "audits").iterdir() if f.name.endswith(".sql"))
    return {f.name.removesuffix(".sql"): f.read_text("utf-8") for f in sorted(found, key=lambda f: f.name)}


def filled(template: str, **parts: str) -> str:
    """``template`` with ``/*name*/`` marks replaced by SQL that this package made from fixed names."""
    for name, text in parts.items():
        template = template.replace(f"/*{name}*/", text)
    return template


def quoted(identifier: str) -> str:
    """A column name of ours, quoted; anything that is not one raises ``ValueError``."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"not a column name: {identifier!r}")
    return f'"{identifier}"'


class DuckDB:
    """DuckDB in memory. ``spill`` takes what does not fit; by default a temporary folder of the process."""

    def __init__(self, spill: Path | None = None, memory: str = "800MB") -> None:
        import duckdb

        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        scratch = spill or Path(tempfile.gettempdir()) / f"bothhalves-{os.getpid()}"
        config["temp_directory"] = str(scratch)
        self._connection = duckdb.connect(config=config)
        self._out_of_range, self._unconvertible = duckdb.OutOfRangeException, duckdb.ConversionException
        self.run("set TimeZone = 'UTC'")
        self.run("set enable_progress_bar = false")  # which goes to stdout, where results go

    def run(self, sql: str, parameters: Parameters | None = None) -> Rows:
        """The rows of one statement; parameters that it does not name are ignored."""
        named = set(_NAMED.findall(sql))
        bound = {k: v for k, v in (parameters or {}).items() if k in named}
        try:
            return self._connection.execute(sql, bound or None).fetchall()
        except (self._out_of_range, self._unconvertible) as error:
            raise OutOfRange(str(error)) from error

    def load(self, table: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Makes ``table`` of NDJSON files. Columns are always given: detection guesses wrongly."""
        if not paths:
            self.run(f"create or replace temp table {quoted(table)} as {empty(columns)}")
            return
        shape = ", ".join(f"{quoted(c)}: '{t}'" for c, t in columns.items())
        self.run(
            f"create or replace temp table {quoted(table)} as select * from read_json($paths,"
            f" format = 'newline_delimited', maximum_object_size = 67108864, columns = {{{shape}}})",
            {"paths": [str(p) for p in paths]},
        )

    def save(self, select: str, path: Path, parameters: Parameters | None = None) -> int:
        """Writes a query's rows as Parquet."""
        sql = f"copy ({select}) to $path (format parquet, compression zstd)"
        return int(self.run(sql, {**(parameters or {}), "path": str(path)})[0][0])

    def view(self, name: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        if paths:
            relation = self._connection.read_parquet([str(p) for p in paths])
            relation.create_view(name, replace=True)
        else:
            # Not a temporary view: one of those would go before the views of files of the same name.
            self.run(f"create or replace view {quoted(name)} as {empty(columns)}")

    def close(self) -> None:
        self._connection.close()


def temporary(
    engine: Engine, name: str, columns: Mapping[str, str], rows: Sequence[tuple[object, ...]]
) -> None:
    """Makes ``name`` of ``rows``, in the place of what it was before."""
    values: list[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    unnested = ", ".join(f"unnest(cast(${c} as {t}[])) as {quoted(c)}" for c, t in columns.items())
    bound = {c: list(v) for c, v in zip(columns, values, strict=True)}
    engine.run(f"create or replace temp table {name} as select {unnested}", bound)


def empty(columns: Mapping[str, str]) -> str:
    """A query of ``columns`` without rows."""
    return (
        "select "
        + ", ".join(f"cast(null as {t}) as {quoted(c)}" for c, t in columns.items())
        + " where false"
    )
