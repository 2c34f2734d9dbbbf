"""A scan opens what changed, reads what is new, and forgets nothing."""

from __future__ import annotations

import gzip
import os
import runpy
from itertools import pairwise
from pathlib import Path

import pytest
from agent_logs import Reading, assistant, jsonl, records, totals, write

from bothhalves.intake.transcripts import Scan, is_transcripts, scan
from calls_made import calls_of

GENERATOR = runpy.run_path(str(Path(__file__).parents[3] / "bench" / "transcript_tree.py"))


def call(number: int) -> dict[str, object]:
    return assistant(f"m{number}", number, f"r{number}")


def outputs(found: Scan) -> list[int]:
    return [record.output_tokens for record in records(found)]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    write(tmp_path / "logs" / "p" / "one.jsonl", {"type": "summary"}, call(1), call(2))
    write(tmp_path / "logs" / "p" / "two.jsonl", call(3))
    write(tmp_path / "logs" / "notes.txt", b"a summary of usage")
    return Reading(tmp_path / "logs", tmp_path / "spool")


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_a_scan_says_what_it_read(reading: Reading) -> None:
    found = reading()
    assert sorted(outputs(found)) == [1, 2, 3]
    assert (found.files, found.files_read, found.lines_read, found.usage_lines, found.records) == (
        3,
        3,
        4,
        3,
        3,
    )
    assert found.bytes_read == sum(
        (reading.root / "p" / n).stat().st_size for n in ("one.jsonl", "two.jsonl")
    )
    mark = found.marks["p/one.jsonl"]
    assert (mark.size, mark.offset, mark.lines, mark.tool) == (mark.offset, mark.size, 3, "claude-code")
    assert (found.gone, found.rewritten, found.problems) == ([], [], [])


def test_what_has_not_changed_is_not_opened(reading: Reading) -> None:
    first = reading()
    for path in reading.root.rglob("*.*"):
        stat = path.stat()
        path.write_bytes(b"x" * stat.st_size)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    again = reading()
    assert (again.files_read, again.shards, again.marks) == (0, [], first.marks)


def test_a_grown_file_is_read_from_where_it_ended(reading: Reading) -> None:
    reading()
    added = jsonl([call(4), call(5)])
    append(reading.root / "p" / "one.jsonl", added)
    again = reading()
    assert [(r.output_tokens, r.line) for r in records(again)] == [(4, 4), (5, 5)]
    assert (again.files_read, again.bytes_read, again.rewritten) == (1, len(added), [])
    assert again.marks == scan(reading.root, {}, reading.spool / "afresh").marks


