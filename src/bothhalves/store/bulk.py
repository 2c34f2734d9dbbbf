"""Usage rows straight from Parquet files into the store, without a row in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bothhalves.core.terms import COUNT_METERS
from bothhalves.store.batches import Bulk, Import
from bothhalves.store.counting import listed
from bothhalves.store.engine import DuckDB, Engine, quoted
from bothhalves.store.schema import CALLS
from bothhalves.store.spool import MOST_AMOUNT, MOST_COUNTED
from bothhalves.store.work import Work

#: A file may come to this part of what an import may add up.
_PART = 1000
_COUNTED = (*COUNT_METERS, "prefix_tokens")
_COLUMN_OF = {"origin": "source"}
#: What a stored call has in columns that a file lacks, where that is not simply nothing.
_ABSENT = {
    **dict.fromkeys(("time", "until", "requests", "quantity", "band_above", "band_upto", "id"), "null"),
    **dict.fromkeys(("tier", "speed"), "'standard'"),
    "billing": "'unknown'",
}
_NOTHING = {"VARCHAR": "''", "BIGINT": "0", "BOOLEAN": "false"}
#: So many rows are read one by one without a thought.
_READILY = 1000
#: So many rows tell whether a column has few values.
_SAMPLE = 100_000
#: So many rows are left out by naming them.
_FEW = 20


@dataclass(frozen=True, slots=True)
class Staged:
    """The new calls of a feed: a table of those that were read, and queries of those that are in files.

    ``fixed`` are columns in which the rows of the files all have the one value.
    """

    table: str
    queries: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)

    def within(self, since: datetime, until: datetime) -> list[str]:
        """Queries of the new calls in ``[since, until)``, files first."""
        span = f"time >= timestamp '{since}' and time < timestamp '{until}'"
        instants = f">= timestamptz '{since}+00' and {{0}} < timestamptz '{until}+00'"
        found = [_narrowed(query, instants) + f" where {span}" for query in self.queries]
        return [*found, f"select * from {self.table} where {span}"]


def surveyed(
    path: str, values: Mapping[str, str], sure: str, texts: Mapping[str, str], instant: str
) -> Bulk | None:
    """The rows that are ``sure``, all but the first; None where too few are, or too much to add up.

    ``texts`` has for some columns what each value must be besides. The first row is left for whoever reads
    the others, and then says what there is to say of the columns.
    """
    import duckdb

    def total(names: Sequence[str], kind: str) -> str:
        terms = [f"coalesce(cast({values[n]} as {kind}), 0)" for n in names if n in values]
        return f"coalesce(sum({' + '.join(terms) or '0'}) filter (where sure), 0)"

    counted, amounts = total(("requests", *_COUNTED), "hugeint"), total(("quantity",), "decimal(38, 24)")
    engine = DuckDB()
    try:
        asked = " and ".join((sure, *_doubtful(engine, path, texts)))
        rows, aside, most, amount = engine.run(
            f"select count(*), list(file_row_number + 1) filter (where not sure), {counted}, {amounts}"
            f" from (select *, file_row_number > 0 and {asked} as sure from {file_of(path)})"
        )[0]
    except duckdb.Error:
        return None  # what is wrong with the file is for its reader to say
    finally:
        engine.close()
    left = tuple(sorted(aside or ()))
    if len(left) > max(_READILY, rows // 4) or most > MOST_COUNTED // _PART or amount > MOST_AMOUNT / _PART:
        return None
    return Bulk(path, values, instant, left, rows - len(left), int(most), Decimal(amount))


def _doubtful(engine: Engine, path: str, texts: Mapping[str, str]) -> list[str]:
    """The conditions to be asked of every row; of a column with few values each value is asked, once."""
    if not texts:
        return []
    counts = ", ".join(f"count(distinct {column})" for column in texts)
    (seen,) = engine.run(f"select {counts} from (from {file_of(path)} limit {_SAMPLE})")
    found = []
    for (column, condition), values in zip(texts.items(), seen, strict=True):
        sure = f"coalesce({condition}, false)"
        every = (
            f"select coalesce(bool_and({sure}), true) from (select distinct {column} from {file_of(path)})"
        )
        if values > _SAMPLE // 5 or not engine.run(every)[0][0]:
            found.append(sure)
    return found


def stage(work: Work, items: Sequence[Import]) -> Staged:
    """Lets ``new_calls``, a table of the calls that were read, stand for those in the files as well."""
    bulks = [(item, item.bulk) for item in items if item.bulk is not None]
    if not bulks:
        return Staged("new_calls")
    engine = work.engine
    _leave(engine, bulks)
    _name_people(work, bulks)
    queries = tuple(_query(item, bulk) for item, bulk in bulks)
    columns = listed(tuple(CALLS))
    everything = " union all ".join(f"select {columns} from ({_narrowed(q, '')})" for q in queries)
    engine.run("alter table new_calls rename to read_calls")
    engine.run(f"create temp view new_calls as {everything} union all select {columns} from read_calls")
    fixed = [_fixed(item, bulk).items() for item, bulk in bulks]
    return Staged("read_calls", queries, dict(set.intersection(*map(set, fixed))))


def unstage(work: Work, staged: Staged) -> None:
    """Makes room for the next feed."""
    if staged.queries:
        work.engine.run("drop view new_calls")
        work.engine.run("drop table read_calls")


def file_of(path: str) -> str:
    """The rows of a file and their place in it, ``file_row_number``, which counts from 0."""
    return f"read_parquet({_literal(path)}, hive_partitioning = false, file_row_number = true)"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name_people(work: Work, bulks: Sequence[tuple[Import, Bulk]]) -> None:
    """Makes ``bulk_person``: pseudonyms in the place of identities, each made once."""
    found: dict[str, str] = {}
    for item, bulk in bulks:
        if "person" in bulk.values:
            raw = (
                f"select {bulk.values['person']} as raw, file_row_number as row from {file_of(bulk.path)}"
                f" where {_unless_aside(item, bulk)}"
            )
            sql = f"select raw from ({raw}) where raw <> '' group by raw order by min(row)"
            found |= {name: work.pseudonym(name) for (name,) in work.engine.run(sql)}
    work.engine.run(
        "create or replace temp table bulk_person as select unnest(cast($raw as varchar[])) as raw,"
        " unnest(cast($kept as varchar[])) as pseudonym",
        {"raw": list(found), "kept": list(found.values())},
    )


def _leave(engine: Engine, bulks: Sequence[tuple[Import, Bulk]]) -> None:
    """Makes ``bulk_aside``: the rows of each file that are not taken."""
    engine.run("create or replace temp table bulk_aside (source varchar, row bigint)")
    for item, bulk in bulks:
        engine.run(
            "insert into bulk_aside select $source, unnest(cast($rows as bigint[]))",
            {"source": item.sha256[:12], "rows": list(bulk.aside)},
        )


def _query(item: Import, bulk: Bulk) -> str:
    """The rows of a file as stored calls; a ``/*within*/`` takes a condition on the file's own times."""
    fixed = _fixed(item, bulk)
    given = ", ".join(f"{value} as {quoted(name)}" for name, value in bulk.values.items())
    instant = f"/*within {bulk.instant}*/" if bulk.instant else ""
    columns = ", ".join(
        f"cast({fixed.get(c) or _taken(c)} as {kind}) as {quoted(c)}" for c, kind in CALLS.items()
    )
    people = " left join bulk_person as p on p.raw = f.person" if "person" in bulk.values else ""
    return (
        f"select * from (select {columns} from (select {given}, file_row_number + {1 + bulk.header} as row"
        f" from {file_of(bulk.path)} where {_unless_aside(item, bulk)}{instant}) as f{people})"
    )


