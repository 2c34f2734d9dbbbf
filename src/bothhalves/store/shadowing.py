"""The feed of record: usage that two feeds report is counted once."""

from __future__ import annotations

from collections.abc import Mapping

from bothhalves.store.engine import Engine, query

#: The columns by which usage is shadowed, beside its first day.
KEYS = ("feed", "vendor", "product", "account", "billing", "person", "meter")


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
        " unnest(cast($ranks as bigint[])) as rank",
        {"feeds": list(ranks), "ranks": list(ranks.values())},
    )
    engine.run(f"create or replace temp table reported as {query('reported')}")
    engine.run(f"create or replace temp table shadow as {query('shadow')}")
    engine.run("drop table reported")
    same = " and ".join(f"s.{k} = u.{k}" for k in KEYS) + " and s.first_day = cast(u.start as date)"
    if not engine.run("select 1 from shadow limit 1"):
        engine.run("create or replace temp view counted_usage as select * from usage")
        engine.run("create or replace temp view shadowed_usage as select * from usage where false")
        return
    exists = f"exists (select 1 from shadow as s where {same})"
    engine.run(f"create or replace temp view counted_usage as select u.* from usage as u where not {exists}")
    engine.run(f"create or replace temp view shadowed_usage as select u.* from usage as u where {exists}")
