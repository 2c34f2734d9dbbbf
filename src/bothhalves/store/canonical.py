"""A canonical Parquet file of requests, counted in one pass without a row in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bothhalves.core.terms import COUNT_METERS, PROMPT_METERS
from bothhalves.store.counting import class_of, listed, prepare
from bothhalves.store.engine import DuckDB, OutOfRange, filled, query, quoted
from bothhalves.store.schema import CONDITIONS, OWNERS

#: Columns that make a row more than a plain request; such files are read row by row.
NOT_PLAIN = frozenset({"until", "prompt_band", "meter", "quantity"})
#: More than any row can mean; a power of two, so that all counts of a row are compared at once.
MOST = 2**50
DEFAULTS = {"tier": "standard", "speed": "standard", "billing": "unknown"}
_MICROSECONDS = 1_000_000
DAY_S = 86_400
_CENTURY = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 12, 31, tzinfo=UTC))
_WHOLE = frozenset({"BIGINT", "INTEGER", "SMALLINT", "UINTEGER", "USMALLINT"})


class NotPlain(Exception):
    """The file cannot be counted in one pass for the columns it has or lacks: the message says which."""


@dataclass(frozen=True, slots=True)
class CanonicalCount:
    """Of ``rows`` rows ``bad`` were unsound and ``repeated`` had a known id; ``cells`` were written."""

    rows: int
    bad: int
    repeated: int
    cells: int


def count_parquet(
    paths: Sequence[Path],
    target: Path,
    *,
    edges: Sequence[int],
    group_by: Sequence[str] = ("workload",),
    grain_s: int = DAY_S,
    spill: Path | None = None,
) -> CanonicalCount:
    """Counts request rows into cells, written to ``target``, with UTC slots of ``grain_s`` seconds.

    Prices change by the day; a few depend on the hour, and need a finer grain. Cells are told apart by
    vendor, model, tier, speed, region and billing, and by the owners named in ``group_by``. Raises
    :class:`NotPlain` for a file that states buckets or other meters, or counts that cannot be added up:
    reading it row by row then says where.
    """
    engine = DuckDB(spill)
    try:
        prepare(engine, edges)
        named = [str(p) for p in paths]
        described = engine.run("describe select * from read_parquet($paths)", {"paths": named})
        types = {row[0]: row[1] for row in described}
        _check(types, group_by)
        repeated = _repeated(engine, types, named)
        counting = _counting(_columns(engine, types, named), edges, _dimensions(types, group_by), grain_s)
        rows_of = f"({_once(types)})" if repeated else "read_parquet($paths)"
        engine.run(f"create temp table counted as {filled(counting, rows=rows_of)}", {"paths": named})
        classes = len(edges) + 1
        cells = engine.save(_cells(types, group_by, grain_s, classes), target)
        sound = f"coalesce({_named(types, group_by, grain_s, classes)}, false)"
        totals = "select coalesce(sum(rows), 0), coalesce(sum(rows) filter (where not {}), 0) from counted"
        rows, bad = engine.run(totals.format(sound))[0]
        return CanonicalCount(int(rows) + repeated, int(bad), repeated, cells)
    except OutOfRange as error:
        raise NotPlain("a count is too large to be added up") from error
    finally:
        engine.close()


def _check(types: Mapping[str, str], group_by: Sequence[str]) -> None:
    if extra := sorted(NOT_PLAIN & set(types)):
        raise NotPlain(f"the file has {', '.join(extra)}")
    if not {"time", "vendor", "model"} <= set(types):
        raise NotPlain("the file lacks time, vendor or model")
    counts = [m for m in ("requests", *COUNT_METERS) if m in types]
    if not counts or any(types[m] not in _WHOLE for m in counts):
        raise NotPlain("a count is missing, or is not stored as whole numbers")
    if types["time"] != "TIMESTAMP WITH TIME ZONE":
        raise NotPlain("the times are not stored with a zone")
    if unknown := sorted(set(group_by) - set(OWNERS) - set(CONDITIONS)):
        raise ValueError(f"usage cannot be grouped by {', '.join(unknown)}")


def _dimensions(types: Mapping[str, str], group_by: Sequence[str]) -> list[str]:
    """The columns to group by: those that the file has."""
    wanted = ("vendor", *CONDITIONS, *group_by)
    return [c for c in dict.fromkeys(wanted) if c in types]


def _columns(engine: DuckDB, types: Mapping[str, str], named: list[str]) -> dict[str, tuple[bool, bool]]:
    """Of each count in the file: whether every row has it, and whether no sum of it leaves 64 bits."""
    facts = {name: (full, small) for name, full, small in engine.run(query("column_facts"), {"paths": named})}
    return {m: facts.get(m, (False, False)) for m in ("requests", *COUNT_METERS) if m in types}


def _counting(
    meters: Mapping[str, tuple[bool, bool]], edges: Sequence[int], dimensions: list[str], grain_s: int
) -> str:
    columns = [quoted(d) for d in dimensions]
    for meter, (is_full, _) in meters.items():
        columns.append(quoted(meter) if is_full else f"coalesce({quoted(meter)}, 0) as {quoted(meter)}")
    always = any(is_full for is_full, _ in meters.values())
    columns.append("true as said" if always else f"coalesce({listed(tuple(meters))}) is not null as said")
    columns.append(f"epoch_us(time) // {grain_s * _MICROSECONDS} as slot")
    return filled(
        query("count_canonical"),
        classes=str(len(edges) + 1),
        columns=", ".join(columns),
        sound=_sound(tuple(meters)),
        prompt=" + ".join(quoted(m) for m in PROMPT_METERS if m in meters) or "0",
        single="(requests <= 1)" if "requests" in meters else "true",
        dimensions=listed(dimensions),
        sums=", ".join(_sum(m, is_small) for m, (_, is_small) in meters.items()),
        **{"class": class_of("prompt", edges)},
    )


def _sound(meters: Sequence[str]) -> str:
    """Soundness of a row's counts in one comparison: their bits together are negative if any of them is."""
    together = " | ".join(quoted(m) for m in meters)
    return f"(said and ({together}) between 0 and {MOST - 1})"


