"""Transcripts tell a call many times over; it is counted once, and no other is lost."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from store_facts import by, call, imported, pseudonym, quantities, scanned, used

from bothhalves.core.explain import Selector
from bothhalves.intake.transcripts.marks import FileMark
from bothhalves.intake.transcripts.records import CallRecord, calls
from bothhalves.store import Scan, Store

SIDE = {"sidechain": True, "file": "ada/subagents/agent-1.jsonl"}
OTHER = {"file": "ada/two.jsonl", "session": "s2"}
#: Records, and the output tokens that they come to.
TOLD = {
    "a streamed call grows": ([call("m", 9), call("m", 9), call("m", 159)], 159),
    "without request ids the message decides": ([call("m", 9, request=""), call("m", 9, request="")], 9),
    "a resumed session repeats its history": ([call("m", 7), call("m", 7, **OTHER)], 7),
    "a subagent replays its parent": ([call("m", 7), call("m", 9, **SIDE, request="r2")], 7),
    "a subagent's own call counts": ([call("m", 7), call("n", 9, **SIDE)], 16),
    "a call seen in a subagent only, twice": ([call("m", 7, **SIDE), call("m", 7, **SIDE, request="r2")], 7),
    "a subagent's copy of the same request is the call": ([call("m", 7), call("m", 9, **SIDE)], 9),
    "one message id under two requests of the main thread": ([call("m", 7), call("m", 5, request="r2")], 12),
    "a copy without request id adds nothing": ([call("m", 7), call("m", 7, request="", **OTHER)], 7),
    "no message id: the request": ([call("", 7, request="r"), call("", 8, request="r")], 8),
    "no ids at all: every line": ([call("", 7, line=1), call("", 8, line=2)], 15),
}


@pytest.mark.parametrize(("records", "expected"), TOLD.values(), ids=TOLD)
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_call_is_counted_once(
    tmp_path: Path, records: list[dict[str, Any]], expected: int, order: int, at_once: bool
) -> None:
    lines = records[::order]
    shards = [lines] if at_once else [[line] for line in lines]
    for number, shard in enumerate(shards):
        marks = {"marks": {"ada/one.jsonl": {"offset": number + 1}}}
        imported(tmp_path, scans=(scanned(tmp_path / "shards", *shard, **marks),))
    assert used(tmp_path, "output_tokens") == expected


def test_each_count_is_the_largest_told_and_the_time_that_of_the_end(tmp_path: Path) -> None:
    records = [
        call("m", 1, input_tokens=30, time="2026-10-05T10:14:59Z", output_at_least=True),
        call("m", 50, input_tokens=3, cache_read_tokens=7, time="2026-10-05T10:15:01.5+00:00"),
    ]
    imported(tmp_path, scans=(scanned(tmp_path, *records),))
    (found,) = quantities(tmp_path)
    assert {m: int(n) for m, n in found.quantities} == {
        "input_tokens": 30,
        "cache_read_tokens": 7,
        "output_tokens": 50,
    }
    assert (found.start.minute, found.output_at_least, found.requests) == (15, 0, 1)


def test_an_output_never_written_is_marked(tmp_path: Path) -> None:
    imported(tmp_path, scans=(scanned(tmp_path, call("m", 1, output_at_least=True), call("n", 2)),))
    (found,) = quantities(tmp_path)
    assert (found.rows, found.output_at_least) == (2, 1)


def test_two_machines_add_up_and_uploading_again_does_not(tmp_path: Path) -> None:
    laptop = scanned(tmp_path / "a", call("m", 5), marks={"laptop/one.jsonl": {"size": 1}})
    desktop = scanned(
        tmp_path / "b", call("n", 6, file="desk/one.jsonl"), marks={"desk/one.jsonl": {"size": 1}}
    )
    for scan in (laptop, desktop, laptop):
        imported(tmp_path, scans=(scan,))
    assert used(tmp_path, "output_tokens") == 11


def test_a_call_told_on_both_sides_of_a_month_is_one(tmp_path: Path) -> None:
    for n, time in enumerate(("2026-11-01T00:00:01Z", "2026-10-31T23:59:59Z")):
        imported(tmp_path, scans=(scanned(tmp_path, call("m", 5 + n, time=time), marks={"f": n}),))
    assert [(q.month, q.rows) for q in quantities(tmp_path)] == [("2026-10", 1)]


def test_a_file_read_again_from_its_start_loses_its_old_calls(tmp_path: Path) -> None:
    imported(tmp_path, scans=(scanned(tmp_path, call("m", 5), call("n", 6), call("o", 7, **OTHER)),))
    again = scanned(tmp_path, call("n", 6), rewritten=("ada/one.jsonl",), marks={"ada/one.jsonl": 2})
    imported(tmp_path, scans=(again,))
    assert used(tmp_path, "output_tokens") == 6 + 7


def test_only_touched_months_are_written(tmp_path: Path) -> None:
    imported(tmp_path, scans=(scanned(tmp_path, call("m", 5, time="2026-09-05T10:00:00Z"), marks={"f": 1}),))
    september = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("2026-09-*.parquet")}
    imported(tmp_path, scans=(scanned(tmp_path, call("n", 6), marks={"f": 2}),))
    assert {p: p.stat().st_mtime_ns for p in september} == september
    assert len(list(tmp_path.rglob("2026-09-*.parquet"))) == 2


def test_a_scan_that_found_nothing_new_changes_nothing(tmp_path: Path) -> None:
    mark = FileMark(size=9, mtime_ns=1, offset=9, lines=1, sha_head="0")
    scan = scanned(tmp_path, call("m", 5), marks={"one.jsonl": mark})
    imported(tmp_path, scans=(scan,))
    before = (tmp_path / "state" / "manifest.json").read_bytes()
    imported(tmp_path, scans=(Scan(scan.feed, (), scan.marks),))
    assert (tmp_path / "state" / "manifest.json").read_bytes() == before
    kept = Store.open(tmp_path).marks("claude-code")
    assert {file: FileMark(**known) for file, known in kept.items()} == scan.marks


def test_calls_lead_back_to_file_and_line_through_a_pseudonym(tmp_path: Path) -> None:
    scan = scanned(tmp_path / "shards", call("m", 5, line=17), call("n", 5, line=21, person="home:bob"))
    imported(tmp_path, scans=(scan,))
    assert by(tmp_path, "person", meter="output_tokens") == {
        pseudonym("home:ada"): 5,
        pseudonym("home:bob"): 5,
    }
    (row,) = Store.open(tmp_path).rows(Selector("usage", (("person", pseudonym("home:ada")),)))
    assert (row["file"], row["first_row"], row["workload"]) == ("ada/one.jsonl", 17, "acme")
    kept = [p for p in tmp_path.rglob("*") if p.is_file() and p.suffix != ".ndjson"]
    assert not any(b"home:ada" in p.read_bytes() for p in kept)


def test_counts_that_cannot_be_true_are_left_out(tmp_path: Path) -> None:
    report = imported(tmp_path, scans=(scanned(tmp_path, call("m", 10**16), call("n", -1), call("o", 5)),))
    assert [p.code for p in report.problems] == ["import.out-of-range"]
    assert used(tmp_path, "output_tokens") == 5


def test_a_total_of_cache_writes_and_its_split_are_not_both_counted(tmp_path: Path) -> None:
    split = {"cache_write_5m_tokens": 60, "cache_write_1h_tokens": 40}
    records = [call("m", 5, cache_write_tokens=100), call("m", 5, **split)]
    imported(tmp_path, scans=(scanned(tmp_path, *records),))
    (found,) = quantities(tmp_path)
    written = {meter: int(n) for meter, n in found.quantities if "write" in meter}
    assert written == split


COUNTS = ("input_tokens", "cache_read_tokens", "cache_write_1h_tokens", "cache_write_tokens", "output_tokens")


def told(lots: random.Random, line: int) -> CallRecord:
    """A record of one of few messages, so that every way of repeating a call comes up."""
    return CallRecord(
        tool=lots.choice(["claude-code", "codex"]),
        vendor="anthropic",
        file=lots.choice(["one", "two"]),
        line=line,
        time=f"2026-{lots.choice((9, 10)):02d}-01T00:00:{lots.randrange(60):02d}Z",
        model=f"claude-{lots.randrange(3)}",
        session="s",
        message=f"m{lots.randrange(6)}",
        request=lots.choice(["", "r1", "r2"]),
        sidechain=lots.random() < 0.2,
        agent=lots.random() < 0.2,
        output_at_least=lots.random() < 0.5,
        **{meter: lots.randrange(4) for meter in COUNTS},
    )


@pytest.mark.parametrize("seed", range(12))
def test_sql_and_the_readers_of_transcripts_have_one_rule(tmp_path: Path, seed: int) -> None:
    lots = random.Random(seed)
    records = [told(lots, line) for line in range(1, 40)]
    shards = [msgspec.to_builtins(r) for r in records]
    imported(tmp_path, scans=(scanned(tmp_path / "shards", *shards),))
    fields = ("tool", "message", "model", "file", "line", "output_at_least", *COUNTS)
    expected = sorted(tuple(getattr(r, f) for f in fields) for r in calls(records))
    names = {"tool": "product", "line": "row"}
    kept = Store.open(tmp_path).rows(Selector("calls"), 1000)
    assert sorted(tuple(row[names.get(f, f)] for f in fields) for row in kept) == expected
