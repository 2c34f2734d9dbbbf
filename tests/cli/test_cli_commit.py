"""``bothhalves commit``: what is printed, opened and refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import DONE, PROBLEMS, WRONG_USE, record, run

from workspace_folder import Folder, contract, cost_report, csv_of, used

BANDS = [{"from": 2000, "discount": "5%"}, {"from": 5000, "discount": "12%"}]
TERM = {"amount": 3000, "per": "year", "bands": BANDS, "overage": "list", "unused": "forfeited"}


def company(place: Path, *, reconciled: bool = True) -> Path:
    """Ten dollars a day in September and October, billed as computed or not at all, and an offer."""
    folder = Folder(place)
    terms = {"id": "offer", "seats": [], "term": {"start": "2027-01-01", "months": 12}, "commitment": TERM}
    folder.write({"offers/offer.yaml": contract(**terms)})
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    folder.imported({"usage.csv": csv_of(*(used(day, 2_000_000, key="app") for day in days))})
    if reconciled:
        billed = [{"month": "2026-09", "amount": "30000"}, {"month": "2026-10", "amount": "31000"}]
        folder.imported({"cost.json": cost_report(*billed)})
    return folder.root


def test_amounts_rules_and_what_was_assumed_are_printed(tmp_path: Path) -> None:
    text = run("commit", "offer", "-w", company(tmp_path), code=DONE).stdout
    for words in (
        "Commitment under offer",
        "Recommended",
        "minimax regret",
        "no commitment",
        "Assumed",
        "2,000.00",
    ):
        assert words in text
    assert text.count("\n>") >= 1


def test_the_record_names_every_figure_that_it_holds(tmp_path: Path) -> None:
    root = company(tmp_path)
    found = record("commit", "-w", root)
    (sheet,) = found["to_sign"]
    assert sheet["rule"] == "minimax regret"
    assert {"none", "2000", "5000"} <= {row["amount"] for row in sheet["amounts"]}
    named = [row[part] for row in sheet["amounts"] for part in ("expected", "max_regret", "tail_regret")]
    named += [key for row in sheet["compared"] for key in row["costs"].values()]
    assert set(named) <= set(found["figures"])
    opened = run("commit", "-w", root, "--explain", named[-1]).stdout
    assert "at list price" in opened


def test_evidence_that_allows_nothing_ends_with_problems(tmp_path: Path) -> None:
    text = run("commit", "-w", company(tmp_path, reconciled=False), code=PROBLEMS).stdout
    assert "Recommended: commit to nothing" in text
    assert "ranges only" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody",), "No offer or contract 'nobody' has a commitment clause. Those that have one: offer."),
        (("--price-step", "2028-01=half"), "expected a percentage"),
        (("--price-step", "soon=80%"), "Write a month and a level"),
        (("--rate", "8"), "expected a percentage"),
        (("--rate", "-8%"), "below zero"),
        (("--explain", "commit.nothing"), "No figure is called"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run("commit", *words, "-w", company(tmp_path), code=WRONG_USE).stderr


def test_an_offer_that_cannot_be_read_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    root = company(tmp_path)
    terms = {"id": "odd", "seats": [], "commitment": {**TERM, "exclusivity": "total"}}
    (root / "offers" / "odd.yaml").write_text(contract(**terms), encoding="utf-8")
    said = run("commit", "odd", "-w", root, code=WRONG_USE).stderr
    assert "the key 'exclusivity' is not known" in said


def test_an_offer_in_another_currency_is_refused_by_itself(tmp_path: Path) -> None:
    root = company(tmp_path)
    terms = {"id": "euros", "seats": [], "currency": "EUR", "commitment": TERM}
    (root / "offers" / "euros.yaml").write_text(contract(**terms), encoding="utf-8")
    ended = run("commit", "-w", root, code=PROBLEMS)
    assert "euros cannot be sized: it is in EUR" in ended.stderr
    assert "Commitment under offer" in ended.stdout
    assert run("commit", "euros", "-w", root, code=PROBLEMS).stdout == ""


@pytest.mark.parametrize("name", ["forecast.yaml", "deal.yaml"])
def test_what_is_looked_ahead_from_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    root = company(tmp_path)
    (root / name).write_text("horizon_months: soon\n", encoding="utf-8")
    assert name in run("commit", "offer", "-w", root, code=PROBLEMS).stderr
