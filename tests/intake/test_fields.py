"""Values of a row: exact, within reason, or a problem at their place; documents survive damage."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.intake.base import Sink
from bothhalves.intake.documents import documents
from bothhalves.intake.fields import Digits, Fields
from bothhalves.intake.periods import as_of, period
from bothhalves.intake.source import Source

SEPTEMBER = Span(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))


def row(from_text: bool = False, **values: object) -> Fields:
    return Fields(values, Where("usage", 3), Sink(), "data[2]", {"n": 4}, from_text)


def source(folder: Path, content: bytes, name: str = "export", **options: str) -> Source:
    path = folder / name
    path.write_bytes(content)
    return Source(path, name, options)


def test_cents_become_dollars_digit_for_digit() -> None:
    assert row(n=Digits("1e-27")).cents("n") == Decimal("1e-29")
    assert str(row(n="18240.55").cents("n", quoted=True)) == "182.4055"
    assert row(n=742).cents("n") == Decimal("7.42")


def test_a_quoted_number_is_a_number_only_where_the_format_quotes_it() -> None:
    refused = row(n="4.2")
    assert (refused.money("n"), refused.sound) == (Decimal(0), False)
    accepted = row(n="4.2")
    assert (accepted.money("n", quoted=True), accepted.sound) == (Decimal("4.2"), True)


@pytest.mark.parametrize(
    "text", ["-1", "1.5", "1,000", "1 000", "=2", "NaN", "inf", "1e400", "1" * 16, "0x10", "½"]
)
def test_what_is_not_a_count_is_a_problem_at_its_column(text: str) -> None:
    fields = row(from_text=True, n=text)
    assert (fields.count("n"), fields.sound) == (0, False)
    assert [p.where for p in fields.sink.problems] == [Where("usage", 3, 4)]
    assert text[:10] in fields.sink.problems[0].what


def test_absent_is_none_or_nothing_and_never_a_fault() -> None:
    for fields in (row(n=None), row(), row(from_text=True, n=" ")):
        assert (fields.count("n"), fields.count_or_none("n"), fields.text("n")) == (0, None, "")
        assert (fields.flag("n"), fields.instant_or_none("n"), fields.sound) == (None, None, True)


def test_required_values_are_missed_by_name() -> None:
    fields = row()
    fields.instant("starting_at")
    fields.money("amount")
    assert ["data[2].starting_at" in p.what or "data[2].amount" in p.what for p in fields.sink.problems] == [
        True
    ] * 2


def test_a_fault_inside_an_object_spoils_the_row_unless_it_stands_apart() -> None:
    fields = row(cache={"n": -1}, metrics={"n": -1}, models=[{"n": -1}, {"n": 2}])
    fields.inner("metrics", apart=True).count("n")
    assert [(part.count("n"), part.sound) for part in fields.items("models")] == [(0, False), (2, True)]
    assert fields.sound
    fields.inner("cache").count("n")
    assert not fields.sound


@pytest.mark.parametrize(
    "text", ["ada", "@x.com", "a@b@c", "Ada <ada@x.com>", "a b@x.com", "a@x.com,b@x.com"]
)
def test_what_is_no_address_is_not_a_person(text: str) -> None:
    fields = row(n=text)
    assert (fields.email("n"), fields.sound) == ("", False)


def test_addresses_are_lower_case() -> None:
    assert row(n=" Ada@Example.COM ").email("n") == "ada@example.com"


def test_text_that_is_not_utf_8_is_a_problem_only_where_it_is_read(tmp_path: Path) -> None:
    (found,) = documents(source(tmp_path, '{"name":"José","city":"Lyon"}'.encode("latin-1")), Sink())
    assert isinstance(found.value, dict)
    fields = row(**found.value)
    assert (fields.text("city"), fields.sound) == ("Lyon", True)
    assert (fields.text("name"), fields.sound) == ("", False)
    assert "not UTF-8" in fields.sink.problems[0].what


@pytest.mark.parametrize(
    ("content", "good", "places"),
    [
        (b'{"a":1}\n\n{"a":2\n{"a":3}\n', [{"a": 1}, {"a": 3}], [(3, 7)]),
        (b'{"a":1\n{"a":2}\n{"a":3}\n', [{"a": 2}, {"a": 3}], [(2, 1)]),
        (b'{"a":1}{"a":2} {"a":3}', [{"a": 1}, {"a": 2}, {"a": 3}], []),
        (b'{\n "a": 1\n}\n{\n "a": 2\n}\n', [{"a": 1}, {"a": 2}], []),
        (b'[\n {"a": 1},\n {"a"', [], [(3, 6)]),
        (b'{"a":1}\nRate limit exceeded\n{"a":2}\n', [{"a": 1}, {"a": 2}], [(2, 1)]),
    ],
)
def test_documents_after_a_damaged_one_are_read(
    content: bytes, good: list[object], places: list[tuple[int, int]], tmp_path: Path
) -> None:
    sink = Sink()
    assert [d.value for d in documents(source(tmp_path, content), sink)] == good
    assert [(p.where.row, p.where.column) for p in sink.problems] == places


def test_the_place_of_damage_is_also_given_in_bytes(tmp_path: Path) -> None:
    sink = Sink()
    list(documents(source(tmp_path, '{"é":1}\n{"é":}\n'.encode()), sink))
    assert "at byte 15, line 2, column 6" in sink.problems[0].what


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("spend-report-0a1b2c3d-1111-4222-8333-444455556666-2026-09-01-to-2026-09-30.csv", {}),
        ("spend-report-2026-09-01-to-2026-09-30 (1).csv.gz", {}),
        ("anything.csv", {"period": "2026-09-01/2026-10-01"}),
        ("spend-2026-01-01-to-2026-01-31.csv", {"period": "2026-09-01/2026-10-01"}),
    ],
)
def test_the_period_is_in_the_name_or_stated(name: str, options: dict[str, str], tmp_path: Path) -> None:
    assert period(source(tmp_path, b"", name, **options), Sink()) == SEPTEMBER


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("spend.csv", {}),
        ("spend-2026-09-30-to-2026-09-01.csv", {}),
        ("spend-2026-13-01-to-2026-13-31.csv", {}),
        ("spend.csv", {"period": "2026-09-01"}),
        ("spend.csv", {"period": "2026-10-01/2026-09-01"}),
    ],
)
def test_without_a_period_there_is_a_problem(name: str, options: dict[str, str], tmp_path: Path) -> None:
    sink = Sink()
    assert period(source(tmp_path, b"", name, **options), sink) is None
    assert [p.code for p in sink.problems] == ["import.no-period"]


def test_a_snapshot_is_dated_by_its_name_then_by_hand_then_by_the_file(tmp_path: Path) -> None:
    sink = Sink()
    assert as_of(source(tmp_path, b"", "m-2026-09-30.csv", as_of="2026-09-01"), sink) == datetime(
        2026, 9, 30, tzinfo=UTC
    )
    assert as_of(source(tmp_path, b"", "m.csv", as_of="2026-09-01"), sink) == SEPTEMBER.start
    assert sink.problems == []
    bare = source(tmp_path, b"", "roster.csv")
    os.utime(bare.path, (1788220800 + 3600, 1788220800 + 3600))
    assert as_of(bare, sink) == SEPTEMBER.start
    assert [(p.code, p.changes) for p in sink.problems] == [("import.assumed-date", False)]
