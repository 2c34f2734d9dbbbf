"""Damaged and hostile logs: the bad row is named, the good ones count, nothing stops."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from agent_logs import Line, Reading, assistant, jsonl, records, totals, write

from bothhalves.intake.transcripts import calls, is_transcripts, lines

GOOD = assistant("good", 7, "r-good")
ONE_CALL = {"calls": 1, "input_tokens": 3, "output_tokens": 7}


def with_count(text: str) -> bytes:
    return json.dumps(assistant(output="COUNT")).replace('"COUNT"', text).encode()


def deep(levels: int) -> bytes:
    return json.dumps(assistant(content="DEEP")).replace('"DEEP"', "[" * levels + "]" * levels).encode()


BAD_LINES = {
    **{
        count: with_count(count)
        for count in ("NaN", "Infinity", "-Infinity", "1e400", "-1", '"12"', "1.5", "true")
    },
    "a count beyond reason": with_count("9" * 20),
    "a count of 5,000 digits": with_count("9" * 5000),
    "a count that is a list": with_count("[1]"),
    "usage that is text": json.dumps(assistant() | {"message": {"usage": "much"}}).encode(),
    "deep nesting": deep(100_000),
    "a NUL byte": json.dumps(assistant()).encode().replace(b"opus", b"op\0us"),
    "invalid UTF-8": json.dumps(assistant()).encode().replace(b"opus", b"op\xffus"),
    "half a surrogate pair": json.dumps(assistant()).encode().replace(b"opus", b"op\\ud800us"),
    "two objects on a line": json.dumps(assistant()).encode() * 2,
    "a name of a megabyte": json.dumps(assistant(model="x" * 2**20)).encode(),
    "no time": json.dumps(assistant(top={"timestamp": None})).encode(),
    "a time that is none": json.dumps(assistant(top={"timestamp": "yesterday"})).encode(),
    "a time without zone": json.dumps(assistant(top={"timestamp": "2026-09-01T09:14:07.400"})).encode(),
    "a time of another age": json.dumps(assistant(top={"timestamp": "0001-01-01T00:00:00.000Z"})).encode(),
    "a time that is a number": json.dumps(assistant(top={"timestamp": 1788270000})).encode(),
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_named_and_the_others_count(tmp_path: Path, line: bytes) -> None:
    write(tmp_path / "logs" / "s.jsonl", {"type": "summary", "sessionId": "s", "leafUuid": "u"}, line, GOOD)
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert [str(p.where) for p in found.problems] == ["s.jsonl:2"]
    assert found.problems[0].changes
    assert totals(records(found)) == ONE_CALL


HARMLESS = {
    "text that is not UTF-8": json.dumps(assistant("bad", 1, "r", content="PLACE"))
    .encode()
    .replace(b"PLACE", b"\xff"),
    "an unknown field of any kind": json.dumps(assistant(stop_details=[{}], top={"data": 5})).encode(),
    "a formula": json.dumps(assistant(model="=cmd|' /C calc'!A0")).encode(),
    "markup": json.dumps(assistant(model="<script>alert(1)</script>")).encode(),
}


@pytest.mark.parametrize("line", HARMLESS.values(), ids=HARMLESS)
def test_what_is_only_odd_counts(tmp_path: Path, line: bytes) -> None:
    write(tmp_path / "logs" / "s.jsonl", line, GOOD)
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert (found.problems, totals(records(found))["calls"]) == ([], 2)


def test_a_line_too_long_to_hold_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 1000)
    monkeypatch.setattr("bothhalves.intake.transcripts.batch.BLOCK", 512)
    write(
        tmp_path / "logs" / "s.jsonl", GOOD, assistant("long", content="x" * 5000), assistant("last", 1, "r2")
    )
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert [(p.code, p.where.row) for p in found.problems] == [("transcripts.long-line", 2)]
    assert [(r.message, r.line) for r in records(found)] == [("good", 1), ("last", 3)]


@pytest.mark.parametrize("block", [1, 7, 64, 300, 10_000])
def test_blocks_of_any_size_give_the_same_lines(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bothhalves.intake.transcripts.batch.BLOCK", block)
    write(tmp_path / "logs" / "s.jsonl", *(assistant(f"m{n}", n, f"r{n}") for n in range(20)), b"", GOOD)
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert [r.line for r in records(found)] == [*range(1, 21), 22]
    assert found.marks["s.jsonl"].lines == 22


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = write(tmp_path / "logs" / "s.jsonl")
    path.write_bytes(b"\xef\xbb\xbf" + jsonl([GOOD]))
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert totals(records(found)) == ONE_CALL
    assert found.marks["s.jsonl"].offset == path.stat().st_size


def test_a_cut_gzip_keeps_what_can_be_unpacked(tmp_path: Path) -> None:
    noise = [assistant(f"m{n}", 1, f"r{n}", content=f"{n * 7919 % 1009}" * 50) for n in range(500)]
    packed = gzip.compress(jsonl(noise))
    write(tmp_path / "logs" / "s.gz").write_bytes(packed[: len(packed) // 2])
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert 100 < len(calls(records(found))) < 400
    assert {p.code for p in found.problems} == {"transcripts.unreadable", "transcripts.cut-line"}


def test_a_decompression_bomb_is_refused(tmp_path: Path) -> None:
    bomb = jsonl([GOOD]) + b" " * (100 * 2**20)
    write(tmp_path / "logs" / "s.gz").write_bytes(gzip.compress(bomb))
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert "transcripts.unreadable" in {p.code for p in found.problems}
    assert totals(records(found)) == ONE_CALL


def test_a_file_name_that_is_not_text_does_not_stop_the_scan(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    root.mkdir()
    (Path(str(root)) / b"s\xff.jsonl".decode("utf-8", "surrogateescape")).write_bytes(jsonl([GOOD]))
    found = Reading(root, tmp_path / "spool")()
    assert [r.file for r in records(found)] == ["s\ufffd.jsonl"]


OTHER_FILES: dict[str, Any] = {
    "a chat completion log": b'{"choices": [{"message": {}}], "usage": {"prompt_tokens": 1}}\n',
    "the canonical usage file": b'{"time": "2026-09-01", "vendor": "anthropic", "session": "s"}\n',
    "a table": b"sessionId,message,requestId\n1,2,3\n",
    "a quoted transcript": json.dumps({"text": json.dumps(GOOD)}).encode(),
    "a list": json.dumps([GOOD]).encode(),
    "noise": bytes(range(256)) * 8,
    "nothing": b"",
    "a broken gzip": b"\x1f\x8b\x08\x00broken",
}


@pytest.mark.parametrize("data", OTHER_FILES.values(), ids=OTHER_FILES)
def test_other_files_are_not_taken_for_logs(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path / "logs" / "s.jsonl")
    path.write_bytes(data)
    assert not is_transcripts(path)
    assert not is_transcripts(tmp_path / "logs")
    assert Reading(tmp_path / "logs", tmp_path / "spool")().shards == []


CODEX_BAD: dict[str, Line] = {
    "negative": {"input_tokens": -5, "output_tokens": 1},
    "text": {"input_tokens": "5", "output_tokens": 1},
}


@pytest.mark.parametrize("bad", CODEX_BAD.values(), ids=CODEX_BAD)
def test_a_bad_count_of_codex_is_named_and_the_next_total_makes_up_for_it(tmp_path: Path, bad: Line) -> None:
    def event(total: Line) -> Line:
        payload = {"type": "token_count", "info": {"total_token_usage": total}}
        return {"timestamp": "2026-09-01T09:00:00Z", "type": "event_msg", "payload": payload}

    write(tmp_path / "logs" / "r.jsonl", event(bad), event({"input_tokens": 9, "output_tokens": 2}))
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert [str(p.where) for p in found.problems] == ["r.jsonl:1"]
    assert totals(records(found)) == {"calls": 1, "input_tokens": 9, "output_tokens": 2}
