"""Levers of workloads from a workspace's own files and imports."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from bothhalves.brief.coding_levers import CodingBrief, coding_brief
from bothhalves.brief.levers import WorkloadBrief, figures, lever_briefs
from bothhalves.core.explain import Figure, Grade, recomputed
from bothhalves.core.levers.mix import Lever
from bothhalves.core.money import Amount, to_cents
from bothhalves.report.levers import levers_record, levers_text
from bothhalves.workspace.coding_levers import coding_levers
from bothhalves.workspace.ledger import chosen_months
from bothhalves.workspace.levers import Levers, levers_of
from workspace_folder import Folder, Record, csv_of, used

SEPTEMBER = "2026-09"
HEADER = "workload,task_class,model,tasks,passes,input_tokens,output_tokens,cost,currency,judged_on,source\n"
JUDGED = HEADER + (
    "bot,extract,claude-opus-4-8,120,120,312000,31200,,,own,\n"
    "bot,extract,claude-haiku-4-5,120,118,240000,24000,,,own,\n"
    "bot,triage,claude-opus-4-8,120,120,312000,31200,,,own,\n"
    "bot,triage,claude-haiku-4-5,120,108,240000,24000,,,own,\n"
)
WORKLOADS = """\
workloads:
  - id: bot
    match: {keys: [key-1]}
    reference_model: claude-opus-4-8
    quality_floor: 93%
    can_wait: 40%
    engineering:
      - {lever: routing, hours: 1, rate: 10, live: 2026-10-01}
      - {lever: batch, hours: 100, rate: 100, live: 2026-10-01}
"""


def call(task_class: str = "extract", **more: object) -> Record:
    given = {"key": "key-1", "task_class": task_class, "requests": 1000, "until": "2026-09-11T00:00:00Z"}
    return used("2026-09-10T00:00:00Z", **{**given, **more})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write({"workloads.yaml": WORKLOADS, "evaluations/judged.csv": JUDGED})
    return made


def levers(folder: Folder) -> Levers:
    place = folder.open()
    return levers_of(place, chosen_months(place, SEPTEMBER, ""), Grade.B)


def brief(folder: Folder) -> WorkloadBrief:
    (found,) = lever_briefs(levers(folder))
    return found


def low(figure: Figure | None) -> Decimal:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    assert figure.value.is_point
    return figure.value.low


def test_a_judged_class_moves_and_the_others_stay(folder: Folder) -> None:
    """A million input tokens each: extract is 10/13 of that on haiku, at 1 dollar instead of 5."""
    folder.imported({"u.csv": csv_of(call("extract"), call("triage"), call("legal"))})
    found = brief(folder)
    assert low(found.lazy) == low(found.current) == 15
    moved = Fraction(10, 13) + 10
    assert abs(Fraction(low(found.efficient)) - moved * Fraction("0.8")) < Fraction("1E-6")
    assert [(a.task_class, a.chosen is not None) for a in found.found.assignments] == [
        ("extract", True), ("legal", False), ("triage", False),
    ]  # fmt: skip
    assert found.found.evidence[Lever.ROUTING].basis == "trialled"
    assert found.found.evidence[Lever.BATCH].basis == "estimated"
    assert found.found.evidence[Lever.CACHING].basis == ""


def test_only_what_is_left_of_today_s_cost_after_engineering_is_bankable(folder: Folder) -> None:
    folder.imported({"u.csv": csv_of(call("extract"), call("triage"))})
    found = brief(folder)
    built = found.found.built
    assert built[Lever.ROUTING].worth
    assert not built[Lever.BATCH].worth
    assert found.found.kept == {Lever.ROUTING, Lever.CACHING}
    for row in found.rows:
        assert (row.monthly is None) == (row.lever not in built)
        if row.monthly is not None:
            lost, months = row.monthly.operands
            assert isinstance(lost, Figure)
            assert isinstance(months, Figure)
            assert low(row.monthly) == built[row.lever].saving == low(lost) / Decimal(str(months.value))
    saved = low(found.current) - found.found.banked.amount.low
    assert low(found.engineering) == to_cents(Decimal(12) / 12)
    assert low(found.bankable) == saved - low(found.engineering)
    assert low(found.bankable) < low(found.saving)


def test_a_saving_made_already_is_not_cash(folder: Folder) -> None:
    cached = call("legal", tokens=0, cache_read_tokens=1_000_000)
    folder.imported({"u.csv": csv_of(cached)})
    found = brief(folder)
    assert low(found.saving) > 4
    assert low(found.gap) < low(found.saving) / 10
    assert low(found.bankable) <= low(found.gap)
    row = found.rows[1]
    assert low(row.credit) == 4
    assert low(row.cash) == 0


def test_every_figure_opens_and_comes_to_itself(folder: Folder) -> None:
    folder.imported({"u.csv": csv_of(call("extract"), call("triage", cache_read_tokens=500_000))})
    known = figures([brief(folder)])
    assert {f.key for f in known.values() if recomputed(f) != f.value} == set()
    for name in ("lazy", "current", "efficient", "gap", "saving", "engineering", "bankable"):
        assert f"levers.{name}?workload=bot" in known
    assert "levers.credit?lever=routing&workload=bot" in known


def test_credits_of_figures_add_up_to_what_is_saved(folder: Folder) -> None:
    folder.imported({"u.csv": csv_of(call("extract"), call("triage"), call("legal"))})
    found = brief(folder)
    tiny = Decimal("1E-20")
    assert abs(sum(low(r.credit) for r in found.rows) - low(found.saving)) < tiny
    assert abs(sum(low(r.cash) for r in found.rows) - low(found.gap)) < tiny


def test_the_current_cost_is_that_of_the_page(folder: Folder) -> None:
    rows = [call("extract", output_tokens=7), call("triage", model="claude-haiku-4-5", tier="batch")]
    folder.imported({"u.csv": csv_of(*rows)})
    assert low(brief(folder).current) == folder.amount("tokens.cost?workload=bot", SEPTEMBER).low


def test_a_price_that_changes_for_the_other_model_only_is_met_on_its_day(folder: Folder) -> None:
    """Small becomes dearer on the 15th: half of the month's work is priced on either side."""
    book = """\
book: own
vendor: acme
checked: 2026-09-01
source: order form
prices:
  - {model: big, from: 2026-01-01, price: {input_tokens: "10", output_tokens: "10"}}
  - {model: small, from: 2026-01-01, until: 2026-09-15, price: {input_tokens: "1", output_tokens: "1"}}
  - {model: small, from: 2026-09-15, price: {input_tokens: "3", output_tokens: "1"}}
"""
    judged = "bot,,big,100,100,1000,100,,,own,\nbot,,small,100,100,1000,100,,,own,\n"
    workloads = (
        "workloads:\n  - {id: bot, match: {keys: [key-1]}, reference_model: big, quality_floor: 90%}\n"
    )
    folder.write(
        {"books/own.yaml": book, "evaluations/judged.csv": HEADER + judged, "workloads.yaml": workloads}
    )
    rows = [used(f"2026-09-{day}T12:00:00Z", vendor="acme", model="big", key="key-1") for day in ("10", "20")]
    folder.imported({"u.csv": csv_of(*rows)})
    found = brief(folder)
    assert low(found.lazy) == 20
    assert low(found.efficient) == 4


