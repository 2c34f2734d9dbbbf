"""Which stored rows a new export takes the place of, and the months that are written anew for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bothhalves.core.dates import Month, Span
from bothhalves.store.counting import listed
from bothhalves.store.engine import filled, query, quoted
from bothhalves.store.schema import TABLES, TIME_OF
from bothhalves.store.work import Work

#: Record fields whose column has another name.
_COLUMN_OF = {"source": "origin"}
ROWS = "rows"
_INSTANT = timedelta(microseconds=1)


def month_of(column: str) -> str:
    """SQL for the month of a time."""
    return f"strftime({quoted(column)}, '%Y-%m')"


@dataclass(frozen=True, slots=True)
class Replacing:
    """The files of one feed in one commit, as one export.

    ``spans`` holds by source what its file speaks for; a file that does not say speaks for the time from
    its first to its last row.
    """

    work: Work
    feed: str
    replaces: tuple[str, ...]
    spans: Mapping[str, tuple[Span, ...]]

    def table(self, table: str) -> None:
        """Merges the rows of ``new_<table>`` into the stored months of the table."""
        engine = self.work.engine
        if table == "costs":
            engine.run(f"create or replace temp table new_costs as {query('costs_once')}")
        engine.run(f"create or replace temp view fresh as select * from new_{table}")
        self.speak(table)
        months = self.fresh_months(table) | (self._retold_months() if table == "costs" else set())
        for month in sorted(months | self.spoken_months(table, ROWS)):
            self._month(table, month, month in months)
        engine.run("drop view fresh")

    def _month(self, table: str, month: str, has_new: bool) -> None:
        slot = (table, self.feed, month, ROWS)
        stored = self.work.stored(table, self.feed, ROWS, {month})
        self.work.view("old", table, stored)
        gone = sum(s.rows for s in stored) - self.keep_standing(table)
        self.work.report.replaced[table] += gone
        if not has_new and not gone:
            return
        time, columns = TIME_OF[table], listed(tuple(TABLES[table]))
        self.work.write(
            slot,
            f"select {columns} from (select {columns} from standing"
            f" union all select {columns} from fresh where {month_of(time)} = $month)"
            f" order by {quoted(time)}, {columns}",
            {"month": month},
        )

    def speak(self, table: str) -> None:
        """Makes ``spoken_span`` and ``spoken``: the time and the accounts that ``fresh`` speaks for."""
        engine, time = self.work.engine, quoted(TIME_OF[table])
        given = [span for spans in self.spans.values() for span in spans]
        end = "until" if table in ("usage", "activity", "costs") else f"{time} + interval 1 microsecond"
        engine.run(
            "create or replace temp table spoken_span as"
            " select unnest(cast($starts as timestamp[])) as start,"
            " unnest(cast($untils as timestamp[])) as until"
            f" union all select min({time}), max(coalesce({end}, {time} + interval 1 microsecond)) from fresh"
            " where not list_contains(cast($said as varchar[]), source) group by source",
            {
                "starts": [_naive(s.start) for s in given],
                "untils": [_naive(s.until) for s in given],
                "said": [source for source, spans in self.spans.items() if spans],
            },
        )
        engine.run(
            f"create or replace temp table spoken as select distinct {listed(self._fields(table))} from fresh"
            + {"calls": " where id is null", "costs": " where id = ''"}.get(table, "")
        )
        if self.replaces == ("account",):
            # An export without any row speaks for every account: its period was empty.
            engine.run("insert into spoken select '' where not exists (select 1 from fresh)")

    def keep_standing(self, table: str, kept: str = "") -> int:
        """Makes ``standing`` of the rows of ``old`` that stand, and counts them."""
        if table == "seats":
            sql = query("seat_survivors")
        else:
            match = " and ".join(_matches(f) for f in self._fields(table))
            name = "cost_survivors" if table == "costs" else "survivors"
            sql = filled(query(name), time=quoted(TIME_OF[table]), match=match, kept=kept)
        self.work.engine.run(f"create or replace temp table standing as {sql}")
        return int(self.work.engine.run("select count(*) from standing")[0][0])

    def _retold_months(self) -> set[str]:
        """The stored months of costs that the new ones state again, by their ids."""
        self.work.view("old", "costs", self.work.stored("costs", self.feed, ROWS))
        sql = f"select distinct {month_of('time')} from old where id in (select id from fresh where id <> '')"
        return {m for (m,) in self.work.engine.run(sql)}

    def fresh_months(self, table: str) -> set[str]:
        """The months of the new rows."""
        starts = f"select distinct date_trunc('month', {quoted(TIME_OF[table])}) as start from fresh"
        return {m for (m,) in self.work.engine.run(f"select {month_of('start')} from ({starts})")}

    def spoken_months(self, table: str, origin: str) -> set[str]:
        """The stored months that the new export speaks for."""
        ranges = [
            (str(Month.of(start)), str(Month.of(until - _INSTANT)))
            for start, until in self.work.engine.run("select start, until from spoken_span")
        ]
        stored = {s.period for s in self.work.stored(table, self.feed, origin)}
        return {m for m in stored if any(first <= m <= last for first, last in ranges)}

    def _fields(self, table: str) -> tuple[str, ...]:
        named = (_COLUMN_OF.get(f, f) for f in self.replaces)
        return tuple(f for f in named if f in TABLES[table]) or ("feed",)


def _matches(column: str) -> str:
    name = quoted(column)
    if column == "account":  # an export that is not grouped by account speaks for all of them
        return "(o.account = n.account or o.account = '' or n.account = '')"
    return f"o.{name} = n.{name}"


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
