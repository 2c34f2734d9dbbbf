"""A changed input on a small company: eight seats at 100 are held, and four people use little."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_planning import TOOL, filled
from typer.testing import CliRunner

from bothhalves.brief.building import Built, built
from bothhalves.brief.changes import UNCHANGED, Changes, parsed
from bothhalves.brief.line_record import Drawn, PathRow
from bothhalves.brief.what_if import LEFT_OUT, Curves, redrawn
from bothhalves.cli import app
from bothhalves.core.explain import Figure, Line, recomputed, walk
from bothhalves.core.money import Amount, MoneyKind, product, to_cents
from bothhalves.report.line import path_cells

RULES = {"tools": [TOOL], "hold": "20%"}


@dataclass(frozen=True)
class Company:
    """The company's page, ready to be redrawn."""

    built: Built

    @property
    def curves(self) -> Curves:
        assert self.built.curves is not None
        return self.built.curves

    @property
    def line(self) -> Drawn:
        return self.built.page.line

    def at(self, changes: Changes) -> Drawn:
        return redrawn(self.line, self.curves, changes)

    def with_(self, **words: str) -> Drawn:
        return self.at(parsed(words))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = filled(tmp_path_factory.mktemp("what-if"), RULES)
    return Company(built(folder.open()))


def low(figure: Figure | None) -> Decimal:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    return figure.value.low


def sides(line: Drawn) -> dict[str, Decimal]:
    assert line.histogram is not None
    return {zone.words: zone.figure.value for zone in line.histogram.zones}  # type: ignore[misc]


def classes(line: Drawn) -> dict[tuple[str, str], object]:
    assert line.histogram is not None
    return {(b.label, part.label): part.figure.value for b in line.histogram.bins for part in b.parts}


def totals(line: Drawn) -> list[Decimal]:
    return [low(segment.figure) for segment in line.totals]


def rows(line: Drawn) -> dict[tuple[str, str], PathRow]:
    assert line.paths is not None
    return {(row.name, row.action): row for row in (*line.paths.people, *line.paths.workloads)}


def amounts(row: PathRow) -> list[object]:
    return [figure and figure.value for figure in (row.now, row.seat, row.api, row.saves)]


def test_without_a_change_the_line_is_the_plan(company: Company) -> None:
    """The one-by-one comparison finds the plan's sides, counts, rows and totals by itself."""
    again = company.at(UNCHANGED)
    assert sides(again) == sides(company.line)
    assert classes(again) == classes(company.line)
    assert {k: amounts(r) for k, r in rows(again).items()} == {
        k: amounts(r) for k, r in rows(company.line).items()
    }
    assert [s.figure.value for s in again.totals] == [s.figure.value for s in company.line.totals]
    assert company.line.sliders == again.sliders


def test_a_value_as_planned_is_no_change(company: Company) -> None:
    assert company.built.at(parsed({"fee": "100", "hold": "20", "growth": "0"})) is company.built.page
    assert [s.name for s in company.with_(fee="100", hold="25").sliders if s.is_changed] == ["hold"]


def test_a_dearer_fee_is_charged_for_every_seat_that_stays(company: Company) -> None:
    """Ten seats are bought, and four people keep theirs: 10 more in each of 12 months."""
    planned, dearer = totals(company.line), totals(company.with_(fee="110"))
    assert sides(company.line)["to the API"] == 4
    assert dearer[0] - planned[0] == 10 * 10 * 12
    assert dearer[1] - planned[1] == 4 * 10 * 12


def test_at_a_low_fee_everybody_stays_and_the_tool_is_not_built(company: Company) -> None:
    """No tool: its build, upkeep and people go, and with them what the four used through it."""
    line = company.with_(fee="3")
    assert "to the API" not in sides(line)
    assert line.paths is not None
    after = [p for p in line.totals[1].figure.operands if isinstance(p, Figure)][1]
    said = {part.meter: part.amount.low for part in after.operands if isinstance(part, Line)}
    assert to_cents(said["times building and keeping gateway"]) == -(500 + 100)
    assert said["gateway person-months"] == -4 * 12 * 2
    assert said["premium seat-months"] == 4 * 12 * 100
    assert said["premium seat-months at the changed fee"] == 8 * 12 * -97


def test_growth_is_charged_to_everything_metered(company: Company) -> None:
    planned, grown = company.line, company.with_(growth="50")
    assert planned.paths is not None
    assert grown.paths is not None
    app = next(w for w in planned.paths.workloads if w.now is not None)
    assert totals(grown)[0] - totals(planned)[0] == low(app.now) * 6
    assert low(next(w for w in grown.paths.workloads if w.name == app.name).now) * 2 == low(app.now) * 3


