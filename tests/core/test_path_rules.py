"""Paths: closed forms of breakpoints, newcomers, what a message is worth, and lazy use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.explain import Grade
from bothhalves.core.money import Amount, MixedMoney, MoneyKind
from bothhalves.core.paths.breakpoints import Form, breakpoint_of
from bothhalves.core.paths.expected import Option, Use, difference_of_months, expected, monthly
from bothhalves.core.paths.joining import WaitAndBuy, peers, wait_and_buy
from bothhalves.core.paths.messages import Measured, per_message
from bothhalves.core.paths.schedules import Schedule, at_rates, metered
from bothhalves.core.paths.verdicts import Reason, verdict
from bothhalves.core.rating import Counted
from bothhalves.workspace.lazy_use import lazy
from seat_schedules import flat, with_allowance

SHARES = st.decimals("0.05", 1, places=2)
FEES = st.decimals(1, 200, places=1)
TOOLS = st.decimals(0, 40, places=1)
USES = st.decimals(0, 300, places=1)
ZERO = Decimal(0)


def use(*values: int | str) -> list[Use]:
    return [Use.of(Decimal(v)) for v in values]


@given(FEES, SHARES, SHARES, TOOLS)
def test_a_flat_seat_breaks_even_at_fee_less_tool_over_the_metered_share(
    fee: Decimal, discount: Decimal, efficiency: Decimal, tool: Decimal
) -> None:
    share = (1 - discount) * efficiency
    found = breakpoint_of(flat(fee), metered(discount, efficiency, tool))
    if fee < tool:
        assert found.form is Form.ALWAYS
    elif share == 0:
        assert found.form is Form.NEVER
    else:
        assert found.regions[0].low == Fraction(fee - tool) / Fraction(share)
        assert found.high is None


@given(FEES, USES, st.decimals("0.1", 3, places=1), SHARES, TOOLS)
def test_an_allowance_is_cheaper_between_its_two_closed_forms(
    fee: Decimal, included: Decimal, times: Decimal, share: Decimal, tool: Decimal
) -> None:
    found = breakpoint_of(with_allowance(fee, included, times), metered(ZERO, share, tool))
    rate, q = Fraction(share), Fraction(times)
    first = (Fraction(fee) - Fraction(tool)) / rate
    if first < 0 or first >= included:
        return
    assert found.low == first
    if q > rate:
        assert found.high == (q * Fraction(included) - Fraction(fee) + Fraction(tool)) / (q - rate)
    else:
        assert found.high is None


@given(FEES, USES, st.decimals("0.1", 3, places=1), SHARES, TOOLS)
def test_an_allowance_that_is_earned_beyond_it_is_never_cheaper_where_overage_costs_more(
    fee: Decimal, included: Decimal, times: Decimal, share: Decimal, tool: Decimal
) -> None:
    first = (Fraction(fee) - Fraction(tool)) / Fraction(share)
    found = breakpoint_of(with_allowance(fee, included, times), metered(ZERO, share, tool))
    assert (found.form is Form.NEVER) == (first >= included and Fraction(times) >= Fraction(share))


@given(FEES, SHARES, SHARES, TOOLS)
def test_a_seat_at_token_rates_has_no_breakpoint_unless_its_rates_are_lower(
    fee: Decimal, own: Decimal, share: Decimal, tool: Decimal
) -> None:
    if fee <= tool:
        return
    found = breakpoint_of(at_rates(fee, own), metered(ZERO, share, tool))
    assert found.premium == fee - tool
    if own >= share:
        assert found.form is Form.NEVER
        assert "controls" in found.sentence
    else:
        assert found.low == Fraction(fee - tool) / (Fraction(share) - Fraction(own))


@given(st.lists(USES, min_size=1, max_size=6), FEES, USES)
def test_a_resetting_allowance_costs_at_least_what_the_mean_month_does(
    uses: list[Decimal], fee: Decimal, included: Decimal
) -> None:
    seat = with_allowance(fee, included, Decimal(1))
    months = [Use.of(u) for u in uses]
    mean = sum(map(Fraction, uses), Fraction(0)) / len(uses)
    at_mean = Fraction(fee) + max(Fraction(0), mean - Fraction(included))
    low = expected(seat, months).low
    assert low is not None
    assert low >= at_mean


def test_what_a_limit_cut_stays_at_least() -> None:
    months = [*use(20), Use.at_least(Decimal(50))]
    found = expected(metered(tool=Decimal(4)), months)
    assert (found.low, found.high) == (39, None)
    assert expected(flat(Decimal(30)), months).is_point


def test_an_annual_fee_is_due_for_the_months_without_need() -> None:
    seat = Option("seat", flat(Decimal(30)), annual=True)
    found = monthly(seat, use(40, 40), need=3)
    assert found.low == 120
    assert monthly(replace(seat, annual=False), use(40, 40), need=3).low == 30
    with pytest.raises(ValueError, match="13 months of need"):
        monthly(seat, use(40), need=13)


def test_both_paths_are_taken_at_the_same_unknown_use() -> None:
    seat, path = at_rates(Decimal(25), Decimal(1)), metered(tool=Decimal(10))
    found = difference_of_months(seat, path, [Use.at_least(ZERO), Use(ZERO, Decimal(90))])
    assert (found.low, found.high) == (30, 30)


@given(
    st.decimals(1, 500, places=1),
    st.decimals(0, "0.95", places=2),
    st.lists(st.decimals(0, 400, places=1), max_size=12),
)
def test_the_rule_for_newcomers_keeps_its_guarantee(
    fee: Decimal, beta: Decimal, spends: list[Decimal]
) -> None:
    rule, share, total = wait_and_buy(fee, Fraction(beta)), Fraction(beta), sum(map(Fraction, spends))
    foreseen = min(total, Fraction(fee) + share * total)
    assert cost(rule, fee, share, total) <= rule.guarantee * foreseen


def cost(rule: WaitAndBuy, fee: Decimal, share: Fraction, total: Fraction | int) -> Fraction | int:
    """What the rule pays where ``total`` is spent metered; the seat is taken the moment it is due."""
    return total if total < rule.spend else rule.spend + Fraction(fee) + share * (total - rule.spend)


def test_the_rule_waits_until_the_seat_would_have_been_paid() -> None:
    rule = wait_and_buy(Decimal(360))
    assert (rule.spend, rule.guarantee) == (360, 2)
    half = wait_and_buy(Decimal(360), Fraction(1, 2))
    assert (half.spend, half.guarantee) == (720, Fraction(3, 2))
    with pytest.raises(ValueError, match="beta"):
        wait_and_buy(Decimal(360), Fraction(1))


def test_a_newcomer_is_taken_for_thirty_peers_with_two_months() -> None:
    own = [use(10, 20)] * 30
    found = peers(own)
    assert found is not None
    assert (found.people, len(found.months)) == (30, 60)
    assert peers([*own[1:], use(10)]) is None


def measured(*pairs: tuple[int, str]) -> list[Measured]:
    return [Measured(Decimal(m), Use.of(Decimal(w))) for m, w in pairs]


def test_a_message_is_worth_an_interval_and_not_a_mean() -> None:
    found = per_message(measured((100, "2"), (100, "5"), (200, "6"), (50, "4"), (100, "3")))
    assert found is not None
    assert (found.low, found.high, found.people, found.grade) == (
        Decimal("0.02"), Decimal("0.08"), 5, Grade.C,
    )  # fmt: skip
    assert found.use(Decimal(300)) == Use(Decimal(6), Decimal(24))


def test_too_few_people_or_messages_measure_nothing() -> None:
    assert per_message(measured((100, "2"), (100, "5"), (200, "6"), (50, "4"))) is None
    assert per_message(measured(*[(19, "2")] * 30)) is None


def test_one_odd_person_in_twenty_is_left_out_at_either_end() -> None:
    people = measured((100, "0.1"), (100, "500"), *[(100, "2")] * 18)
    found = per_message(people)
    assert found is not None
    assert (found.low, found.high) == (Decimal("0.02"), Decimal("0.02"))
    nineteen = per_message(people[:-1])
    assert nineteen is not None
    assert nineteen.high == 5


def test_censored_people_leave_a_message_without_an_upper_end() -> None:
    people = [*measured(*[(100, "2")] * 5), Measured(Decimal(100), Use.at_least(Decimal(3)))]
    found = per_message(people)
    assert found is not None
    assert (found.low, found.high) == (Decimal("0.02"), None)


def test_messages_classify_only_if_the_whole_interval_lies_on_one_side() -> None:
    rate = per_message(measured((100, "2"), (100, "5"), (200, "6"), (50, "4"), (100, "3")))
    assert rate is not None
    seat, path = Option("seat", flat(Decimal(30))), Option("metered", metered(tool=Decimal(4)))
    few, some, many = ([rate.use(Decimal(n))] for n in (200, 600, 2000))
    assert verdict(seat, [path], few).path == "metered"
    assert verdict(seat, [path], some).reason is Reason.UNDECIDED
    assert verdict(seat, [path], many).path == "seat"


def counted(**quantities: int) -> Counted:
    return Counted(
        "anthropic", "large", datetime(2026, 9, 1, tzinfo=UTC), None,
        tuple((f"{m}_tokens", Decimal(q)) for m, q in quantities.items()),
        tier="batch", speed="fast", prompt_above=1000, prompt_upto=2001,
    )  # fmt: skip


def test_lazy_is_the_same_tokens_without_any_lever() -> None:
    found = lazy(counted(input=5, cache_read=80, cache_write_5m=10, cache_write_1h=5, output=7), "opus")
    assert dict(found.quantities) == {"input_tokens": 100, "output_tokens": 7}
    assert (found.model, found.tier, found.speed) == ("opus", "standard", "standard")


def test_notional_use_is_never_added_to_what_was_invoiced() -> None:
    notional = Amount.of(Decimal(10), "USD", MoneyKind.NOTIONAL)
    with pytest.raises(MixedMoney):
        notional + Amount.of(Decimal(10), "USD", MoneyKind.INVOICED)


@pytest.mark.parametrize("fault", ["no piece", "from later on", "below zero"])
def test_a_schedule_rises_from_zero(fault: str) -> None:
    first = Schedule(ZERO).pieces[0]
    pieces = {"no piece": (), "from later on": (replace(first, start=Decimal(1)),)}
    with pytest.raises(ValueError, match="zero"):
        Schedule(Decimal(-1 if fault == "below zero" else 1), pieces.get(fault, (first,)))
