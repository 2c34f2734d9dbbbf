"""An offer for a company that has signed nothing yet: its need of seats is stated, or not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothhalves.core.dates import Month
from bothhalves.core.deal.asks import Unvalued
from bothhalves.core.deal.bundle import Bundle
from bothhalves.core.deal.headline import Refusal
from bothhalves.core.deal.outlook import NO_NEED
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.workspace.bundling import bundled_of
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.projecting import CannotProject, projected_of
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.term_worths import worths_of
from workspace_folder import Folder, contract, csv_of, used

WINDOW = (Month(2026, 9), Month(2026, 10))
TERM = {"start": "2027-01-01", "months": 12}
SEAT = {"type": "premium", "product": "claude"}
PROMISE = {"amount": 900, "per": "year", "bands": [{"from": 900, "discount": "10%"}]}


@pytest.fixture
def unsigned(tmp_path: Path) -> Folder:
    found = Folder(tmp_path)
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    both = [{**SEAT, "committed": 50, "fee": "27", "list_fee": "40"}]
    found.write(
        {
            "offers/b.yaml": contract(id="both", term=TERM, seats=both, commitment=PROMISE),
            "offers/s.yaml": contract(id="s", term=TERM, seats=[{**SEAT, "committed": 5, "fee": "30"}]),
            "deal.yaml": "standalone: {seats: s}\n",
        }
    )
    found.imported({"usage.csv": csv_of(*(used(day) for day in days))})
    return found


def needed(place: Folder) -> Needed:
    return Needed(Prospects(place.open(), WINDOW))


def test_seats_that_nobody_counted_are_not_none(unsigned: Folder) -> None:
    [apart] = bundled_of(needed(unsigned), ["both"]).offers
    assert isinstance(apart.found, Refusal)
    assert apart.found.reason == NO_NEED
    asks = worths_of(needed(unsigned), "both").asks
    assert Unvalued in {type(v) for v in asks.unvalued if v.term.id == "needed-seats"}
    with pytest.raises(CannotProject, match=r"(?i)nobody knows .* people into forecast\.yaml"):
        projected_of(needed(unsigned), "both")


def test_a_stated_need_is_priced(unsigned: Folder) -> None:
    unsigned.write({"forecast.yaml": "seats: [{type: premium, people: 40, adoption: 50%}]\n"})
    [apart] = bundled_of(needed(unsigned), ["both"]).offers
    assert isinstance(apart.found, Bundle)
    assert apart.found.halves[0].standalone == 20 * 30 * 12 * MICRO
    names = [v.deal.name for v in projected_of(needed(unsigned), "both").variants]
    assert names == ["as quoted", "priced apart"]
