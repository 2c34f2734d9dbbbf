"""What holds for every vendor export: hostile values, the order of feeds, what replaces what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_vendor_samples import ANSWERS, FORMATS, expected, matching, sample_of

from bothhalves.core.terms import COUNT_METERS, Cost, Usage
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source

RANK = {f.name: f.feed_rank for f in FORMATS}
REPLACES = {f.name: f.replaces for f in FORMATS}
#: JSON as an attacker or a broken tool may write it in the place of any value.
HOSTILE = [
    "NaN",
    "-Infinity",
    "1e400",
    "-1",
    "true",
    '"=1+1"',
    "[[]]",
    '{"a":{}}',
    "9" * 30,
    '"\\ud800"',
    "null",
]
LINE_SAMPLES = [
    p for p in ANSWERS if sample_of(p).suffix in (".ndjson", ".jsonl") and "hostile" not in p.name
]
JSON_SAMPLES = [p for p in ANSWERS if sample_of(p).suffix == ".json" and "real" not in p.name]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside ``value`` that holds no other."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = False
    for key, part in inner:
        found = True
        yield from leaves(part, (*path, key))
    if not found:
        yield path


def spoilt(document: Any, path: tuple[Any, ...], text: str) -> str:
    """``document`` as JSON with ``text`` in the place of the value at ``path``."""
    part = document
    for key in path[:-1]:
        part = part[key]
    kept, part[path[-1]] = part[path[-1]], "@HERE@"
    written = json.dumps(document).replace('"@HERE@"', text)
    part[path[-1]] = kept
    return written


def check_sane(sink: Sink) -> None:
    for record in sink.records:
        if isinstance(record, Usage):
            assert all(0 <= getattr(record, meter) <= 10**15 for meter in COUNT_METERS)
            assert record.quantity is None or 0 <= record.quantity <= 10**15
            assert record.until is None or record.time < record.until
        if isinstance(record, Cost):
            assert abs(record.amount) < Decimal(10) ** 31
    assert all(problem.what and problem.fix for problem in sink.problems)


@pytest.mark.parametrize("answer", JSON_SAMPLES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_hostile_value_crashes_or_becomes_a_quantity(answer: Path, tmp_path: Path) -> None:
    options, stated = expected(answer)
    (found,) = (f for f in FORMATS if f.name == stated["format"])
    document = json.loads(sample_of(answer).read_text("utf-8"))
    path = tmp_path / sample_of(answer).name
    for number, leaf in enumerate(leaves(document)):
        for text in HOSTILE[number % 3 :: 3]:
            path.write_text(spoilt(document, leaf, text))
            sink = Sink()
            found.read(Source(path, "spoilt", options), sink)
            check_sane(sink)


@pytest.mark.parametrize("answer", LINE_SAMPLES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_hostile_value_in_a_line_crashes_or_becomes_a_quantity(answer: Path, tmp_path: Path) -> None:
    (found,) = (f for f in FORMATS if f.name == expected(answer)[1]["format"])
    path = tmp_path / sample_of(answer).name
    document = json.loads(sample_of(answer).read_text("utf-8").splitlines()[0])
    for leaf in leaves(document):
        for text in HOSTILE:
            path.write_text(spoilt(document, leaf, text) + "\n" + spoilt(document, leaf, text) + "\n")
            sink = Sink()
            found.read(Source(path, "spoilt"), sink)
            check_sane(sink)


@pytest.mark.parametrize("answer", JSON_SAMPLES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_spaces_line_ends_and_key_order_change_nothing(answer: Path, tmp_path: Path) -> None:
    options, stated = expected(answer)
    (found,) = (f for f in FORMATS if f.name == stated["format"])
    text = sample_of(answer).read_text("utf-8")
    path = tmp_path / sample_of(answer).name
    path.write_text(text)
    before = Sink()
    found.read(Source(path, "x", options), before)
    shuffled = json.loads(text, parse_float=lambda digits: f"@{digits}@")
    written = json.dumps(reordered(shuffled), indent=3, separators=(" ,", " : "), ensure_ascii=False)
    path.write_text(written.replace('"@', "").replace('@"', "").replace("\n", "\r\n"))
    after = Sink()
    found.read(Source(path, "x", options), after)
    assert after == before


def reordered(value: Any) -> Any:
    """``value`` with the keys of every object in reverse order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(part) for part in value] if isinstance(value, list) else value


def test_the_feed_of_record_is_the_bill_before_analytics_before_estimates() -> None:
    order = [
        "anthropic-messages",
        "anthropic-analytics",
        "claude-user-reports",
        "claude-spend",
        "claude-code-report",
    ]
    assert [RANK[name] for name in order] == [10, 12, 14, 16, 20]
    assert RANK["openai-usage"] == RANK["openai-costs"] == RANK["anthropic-cost"] == 10


@pytest.mark.parametrize("name", ["claude-code-report", "anthropic-analytics", "claude-user-reports"])
def test_pages_of_one_day_in_several_files_do_not_displace_each_other(name: str) -> None:
    assert {"account", "person", "key"} <= set(REPLACES[name])


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_each_sample_is_recognised_by_content_alone(answer: Path, tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_bytes(sample_of(answer).read_bytes())
    assert names(matching(Source(path, "download"))) == [expected(answer)[1]["format"]]


def names(found: list[Format]) -> list[str]:
    return [f.name for f in found]
