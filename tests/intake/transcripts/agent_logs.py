"""Builders of agent logs, and a scan as a list of records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from bothhalves.intake.transcripts import CallRecord, FileMark, Scan, calls, scan

DATA = Path(__file__).parent / "data"
COUNTS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cache_write_tokens",
    "output_tokens",
    "web_searches",
)
Line = dict[str, Any]


def assistant(
    message: str | None = "msg-1", output: Any = 10, request: str | None = "req-1", **more: Any
) -> Line:
    """A transcript line of a call; ``usage`` and ``top`` add to its counts and to the line itself."""
    usage = {"input_tokens": 3, "output_tokens": output} | more.pop("usage", {})
    body = {"role": "assistant", "model": "claude-opus-4-8", "stop_reason": "end_turn", "usage": usage} | more
    line = {
        "type": "assistant",
        "timestamp": "2026-09-01T09:14:07.400Z",
        "sessionId": "s-1",
        "uuid": f"u-{message}",
        "cwd": "/home/ada/src/billing",
        "isSidechain": False,
        **body.pop("top", {}),
        "message": {"id": message, **body},
    }
    return line if request is None else line | {"requestId": request}


def progress(inner: Line) -> Line:
    """A sub-agent's line as the main thread's log carries it."""
    outer = {
        "type": "progress",
        "timestamp": "2026-09-01T09:15:00.000Z",
        "sessionId": "s-1",
        "cwd": "/home/ada/x",
    }
    return {**outer, "data": {"type": "agent_progress", "message": inner}}


def jsonl(lines: Iterable[Line | bytes]) -> bytes:
    texts = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return b"".join(text + b"\n" for text in texts)


def write(path: Path, *lines: Line | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jsonl(lines))
    return path


def records(found: Scan) -> list[CallRecord]:
    decoder = msgspec.json.Decoder(CallRecord)
    return [record for shard in found.shards for record in decoder.decode_lines(shard.read_bytes())]


class Reading:
    """Scans of one folder, each into a spool of its own, remembering the marks."""

    def __init__(self, root: Path, spool: Path) -> None:
        self.root, self.spool, self.runs = root, spool, 0
        self.marks: Mapping[str, FileMark] = {}

    def __call__(self, workers: int | None = None) -> Scan:
        self.runs += 1
        found = scan(self.root, self.marks, self.spool / str(self.runs), workers)
        self.marks = found.marks
        return found


def read(root: Path, spool: Path) -> list[CallRecord]:
    """All records of a folder, which has no problems."""
    found = scan(root, {}, spool)
    assert found.problems == []
    return records(found)


def totals(told: Iterable[CallRecord]) -> dict[str, int]:
    """Calls and their counts, every call once; counts of zero are left out."""
    sums: Counter[str] = Counter()
    for call in calls(told):
        sums["calls"] += 1
        for name in COUNTS:
            sums[name] += getattr(call, name)
    return {name: count for name, count in sums.items() if count}
