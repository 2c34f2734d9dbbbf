"""Laws of any mix: credits add up, order does not matter, and nothing gets dearer by choosing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lever_mixes import CellLine, HeadLine, rows_of

from bothhalves.core.explain import Figure
from bothhalves.core.levers.batch import eligible, shared, split, waiting_share
from bothhalves.core.levers.composition import composed
from bothhalves.core.levers.mix import LEVERS, Cell, Lever
from bothhalves.core.money import Amount
from rate_cards import BOOK

shares = st.decimals(0, 1, places=2)
tokens = st.integers(0, 10**8)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    """A cell on any model, with any head, target and share that can wait."""
    head = None
    if draw(st.booleans()):
        rates = draw(
            st.dictionaries(st.sampled_from(["large", "mid", "small", "large batch"]), shares, max_size=3)
        )
        basis = draw(st.sampled_from(["measured", "back-tested"]))
        head = HeadLine(str(draw(shares)), draw(st.integers(1, 9000)), basis, draw(st.booleans()), rates)
    conditions = [("standard", "standard"), ("batch", "standard"), ("standard", "fast")]
    tier, speed = draw(st.sampled_from(conditions))
    return CellLine(
        id="cell",
        requests=draw(st.integers(1, 10**4)),
        model=draw(st.sampled_from(["large", "mid", "small"])),
        input=draw(st.integers(1, 10**8)),
        reads=draw(tokens),
        writes=draw(tokens),
        output=draw(tokens),
        tier=tier,
        speed=speed,
        chosen=draw(st.sampled_from(["", "mid", "small"])),
        recount=str(draw(st.decimals("0.1", 3, places=1))),
        can_wait=draw(shares),
        head=head,
    ).cell()


def costs(states: dict[frozenset[Lever], object]) -> dict[frozenset[Lever], Amount]:
    return {levers: state.amount for levers, state in states.items()}  # type: ignore[attr-defined]


def low(figure: Figure | None) -> Decimal:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    return figure.value.low


def of_all_orders(credit: Figure | None) -> Decimal:
    """The sum whose sixth the credit is: a sixth has no finite decimal."""
    assert credit is not None
    every, number = credit.operands
    assert isinstance(every, Figure)
    assert isinstance(number, Figure)
    assert number.value == 6
    return low(every)


@settings(max_examples=40, deadline=None)
@given(st.lists(cells(), min_size=1, max_size=3))
def test_credits_add_up_exactly_whatever_the_base(mix: list[Cell]) -> None:
    found = composed(mix, BOOK, "USD")
    rows = rows_of(found).values()
    saved = found.lazy.amount.low - found.efficient.amount.low
    gap = found.current.amount.low - found.efficient.amount.low
    assert sum(of_all_orders(row.credit) for row in rows) == 6 * saved
    assert sum(of_all_orders(row.cash) for row in rows) == 6 * gap
    assert sum(low(row.step) for row in rows) == saved


@settings(max_examples=40, deadline=None)
@given(st.lists(cells(), min_size=1, max_size=3))
def test_efficient_is_never_dearer_than_current_and_a_lever_never_hurts(mix: list[Cell]) -> None:
    found = composed(mix, BOOK, "USD")
    assert found.efficient.amount.low <= found.current.amount.low
    amounts = costs(dict(found.from_today))
    for levers, amount in amounts.items():
        for more in LEVERS:
            assert amounts[levers | {more}].low <= amount.low


@settings(max_examples=40, deadline=None)
@given(st.lists(cells(), min_size=1, max_size=3))
def test_a_lever_that_touches_nothing_gets_nothing(mix: list[Cell]) -> None:
    still = [replace(cell, chosen=None, can_wait=Decimal(0)) for cell in mix]
    rows = rows_of(composed(still, BOOK, "USD"))
    assert low(rows[Lever.ROUTING].cash) == low(rows[Lever.BATCH].cash) == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(cells(), min_size=2, max_size=3))
def test_the_order_of_cells_does_not_matter(mix: list[Cell]) -> None:
    one, other = composed(mix, BOOK, "USD"), composed(mix[::-1], BOOK, "USD")
    assert one.efficient.amount == other.efficient.amount
    assert one.lazy.amount == other.lazy.amount


@settings(max_examples=40, deadline=None)
@given(cells(), shares)
def test_a_division_loses_no_token(cell: Cell, share: Decimal) -> None:
    stays, goes = split(cell.usage, share)
    for (_, whole), (_, one), (_, other) in zip(
        cell.usage.quantities, stays.quantities, goes.quantities, strict=True
    ):
        assert one + other == whole
    assert shared(cell.usage, Decimal(1)) == cell.usage


def test_fast_work_and_work_of_other_tiers_cannot_wait() -> None:
    line = CellLine("cell", 1, input=10)
    can_wait = Decimal("0.4")
    assert eligible(line.cell().usage, can_wait) == can_wait
    for other in (replace(line, speed="fast"), replace(line, tier="batch"), replace(line, tier="priority")):
        assert eligible(other.cell().usage, can_wait) == 0


def test_a_system_whose_users_wait_a_day_can_wait_as_a_whole() -> None:
    day, hour = Decimal(24), Decimal(1)
    assert waiting_share(None, False, day) == 1
    assert (
        waiting_share(None, False, hour)
        == waiting_share(None, True, day)
        == waiting_share(None, None, day)
        == 0
    )
    assert waiting_share(Decimal("0.4"), False, day) == Decimal("0.4")
