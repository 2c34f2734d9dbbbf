"""A canonical Parquet file of requests, counted in one pass without a row in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bothhalves.core.terms import COUNT_METERS, PROMPT_METERS
from bothhalves.store.counting import class_of, listed, prepare
from bothhalves.store.engine import DuckDB, filled, query, quoted
from bothhalves.store.schema import CONDITIONS, OWNERS

#: Columns that make a row more than a plain request; such files are read row by row.
NOT_PLAIN = frozenset({"until", "prompt_band", "meter", "quantity"})
MOST = 10**15
_DEFAULT = {"tier": "standard", "speed": "standard", "billing": "unknown"}
_MICROSECONDS = 1_000_000


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
    grain_s: int = 900,
    spill: Path | None = None,
) -> CanonicalCount:
    """Counts request rows into cells, written to ``target``, with slots of ``grain_s`` seconds.

    Cells are told apart by vendor, model, tier, speed, region and billing, and by the owners named in
    ``group_by``. Raises :class:`NotPlain` for a file that states buckets or other meters.
    """
    engine = DuckDB(spill)
    try:
        prepare(engine, edges)
        named = [str(p) for p in paths]
        types = {
            r[0]: r[1] for r in engine.run("describe select * from read_parquet($paths)", {"paths": named})
        }
        _check(types, group_by)
        repeated = _repeated(engine, types, named)
        engine.run(
            f"create temp table counted as {_counting(types, edges, group_by, grain_s, repeated > 0)}",
            {"paths": named},
        )
        bad = engine.run("select coalesce(sum(rows), 0), count(*) from counted where not is_sound")[0][0]
        cells = engine.save(_cells(types, group_by, grain_s), target)
        rows = engine.run("select coalesce(sum(rows), 0) from counted")[0][0]
        return CanonicalCount(int(rows) + repeated, int(bad), repeated, cells)
    finally:
        engine.close()


def _check(types: Mapping[str, str], group_by: Sequence[str]) -> None:
    if extra := sorted(NOT_PLAIN & set(types)):
        raise NotPlain(f"the file has {', '.join(extra)}")
    if not {"time", "vendor", "model"} <= set(types):
        raise NotPlain("the file lacks time, vendor or model")
    if unknown := sorted(set(group_by) - set(OWNERS) - set(CONDITIONS)):
        raise ValueError(f"usage cannot be grouped by {', '.join(unknown)}")


def _dimensions(types: Mapping[str, str], group_by: Sequence[str]) -> list[str]:
    """The columns to group by: those that the file has."""
    wanted = ("vendor", *CONDITIONS, *group_by)
    return [c for c in dict.fromkeys(wanted) if c in types]


def _counting(
    types: Mapping[str, str], edges: Sequence[int], group_by: Sequence[str], grain_s: int, repeats: bool
) -> str:
    meters = [m for m in ("requests", *COUNT_METERS) if m in types]
    dimensions = _dimensions(types, group_by)
    columns = [f"coalesce({quoted(d)}, '{_DEFAULT.get(d, '')}') as {quoted(d)}" for d in dimensions]
    columns += [f"{_whole(m, types)} as {quoted(m)}" for m in meters]
    columns += [f"{_instant(types)} // {grain_s * _MICROSECONDS} as slot"]
    prompts = [f"coalesce({quoted(m)}, 0)" for m in PROMPT_METERS if m in types]
    text = filled(
        query("count_canonical"),
        columns=", ".join(columns),
        sound=_sound(types, meters),
        prompt=" + ".join(prompts) or "0",
        single="coalesce(requests = 1, true)" if "requests" in types else "true",
        dimensions=listed(dimensions),
        sums=", ".join(_sum(m) for m in meters),
        **{"class": class_of("prompt", edges)},
    )
    return text.replace("from read_parquet($paths)", f"from ({_once(types)})") if repeats else text


def _whole(column: str, types: Mapping[str, str]) -> str:
    """A count as it is stored, or as it is written; what is no whole number becomes -1, and so unsound."""
    name = quoted(column)
    if types[column] in ("BIGINT", "INTEGER", "UINTEGER", "SMALLINT"):
        return name
    return f"case when {name} is null then null else coalesce(try_cast({name} as bigint), -1) end"


def _instant(types: Mapping[str, str]) -> str:
    if types["time"].startswith("TIMESTAMP"):
        return "epoch_us(time)"
    return "epoch_us(try_cast(time as timestamptz))"


def _sound(types: Mapping[str, str], meters: Sequence[str]) -> str:
    names = [quoted(m) for m in meters]
    said = " or ".join(f"{n} > 0" for n in names)
    bounds = [f"coalesce({n}, 0) between 0 and {MOST}" for n in names]
    named = "(model <> '' or product <> '')" if "product" in types else "model <> ''"
    return " and ".join(["slot is not null", "vendor <> ''", named, *bounds, f"({said})"])


def _sum(column: str) -> str:
    name = quoted(column)
    if column == "requests":
        return f"sum(case when single then 1 else {name} end) as {name}"
    return f"sum({name}) as {name}"


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


def _cells(types: Mapping[str, str], group_by: Sequence[str], grain_s: int) -> str:
    dimensions = _dimensions(types, group_by)
    meters = [m for m in ("requests", *COUNT_METERS) if m in types]
    sums = ", ".join(f"cast({quoted(m)} as bigint) as {quoted(m)}" for m in meters)
    start = f"make_timestamp(slot * {grain_s * _MICROSECONDS})"
    return (
        f"select {listed(dimensions)}, case when single then c.above else -1 end as prompt_above,"
        f" c.upto as prompt_upto, {start} as start, cast({grain_s} as bigint) as grain_s, {sums}, rows"
        " from counted inner join prompt_class as c on c.class = counted.class where is_sound"
    )
