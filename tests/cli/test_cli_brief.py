"""``bothhalves brief``: what is printed, written, opened and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import PROBLEMS, WRONG_USE, record, run
from test_cli_bundling import COMMITMENT, SEAT, TERM, company

from workspace_folder import Folder, contract, csv_of, members, used

QUOTES = {
    "seats-alone": contract(
        id="seats-alone", term=TERM, source="quote 7", seats=[{**SEAT, "committed": 5, "fee": 95}]
    ),
    "api-alone": contract(id="api-alone", term=TERM, source="quote 8", seats=[]),
}
DEAL = "standalone: {seats: seats-alone, api: api-alone}\nrenewal_uplift: 8%\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = company(tmp_path_factory.mktemp("brief"), **QUOTES)
    (root / "deal.yaml").write_text(DEAL, "utf-8")
    return root


def test_the_brief_is_printed_and_written(place: Path, tmp_path: Path) -> None:
    text = run("brief", "both", "-w", place, "--as-of", "2026-11-20").stdout
    for words in (
        "What is needed",
        "Walk-away cost",
        "settle for",
        "Exposures",
        "Dates",
        "Protections",
        "Not known",
    ):
        assert words in text
    md, page = tmp_path / "brief.md", tmp_path / "brief.html"
    done = run("brief", "both", "-w", place, "--as-of", "2026-11-20", "--md", md, "--html", page)
    assert done.stdout == ""
    assert md.read_text("utf-8").startswith("# Acme: brief on both")
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_every_figure_of_the_record_opens(place: Path) -> None:
    found = record("brief", "both", "-w", place, "--as-of", "2026-11-20")
    cells = [c["figure"] for p in found["parts"] for row in p["rows"] for c in row if isinstance(c, dict)]
    for wanted in (cells[0], *(k for k in cells if k.startswith(("bundle.cost", "clause.worth")))):
        done = run("brief", "both", "-w", place, "--as-of", "2026-11-20", "--explain", wanted)
        assert found["figures"][wanted]["title"] in done.stdout
    done = run("brief", "-w", place, "--explain", "bundle.none", code=WRONG_USE)
    assert "No figure is called" in done.stderr


def test_protections_stand_for_both_sides(place: Path) -> None:
    found = record("brief", "both", "-w", place, "--as-of", "2026-11-20")
    (part,) = (p for p in found["parts"] if p["id"] == "protections")
    assert part["rows"] == [["training", "never", "not said", "never", "fails for API"]]


def test_an_unknown_offer_is_refused(place: Path) -> None:
    assert "No offer is called 'nothing'" in run("brief", "nothing", "-w", place, code=WRONG_USE).stderr


def test_one_number_is_not_divided_by_guessing(place: Path) -> None:
    found = record("brief", "one-number", "-w", place, "--as-of", "2026-11-20", code=PROBLEMS)
    (costs,) = (p for p in found["parts"] if p["id"] == "costs")
    (told,) = costs["refused"]
    assert told["what"] == "what each half costs inside the one price"
    assert "Ask for the price" in told["ask"]
    assert not any("half=" in key for key in found["figures"])


def test_a_quote_without_a_source_is_not_a_walk_away(tmp_path: Path) -> None:
    root = company(tmp_path)
    found = record("brief", "both", "-w", root, "--as-of", "2026-11-20", code=PROBLEMS)
    told = [r for p in found["parts"] for r in p["refused"]]
    assert [r["what"] for r in told] == ["walk-away cost and true discount"]
    assert "seats-alone names no source" in told[0]["reason"]
    rows = next(p["rows"] for p in found["parts"] if p["id"] == "costs")
    assert not any("alone" in row[0] or "Walk-away" in row[0] for row in rows)


def test_one_month_is_too_little_to_say_what_is_needed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    offer = contract(id="both", term=TERM, seats=[{**SEAT, "committed": 8, "fee": 90}], commitment=COMMITMENT)
    folder.write({"offers/both.yaml": offer})
    days = [f"2026-10-{d:02}T10:00:00Z" for d in range(1, 32)]
    folder.imported(
        {
            "usage.csv": csv_of(*(used(day, 2_000_000) for day in days)),
            "members-2026-10-31.csv": members(("p@acme.test", "active", "Premium")),
        }
    )
    done = run("brief", "-w", folder.root, "--as-of", "2026-11-20", code=PROBLEMS)
    assert "Refused: the need over the term" in done.stdout
    assert "$" not in done.stdout
    assert "p@acme.test" not in done.stdout
    found = json.loads(
        run("brief", "-w", folder.root, "--as-of", "2026-11-20", "--json", code=PROBLEMS).stdout
    )
    assert found["figures"] == {}
