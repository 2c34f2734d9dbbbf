"""Any table as a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bothhalves.store.engine import DuckDB


def write(path: Path, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
    """Write ``rows`` to ``path``; a file that is there is replaced. The names are the program's own."""
    values = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in columns]
    bound = {f"c{n}": value for n, value in enumerate(values)}
    typed = enumerate(columns.items())
    unnested = ", ".join(f'unnest(cast($c{n} as {kind}[])) as "{name}"' for n, (name, kind) in typed)
    target = str(path).replace("'", "''")
    with TemporaryDirectory(prefix="bothhalves-") as folder:
        engine = DuckDB(Path(folder))
        engine.run(f"create temp table written as select {unnested}", bound)
        engine.run(f"copy written to '{target}' (format parquet)")
        engine.close()
