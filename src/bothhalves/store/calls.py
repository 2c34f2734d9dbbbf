"""The durable extract of calls, and the cells that follow from it."""

from __future__ import annotations

from collections.abc import Sequence

from bothhalves.core.explain import Problem, Where
from bothhalves.core.terms import COUNT_METERS
from bothhalves.store.batches import Scan
from bothhalves.store.counting import cells, listed
from bothhalves.store.engine import filled, query, quoted
from bothhalves.store.replacing import month_of
from bothhalves.store.schema import CALLS, EXACT, SHARD
from bothhalves.store.work import Work

ORIGIN = "calls"
_COLUMNS = listed(tuple(CALLS))
_CALL = "partition by product, message, call"
_LARGEST = ("input_tokens", "cache_read_tokens", "output_tokens", "web_searches")
#: A total of cache writes and its split by lifetime must not both be counted: one record gives all three.
_WRITES = ("cache_write_1h_tokens", "cache_write_5m_tokens", "cache_write_tokens")
#: What a merged call takes from its records together instead of from the one it is told by.
_TOGETHER = {
    "output_at_least": "all_at_least",
    "request": "coalesce(nullif(call, ''), request)",
    **{meter: f"most_{meter}" for meter in (*_LARGEST, *_WRITES)},
}


def add_scan(work: Work, scan: Scan) -> None:
    """Merges new transcript records into the extract of their feed: a call told many times is one call."""
    if not scan.shards and not scan.rewritten:
        return
    engine = work.engine
    _stage(work, scan)
    months = {m for (m,) in engine.run(f"select distinct {month_of('time')} from fresh")}
    months |= touched(work, scan.feed, scan.rewritten)
    work.view("old", "calls", work.stored("calls", scan.feed, ORIGIN, months))
    engine.run(
        "create or replace temp table standing as"
        " select * from old where not list_contains(cast($rewritten as varchar[]), file)",
        {"rewritten": list(scan.rewritten)},
    )
    together = ", ".join(f"{_TOGETHER.get(c, quoted(c))} as {quoted(c)}" for c in CALLS)
    _merge(
        work,
        scan.feed,
        months,
        filled(query("merge_transcripts"), columns=together, alone=_COLUMNS, largest=_largest()),
    )


def _largest() -> str:
    most_written = f"{' + '.join(_WRITES)} desc, {', '.join(f'{m} desc' for m in _WRITES)}"
    columns = [f"max({quoted(m)}) over ({_CALL}) as most_{m}" for m in _LARGEST]
    columns += [
        f"first_value({quoted(m)}) over ({_CALL} order by {most_written}) as most_{m}" for m in _WRITES
    ]
    return ", ".join(columns)


def recount(work: Work, feeds: Sequence[str] | None = None) -> None:
    """Counts every stored call again, as after new price edges."""
    for segment in work.manifest.of("calls"):
        if feeds is None or segment.feed in feeds:
            work.view("counting", "calls", [segment])
            work.write(("usage", segment.feed, segment.period, ORIGIN), cells(work.edges))


def _stage(work: Work, scan: Scan) -> None:
    """Makes ``fresh`` of the shards, with pseudonyms in the place of identities."""
    engine = work.engine
    engine.load("shard", scan.shards, SHARD)
    raw = [p for (p,) in engine.run("select distinct person from shard where person <> ''")]
    engine.run(
        "create or replace temp table pseudonym as select unnest(cast($raw as varchar[])) as raw,"
        " unnest(cast($kept as varchar[])) as pseudonym",
        {"raw": raw, "kept": [work.pseudonym(p) for p in raw]},
    )
    counts = ", ".join(f"coalesce(s.{quoted(m)}, 0) as {quoted(m)}" for m in COUNT_METERS)
    numbers = ", ".join(f"coalesce(s.{quoted(m)}, 0)" for m in COUNT_METERS)
    staged = filled(query("stage_shards"), counts=counts, numbers=numbers, exact=EXACT)
    engine.run(f"create or replace temp table fresh as {staged}", {"feed": scan.feed})
    kept, all_rows = (int(engine.run(f"select count(*) from {t}")[0][0]) for t in ("fresh", "shard"))
    work.report.rows["calls"] += kept
    if kept < all_rows:
        what = f"{all_rows - kept} records of transcripts have token counts that cannot be true."
        fix = "Look at the logs of this tool; the other records are counted."
        work.report.problems.append(Problem("import.out-of-range", Where(scan.feed), what, fix))
    engine.run("drop table shard")
    engine.run("drop table pseudonym")


def touched(work: Work, feed: str, rewritten: Sequence[str]) -> set[str]:
    """The stored months that hold calls which ``fresh`` tells again, or calls of rewritten files."""
    work.view("old", "calls", work.stored("calls", feed, ORIGIN))
    return {m for (m,) in work.engine.run(query("touched_months"), {"rewritten": list(rewritten)})}


def _merge(work: Work, feed: str, months: set[str], merge: str) -> None:
    """Writes ``months`` anew from ``standing`` and ``fresh``: the calls, and the cells counted from them."""
    engine = work.engine
    engine.run(
        "create or replace temp table gathered as select *, 0 as age from standing"
        " union all by name select *, 1 as age from fresh"
    )
    engine.run(f"create or replace temp table merged as {merge}")
    engine.run("drop table gathered")
    for month in sorted(months):
        engine.run(
            "create or replace temp table counting as"
            f" select {_COLUMNS} from merged where {month_of('time')} = $month",
            {"month": month},
        )
        order = f"time, product, source, {quoted('row')}, {_COLUMNS}"
        work.write(("calls", feed, month, ORIGIN), f"select {_COLUMNS} from counting order by {order}")
        work.write(("usage", feed, month, ORIGIN), cells(work.edges))
    for left_over in ("counting", "merged", "standing", "fresh"):
        engine.run(f"drop table if exists {left_over}")
