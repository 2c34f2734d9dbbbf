"""``page``, ``check``, ``explain``, ``export`` and ``doctor`` on workspaces with much, little and nothing."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from command import DONE, PROBLEMS, UNPRICED, WRONG_USE, record, run, workspace, written

from bothhalves.brief import build
from bothhalves.workspace import open_workspace
from workspace_folder import contract, csv_of, members, used

TOKENS = csv_of(
    used("2026-09-15T12:00:00Z", key="bot", account="org-1"),
    used("2026-10-15T12:00:00Z", 3_000_000, key="bot", account="org-1"),
    used("2026-10-16T12:00:00Z", 200_000, key="ci", account="org-1", model="claude-haiku-4-5"),
)
WITHOUT_PRICE = csv_of(used("2026-10-15T12:00:00Z"), used("2026-10-15T12:00:00Z", 9000, **UNPRICED))
WORKLOADS = "workloads:\n  - {id: support, name: Support bot, owner: Care, match: {keys: [bot]}}\n"


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """Ten seats of which two are held, and tokens of two workloads."""
    root = workspace(tmp_path, usage_csv=TOKENS)
    written(root, "contracts/anthropic.yaml", contract())
    written(root, "workloads.yaml", WORKLOADS)
    people = members(("ada@example.com", "Active", "Premium"), ("bo@example.com", "Active", "Premium"))
    run("import", written(tmp_path, "members.csv", people), "--as-of", "2026-10-31", "-w", root)
    return root


def test_the_page_in_words(both: Path) -> None:
    told = run("page", "-w", both).stdout
    assert told.startswith("You pay $2.02k for AI in September to October 2026: $2.00k for seats and $20.20")
    for part in (
        "Seats  Procurement",
        "Tokens  Engineering",
        "Support bot",
        "No invoice to check against",
        "genai-prices",
    ):
        assert part in told


def test_the_page_as_json_has_every_figure_once_and_exactly(both: Path) -> None:
    page = record("page", "-w", both)
    figures = page["figures"]
    assert figures["tokens.cost"]["low"] == "20.2"
    assert figures["seats.cost"]["low"] == "2000"
    assert figures["both.cost"]["low"] == "2020.2"
    assert figures["tokens.cost?workload=support"]["low"] == "20"
    shown = [key for half in ("seats", "tokens") for key in (*page[half]["amounts"], *page[half]["counts"])]
    shown += [cell for table in page["tables"] for row in table["rows"] for cell in row["cells"] if cell]
    assert [key for key in shown if key not in figures] == []


def test_the_page_as_csv(both: Path) -> None:
    rows = list(csv.reader(io.StringIO(run("page", "--csv", "-w", both).stdout)))
    assert {row[0] for row in rows} >= {"groups", "workloads", "models"}
    (support,) = [row for row in rows if row[:2] == ["workloads", "Support bot"]]
    assert support[3:7] == ["2", "4000000", "", "20"]


@pytest.mark.parametrize(
    ("options", "cost"),
    [
        (["--window", "2026-09"], "5"),
        (["--window", "2026-10"], "15.2"),
        (["--window", "2026-09/2026-10"], "20.2"),
        (["--as-of", "2026-09-30"], "5"),
        ([], "20.2"),
    ],
)
def test_windows(both: Path, options: list[str], cost: str) -> None:
    assert record("page", *options, "-w", both)["figures"]["tokens.cost"]["low"] == cost


@pytest.mark.parametrize(
    "options",
    [
        ["--window", "September"],
        ["--window", "2026-13"],
        ["--window", "2026-10/2026-09"],
        ["--as-of", "soon"],
    ],
)
def test_a_window_that_cannot_be_read_is_wrong_use(both: Path, options: list[str]) -> None:
    for verb in (["page"], ["check"], ["explain", "tokens.cost"]):
        assert run(*verb, *options, "-w", both, code=WRONG_USE).stderr


def test_why_down_to_the_stored_rows(both: Path) -> None:
    key = "tokens.cost?model=claude-opus-4-8&workload=support"
    told = record("explain", key, "--rows", "--window", "2026-09", "-w", both)
    assert told["figure"]["low"] == "5"
    (line,) = told["figure"]["lines"]
    assert (line["quantity"], line["price"], line["per"]) == ("1000000", "5", 1_000_000)
    assert line["entry"].startswith("anthropic/claude-opus-4-8/input_tokens")
    assert [row["input_tokens"] for row in told["source_rows"]] == ["1000000"]
    words = run("explain", key, "--rows", "--window", "2026-09", "-w", both).stdout
    assert "1,000,000 input tokens × $5.00 per 1M = $5.00" in words


def test_an_unknown_key_is_wrong_use_with_a_hint(both: Path) -> None:
    told = run("explain", "tokens.cosst", "-w", both, code=WRONG_USE).stderr
    assert "Did you mean" in told
    assert "tokens.cost" in told
    assert "Did you mean" not in run("explain", "zzz", "-w", both, code=WRONG_USE).stderr


def test_every_figure_can_be_opened_by_its_key(both: Path) -> None:
    keys = list(record("page", "-w", both)["figures"])
    place = open_workspace(both)
    assert sorted(build(place).figures()) == sorted(keys)
    for key in keys[::5]:
        assert record("explain", key, "-w", both)["figure"]["key"] == key


def test_exports(both: Path, tmp_path: Path) -> None:
    run("export", "json", "--out", tmp_path / "page.json", "-w", both)
    page = json.loads((tmp_path / "page.json").read_text())
    assert page == record("page", "-w", both)
    run("export", "csv", "--out", tmp_path / "out", "-w", both)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"figures.csv", "lines.csv", "workloads.csv", "groups.csv"}
    with (tmp_path / "out" / "figures.csv").open(newline="") as file:
        values = {row["key"]: row["value"] for row in csv.DictReader(file)}
    assert values["both.cost"] == "2020.2"
    with (tmp_path / "out" / "lines.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    under = [line for line in lines if line["figure"].startswith("tokens.cost?model=")]
    assert sum(Decimal(line["low"]) for line in under if "workload=" in line["figure"]) == Decimal("20.2")


def test_what_check_fails_on(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    run("import", written(tmp_path, "usage.csv", WITHOUT_PRICE), "-w", root)
    for fail_on, code in (("number", PROBLEMS), ("any", PROBLEMS), ("never", DONE)):
        run("check", "--fail-on", fail_on, "-w", root, code=code)
    run("check", "-w", root, code=PROBLEMS)
    (problem,) = record("check", "-w", root, code=PROBLEMS)["problems"]
    assert (problem["code"], problem["changes"]) == ("price.model", True)
    run("page", "-w", root, code=PROBLEMS)


def test_a_note_fails_only_where_any_is_asked(both: Path, tmp_path: Path) -> None:
    note = csv_of(used("2026-10-20T12:00:00Z", 1, key="bot", account="org-2", colour="red"))
    run("import", written(tmp_path, "note.csv", note), "-w", both)
    told = record("check", "-w", both)
    assert [(p["code"], p["changes"]) for p in told["problems"]] == [("usage.unknown-column", False)]
    run("check", "--fail-on", "number", "-w", both, code=DONE)
    run("check", "--fail-on", "any", "-w", both, code=PROBLEMS)


def test_a_wrong_word_after_fail_on_is_wrong_use(both: Path) -> None:
    assert "never" in run("check", "--fail-on", "sometimes", "-w", both, code=WRONG_USE).stderr


def test_check_states_the_verdicts(both: Path) -> None:
    told = record("check", "-w", both)
    assert told["agreement"] == "No invoice to check against"
    assert told["coverage"] == "2 of 2 vendor-months measured"
    assert told["grade"] == "C"
    assert "No problems." in run("check", "-w", both).stdout


def test_the_doctor_in_an_empty_folder(tmp_path: Path) -> None:
    told = run("doctor", "-w", tmp_path, code=PROBLEMS).stdout
    assert "is not a workspace" in told
    assert "bothhalves init" in told


def test_the_doctor_in_an_empty_workspace(tmp_path: Path) -> None:
    told = run("doctor", "-w", workspace(tmp_path), code=PROBLEMS).stdout
    assert "nothing is imported: every total is absent" in told
    assert "the seats have no price" in told


def test_the_doctor_with_tokens_only(tmp_path: Path) -> None:
    told = run("doctor", "-w", workspace(tmp_path, usage_csv=TOKENS), code=PROBLEMS).stdout
    assert "the seats have no price" in told
    assert "no seat roster reaches this window" in told
    assert "every model, meter and tier in the window has a price" in told
    assert "nothing can be checked against an invoice" in told


def test_the_doctor_with_seats_only(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    written(root, "contracts/anthropic.yaml", contract(term={"start": "2020-01-01", "months": 240}))
    roster = written(tmp_path, "members.csv", members(("ada@example.com", "Active", "Premium")))
    run("import", roster, "--as-of", "2026-01-31", "-w", root)
    told = run("doctor", "-w", root, code=PROBLEMS).stdout
    assert "no usage lies in the window" in told
    assert "the seats have no price" not in told
    assert "no seat roster" not in told


def test_the_doctor_where_a_price_is_missing(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    run("import", written(tmp_path, "usage.csv", WITHOUT_PRICE), "-w", root)
    found = record("doctor", "-w", root, code=PROBLEMS)
    (missing,) = [f for f in found if "reads “at least”" in f["what"]]
    assert (missing["good"], missing["fix"]) == (False, "Add the price to books/*.yaml.")
    assert "claude-nova-9" in missing["what"]


def test_an_empty_workspace_has_a_page_that_says_what_to_import(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    page = record("page", "-w", root)
    assert page["headline"] == ["Nothing is imported yet."]
    assert page["seats"]["missing"]["steps"]
    assert page["tokens"]["missing"]["steps"]
    assert "0" not in {figure.get("low") for figure in page["figures"].values()}
    run("check", "-w", root)


def test_the_demonstration_is_written_to_files(tmp_path: Path) -> None:
    run("demo", "--out", tmp_path / "demo")
    assert {p.name for p in (tmp_path / "demo").iterdir()} == {"page.html", "page.json", "page.txt"}
    page = json.loads((tmp_path / "demo" / "page.json").read_text())
    assert page["labels"]
    assert page["figures"]["tokens.cost"]["currency"] == "USD"
    assert "There is no example 'none'" in run("demo", "--example", "none", code=WRONG_USE).stderr
