"""The requests of a canonical file by all that their price depends on, without a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bothhalves.core.terms import COUNT_METERS, PROMPT_METERS
from bothhalves.store.batches import Bulk
from bothhalves.store.bulk import file_of
from bothhalves.store.counting import class_of
from bothhalves.store.engine import DuckDB, filled, query, quoted

#: Prices change by the day; a few depend on the hour, and need a finer grain.
DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEFAULTS = {"tier": "'standard'", "speed": "'standard'", "billing": "'unknown'"}
_TEXTS = ("vendor", "model", "product", "tier", "speed", "region", "billing", "id")
_KEYS = ("vendor", "model", "tier", "speed", "region", "billing", "period", "class", "used")
_READ = "select unnest(cast($rows as bigint[])) as row"


class Distinct(NamedTuple):
    """What requests are told apart by, to be priced exactly: prompt sizes, and slots of so many seconds; of
    whole days only the first ones of a price, counted from 1970 on."""

    edges: Sequence[int]
    days: Sequence[int]
    grain_s: int = DAY_S


@dataclass(frozen=True, slots=True)
class Group:
    """Requests at one price: ``rows`` of them, which all use the same meters. ``number`` names the group.

    ``model`` is the product where no model is named; prompts lie in ``(prompt_above, prompt_upto]``. All cost
    what they would at ``start``.
    """

    number: int
    vendor: str
    model: str
    tier: str
    speed: str
    region: str
    billing: str
    start: datetime
    prompt_above: int
    prompt_upto: int | None
    rows: int
    quantities: tuple[tuple[str, int], ...]


class Plain:
    """The plain requests of a file; the rows told apart from them are for their reader."""

    def __init__(self, engine: DuckDB, bulk: Bulk) -> None:
        self._engine, self._bulk, self._groups = engine, bulk, list[tuple[Any, ...]]()
        engine.run(f"create temp table single as {_READ}", {"rows": list(bulk.aside)})

    def models(self) -> list[tuple[str, str]]:
        """Vendor and model (the product where none is named) of the file's rows."""
        values = _values(self._bulk.values)
        sql = f"select distinct {values['vendor']}, {values['model']} from {file_of(self._bulk.path)}"
        return [(vendor, model) for vendor, model in self._engine.run(sql) if vendor and model]

    def groups(self, distinct: Distinct, ids: Iterable[str]) -> Iterator[Group]:
        """The requests by price. Rows with one of ``ids``, or with an id that recurs, stand alone."""
        engine, edges = self._engine, distinct.edges
        engine.run(f"create temp view plain as {_plain(self._bulk, distinct)}")
        if "id" in self._bulk.values:
            engine.run(
                "create temp table told_again as select id from plain where id <> ''"
                " and row not in (select row from single) group by id having count(*) > 1"
                " union select unnest(cast($ids as varchar[]))",
                {"ids": [i for i in ids if i]},
            )
            engine.run("insert into single select row from plain where id in (select id from told_again)")
        meters = [m for m in COUNT_METERS if m in self._bulk.values]
        sums = ", ".join(f"sum({quoted(m)}) as {quoted(m)}" for m in meters) or "0"
        self._groups = engine.run(filled(query("price_groups"), sums=sums, keys=", ".join(_KEYS)))
        sizes: list[tuple[int, int | None]] = list(zip([-1, *edges], [*edges, None], strict=True))
        for number, row in enumerate(self._groups):
            vendor, model, tier, speed, region, billing, _, size, _, slot, rows, *counts = row
            start = _EPOCH + timedelta(seconds=slot * distinct.grain_s)
            above, upto = sizes[size]
            told = tuple((m, int(n)) for m, n in zip(meters, counts, strict=False) if n)
            yield Group(
                number, vendor, model, tier, speed, region, billing, start, above, upto, int(rows), told
            )

    def single(self, groups: Sequence[Group]) -> list[int]:
        """The rows that stand alone, with those of ``groups``, in their order."""
        chosen = list(zip(*(self._groups[g.number][: len(_KEYS)] for g in groups), strict=True))
        rows = self._engine.run("select row from single")
        if chosen:
            columns = ", ".join(f"unnest(${k}) as {k}" for k in _KEYS)
            same = " and ".join(f"p.{k} = g.{k}" for k in _KEYS)
            rows += self._engine.run(
                f"select p.row from plain as p inner join (select {columns}) as g on {same}",
                dict(zip(_KEYS, map(list, chosen), strict=True)),
            )
        return sorted({int(row) for (row,) in rows})


@contextmanager
def plain_requests(bulk: Bulk) -> Iterator[Plain]:
    """Opens a file of which ``bulk`` was said."""
    with TemporaryDirectory(prefix="bothhalves-") as spill:
        engine = DuckDB(Path(spill))
        try:
            yield Plain(engine, bulk)
        finally:
            engine.close()


def one_by_one(values: Mapping[str, str]) -> str:
    """SQL for a row that is one request with no more than tokens to count."""
    found = [f"{values[name]} is null" for name in ("until", "quantity") if name in values]
    found += [f"{values['meter']} = ''"] if "meter" in values else []
    found += [f"coalesce({values['requests']}, 1) = 1"] if "requests" in values else []
    return " and ".join(found) or "true"


def _values(given: Mapping[str, str]) -> dict[str, str]:
    values = {name: given.get(name, _DEFAULTS.get(name, "''")) for name in _TEXTS}
    model, product = values["model"], given.get("product")
    if product:
        values["model"] = f"case when {model} = '' then {product} else {model} end"
    return values


def _plain(bulk: Bulk, distinct: Distinct) -> str:
    """The requests of the file, with what they are grouped by and every meter of theirs."""
    meters = [m for m in COUNT_METERS if m in bulk.values]
    columns = [f"{value} as {quoted(name)}" for name, value in _values(bulk.values).items()]
    columns += [f"coalesce({bulk.values[m]}, 0) as {quoted(m)}" for m in meters]
    prompt = " + ".join(f"t.{quoted(m)}" for m in PROMPT_METERS if m in meters) or "0"
    used = " + ".join(f"case when t.{quoted(m)} > 0 then {2**n} else 0 end" for n, m in enumerate(meters))
    period = class_of("t.slot", [day - 1 for day in distinct.days]) if distinct.grain_s == DAY_S else "t.slot"
    return (
        f"select *, {class_of(f'({prompt})', distinct.edges)} as class, {used or '0'} as used,"
        f" {period} as period from (select"
        f" file_row_number + 1 as row, {', '.join(columns)},"
        f" epoch_us({bulk.values['time']}) // {distinct.grain_s * 1_000_000} as slot"
        f" from {file_of(bulk.path)}) as t"
    )
