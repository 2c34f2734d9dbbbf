"""A figure has a key that can be typed, and a value that follows from its leaves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.explain import (
    Figure,
    Line,
    Operator,
    Problem,
    Selector,
    View,
    Where,
    key,
    parse_key,
    recomputed,
    sum_of,
    walk,
)
from bothhalves.core.money import Amount, MixedMoney, MoneyKind

USD = ("USD", MoneyKind.ESTIMATED)
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,6}(\.[a-z0-9][a-z0-9_-]{0,6}){0,3}", fullmatch=True)
DIMENSIONS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True), st.text(st.characters(codec="utf-8"), min_size=1)
)


def line(low: Decimal, high: Decimal | None, kind: MoneyKind = MoneyKind.ESTIMATED) -> Line:
    amount = Amount("USD", kind, low, high)
    return Line(
        "l", "input_tokens", Decimal(1), "input tokens", low, low, 1, amount, View.LIST, "e", "s", "list"
    )


def given_number(value: str) -> Figure:
    return Figure("given", "Given", Operator.GIVEN, Decimal(value))


def given_money(low: str, high: str | None = "", currency: str = "USD") -> Figure:
    end = low if high == "" else high
    value = Amount(currency, MoneyKind.ESTIMATED, Decimal(low), None if end is None else Decimal(end))
    return Figure("given", "Given", Operator.GIVEN, value)


def of(operator: Operator, value: Amount | Decimal, *operands: Figure | Line) -> Figure:
    return Figure("made", "Made", operator, value, operands)


# -- keys ----------------------------------------------------------------------------------------------


def test_a_key_names_its_dimensions_in_alphabetical_order() -> None:
    assert key("seats.cost", {"month": "2026-10", "group": "ops"}) == "seats.cost?group=ops&month=2026-10"
    assert key("seats.cost") == key("seats.cost", {"group": ""}) == "seats.cost"


@given(NAMES, DIMENSIONS)
def test_a_key_says_again_what_it_was_made_of(name: str, dimensions: dict[str, str]) -> None:
    assert parse_key(key(name, dimensions)) == (name, dimensions)


@given(NAMES, DIMENSIONS)
def test_the_order_in_which_dimensions_are_given_does_not_matter(
    name: str, dimensions: dict[str, str]
) -> None:
    assert key(name, dimensions) == key(name, dict(reversed(dimensions.items())))


@pytest.mark.parametrize(
    "name", ["", "Seats", "seats..cost", ".seats", "seats cost", "seats?", "1st", "söats"]
)
def test_a_name_outside_the_grammar_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a figure name"):
        key(name)


@pytest.mark.parametrize("dimension", ["", "Month", "a&b", "a=b", "a b"])
def test_a_dimension_outside_the_grammar_is_refused(dimension: str) -> None:
    with pytest.raises(ValueError, match="not a dimension"):
        key("seats.cost", {dimension: "x"})


@pytest.mark.parametrize("text", ["", "?", "a?b", "a?=b", "a?b=1&b=2", "A?b=1", "a?<b>=1", "a?b=1&&c=2"])
def test_text_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_key(text)


# -- values that follow from the leaves ----------------------------------------------------------------

CENTS = st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-4))


@st.composite
def intervals(draw: st.DrawFn) -> Line:
    low = draw(CENTS)
    wider = draw(st.one_of(st.none(), st.just(Decimal(0)), CENTS))
    return line(low, None if wider is None else low + wider)


def summed(operands: list[Figure | Line]) -> Figure:
    return sum_of("cost", "Cost", tuple(operands), *USD)


SUMS = st.recursive(
    st.lists(intervals(), max_size=4).map(summed), lambda inner: st.lists(inner, max_size=3).map(summed)
)


@given(SUMS)
def test_a_tree_of_sums_gives_the_same_value_again(figure: Figure) -> None:
    assert recomputed(figure) == figure.value


@given(SUMS)
def test_a_sum_is_the_sum_of_the_lines_below_it(figure: Figure) -> None:
    amounts = [part.amount for part in walk(figure) if isinstance(part, Line)]
    assert isinstance(figure.value, Amount)
    assert figure.value.low == sum((a.low for a in amounts), Decimal(0))
    assert figure.value.at_least is any(a.at_least for a in amounts)


@given(SUMS, SUMS)
def test_a_difference_of_trees_gives_the_same_value_again(first: Figure, second: Figure) -> None:
    assert isinstance(first.value, Amount)
    assert isinstance(second.value, Amount)
    if second.value.at_least:
        with pytest.raises(ValueError, match="upper end"):
            recomputed(of(Operator.DIFFERENCE, first.value, first, second))
    else:
        made = of(Operator.DIFFERENCE, first.value - second.value, first, second)
        assert recomputed(made) == made.value


def test_a_wrong_value_is_found_out() -> None:
    parts = (line(Decimal(1), Decimal(1)), line(Decimal(2), Decimal(3)))
    wrong = of(Operator.SUM, Amount.of(Decimal(4), *USD), *parts)
    assert recomputed(wrong) == Amount(*USD, Decimal(3), Decimal(4))


def test_counts_and_givens_stand_for_themselves() -> None:
    count = Figure("seats", "Seats", Operator.COUNT, Decimal(7), rows=Selector("seats"))
    assert recomputed(of(Operator.SUM, Decimal(10), count, given_number("3"))) == Decimal(10)
    assert recomputed(of(Operator.DIFFERENCE, Decimal(4), count, given_number("3"))) == Decimal(4)


def test_a_ratio_is_a_share_of_money_or_of_numbers_or_money_per_unit() -> None:
    share = of(Operator.RATIO, Decimal("0.25"), given_money("2"), given_money("8"))
    assert recomputed(share) == Decimal("0.25")
    assert recomputed(of(Operator.RATIO, Decimal("0.5"), given_number("2"), given_number("4"))) == Decimal(
        "0.5"
    )
    per_seat = of(Operator.RATIO, Amount.of(Decimal(0), *USD), given_money("10", "20"), given_number("4"))
    assert recomputed(per_seat) == Amount(*USD, Decimal("2.5"), Decimal(5))
    at_least = of(Operator.RATIO, Amount.of(Decimal(0), *USD), given_money("10", None), given_number("4"))
    assert recomputed(at_least) == Amount(*USD, Decimal("2.5"), None)


@pytest.mark.parametrize(
    "figure",
    [
        of(Operator.SUM, Amount.of(Decimal(0), *USD), given_money("1"), given_number("1")),
        of(Operator.SUM, Decimal(2), given_money("1"), given_number("1")),
        of(Operator.DIFFERENCE, Decimal(0), given_money("1"), given_number("1")),
        of(Operator.DIFFERENCE, Decimal(0), given_number("1")),
        of(Operator.RATIO, Decimal(0), given_number("1"), given_number("0")),
        of(Operator.RATIO, Decimal(0), given_money("1", "2"), given_money("4")),
        of(Operator.RATIO, Decimal(0), given_number("1"), given_money("4")),
        of(Operator.RATIO, Decimal(0), given_money("1"), given_number("-4")),
        of(Operator.RATIO, Decimal(0), given_money("1", currency="EUR"), given_money("4")),
    ],
    ids=lambda f: str(f.operator),
)
def test_an_operator_that_does_not_fit_its_operands_is_refused(figure: Figure) -> None:
    with pytest.raises(ValueError, match=r".+"):
        recomputed(figure)


def test_a_sum_of_money_takes_neither_numbers_nor_another_kind_of_money() -> None:
    with pytest.raises(TypeError, match="money only"):
        sum_of("cost", "Cost", (given_number("1"),), *USD)
    with pytest.raises(MixedMoney):
        sum_of("cost", "Cost", (line(Decimal(1), None, MoneyKind.NOTIONAL),), *USD)


def test_walking_a_figure_names_parents_first() -> None:
    leaf = line(Decimal(1), Decimal(1))
    inner = summed([leaf])
    outer = summed([inner])
    assert list(walk(outer)) == [outer, inner, leaf]


# -- places --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "text"),
    [(Where("u.csv"), "u.csv"), (Where("u.csv", 7), "u.csv:7"), (Where("b.yaml", 7, 3), "b.yaml:7:3")],
)
def test_a_problem_says_where_it_is_what_is_wrong_and_how_to_mend_it(where: Where, text: str) -> None:
    problem = Problem("usage.bad-number", where, "input_tokens is 'x'.", "Write a whole number.")
    assert str(problem) == f"{text}: input_tokens is 'x'. Write a whole number."


def test_a_narrowed_selector_keeps_its_conditions_in_order() -> None:
    narrowed = Selector("usage", (("vendor", "acme"),)).narrowed(month="2026-09", model=None)
    assert narrowed.where == (("model", None), ("month", "2026-09"), ("vendor", "acme"))