def _named(types: Mapping[str, str], group_by: Sequence[str], grain_s: int, classes: int) -> str:
    """Soundness of a cell: of its rows, its time, and what it is grouped by."""
    product = " or product <> ''" if "product" in _dimensions(types, group_by) else ""
    first, last = (int(year.timestamp()) // grain_s for year in _CENTURY)
    slot = f"place // {classes * 4} between {first} and {last}"
    return f"place % 2 = 1 and {slot} and vendor <> '' and (model <> ''{product})"


def _sum(column: str, is_small: bool) -> str:
    name = quoted(column)
    if column == "requests":
        return f"sum(greatest(1, {name})) as {name}"
    return f"{'sum_no_overflow' if is_small else 'sum'}({name}) as {name}"


def _repeated(engine: DuckDB, types: Mapping[str, str], named: list[str]) -> int:
    """How many rows repeat an id. Only ids whose hashes recur, which come to ``repeats``, are compared."""
    if "id" not in types:
        return 0
    engine.run(
        "create temp table repeats as select hash(id) as h from read_parquet($paths)"
        " where id is not null group by hash(id) having count(*) > 1",
        {"paths": named},
    )
    sql = (
        "select count(*) - count(distinct id) from read_parquet($paths)"
        " where hash(id) in (select h from repeats)"
    )
    return int(engine.run(sql, {"paths": named})[0][0])


def _once(types: Mapping[str, str]) -> str:
    """The rows with each id once: the one whose output has grown most."""
    output = "output_tokens" if "output_tokens" in types else "0"
    return (
        "select * from read_parquet($paths) where id is null or hash(id) not in (select h from repeats)"
        " union all select * from read_parquet($paths) where hash(id) in (select h from repeats)"
        f" qualify row_number() over (partition by id order by {output} desc, time) = 1"
    )


def _cells(types: Mapping[str, str], group_by: Sequence[str], grain_s: int, classes: int) -> str:
    dimensions = _dimensions(types, group_by)
    named = [f"coalesce({quoted(d)}, '{DEFAULTS.get(d, '')}') as {quoted(d)}" for d in dimensions]
    meters = [m for m in ("requests", *COUNT_METERS) if m in types]
    sums = ", ".join(f"cast({quoted(m)} as bigint) as {quoted(m)}" for m in meters)
    start = f"make_timestamp((place // {classes * 4}) * {grain_s * _MICROSECONDS})"
    return (
        f"select {', '.join(named)}, case when (place // 2) % 2 = 1 then c.above else -1 end as prompt_above,"
        f" c.upto as prompt_upto, {start} as start, cast({grain_s} as bigint) as grain_s, {sums}, rows"
        f" from counted inner join prompt_class as c on c.class = (place // 4) % {classes}"
        f" where {_named(types, group_by, grain_s, classes)}"
    )
