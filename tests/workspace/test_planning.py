"""Plans of a small company: of ten seats at 100 eight are held; three people use much, four little."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.brief.drawing import path_table
from bothhalves.brief.plans import PlanSheet, sheets
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.explain import Grade, recomputed
from bothhalves.core.money import Amount, to_cents
from bothhalves.core.moves import Component
from bothhalves.report.plan import diff_text, plan_record, plan_text
from bothhalves.workspace.planning.few import OTHERS
from bothhalves.workspace.planning.making import planned_of
from bothhalves.workspace.planning.people_moves import seat_moves
from bothhalves.workspace.planning.planned import ContractPlan, Planned
from bothhalves.workspace.planning.saved import keep
from workspace_folder import Folder, contract, cost_report, csv_of, members, used

WINDOW = (Month(2026, 9), Month(2026, 10))
DAYS = [f"2026-{m:02}-{d:02}" for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
#: Monthly use at list price: 5 dollars for each million tokens.
USE = {"ada": 300, "bo": 310, "cy": 290, "di": 5, "ed": 10, "flo": 5, "gil": 0, "hal": 10}
ROSTER = "members-5d1c0de0-6a7b-4c8d-9e0f-2214aa620620-2026-09-01.csv"
TOOL = {
    "id": "gateway", "vendor": "anthropic", "per_person": "2", "hours": "5", "rate": "100",
    "live": "2026-12-01", "basis": "trialled",
}  # fmt: skip


def filled(place: Path, planning: Mapping[str, Any] | None = None, **terms: Any) -> Folder:
    """The company with two months of calls of 10 dollars a day, billed as computed."""
    folder = Folder(place)
    folder.write({"contracts/a.yaml": contract(**terms)})
    if planning is not None:
        folder.write({"planning.yaml": yaml.safe_dump(dict(planning))})
    calls = [used(f"{day}T10:00:00Z", 2_000_000, key="app") for day in DAYS]
    seats = [
        used(
            f"2026-{m:02}-15T12:00:00Z",
            use * 200_000,
            product="chat",
            billing="included",
            person=f"{p}@x.com",
        )
        for m in (9, 10)
        for p, use in USE.items()
        if use
    ]
    rows = members(*((f"{p}@x.com", "Active", "Premium") for p in USE))
    folder.imported({ROSTER: rows, "usage.csv": csv_of(*calls, *seats)})
    billed = [{"month": "2026-09", "amount": "30000"}, {"month": "2026-10", "amount": "31000"}]
    folder.imported({"cost.json": cost_report(*billed)})
    return folder


def planned(folder: Folder) -> Planned:
    return planned_of(folder.open(), WINDOW)


def only(found: Planned) -> ContractPlan:
    assert found.measure is None
    return found.plans[0]


def saved(plan: ContractPlan) -> dict[str, Decimal]:
    return {task.move: task.renewal.low for task in plan.tasks}


def sheet(found: Planned) -> PlanSheet:
    return sheets(found)[0]


def test_seats_that_nobody_holds_are_given_back_at_renewal(tmp_path: Path) -> None:
    plan = only(planned(filled(tmp_path)))
    assert saved(plan)["seats:unassigned"] == 2 * 100 * 12
    task = plan.tasks[0]
    assert (task.owner, str(task.counts_from)) == ("Procurement", "2027-01-01")
    assert task.term is not None
    assert task.term.low == 0  # what is committed until the end of the term saves nothing before it


def test_light_people_move_to_a_tool_that_pays(tmp_path: Path) -> None:
    plan = only(planned(filled(tmp_path, {"tools": [TOOL]})))
    found = saved(plan)
    moved = [m for m in found if m.endswith(":gateway")]
    people = sum(t.people for t in plan.tasks if t.move in moved and t.component is Component.MOVED)
    assert people == 4  # of gil nothing is visible, which is not the same as no use
    use = sum(u for u in USE.values() if u < 50)
    assert sum(found[m] for m in moved if m.startswith("people:")) == (4 * 100 - use) * 12
    build, upkeep, kept = 500, 500 * Decimal("0.2"), 4 * 2 * 12
    assert to_cents(found["tool:gateway"]) == -(build + upkeep + kept)


def test_a_tool_that_is_not_live_in_time_moves_nobody(tmp_path: Path) -> None:
    plan = only(planned(filled(tmp_path, {"tools": [{**TOOL, "live": "2027-02-01"}]})))
    assert "tool:gateway" not in saved(plan)
    assert plan.left_out == ("gateway is not live by 2027-01-01, so nobody moves to it.",)


def test_a_tool_that_does_not_repay_its_building_is_not_built(tmp_path: Path) -> None:
    plan = only(planned(filled(tmp_path, {"tools": [{**TOOL, "hours": "100"}]})))
    assert "tool:gateway" not in saved(plan)
    assert set(saved(plan)) == {"seats:unassigned"}


def test_a_tool_says_how_many_people_carry_it(tmp_path: Path) -> None:
    """Four people save 370 a month less 2 each, 90.50 a person; 2,000 and its upkeep are 2,400 a year."""
    plan = only(planned(filled(tmp_path, {"tools": [{**TOOL, "hours": "20"}]})))
    (task,) = (t for t in plan.tasks if t.move == "tool:gateway")
    assert task.flips == "fewer than 3 people who move to it"


@pytest.mark.parametrize(("basis", "grade"), [("trialled", "B"), ("estimated", "C"), ("assumed", "D")])
def test_a_move_to_a_tool_is_as_sure_as_what_is_stated_of_it(tmp_path: Path, basis: str, grade: str) -> None:
    plan = only(planned(filled(tmp_path, {"tools": [{**TOOL, "basis": basis}]})))
    told = {t.move: t.evidence for t in plan.tasks}
    assert told.pop("seats:unassigned") is Grade.B
    assert set(told.values()) == {Grade(grade)}


def test_below_the_minimum_of_seats_nobody_moves(tmp_path: Path) -> None:
    seats = [
        {
            "type": "premium",
            "product": "claude",
            "committed": 10,
            "fee": "100",
            "labels": ["Premium"],
            "minimum": 8,
        }
    ]
    plan = only(planned(filled(tmp_path, {"tools": [TOOL]}, seats=seats)))
    assert set(saved(plan)) == {"seats:unassigned"}


def with_breaks(kind: str, fee: str = "5") -> list[dict[str, Any]]:
    """Ten seats at 100; of eight, four or all cost the lower fee from the fifth on."""
    seats = {"type": "premium", "product": "claude", "committed": 10, "fee": "100", "labels": ["Premium"]}
    return [{**seats, "breaks": [{"from": 5, "fee": fee}], "breaks_are": kind} if kind else seats]


@pytest.mark.parametrize(("kind", "less"), [("incremental", 4 * 95), ("all-units", 8 * 95)])
def test_breaks_of_seats_count_where_a_plan_is_chosen(tmp_path: Path, kind: str, less: int) -> None:
    """The choice costs so much less; and nobody leaves a seat that costs less than a tool and some use."""
    without = only(planned(filled(tmp_path / "without", seats=with_breaks(""))))
    plan = only(planned(filled(tmp_path / "with", seats=with_breaks(kind))))
    assert plan.chosen.status == "optimal"
    assert without.chosen.total - plan.chosen.total == less * 12 * 1_000_000
    tool = only(planned(filled(tmp_path / "tool", {"tools": [TOOL]}, seats=with_breaks(kind))))
    assert set(saved(tool)) == {"seats:unassigned"}


@pytest.mark.parametrize("kind", ["incremental", "all-units"])
def test_of_a_fee_that_rises_with_seats_nothing_is_proved(tmp_path: Path, kind: str) -> None:
    plan = only(planned(filled(tmp_path, {"tools": [TOOL]}, seats=with_breaks(kind, "120"))))
    assert (plan.chosen.status, plan.chosen.gap) == ("not proved", 1)
    assert "tool:gateway" in saved(plan)


def test_below_a_minimum_of_all_types_together_nobody_moves(tmp_path: Path) -> None:
    plan = only(planned(filled(tmp_path, {"tools": [TOOL]}, minimum_seats=8)))
    assert set(saved(plan)) == {"seats:unassigned"}
    assert plan.chosen.status == "optimal"
    plan = only(planned(filled(tmp_path / "lower", {"tools": [TOOL]}, minimum_seats=4)))
    assert plan.chosen.status == "optimal"
    assert "tool:gateway" in saved(plan)


def test_every_figure_of_a_plan_recomputes_and_components_add_up(tmp_path: Path) -> None:
    found = sheet(planned(filled(tmp_path, {"tools": [TOOL]})))
    for figure in found.figures().values():
        assert recomputed(figure) == figure.value
    for view in (found.renewal, found.term):
        assert view is not None
        before, after, saves = view.before.value, view.after.value, view.saves.value
        assert isinstance(before, Amount)
        assert isinstance(after, Amount)
        assert saves == before - after
        assert sum(f.value.low for f in view.components) == saves.low  # type: ignore[union-attr]


def test_a_plan_is_never_dearer_than_doing_nothing(tmp_path: Path) -> None:
    view = sheet(planned(filled(tmp_path, {"tools": [TOOL]}))).renewal
    assert view.after.value.low <= view.before.value.low  # type: ignore[union-attr]


def test_under_two_full_months_there_is_a_plan_to_measure(tmp_path: Path) -> None:
    found = planned_of(filled(tmp_path).open(), WINDOW[1:])
    assert found.plans == ()
    assert found.measure is not None
    text = plan_text(found, sheets(found))
    assert "Nothing is recommended from 2026-10 to 2026-10: measure first." in text
    assert "A recommendation takes 2 full months of data; there is one." in text


def test_what_is_missing_is_to_be_exported_first(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write({"contracts/a.yaml": contract()})
    folder.imported({"usage.csv": csv_of(used("2026-10-15T12:00:00Z"))})
    found = planned_of(folder.open(), WINDOW[1:])
    text = plan_text(found, sheets(found))
    for what in ("roster", "activity", "invoice"):
        assert f"[ ] anthropic {what}:" in text
    assert "[ ] anthropic usage:" not in text


def test_what_does_not_reconcile_is_not_planned_on(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    folder.imported({"later.json": cost_report({"month": "2026-09", "amount": "40000"})})
    found = planned(folder)
    assert found.plans == ()
    assert found.measure is not None
    assert any("differ by 25.0 %" in reason for reason in found.measure.reasons)


def test_moves_of_few_people_are_told_as_one(tmp_path: Path) -> None:
    """Four light people move, and eight are needed for a name of their own; by default five are."""
    folder = filled(tmp_path, {"tools": [TOOL]})
    found = planned(folder)
    shown = sheet(found)
    (row,) = (r for r in shown.rows if r.task.people == 4)
    assert (row.task.move, row.title) == (OTHERS, "Move or release people, each as planned")
    (alone,) = (r for r in shown.single if r.task.people == 4)
    assert row.renewal is not None
    assert alone.renewal is not None
    assert row.renewal.value == alone.renewal.value
    assert not [k for k in shown.figures() if "light" in k]
    assert "light" not in plan_text(found, [shown]).split("a month on each path")[0]
    folder.company(smallest_group=4)
    assert [r.task.move for r in sheet(planned(folder)).rows if r.task.people == 4] == [alone.task.move]


def test_few_heavy_or_undecided_people_are_not_counted_out(tmp_path: Path) -> None:
    found = planned(filled(tmp_path, {"tools": [TOOL]}))
    text = plan_text(found, sheets(found))
    assert "gateway is closed to fewer than 5 people" in text or "Closed paths" not in text
    assert "Fewer than 5 people are heavy users of flat seats; they are not shown." in text
    assert "3 people on premium" not in text


def test_runs_are_kept_once_and_compared(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    first = keep(folder.root, planned(folder))
    assert first.since is None
    assert diff_text(first) == "There is no earlier run to compare with; this one is kept."
    keep(folder.root, planned(folder))
    assert [p.name for p in (folder.root / "state" / "plans").iterdir()] == ["0001.json"]
    folder.write({"planning.yaml": yaml.safe_dump({"tools": [TOOL]})})
    now = keep(folder.root, planned(folder))
    assert now.since is not None
    assert {c.move for c in now.changes} == {"tool:gateway", OTHERS}
    assert "+ anthropic-2026 people:others: " in diff_text(now)


def test_a_damaged_record_of_a_run_is_passed_over(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    place = folder.root / "state" / "plans"
    place.mkdir(parents=True)
    (place / "0001.json").write_text('{"tasks": [{"low": "NaN"}]}')
    assert keep(folder.root, planned(folder)).since is None


@pytest.mark.parametrize("diff", [False, True])
def test_the_record_names_every_task_and_its_figures(tmp_path: Path, diff: bool) -> None:
    folder = filled(tmp_path, {"tools": [TOOL]})
    found = planned(folder)
    compared = keep(folder.root, found) if diff else None
    record = json.loads(plan_record(found, sheets(found), compared))
    tasks = record["contracts"][0]["tasks"]
    assert {t["move"] for t in tasks} == {"seats:unassigned", OTHERS, "tool:gateway"}
    assert all(t["renewal"]["figure"] in record["figures"] for t in tasks)
    assert ("changes" in record) == diff


def at_rates(place: Path) -> Folder:
    """The same company on seats at 20 whose usage is billed at token rates."""
    premium = {"type": "premium", "product": "chat", "committed": 10, "fee": "20", "labels": ["Premium"]}
    usage = [{"seats": ["premium"], "discount": "0%"}]
    return filled(place, {"tools": [{**TOOL, "share": "50%"}]}, seats=[premium], seat_usage=usage)


def test_use_at_token_rates_goes_with_the_seat(tmp_path: Path) -> None:
    found = planned(at_rates(tmp_path))
    moved = {t.move: t for t in only(found).tasks if t.move.endswith(":gateway")}
    people = {m: t for m, t in moved.items() if m.startswith("people:")}
    assert sum(t.people for t in people.values()) == 7
    use = sum(USE.values())
    assert sum(t.renewal.low for t in people.values()) == (7 * 20 + use * Decimal("0.5")) * 12


def test_a_plan_tells_every_path_lazily_as_used_and_efficiently(tmp_path: Path) -> None:
    folder = filled(tmp_path, {"tools": [{**TOOL, "share": "50%"}], "reference_model": "claude-opus-4-8"})
    found = planned(folder)
    made = sheets(found)
    record = json.loads(plan_record(found, made))
    (everybody, *others) = record["paths"]
    assert everybody["name"] in ("Other people", "All people")  # eight people, in groups of fewer than five
    assert [o["name"] for o in others] == ["app"]
    costs = {c["path"]: c for c in everybody["costs"]}
    assert set(costs) == {"premium", "gateway", "coding-tool", "metered", "nothing"}
    figures = path_table(found, made).figures()
    for cost in (c for row in record["paths"] for c in row["costs"]):
        keys = [cost[b] for b in ("lazy", "current", "efficient") if cost[b]]
        assert all(
            key in record["figures"] and recomputed(figures[key]) == figures[key].value for key in keys
        )
    text = plan_text(found, made)
    assert "Lazy: on the reference model" in text
    assert [line.split()[:4] for line in text.splitlines() if "lazy  " in line and "current" in line]


def test_the_page_shows_nobody_alone_and_opens_lazy_costs(tmp_path: Path) -> None:
    page = filled(tmp_path, {"tools": [TOOL]}).page("2026-09/2026-10")
    assert page.line.paths is not None
    (row,) = page.line.paths.people
    assert (row.name, row.note) == ("All people", "8 people")
    assert row.lazy is not None
    assert page.figures()[row.lazy.key] is row.lazy
    assert row.saves is not None
    assert recomputed(row.saves) == row.saves.value
    assert not [k for k in page.figures() if k.startswith("paths.") and "light" in k]


def test_credits_of_people_who_change_seats_go_with_them(tmp_path: Path) -> None:
    plan = only(planned(filled(tmp_path, {"tools": [TOOL]})))
    cheap = SeatTerm("standard", "claude", 5, Decimal(20))
    terms = replace(plan.situation.contract, seats=(*plan.situation.contract.seats, cheap))
    group = plan.groups[0]
    people = {p.person for p in group.people}
    for to, seat in (("standard", "standard"), ("nothing", "")):
        (moved,) = seat_moves(terms, [replace(group, to=to)], ([], []))
        assert moved.low.reseats == moved.high.reseats == dict.fromkeys(people, seat)
