"""Canonical Parquet files taken by the engine at once; only what it cannot be sure of is read row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothhalves.core.terms import Record
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source, Unreadable
from bothhalves.workspace.reading_files import Options, completed

if TYPE_CHECKING:
    from bothhalves.store.batches import Bulk


def read_at_once(source: Source, form: Format, options: Options) -> tuple[Bulk, list[Record], Sink] | None:
    """The rows that the store may take from the file by itself, the records of the others, and problems.

    Together they are what reading row by row gives. None where that is to be done instead.
    """
    from bothhalves.intake import canonical, canonical_columns, tabular
    from bothhalves.store.bulk import surveyed

    if form not in canonical.FORMATS:
        return None
    try:
        columns = canonical_columns.columns(source)
    except Unreadable:
        return None
    if columns is None:
        return None
    values = dict(columns.values)
    for name, said in (("account", options.account), ("person", options.person)):
        if said:
            told = "'" + said.replace("'", "''") + "'"
            values[name] = f"coalesce(nullif({values.get(name, 'null')}, ''), {told})"
    bulk = surveyed(columns.path, values, columns.sure, columns.texts, columns.instant)
    if bulk is None:
        return None
    sink = Sink()
    canonical.keep(canonical.answered(tabular.picked(source, bulk.aside or (1,))), sink)
    if any(p.code == "import.unreadable" for p in sink.problems):
        return None
    return bulk, [completed(record, options) for record in sink.records], sink
