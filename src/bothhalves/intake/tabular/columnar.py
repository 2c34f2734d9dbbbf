"""Parquet rows, through DuckDB as a file reader: nothing is stored, nothing else on disk can be named.

Every cell becomes text in SQL, so that decimals and 64-bit integers keep their digits; a nested one becomes
JSON. Times with a zone are given in UTC with ``Z``; times without one stay without.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bothhalves.core.explain import Where
from bothhalves.intake.fields import Digits
from bothhalves.intake.source import Source, Unreadable
from bothhalves.intake.tabular.rows import MAX_ROW_BYTES, Row

if TYPE_CHECKING:
    import duckdb

_CHUNK = 4096
_BUFFER = 32 * 2**20
_NUMERIC = ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT")
_GLOB = frozenset("*?[]{}")
_READ = "from read_parquet(?, hive_partitioning = false)"
_READ_SOME = (
    "from read_parquet(?, hive_partitioning = false, file_row_number = true)"
    " where file_row_number in (select unnest(cast(? as bigint[])) - 1) order by file_row_number"
)


class Delimited(NamedTuple):
    """How a text without blank lines is a table. ``quote`` is empty where it has none."""

    names: Sequence[str]
    delimiter: str
    quote: str


@contextmanager
def _plain_path(path: Path) -> Iterator[str]:
    """The path of the file, by way of a link where its name would be read as a pattern."""
    resolved = path.resolve()
    if not _GLOB & set(str(resolved)):
        yield str(resolved)
        return
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "table.parquet"
        link.symlink_to(resolved)
        yield str(link)


@contextmanager
def _connection(threads: int = 1) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": "1GB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=settings)
    try:
        connection.execute("set enable_progress_bar = false")  # which goes to stdout, where results go
        yield connection
    except duckdb.Error as error:
        raise Unreadable(f"not a readable Parquet file ({str(error).splitlines()[0][:120]})") from error
    finally:
        connection.close()


def quoted(name: str) -> str:
    """A column of a file, whatever it is called, in SQL."""
    return '"' + name.replace('"', '""') + '"'


def as_text(name: str, kind: str) -> str:
    """SQL that gives a column as exact text."""
    column = quoted(name)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({column}))::varchar || 'Z'"
    if kind.startswith(("STRUCT(", "MAP(")) or kind.endswith("]"):
        return f"to_json({column})::varchar"
    return f"{column}::varchar"


def _columns(connection: duckdb.DuckDBPyConnection, path: str) -> list[tuple[str, str]]:
    described = connection.execute(f"describe select * {_READ}", [path]).fetchall()
    return [(name, kind) for name, kind, *_ in described]


def described(source: Source) -> tuple[str, list[tuple[str, str]]]:
    """The path by which an engine can open the file (empty where its name would be read as a pattern), and
    name and type of each column. Raises ``Unreadable`` if this is no Parquet file.
    """
    with _plain_path(source.path) as path, _connection() as connection:
        plain = str(source.path.resolve())
        return plain if path == plain else "", _columns(connection, path)


def header(source: Source) -> tuple[str, ...]:
    """The column names. Raises ``Unreadable`` if this is no Parquet file."""
    with _plain_path(source.path) as path, _connection() as connection:
        return tuple(name.strip() for name, _ in _columns(connection, path))


def rows(source: Source, only: Sequence[int] | None = None) -> Iterator[Row]:
    """The data rows, or ``only`` those of these numbers, read in chunks.

    Raises ``Unreadable`` where the file cannot be read on.
    """
    with _plain_path(source.path) as path, _connection() as connection:
        columns = _columns(connection, path)
        names = [name.strip() for name, _ in columns]
        kinds = [Digits if kind.startswith(_NUMERIC) and kind[-1] != "]" else str for _, kind in columns]
        wanted = ", ".join(as_text(name, kind) for name, kind in columns)
        if only is None:
            numbers: Iterator[int] = count(1)
            result = connection.execute(f"select {wanted} {_READ}", [path])
        else:
            numbers = iter(only)
            result = connection.execute(f"select {wanted} {_READ_SOME}", [path, list(only)])
        while chunk := result.fetchmany(_CHUNK):
            for cells in chunk:
                number = next(numbers)
                typed = (
                    cell if cell is None else kind(cell) for kind, cell in zip(kinds, cells, strict=True)
                )
                yield Row(number, Where(source.name, number), dict(zip(names, typed, strict=True)))


def copied(path: Path, target: Path, lines: Delimited) -> int:
    """Writes delimited text to the Parquet file ``target``, every cell as text and in its order, and says how
    many rows there were; -1 where one has more or fewer cells than there are names.
    """
    kinds = ", ".join(f"{_literal(name)}: 'varchar'" for name in lines.names)
    options = {
        "columns": f"{{{kinds}}}",
        "header": "true",
        "auto_detect": "false",
        "strict_mode": "true",
        "delim": _literal(lines.delimiter),
        "quote": _literal(lines.quote),
        "escape": _literal(lines.quote),
        "max_line_size": str(MAX_ROW_BYTES),
        "buffer_size": str(_BUFFER),
    }
    said = ", ".join(f"{name} = {value}" for name, value in options.items())
    try:
        with _plain_path(path) as plain, _connection(threads=2) as connection:
            rows = f"from read_csv({_literal(plain)}, {said})"
            to = f"copy (select * {rows}) to {_literal(str(target))} (format parquet)"
            return int(connection.execute(to).fetchall()[0][0])
    except Unreadable:
        return -1


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
