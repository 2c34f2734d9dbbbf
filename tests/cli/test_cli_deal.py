"""``bothhalves page --deal``: every section from the verbs' own records, or why it is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command import DONE, record, run, workspace
from test_cli_bundling import company

from workspace_folder import Folder, contract, csv_of, members, used

#: The first word of keys, and the verb that tells them, with its exit code.
VERBS = {
    "bundle": ("bundle", DONE),
    "projection": ("projection", DONE),
    "renewal": ("renewal", DONE),
    "clause": ("clauses", DONE),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company(tmp_path_factory.mktemp("deal"))


def unbought(place: Path) -> Path:
    """A company that has usage and people, and no offer."""
    folder = Folder(place)
    folder.write({"contracts/a.yaml": contract(id="signed", accounts=[])})
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    folder.imported(
        {
            "usage.csv": csv_of(*(used(day, 2_000_000) for day in days)),
            "members-2026-10-31.csv": members(("p@acme.test", "active", "Premium")),
        }
    )
    return folder.root


def deal(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = record("page", "--deal", "--workspace", place, "--as-of", "2026-11-20")
    return found


@pytest.mark.parametrize("word", VERBS)
def test_figures_are_those_of_the_verbs(place: Path, word: str) -> None:
    """One figure under one key, wherever it is shown."""
    verb, code = VERBS[word]
    shown = deal(place)["figures"]
    own = record(verb, "--workspace", place, "--as-of", "2026-11-20", code=code)["figures"]
    same = [k for k in own if k in shown and k.startswith(f"{word}.")]
    assert len(same) > 3
    assert {k: shown[k] for k in same} == {k: own[k] for k in same}


def test_every_cell_names_a_figure_of_the_record(place: Path) -> None:
    found = deal(place)
    cells = [c for s in found["sections"] for t in s["tables"] for row in t["rows"] for c in row]
    keys = [c["key"] for c in cells if isinstance(c, dict)]
    assert len(keys) > 40
    assert set(keys) <= found["figures"].keys()


def test_a_figure_of_the_deal_is_explained(place: Path) -> None:
    text = run("explain", "bundle.leverage?offer=both", "--workspace", place).stdout
    assert text.startswith("Buying both together, less both alone: $5,290.00")


def test_what_the_evidence_does_not_allow_is_said(place: Path) -> None:
    sections = {s["id"]: s for s in deal(place)["sections"]}
    assert sections["commit-both"]["tables"] == []
    assert "the evidence is of grade C" in sections["commit-both"]["why_not"]


def test_without_an_offer_it_is_said_how_to_add_one(tmp_path: Path) -> None:
    sections = {s["id"]: s for s in deal(unbought(tmp_path))["sections"]}
    for name in ("bundle", "asks"):
        assert sections[name]["why_not"] == "There is no offer in `offers/`."
        assert "`offers/NAME.yaml`" in sections[name]["fix"]
    assert sections["commit"]["why_not"] == "No offer or contract has a commitment clause."
    assert sections["years-anthropic"]["title"].startswith("Three years: ")
    assert sections["renewal-signed"]["title"] == "Renewal calendar: the term ends in 41 days"


def test_nothing_imported_is_said(tmp_path: Path) -> None:
    assert "There is no usage and no roster yet." in run("page", "--deal", "-w", workspace(tmp_path)).stdout
