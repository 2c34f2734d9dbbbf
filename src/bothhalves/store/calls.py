"""The durable extract of calls, and the cells that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bothhalves.core.dates import Month
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


#: What logs do not say, or say of every call: all kept calls of their feed have these.
_SAME = {
    **dict.fromkeys(("account", "key", "task_class", "origin", "meter", "prefix", "outcome"), "''"),
    **dict.fromkeys(("until", "quantity", "band_above", "band_upto", "id"), "null"),
    **dict.fromkeys(("prefix_tokens", "attempt"), "0"),
    "billing": "'unknown'",
    "requests": "1",
}
#: What a scan makes in the engine, in the order in which it can be dropped.
_STAGED = {
    "view": ("gathered", "fresh"),
    "table": ("repeated", "settled", "told", "log", "pseudonym", "rewritten", "shard"),
}


def add_scan(work: Work, scan: Scan) -> None:
    """Merges new transcript records into the extract of their feed: a call told many times is one call."""
    if not scan.shards and not scan.rewritten:
        return
    engine = work.engine
    _stage(work, scan)
    months = {m for (m,) in engine.run(f"select distinct {month_of('time')} from fresh")}
    if work.stored("calls", scan.feed, ORIGIN):
        months |= touched(work, scan.feed, scan.rewritten)
    work.view("old", "calls", work.stored("calls", scan.feed, ORIGIN, months))
    _settle(work)
    for month in sorted(months):
        _write(work, scan.feed, month)
    for kind, names in _STAGED.items():
        for name in names:
            engine.run(f"drop {kind} {name}")


def _settle(work: Work) -> None:
    """Makes ``repeated`` of the messages that more than one record tells of, ``settled`` of their calls."""
    engine = work.engine
    engine.run(
        "create temp view gathered as select * from old where file not in (select file from rewritten)"
        " union all by name select * from fresh"
    )
    engine.run(
        "create temp table repeated as"
        " select product, message from gathered group by product, message having count(*) > 1"
    )
    together = ", ".join(f"{_TOGETHER.get(c, quoted(c))} as {quoted(c)}" for c in CALLS)
    merge = filled(query("merge_transcripts"), columns=together, largest=_largest())
    engine.run(f"create temp table settled as {merge}")


def _write(work: Work, feed: str, month: str) -> None:
    """Writes a month anew: the calls, and the cells counted from them."""
    found = Month.parse(month)
    within = f"time >= timestamp '{found.first}' and time < timestamp '{found.next.first}'"
    alone = "not exists (select 1 from repeated as r where r.product = g.product and r.message = g.message)"
    calls = (
        f"select {_COLUMNS} from gathered as g where {within} and {alone}"
        f" union all select {_COLUMNS} from settled where {within}"
    )
    order = f"time, product, source, {quoted('row')}, message, request"
    written = work.write(("calls", feed, month, ORIGIN), f"select * from ({calls}) order by {order}")
    work.view("counting", "calls", [written] if written else [])
    work.write(("usage", feed, month, ORIGIN), cells(work.edges, _SAME))


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
    """Lets ``fresh`` stand for the calls in the shards, with pseudonyms in the place of identities."""
    engine = work.engine
    engine.load("shard", scan.shards, SHARD)
    raw = [p for (p,) in engine.run("select distinct person from shard where person <> ''")]
    _table(work, "pseudonym", {"raw": raw, "pseudonym": [work.pseudonym(p) for p in raw]})
    _table(work, "rewritten", {"file": scan.rewritten})
    engine.run(
        "create temp table log as select file, $feed as feed, left(sha256(file), 12) as source"
        " from (select distinct file from shard)",
        {"feed": scan.feed},
    )
    counts = ", ".join(f"coalesce(s.{quoted(m)}, 0) as {quoted(m)}" for m in COUNT_METERS)
    numbers = ", ".join(f"coalesce(s.{quoted(m)}, 0)" for m in COUNT_METERS)
    staged = filled(query("stage_shards"), counts=counts, numbers=numbers, exact=EXACT)
    engine.run(f"create temp table told as {staged}")
    same = ", ".join(f"cast({_SAME[c]} as {t}) as {quoted(c)}" for c, t in CALLS.items() if c in _SAME)
    engine.run(f"create temp view fresh as select *, {same} from told")
    kept, all_rows = (int(engine.run(f"select count(*) from {t}")[0][0]) for t in ("told", "shard"))
    work.report.rows["calls"] += kept
    if kept < all_rows:
        what = f"{all_rows - kept} records of transcripts have token counts that cannot be true."
        fix = "Look at the logs of this tool; the other records are counted."
        work.report.problems.append(Problem("import.out-of-range", Where(scan.feed), what, fix))


def _table(work: Work, name: str, columns: Mapping[str, Sequence[str]]) -> None:
    texts = ", ".join(f"unnest(cast(${c} as varchar[])) as {quoted(c)}" for c in columns)
    work.engine.run(f"create temp table {name} as select {texts}", {c: list(v) for c, v in columns.items()})


def touched(work: Work, feed: str, rewritten: Sequence[str]) -> set[str]:
    """The stored months that hold calls which ``fresh`` tells again, or calls of rewritten files."""
    work.view("old", "calls", work.stored("calls", feed, ORIGIN))
    return {m for (m,) in work.engine.run(query("touched_months"), {"rewritten": list(rewritten)})}