def test_classes_without_rows_of_their_own_are_divided_as_stated(folder: Folder) -> None:
    classes = WORKLOADS + "    classes: [{id: extract, share: 50%}]\n"
    folder.write({"workloads.yaml": classes})
    folder.imported({"u.csv": csv_of(call(""))})
    found = brief(folder)
    assert {a.task_class for a in found.found.assignments} == {"extract", ""}
    assert low(found.lazy) == 5
    assert low(found.efficient) < low(found.current)


def test_requests_played_back_show_what_a_cache_would_serve(folder: Folder) -> None:
    """A request each minute with one prefix of 2,000 tokens: the first writes, the others read."""
    folder.write({"workloads.yaml": "workloads:\n  - {id: bot, match: {keys: [key-1]}}\n"})
    rows = [
        used(
            f"2026-09-10T10:{minute:02}:00Z",
            3000, key="key-1", requests=1, prefix="p", prefix_tokens=2000, id=f"r{minute}",
        )
        for minute in range(20)
    ]  # fmt: skip
    folder.imported({"u.csv": csv_of(*rows)})
    found = brief(folder)
    assert low(found.current) == Decimal("0.3")
    reads, writes = 19 * 2000 * Decimal("0.5"), 2000 * Decimal("6.25")
    assert low(found.efficient) == (reads + writes + 20 * 1000 * 5) / 1_000_000
    assert found.found.evidence[Lever.CACHING].basis == "back-tested"


def test_a_stated_prefix_without_hits_claims_nothing(folder: Folder) -> None:
    stated = "workloads:\n  - {id: bot, match: {keys: [key-1]}, prefix: {tokens: 5000}}\n"
    folder.write({"workloads.yaml": stated})
    folder.imported({"u.csv": csv_of(call("", tokens=6_000_000))})
    found = brief(folder)
    assert low(found.efficient) == low(found.current)
    assert not [note for note in found.found.notes if "counts no requests" in note]


def test_a_stated_prefix_of_uncounted_requests_says_why_it_claims_nothing(folder: Folder) -> None:
    stated = "workloads:\n  - {id: bot, match: {keys: [key-1]}, prefix: {tokens: 5000}}\n"
    folder.write({"workloads.yaml": stated})
    folder.imported({"u.csv": csv_of(call("", tokens=6_000_000, requests=""))})
    found = brief(folder)
    assert low(found.efficient) == low(found.current)
    note = "The stated prefix claims nothing for claude-opus-4-8: its usage counts no requests."
    assert note in found.found.notes
    paying = "A cache of five minutes pays from this share of reads on: 21.7 % on claude-opus-4-8."
    assert paying in found.found.notes


