"""Rows keep their place and their digits, and a fault costs the row it is in."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest

from bothhalves.intake import tabular
from bothhalves.intake.source import Source


def source(folder: Path, name: str, content: bytes) -> Source:
    path = folder / name
    path.write_bytes(content)
    return Source(path, name)


def table(found: Source) -> list[tuple[int, int, dict[str, object] | str]]:
    """Row number, line, and either the cells or the kind of problem."""
    return [
        (r.number, r.where.row, r.problem.code if r.problem else dict(r.cells)) for r in tabular.rows(found)
    ]


def test_a_csv_row_knows_its_number_and_its_line(tmp_path: Path) -> None:
    found = source(tmp_path, "a.csv", b'\xef\xbb\xbfa,b\r\n1,"two\nlines"\r\n\r\n3,4\r\n')
    assert tabular.header(found) == ("a", "b")
    assert table(found) == [(1, 2, {"a": "1", "b": "two\nlines"}), (2, 5, {"a": "3", "b": "4"})]


@pytest.mark.parametrize(
    ("bad_line", "code"),
    [
        (b"1", "import.ragged-row"),
        (b"1,2,3", "import.ragged-row"),
        (b"\xff,2", "import.damaged"),
        (b"1\x00,2", "import.damaged"),
        (b'"never closed,2', "import.damaged"),
        (b'"1"x,2', "import.damaged"),
    ],
)
def test_a_bad_line_costs_only_its_own_row(tmp_path: Path, bad_line: bytes, code: str) -> None:
    found = source(tmp_path, "a.csv", b"a,b\n0,0\n" + bad_line + b'\n5,6\n"7",8\n')
    assert table(found) == [
        (1, 2, {"a": "0", "b": "0"}),
        (2, 3, code),
        (3, 4, {"a": "5", "b": "6"}),
        (4, 5, {"a": "7", "b": "8"}),
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"a;b\n1,5;2\n",
        b"a\tb\n1,5\t2\n",
        b"sep=;\na;b\n1,5;2\n",
        b'a,b\n"1,5",2\n',
        b'"a,b"\n"""1,5"",2"\n',
        b'a,b,\n"1,5",2,\n',
    ],
)
def test_the_dialect_is_found_in_the_header(tmp_path: Path, text: bytes) -> None:
    rows = list(tabular.rows(source(tmp_path, "a.csv", text)))
    assert [dict(r.cells) for r in rows] == [{"a": "1,5", "b": "2"}]


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1.10, "b": null}\n\n{"a": 2e5, "b": [1]}',
        b'[{"a": 1.10, "b": null}, {"a": 2e5, "b": [1]}]',
        b'{"total": 2, "data": [{"a": 1.10, "b": null}, {"a": 2e5, "b": [1]}]}',
        b'{\n  "data": [\n    {"a": 1.10, "b": null},\n    {"a": 2e5, "b": [1]}\n  ]\n}\n',
    ],
)
def test_json_numbers_keep_their_digits(tmp_path: Path, text: bytes) -> None:
    found = source(tmp_path, "a.json", text)
    assert tabular.header(found) == ("a", "b")
    assert [dict(r.cells) for r in tabular.rows(found)] == [
        {"a": "1.10", "b": None},
        {"a": "2e5", "b": ["1"]},
    ]


def test_a_name_written_twice_in_json_is_a_problem(tmp_path: Path) -> None:
    found = source(tmp_path, "a.json", b'{"a": 1, "a": 2}\n{"a": 3}\n')
    assert table(found) == [(1, 1, "import.damaged"), (2, 2, {"a": "3"})]


def test_good_items_before_damage_in_a_json_list_are_kept(tmp_path: Path) -> None:
    found = source(tmp_path, "a.json", b'[{"a": 1}, {"a": }, {"a": 3}]')
    assert table(found) == [(1, 1, {"a": "1"}), (2, 2, "import.damaged")]


def test_parquet_cells_are_exact_text_and_the_file_name_is_no_pattern(tmp_path: Path) -> None:
    odd = tmp_path / "x=1"
    odd.mkdir()
    path = odd / "u'; [ab]*.parquet"
    duckdb.sql(
        "copy (select 1.10::decimal(9,2) as d, 9007199254740993 as big,"
        " timestamptz '2026-09-01 02:00:00+02' as t,"
        " timestamp '2026-09-01 00:00:00' as naive, null::int as nothing) to '"
        + str(path).replace("'", "''")
        + "'"
    )
    (row,) = tabular.rows(Source(path, "u.parquet"))
    assert dict(row.cells) == {
        "d": "1.10",
        "big": "9007199254740993",
        "t": "2026-09-01 00:00:00Z",
        "naive": "2026-09-01 00:00:00",
        "nothing": None,
    }


def test_a_workbook_gives_values_and_never_works_out_a_formula(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (
        ["a", "b"],
        [1, datetime.date(2026, 9, 1)],
        [None, None],
        ["@x", 0.1],
        ["=1+1", 2],
        [1, 2, 3],
    ):
        sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    assert table(Source(tmp_path / "a.xlsx", "a.xlsx")) == [
        (1, 2, {"a": "1", "b": "2026-09-01T00:00:00"}),
        (2, 4, {"a": "@x", "b": "0.1"}),
        (3, 5, "import.formula"),
        (4, 6, "import.ragged-row"),
    ]


def test_a_second_sheet_is_mentioned_and_can_be_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    book.create_sheet("Usage").append(["b"])
    book["Usage"].append([7])
    path = tmp_path / "a.xlsx"
    book.save(path)
    (note,) = tabular.rows(Source(path, "a.xlsx"))
    assert note.problem is not None
    assert (note.problem.code, note.problem.changes) == ("import.other-sheets", False)
    (row,) = tabular.rows(Source(path, "a.xlsx", {"sheet": "Usage"}))
    assert dict(row.cells) == {"b": "7"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"  \n\n", "import.empty"),
        ("a,b\n1,2\n".encode("utf-16"), "import.not-a-table"),
        ("a,b\n1,2\n".encode("utf-16-le"), "import.not-a-table"),
        (b"%PDF-1.7", "import.not-a-table"),
        (b"\n<!DOCTYPE html><html><body>Sign in, please</body></html>", "import.not-a-table"),
        (b"<table><tr><td>time,vendor,model</td></tr></table>", "import.not-a-table"),
        (b'<?xml version="1.0"?><Workbook/>', "import.not-a-table"),
        (b"a,b\n", "import.no-rows"),
        (b"[]", "import.no-rows"),
        (b"a,a\n1,2\n", "import.duplicate-column"),
        (b"PAR1 and no more", "import.unreadable"),
        (b"PK\x03\x04 and no more", "import.unreadable"),
    ],
)
def test_what_is_wrong_with_a_whole_file_is_said_first(tmp_path: Path, content: bytes, code: str) -> None:
    first = next(tabular.rows(source(tmp_path, "a", content)))
    assert first.number == 0
    assert first.problem is not None
    assert first.problem.code == code
    assert first.problem.fix