def _narrowed(query: str, instants: str) -> str:
    """A query of :func:`_query` with a condition on the file's own times, or with none."""
    before, mark, rest = query.partition("/*within ")
    if not mark:
        return query
    column, _, after = rest.partition("*/")
    condition = f" and {column} {instants.format(column)}" if instants else ""
    return before + condition + after


def _unless_aside(item: Import, bulk: Bulk) -> str:
    if len(bulk.aside) <= _FEW:
        left = ", ".join(str(row - 1) for row in bulk.aside)
        return f"file_row_number not in ({left})" if left else "true"
    chosen = f"select row from bulk_aside where source = {_literal(item.sha256[:12])}"
    return f"file_row_number + 1 not in ({chosen})"


def _fixed(item: Import, bulk: Bulk) -> dict[str, str]:
    """The columns that the file does not have, and the one value of each."""
    known = {"feed": _literal(item.feed), "source": _literal(item.sha256[:12])}
    for name, kind in CALLS.items():
        if name not in ("row", *known) and _COLUMN_OF.get(name, name) not in bulk.values:
            known[name] = _ABSENT.get(name) or _NOTHING[kind]
    if not item.dedupes:
        known["id"] = "null"
    return known


def _taken(column: str) -> str:
    """SQL for a column of stored calls that the file has."""
    name = "f." + quoted(_COLUMN_OF.get(column, column))
    if column == "id":
        return f"case when {name} <> '' then cast(md5({name}) as uuid) end"
    if column == "person":
        return "coalesce(p.pseudonym, '')"
    return f"coalesce({name}, 0)" if column in (*_COUNTED, "attempt") else name
