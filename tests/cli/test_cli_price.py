"""``bothhalves price FILE --json``: the contract of docs/guides/price.md, key by key."""

from __future__ import annotations

import gzip
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from command import DONE, FAILED, PROBLEMS, UNPRICED, WRONG_USE, lines, run, written

from workspace_folder import csv_of, used

NOON = "2026-11-15T12:00:00Z"
ROW_KEYS = ["row", "id", "status", "cost", "low", "high", "currency", "lines", "problems"]
LINE_KEYS = ["meter", "quantity", "rate", "cost", "entry", "source", "where"]
PLAIN = re.compile(r"-?\d+(\.\d+)?")
#: Every status with a row that has it.
SHAPES: dict[str, dict[str, Any]] = {
    "priced": used(NOON, id="a"),
    "duplicate": used(NOON, id="a"),
    "interval": used(NOON, 0, cache_write_tokens=1_000_000),
    "partial": used(NOON, 1000, meter="output_smells", quantity=3),
    "unpriced": used(NOON, **UNPRICED),
    "invalid": used(NOON, input_tokens="many"),
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    file = written(tmp_path_factory.mktemp("price"), "usage.csv", csv_of(*SHAPES.values()))
    return lines("price", file, code=PROBLEMS)


def test_every_row_is_answered_in_its_place_and_the_summary_is_last(answered: list[dict[str, Any]]) -> None:
    *rows, summary = answered
    assert [row["row"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row["status"] for row in rows] == list(SHAPES)
    assert summary["summary"] is True
    assert not any("summary" in row for row in rows)


def test_every_row_has_every_key_and_only_duplicates_say_of_what(answered: list[dict[str, Any]]) -> None:
    for row in answered[:-1]:
        assert list(row) == [*ROW_KEYS, *(["of"] if row["status"] == "duplicate" else [])]
        for line in row["lines"]:
            assert list(line)[: len(LINE_KEYS)] == LINE_KEYS
        for problem in row["problems"]:
            assert list(problem) == ["code", "where", "what", "fix"]
    assert [row["id"] for row in answered[:3]] == ["a", "a", None]


def test_amounts_are_plain_decimal_strings_or_null(answered: list[dict[str, Any]]) -> None:
    for row in answered[:-1]:
        for amount in (row["cost"], row["low"], row["high"]):
            assert amount is None or PLAIN.fullmatch(amount)
        for line in row["lines"]:
            assert PLAIN.fullmatch(line["quantity"])
            assert PLAIN.fullmatch(line["rate"])


@pytest.mark.parametrize(
    ("status", "amounts", "currency"),
    [
        ("priced", ("5", "5", "5"), "USD"),
        ("duplicate", (None, None, None), None),
        ("interval", (None, "6.25", "10"), "USD"),
        ("partial", ("0.005", "0.005", None), "USD"),
        ("unpriced", (None, None, None), None),
        ("invalid", (None, None, None), None),
    ],
)
def test_amounts_of_each_shape(
    answered: list[dict[str, Any]], status: str, amounts: tuple[str | None, ...], currency: str | None
) -> None:
    (row,) = [row for row in answered[:-1] if row["status"] == status]
    found = (row["cost"], row["low"], row["high"])
    assert found == amounts
    assert row["currency"] == currency
    assert bool(row["lines"]) == (status in ("priced", "interval", "partial"))


def test_a_duplicate_says_at_which_row_it_is_counted(answered: list[dict[str, Any]]) -> None:
    assert answered[1]["of"] == 1


def test_an_interval_line_states_both_rates(answered: list[dict[str, Any]]) -> None:
    (line,) = answered[2]["lines"]
    assert (line["cost"], line["low"], line["high"]) == (None, "6.25", "10")
    assert (line["rate"], line["rate_high"]) == ("0.00000625", "0.00001")


def test_a_line_is_quantity_times_rate_and_names_entry_source_and_place(
    answered: list[dict[str, Any]],
) -> None:
    (line,) = answered[0]["lines"]
    assert Decimal(line["quantity"]) * Decimal(line["rate"]) == Decimal(line["cost"])
    assert line["entry"].startswith("genai-prices:anthropic/claude-opus-4-8/input_tokens@")
    assert line["source"].startswith("https://")
    assert line["where"] == "usage.csv:2"


def test_the_summary_counts_rows_and_adds_up_by_currency(answered: list[dict[str, Any]]) -> None:
    summary = answered[-1]
    assert summary["rows"] == dict.fromkeys(sorted(SHAPES), 1)
    total = summary["totals"]["USD"]
    assert (total["cost"], total["high"], total["at_least"]) == (None, None, True)
    assert Decimal(total["low"]) == Decimal("11.255")
    assert any(book.startswith("genai-prices 0.2.3") for book in summary["books"])
    assert "notional_totals" not in summary


def test_use_included_in_seats_is_notional_and_stands_apart(tmp_path: Path) -> None:
    rows = [used(NOON), used(NOON, 200_000, billing="included")]
    *_, summary = lines("price", written(tmp_path, "usage.csv", csv_of(*rows)))
    assert summary["totals"]["USD"]["cost"] == "5"
    assert summary["notional_totals"]["USD"]["cost"] == "1"


def test_small_amounts_have_no_exponent(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "u.csv",
        csv_of(used(NOON, 0, vendor="google", model="gemini-2.5-flash", cache_read_tokens=1)),
    )
    row, _ = lines("price", file)
    assert (row["cost"], row["lines"][0]["rate"]) == ("0.00000003", "0.00000003")


@pytest.mark.parametrize("kind", ["csv", "csv with BOM", "ndjson", "csv.gz", "semicolons"])
def test_one_answer_for_the_same_rows_in_any_form(tmp_path: Path, kind: str) -> None:
    rows = [used(NOON), used(NOON, 1, output_tokens=1000)]
    text = csv_of(*rows)
    contents = {
        "csv": text.encode(),
        "csv with BOM": b"\xef\xbb\xbf" + text.encode(),
        "ndjson": b"".join(repr(row).replace("'", '"').encode() + b"\n" for row in rows),
        "csv.gz": gzip.compress(text.encode()),
        "semicolons": text.replace(",", ";").encode(),
    }
    file = tmp_path / ("usage." + ("ndjson" if kind == "ndjson" else "csv"))
    file.write_bytes(contents[kind])
    first, second, summary = lines("price", file)
    assert (first["cost"], second["cost"]) == ("5", "0.025005")
    assert summary["totals"]["USD"]["cost"] == "5.025005"


def test_without_json_a_summary_is_printed(tmp_path: Path) -> None:
    file = written(tmp_path, "usage.csv", csv_of(*SHAPES.values()))
    done = run("price", file, code=PROBLEMS)
    assert "1 rows priced" in done.stdout
    assert "estimated USD: at least 11.255" in done.stdout
    assert "usage.csv:7" in done.stderr


def test_exit_codes(tmp_path: Path) -> None:
    good = written(tmp_path, "good.csv", csv_of(used(NOON)))
    bad = written(tmp_path, "bad.csv", csv_of(used(NOON, **UNPRICED)))
    broken = written(tmp_path, "broken.csv", "")
    broken.write_bytes(b"PAR1 this is no parquet file")
    run("price", good, code=DONE)
    run("price", bad, code=PROBLEMS)
    run("price", tmp_path / "nowhere.csv", code=WRONG_USE)
    run("price", tmp_path, code=WRONG_USE)
    run("price", code=WRONG_USE)
    run("price", good, "--nonsense", code=WRONG_USE)
    assert "not a readable Parquet file" in run("price", broken, code=FAILED).stderr
    run("price", written(tmp_path, "empty.csv", ""), code=FAILED)


def test_a_book_that_cannot_be_read_is_a_problem_and_list_prices_stay(tmp_path: Path) -> None:
    good, book = written(tmp_path, "good.csv", csv_of(used(NOON))), written(tmp_path, "book.yaml", "book: [")
    done = run("price", good, "--book", book, "--json", code=PROBLEMS)
    assert "book.yaml" in done.stderr
    assert '"cost": "5"' in done.stdout


def test_a_long_file_is_answered_row_for_row(tmp_path: Path) -> None:
    rows = [used(NOON, n) for n in range(1, 3001)]
    *answers, summary = lines("price", written(tmp_path, "usage.csv", csv_of(*rows)))
    assert [Decimal(a["cost"]) for a in answers] == [Decimal(5 * n).scaleb(-6) for n in range(1, 3001)]
    assert Decimal(summary["totals"]["USD"]["cost"]) == Decimal(5 * 3000 * 3001 // 2).scaleb(-6)
