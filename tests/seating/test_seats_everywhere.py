"""What ``bothhalves seats`` tells opens everywhere, with each type at its own cost; and if use is weighed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from test_seating_of_a_workspace import WINDOW, _folder, _low, _roster, _run, _seating, team
from typer.testing import CliRunner

from bothhalves.brief import building
from bothhalves.brief.seating import seat_brief
from bothhalves.cli import app
from bothhalves.core.dates import Month
from bothhalves.report.seats import seats_text
from bothhalves.web.app import create_app
from bothhalves.workspace import Workspace
from bothhalves.workspace.planning import making
from bothhalves.workspace.planning.making import judged_seats
from bothhalves.workspace.seating import Seating
from workspace_folder import Folder, contract

__all__ = ["team"]


def test_every_figure_of_seats_opens_by_its_key_as_any_other(team: Folder) -> None:
    place = team.open()
    own = seat_brief(judged_seats(place, WINDOW)).figures()
    page = team.page()
    assert "seats.held" in own
    for name, figure in own.items():
        found = page.figure(name)
        assert found is not None
        assert found.value == figure.value, name
    client = TestClient(create_app(lambda _: page, place.rows), base_url="http://127.0.0.1:8321")
    answer = client.get("/why", params={"key": "seats.held"})
    assert (answer.status_code, "Seats held" in answer.text) == (200, True)


def test_holders_are_priced_once_a_figure_of_seats_is_asked_for(
    team: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window without a plan does not wait for it."""
    asked: list[tuple[Month, ...]] = []

    def judged(place: Workspace, months: tuple[Month, ...], on: date | None) -> Seating:
        asked.append(months)
        return judged_seats(place, months, on)

    monkeypatch.setattr(building, "judged_seats", judged)
    page = team.page()
    assert asked == []
    assert page.figure("seats.held") is not None
    assert page.figure("seats.held") is not None
    assert asked == [WINDOW]


def test_explain_opens_seats(team: Folder) -> None:
    told = CliRunner().invoke(app, ["explain", "seats.held", "--workspace", str(team.root)])
    assert (told.exit_code, "Seats held" in told.stdout) == (0, True)
    missing = CliRunner().invoke(app, ["explain", "seats.hold", "--workspace", str(team.root)])
    assert "Did you mean seats.held" in missing.stderr


def test_each_type_is_shown_at_its_own_cost(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    seats = [
        {"type": "premium", "product": "claude", "committed": 1, "fee": "100"},
        {"type": "standard", "product": "claude", "committed": 2, "fee": "30"},
    ]
    folder.write({"contracts/a.yaml": contract(seats=seats)})
    tiers = (("eve", "Premium"), ("bob", "Standard"), ("cyd", "Standard"))
    _roster(folder, "2026-09-30", *((n, t, "2026-09-20") for n, t in tiers))
    brief = seat_brief(_seating(folder))
    costs = {row.size.term.type: (row.cost, row.whole) for row in brief.sizes}
    lows = {t: tuple(_low(f) for f in figures if f) for t, figures in costs.items()}
    assert lows == {"premium": (100, 160), "standard": (60, 160)}
    assert "anthropic-2026 with so many seats: $160.00 a month." in seats_text(brief)


def test_use_is_weighed_unless_that_takes_long(team: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "add --weigh"
    assert asked not in _run(team)
    assert asked in _run(team, "--no-weigh")
    monkeypatch.setattr(making, "CHEAPLY_WEIGHED", 0)
    assert asked in _run(team)
    assert asked not in _run(team, "--weigh")
