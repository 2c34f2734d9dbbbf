"""``bothhalves projection`` and ``bothhalves renewal``: what is printed, opened, written and refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from command import WRONG_USE, record, run

from workspace_folder import Folder, contract, csv_of, used

TERM = {"start": "2026-01-01", "months": 12, "auto_renews": True, "notice_days": 30}
COMMITMENT = {"amount": 3000, "per": "year", "overage": "committed", "unused": "forfeited"}


def company(place: Path) -> Path:
    """Ten dollars a day, ten seats signed for 2026, and an offer for both halves."""
    folder = Folder(place)
    folder.write({"contracts/a.yaml": contract(id="signed", term=TERM)})
    both = contract(id="both", term={"start": "2027-01-01", "months": 12}, commitment=COMMITMENT)
    folder.write({"offers/both.yaml": both, "deal.yaml": "discount_rate: 8%\nquarter_ends: [2026-12-31]\n"})
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    folder.imported({"usage.csv": csv_of(*(used(day, 2_000_000) for day in days))})
    return folder.root


def test_three_years_are_printed_with_what_was_assumed(tmp_path: Path) -> None:
    text = run("projection", "both", "-w", company(tmp_path)).stdout
    for words in (
        "As is",
        "As quoted",
        "Scenarios, not a forecast",
        "Second track",
        "Assumed",
        "present value",
    ):
        assert words in text


def test_the_rate_is_that_of_deal_yaml_unless_another_is_asked_for(tmp_path: Path) -> None:
    root = company(tmp_path)
    rates = {"": "8 %", "0%": "", "20%": "20 %"}
    values = []
    for rate, told in rates.items():
        words = ("--rate", rate) if rate else ()
        assert (f"discounted at {told}" in run("projection", "both", "-w", root, *words).stdout) == bool(told)
        found = record("projection", "both", "-w", root, *words)
        (base,) = (c for c in found["deals"]["as quoted"] if c["scenario"] == "base")
        figures = found["figures"]
        values.append(Decimal(figures[base["present_value"]]["low"]))
        total = Decimal(figures[base["total"]]["low"])
    eight, none, twenty = values
    assert twenty < eight < none
    assert abs(none - total) < Decimal("0.01")


def test_every_key_of_the_projection_s_record_opens(tmp_path: Path) -> None:
    root = company(tmp_path)
    found = record("projection", "both", "-w", root)
    years = [y for course in found["deals"]["as quoted"] for y in course["years"]]
    keys = {y[part] for y in years for part in ("seats", "api", "total", "cumulative", "from_peak")}
    assert keys <= set(found["figures"])
    opened = run("projection", "both", "-w", root, "--explain", years[0]["api"]).stdout
    assert "api USD at list price" in opened


def test_renewal_prints_the_days_and_writes_them_as_a_calendar(tmp_path: Path) -> None:
    root, ics = company(tmp_path), tmp_path / "renewal.ics"
    done = run("renewal", "-w", root, "--as-of", "2026-10-31", "--ics", ics)
    for words in (
        "Inherited against honest",
        "2026-12-01",
        "Last day for notice",
        "The seller's quarter ends",
    ):
        assert words in done.stdout
    assert f"Wrote {ics}" in done.stderr
    text = ics.read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20261201\r\n" in text
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") >= 6


def test_the_renewal_s_record_names_its_figures(tmp_path: Path) -> None:
    root = company(tmp_path)
    found = record("renewal", "signed", "-w", root)
    (one,) = found["contracts"]
    assert {one["inherited"], one["honest"], one["gap"]} <= set(found["figures"])
    assert "less" in run("renewal", "-w", root, "--explain", one["gap"]).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("projection", "nobody"), "No offer is called 'nobody'. Known: both."),
        (("projection", "--explain", "projection.nothing"), "No figure is called"),
        (("renewal", "nobody"), "No contract is called 'nobody'. Known: signed."),
        (("renewal", "--explain", "renewal.nothing"), "No figure is called"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run(*words, "-w", company(tmp_path), code=WRONG_USE).stderr
