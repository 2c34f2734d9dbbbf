"""Who moves when an input changes: the same answer as the verdict of each person, and laws of the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bothhalves.brief.crowd import Crowd
from bothhalves.brief.knots import Months, Way, times
from bothhalves.brief.line_chart import edge_of
from bothhalves.brief.lots import Lot, Prices
from bothhalves.core.money import EXACT
from bothhalves.core.paths.expected import Option, Use, mean_use
from bothhalves.core.paths.schedules import ONE, Schedule, at_rates
from bothhalves.core.paths.verdicts import verdict
from bothhalves.workspace.plan_terms import OwnTool
from seat_schedules import flat, in_packs, stopping, with_allowance

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
    return sum(run.number for run in found.chosen(found.grown(ONE), prices) if run.to == path)


def moved(found: Crowd, prices: Prices) -> int:
    runs = found.chosen(found.grown(ONE), prices)
    return sum(run.number for run in runs if run.to != run.rank.first.current)


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
    assert standing(found, factor) == standing(other, ONE)


def standing(found: Crowd, factor: Decimal) -> Counter[tuple[str, str, str, Decimal, int]]:
    """Everybody by class of use, where they are and where they go, and by what that costs beyond the fee."""
    runs = found.chosen(found.grown(factor), found.prices)
    return Counter(
        (edge, lot.current, run.to, lot.beyond[run.to][0] * run.rank.scale, lot.number)
        for run in runs
        for edge, lot in zip(run.edges, run.lots, strict=True)
    )


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


@settings(max_examples=200, deadline=None)
@given(crowds, tools, money, money, shares, st.decimals("0.1", 5, places=2))
def test_a_rank_goes_where_each_of_its_people_would_go_alone(
    people: list[tuple[list[Use], int, bool]],
    tool: Schedule,
    seat: Decimal,
    light: Decimal,
    hold: Decimal,
    factor: Decimal,
) -> None:
    """The tool costs nothing to build, so that nobody waits for others."""
    found = company(people, tool, 0, "0.2")
    prices = Prices({**found.prices.fees, SEAT: seat, OTHER: light}, 1 - hold)
    with localcontext(EXACT):
        for run in found.chosen(found.grown(factor), prices):
            for lot in run.lots:
                sure = [o for o in lot.knots if prices.is_sure(lot, o, factor)]
                assert run.to == prices.preferred(lot, sure, factor)


@settings(max_examples=100, deadline=None)
@given(crowds, tools, money, st.decimals("0.1", 5, places=2))
def test_running_sums_are_those_of_the_lots(
    people: list[tuple[list[Use], int, bool]], tool: Schedule, fee: Decimal, factor: Decimal
) -> None:
    found = company(people, tool, 0, "0.2")
    prices = replace(found.prices, fees={**found.prices.fees, SEAT: fee})
    with localcontext(EXACT):
        for run in found.chosen(found.grown(factor), prices):
            ends = [lot.beyond[run.to] for lot in run.lots]
            low, high = (sum((end or 0 for end in side), Decimal(0)) for side in zip(*ends, strict=True))
            has_no_end = any(end is None for _, end in ends)
            assert run.beyond(run.to) == (low * factor, high * factor, has_no_end)
            assert run.number == sum(lot.number for lot in run.lots)


exact_uses = st.lists(st.builds(Use.of, money), min_size=2, max_size=2)
bent = st.one_of(st.builds(with_allowance, money, money, shares), st.builds(at_rates, money, shares))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(exact_uses, st.integers(1, 9)), min_size=1, max_size=12),
    st.tuples(bent, bent, bent),
    st.tuples(money, money, shares),
    st.decimals("0.1", 5, places=2),
)
def test_columns_of_bent_schedules_are_what_each_person_costs(
    people: list[tuple[list[Use], int]],
    schedules: tuple[Schedule, Schedule, Schedule],
    changed: tuple[Decimal, Decimal, Decimal],
    factor: Decimal,
) -> None:
    """With so many times the use everybody goes where they would alone, and sums are those of the lots."""
    ways = [way(name, schedule) for name, schedule in zip((SEAT, OTHER, TOOL), schedules, strict=True)]
    made = [lot(ways[0], ways[1:], seen, n) for seen, n in people]
    columns = [
        replace(one, points=tuple(use.low for use in seen), is_straight=False)
        for one, (seen, _) in zip(made, people, strict=True)
    ]
    found = crowd(columns, ways)
    alone = [lot(ways[0], ways[1:], [grown(use, factor) for use in seen], n) for seen, n in people]
    prices = Prices({SEAT: changed[0], OTHER: changed[1], TOOL: ways[2].fee}, 1 - changed[2])
    with localcontext(EXACT):
        runs = found.chosen(found.grown(factor), prices)
        assert sum(run.number for run in runs) == sum(n for _, n in people)
        for run in runs:
            own = [alone[columns.index(one)] for one in run.lots]
            for one in own:
                sure = [o for o in one.knots if prices.is_sure(one, o)]
                assert run.to == prices.preferred(one, sure, ONE)
            for path in (SEAT, OTHER, TOOL):
                low = sum((one.beyond[path][0] for one in own), Decimal(0))
                assert run.beyond(path) == (low, low, False)
            for option in (OTHER, TOOL):
                assert run.gains(option) == sum((one.gains[option] for one in own), Decimal(0))
