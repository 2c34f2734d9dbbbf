"""Langfuse: observations (API answers, JSON lines or CSV), metrics of version 2, and the older daily ones.

Names of what was used are free text in an observation, so they are mapped; parts do not overlap unless the
total says so. Metrics and daily figures have input and output only, caches within. No row names the vendor:
it is the one whose ids look like the model's. The person is the user of the trace, who is in newer
observations only. Costs are Langfuse's own estimate in dollars. Metrics and exported tables are read as
documented; not seen live.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from bothhalves.core.dates import Month, Span
from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT
from bothhalves.core.terms import Billing, Usage
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.gateways import Notes, keep, names, person, rows, vendor_and_model, with_objects
from bothhalves.intake.source import Source
from bothhalves.intake.times import utc

_DAY = timedelta(days=1)
_SHORTEST_MONTH = timedelta(days=28)
#: Our count for a name of what was used, the first that fits; names are in lower case without underscores.
_KINDS = (
    (re.compile(r"total(tokens)?"), "total"),
    (re.compile(r".*(cachecreation|cachewrite).*1h.*|ephemeral1h.*"), "cache_write_1h_tokens"),
    (re.compile(r".*(cachecreation|cachewrite).*5m.*|ephemeral5m.*"), "cache_write_5m_tokens"),
    (re.compile(r".*(cachecreation|cachewrite).*"), "cache_write_tokens"),
    (re.compile(r".*(cacheread|cached).*"), "cache_read_tokens"),
    (re.compile(r"(input|prompt)((text)?tokens)?"), "input_tokens"),
    (re.compile(r"(output|completion)((text)?tokens)?"), "output_tokens"),
    (re.compile(r"(output)?(reasoning|thoughts?)(tokens|tokencount)?"), "reasoning"),
)
_CACHED = ("cache_write_1h_tokens", "cache_write_5m_tokens", "cache_write_tokens", "cache_read_tokens")


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _told(source: Source) -> frozenset[str]:
    return frozenset(map(_plain, names(source)))


def _rows(source: Source, sink: Sink) -> Iterator[Fields]:
    """Rows by name in lower case without underscores, as exports write the same names in both ways."""
    for row in rows(source, sink):
        values = {_plain(name): value for name, value in row.values.items()}
        yield replace(row, values=values, columns={_plain(n): at for n, at in row.columns.items()})


def _is_observations(source: Source) -> bool:
    told = _told(source)
    return {"id", "traceid", "type", "starttime"} <= told and bool(told & {"usagedetails", "costdetails"})


def _read_observations(source: Source, sink: Sink) -> None:
    notes = Notes()
    silent: list[Where] = []
    unknown: set[str] = set()
    for told in _rows(source, sink):
        row = with_objects(told, "usagedetails", "costdetails", "usage", needed=True)
        row = replace(row, values={**row.values, "starttime": utc(row.text("starttime"))})
        time, counts = row.instant("starttime"), _counts(row, unknown)
        if any(counts.values()):
            keep(row, _observed(row, time, counts, notes), _stated_cost(row))
        elif row.text("type").upper() == "GENERATION" and row.text("level").upper() != "ERROR":
            silent += [row.where] if row.sound else []
    notes.report(sink)
    _note_silent(silent, unknown, source, sink)
    if not (sink.records or sink.problems):
        what, fix = "no observation tells any use.", "Export observations of the type GENERATION."
        sink.problem("import.no-rows", Where(source.name), what, fix, changes=False)


def _counts(row: Fields, unknown: set[str]) -> dict[str, int]:
    """Everything used by our name for it, disjoint; the names that are not known are added to ``unknown``."""
    used = row.inner("usagedetails")
    if not used.values:
        used = row.inner("usage")
    counts = dict.fromkeys(("total", "input_tokens", "output_tokens", "reasoning", *_CACHED), 0)
    for name in used.values:
        kind = next((kind for shape, kind in _KINDS if shape.fullmatch(_plain(name))), "")
        if kind:
            counts[kind] += used.count(name)
        elif name not in ("unit", "inputCost", "outputCost", "totalCost") and used.count(name):
            unknown.add(name)
    return _disjoint(row, counts)


def _disjoint(row: Fields, counts: dict[str, int]) -> dict[str, int]:
    """``counts`` with caches off the input where the total has them within; output includes reasoning."""
    total, reasoning = counts.pop("total"), counts.pop("reasoning")
    cached = sum(counts[name] for name in _CACHED)
    within = counts["input_tokens"] + counts["output_tokens"]
    if total and total == within and cached <= counts["input_tokens"]:
        counts["input_tokens"] -= cached
        return counts
    counts["output_tokens"] += reasoning
    if row.sound and total not in (0, within + cached + reasoning):
        what = f"{total} in all, but the parts add up to {within + cached + reasoning}; the parts are used."
        row.doubt("import.contradiction", "usagedetails", what, "Export again.")
    return counts


def _observed(row: Fields, time: datetime, counts: dict[str, int], notes: Notes) -> Usage:
    model = row.text("providedmodelname") or row.text("model")
    vendor, model = vendor_and_model(row, "", model, notes)
    identifier = row.text("id")
    if row.sound and not identifier:
        row.bad("id", "missing", "Export again.")
    return Usage(
        row.where,
        time,
        vendor,
        model,
        key=row.text("projectid"),
        person=person("langfuse-user", row.text("userid")),
        workload=row.text("tracename"),
        requests=1,
        session=row.text("sessionid"),
        outcome="failed" if row.text("level").upper() == "ERROR" else "ok",
        billing=Billing.METERED,
        id=identifier,
        **counts,  # type: ignore[arg-type]
    )


def _stated_cost(row: Fields) -> Decimal | None:
    """The total, under the names that versions give it, else the sum of its parts."""
    parts = row.inner("costdetails")
    for holder, name in ((parts, "total"), (row, "totalcost"), (row, "calculatedtotalcost")):
        if holder.has(name):
            return holder.decimal(name)
    found = [amount for name in parts.values if (amount := parts.decimal(name)) is not None]
    total = Decimal(0)
    for amount in found:
        total = EXACT.add(total, amount)
    return total if found else None


def _note_silent(silent: list[Where], unknown: set[str], source: Source, sink: Sink) -> None:
    if silent:
        what = f"{len(silent)} generations do not say how many tokens were used; that is unknown, not zero."
        sink.problem("import.tokens-unknown", silent[0], what, "Log the usage of these models in Langfuse.")
    if unknown:
        listed = ", ".join(sorted(name[:40] for name in unknown)[:8])
        what = f"use of these kinds is not counted: {listed}."
        sink.problem("import.unknown-value", Where(source.name), what, "Report the new names.")


def _is_metrics(source: Source) -> bool:
    told = _told(source)
    return {"providedmodelname", "suminputtokens", "sumoutputtokens"} <= told


def _read_metrics(source: Source, sink: Sink) -> None:
    notes, found = Notes(), list(_rows(source, sink))
    starts = {id(row): _start(row) for row in found}
    width = _width(starts[id(row)] for row in found if row.sound)
    spans = set()
    for row in found:
        start = starts[id(row)]
        span = Span(start, _until(start, width))
        spans |= {span} if row.sound else set()
        if not _anything(row, "suminputtokens", "sumoutputtokens", "sumtotalcost"):
            continue
        usage = _metered(row, span, row.text("providedmodelname"), "suminputtokens", "sumoutputtokens", notes)
        counted = row.count_or_none("countcount")
        usage = replace(
            usage,
            requests=row.count_or_none("sumcount") if counted is None else counted,
            person=person("langfuse-user", row.text("userid")),
            workload=row.text("tracename"),
        )
        keep(row, usage, row.decimal("sumtotalcost"))
    notes.report(sink)
    sink.spans.extend(sorted(spans))


def _start(row: Fields) -> datetime:
    if not row.has("timedimension"):
        row.bad("timedimension", "missing", "Query with timeDimension, such as of granularity day.")
    return replace(row, values={"timedimension": utc(row.text("timedimension"))}).instant("timedimension")


def _width(starts: Iterable[datetime]) -> timedelta:
    """How long the buckets are: the shortest step between them, if a granularity is as long; else a day."""
    step = min((later - earlier for earlier, later in pairwise(sorted(set(starts)))), default=_DAY)
    return step if step <= _DAY or step == 7 * _DAY or step >= _SHORTEST_MONTH else _DAY


def _until(start: datetime, width: timedelta) -> datetime:
    if width < _SHORTEST_MONTH:
        return start + width
    return Span.of_days(start.date(), Month.of(start).next.first).until


def _anything(row: Fields, *counted: str) -> bool:
    """False for a group in which nothing was used: the API lists groups that never met."""
    return any(row.decimal(name) for name in counted)


def _metered(row: Fields, span: Span, model: str, fresh: str, output: str, notes: Notes) -> Usage:
    vendor, model = vendor_and_model(row, "", model, notes)
    usage = Usage(
        row.where,
        span.start,
        vendor,
        model,
        until=span.until,
        input_tokens=row.count(fresh),
        output_tokens=row.count(output),
        billing=Billing.METERED,
    )
    if usage.input_tokens:
        notes.note("gateway.cache-unknown", row)
    return usage


def _is_daily(source: Source) -> bool:
    return {"date", "usage", "inputusage", "outputusage", "totalcost"} <= _told(source)


def _read_daily(source: Source, sink: Sink) -> None:
    notes, number = Notes(), 0
    for day in _rows(source, sink):
        start = day.instant("date")
        span = Span(start, start + _DAY)
        for told in day.items("usage"):
            number += 1
            row = replace(told, where=Where(source.name, number))
            if not _anything(row, "inputUsage", "outputUsage", "totalCost"):
                continue
            usage = _metered(row, span, row.text("model"), "inputUsage", "outputUsage", notes)
            usage = replace(usage, requests=row.count_or_none("countObservations"))
            keep(row, usage, row.decimal("totalCost"))
        if day.sound:
            sink.spans.append(span)
    notes.report(sink)


FORMATS = (
    Format(
        "langfuse-observations",
        "Langfuse observations",
        _is_observations,
        _read_observations,
        dedupes=True,
        feed_rank=72,
    ),
    Format(
        "langfuse-metrics",
        "Langfuse metrics",
        _is_metrics,
        _read_metrics,
        replaces=("account", "person", "workload"),
        feed_rank=73,
    ),
    Format("langfuse-daily", "Langfuse daily metrics", _is_daily, _read_daily, feed_rank=74),
)
