"""Scenarios of a small company: eight of ten seats at 100 are held, four people use little, and the API takes
ten dollars a day. The contract ends with 2026, and an offer takes its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from test_planning import TOOL, filled

from bothhalves.brief.building import built
from bothhalves.brief.changes import parsed
from bothhalves.brief.scenario_compare import compared, diffed, figure_of
from bothhalves.brief.scenario_record import Comparison, Diff
from bothhalves.brief.scenarios import Study, study_of
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Figure, recomputed
from bothhalves.core.money import Amount, MoneyKind, to_cents
from bothhalves.report.line import headline_text
from bothhalves.report.scenarios import compared_text, diffed_text
from bothhalves.workspace.scenario_inputs import LIMITS, Inputs, stated
from bothhalves.workspace.scenarios import Prints, Saved, chosen, save
from workspace_folder import Folder, contract

BANDS = [{"from": 3000, "discount": "10%"}, {"from": 6000, "discount": "20%"}]
TERMS = {"amount": 3000, "per": "year", "bands": BANDS, "overage": "list", "unused": "forfeited"}
SEAT = {"type": "premium", "product": "claude", "committed": 2, "fee": "90", "labels": ["Premium"]}
TERM = {"start": "2027-01-01", "months": 12}
GIVEN: dict[str, Inputs] = {
    "base": Inputs(),
    "grow": stated({"growth": "40"}),
    "cheap": stated({"growth": "40", "fee": "20"}),
    "steps": stated({"rate": "10%"}, ["2027-05=50%"]),
    "api-alone": stated({"offer": "api-only"}),
    "nothing": stated({"levers": "50", "tool": "2", "hold": "20"}),
    "doubled": stated({}, changes=["2026-11-01 x2"]),
    "team": stated({}, changes=["2027-01-01 premium +3 people", "2027-01-01 nobody x2"]),
    "signed-none": stated({"growth": "40", "rule": "none"}),
    "too-sure": stated({"growth": "40", "rule": "expected cost"}),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    found = filled(tmp_path_factory.mktemp("scenarios"), {"tools": [TOOL], "hold": "20%"})
    found.write(
        {
            "offers/both.yaml": contract(id="both", term=TERM, seats=[SEAT], commitment=TERMS),
            "offers/api.yaml": contract(id="api-only", term=TERM, seats=[], commitment=TERMS),
            "deal.yaml": "standalone: {api: api-only}\n",
        }
    )
    for name, inputs in GIVEN.items():
        if name != "base":
            save(found.root, name, Saved(inputs))
    return found


@pytest.fixture(scope="module")
def study(folder: Folder) -> Study:
    return study_of(folder.open())


def side_by_side(study: Study, *names: str) -> Comparison:
    return compared(study, {name: Saved(GIVEN[name]) for name in names}, Prints())


def apart(study: Study, first: str, second: str) -> Diff:
    return diffed(study, (first, second), (Saved(GIVEN[first]), Saved(GIVEN[second])))


def number(figure: Figure | None) -> Decimal:
    assert figure is not None
    if not isinstance(figure.value, Amount):
        return figure.value
    assert figure.value.is_point
    return figure.value.low


def values(study: Study, row: str, *names: str) -> list[Decimal]:
    found = next(r for r in side_by_side(study, *names).rows if r.id == row)
    return [number(figure) for figure in found.figures]


def test_tokens_grow_and_list_prices_fall(study: Study) -> None:
    """Ten dollars a day; at half price on 184 of the 365 days, those from May to October."""
    names = ("base", "grow", "steps")
    assert values(study, "tokens/anthropic/current", *names) == [
        3650,
        5110,
        181 * 10 + 184 * 5,
    ]


def test_a_planned_change_reaches_everything_ahead_once(study: Study) -> None:
    """Also what people use who leave their seats for the meter, and the years that it is paid in."""
    for baseline in ("current", "efficient"):
        as_is, doubled = values(study, f"tokens/anthropic/{baseline}", "base", "doubled")
        assert to_cents(doubled) == to_cents(2 * as_is)
    as_is, more = values(study, "years/anthropic/as-is/seats", "base", "team")
    assert more == as_is + 3 * 100 * 10
    rows = {row.id: row.unaffected for row in side_by_side(study, "base", "doubled").rows}
    assert rows["seats/anthropic-2026/premium"] == ("changes",)
    assert rows["years/anthropic/as-quoted/total"] == ()
    assert side_by_side(study, "base", "team").told[1].said == (
        "2027-01-01 nobody x2: nothing is called nobody, so it changes nothing.",
    )


@pytest.mark.parametrize(("name", "leaving"), [("base", 4), ("grow", 4), ("cheap", 0), ("too-sure", 4)])
def test_nobody_leaves_for_a_tool_before_it_is_live(study: Study, name: str, leaving: int) -> None:
    """The gateway is live from December on; where seats cost 20, nobody goes there at all."""
    inputs = GIVEN[name]
    found = study._outlooks("anthropic", inputs, study._scenes(inputs))
    now, after = (
        next(s for s in found[b].scenarios if s.name == "base")
        for b in (Baseline.CURRENT, Baseline.EFFICIENT)
    )
    assert [*after.seats["premium"][:3]] == [8, 8 - leaving, 8 - leaving]
    more = [then - today for then, today in zip(after.api, now.api, strict=True)]
    assert more[0] == 0
    assert all(used > 0 for used in more[1:]) is bool(leaving)


def test_what_is_planned_anyway_stands_beside_what_is_stated(tmp_path: Path) -> None:
    folder = filled(tmp_path, {"tools": [TOOL], "hold": "20%"})
    folder.write(
        {
            "forecast.yaml": "changes: [{from: 2027-04-01, factor: 1.3, reason: depot}]\n"
            "price_steps: [{from: 2027-10-01, factor: 0.9, reason: announced}]\n"
        }
    )
    inputs = stated({}, ["2028-01=80%"], ["2027-09-01 x1.5"])
    told = study_of(folder.open()).told("both", inputs)
    assert told.planned["changes"] == "2027-04-01 x1.3"
    assert told.word("changes") == "2027-04-01 x1.3; 2027-09-01 x1.5"
    assert told.planned["price_steps"] == "2027-10=90 %"
    assert told.word("price_steps") == "2027-10=90 %, 2028-01=80 %"


def test_a_rule_chooses_as_far_as_evidence_allows(study: Study) -> None:
    """Two months allow minimax regret: less may be asked of the evidence, and more may not."""
    names = ("grow", "signed-none", "too-sure")
    advised = values(study, "commit/anthropic/amount", *names)
    assert advised[0] >= 3000
    assert advised[1:] == [0, advised[0]]
    found = side_by_side(study, *names)
    assert found.told[0].said == ()
    assert (
        found.told[1]
        .said[0]
        .startswith("rule: both by no commitment, as stated; the evidence allows minimax regret: grade B")
    )
    assert (
        found.told[2]
        .said[0]
        .startswith(
            "rule: both by minimax regret, expected cost is stated, which the evidence does not allow: grade"
        )
    )
    assert next(row for row in apart(study, "grow", "signed-none").rows).parts.keys() == {"rule"}


def test_a_fee_moves_people_and_is_paid_from_the_renewal_on(study: Study) -> None:
    """Ten seats at 100 for the two months that are left, then those who stay: four at 100, or all at 20."""
    assert values(study, "seats/anthropic-2026/premium", "base", "grow", "cheap") == [4, 4, 8]
    assert values(study, "years/anthropic/as-is/seats", "base", "cheap") == [2000 + 4000, 2000 + 8 * 20 * 10]
    assert values(study, "years/anthropic/as-quoted/seats", "base", "cheap") == [5600, 2000 + 8 * 90 * 10]


def test_growth_changes_the_band_that_is_advised(study: Study) -> None:
    advised = values(study, "commit/anthropic/amount", "base", "grow")
    assert advised[0] == 0
    assert advised[1] >= 3000
    paid, beyond, unused = (
        values(study, f"commit/anthropic/{p}", "grow")[0] for p in ("cost", "overage", "forfeited")
    )
    assert to_cents(paid) == to_cents(advised[1] + beyond)
    assert unused == 0


def test_an_offer_for_one_half_leaves_the_other_as_it_is(study: Study) -> None:
    as_is = values(study, "years/anthropic/as-is/seats", "base")
    assert values(study, "years/anthropic/as-quoted/seats", "api-alone") == as_is


def test_people_go_where_the_one_page_has_them_at_the_same_inputs(study: Study, folder: Folder) -> None:
    page = built(folder.open())
    for name in ("base", "grow", "cheap"):
        numbers = {n: GIVEN[name].number(n) for n in LIMITS}
        words = {n: str(v) for n, v in numbers.items() if v is not None}
        line = page.at(parsed(words)).line
        assert line.histogram is not None
        moved = {z.words: z.figure.value for z in line.histogram.zones}.get("to the API", 0)
        assert values(study, "seats/anthropic-2026/premium", name) == [8 - Decimal(str(moved))]


def test_the_deal_at_changed_inputs_is_that_of_the_scenario(study: Study, folder: Folder) -> None:
    page = built(folder.open())
    changed = page.at(parsed({"growth": "40", "fee": "20"}))
    row = next(r for r in side_by_side(study, "base", "cheap").rows if r.id.endswith("/as-quoted/total"))
    for told, one in zip(row.figures, (page.page, changed), strict=True):
        assert told is not None
        key = told.key.removeprefix("scenario.").replace("&of=base", "").replace("&of=cheap", "")
        assert number(one.figure(key.replace("?of=base&", "?").replace("?of=cheap&", "?"))) == number(told)


def test_the_need_with_nothing_built_is_at_the_same_inputs(folder: Folder) -> None:
    """Five people whom the meter would serve stay on seats; ten dollars of usage a day grow to fourteen."""
    page = built(folder.open())
    assert page.ahead is not None
    as_is, grown = (
        a.prospects.built("anthropic") for a in (page.ahead, page.ahead.at(parsed({"growth": "40"})))
    )
    assert sum(grown.scenarios[1].api[:12]) == sum(as_is.scenarios[1].api[:12]) * 14 / 10
    cheaper = page.ahead.at(parsed({"fee": "20"})).prospects.built("anthropic")
    assert as_is.scenarios[1].seats["premium"][0] == cheaper.scenarios[1].seats["premium"][0] == 8


def test_differences_add_up_and_every_figure_is_a_scenario(study: Study) -> None:
    found = side_by_side(study, "base", "grow", "cheap", "steps")
    figures = found.figures()
    assert len(figures) > 200
    for name, figure in figures.items():
        assert figure.key == name
        assert recomputed(figure) == figure.value, name
        assert not isinstance(figure.value, Amount) or figure.value.kind is MoneyKind.SCENARIO
    for row in found.rows:
        for figure, more in zip(row.figures[1:], row.more[1:], strict=True):
            assert number(more) == number(figure) - number(row.figures[0])


@pytest.mark.parametrize(("first", "second"), [("base", "cheap"), ("cheap", "steps"), ("grow", "base")])
def test_what_inputs_explain_adds_up_to_the_whole_difference(study: Study, first: str, second: str) -> None:
    found = apart(study, first, second)
    assert found.rows
    assert list(found.inputs) == [
        n for n in found.inputs if getattr(GIVEN[first], n) != getattr(GIVEN[second], n)
    ]
    for row in found.rows:
        assert list(row.parts) == list(found.inputs)
        assert sum(number(part) for part in row.parts.values()) == number(row.more)
        assert number(row.more) == number(row.second) - number(row.first)
        for name, part in row.parts.items():
            assert number(part) == 0 or name in row.row.reach, (row.row.id, name)


def test_inputs_that_do_not_reach_a_figure_are_named(study: Study) -> None:
    rows = {row.id: row.unaffected for row in side_by_side(study, "base", "cheap", "steps").rows}
    assert rows["tokens/anthropic/current"] == ("fee", "rate")
    assert rows["seats/anthropic-2026/premium"] == ("price_steps", "rate")
    assert rows["years/anthropic/as-is/now"] == ()


def test_an_input_that_finds_nothing_to_change_says_so(study: Study) -> None:
    found = side_by_side(study, "base", "nothing")
    assert found.told[1].said == ("levers: the plan has none, so it changes nothing.",)
    assert {number(more) for row in found.rows for more in row.more[1:]} == {Decimal(0)}
    assert [headline_text(f) for f in found.findings] == [
        "nothing costs what base does over all years as quoted"
    ]
    assert apart(study, "base", "nothing").rows == ()
    assert diffed_text(apart(study, "base", "base")) == "base and base state the same."


def test_findings_say_who_is_dearer(study: Study) -> None:
    first, second = (headline_text(f) for f in side_by_side(study, "grow", "cheap", "base").findings)
    assert first.startswith("cheap costs $10.")
    assert first.endswith("k more than grow over all years as quoted")
    assert second == "base costs $4.80k less than grow over all years as quoted"


def test_every_figure_opens_by_its_key_alone(study: Study) -> None:
    keys = {*side_by_side(study, "grow", "cheap").figures(), *apart(study, "base", "cheap").figures()}
    keys |= {
        part.key
        for f in side_by_side(study, "grow", "base").findings
        for part in f
        if isinstance(part, Figure)
    }
    for key in keys:
        figure = figure_of(study, key)
        assert figure is not None, key
        assert figure.key == key
    for wrong in (
        "scenario.more",
        "scenario.more?of=nobody",
        "scenario.x?of=base",
        "scenario.x?of=../x&than=base",
    ):
        assert figure_of(study, wrong) is None


def test_another_window_is_worked_out_by_itself(study: Study, folder: Folder) -> None:
    one = Saved(stated({"window": "2026-10"}))
    found = compared(study, {"base": Saved(), "one": one}, Prints())
    assert found.told[1].word("window") == "2026-10"
    assert headline_text(found.findings[0]) == "one cannot be compared with base: no years are looked ahead"
    assert "Seats to buy: There is no plan yet" in compared_text(found)


def test_saved_ones_are_told_as_their_files_say(study: Study, folder: Folder) -> None:
    found = compared(study, chosen(folder.root, ["grow", "base"]), Prints())
    assert [told.name for told in found.told] == ["grow", "base"]
    assert found.told[0].stated == {"growth": "40 %"}
    assert found.told[0].word("fee") == "USD 100"
