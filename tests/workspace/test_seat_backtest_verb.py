"""The advice on seats walked through a history: days in a file, or a workspace's roster and activity."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from bothhalves.brief.seat_backtests import seat_figures, seat_sheets
from bothhalves.cli import app
from bothhalves.core.dates import Month
from bothhalves.core.deal.seat_backtesting import HINDSIGHT
from bothhalves.core.explain import recomputed
from bothhalves.workspace.seat_histories import seats_in, seats_of
from workspace_folder import Folder, contract, csv_of, used

#: Ada works on every day; Ben stops in January and returns in June; Cleo stops for good.
DAYS = {
    "ada": [date(2026, 1, 1) + timedelta(days=n) for n in range(0, 212, 3)],
    "ben": [date(2026, 1, 5), date(2026, 6, 10)],
    "cleo": [date(2026, 1, 5)],
}
ROSTER = {"name": "roster", "target": "seats", "columns": {
    "vendor": "=anthropic", "product": "=claude", "person": "email", "seat_type": "tier",
    "assigned": "since", "as_of": "day", "last_active": "last",
}, "date_format": "%Y-%m-%d", "zone": "UTC"}  # fmt: skip
DONE = {"name": "done", "target": "activity", "columns": {
    "vendor": "=anthropic", "product": "=claude", "person": "email", "time": "day", "kind": "what",
    "count": "number",
}, "date_format": "%Y-%m-%d", "zone": "UTC", "bucket": "day"}  # fmt: skip


def written(path: Path, *more: str) -> Path:
    rows = [f"{person},{day}" for person, days in DAYS.items() for day in days]
    path.write_text("\n".join(["person,date", *rows, *more]))
    return path


def told(*said: str) -> Result:
    return CliRunner().invoke(app, ["backtest", "--seats", *said])


def test_dormant_seats_are_given_back_and_bought_again(tmp_path: Path) -> None:
    (found,) = seats_in(written(tmp_path / "days.csv"), None, months=1).tests
    by_month = {str(s.first): s for s in found.steps}
    assert [by_month[f"2026-0{n}"].kept["advice"] for n in (3, 4, 7)] == [3, 1, 2]
    assert by_month["2026-06"].returned["advice"] == 1
    paid = {
        rule: sum(s.paid[rule] for s in found.steps) // 10**6 for rule in ("advice", "keep-all", HINDSIGHT)
    }
    # Three seats in February and March, Ada's and for two months Ben's afterwards; or three for six months.
    assert paid == {"advice": 60 + 40 + 20, "keep-all": 180, HINDSIGHT: 70}


def test_every_figure_opens_and_follows_from_what_is_below_it(tmp_path: Path) -> None:
    found = seats_in(written(tmp_path / "days.csv"), None)
    for name, figure in seat_figures(seat_sheets(found.tests)).items():
        assert figure.key == name
        assert recomputed(figure) == figure.value


def test_the_command_tells_the_same_in_text_and_json(tmp_path: Path) -> None:
    file = str(written(tmp_path / "days.csv"))
    text = told(file, "--months", "1")
    assert text.exit_code == 0, text.output
    assert "usual, seat: 3 holders, terms of 1 month, the first after 1" in text.stdout
    record = json.loads(told(file, "--months", "1", "--json").stdout)
    (seats,) = record["seats"]
    assert [t["kept"]["advice"] for t in seats["terms"]][:3] == [3, 3, 1]
    key = seats["regret"]["advice"]
    assert record["figures"][key]["title"] == "Regret, our advice"
    opened = told(file, "--months", "1", "--explain", key)
    assert "Regret, our advice" in opened.stdout
    assert told(file, "--explain", "backtest.nothing").exit_code == 2


def test_a_line_without_a_day_is_told_and_who_is_known_counts(tmp_path: Path) -> None:
    """Nobody knows when Dora was active, nor who was on the last line."""
    found = seats_in(written(tmp_path / "days.csv", "dora,2026-01-07", "dora,soon", ",2026-01-08"), None)
    assert [p.what for p in found.problems] == ["no day: 'soon'.", "names no person."]
    assert [h.person for h in found.tests[0].history.holders] == ["ada", "ben", "cleo"]


def test_a_last_month_that_the_days_do_not_reach_over_is_left_out(tmp_path: Path) -> None:
    """Ada's days end on 30 July, as they come every third one; one more in August leaves that open."""
    whole = seats_in(written(tmp_path / "days.csv"), None, months=1)
    open_ = seats_in(written(tmp_path / "days.csv", "ada,2026-08-02"), None, months=1)
    assert [t.history.months[-1] for t in (*whole.tests, *open_.tests)] == [Month(2026, 7)] * 2
    assert "2026-08: the days end on 2026-08-02, and the month is left out." in open_.said
    alone = tmp_path / "alone.csv"
    alone.write_text("user;time\nada;2026-08-02T09:00:00Z\n")
    assert seats_in(alone, None).tests == ()


@pytest.mark.parametrize("head", ["person,date", "User;Day", "email\ttimestamp"])
def test_people_and_days_may_be_called_and_separated_in_several_ways(tmp_path: Path, head: str) -> None:
    path = written(tmp_path / "days.csv")
    told_ = seats_in(path, None)
    between = next(c for c in ",;\t" if c in head)
    rows = path.read_text().splitlines()[1:]
    path.write_text("\n".join([head, *(row.replace(",", between) for row in rows)]))
    assert seats_in(path, None) == told_


@pytest.mark.parametrize(("text", "said"), [("a,b\n1,2", "no columns"), ("", "the file is empty")])
def test_a_file_without_people_and_days_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "days.csv"
    path.write_text(text)
    found = told(str(path))
    assert found.exit_code == 1
    assert said in found.output


def test_holders_of_a_workspace_are_walked_as_those_of_a_file(tmp_path: Path) -> None:
    folder = Folder(tmp_path, smallest_group=1)
    folder.write({f"mappings/{m['name']}.yaml": yaml.safe_dump(m) for m in (ROSTER, DONE)})
    seat = {"type": "seat", "product": "claude", "committed": 3, "fee": "10"}
    folder.write({"contracts/a.yaml": contract(seats=[seat])})
    roster = [
        {"email": f"{n}@x.example", "tier": "seat", "since": d[0], "day": "2026-07-29", "last": ""}
        for n, d in DAYS.items()
    ]
    folder.imported({"roster.csv": csv_of(*roster)}, mapping="roster")
    done = [
        {"email": f"{n}@x.example", "day": d, "what": "x", "number": 1}
        for n, own in DAYS.items()
        for d in own
    ]
    folder.imported({"acts.csv": csv_of(*done)}, mapping="done")
    (own,) = seats_of(folder.open(), months=1).tests
    (other,) = seats_in(written(tmp_path / "days.csv"), None, months=1).tests
    assert [(s.first, s.kept, s.paid) for s in own.steps] == [
        (s.first, s.kept, s.paid) for s in other.steps if s.first < Month(2026, 7)
    ]


def test_a_workspace_without_rosters_says_what_is_missing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-10-02T10:00:00Z"))})
    found = told("--workspace", str(folder.root))
    assert found.exit_code == 1
    assert "No seat type" in found.output
