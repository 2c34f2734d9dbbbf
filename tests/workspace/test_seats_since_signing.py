"""Seats since a term began, counted in other ways: terms that have renewed, rosters by month, clauses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from test_looking_ahead import RENEWED, ROSTER, SEAT, folder, money, renewing

from bothhalves.brief.renewing import renewal_sheets
from bothhalves.core.dates import Month
from workspace_folder import Folder, contract, csv_of, members, used


def test_seats_of_a_renewed_term_are_counted_as_it_stands(tmp_path: Path) -> None:
    """It was renewed for the 8 who held seats, at 106 each: 8 months of them, and not of the 10 at first."""
    seat = {**SEAT, "committed": 10, "true_up": {"every": "month"}}
    seat = {**seat, "renewal": {"uplift": "6%", "baseline": "assigned"}}
    (sheet,) = renewal_sheets(renewing(folder(tmp_path, term=RENEWED, seats=[seat])))
    (one,) = sheet.types
    assert len(one.told.seats) == 8
    for way, figure in one.ways:
        assert (way.seats, money(figure), way.renewed) == (64, 64 * 106, 8), way.name
    assert sheet.baselines is not None
    seats = sheet.figures()["renewal.inherited.seats?contract=signed&type=premium"]
    assert money(seats) == 8 * Decimal("112.36") * 12


def test_rosters_of_the_first_of_each_month_tell_of_a_training_event(tmp_path: Path) -> None:
    """40, 42, 60, 48, 44, 43 seats: who is gone from the roster of a first day held no seat in that month."""
    seat = {**SEAT, "committed": 40, "fee": "50"}
    term = {"start": "2026-05-01", "months": 12, "auto_renews": True}
    place = Folder(tmp_path)
    place.write({"contracts/a.yaml": contract(id="signed", term=term, seats=[seat])})
    rosters = {
        ROSTER.replace("2026-09-01", f"2026-{month:02}-01"): members(
            *((f"p{n}@x.com", "Active", "Premium") for n in range(count))
        )
        for month, count in zip(range(5, 11), (40, 42, 60, 48, 44, 43), strict=True)
    }
    days = [used(f"2026-{m:02}-{d:02}T10:00:00Z") for m in (9, 10) for d in range(1, 31)]
    place.imported({**rosters, "usage.csv": csv_of(*days)})
    (sheet,) = renewal_sheets(renewing(place))
    (one,) = sheet.types
    assert one.told.seats == (40, 42, 60, 48, 44, 43)
    assert [(way.seats, money(f), way.renewed) for way, f in one.ways if not way.grace] == [
        (322, 16100, 60),
        (277, 13850, 43),
        (277, 13850, 47),
        (258, 12900, 43),
    ]
    (spike,) = one.spikes
    assert (spike.spike.month, money(spike.cost), money(spike.a_year)) == (Month(2026, 7), 2400, 7200)


def test_several_clauses_about_a_type_are_counted_in_no_other_way(tmp_path: Path) -> None:
    later = {**SEAT, "committed": 4, "fee": "90", "labels": [], "from": date(2026, 6, 1)}
    seats = [{**SEAT, "committed": 6}, later]
    (sheet,) = renewal_sheets(renewing(folder(tmp_path, seats=seats)))
    assert sheet.types == ()
    assert any("premium seats are in several clauses" in said for said in sheet.told.said)
    assert money(sheet.figures()["renewal.inherited.seats?contract=signed&type=premium"]) == 11520
