"""Canonical tables taken by the engine at once; only what it cannot be sure of is read row by row."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from bothhalves.core.terms import Record
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source, Unreadable
from bothhalves.workspace.reading_files import Options, completed

if TYPE_CHECKING:
    from bothhalves.store.batches import Bulk


def read_at_once(
    source: Source, form: Format, options: Options, lasting: ExitStack
) -> tuple[Bulk, list[Record], Sink] | None:
    """The rows that the store may take by itself while ``lasting`` lasts, the records of the others, and
    problems.

    Together they are what reading row by row gives. None where that is to be done instead.
    """
    from bothhalves.intake import canonical, canonical_columns, tabular
    from bothhalves.store.bulk import surveyed

    if form not in canonical.FORMATS:
        return None
    try:
        table = lasting.enter_context(tabular.as_columns(source))
        columns = None if table is None else canonical_columns.columns(table)
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
    bulk = replace(bulk, header=0 if table is source else 1)
    return bulk, [completed(record, options) for record in sink.records], sink
