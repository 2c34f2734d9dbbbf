"""Derivations: every figure is reached, adds up, and names its rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

import pages
from bothhalves.core.explain import Figure, Line, Operator, recomputed, value_of
from bothhalves.core.money import Amount, total
from bothhalves.report import why

EVERY = sorted(pages.PAGES)


@pytest.mark.parametrize("name", EVERY)
def test_every_figure_is_its_operands_again(name: str) -> None:
    figures = why.index(pages.PAGES[name]()).figures
    assert {key: recomputed(f) for key, f in figures.items()} == {key: f.value for key, f in figures.items()}


@pytest.mark.parametrize("name", EVERY)
def test_the_index_holds_what_the_page_holds(name: str) -> None:
    page = pages.PAGES[name]()
    assert set(why.index(page).figures) == set(page.figures())


def test_breadcrumbs_lead_from_the_headline_down() -> None:
    index = why.index(pages.full())
    key = "tokens.cost?model=claude-sonnet-5&workload=Clause%20lookup%20tool"
    assert [f.key for f in index.ancestors(key)] == [
        "both.cost", "tokens.cost", "tokens.cost?workload=Clause%20lookup%20tool",
    ]  # fmt: skip
    assert index.ancestors("both.cost") == ()


def test_a_long_sum_ends_in_others_that_complete_it() -> None:
    cost = pages.huge().tokens.amounts[0]
    shown, rest, count = why.shown_operands(cost)
    assert (len(shown), count) == (40, 160)
    assert isinstance(rest, Amount)
    assert isinstance(cost.value, Amount)
    first = [v for v in map(value_of, shown) if isinstance(v, Amount)]
    assert total([*first, rest], "USD", rest.kind) == cost.value


def test_rows_of_a_figure_are_those_of_its_leaves() -> None:
    figures = pages.full().figures()
    seats = figures["seats.cost"]
    assert [dict(s.where)["seat_type"] for s in why.selectors(seats)] == ["standard", "premium"]
    found = why.source_rows(seats, pages.rows, 200)
    assert len(found) == 200
    assert {row["seat_type"] for row in found} == {"standard", "premium"}


def test_problems_and_assumptions_surface_from_below() -> None:
    cost = pages.unpriced().tokens.amounts[0]
    assert [problem.code for problem in why.problems(cost)] == ["price.missing"]
    given = Figure("a.b", "Growth", Operator.GIVEN, Decimal(2), assumed=True)
    above = Figure("a.c", "Twice", Operator.SUM, Decimal(2), (given,))
    assert why.is_assumed(above)
    assert not why.is_assumed(cost)


def test_money_of_each_kind_is_named() -> None:
    figures = pages.full().figures()
    assert why.kind_words(figures["both.cost"]).startswith("estimated")
    assert why.kind_words(figures["both.billed"]).startswith("invoiced")
    assert why.view_words(figures["both.cost"]) == "list price, contract price"


def test_the_command_survives_a_shell() -> None:
    command = why.command("tokens.cost?workload=a&month=b", "./my deal", "2026-09")
    assert command == (
        "bothhalves explain 'tokens.cost?workload=a&month=b' --workspace './my deal' --window 2026-09"
    )


def test_sentences_say_how_the_value_comes_about() -> None:
    one, two = (Figure(f"a.{n}", n, Operator.GIVEN, Decimal(8)) for n in ("first", "second"))
    less = Figure("a.less", "Less", Operator.DIFFERENCE, Decimal(0), (one, two))
    share = Figure("a.share", "Share", Operator.RATIO, Decimal(1), (one, two))
    assert why.sentence(less) == "first, less second."
    assert why.sentence(share) == "first, divided by second."


def test_a_line_is_found_under_its_figure() -> None:
    figure = pages.full().figures()["seats.cost?type=standard"]
    line = why.line_of(figure, "acme/standard/2026-09")
    assert isinstance(line, Line)
    assert line.amount.low == Decimal(34_500)
    assert why.line_of(figure, "acme/standard/2020-01") is None
