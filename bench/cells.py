"""Invented requests counted into a store directly, without the single rows that importing keeps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench import prices
from bothhalves.core.terms import PROMPT_METERS
from bothhalves.store import manifest, segments
from bothhalves.store.engine import DuckDB
from bothhalves.store.manifest import Manifest, SourceEntry
from bothhalves.store.schema import USAGE

_FEED = "canonical"
_METERS = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "output_tokens")
_DAY_S = 86_400
_PROMPT = " + ".join(m for m in _METERS if m in PROMPT_METERS)
_LONG = f"({_PROMPT}) > {prices.LONG_PROMPT}"
#: What a cell is, where that is not simply nothing.
_CELL = {
    "feed": f"'{_FEED}'",
    **{name: name for name in ("vendor", "model", "tier")},
    "speed": "'standard'",
    "billing": "'unknown'",
    "prompt_above": f"if(is_long, {prices.LONG_PROMPT}, -1)",
    "prompt_upto": f"if(is_long, null, {prices.LONG_PROMPT})",
    "start": f"make_timestamp(day * {_DAY_S} * 1000000)",
    "until": f"make_timestamp((day + 1) * {_DAY_S} * 1000000)",
    "grain_s": str(_DAY_S),
    "requests": "count(*)",
    "rows": "count(*)",
    **{name: f"sum({name})" for name in _METERS},
    **dict.fromkeys(("output_at_least", "first_row", "last_row"), "0"),
}
_NOTHING = {"VARCHAR": "''", "BIGINT": "0"}


def fill(root: Path, source: Path, owners: Sequence[str]) -> None:
    """Makes the file of :mod:`bench.usage_rows` the only usage of the workspace, by day and ``owners``."""
    told = {**_CELL, **{name: name for name in owners}}
    columns = ", ".join(
        f"cast({told.get(name, _NOTHING.get(kind, 'null'))} as {kind}) as {name}"
        for name, kind in USAGE.items()
    )
    by = ", ".join(("vendor", "model", "tier", *owners, "is_long", "day"))
    day = f"epoch_us(time) // {_DAY_S * 1_000_000} as day"
    rows = f"select *, {_LONG} as is_long, {day} from read_parquet($rows)"
    engine = DuckDB()
    try:
        (count,) = engine.run("select count(*) from read_parquet($rows)", {"rows": str(source)})[0]
        slot = ("usage", _FEED, "all", "files")
        select = f"select {columns} from ({rows}) group by {by} order by {by}"
        segment = segments.write(engine, root, slot, select, {"rows": str(source)})
    finally:
        engine.close()
    assert segment is not None
    entry = SourceEntry("0" * 64, source.name, _FEED, count, (), 1)
    manifest.save(root, Manifest(1, (prices.LONG_PROMPT,), [entry], {}, {segment.slot: segment}))
