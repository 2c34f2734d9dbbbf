"""A Gemini CLI session is one document: parts of the prompt stand inside and beside each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agent_logs import Reading, records, totals

from bothhalves.intake.transcripts import is_transcripts
from examples.team.sources.recorder import recorder_view

TOKENS = {"input": 1000, "output": 20, "cached": 800, "thoughts": 30, "tool": 50, "total": 1100}


def message(number: int, **tokens: Any) -> dict[str, Any]:
    head = {"id": f"u-{number}", "type": "gemini", "model": "gemini-2.5-flash"}
    return {**head, "timestamp": f"2026-01-10T02:08:{number:02d}.661Z", "tokens": TOKENS | tokens}


def session(path: Path, *messages: dict[str, Any], indent: int | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    asked = {"id": "u-0", "type": "user", "timestamp": "2026-01-10T02:08:00Z", "content": "hello"}
    document = {"sessionId": "s-1", "projectHash": "p-1", "messages": [asked, *messages]}
    path.write_text(json.dumps(document, indent=indent), encoding="utf-8")
    return path


def test_the_parts_of_a_call_add_up_to_its_total(tmp_path: Path) -> None:
    path = session(tmp_path / "logs" / "s.json", message(1))
    assert is_transcripts(path)
    (record,) = records(Reading(path, tmp_path / "spool")())
    assert (record.input_tokens, record.cache_read_tokens, record.output_tokens) == (250, 800, 50)
    assert (record.tool, record.vendor, record.model) == ("gemini-cli", "google", "gemini-2.5-flash")
    assert (record.time, record.session, record.message) == ("2026-01-10T02:08:01.661Z", "s-1", "s-1/u-1")
    assert recorder_view(path) == (1, 1000, 0, 800, 20)


def test_a_call_is_found_on_its_line_however_the_document_is_laid_out(tmp_path: Path) -> None:
    path = session(tmp_path / "logs" / "s.json", message(1), message(2), indent=1)
    lines = path.read_text(encoding="utf-8").splitlines()
    for record in records(Reading(path, tmp_path / "spool")()):
        assert record.message.removeprefix("s-1/") in lines[record.line]


def test_a_session_rewritten_as_it_grows_counts_each_call_once(tmp_path: Path) -> None:
    reading = Reading(tmp_path / "logs", tmp_path / "spool")
    session(reading.root / "s.json", message(1))
    told = records(reading())
    session(reading.root / "s.json", message(1), message(2))
    again = reading()
    assert again.rewritten == ["s.json"]
    assert totals([*told, *records(again)])["calls"] == 2


def test_contradictions_are_named(tmp_path: Path) -> None:
    more_cached, other_total = message(1, cached=1001), message(2, total=5000)
    session(tmp_path / "logs" / "s.json", more_cached, other_total, message(3, input=-1), message(4))
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert [p.code.split(".")[1] for p in found.problems] == ["bad-line", "contradiction", "contradiction"]
    assert [r.message for r in records(found)] == ["s-1/u-2", "s-1/u-4"]


def test_a_cut_session_is_a_problem(tmp_path: Path) -> None:
    path = session(tmp_path / "logs" / "s.json", message(1), message(2))
    path.write_bytes(path.read_bytes()[:-20])
    found = Reading(tmp_path / "logs", tmp_path / "spool")()
    assert ([p.code for p in found.problems], found.shards) == (["transcripts.bad-file"], [])
