"""Who moves when an input changes: the same answer as the verdict of each person, and laws of the whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bothhalves.brief.crowd import Crowd, Lot, Prices
from bothhalves.brief.knots import Months, Way, times
from bothhalves.brief.line_chart import edge_of
from bothhalves.core.money import EXACT
from bothhalves.core.paths.expected import Option, Use, mean_use
from bothhalves.core.paths.schedules import ONE, Schedule, at_rates, flat, in_packs, stopping, with_allowance
from bothhalves.core.paths.verdicts import verdict
from bothhalves.workspace.plan_terms import OwnTool

SEAT, OTHER, TOOL = "a/standard", "a/light", "gateway"
money = st.decimals(0, 200, places=2)
shares = st.decimals("0", "0.95", places=2)
uses = st.builds(lambda low, more: Use(low, None if more is None else low + more),
                 money, st.one_of(st.just(Decimal(0)), money, st.none()))  # fmt: skip
months = st.lists(uses, min_size=1, max_size=3)
pieces = st.decimals(1, 50, places=1)
schedules = st.one_of(
    st.builds(flat, money),
    st.builds(with_allowance, money, money, shares),
    st.builds(in_packs, money, money, pieces, pieces),
    st.builds(at_rates, money, shares),
    st.builds(stopping, money, money),
)


def way(id_: str, schedule: Schedule) -> Way:
    bent = len(schedule.pieces) > 1 or schedule.stair is not None or schedule.stop is not None
    return Way(id_, schedule.fee, schedule, None if bent else schedule.pieces[0].slope, "/" in id_)


def lot(current: Way, others: list[Way], seen: list[Use], number: int = 1) -> Lot:
    """People who are where they are, and may go to ``others``."""
    counted = Months.of(tuple(seen), Decimal(1))
    knots = {o.id: k for o in others if (k := counted.knots(o, current)) is not None}
    beyond = {w.id: times(counted.beyond(w), number) for w in (current, *others)}
    tops = {o: sum((max(s for s, _ in one) for one in k), Decimal(0)) for o, k in knots.items()}
    straight = all(w.slope is not None for w in (current, *others))
    ends = counted.low + (counted.low if counted.high is None else counted.high)
    edge = edge_of(mean_use(seen))
    gains = {o: beyond[current.id][0] - number * top for o, top in tops.items()}
    return Lot(
        "light",
        current.id,
        current.id,
        number,
        len(seen),
        edge,
        ends,
        False,
        straight,
        beyond,
        knots,
        tops,
        gains,
    )


def crowd(lots: list[Lot], ways: list[Way], hold: str = "0.2", *tools: OwnTool) -> Crowd:
    prices = Prices({w.id: w.fee for w in ways}, 1 - Decimal(hold))
    return Crowd({w.id: w for w in ways}, TOOL, tools, 12, prices, (), tuple(lots))


@settings(max_examples=300, deadline=None)
@given(schedules, schedules, months, shares)
def test_a_move_is_sure_if_and_only_if_the_verdict_says_so(
    seat: Schedule, other: Schedule, seen: list[Use], hold: Decimal
) -> None:
    assume(all(use.high is not None for use in seen))
    assume(other.stop is None or all(use.low <= other.stop for use in seen))
    current, to = way(SEAT, seat), way(OTHER, other)
    people, prices = lot(current, [to], seen), Prices({SEAT: seat.fee, OTHER: other.fee}, 1 - hold)
    with localcontext(EXACT):
        sure = OTHER in people.knots and prices.is_sure(people, OTHER)
    said = verdict(Option(SEAT, seat), [Option(OTHER, other)], seen, hold).path == OTHER
    assert sure == said


@settings(max_examples=100, deadline=None)
@given(schedules, schedules, months, shares)
def test_nobody_moves_on_use_without_an_end_unless_the_verdict_moves_them(
    seat: Schedule, other: Schedule, seen: list[Use], hold: Decimal
) -> None:
    assume(other.stop is None or all(use.low <= other.stop for use in seen))
    people = lot(way(SEAT, seat), [way(OTHER, other)], seen)
    prices = Prices({SEAT: seat.fee, OTHER: other.fee}, 1 - hold)
    with localcontext(EXACT):
        sure = OTHER in people.knots and prices.is_sure(people, OTHER)
    said = verdict(Option(SEAT, seat), [Option(OTHER, other)], seen, hold).path == OTHER
    assert said or not sure


crowds = st.lists(st.tuples(months, st.integers(1, 40), st.booleans()), min_size=1, max_size=12)


def company(people: list[tuple[list[Use], int, bool]], tool: Schedule, hours: int, hold: str) -> Crowd:
    """People on two seat types, with a tool that takes so many hours to build."""
    standard, light, gateway = way(SEAT, flat(Decimal(60))), way(OTHER, flat(Decimal(20))), way(TOOL, tool)
    lots = [
        lot(light, [standard, gateway], seen, number) if on_light else lot(standard, [gateway], seen, number)
        for seen, number, on_light in people
    ]
    own = OwnTool(TOOL, "anthropic", hours=Decimal(hours), rate=Decimal(100))
    return crowd(lots, [standard, light, gateway], hold, own)


def on(found: Crowd, prices: Prices, path: str) -> int:
    to = found.chosen(found.grown(ONE), prices)
    return sum(lot.number for lot, path_ in zip(found.lots, to, strict=True) if path_ == path)


def moved(found: Crowd, prices: Prices) -> int:
    to = found.chosen(found.grown(ONE), prices)
    return sum(lot.number for lot, path in zip(found.lots, to, strict=True) if path != lot.current)


tools = st.builds(at_rates, st.decimals(0, 30, places=2), shares)


@settings(max_examples=100, deadline=None)
@given(crowds, tools, st.integers(0, 300), money, money)
def test_a_dearer_seat_never_keeps_more_people_on_it(
    people: list[tuple[list[Use], int, bool]], tool: Schedule, hours: int, one: Decimal, other: Decimal
) -> None:
    found = company(people, tool, hours, "0.2")
    cheap, dear = sorted((one, other))
    counts = [on(found, replace(found.prices, fees={**found.prices.fees, SEAT: fee}), SEAT)
              for fee in (cheap, dear)]  # fmt: skip
    assert counts[1] <= counts[0]


@settings(max_examples=100, deadline=None)
@given(crowds, tools, st.integers(0, 300), shares, shares)
def test_a_wider_hold_never_moves_more_people(
    people: list[tuple[list[Use], int, bool]], tool: Schedule, hours: int, one: Decimal, other: Decimal
) -> None:
    found = company(people, tool, hours, "0.2")
    narrow, wide = sorted((one, other))
    counts = [moved(found, replace(found.prices, keep=1 - hold)) for hold in (narrow, wide)]
    assert counts[1] <= counts[0]


@settings(max_examples=100, deadline=None)
@given(crowds, tools, st.integers(0, 300), money, money)
def test_a_dearer_tool_never_draws_more_people(
    people: list[tuple[list[Use], int, bool]], tool: Schedule, hours: int, one: Decimal, other: Decimal
) -> None:
    found = company(people, tool, hours, "0.2")
    cheap, dear = sorted((one, other))
    counts = [on(found, replace(found.prices, fees={**found.prices.fees, TOOL: fee}), TOOL)
              for fee in (cheap, dear)]  # fmt: skip
    assert counts[1] <= counts[0]


@settings(max_examples=100, deadline=None)
@given(crowds, tools, st.integers(0, 300), st.decimals("0.1", 5, places=2))
def test_growth_of_everybody_is_as_if_they_had_used_more(
    people: list[tuple[list[Use], int, bool]], tool: Schedule, hours: int, factor: Decimal
) -> None:
    more = [([grown(use, factor) for use in seen], n, on_light) for seen, n, on_light in people]
    found, other = company(people, tool, hours, "0.2"), company(more, tool, hours, "0.2")
    assert found.chosen(found.grown(factor), found.prices) == other.chosen(other.grown(ONE), other.prices)
    assert found.grown(factor).edges == other.grown(ONE).edges


def grown(use: Use, factor: Decimal) -> Use:
    return Use(use.low * factor, None if use.high is None else use.high * factor)


@pytest.mark.parametrize(("hours", "movers"), [(10, 30), (500, 0)])
def test_nobody_goes_to_a_tool_that_would_not_repay_its_building(hours: int, movers: int) -> None:
    """30 people save 40 a month each: 14,400 in a year, against 100 an hour."""
    people = [([Use.of(Decimal(20))], 30, False)]
    found = company(people, at_rates(Decimal(0), Decimal(1)), hours, "0.2")
    assert on(found, found.prices, TOOL) == movers


def test_whom_the_plan_keeps_stays_whatever_the_fee() -> None:
    people = [([Use.of(Decimal(20))], 30, False)]
    found = company(people, at_rates(Decimal(0), Decimal(1)), 10, "0.2")
    kept = replace(found, lots=tuple(replace(lot, is_settled=True) for lot in found.lots))
    dear = replace(kept.prices, fees={**kept.prices.fees, SEAT: Decimal(500)})
    assert on(found, found.prices, SEAT) == 0
    assert on(kept, dear, SEAT) == 30
