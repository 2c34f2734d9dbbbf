"""Real transcripts of a small company against figures worked out by others."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from agent_logs import DATA, Reading, read, totals

from bothhalves.intake.transcripts import calls, is_transcripts
from examples.team.sources.recorder import recorder_view

#: Any folder of such transcripts with the index of the tool that recorded them.
TEAM = DATA / "team-a"
FIGURES = ("api_calls", "input_tokens", "cache_creation_tokens", "cache_read_tokens", "output_tokens")


def indexed() -> dict[str, tuple[int, ...]]:
    with (TEAM / "index.csv").open(encoding="utf-8") as rows:
        return {
            row["file"]: tuple(int(row[f"recorder_{figure}"]) for figure in FIGURES)
            for row in csv.DictReader(rows)
            if row["recorder_scope"] == "whole file"
        }


RECORDED = indexed()
#: By hand: one count per message id over all files, the main thread's largest figures.
TRUTH = {
    "calls": 210,
    "input_tokens": 4026,
    "cache_read_tokens": 15_288_379,
    "cache_write_5m_tokens": 1_118_086,
    "output_tokens": 34_851,
}


@pytest.mark.parametrize("file", RECORDED)
def test_each_file_agrees_with_the_tool_that_recorded_it(file: str) -> None:
    assert recorder_view(TEAM / file) == RECORDED[file]


def test_the_whole_folder_counts_every_call_once(tmp_path: Path) -> None:
    told = read(TEAM, tmp_path)
    claude = [r for r in told if r.tool == "claude-code"]
    assert totals(claude) == TRUTH
    assert len(claude) > TRUTH["calls"]


def test_calls_of_sub_agents_are_found_in_progress_records(tmp_path: Path) -> None:
    told = [r for r in read(TEAM, tmp_path) if r.tool == "claude-code"]
    counted = calls(told)
    assert sum(r.agent for r in counted) == 17
    assert sum(r.output_at_least for r in counted) == 202
    assert {r.person for r in counted} == {"home:user-01", "home:user-02"}


def test_gemini_sessions_repeat_each_other_and_count_once(tmp_path: Path) -> None:
    told = [r for r in read(TEAM, tmp_path) if r.tool == "gemini-cli"]
    with gzip.open(TEAM / "ckpt_af85472a092c.gemini.json.gz") as document:
        tokens = [m["tokens"] for m in json.load(document)["messages"] if "tokens" in m]
    found = totals(told)
    assert found["calls"] == len(tokens) < len(told)
    assert found["cache_read_tokens"] == sum(t["cached"] for t in tokens)
    assert found["input_tokens"] + found["cache_read_tokens"] == sum(t["input"] for t in tokens)
    assert sum(found[name] for name in found if name.endswith("_tokens")) == sum(t["total"] for t in tokens)


def test_unpacked_renamed_and_gzipped_files_are_the_same(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    for number, file in enumerate(sorted(TEAM.glob("*.gz"))):
        (plain / f"{number}.log").write_bytes(gzip.decompress(file.read_bytes()))
    assert totals(read(plain, tmp_path / "a")) == totals(read(TEAM, tmp_path / "b"))
    assert is_transcripts(plain)


def test_spacing_and_the_order_of_keys_change_nothing(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for file in TEAM.glob("*.jsonl.gz"):
        lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
        turned = [json.dumps(_turned(line), separators=(" ,  ", "\t: ")) for line in lines]
        (other / file.stem).write_text("\r\n".join(turned) + "\r\n", encoding="utf-8")
    assert totals(read(other, tmp_path / "spool")) == TRUTH


def _turned(value: object) -> object:
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def test_processes_find_what_one_finds(tmp_path: Path) -> None:
    one, two = Reading(TEAM, tmp_path / "one")(workers=1), Reading(TEAM, tmp_path / "two")(workers=2)
    assert b"".join(s.read_bytes() for s in one.shards) == b"".join(s.read_bytes() for s in two.shards)
    assert (one.marks, one.usage_lines, one.bytes_read) == (two.marks, two.usage_lines, two.bytes_read)


def test_small_logs_of_another_tools_fixtures(tmp_path: Path) -> None:
    told = read(DATA / "ccusage", tmp_path)
    assert totals(r for r in told if r.tool == "claude-code") == {
        "calls": 5,
        "input_tokens": 730,
        "cache_read_tokens": 110,
        "cache_write_5m_tokens": 90,
        "output_tokens": 310,
    }
    codex = [r for r in told if r.tool == "codex"]
    assert totals(codex) == {
        "calls": 2,
        "input_tokens": 2750,
        "cache_read_tokens": 750,
        "output_tokens": 425,
    }
    assert [r.model for r in codex] == ["gpt-5.2-codex", "gpt-5.3-codex"]
    assert {r.speed for r in told if r.message == "msg-alpha-2"} == {"fast"}