@pytest.mark.parametrize("step", [1, 7, 100, 399, 1000])
def test_reading_in_parts_counts_what_reading_at_once_counts(tmp_path: Path, step: int) -> None:
    text = jsonl([call(1), assistant("m1", 50, "r1"), {"type": "user"}, call(2), call(3)])
    reading, told = Reading(tmp_path / "logs", tmp_path / "spool"), []
    whole = write(tmp_path / "whole" / "s.jsonl", text[:-1])
    cuts = [0, *range(300 % step, len(text), max(step, len(text) // 12)), len(text)]
    write(reading.root / "s.jsonl").write_bytes(b"")
    for start, stop in pairwise(cuts):
        append(reading.root / "s.jsonl", text[start:stop])
        told += records(reading())
    at_once = records(scan(whole, {}, tmp_path / "other"))
    assert totals(told) == totals(at_once) == {"calls": 3, "input_tokens": 9, "output_tokens": 55}


def test_a_line_cut_in_the_middle_is_said_and_read_when_it_is_whole(reading: Reading) -> None:
    line = jsonl([call(4)])
    append(reading.root / "p" / "two.jsonl", line[:-30])
    first = reading()
    assert sorted(outputs(first)) == [1, 2, 3]
    assert [str(p.where) for p in first.problems] == ["p/two.jsonl:2"]
    assert first.marks["p/two.jsonl"].offset == len(jsonl([call(3)]))
    append(reading.root / "p" / "two.jsonl", line[-30:])
    again = reading()
    assert [(r.output_tokens, r.line) for r in records(again)] == [(4, 2)]
    assert again.problems == []


def test_a_last_line_without_its_end_is_whole_if_it_reads_so(reading: Reading) -> None:
    append(reading.root / "p" / "two.jsonl", jsonl([call(4)])[:-1])
    assert sorted(outputs(reading())) == [1, 2, 3, 4]
    append(reading.root / "p" / "two.jsonl", b"\n" + jsonl([call(5)]))
    assert [(r.output_tokens, r.line) for r in records(reading())] == [(5, 3)]


def test_a_file_with_another_beginning_is_read_again(reading: Reading) -> None:
    reading()
    write(reading.root / "p" / "two.jsonl", call(7), call(8), call(9))
    again = reading()
    assert (outputs(again), again.rewritten) == ([7, 8, 9], ["p/two.jsonl"])


def test_a_file_that_shrank_is_read_again(reading: Reading) -> None:
    reading()
    write(reading.root / "p" / "one.jsonl", {"type": "summary"}, call(1))
    again = reading()
    assert (outputs(again), again.rewritten) == ([1], ["p/one.jsonl"])


def test_a_file_changed_before_the_remembered_place_is_read_again(tmp_path: Path) -> None:
    reading = Reading(tmp_path / "logs", tmp_path / "spool")
    write(reading.root / "s.jsonl", *map(call, range(100, 150)))
    reading()
    write(reading.root / "s.jsonl", *map(call, range(100, 140)), *map(call, range(200, 220)))
    again = reading()
    assert (len(outputs(again)), again.rewritten) == (60, ["s.jsonl"])


def test_a_file_that_is_no_longer_there_is_named(reading: Reading) -> None:
    reading()
    (reading.root / "p" / "one.jsonl").unlink()
    again = reading()
    assert (again.gone, again.rewritten, outputs(again)) == (["p/one.jsonl"], [], [])
    assert sorted(again.marks) == ["notes.txt", "p/two.jsonl"]


def test_a_packed_file_is_read_whole_when_it_changed(tmp_path: Path) -> None:
    reading = Reading(tmp_path / "logs", tmp_path / "spool")
    reading.root.mkdir()
    path = reading.root / "s.anything"
    path.write_bytes(gzip.compress(jsonl([call(1)])))
    assert outputs(reading()) == [1]
    assert reading().files_read == 0
    append(path, gzip.compress(jsonl([call(2)])))
    again = reading()
    assert (outputs(again), again.rewritten) == ([1, 2], ["s.anything"])


def test_a_file_empty_at_first_is_read_once_it_is_not(tmp_path: Path) -> None:
    reading = Reading(tmp_path / "logs", tmp_path / "spool")
    write(reading.root / "s.jsonl")
    assert not is_transcripts(reading.root)
    reading()
    write(reading.root / "s.jsonl", call(1))
    again = reading()
    assert (outputs(again), again.rewritten) == ([1], [])


def test_two_folders_can_be_remembered_together(reading: Reading) -> None:
    one = scan(reading.root, {}, reading.spool / "a", label="laptop")
    two = scan(reading.root, one.marks, reading.spool / "b", label="desk")
    assert {r.file for r in records(two)} == {"desk/p/one.jsonl", "desk/p/two.jsonl"}
    assert (
        two.gone,
        scan(reading.root, one.marks | two.marks, reading.spool / "c", label="desk").files_read,
    ) == ([], 0)


def test_a_single_file_is_a_tree_of_one(reading: Reading) -> None:
    path = reading.root / "p" / "two.jsonl"
    assert is_transcripts(path)
    assert not is_transcripts(reading.root / "notes.txt")
    found = scan(path, {}, reading.spool)
    assert [r.file for r in records(found)] == ["two.jsonl"]


def test_links_that_lead_out_are_named_and_not_followed(reading: Reading, tmp_path: Path) -> None:
    write(tmp_path / "secret" / "s.jsonl", call(66))
    (reading.root / "folder").symlink_to(tmp_path / "secret")
    (reading.root / "file.jsonl").symlink_to(tmp_path / "secret" / "s.jsonl")
    (reading.root / "inside.jsonl").symlink_to(reading.root / "p" / "one.jsonl")
    (reading.root / "p" / "round").symlink_to(reading.root)
    found = reading()
    assert sorted(outputs(found)) == [1, 2, 3]
    assert [(p.code, str(p.where)) for p in found.problems] == [
        ("transcripts.link", "file.jsonl"),
        ("transcripts.link", "folder"),
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_generated_tree_comes_to_its_true_totals(tmp_path: Path, workers: int) -> None:
    expected = GENERATOR["write"](tmp_path / "logs", files=30, size=3_000_000, seed=5)
    found = Reading(tmp_path / "logs", tmp_path / "spool")(workers)
    assert found.files_read == 30
    assert len(records(found)) > expected["calls"]
    told = totals(records(found))
    assert {name: told[name] for name in expected} == expected


def test_looking_for_news_in_three_thousand_files_takes_a_moment(tmp_path: Path) -> None:
    reading = Reading(tmp_path / "logs", tmp_path / "spool")
    line = jsonl([call(1)])
    for folder in range(30):
        (reading.root / f"{folder}").mkdir(parents=True)
        for file in range(100):
            (reading.root / f"{folder}" / f"{file}.jsonl").write_bytes(line)
    reading()
    append(reading.root / "7" / "7.jsonl", jsonl([call(2)]))
    found = []
    assert calls_of(lambda: found.append(reading())) < 20 * 3000
    again = found[0]
    assert (again.files, again.files_read, outputs(again)) == (3000, 1, [2])
