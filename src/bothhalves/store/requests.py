"""Single requests into the durable extract of their feed: an id counts once, a new export for an old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bothhalves.core.dates import Month
from bothhalves.store.bulk import Staged
from bothhalves.store.calls import ORIGIN, touched
from bothhalves.store.counting import cells, listed
from bothhalves.store.engine import filled, query, quoted
from bothhalves.store.replacing import Replacing
from bothhalves.store.schema import CALLS
from bothhalves.store.work import Work

_COLUMNS = listed(tuple(CALLS))
#: What is no request: usage stated by the bucket and without an id.
_REQUESTS = "(until is null or id is not null)"
_ONCE = "(id is null or id not in (select id from told_again))"
_ORDER = ("time", "product", "source", "row")


def add_requests(work: Work, feed: str, replacing: Replacing, staged: Staged) -> None:
    """Merges the rows of ``new_calls`` that are not stated by the bucket into the extract of their feed."""
    engine = work.engine
    engine.run(f"create or replace temp view fresh as select * from new_calls where {_REQUESTS}")
    replacing.speak("calls")
    months = replacing.fresh_months("calls") | replacing.spoken_months("calls", ORIGIN)
    if work.stored("calls", feed, ORIGIN):
        months |= touched(work, feed, ())
    if months:
        stored = work.stored("calls", feed, ORIGIN, months)
        work.view("old", "calls", stored)
        standing = replacing.keep_standing("calls", kept="o.id is not null or")
        work.report.replaced["usage"] += sum(s.rows for s in stored) - standing
        _settle(work)
        for month in sorted(months):
            _write(work, feed, month, staged)
        for table in ("kept", "standing", "settled", "told_again"):
            engine.run(f"drop table {table}")
        engine.run("drop view gathered")
    engine.run("drop view fresh")


def _settle(work: Work) -> None:
    """Makes ``told_again`` of the ids that several rows have, and ``settled`` of those rows that count."""
    engine = work.engine
    engine.run(
        "create or replace temp view gathered as select *, 0 as age from standing"
        " union all by name select *, 1 as age from fresh"
    )
    engine.run(
        "create or replace temp table told_again as"
        " select id from gathered where id is not null group by id having count(*) > 1"
    )
    if engine.run("select 1 from told_again limit 1"):
        merge = filled(query("merge_requests"), columns=_COLUMNS)
    else:
        merge = f"select {_COLUMNS} from standing where false"
    engine.run(f"create or replace temp table settled as {merge}")


def _write(work: Work, feed: str, month: str, staged: Staged) -> None:
    """Writes a month anew: the calls, and the cells counted from them."""
    engine = work.engine
    since, until = _bounds(month)
    within = f"time >= timestamp '{since}' and time < timestamp '{until}'"
    others = [f"select {_COLUMNS} from {t} where {within}" for t in ("standing", "settled")]
    *files, read = staged.within(since, until)
    single = [f"select {_COLUMNS} from ({part}) where {_REQUESTS}" for part in (*files, read)]
    fixed = _fixed(work, staged, [*others, single[-1]])
    varying = [c for c in CALLS if c not in fixed]
    parts = [f"select {listed(varying)} from ({p}) where {_ONCE}" for p in (others[0], *single)]
    parts.append(f"select {listed(varying)} from ({others[1]})")
    engine.run(f"create or replace temp table kept as {' union all '.join(parts)}")
    columns = ", ".join(
        f"cast({fixed[c]} as {t}) as {quoted(c)}" if c in fixed else quoted(c) for c, t in CALLS.items()
    )
    engine.run(f"create or replace temp view counting as select {columns} from kept")
    own = _are_told_apart(work, varying)
    order = [c for c in _ORDER if c in varying] + ([] if own else varying)
    work.write(
        ("calls", feed, month, ORIGIN), f"select {columns} from (select * from kept order by {listed(order)})"
    )
    work.write(("usage", feed, month, ORIGIN), cells(work.edges, fixed, is_total=own))
    engine.run("drop view counting")


def _fixed(work: Work, staged: Staged, others: Sequence[str]) -> dict[str, str]:
    """The columns in which all rows have the one value: those of the files, unless ``others`` differ."""
    if not staged.fixed:
        return {}
    differs = ", ".join(
        f"coalesce(bool_or({quoted(c)} is distinct from {value}), false)" for c, value in staged.fixed.items()
    )
    found = work.engine.run(f"select {differs} from ({' union all '.join(others)})")[0]
    return {c: v for (c, v), is_other in zip(staged.fixed.items(), found, strict=True) if not is_other}


def _are_told_apart(work: Work, varying: Sequence[str]) -> bool:
    """True if no row of a file tells of two calls."""
    place = listed([c for c in ("source", "row") if c in varying])
    return not work.engine.run(f"select 1 from kept group by {place} having count(*) > 1 limit 1")


def _bounds(month: str) -> tuple[datetime, datetime]:
    known = Month.parse(month)
    first, after = (datetime(m.year, m.number, 1) for m in (known, known.next))  # noqa: DTZ001 - as stored
    return first, after
