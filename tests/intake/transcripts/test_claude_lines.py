"""What a line of a Claude Code transcript says, and which lines are one call."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from agent_logs import Line, Reading, assistant, progress, read, totals, write

from bothhalves.intake.transcripts import CallRecord, calls


def one(tmp_path: Path, *lines: Line, name: str = "s.jsonl") -> CallRecord:
    write(tmp_path / "logs" / name, *lines)
    (record,) = read(tmp_path / "logs", tmp_path / "spool")
    return record


def split(**halves: int) -> Line:
    return {f"ephemeral_{half[1:]}_input_tokens": count for half, count in halves.items()}


WRITES = {
    "no split: five minutes": ({"cache_creation_input_tokens": 100}, (100, 0)),
    "an hour": ({"cache_creation_input_tokens": 520, "cache_creation": split(_5m=0, _1h=520)}, (0, 520)),
    "split below the total": (
        {"cache_creation_input_tokens": 100, "cache_creation": split(_5m=40, _1h=28)},
        (72, 28),
    ),
    "only the short half": ({"cache_creation_input_tokens": 100, "cache_creation": split(_5m=40)}, (100, 0)),
    "only the long half": ({"cache_creation_input_tokens": 100, "cache_creation": split(_1h=40)}, (100, 0)),
    "an empty split": ({"cache_creation_input_tokens": 100, "cache_creation": {}}, (100, 0)),
    "total zero, split not": (
        {"cache_creation_input_tokens": 0, "cache_creation": split(_5m=3904, _1h=0)},
        (3904, 0),
    ),
    "nulls": ({"cache_creation_input_tokens": None, "cache_creation": None}, (0, 0)),
}


@pytest.mark.parametrize(("usage", "expected"), WRITES.values(), ids=WRITES)
def test_cache_writes_are_never_counted_twice_nor_dropped(
    tmp_path: Path, usage: Line, expected: tuple[int, int]
) -> None:
    record = one(tmp_path, assistant(usage=usage))
    assert (record.cache_write_5m_tokens, record.cache_write_1h_tokens) == expected


def test_a_record_says_who_where_and_how(tmp_path: Path) -> None:
    usage = {
        "cache_read_input_tokens": 41_000,
        "service_tier": "priority",
        "speed": "fast",
        "inference_geo": "us",
        "server_tool_use": {"web_search_requests": 2},
    }
    record = one(tmp_path, {"type": "summary"}, assistant(output=830, usage=usage))
    assert record == CallRecord(
        tool="claude-code",
        vendor="anthropic",
        file="s.jsonl",
        line=2,
        time="2026-09-01T09:14:07.400Z",
        model="claude-opus-4-8",
        session="s-1",
        message="msg-1",
        request="req-1",
        person="home:ada",
        project="billing",
        input_tokens=3,
        cache_read_tokens=41_000,
        output_tokens=830,
        web_searches=2,
        tier="priority",
        speed="fast",
        region="us",
    )


@pytest.mark.parametrize(
    ("cwd", "person", "project"),
    [
        ("/home/ada/src/billing", "home:ada", "billing"),
        ("/Users/Bob Lee/billing/", "home:Bob Lee", "billing"),
        ("C:\\Users\\carl\\src\\billing", "home:carl", "billing"),
        ("d:/users/carl/billing", "", "billing"),
        ("/srv/home/billing", "", "billing"),
        ("/", "", ""),
        ("", "", ""),
    ],
)
def test_person_and_project_come_from_the_working_directory(
    tmp_path: Path, cwd: str, person: str, project: str
) -> None:
    record = one(tmp_path, assistant(top={"cwd": cwd}))
    assert (record.person, record.project) == (person, project)


def test_output_that_grows_is_counted_at_its_largest(tmp_path: Path) -> None:
    times = [f"2026-09-01T09:14:0{second}.000Z" for second in (7, 8, 9)]
    outputs = zip((9, 9, 159), times, strict=True)
    lines = [assistant(output=n, stop_reason=None, top={"timestamp": time}) for n, time in outputs]
    record = one(tmp_path, *lines)
    assert (record.output_tokens, record.line, record.time) == (159, 3, "2026-09-01T09:14:09.000Z")
    assert record.output_at_least


def test_a_stop_reason_on_any_line_says_that_the_output_is_final(tmp_path: Path) -> None:
    assert not one(tmp_path, assistant(output=9, stop_reason=None), assistant(output=9)).output_at_least


def test_a_time_with_an_offset_is_written_in_utc(tmp_path: Path) -> None:
    record = one(tmp_path, assistant(top={"timestamp": "2026-09-01T11:14:07.4+02:00"}))
    assert record.time == "2026-09-01T09:14:07.400Z"


NOT_CALLS = {
    "synthetic": assistant(model="<synthetic>"),
    "an API error": assistant(top={"isApiErrorMessage": True}),
    "a tool result of a sub-agent": {
        "type": "user",
        "toolUseResult": {"usage": {"input_tokens": 1}},
        "message": "x",
    },
    "text that speaks of usage": {"type": "system", "content": "usage", "usage": "full", "message": 7},
    "progress of a hook": {"type": "progress", "data": {"type": "hook_progress", "usage": {}}},
}


@pytest.mark.parametrize("line", NOT_CALLS.values(), ids=NOT_CALLS)
def test_what_is_no_call_is_left_out_quietly(tmp_path: Path, line: Line) -> None:
    write(tmp_path / "logs" / "s.jsonl", line, assistant())
    assert totals(read(tmp_path / "logs", tmp_path / "spool")) == {
        "calls": 1,
        "input_tokens": 3,
        "output_tokens": 10,
    }


def test_sub_agents_are_found_in_their_files_and_in_progress_records(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    write(
        logs / "s.jsonl",
        assistant("m1", request="r1"),
        progress(assistant("m2", request="r2", top={"cwd": None})),
    )
    write(
        logs / "s" / "subagents" / "agent-1.jsonl", assistant("m3", request="r3", top={"isSidechain": True})
    )
    found = {r.message: (r.agent, r.sidechain, r.person) for r in read(logs, tmp_path / "spool")}
    assert found == {
        "m1": (False, False, "home:ada"),
        "m2": (True, False, "home:ada"),
        "m3": (True, True, "home:ada"),
    }


SIDE: dict[str, Any] = {"top": {"isSidechain": True}}
#: Lines of separate files, and what they come to: calls and output.
COPIES = {
    "a resumed session": ([assistant(output=5), assistant(output=5)], (1, 5)),
    "without request ids": ([assistant(output=5, request=None), assistant(output=7, request=None)], (1, 7)),
    "one of two without request id": ([assistant(output=5), assistant(output=7, request=None)], (1, 7)),
    "two requests of the main thread": ([assistant(output=5), assistant(output=7, request="req-2")], (2, 12)),
    "a side chain replays": ([assistant(output=5), assistant(output=7, request="req-2", **SIDE)], (1, 5)),
    "a progress record replays": (
        [assistant(output=5), progress(assistant(output=7, request="req-2"))],
        (1, 5),
    ),
    "a side chain's copy of the request": ([assistant(output=5), assistant(output=7, **SIDE)], (1, 7)),
    "side chains only": ([assistant(output=5, **SIDE), assistant(output=7, request="req-2", **SIDE)], (1, 7)),
    "no message id": ([assistant(None, 5), assistant(None, 7)], (1, 7)),
    "only a uuid": (
        [assistant(None, 5, None), assistant(None, 5, None), assistant(None, 7, None, top={"uuid": "v"})],
        (2, 12),
    ),
    "no id at all, once copied": (
        [assistant(None, n, None, top={"uuid": None}) for n in (5, 5, 7)],
        (2, 12),
    ),
}


@pytest.mark.parametrize(("lines", "expected"), COPIES.values(), ids=COPIES)
def test_a_call_told_in_several_files_is_counted_once(
    tmp_path: Path, lines: list[Line], expected: tuple[int, int]
) -> None:
    for number, line in enumerate(lines):
        write(tmp_path / "logs" / f"{number}.jsonl", line)
    told = read(tmp_path / "logs", tmp_path / "spool")
    for order in permutations(told):
        found = totals(order)
        assert (found["calls"], found["output_tokens"]) == expected


def test_the_kept_record_is_that_of_the_main_thread(tmp_path: Path) -> None:
    side = assistant(output=90, usage={"cache_read_input_tokens": 8}, **SIDE)
    side["timestamp"] = "2026-09-01T09:00:00Z"
    write(tmp_path / "logs" / "a.jsonl", side)
    write(tmp_path / "logs" / "b.jsonl", assistant(output=5, top={"sessionId": "main"}))
    (call,) = calls(read(tmp_path / "logs", tmp_path / "spool"))
    assert (call.session, call.file, call.sidechain) == ("main", "b.jsonl", False)
    assert (call.output_tokens, call.cache_read_tokens, call.time) == (90, 8, "2026-09-01T09:14:07.400Z")


#: Where in a long line its kind, or that of another object in it, may stand.
KINDS = {
    "said by a person": ('{"type":"user","message":PLACE}', 0),
    "an object before the kind": ('{"data":{"type":"user"},"type":"assistant","message":PLACE}', 1),
    "a person inside a progress record": (
        '{"type":"progress","data":{"type":"user","message":{"type":"assistant","message":PLACE}}}',
        1,
    ),
    "the kind at the end": ('{"message":PLACE,"type":"assistant"}', 1),
    "a text that quotes it": ('{"cwd":"\\"type\\":\\"user\\"","type":"assistant","message":PLACE}', 1),
}


@pytest.mark.parametrize(("line", "expected"), KINDS.values(), ids=KINDS)
def test_long_lines_are_calls_by_their_own_kind(tmp_path: Path, line: str, expected: int) -> None:
    body = {"id": "m", "usage": {"output_tokens": 7}, "content": "x" * 5000}
    whole = line.replace("PLACE", json.dumps(body)).replace("{", '{"timestamp":"2026-09-01T00:00:00Z",', 1)
    path = write(tmp_path / "logs" / "s.jsonl", b'{"sessionId":"s","type":"summary","leafUuid":"u"}')
    path.write_bytes(path.read_bytes() + whole.encode() + b"\n")
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert (found.usage_lines, found.problems) == (expected, [])
