"""Vendor samples: each export beside what must come of it, record by record and problem by problem.

``X.json`` has its answer in ``X.json.expected.yaml``: the format, every record with its fields that are not
empty, the spans that are covered, and every problem as ``row:column code: what``.
"""

from __future__ import annotations

import gzip
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard

from bothhalves.core.dates import Span
from bothhalves.core.explain import Problem
from bothhalves.core.money import plain
from bothhalves.core.terms import Record
from bothhalves.intake import recognise
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source

HERE = Path(__file__).parent
FORMATS = recognise.formats()
SUFFIX = ".expected.yaml"
VENDORS = (
    *("anthropic", "aws", "claude", "cursor", "google", "helicone", "langfuse", "openai"),
    *("openrouter", "perplexity", "runway", "telemetry"),
)
ANSWERS = sorted(p for vendor in VENDORS for p in (HERE / vendor).glob(f"*{SUFFIX}"))


def shown(value: object) -> object:
    """``value`` as an answer writes it: everything is text, midnights are days."""
    match value:
        case datetime():
            text = value.isoformat().replace("+00:00", "Z")
            return text.removesuffix("T00:00:00Z")
        case Decimal():
            return plain(value)
        case Enum():
            return str(value.value)
        case tuple():
            return [str(part) for part in value]
        case _:
            return str(value)


def told(record: Record) -> dict[str, object]:
    """The fields of ``record`` that differ from their defaults, its kind and its row."""
    stated: dict[str, object] = {"is": type(record).__name__, "row": str(record.where.row)}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name != "where" and (field.default is MISSING or value != field.default):
            stated[field.name] = shown(value)
    return stated


def problem_told(problem: Problem) -> str:
    where = f"{problem.where.row}:{problem.where.column}"
    return f"{where} {problem.code}{'' if problem.changes else ' (note)'}: {problem.what}"


def span_told(span: Span) -> str:
    return f"{shown(span.start)} {shown(span.until)}"


def matching(source: Source) -> list[Format]:
    return [f for f in FORMATS if f.matches(source)]


def read(source: Source) -> dict[str, Any]:
    """What comes of ``source``, in the shape of an answer."""
    (found,) = matching(source)
    sink = Sink()
    found.read(source, sink)
    return {
        "format": found.name,
        "records": [told(record) for record in sink.records],
        "spans": [span_told(span) for span in sink.spans],
        "problems": [problem_told(problem) for problem in sink.problems],
    }


def sample_of(answer: Path) -> Path:
    return answer.with_name(answer.name.removesuffix(SUFFIX))


def expected(answer: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """The options that the sample is read with, and what must come of it."""
    stated = yaml.load(answer.read_text("utf-8"), yaml.BaseLoader)
    return stated.pop("options", None) or {}, stated


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda p: f"{p.parent.name}/{p.name.removesuffix(SUFFIX)}")
def test_sample_gives_its_answer(answer: Path) -> None:
    options, stated = expected(answer)
    assert read(Source(sample_of(answer), "sample", options)) == stated


def test_every_sample_has_an_answer() -> None:
    samples = {p for vendor in VENDORS for p in (HERE / vendor).iterdir()}
    assert {p for p in samples if not p.name.endswith((SUFFIX, ".md", ".txt"))} == set(
        map(sample_of, ANSWERS)
    )


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda p: f"{p.parent.name}/{p.name.removesuffix(SUFFIX)}")
@pytest.mark.parametrize("packed", [gzip.compress, zstandard.compress])
def test_packing_and_a_byte_order_mark_change_nothing(answer: Path, packed: Any, tmp_path: Path) -> None:
    options, stated = expected(answer)
    sample = sample_of(answer)
    path = tmp_path / sample.name
    path.write_bytes(packed(b"\xef\xbb\xbf" + sample.read_bytes().removeprefix(b"\xef\xbb\xbf")))
    assert read(Source(path, "sample", options)) == stated


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda p: f"{p.parent.name}/{p.name.removesuffix(SUFFIX)}")
def test_a_file_cut_anywhere_never_fails_and_invents_nothing(answer: Path, tmp_path: Path) -> None:
    options, stated = expected(answer)
    content = sample_of(answer).read_bytes()
    path = tmp_path / sample_of(answer).name
    (found,) = (f for f in FORMATS if f.name == stated["format"])
    for cut in range(0, len(content), max(1, len(content) // 40)):
        path.write_bytes(content[:cut])
        sink = Sink()
        found.read(Source(path, "cut", options), sink)
        assert len(sink.records) <= len(stated["records"])


def test_an_undated_snapshot_takes_the_date_of_the_file_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("Name,Email,Role,Status,Seat Tier\nAda,ada@example.com,User,Active,Premium\n")
    sink = Sink()
    matching(Source(path, "roster.csv"))[0].read(Source(path, "roster.csv"), sink)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d")
    assert [told(record)["as_of"] for record in sink.records] == [written]
    assert [(p.code, p.changes) for p in sink.problems] == [("import.assumed-date", False)]
    assert written in sink.problems[0].what


@pytest.mark.parametrize("text", ["", "{}", "[]", "<html><body>Sign in</body></html>", "a,b\n1,2\n", "null"])
def test_other_files_are_not_recognised(text: str, tmp_path: Path) -> None:
    path = tmp_path / "usage_report.json"
    path.write_text(text)
    assert matching(Source(path, "x")) == []


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, '{"data":' * 50_000, '{"data":' * 500 + "1" + "}" * 500, "[" * 900 + "]" * 900]
)
def test_deep_nesting_is_a_problem_and_not_a_crash(deep: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text(deep)
    read_as = {expected(p)[1]["format"] for p in ANSWERS if sample_of(p).suffix == ".json"}
    said = {"period": "2026-09-01/2026-10-01", "as_of": "2026-09-30"}
    for found in (f for f in FORMATS if f.name in read_as):
        sink = Sink()
        found.read(Source(path, "deep.json", said), sink)
        changes = [p for p in sink.problems if p.changes]
        assert (sink.records, len(changes)) == ([], 1), found.name
