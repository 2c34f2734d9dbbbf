"""Facts to import, and short ways to look at what the store makes of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.terms import Record, Usage
from bothhalves.store import Batch, CommitReport, Import, Quantities, Scan, Store, commit

EDGES = (32_000, 128_000, 200_000)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, until: str) -> Span:
    return Span(at(start), at(until))


def pseudonym(raw: str) -> str:
    return "p-" + hashlib.sha256(raw.encode()).hexdigest()[:10] if raw else ""


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def bucket(start: str, tokens: int = 10, hours: int = 24, row: int = 1, **fields: Any) -> Usage:
    """Usage that a source states by the bucket."""
    time = at(start)
    known: dict[str, Any] = {"vendor": "anthropic", "model": "claude-opus-4-8", "input_tokens": tokens}
    return Usage(Where("export.csv", row), time, until=time + hours * HOUR, **{**known, **fields})


def request(time: str, tokens: int = 10, row: int = 1, **fields: Any) -> Usage:
    """A single timestamped request."""
    known: dict[str, Any] = {"vendor": "anthropic", "model": "claude-opus-4-8", "input_tokens": tokens}
    return Usage(Where("export.csv", row), at(time), **{**known, **fields})


def exported(name: str, records: Iterable[Record], feed: str = "admin", **details: Any) -> Import:
    return Import(sha(name), name, feed, list(records), **details)


def imported(root: Path, *items: Import, scans: tuple[Scan, ...] = (), edges: Any = EDGES) -> CommitReport:
    """Imports files as one command does."""
    return commit(root, Batch(items, scans), edges=edges, pseudonym=pseudonym)


def quantities(root: Path, *group_by: str, **choices: Any) -> list[Quantities]:
    store = Store.open(root, choices.pop("ranks", {}), choices.pop("billing", {}))
    found = store.quantities(group_by, **choices)
    broken = {rule: rows for rule, rows in store.audit().items() if rows}
    store.close()
    assert broken == {}
    return found


def used(root: Path, meter: str = "input_tokens", **choices: Any) -> Decimal:
    """The sum of one meter over everything counted."""
    return total(quantities(root, **choices), meter)


def total(found: Iterable[Quantities], meter: str = "input_tokens") -> Decimal:
    return sum((dict(q.quantities).get(meter, Decimal(0)) for q in found), Decimal(0))


def by(root: Path, *names: str, meter: str = "input_tokens", **choices: Any) -> dict[Any, int]:
    """One meter by the value of one dimension, or of several as a tuple."""
    sums: dict[Any, int] = {}
    for q in quantities(root, *names, **choices):
        values = tuple(dict(q.dimensions)[n] for n in names)
        place = values[0] if len(values) == 1 else values
        sums[place] = sums.get(place, 0) + int(dict(q.quantities).get(meter, Decimal(0)))
    return sums


def call(message: str, output: int, **fields: Any) -> dict[str, Any]:
    """A record of a transcript, as the reader of transcripts writes it."""
    known: dict[str, Any] = {
        "tool": "claude-code",
        "vendor": "anthropic",
        "file": "ada/one.jsonl",
        "line": 1,
        "time": "2026-10-05T10:00:00Z",
        "model": "claude-opus-4-8",
        "session": "s1",
        "message": message,
        "request": f"req-{message}" if message else "",
        "sidechain": False,
        "agent": False,
        "person": "home:ada",
        "project": "acme",
        "input_tokens": 1,
        "output_tokens": output,
        "tier": "standard",
        "speed": "standard",
        "region": "",
        "output_at_least": False,
    }
    return {**known, **fields}


def scanned(folder: Path, *records: dict[str, Any], **details: Any) -> Scan:
    """A scan whose shard holds these records."""
    content = "".join(json.dumps(r) + "\n" for r in records)
    folder.mkdir(parents=True, exist_ok=True)
    shard = folder / f"{sha(content)[:8]}.ndjson"
    shard.write_text(content)
    marks = {str(r["file"]): {"size": len(content)} for r in records}
    return Scan("claude-code", (shard,), details.pop("marks", marks), **details)
