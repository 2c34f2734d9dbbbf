"""Seats whose plan takes so many people are closed to more, counted for all together; eight are held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_planning import ROSTER, USE, WINDOW, filled, only, planned

from bothhalves.brief.plans import sheets
from bothhalves.core.gates import Refused
from bothhalves.report.plan import plan_record, plan_text
from bothhalves.report.terminal import page_text
from bothhalves.workspace.planning.people import Choices
from workspace_folder import Folder, members

#: A workload of 300 dollars a month, which people on seats of 100 could do.
WORKLOADS = {"workloads": [{"id": "lookup", "match": {"keys": ["app"]}}]}
SEAT = {"type": "premium", "product": "chat", "committed": 10, "fee": "100", "labels": ["Premium"]}
FEW = {"type": "standard", "product": "chat", "committed": 0, "fee": "90", "labels": ["Standard"]}


def book(most: int, ids: tuple[str, ...] = ("team-premium", "team-standard")) -> str:
    """Plans of the workspace that take at most so many people together."""
    common = {"product": "chat", "route": "team-seats", "shape": "flat", "from": "2025-01-01"}
    plans = [
        {"id": i, "name": i, **common, "max_seats": most, "source": "https://vendor.example/team",
         "fees": [{"billed": "monthly", "fee": "100"}]}
        for i in ids
    ]  # fmt: skip
    return yaml.safe_dump({"book": "own", "vendor": "anthropic", "checked": "2026-10-01", "plans": plans})


def company(place: Path, people: int, seats: list[dict[str, Any]], files: dict[str, str]) -> Folder:
    """The company of eight holders, where so many people could do the workload's work on a premium seat."""
    to_seats = [{"workload": "lookup", "seat": "premium", "people": people}]
    folder = filled(place, {"to_seats": to_seats}, seats=seats)
    folder.write({"workloads.yaml": yaml.safe_dump(WORKLOADS), **files})
    return folder


@pytest.mark.parametrize(("most", "goes"), [(10, True), (9, False)])
def test_a_contract_that_takes_so_many_people_is_closed_to_more(
    tmp_path: Path, most: int, goes: bool
) -> None:
    seats = [{**SEAT, "committed": 8, "maximum": most}]
    folder = company(tmp_path, 2, seats, {})
    found = planned(folder)
    plan = only(found)
    assert (plan.chosen.workloads["lookup"] == "to-seats") == goes
    said = (
        "Closed to others by plan limits: premium takes at most 9 people, says contract anthropic-2026; "
        "no seats are left for lookup."
    )
    assert plan.full == (() if goes else (said,))
    record = json.loads(plan_record(found, sheets(found)))
    assert record["contracts"][0]["full"] == list(plan.full)
    told = plan_text(found, sheets(found))
    assert (said in told) != goes


def test_seat_types_of_one_plan_family_share_its_limit_and_name_it(tmp_path: Path) -> None:
    """Eight hold a premium seat, and the two plans take nine people together."""
    seats = [{**SEAT, "plan": "team-premium"}, {**FEW, "plan": "team-standard"}]
    folder = company(tmp_path, 2, seats, {"plans/own.yaml": book(9)})
    plan = only(planned(folder))
    assert plan.chosen.workloads["lookup"] == "today"
    (said,) = plan.full
    assert said == (
        "Closed to others by plan limits: premium and standard together take at most 9 people, says plan "
        "team-premium (https://vendor.example/team); no seats are left for lookup."
    )
    page = folder.page(f"{WINDOW[0]}/{WINDOW[1]}")
    assert page.line.paths is not None
    assert page.line.paths.note == said
    assert "says plan team-premium" in " ".join(page_text(page).split())
    folder.write({"plans/own.yaml": book(10)})
    plan = only(planned(folder))
    assert (plan.chosen.workloads["lookup"], plan.full) == ("to-seats", ())


def test_whoever_holds_a_seat_beyond_the_limit_keeps_it(tmp_path: Path) -> None:
    seats = [{**SEAT, "committed": 5, "maximum": 6}]
    plan = only(planned(company(tmp_path, 1, seats, {})))
    assert plan.chosen.workloads["lookup"] == "today"
    assert sum(path.endswith("/premium") for path in plan.chosen.people.values()) == len(USE)
    assert "premium takes at most 6 people" in plan.full[0]


def test_where_one_place_is_left_one_of_several_takes_it(tmp_path: Path) -> None:
    """Two hold a standard seat; of two light holders of a premium one who would be cheaper there one goes."""
    seats = [{**SEAT, "committed": 6}, {**FEW, "committed": 2, "fee": "20", "maximum": 3}]
    folder = company(tmp_path, 1, seats, {"planning.yaml": "{}"})
    light = {"ed": "Standard", "hal": "Standard"}
    folder.imported({ROSTER: members(*((f"{p}@x.com", "Active", light.get(p, "Premium")) for p in USE))})
    found = planned(folder)
    plan = only(found)
    ends = [path.rpartition("/")[2] for path in plan.chosen.people.values()]
    assert ends.count("standard") == 3
    (kept,) = (p for p in plan.situation.people if any("at most 3" in r.reason for r in told(p)))
    assert kept.eligible == ("anthropic-2026/premium",)
    assert "standard is closed to fewer than 5 people (plan limits: standard takes at most 3 people" in (
        plan_text(found, sheets(found))
    )


def told(person: Choices) -> list[Refused]:
    return [one for found in person.refused.values() for one in found]
