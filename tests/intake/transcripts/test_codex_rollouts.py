"""Codex counts cumulatively, writes counts again, and copies a parent's history into its forks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import zstandard
from agent_logs import Line, Reading, jsonl, read, records, totals, write

from bothhalves.intake.transcripts import is_transcripts

START = "2026-09-01T09:00:00.000Z"


def meta(thread: str, **more: Any) -> Line:
    payload = {"id": thread, "cwd": "/Users/ada/src/billing", "cli_version": "0.130.0", **more}
    return {"timestamp": START, "type": "session_meta", "payload": payload}


def turn(model: str) -> Line:
    return {"timestamp": START, "type": "turn_context", "payload": {"model": model, "effort": "medium"}}


def count(
    total: tuple[int, ...], last: tuple[int, ...] | None = None, minute: int = 1, second: int = 0
) -> Line:
    """Input, cached, output and cache writes: so far, and of the last call."""
    info = {"total_token_usage": counts(total), "last_token_usage": last and counts(last)}
    payload = {"type": "token_count", "info": info, "rate_limits": {"plan_type": "business"}}
    time = f"2026-09-01T09:{minute:02d}:{second:02d}.000Z"
    return {"timestamp": time, "type": "event_msg", "payload": payload}


def counts(numbers: tuple[int, ...]) -> Line:
    read_, cached, output, written = (*numbers, 0)[:4]
    return {
        "input_tokens": read_,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": written,
        "output_tokens": output,
        "reasoning_output_tokens": output // 2,
        "total_tokens": read_ + output,
    }


def test_increases_are_counted_and_repeats_are_not(tmp_path: Path) -> None:
    first, second = count((1000, 250, 125)), count((3000, 750, 300), (2000, 500, 175), 2)
    again = count((3000, 750, 300), (2000, 500, 175), 3)
    null = {"timestamp": START, "type": "event_msg", "payload": {"type": "token_count", "info": None}}
    write(
        tmp_path / "logs" / "r.jsonl",
        meta("t-1"),
        null,
        turn("gpt-5.5"),
        first,
        turn("gpt-5.6"),
        second,
        again,
    )
    told = read(tmp_path / "logs", tmp_path / "spool")
    assert [(r.line, r.model, r.input_tokens, r.cache_read_tokens, r.output_tokens) for r in told] == [
        (4, "gpt-5.5", 750, 250, 125),
        (6, "gpt-5.6", 1500, 500, 175),
    ]
    found = totals(told)
    assert found["input_tokens"] + found["cache_read_tokens"] + found["output_tokens"] == 3300
    assert {(r.vendor, r.session, r.person, r.project) for r in told} == {
        ("openai", "t-1", "home:ada", "billing")
    }


def test_a_falling_total_is_a_new_counter(tmp_path: Path) -> None:
    write(
        tmp_path / "logs" / "r.jsonl",
        meta("t"),
        count((1000, 0, 10)),
        count((400, 0, 4)),
        count((1000, 0, 10)),
    )
    assert totals(read(tmp_path / "logs", tmp_path / "spool")) == {
        "calls": 3,
        "input_tokens": 2000,
        "output_tokens": 20,
    }


def test_cache_writes_have_no_stated_lifetime_and_an_unnamed_model_stays_unnamed(tmp_path: Path) -> None:
    write(tmp_path / "logs" / "r.jsonl", meta("t"), count((1000, 600, 10, 300)))
    (record,) = read(tmp_path / "logs", tmp_path / "spool")
    assert (record.input_tokens, record.cache_read_tokens, record.cache_write_tokens) == (100, 600, 300)
    assert record.model == ""


PARENT = [count((100, 0, 10), (100, 0, 10), 1), count((300, 0, 30), (200, 0, 20), 2)]
OWN = count((700, 0, 70), (400, 0, 40), 9)
CHILDREN = {
    "a fork": meta("t-2", forked_from_id="t-1"),
    "a spawned thread": meta("t-2", source={"subagent": {"thread_spawn": {"parent_thread_id": "t-1"}}}),
}


@pytest.mark.parametrize("child", CHILDREN.values(), ids=CHILDREN)
def test_a_copied_history_counts_in_the_parent_only(tmp_path: Path, child: Line) -> None:
    copied = [line | {"timestamp": "2026-09-01T09:08:00.000Z"} for line in PARENT]
    write(tmp_path / "logs" / "a-child.jsonl", child, meta("t-1"), *copied, OWN)
    write(tmp_path / "logs" / "parent.jsonl", meta("t-1"), *PARENT, count((350, 0, 33), (50, 0, 3), 10))
    told = read(tmp_path / "logs", tmp_path / "spool")
    assert [(r.session, r.input_tokens) for r in told] == [
        ("t-2", 400),
        ("t-1", 100),
        ("t-1", 200),
        ("t-1", 50),
    ]
    assert totals(told)["output_tokens"] == 73


def test_a_fork_found_later_knows_the_parent_that_was_read_before(tmp_path: Path) -> None:
    reading = Reading(tmp_path / "logs", tmp_path / "spool")
    write(reading.root / "parent.jsonl", meta("t-1"), *PARENT)
    reading()
    write(reading.root / "child.jsonl", CHILDREN["a fork"], *PARENT, OWN)
    found = reading()
    assert [(r.session, r.input_tokens) for r in records(found)] == [("t-2", 400)]
    assert found.files_read == 1


def test_without_the_parent_a_copy_is_known_by_its_haste(tmp_path: Path) -> None:
    hasty = [line | {"timestamp": "2026-09-01T09:00:00.300Z"} for line in PARENT]
    write(tmp_path / "logs" / "child.jsonl", CHILDREN["a fork"], *hasty, OWN)
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert [r.input_tokens for r in records(found)] == [400]
    assert [p.code for p in found.problems] == ["transcripts.parent-missing"]


def test_without_the_parent_the_first_count_is_that_of_the_last_call(tmp_path: Path) -> None:
    write(tmp_path / "logs" / "child.jsonl", CHILDREN["a fork"], OWN)
    assert [r.input_tokens for r in read(tmp_path / "logs", tmp_path / "spool")] == [400]


def test_reading_in_two_parts_is_reading_at_once(tmp_path: Path) -> None:
    lines = [meta("t"), turn("gpt-5.5"), *PARENT, OWN]
    reading = Reading(tmp_path / "logs", tmp_path / "spool")
    told = []
    for some in (3, 4, 5):
        write(reading.root / "r.jsonl", *lines[:some])
        told += records(reading())
    assert [(r.line, r.model, r.input_tokens) for r in told] == [
        (3, "gpt-5.5", 100),
        (4, "gpt-5.5", 200),
        (5, "gpt-5.5", 400),
    ]


def test_an_archived_packed_copy_counts_once(tmp_path: Path) -> None:
    text = jsonl([meta("t"), *PARENT])
    (tmp_path / "logs" / "archived_sessions").mkdir(parents=True)
    (tmp_path / "logs" / "r.jsonl").write_bytes(text)
    (tmp_path / "logs" / "archived_sessions" / "r.jsonl.zst").write_bytes(zstandard.compress(text))
    told = read(tmp_path / "logs", tmp_path / "spool")
    assert len(told) == 4
    assert totals(told) == {"calls": 2, "input_tokens": 300, "output_tokens": 30}
    assert is_transcripts(tmp_path / "logs" / "archived_sessions")


def test_threads_without_a_name_are_told_apart_by_their_first_line(tmp_path: Path) -> None:
    for name, model in (("a", "gpt-5.5"), ("copy-of-a", "gpt-5.5"), ("b", "gpt-5.6")):
        write(tmp_path / "logs" / name, turn(model), *PARENT)
    assert totals(read(tmp_path / "logs", tmp_path / "spool"))["calls"] == 4


def test_more_cached_than_read_is_a_problem_and_not_counted(tmp_path: Path) -> None:
    write(tmp_path / "logs" / "r.jsonl", meta("t"), count((100, 200, 1)), count((200, 200, 2)))
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert [p.code for p in found.problems] == ["transcripts.contradiction"]
    assert totals(records(found)) == {"calls": 1, "input_tokens": 100, "output_tokens": 1}
