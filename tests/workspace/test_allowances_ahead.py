"""Allowances come first: of what people use under seats only what is beyond them is metered."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from test_forecasting import MICRO, ROSTER, book, outlook

from workspace_folder import Folder, contract, csv_of, members, used

SEATED: dict[str, Any] = {"product": "claude", "billing": "included"}


def allowing(place: Path, amount: int, people: int) -> Folder:
    """People on seats that bring so much each month, and list price beyond it."""
    folder = Folder(place)
    own = {"name": "own", "per_person": {"premium": amount}, "overage": {"then": "api-rates"}}
    folder.write({"contracts/a.yaml": contract(allowances=[own])})
    folder.imported({ROSTER: members(*((f"p{n}@x.com", "Active", "Premium") for n in range(people)))})
    return folder


def ahead(folder: Folder, scenario: str) -> list[int]:
    return [*next(s.api for s in outlook(folder).scenarios if s.name == scenario)]


def test_only_usage_beyond_allowances_counts_as_metered(tmp_path: Path) -> None:
    """Two people use 20 and 80 dollars a month in seats that bring 50 each: 30 are beyond, of 100 used."""
    folder = allowing(tmp_path, 50, 2)
    rows = [
        used(f"2026-{month:02}-15T10:00:00Z", dollars * 200_000, person=f"{who}@x.com", **SEATED)
        for month in (9, 10)
        for who, dollars in (("p0", 20), ("p1", 80))
    ]
    folder.imported({"usage.csv": csv_of(*rows)})
    # September's 80 in 30 days are 82.67 in the 31 of December, and 50 are brought in any month.
    assert ahead(folder, "high")[1] == round(Fraction(80 * 31, 30) * MICRO) - 50 * MICRO
    assert "counts beyond its allowances only" in outlook(folder).source
    assert {d.id for d in book(folder).drivers} >= {"beyond allowances", "claude"}


def test_a_month_goes_on_at_what_was_beyond_and_not_at_a_share_of_all_use(tmp_path: Path) -> None:
    """4.37 dollars a day, of which 60 a month are brought: 71.10 of 131.10 are beyond in 30 days, and 75.47
    of 135.47 in 31."""
    folder = allowing(tmp_path, 60, 1)
    days = [f"2026-{month:02}-{day:02}" for month, last in ((9, 30), (10, 31)) for day in range(1, last + 1)]
    rows = [used(f"{day}T10:00:00Z", 874_000, person="p0@x.com", **SEATED) for day in days]
    folder.imported({"usage.csv": csv_of(*rows)})
    for scenario in ("low", "base", "high"):
        assert ahead(folder, scenario)[:4] == [71_100_000, 75_470_000, 75_470_000, 62_360_000]