def test_what_is_left_out_is_said(company: Company) -> None:
    line = company.with_(fee="90")
    assert line.paths is not None
    assert line.paths.note == LEFT_OUT
    assert LEFT_OUT in line.totals[0].figure.rule


changes = st.builds(
    Changes,
    fee=st.one_of(st.none(), st.decimals(0, 400, places=2)),
    hold=st.one_of(st.none(), st.decimals(0, 99, places=1)),
    levers=st.none(),
    tool=st.one_of(st.none(), st.decimals(0, 200, places=2)),
    growth=st.one_of(st.none(), st.decimals(-90, 400, places=0)),
)


@settings(max_examples=60, deadline=None)
@given(changes)
def test_every_figure_follows_from_its_lines_and_the_parts_are_the_totals(
    company: Company, tried: Changes
) -> None:
    line = company.at(tried)
    for root in line.roots():
        assert recomputed(root) == root.value
        for part in walk(root):
            if isinstance(part, Line) and part.layer == "what if":
                assert part.amount.kind is MoneyKind.SCENARIO
                assert part.amount.low == product(part.quantity, part.price, 1)
    assert sum(sides(line).values()) == 8
    assert sum(classes(line).values()) == 8  # type: ignore[arg-type]
    before, after = totals(line)
    assert line.paths is not None
    assert line.paths.total is not None
    assert before - after == low(line.paths.total.saves)


@settings(max_examples=40, deadline=None)
@given(st.decimals(0, 400, places=2), st.decimals(0, 400, places=2))
def test_a_dearer_seat_never_costs_less_nor_keeps_more(
    company: Company, one: Decimal, other: Decimal
) -> None:
    cheap, dear = (company.at(Changes(fee=fee)) for fee in sorted((one, other)))
    assert sides(dear).get("everyday", 0) <= sides(cheap).get("everyday", 0)
    assert totals(dear)[0] >= totals(cheap)[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"fee": "free"}, "fee is the seat's monthly fee, a number from 0 to 1000000: not a plain number"),
        ({"hold": "100"}, "hold is the hold in percent, a number from 0 to 99, not 100"),
        ({"growth": "-100"}, "growth is the growth of token use in percent, a number from -99 to 1000"),
        ({"tool": "inf"}, "tool is the tool's monthly cost for each person"),
        ({"levers": "101"}, "levers is the share of the levers' saving in percent"),
    ],
)
def test_what_cannot_be_tried_is_said(words: Mapping[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parsed(words)


def test_the_command_line_shows_the_same_section(tmp_path: Path) -> None:
    folder = filled(tmp_path, RULES)
    words = ["-w", str(folder.root), "--fee", "110", "--json"]
    told = CliRunner().invoke(app, ["page", *words])
    page = json.loads(told.stdout)
    figures, line = page["figures"], page["line"]
    assert [s["name"] for s in line["what_if"] if s["changed"]] == ["fee"]
    assert figures[line["totals"][0]["figure"]]["low"] == "16860"
    why = CliRunner().invoke(app, ["explain", line["totals"][0]["figure"], *words])
    assert json.loads(why.stdout)["figure"]["low"] == "16860"
    wrong = CliRunner().invoke(app, ["page", "-w", str(folder.root), "--hold", "all"])
    assert (wrong.exit_code, wrong.stderr[:24]) == (2, "hold is the hold in perc")


def test_lazy_use_grows_with_tokens_and_pays_what_the_tool_costs(company: Company) -> None:
    """People's use is on the reference model already: 930 a month, the tool at 2 for each of eight people."""
    (planned,) = company.line.paths.people  # type: ignore[union-attr]
    (same,) = company.at(UNCHANGED).paths.people  # type: ignore[union-attr]
    assert same.lazy is not None
    assert same.lazy.value == planned.lazy.value  # type: ignore[union-attr]
    (more,) = company.with_(growth="50", tool="7").paths.people  # type: ignore[union-attr]
    use = low(planned.lazy) - 8 * 2
    assert low(more.lazy) == use * Decimal("1.5") + 8 * 7
    assert more.lazy is not None
    assert recomputed(more.lazy) == more.lazy.value


def test_people_whom_something_keeps_from_the_tool_are_told_what(tmp_path: Path) -> None:
    """The tool does code work only, and all but those who do nothing chat: at every input."""
    planning = {"tools": [{**TOOL, "work": ["code"]}], "hold": "20%"}
    page = Company(built(filled(tmp_path, planning).open()))
    drawn = (page.line, page.at(UNCHANGED), page.with_(growth="50"))
    for line in drawn:
        (row,) = line.paths.people  # type: ignore[union-attr]
        assert (row.lazy, row.api, row.no_api) == (None, None, "closed to some: kind of work")
    assert path_cells(row)[3:5] == ("closed to some: kind of work",) * 2
