"""``bothhalves seats`` on workspaces: rosters and activity as vendors export them, or as any table."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bothhalves.brief.seating import seat_brief
from bothhalves.cli import app
from bothhalves.core.dates import Month
from bothhalves.core.explain import Figure, recomputed
from bothhalves.core.money import Amount
from bothhalves.core.seating.labelling import Label, Stage
from bothhalves.core.seating.pilots import PilotResult, Refusal
from bothhalves.workspace.planning.making import weighed
from bothhalves.workspace.seating import Seating, seating_of
from workspace_folder import Folder, contract, csv_of

ROSTER = {"name": "roster", "target": "seats", "columns": {
    "vendor": "=anthropic", "product": "=claude", "person": "email", "seat_type": "tier",
    "assigned": "since", "as_of": "day", "last_active": "last",
}, "date_format": "%Y-%m-%d", "zone": "UTC"}  # fmt: skip
DONE = {"name": "done", "target": "activity", "columns": {
    "vendor": "=anthropic", "product": "=claude", "person": "email", "time": "day", "kind": "what",
    "count": "number",
}, "date_format": "%Y-%m-%d", "zone": "UTC", "bucket": "day"}  # fmt: skip
WINDOW = (Month(2026, 8), Month(2026, 9))


def _folder(place: Path, people: dict[str, str] | None = None, **company: object) -> Folder:
    """A workspace that reads rosters and activity from plain tables; ``people`` are groups by name."""
    folder = Folder(place, smallest_group=1, window="2026-08/2026-09", **company)
    entries = [{"names": [f"{n}@x.example"], "group": g} for n, g in (people or {}).items()]
    mappings = {f"mappings/{m['name']}.yaml": yaml.safe_dump(m) for m in (ROSTER, DONE)}
    folder.write({**mappings, "people.yaml": yaml.safe_dump({"people": entries})})
    return folder


def _roster(folder: Folder, day: str, *seats: tuple[str, str, str]) -> None:
    """A roster of ``day``: name, tier and since when of each."""
    rows = [{"email": f"{n}@x.example", "tier": t, "since": s, "day": day} for n, t, s in seats]
    report = folder.imported(
        {f"roster-{day}.csv": csv_of(*[{**r, "last": ""} for r in rows])}, mapping="roster"
    )
    assert list(report.problems) == []


def _acts(folder: Folder, *acts: tuple[str, str], what: str = "messages", n: int = 1) -> None:
    rows = [{"email": f"{name}@x.example", "day": day, "what": what, "number": n} for name, day in acts]
    report = folder.imported({f"acts-{what}-{acts[0][1]}.csv": csv_of(*rows)}, mapping="done")
    assert list(report.problems) == []


def _daily(name: str, first: date, until: date) -> list[tuple[str, str]]:
    return [(name, str(first + timedelta(days=n))) for n in range((until - first).days)]


EVERY_DAY = _daily("eve", date(2026, 1, 1), date(2026, 10, 1))


def _seating(folder: Folder) -> Seating:
    return seating_of(folder.open(), WINDOW)


def _labels(folder: Folder) -> dict[str, str]:
    place = folder.open()
    names = {place.pseudonyms(f"{n}@x.example"): n for n in ("eve", "bob", "cyd", "dan", "fay")}
    return {names[s.told.facts.person]: str(s.told.label) for s in seating_of(place, WINDOW).seats}


def test_labels_follow_rosters_and_activity(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    old, new = "2026-01-05", "2026-09-10"
    _roster(
        folder,
        "2026-09-30",
        ("eve", "Premium", old),
        ("bob", "Premium", old),
        ("cyd", "Premium", old),
        ("dan", "Premium", new),
    )
    _acts(folder, *EVERY_DAY, ("bob", "2026-07-20"))
    assert _labels(folder) == {"eve": "middle", "bob": "dormant", "cyd": "never used", "dan": "new"}


def test_a_sign_in_is_no_action(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _roster(folder, "2026-09-30", ("eve", "Premium", "2026-01-05"), ("bob", "Premium", "2026-01-05"))
    _acts(folder, *EVERY_DAY)
    _acts(folder, ("bob", "2026-09-29"), what="sign-in")
    _acts(folder, ("bob", "2026-09-28"), what="messages", n=0)
    assert _labels(folder)["bob"] == "never used"


def test_without_activity_nobody_is_dormant(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _roster(folder, "2026-09-30", ("eve", "Premium", "2026-01-05"), ("bob", "Premium", ""))
    assert _labels(folder) == {"eve": "not visible", "bob": "not visible"}


def test_activity_that_ends_early_makes_nobody_dormant(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _roster(folder, "2026-09-30", ("eve", "Premium", "2026-01-05"), ("bob", "Premium", "2026-01-05"))
    _acts(folder, *_daily("eve", date(2026, 1, 1), date(2026, 7, 1)), ("bob", "2026-05-20"))
    assert _labels(folder) == {"eve": "not visible", "bob": "not visible"}


def test_a_gap_in_the_data_is_no_idle_time(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _roster(folder, "2026-09-30", ("eve", "Premium", "2026-01-05"), ("bob", "Premium", "2026-01-05"))
    _acts(folder, *_daily("eve", date(2026, 1, 1), date(2026, 5, 1)), ("bob", "2026-04-20"))
    _acts(folder, *_daily("eve", date(2026, 9, 1), date(2026, 10, 1)))
    assert _labels(folder) == {"eve": "middle", "bob": "not visible"}


def test_another_product_shows_nothing(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _roster(folder, "2026-09-30", ("bob", "Premium", "2026-01-05"))
    other = {
        **DONE,
        "name": "done",
        "columns": {**DONE["columns"], "vendor": "=openai", "product": "=chatgpt"},
    }  # type: ignore[dict-item]
    folder.write({"mappings/done.yaml": yaml.safe_dump(other)})
    _acts(folder, *EVERY_DAY)
    assert _labels(folder) == {"bob": "not visible"}


def test_a_roster_tells_who_is_new_and_who_was_there(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _acts(folder, *EVERY_DAY)
    _roster(folder, "2026-06-30", ("eve", "Premium", ""), ("bob", "Premium", ""))
    _roster(folder, "2026-08-31", ("eve", "Premium", ""), ("bob", "Premium", ""), ("cyd", "Premium", ""))
    _roster(folder, "2026-09-30", ("eve", "Premium", ""), ("bob", "Premium", ""), ("cyd", "Premium", ""))
    assert _labels(folder) == {"eve": "middle", "bob": "dormant", "cyd": "new"}


def test_protection_is_read_from_people_and_ends(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _roster(folder, "2026-09-30", ("bob", "Premium", "2026-01-05"), ("cyd", "Premium", "2026-01-05"))
    _acts(folder, *EVERY_DAY)
    people = """people:
  - {names: [bob@x.example], protected: [{reason: parental leave, from: 2026-04-01, until: 2027-01-31}]}
  - {names: [cyd@x.example], protected: [{reason: parental leave, from: 2026-04-01, until: 2026-09-01}]}
