"""Tables written for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def write_parquet(path: Path, columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> None:
    """``rows`` as a Parquet file with ``columns`` (name and type of the engine), in their order."""
    from bothhalves.store.tables import write

    write(path, columns, rows)
