"""The feed of record: usage that two feeds report is counted once.

Feeds are heard in one order, and a cell counts unless one that counts already tells the same use. So what a
hidden feed would have hidden is not lost, and no two feeds can hide each other.
"""

from __future__ import annotations

from collections.abc import Mapping

from bothhalves.store.engine import Engine, filled, query

#: The columns by which usage is shadowed, beside its program and first day.
KEYS = ("feed", "vendor", "product", "account", "billing", "person", "meter")
#: What a feed sees, by the first rank that is above those of its kind: a vendor all that it bills; an agent's
#: log one program on one machine; others what they were made from; a gateway what passes it; a program's
#: telemetry that program; a store of traces what programs send it.
KINDS = {40: "vendor", 45: "agent", 60: "other", 70: "gateway", 72: "program"}
LAST_KIND = "trace"
#: The service of which a cell tells, where its feed names services; else nothing.
_PROGRAM = "case when r.kind = 'program' then u.workload else '' end"


def kind_of(rank: int) -> str:
    """What a feed of this rank sees."""
    return next((kind for above, kind in KINDS.items() if rank < above), LAST_KIND)


def prepare(engine: Engine, ranks: Mapping[str, int], billing: Mapping[str, str]) -> None:
    """Makes ``counted_usage`` and ``shadowed_usage`` of ``usage``; a feed without rank has rank 50.

    ``billing`` says who pays for a product or feed whose own rows do not say.
    """
    engine.run(
        "create or replace temp table billing_said as select unnest(cast($names as varchar[])) as name,"
        " unnest(cast($said as varchar[])) as billing",
        {"names": list(billing), "said": list(billing.values())},
    )
    engine.run(
        "create or replace temp table feed_rank as select unnest(cast($feeds as varchar[])) as feed,"
        " unnest(cast($ranks as bigint[])) as rank, unnest(cast($kinds as varchar[])) as kind",
        {"feeds": list(ranks), "ranks": list(ranks.values()), "kinds": list(map(kind_of, ranks.values()))},
    )
    engine.run(f"create or replace temp table reported as {filled(query('reported'), program=_PROGRAM)}")
    _hear(engine)
    if not engine.run("select 1 from shadow limit 1"):
        engine.run("create or replace temp view counted_usage as select * from usage")
        engine.run("create or replace temp view shadowed_usage as select * from usage where false")
        return
    same = " and ".join(f"s.{k} = u.{k}" for k in KEYS)
    exists = (
        f"exists (select 1 from shadow as s where {same} and s.first_day = cast(u.start as date)"
        f" and s.program = {_PROGRAM})"
    )
    known = "select u.* from usage as u left join feed_rank as r on r.feed = u.feed where"
    engine.run(f"create or replace temp view counted_usage as {known} not {exists}")
    engine.run(f"create or replace temp view shadowed_usage as {known} {exists}")


def prepare_calls(engine: Engine) -> None:
    """Makes ``counted_calls`` of ``calls``, those whose cells count; :func:`prepare` comes first."""
    same = " and ".join(f"s.{k} = u.{k}" for k in KEYS)
    engine.run(
        "create or replace temp view counted_calls as"
        " select u.* from calls as u left join feed_rank as r on r.feed = u.feed"
        f" where not exists (select 1 from shadow as s where {same} and s.program = {_PROGRAM}"
        " and s.first_day = cast(u.time as date))"
    )


def _hear(engine: Engine) -> None:
    """Makes ``shadow`` of ``reported``, feed after feed."""
    engine.run("create or replace temp table told as select * from reported where false")
    engine.run(f"create or replace temp table shadow as {query('shadow')} limit 0", {"place": 0})
    cell = " and ".join(f"s.{k} = l.{k}" for k in (*KEYS, "program", "first_day"))
    for (place,) in engine.run("select distinct place from reported order by place"):
        engine.run(f"insert into shadow {query('shadow')}", {"place": place})
        engine.run(
            "insert into told select l.* from reported as l where l.place = $place"
            f" and not exists (select 1 from shadow as s where {cell})",
            {"place": place},
        )
    engine.run("drop table told")
    engine.run("drop table reported")
