"""Real series in folders of published files: each column of each tenant, person or metric, by hour or day.

Files are known by their columns: requests and tokens by tenant (``client,t_start_s,requests,…``), metrics
(``timestamp,value``), days of people (``date,person,…``), the usage log of a coding tool (JSON lines with
``event`` and ``cost``) and buckets of a vendor's usage report (a JSON list of ``bucket`` objects).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

#: What no series is without: so many steps with any use.
LEAST_USED = 10
_HOUR = 3600
_MICRO = 1_000_000
_DAILY_FIELDS = ("prompt_tokens", "completion_tokens", "cost")
Points = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class RealSeries:
    """``values`` in whole millionths by ``hour`` or ``day``, none missing; ``origin`` is the file."""

    origin: str
    name: str
    step: str
    values: tuple[int, ...]


def real_series(folders: Iterable[Path]) -> list[RealSeries]:
    """Every series of the files in ``folders`` (or of files themselves) that has enough use."""
    found = []
    for folder in folders:
        paths = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        for path in paths:
            if path.is_file() and path.name.removesuffix(".gz").endswith((".csv", ".json", ".jsonl")):
                found += _of_file(path)
    return [s for s in found if sum(1 for value in s.values if value) >= LEAST_USED]


def _of_file(path: Path) -> Iterator[RealSeries]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    is_table = path.name.removesuffix(".gz").endswith(".csv")
    columns = tuple(text.partition("\n")[0].strip().split(",")) if is_table else ()
    for known, step, read in _KINDS:
        if bool(known) is is_table and columns[: len(known)] == known:
            rows = csv.DictReader(io.StringIO(text)) if is_table else _records(text)
            yield from _filled(path.name, step, read(rows))


def _records(text: str) -> Iterable[dict[str, Any]]:
    """The objects of a JSON list, or of JSON lines; nothing for other files."""
    try:
        if text.lstrip().startswith("["):
            return [x for x in json.loads(text) if isinstance(x, dict)]
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError:
        return []


def _filled(origin: str, step: str, points: Points) -> Iterator[RealSeries]:
    """All series of a file over the span of the file; a step without any use is zero."""
    known = [place for own in points.values() for place in own]
    for name, own in sorted(points.items()):
        values = (own.get(n, 0.0) for n in range(min(known), max(known) + 1))
        yield RealSeries(origin, name, step, tuple(round(value * _MICRO) for value in values))


def _tenants(rows: Iterable[Mapping[str, Any]]) -> Points:
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        hour = int(float(row["t_start_s"]) // _HOUR)
        for field in ("requests", "input_tokens", "output_tokens"):
            if row[field]:
                found[f"{row['model']} {row['client']} {field}"][hour] += float(row[field])
    return found


def _metric(rows: Iterable[Mapping[str, Any]]) -> Points:
    """The mean of each hour; an hour without any is as the one before it."""
    sums: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        moment = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
        sums[int(moment.timestamp() // _HOUR)].append(float(row["value"]))
    values, last = {}, 0.0
    for hour in range(min(sums), max(sums) + 1):
        last = sum(sums[hour]) / len(sums[hour]) if hour in sums else last
        values[hour] = last
    return {"value": values}


def _people(rows: Iterable[Mapping[str, Any]]) -> Points:
    """Each person's days and those of all together."""
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        day = date.fromisoformat(row["date"]).toordinal()
        for field in ("commits", "ai_commits", "active_hours"):
            if row.get(field):
                found[f"{row['person']} {field}"][day] += float(row[field])
                found[f"all {field}"][day] += float(row[field])
        found["all people"][day] += 1
    return found


def _tool(rows: Iterable[Mapping[str, Any]]) -> Points:
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        if row.get("event") == "message_send":
            day = datetime.fromtimestamp(row["time"], UTC).date().toordinal()
            found["messages"][day] += 1
            for field in _DAILY_FIELDS:
                found[field][day] += float(row.get(field) or 0)
    return found


def _buckets(rows: Iterable[Mapping[str, Any]]) -> Points:
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        if row.get("object") == "bucket":
            day = datetime.fromtimestamp(row["start_time"], UTC).date().toordinal()
            for result in row.get("results", []):
                for field in ("input_tokens", "output_tokens", "num_model_requests"):
                    found[field][day] += float(result.get(field) or 0)
    return found


_KINDS: tuple[tuple[tuple[str, ...], str, Callable[[Iterable[Mapping[str, Any]]], Points]], ...] = (
    (("model", "client", "t_start_s"), "hour", _tenants),
    (("timestamp", "value"), "hour", _metric),
    (("date", "person"), "day", _people),
    ((), "day", _tool),
    ((), "day", _buckets),
)
