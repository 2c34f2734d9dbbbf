"""OTLP as the JSON lines of an OpenTelemetry collector's file exporter: spans, log records, counters.

Attributes of a resource and of what it tells are one set of named values, the latter's first. A counter is
either *delta*, every point an amount of its own, or *cumulative*: the points of a series are differences of
one running total, and a total that falls, or that has a new start, began again at zero. The first point of a
running total counts whole where the file shows the total's beginning. Where the first export in the file
comes later than that, an earlier file has told the rest, and counting begins with that first point.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from bothhalves.core.dates import Span, checked
from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT
from bothhalves.intake.base import Sink
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import Digits, Fields, whole
from bothhalves.intake.source import Source

#: The three signals, and what each calls its scopes and what they hold.
METRICS = ("resourceMetrics", "scopeMetrics", "metrics")
LOGS = ("resourceLogs", "scopeLogs", "logRecords")
SPANS = ("resourceSpans", "scopeSpans", "spans")
_NAMES = {METRICS: "metrics", LOGS: "log records", SPANS: "spans"}
_KINDS = ("sum", "histogram", "exponentialHistogram")
_CUMULATIVE = ("2", "AGGREGATION_TEMPORALITY_CUMULATIVE")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The shortest time that is told.
INSTANT = timedelta(microseconds=1)
#: Stands for an unreadable time in what is not kept.
STAND_IN = datetime(2000, 1, 1, tzinfo=UTC)
#: A first export this many intervals after a series' start was not the first.
_LATE = 1.5


@dataclass(frozen=True, slots=True)
class Item:
    """A span, log record or metric with the attributes of its resource. ``origin`` names what told it."""

    fields: Fields
    resource: Mapping[str, object]
    origin: str


@dataclass(frozen=True, slots=True)
class Point:
    """One data point of a counter: ``value`` (a histogram's sum) and ``count`` (of its observations)."""

    metric: str
    about: Fields
    origin: str
    series: str
    start: datetime | None
    time: datetime
    value: Decimal
    count: Decimal
    cumulative: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """What a counter grew by in ``span``; ``id`` is the same wherever the same growth is told."""

    metric: str
    about: Fields
    series: str
    span: Span
    value: Decimal
    count: Decimal
    id: str


def holds(source: Source, signal: tuple[str, str, str]) -> bool:
    """True if the head of ``source`` has data of ``signal``."""
    return signal[0] in outline(source).names


def items(source: Source, sink: Sink, signal: tuple[str, str, str]) -> Iterator[Item]:
    """Everything of one signal, in order; of other signals in the file there is a note at the end."""
    others: Counter[tuple[str, str, str]] = Counter()
    for document in documents(source, sink):
        where = Where(source.name, document.line)
        for part in document.value if isinstance(document.value, list) else [document.value]:
            if not isinstance(part, dict):
                sink.problem("import.bad-field", where, "the row is not an object.", "Export again.")
                continue
            others.update(other for other in _NAMES if other != signal and other[0] in part)
            yield from _of_document(Fields(part, where, sink), signal)
    for other, count in sorted(others.items()):
        what = f"{count} lines with {_NAMES[other]} were not read: the {_NAMES[signal]} tell the same calls."
        fix = "If they are about other calls, let the collector write each signal into a file of its own."
        sink.problem("telemetry.other-signals", Where(source.name), what, fix, changes=False)


def _of_document(document: Fields, signal: tuple[str, str, str]) -> Iterator[Item]:
    resources, scopes, held = signal
    for resource in document.items(resources):
        named = attributes(resource.inner("resource"))
        origin = _fingerprint({name: str(value) for name, value in named.items()})
        for scope in resource.items(scopes):
            yield from (Item(found, named, origin) for found in scope.items(held))


def attributes(holder: Fields) -> dict[str, object]:
    """The attributes of a resource, span, record or point: text, truth values, and numbers as written."""
    found: dict[str, object] = {}
    listed = holder.values.get("attributes")
    for pair in listed if isinstance(listed, list) else ():
        name, value = (pair.get("key"), pair.get("value")) if isinstance(pair, dict) else (None, None)
        if isinstance(name, str) and isinstance(value, dict):
            found[name] = _value(value)
    return found


def _value(value: Mapping[str, object]) -> object:
    for kind in ("stringValue", "boolValue"):
        if isinstance(value.get(kind), str | bool):
            return value[kind]
    number = next((value[kind] for kind in ("intValue", "doubleValue") if kind in value), None)
    return None if number is None or isinstance(number, bool | dict | list) else Digits(number)


def about(item: Item, holder: Fields, extra: Mapping[str, object] | None = None) -> Fields:
    """The attributes that hold for ``holder``, as fields of a row of text."""
    values = {**item.resource, **attributes(holder), **(extra or {})}
    return Fields(values, holder.where, holder.sink, from_text=True)


def apart_from(row: Fields, name: str) -> str:
    """What is the same in points that differ in the attribute ``name`` alone."""
    return _fingerprint({k: str(v) for k, v in row.values.items() if k != name})


def whole_value(amount: Amount) -> int | None:
    """The growth as a count; None, with a problem, where it is none."""
    try:
        return whole(amount.value)
    except ValueError as error:
        amount.about.bad("value", f"{amount.value} is not a count ({error})", "Export again.")
        return None


def moment(row: Fields, name: str) -> datetime | None:
    """The instant written as nanoseconds since 1970; None where it is absent or zero."""
    text = str(row.values.get(name) or "0")
    try:
        nanoseconds = int(text) if len(text) <= 20 and text.isascii() and text.isdigit() else -1
        if nanoseconds == 0:
            return None
        return checked(_EPOCH + timedelta(microseconds=nanoseconds // 1000 if nanoseconds > 0 else -(10**17)))
    except (ValueError, OverflowError):
        row.bad(name, f"{text[:40]!r} is not a time", "Export again.")
        return STAND_IN


def amounts(source: Source, sink: Sink, wanted: frozenset[str]) -> list[Amount]:
    """What the counters called ``wanted`` grew by, told once each."""
    return _Growth(source, sink).of(_points(source, sink, wanted))


def _points(source: Source, sink: Sink, wanted: frozenset[str]) -> Iterator[Point]:
    for item in items(source, sink, METRICS):
        metric = item.fields
        if (name := metric.text("name")) not in wanted:
            continue
        for kind in _KINDS:
            data = metric.inner(kind)
            cumulative = str(data.values.get("aggregationTemporality")) in _CUMULATIVE
            for point in data.items("dataPoints"):
                yield from _point(name, item, point, cumulative)


def _point(name: str, item: Item, point: Fields, cumulative: bool) -> Iterator[Point]:
    values = {k: Digits(v) if type(v) is str else v for k, v in point.values.items() if k in _POINT_NUMBERS}
    numbers = Fields(values, point.where, point.sink, point.path)
    value = next((numbers.quantity(k) for k in ("asInt", "asDouble", "sum") if numbers.has(k)), None)
    count = numbers.quantity("count") or Decimal(0)
    start, time = moment(point, "startTimeUnixNano"), moment(point, "timeUnixNano")
    if not (numbers.sound and point.sound and time) or value is None:
        if numbers.sound and point.sound:
            point.bad("", "has no time or no value", "Export again.")
        return
    told = about(item, point)
    series = _fingerprint({"": name, **{k: str(v) for k, v in told.values.items()}})
    yield Point(name, told, item.origin, series, start, time, value, count, cumulative)


_POINT_NUMBERS = ("asInt", "asDouble", "sum", "count")


def _fingerprint(values: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]


@dataclass(slots=True)
class _Growth:
    """Works out growth series by series."""

    source: Source
    sink: Sink
    unseen: list[Point] = field(default_factory=list)

    def of(self, points: Iterable[Point]) -> list[Amount]:
        found: dict[str, Amount] = {}
        running: dict[str, list[Point]] = defaultdict(list)
        exports: dict[str, set[datetime]] = defaultdict(set)
        for point in points:
            if point.cumulative:
                running[point.series].append(point)
                exports[point.origin].add(point.time)
            else:
                amount = _amount(point, point.start, point.value, point.count)
                found.setdefault(amount.id, amount)
        began = {origin: _beginning(sorted(times)) for origin, times in exports.items()}
        for series in running.values():
            for amount in self._differences(sorted(series, key=lambda p: p.time), began[series[0].origin]):
                found.setdefault(amount.id, amount)
        self._note()
        return [a for a in found.values() if a.value or a.count]

    def _differences(self, series: list[Point], began: Callable[[Point], bool]) -> Iterator[Amount]:
        first = series[0]
        if began(first):
            yield _amount(first, first.start, first.value, first.count)
        elif first.value:
            self.unseen.append(first)
        for before, now in pairwise(series):
            if now.time == before.time:
                continue
            started_anew = bool(now.start and before.start and now.start > before.start)
            if started_anew or now.value < before.value or now.count < before.count:
                start = now.start if started_anew and now.start else before.time
                yield _amount(now, max(start, before.time), now.value, now.count)
            else:
                grown = EXACT.subtract(now.value, before.value)
                yield _amount(now, before.time, grown, EXACT.subtract(now.count, before.count))

    def _note(self) -> None:
        if self.unseen:
            first = min(self.unseen, key=lambda p: p.time)
            what = (
                f"{len(self.unseen)} running totals had begun before this file, whose first export is of"
                f" {first.time:%Y-%m-%d %H:%M}; what they had come to by then is not counted."
            )
            fix = "Join the collector's files, oldest first, into one file, and import that instead."
            self.sink.problem(
                "telemetry.begun-before", Where(self.source.name, first.about.where.row), what, fix
            )


def _beginning(exports: list[datetime]) -> Callable[[Point], bool]:
    """Whether the file shows the beginning of a series, by its first point among the times of exports."""
    first = exports[0]
    gaps = sorted(later - earlier for earlier, later in pairwise(exports))
    reach = gaps[len(gaps) // 2] * _LATE if gaps else None

    def shown(point: Point) -> bool:
        appeared_later = point.time > first
        return appeared_later or reach is None or (point.start is not None and point.start + reach >= first)

    return shown


def _amount(point: Point, start: datetime | None, value: Decimal, count: Decimal) -> Amount:
    known = start if start is not None and start < point.time else point.time - INSTANT
    told = f"{point.series}:{point.time.isoformat()}"
    return Amount(point.metric, point.about, point.series, Span(known, point.time), value, count, told)