def test_a_head_that_changes_is_told_with_what_caching_it_would_cost(folder: Folder) -> None:
    """5,000 tokens in each of 1,000 requests, written at 6.25 dollars per million instead of sent at 5."""
    stated = "workloads:\n  - {id: bot, match: {keys: [key-1]}, prefix: {tokens: 5000, changes: true}}\n"
    folder.write({"workloads.yaml": stated})
    folder.imported({"u.csv": csv_of(call("", tokens=6_000_000))})
    found = brief(folder)
    assert found.header is not None
    assert low(found.header) == Decimal("6.25")
    assert all(recomputed(figure) == figure.value for figure in figures([found]).values() if figure.operands)
    text = levers_text(levers(folder), [found], coding(folder))
    assert "caching it would cost $6.25 more" in text


def test_a_head_that_changes_below_the_shortest_cached_one_costs_nothing(folder: Folder) -> None:
    stated = "workloads:\n  - {id: bot, match: {keys: [key-1]}, prefix: {tokens: 500, changes: true}}\n"
    folder.write({"workloads.yaml": stated})
    folder.imported({"u.csv": csv_of(call("", tokens=6_000_000))})
    assert brief(folder).header is None


def test_the_coding_tool_is_not_among_workloads(folder: Folder) -> None:
    folder.imported({"u.csv": csv_of(call("extract"), call("", product="claude-code", key="key-2"))})
    assert [w.workload for w in levers(folder).workloads] == ["bot"]


def sessions(people: int, group: str = "engineering") -> Iterable[Record]:
    """Each person: four sessions of two calls, the last of which reads ten times as much."""
    for n in range(people):
        for session in range(4):
            for number in range(2):
                yield used(
                    f"2026-09-{10 + session}T10:0{number}:00Z",
                    1_000_000 if session == 3 else 100_000,
                    product="claude-code", person=f"email:p{n}@example.com", session=f"s{n}-{session}",
                    id=f"{n}-{session}-{number}", requests=1,
                )  # fmt: skip


def coding(folder: Folder) -> CodingBrief:
    place = folder.open()
    return coding_brief(coding_levers(place, chosen_months(place, SEPTEMBER, ""), Grade.B), "USD")


def team(folder: Folder, people: int) -> None:
    folder.company(groups=[{"id": "engineering"}])
    names = "".join(f"  - {{names: [p{n}@example.com], group: engineering}}\n" for n in range(people))
    folder.write({"people.yaml": f"people:\n{names}"})


def test_context_per_session_is_a_scenario_of_the_coding_tool(folder: Folder) -> None:
    team(folder, 6)
    folder.imported({"u.csv": csv_of(*sessions(6))})
    found = coding(folder)
    rows = {str(r.what_if.lever): r for r in found.rows}
    assert set(rows) == {"access", "context", "sessions beyond need"}
    assert low(rows["context"].saves) == 6 * 2 * Decimal("0.9") * 5
    assert rows["context"].what_if.people == 6
    assert rows["context"].what_if.grade is Grade.C
    assert {f.key for f in found.figures().values() if recomputed(f) != f.value} == set()


def test_scenarios_of_a_few_people_are_not_told(folder: Folder) -> None:
    team(folder, 4)
    folder.imported({"u.csv": csv_of(*sessions(4))})
    found = coding(folder)
    told = {str(r.what_if.lever): r for r in found.rows}
    assert told["context"].saves is None
    assert told["context"].what_if.people is None
    assert "concerns fewer than 5 people" in levers_text(levers(folder), [], found)


@pytest.mark.parametrize(("people", "told"), [(5, True), (4, False)])
def test_outcomes_are_told_of_groups_that_are_large_enough(folder: Folder, people: int, told: bool) -> None:
    team(folder, people)
    folder.write({"outcomes.csv": "group,month,outcome,count\nengineering,2026-09,merged change,13\n"})
    folder.imported({"u.csv": csv_of(*sessions(people))})
    (row,) = coding(folder).outcomes
    if told:
        assert (
            low(row.each)
            == low(
                coding(folder).figures()[
                    "coding.cost?group=engineering&month=2026-09&outcome=merged%20change"
                ]
            )
            / 13
        )
    else:
        assert row.each is None
        assert row.outcome.reason == "fewer than 5 people"


def test_no_person_appears_in_anything_that_is_shown(folder: Folder) -> None:
    team(folder, 6)
    folder.write({"outcomes.csv": "group,month,outcome,count\nengineering,2026-09,merged change,12\n"})
    folder.imported({"u.csv": csv_of(call("extract"), *sessions(6))})
    found = levers(folder)
    record = levers_record(found, lever_briefs(found), coding(folder))
    pseudonyms = folder.open().pseudonyms.groups
    assert len(pseudonyms) == 6
    assert [p for p in pseudonyms if p in record] == []
    assert "example.com" not in record
    assert json.loads(record)["workloads"][0]["claim"]["verdict"]


def test_the_text_says_what_is_cash_and_what_the_claim_is_worth(folder: Folder) -> None:
    folder.imported({"u.csv": csv_of(call("extract"), call("triage"))})
    found = levers(folder)
    text = levers_text(found, lever_briefs(found), coding(folder))
    assert "Only the bankable part is cash" in text
    assert "40 to 70 % is supported for this mix" in text
    assert "batch: not worth building" in text
    assert "claude-haiku-4-5 108/120 (at least 83.33 %), below the floor" in text