"""
    folder.write({"people.yaml": people})
    assert _labels(folder) == {"bob": "protected", "cyd": "never used"}


def test_a_protection_without_end_is_a_problem(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    people = [{"names": ["bob@x.example"], "protected": [{"reason": "leave"}]}]
    folder.write({"people.yaml": yaml.safe_dump({"people": people})})
    assert "until" in " ".join(p.what for p in folder.open().config.problems)


def test_thresholds_are_those_of_the_company(tmp_path: Path) -> None:
    folder = _folder(tmp_path, seats={"dormant_days": 100, "reclaim_days": 120})
    _roster(folder, "2026-09-30", ("bob", "Premium", "2026-01-05"))
    _acts(folder, *EVERY_DAY, ("bob", "2026-07-20"))
    assert _labels(folder) == {"bob": "middle"}
    assert "dormant from 100" in " ".join(_seating(folder).rules.said())


def test_seats_below_the_minimum_and_within_the_term_save_nothing(tmp_path: Path) -> None:
    """Four bought, three held, one of them unused; at least three are charged."""
    folder = _folder(tmp_path)
    seat = {
        "type": "premium",
        "product": "claude",
        "committed": 4,
        "fee": "100",
        "minimum": 3,
        "labels": ["Premium"],
    }
    folder.write({"contracts/a.yaml": contract(seats=[seat])})
    old = "2026-01-05"
    _roster(folder, "2026-09-30", ("eve", "Premium", old), ("bob", "Premium", old), ("cyd", "Premium", old))
    _acts(folder, *EVERY_DAY, ("bob", "2026-09-20"))
    found = seat_brief(_seating(folder))
    saved = {r.view: (_low(r.today), _low(r.unassigned), _low(r.unused)) for r in found.releases}
    assert saved == {"renewal": (400, 100, 0), "in-term": (400, 0, 0)}
    (row,) = found.sizes
    assert (row.size.needed, row.buy and row.buy.value, row.unassigned.value) == (2, 3, 1)


def _low(figure: Figure) -> Decimal:
    assert isinstance(figure.value, Amount)
    return figure.value.low


def test_cohorts_and_reassigned_seats(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    old = "2026-01-05"
    _acts(folder, *EVERY_DAY, ("bob", "2026-02-01"), ("bob", "2026-09-02"), ("fay", "2026-08-20"))
    _roster(folder, "2026-07-31", ("eve", "Premium", old), ("bob", "Premium", old), ("cyd", "Premium", old))
    _roster(
        folder,
        "2026-09-30",
        ("eve", "Premium", old),
        ("bob", "Premium", old),
        ("fay", "Premium", "2026-08-10"),
    )
    (told,) = _seating(folder).cohorts
    assert (told.found.reactivated, told.found.reassigned, told.found.began) == (1, 1, (10,))


def test_people_who_work_without_a_seat(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _acts(folder, *EVERY_DAY)
    _roster(folder, "2026-09-30", ("eve", "Premium", "2026-01-05"), ("cyd", "Unassigned", ""))
    used = [
        {"time": f"{d}T10:00:00Z", "vendor": "anthropic", "model": "claude-opus-4-8", "input_tokens": 1000,
         "billing": "metered", "person": "dan@x.example", "product": "claude-code"}
        for _, d in _daily("dan", date(2026, 8, 1), date(2026, 10, 1))
    ]  # fmt: skip
    folder.imported({"usage.csv": csv_of(*used)})
    found = _seating(folder).unseated
    assert [(u.who.person, u.who.days) for u in found] == [(folder.open().pseudonyms("dan@x.example"), 61)]


def test_how_many_people_are_active(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _roster(folder, "2026-09-30", ("eve", "Premium", "2026-01-05"), ("bob", "Premium", "2026-01-05"))
    _acts(folder, *EVERY_DAY, ("bob", "2026-09-20"), ("bob", "2026-09-21"))
    (row,) = seat_brief(_seating(folder)).actives
    assert row.daily is not None
    assert row.weekly is not None
    assert [f.value for f in row.monthly] == [1, 2]
    assert row.daily.value == Decimal(63) / 61
    assert recomputed(row.weekly) == row.weekly.value == Decimal(9) / 8


def test_light_and_heavy_use_are_told_where_they_are_priced(tmp_path: Path) -> None:
    """A flat seat at 100: metered 5 a month are light, 310 and 300 are heavy, and 150 are neither."""
    folder = _folder(tmp_path)
    folder.write({"contracts/a.yaml": contract(vendor="anthropic")})
    names = ("eve", "bob", "cyd")
    _roster(folder, "2026-09-30", *((n, "Premium", "2026-01-05") for n in names))
    _acts(folder, *(act for n in names for act in _daily(n, date(2026, 7, 1), date(2026, 10, 1))))
    days = [str(date(2026, 8, 1) + timedelta(days=n)) for n in range(61)]
    tokens = {"eve": 2_000_000, "bob": 1_000_000}
    used = [_included(name, day, count) for name, count in tokens.items() for day in days]
    used += [_included("cyd", day, 1_000_000) for day in ("2026-08-10", "2026-09-10")]
    folder.imported({"usage.csv": csv_of(*used)})
    place = folder.open()
    assert _labels(folder) == {"eve": "middle", "bob": "middle", "cyd": "middle"}
    people = {place.pseudonyms(f"{n}@x.example"): n for n in names}
    found = seating_of(place, WINDOW, costs=weighed(place, WINDOW))
    assert {people[s.told.facts.person]: str(s.told.label) for s in found.seats} == {
        "eve": "heavy",
        "bob": "middle",
        "cyd": "light",
    }


def _included(name: str, day: str, tokens: int) -> dict[str, object]:
    own = {"person": f"{name}@x.example", "product": "claude", "billing": "included"}
    return {
        "time": f"{day}T10:00:00Z",
        "vendor": "anthropic",
        "model": "claude-opus-4-8",
        "input_tokens": tokens,
        **own,
    }


PILOTS = [
    ({"population": 500, "invited": 81, "measured": 81, "active": 50}, PilotResult),
    ({"population": 500, "sample": "volunteers"}, Refusal),
]


@pytest.mark.parametrize(("said", "kind"), PILOTS)
def test_a_pilot_is_read_from_the_workspace(tmp_path: Path, said: dict[str, object], kind: type) -> None:
    folder = _folder(tmp_path)
    folder.write({"pilot.yaml": yaml.safe_dump(said)})
    assert isinstance(_seating(folder).pilot, kind)


@pytest.fixture
def team(tmp_path: Path) -> Folder:
    folder = _folder(tmp_path, {"eve": "ops", "bob": "ops", "cyd": "law", "dan": "law"})
    folder.write({"contracts/a.yaml": contract()})
    old = "2026-01-05"
    _roster(folder, "2026-09-30", *((n, "Premium", old) for n in ("eve", "bob", "cyd", "dan")))
    _acts(folder, *EVERY_DAY, ("bob", "2026-07-20"), ("dan", "2026-09-30"))
    return folder


def test_every_count_is_that_of_its_rows_and_parts_are_totals(team: Folder) -> None:
    place = team.open()
    found = seat_brief(seating_of(place, WINDOW))
    figures = found.figures()
    assert all(recomputed(f) == f.value for f in figures.values())
    leaves = [
        f
        for f in figures.values()
        if f.key.startswith(("seats.held", "seats.dormant", "seats.middle")) and f.rows
    ]
    assert leaves
    assert all(len(place.rows(f.rows, 50)) == f.value for f in leaves if f.rows)
    assert figures["seats.dormant?group=ops"].value == 1
    assert figures["seats.held"].value == sum(r.held.value for r in found.rows)  # type: ignore[misc]


def test_one_group_alone(team: Folder) -> None:
    found = seat_brief(_seating(team), "law")
    assert [(r.group, r.held.value) for r in found.rows] == [("law", 2)]
    assert not found.sizes
    assert {s.told.facts.group for s in found.seats} == {"law"}


def _run(folder: Folder, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["seats", "--workspace", str(folder.root), *words])
    assert done.exit_code == code, done.output
    return done.stdout


def test_the_verb_prints_labels_rules_and_pseudonyms(team: Folder) -> None:
    text = _run(team, "--people")
    assert "dormant" in text
    assert "reclaimed without asking from 90" in text
    assert "x.example" not in text
    assert len([line for line in text.splitlines() if line.startswith("p-")]) == 4


def test_the_verb_prints_json(team: Folder) -> None:
    told = json.loads(_run(team, "--json", "--people"))
    assert told["rules"]["dormant_days"] == 60
    assert Counter(p["label"] for p in told["people"]) == {"middle": 2, "dormant": 1, "never used": 1}
    assert told["figures"][told["total"]["labels"]["dormant"]]["value"] == "1"


def test_the_verb_opens_figures_and_refuses_what_it_does_not_know(team: Folder) -> None:
    assert "Seats dormant, ops: 1 seat" in _run(team, "--explain", "seats.dormant?group=ops")
    _run(team, "--explain", "seats.nothing", code=2)
    _run(team, "--group", "nobody", code=2)
    _run(team, "--as-of", "yesterday", code=2)


def test_an_earlier_day_is_judged_by_what_was_known_then(team: Folder) -> None:
    place = team.open()
    early = seating_of(place, WINDOW, date(2026, 9, 30))
    assert early.seats == ()
    late = seating_of(place, WINDOW, date(2026, 10, 1))
    assert Counter(s.told.stage for s in late.seats)[Stage.DORMANT] == 1
    assert Counter(s.told.label for s in late.seats)[Label.DORMANT] == 1
