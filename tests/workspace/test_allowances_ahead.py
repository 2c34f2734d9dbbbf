"""Allowances come first: of what people use under seats only what is beyond them is metered."""

from __future__ import annotations

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
    assert ahead(folder, "high")[1] == 31 * MICRO  # September's 30 in 30 days, over the 31 of December
    assert "counts beyond its allowances only" in outlook(folder).source
    assert {d.id for d in book(folder).drivers} >= {"beyond allowances", "claude"}


def test_a_month_goes_on_at_what_was_beyond_and_not_at_a_share_of_all_use(tmp_path: Path) -> None:
    """4.37 dollars a day, of which 60 a month are brought: 71.10 of September's 131.10 and 75.47 of October's
    135.47 are beyond, of 61 days together."""
    folder = allowing(tmp_path, 60, 1)
    days = [f"2026-{month:02}-{day:02}" for month, last in ((9, 30), (10, 31)) for day in range(1, last + 1)]
    rows = [used(f"{day}T10:00:00Z", 874_000, person="p0@x.com", **SEATED) for day in days]
    folder.imported({"usage.csv": csv_of(*rows)})
    assert ahead(folder, "low")[0] == 71_100_000
    assert ahead(folder, "base")[0] == round((71_100_000 + 75_470_000) / 61 * 30)
