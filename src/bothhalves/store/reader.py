"""Reading a snapshot: quantities to rate, records, coverage, and the rows behind a number. Takes no lock."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bothhalves.core.dates import Span
from bothhalves.core.explain import Problem, Selector, Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import COUNT_METERS, Activity, Cost, Seat
from bothhalves.store import manifest as manifests
from bothhalves.store import pauses, seating, sessions, shadowing
from bothhalves.store.conditions import conditions
from bothhalves.store.counting import listed
from bothhalves.store.engine import DuckDB, audits, filled, query, quoted, temporary
from bothhalves.store.manifest import Manifest, NeedsRebuild, SourceEntry
from bothhalves.store.schema import DIMENSIONS, TABLES
from bothhalves.store.zones import local_time

#: What quantities may be grouped by.
GROUPS = frozenset((*DIMENSIONS, "source", "day", "team"))
_FAR = (date(1, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True, slots=True)
class Cut:
    """A price period of a model: UTC days ``[since, until)``, open where None."""

    vendor: str
    model: str
    since: date | None
    until: date | None
    period: int


@dataclass(frozen=True, slots=True)
class Window:
    """A window of the UTC day, in minutes ``[minute_from, minute_to)``, with a price of its own."""

    vendor: str
    model: str
    minute_from: int
    minute_to: int


@dataclass(frozen=True, slots=True)
class Quantities:
    """What was used under one set of conditions.

    ``model`` is the product where the source names no model. ``period`` is that of the cut that holds
    ``start``, None where no cut does; ``window`` is the place in the list of windows. ``is_apart`` marks
    a cell that reaches over a price change: its ``start`` and ``until`` are its own, and its price is an
    interval. Elsewhere they are the first start and the last end of the cells. ``requests`` None: some
    source does not say.
    """

    dimensions: tuple[tuple[str, str], ...]
    feed: str
    vendor: str
    model: str
    tier: str
    speed: str
    region: str
    billing: str
    prompt_above: int
    prompt_upto: int | None
    month: str
    period: int | None
    window: int | None
    is_apart: bool
    start: datetime
    until: datetime
    requests: int | None
    quantities: tuple[tuple[str, Decimal], ...]
    output_at_least: int
    rows: int
    selector: Selector


@dataclass(frozen=True, slots=True, order=True)
class Coverage:
    """A local day on which a feed reports usage."""

    feed: str
    vendor: str
    account: str
    day: date
    rows: int


class Store:
    """The state of a workspace's imports at one moment; later imports do not show."""

    def __init__(
        self, root: Path, manifest: Manifest, ranks: Mapping[str, int], billing: Mapping[str, str]
    ) -> None:
        self._manifest = manifest
        self.snapshot_id = manifest.snapshot_id
        self._engine = DuckDB(root / manifests.DERIVED / "spill")
        for table, columns in TABLES.items():
            self._engine.view(table, [s.path(root) for s in manifest.of(table)], columns)
        counted = [s.path(root) for s in manifest.of("usage", origin="calls")]
        self._engine.view("usage_of_calls", counted, TABLES["usage"])
        shadowing.prepare(self._engine, ranks, billing)
        self.set_teams({})
        self._names = {s.short: s.name for s in manifest.sources}
        for marks in manifest.marks.values():
            self._names.update((hashlib.sha256(file.encode()).hexdigest()[:12], file) for file in marks)

    @staticmethod
    def open(
        root: Path, ranks: Mapping[str, int] | None = None, billing: Mapping[str, str] | None = None
    ) -> Store:
        """The newest snapshot. ``ranks`` order feeds that may report the same call, lowest first.

        ``billing`` says who pays (``metered``, ``included``) for products or feeds that do not say.

        Raises :class:`~bothhalves.store.manifest.NeedsRebuild` if listed segments are gone.
        """
        manifest = manifests.load(root)
        if lost := manifests.missing(root, manifest):
            raise NeedsRebuild(lost)
        return Store(root, manifest, ranks or {}, billing or {})

    def set_teams(self, teams: Mapping[str, str]) -> None:
        """Lets usage and seats be chosen and grouped by the ``team`` of their person, else "unknown"."""
        temporary(self._engine, "person_team", {"person": "VARCHAR", "team": "VARCHAR"}, list(teams.items()))

    def close(self) -> None:
        self._engine.close()

    def sources(self) -> tuple[SourceEntry, ...]:
        """The imported files in the order of their import."""
        return tuple(self._manifest.sources)

    def marks(self, feed: str) -> dict[str, Any]:
        """How far each file of a tree of transcripts has been read."""
        return dict(self._manifest.marks.get(feed, {}))

    def problems(self) -> list[Problem]:
        """What was wrong with the files that stand; problems of older versions of a file are left out."""
        newest = {(s.feed, s.name): s.short for s in self._manifest.sources}
        stale = [s.short for s in self._manifest.sources if newest[s.feed, s.name] != s.short]
        rows = self._engine.run(query("problems"), {"stale": stale})
        return [Problem(c, Where(f, r, col), what, fix, ch) for c, f, r, col, what, fix, ch in rows]

    def quantities(
        self,
        group_by: Sequence[str] = (),
        span: Span | None = None,
        cuts: Iterable[Cut] = (),
        windows: Sequence[Window] = (),
        where: Mapping[str, object] | None = None,
        zone: str = "UTC",
        banded: Iterable[tuple[str, str]] | None = None,
    ) -> list[Quantities]:
        """Counted usage by ``group_by`` and by everything that a price depends on.

        ``banded`` are the vendors and models whose price depends on the size of the prompt; the others are
        not told apart by it. Without it all are.

        ``where`` maps columns to a value, None (unknown) or a tuple of values. Months and days are those
        of ``zone``, except that buckets of a day or longer keep the day of their source. Raises
        ``ValueError`` for a column or a zone that does not exist.
        """
        unknown = set(group_by) - GROUPS
        if unknown:
            raise ValueError(f"usage cannot be grouped by {', '.join(sorted(unknown))}")
        by_size = set(self.models() if banded is None else banded)
        self._set_prices(cuts, windows)
        temporary(self._engine, "price_banded", {"vendor": "VARCHAR", "model": "VARCHAR"}, sorted(by_size))
        filters, bound = conditions(where or {}, (*TABLES["usage"], "month", "day", "team"))
        sql = filled(
            query("quantities"),
            placed=self._placed(zone),
            within=_within(span),
            conditions=filters,
            dimensions="".join(f"{quoted(g)}, " for g in group_by),
            counts=", ".join(
                f"sum(cast({quoted(c)} as decimal(38, 0))) as {quoted(c)}" for c in COUNT_METERS
            ),
        )
        found = self._engine.run(sql, {**bound, **_bounds(span, zone)})
        return [_quantities(row, tuple(group_by), by_size) for row in found]

    def _set_prices(self, cuts: Iterable[Cut], windows: Sequence[Window]) -> None:
        periods = [(c.vendor, c.model, c.since or _FAR[0], c.until or _FAR[1], c.period) for c in cuts]
        temporary(self._engine, "price_period", _PERIOD, periods)
        numbered = [(w.vendor, w.model, w.minute_from, w.minute_to, n) for n, w in enumerate(windows)]
        temporary(self._engine, "price_window", _WINDOW, numbered)

    def models(self) -> list[tuple[str, str]]:
        """Vendor and model (the product where no model is named) of all usage."""
        sql = "select distinct vendor, coalesce(nullif(model, ''), product) from usage order by 1, 2"
        return [(vendor, model) for vendor, model in self._engine.run(sql)]

    def coverage(self, zone: str = "UTC") -> list[Coverage]:
        """The days of ``zone`` on which each feed reports usage, by vendor and account."""
        sql = filled(query("coverage"), local=self._local("usage", "start", zone))
        return [Coverage(*row) for row in self._engine.run(sql)]

    def cache_pauses(self, question: pauses.Question) -> list[pauses.CachePauses]:
        """How long after the last request with the same prefix each counted request came."""
        shadowing.prepare_calls(self._engine)
        return pauses.ask(self._engine, question)

    def seating(self, aliases: Mapping[str, str]) -> seating.Seating:
        """What rosters, activity and usage say of seats; ``aliases`` are people's names of today."""
        return seating.Seating(self._engine, aliases)

    def sessions(self, span: Span, products: Sequence[str]) -> list[sessions.SessionUse]:
        """What each session of ``products`` used."""
        return sessions.ask(self._engine, span, products)

    def seats(self, on: date | None = None) -> list[Seat]:
        """The newest roster of each vendor, product and account, as of the end of the UTC day ``on``."""
        before = datetime.combine((on or date(9998, 12, 31)) + timedelta(days=1), datetime.min.time())
        found = self._records(query("seats_on"), {"before": before})
        return [Seat(**row) for row in found]

    def roster_days(self) -> list[date]:
        """The UTC days of which any roster speaks."""
        return [d for (d,) in self._engine.run("select distinct cast(as_of as date) from seats order by 1")]

    def activity(self, span: Span | None = None) -> list[Activity]:
        """Genuine actions of people that start in ``span``."""
        return [Activity(**row) for row in self._records(*_starting("activity", span))]

    def costs(self, span: Span | None = None) -> list[Cost]:
        """Money that sources state for periods that start in ``span``."""
        found = self._records(*_starting("costs", span))
        return [Cost(**{**row, "kind": MoneyKind(row["kind"])}) for row in found]

    def stated(self, months: Sequence[str], zone: str = "UTC") -> list[dict[str, Any]]:
        """Money that sources state for local ``months``, added up exactly by what it is evidence of."""
        sql = filled(query("stated"), costs=self._costs_placed(zone), within="list_contains($months, month)")
        return self._dicts(sql, {"months": list(months)})

    def stated_months(self, zone: str = "UTC") -> list[str]:
        """The local months for which any money is stated."""
        sql = f"select distinct month from ({self._costs_placed(zone)}) order by month"
        return [month for (month,) in self._engine.run(sql)]

    def people(self, span: Span) -> list[dict[str, str]]:
        """Vendor, product, feed, billing and person of all counted usage that starts in ``span``."""
        return self._dicts(query("people"), {"start": _naive(span.start), "until": _naive(span.until)})

    def trees(self) -> list[tuple[str, int, int]]:
        """Feed, number of files and number of kept calls of the folders of logs that were read."""
        calls: Counter[str] = Counter()
        for segment in self._manifest.of("calls"):
            calls[segment.feed] += segment.rows
        return [(feed, len(marks), calls[feed]) for feed, marks in sorted(self._manifest.marks.items())]

    def shadowed(self) -> list[dict[str, Any]]:
        """Reported usage that is not counted, because a feed of record (``counted_by``) reports it too."""
        return self._dicts(f"select {listed(shadowing.KEYS)}, first_day, counted_by from shadow order by all")

    def rows(
        self, selector: Selector, limit: int = 100, offset: int = 0, zone: str = "UTC"
    ) -> list[dict[str, Any]]:
        """The stored rows behind a number, with the ``file`` and the rows in it that they come from.

        ``selector.table`` is ``usage`` (what is counted), ``shadowed``, ``calls``, ``seats``,
        ``activity`` or ``costs``; usage may be chosen by ``month`` and ``day`` in ``zone`` too, costs by
        ``month``.
        """
        table = selector.table
        base = f"select * from {quoted(table)}"
        columns: tuple[str, ...] = tuple(TABLES.get(table, ()))
        if table in ("usage", "shadowed"):
            base = f"select *, {_CALENDAR} from ({self._placed(zone)})"
            base = base.replace("counted_usage", "shadowed_usage") if table == "shadowed" else base
            columns = (*TABLES["usage"], "month", "day", "team")
        if table == "seats":
            base, columns = query("seats_by_team"), (*TABLES["seats"], "team")
        if table == "costs":
            base, columns = self._costs_placed(zone), (*TABLES["costs"], "month")
        if not columns:
            raise ValueError(f"no rows are kept under {table!r}")
        filters, bound = conditions(dict(selector.where), columns)
        sql = (
            f"select {listed(columns)} from ({base}) where {filters} order by all limit $limit offset $offset"
        )
        bound |= {"limit": limit, "offset": offset}
        return [{**row, "file": self._names.get(row["source"], "")} for row in self._dicts(sql, bound)]

    def table(self, name: str) -> list[tuple[Any, ...]]:
        """Everything in a stored table, counted or not, in a fixed order."""
        columns = listed(tuple(TABLES[name]))
        return self._engine.run(f"select {columns} from {name} order by all")

    def audit(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows that break each rule of the store: none, in a sound store."""
        return {name: self._engine.run(sql) for name, sql in audits().items()}

    def _placed(self, zone: str) -> str:
        return filled(query("placed"), local=self._local("usage", "u.start", zone))

    def _costs_placed(self, zone: str) -> str:
        return filled(query("costs_placed"), local=self._local("costs", "time", zone))

    def _local(self, table: str, column: str, zone: str) -> str:
        return local_time(column, zone, (s.period for s in self._manifest.of(table)))

    def _dicts(self, sql: str, bound: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        names = [row[0] for row in self._engine.run(f"describe {sql}", bound)]
        return [dict(zip(names, map(_aware, row), strict=True)) for row in self._engine.run(sql, bound)]

    def _records(self, sql: str, bound: Mapping[str, object]) -> list[dict[str, Any]]:
        """Rows as the fields of their record."""
        found = self._dicts(sql, bound)
        for row in found:
            del row["feed"]
            source = row.pop("source")
            row["where"] = Where(self._names.get(source, source), row.pop("row"))
        return found


_PERIOD = {"vendor": "VARCHAR", "model": "VARCHAR", "since": "DATE", "until": "DATE", "period": "BIGINT"}
_WINDOW = dict.fromkeys(("vendor", "model"), "VARCHAR")
_WINDOW |= dict.fromkeys(("minute_from", "minute_to", "number"), "BIGINT")
_CALENDAR = "strftime(local_start, '%Y-%m') as month, strftime(local_start, '%Y-%m-%d') as day"


def _within(span: Span | None) -> str:
    """Buckets of a day or longer are cut by local days, everything shorter by instants."""
    if span is None:
        return "true"
    return (
        "case when grain_s < 86400 then start >= $span_start and start < $span_until"
        " else local_start >= $local_start and local_start < $local_until end"
    )


def _bounds(span: Span | None, zone: str) -> dict[str, object]:
    if span is None:
        return {}
    local = ZoneInfo(zone)
    return {
        "span_start": _naive(span.start),
        "span_until": _naive(span.until),
        "local_start": span.start.astimezone(local).replace(tzinfo=None),
        "local_until": span.until.astimezone(local).replace(tzinfo=None),
    }


def _starting(table: str, span: Span | None) -> tuple[str, dict[str, object]]:
    columns = listed(tuple(TABLES[table]))
    where = "" if span is None else "where time >= $start and time < $until"
    bound: dict[str, object] = {"start": _naive(span.start), "until": _naive(span.until)} if span else {}
    return f"select {columns} from {table} {where} order by time, source, {quoted('row')}, {columns}", bound


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _quantities(row: tuple[Any, ...], group_by: tuple[str, ...], by_size: set[tuple[str, str]]) -> Quantities:
    dimensions = tuple(zip(group_by, row, strict=False))
    feed, vendor, model, product, tier, speed, region, billing, *rest = row[len(group_by) :]
    above, upto, meter, month, period, window, is_apart, start, until, requests, *rest = rest
    *counts, quantity, output_at_least, rows = rest
    found = [(name, Decimal(n)) for name, n in zip(COUNT_METERS, counts, strict=True) if n]
    if meter and quantity is not None:
        found.append((meter, quantity))
    conditions_met = {
        "feed": feed,
        "vendor": vendor,
        "model": model,
        "tier": tier,
        "speed": speed,
        "region": region,
        "billing": billing,
        **({"prompt_above": above, "prompt_upto": upto} if (vendor, model or product) in by_size else {}),
        "meter": meter,
        "month": month,
        **({} if model else {"product": product}),
        **dict(dimensions),
    }
    return Quantities(
        dimensions, feed, vendor, model or product, tier, speed, region, billing, above, upto, month,
        period, window, is_apart, _aware(start), _aware(until),
        None if requests is None else int(requests), tuple(found), int(output_at_least), int(rows),
        Selector("usage").narrowed(**conditions_met),
    )  # fmt: skip
