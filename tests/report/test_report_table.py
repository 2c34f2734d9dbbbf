"""CSV: exact numbers, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

import pages
from bothhalves.report.table import (
    csv_text,
    guarded,
    lines_below_csv,
    page_csv,
    rows_csv,
    table_csv,
    write_csv,
)


def parsed(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "-", "+1e5x"]
)
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["-29.00", "+3", "1,200", "plain", "", "a=b", "3 - 2"])
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert guarded(text) == text


def test_headings_are_guarded_too() -> None:
    assert csv_text(["=x"], [["=y"]]) == "'=x\r\n'=y\r\n"


def test_a_table_has_exact_cells_and_its_total() -> None:
    table = pages.full().tables[0]
    rows = parsed(table_csv(table))
    costs = [Decimal(row["At list price"]) for row in rows]
    assert sum(costs[:-1]) == costs[-1] == Decimal("66080.52")
    assert {row["As billed"] for row in rows} == {""}


def test_unknown_upper_ends_are_said() -> None:
    rows = {row["name"]: row["At list price"] for row in parsed(table_csv(pages.unpriced().tables[0]))}
    assert rows["imaginary"] == "unpriced"
    assert rows["Total"].startswith("at least 2564.1")
    ranged = parsed(table_csv(pages.intervals().tables[0]))
    assert ranged[0]["At list price"] == "2564.1 to 3141.6"


def test_hostile_names_do_not_become_formulas() -> None:
    text = page_csv(pages.hostile())
    assert [
        cell for row in csv.reader(io.StringIO(text)) for cell in row if cell[:1] in ("=", "+", "@")
    ] == []
    assert "'=cmd|' /C calc'!A0" in text


def test_lines_below_a_figure_add_up_to_it() -> None:
    page = pages.full()
    rows = parsed(lines_below_csv(page.figures()["both.cost"]))
    assert sum(Decimal(row["low"]) for row in rows) == Decimal("148580.52")
    assert {row["layer"] for row in rows} == {"list", "contract"}


def test_source_rows_have_the_union_of_columns() -> None:
    assert rows_csv([{"a": "1"}, {"b": "=2"}]) == "a,b\r\n1,\r\n,'=2\r\n"


def test_everything_is_written_to_a_folder(tmp_path: Path) -> None:
    written = write_csv(pages.full(), tmp_path / "out")
    assert sorted(path.name for path in written) == ["figures.csv", "lines.csv", "seats.csv", "workloads.csv"]
    figures = {row["key"]: row for row in parsed((tmp_path / "out" / "figures.csv").read_text("utf-8"))}
    assert figures["both.cost"]["value"] == "148580.52"
    assert figures["both.billed"]["unit"] == "USD invoiced"


def test_an_empty_page_has_no_tables() -> None:
    assert page_csv(pages.empty()) == ""
