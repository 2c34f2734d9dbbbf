"""Explain, line by line, how the recorder's own counts of each file lead to what the import counts.

The recorder counts every file by itself: main thread only, each call as its last record tells it. The
import reads the whole tree: a call that stands in several files counts once, with the largest count that
any record gives, and the calls of sub-agents count too.
"""

import csv
import tempfile
from collections import defaultdict
from pathlib import Path

import msgspec
from recorder import RecorderCounts, recorder_calls, recorder_view, summed

from bothhalves.intake.transcripts import CallRecord, calls, scan

HERE = Path(__file__).parent
LOGS = HERE.parent / "inbox" / "claude_code"


def minus(first: RecorderCounts, second: RecorderCounts) -> RecorderCounts:
    return RecorderCounts(*(a - b for a, b in zip(first, second, strict=True)))


def imported() -> list[CallRecord]:
    """Every call of the tree, counted once."""
    with tempfile.TemporaryDirectory() as spool:
        shards = scan(LOGS, {}, Path(spool)).shards
        lines = [line for shard in shards for line in shard.read_bytes().splitlines()]
    return [
        c
        for c in calls(msgspec.json.decode(line, type=CallRecord) for line in lines)
        if c.tool == "claude-code"
    ]


def counts(call: CallRecord) -> RecorderCounts:
    written = call.cache_write_5m_tokens + call.cache_write_1h_tokens
    return RecorderCounts(1, call.input_tokens, written, call.cache_read_tokens, call.output_tokens)


def explained() -> list[tuple[str, RecorderCounts]]:
    """The steps from the recorder's counts to the import's; the steps add up to the last row."""
    told: dict[str, list[RecorderCounts]] = defaultdict(list)
    for path in sorted(LOGS.glob("*.jsonl.gz")):
        for message, count in recorder_calls(path).items():
            told[message].append(count)
    every = summed(count for found in told.values() for count in found)
    once = summed(max(found, key=lambda c: c.output) for found in told.values())
    found = imported()
    known = {c.message for c in found}
    local = summed(max(t, key=lambda c: c.output) for message, t in told.items() if message not in known)
    main = summed(counts(c) for c in found if c.message in told)
    agents = summed(counts(c) for c in found if c.message not in told)
    return [
        ("every file as the recorder counts it", every),
        ("less calls that stand in several files", minus(once, every)),
        ("less answers the tool made itself (<synthetic>)", minus(summed([]), local)),
        ("plus counts that other records of a call give higher", minus(main, minus(once, local))),
        ("plus calls of sub-agents", agents),
        ("what the import counts", summed(counts(c) for c in found)),
    ]


def main() -> None:
    own = [
        row
        for row in csv.DictReader((HERE / "recorder_counts.csv").open())
        if row["recorder_scope"] == "whole file"
    ]
    names = ("api_calls", "input_tokens", "cache_creation_tokens", "cache_read_tokens", "output_tokens")
    agree = 0
    for row in own:
        expected = RecorderCounts(*(int(row[f"recorder_{name}"]) for name in names))
        agree += recorder_view(LOGS / row["file"]) == expected
    print(f"{agree} of {len(own)} whole recordings agree with the recorder's own counts\n")
    print(f"{'':54}{'calls':>9}{'input':>12}{'cache writes':>15}{'cache reads':>16}{'output':>12}")
    for label, row in explained():
        print(f"{label:54}{row[0]:>9,}{row[1]:>12,}{row[2]:>15,}{row[3]:>16,}{row[4]:>12,}")


if __name__ == "__main__":
    main()
