"""Laws of seat clauses for any roster, the faults that are told, and the last day for notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Change, Demand, SeatUse, Term
from bothhalves.core.clauses.proration import Proration
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import Break, SeatTerm
from bothhalves.core.clauses.trueups import TrueUp, daily_average
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import View
from bothhalves.core.money import to_cents
from bothhalves.core.settling import Settlement, settle

FIRST = Month(2026, 1)
FEES = st.decimals(0, 200, places=2)
COUNTS = st.integers(0, 60)


def contract(*seats: SeatTerm, months: int = 6, auto_renews: bool = False, **clauses: object) -> Contract:
    return Contract("c", "v", "USD", Term(FIRST.first, months, auto_renews), seats, **clauses)  # type: ignore[arg-type]


def total(settled: Settlement, *views: View) -> Decimal:
    return sum((x.amount.low for x in settled.lines if not views or x.view in views), Decimal(0))


def cost(term: SeatTerm, asked: list[Demand], months: int = 6) -> Decimal:
    return total(settle(contract(term, months=months), asked))


@st.composite
def rosters(draw: st.DrawFn, steady: bool = False) -> list[Demand]:
    """One to eight months of seats of the type dev; some are not measured, unless ``steady``."""
    found, month, held = [], FIRST, draw(COUNTS)
    for _ in range(draw(st.integers(1, 8))):
        changes: list[Change] = []
        for day in sorted(draw(st.sets(st.integers(1, 28), max_size=0 if steady else 3))):
            moved = draw(st.integers(-min(held, 5), 9))
            changes.append(Change(date(month.year, month.number, day), moved))
            held += moved
        opening = held - sum(c.seats for c in changes)
        people = draw(st.one_of(st.none(), COUNTS))
        use = SeatUse("dev", opening, tuple(changes), people, people)
        known = steady or draw(st.integers(0, 5)) > 0
        found.append(Demand(month, seats=(use,) if known else ()))
        month = month.next
        held = draw(COUNTS) if steady else held
    return found


TRUE_UPS = st.builds(
    TrueUp,
    st.sampled_from(["", "month", "quarter", "year", "term"]),
    st.sampled_from(["", "provisioned", "active", "concurrent"]),
    st.sampled_from(["", "high-water", "actual", "average", "snapshot"]),
    st.sampled_from(["", "contract", "list", "12.34"]),
    st.sampled_from(["", "up-only", "both"]),
    st.sampled_from(["", "2", "10%"]),
    st.sampled_from([None, True, False]),
)
PRORATIONS = st.builds(
    Proration,
    st.just("day"),
    st.sampled_from(["", "including", "excluding"]),
    st.sampled_from(["", "days-in-month", "365"]),
)
TERMS = st.builds(
    SeatTerm,
    st.just("dev"),
    st.just("p"),
    COUNTS,
    FEES,
    st.sampled_from(["monthly", "annual"]),
    minimum=st.integers(0, 20),
    maximum=st.one_of(st.none(), st.integers(60, 80)),
    list_fee=FEES,
    breaks=st.sampled_from([(), (Break(20, Decimal(9)), Break(40, Decimal(7)))]),
    breaks_are=st.sampled_from(["", "all-units", "incremental"]),
    true_up=st.one_of(st.none(), TRUE_UPS),
    proration=st.one_of(st.none(), st.just(Proration("month")), PRORATIONS),
    removals=st.sampled_from(["", "at-renewal", "at-once", "credit-next-month"]),
    renewal=st.one_of(
        st.none(),
        st.builds(
            Renewal, st.sampled_from([None, Decimal("0.06")]), st.sampled_from([None, Decimal("0.05")])
        ),
    ),
).filter(lambda t: t.fault() is None and (t.true_up is None or t.true_up.fault() is None))


@settings(deadline=None)
@given(TERMS, rosters(), st.integers(2, 12), st.booleans())
def test_two_halves_with_what_is_carried_over_equal_the_whole(
    term: SeatTerm, asked: list[Demand], months: int, auto_renews: bool
) -> None:
    signed = contract(term, months=months, auto_renews=auto_renews)
    whole = settle(signed, asked)
    for cut in range(len(asked) + 1):
        first = settle(signed, asked[:cut])
        second = settle(signed, asked[cut:], first.carried)
        assert first.lines + second.lines == whole.lines
        assert second.carried == whole.carried
    assert len({line.id for line in whole.lines}) == len(whole.lines)


@settings(deadline=None)
@given(TERMS, rosters())
def test_the_order_of_changes_and_types_changes_nothing(term: SeatTerm, asked: list[Demand]) -> None:
    other = SeatUse("ops", 3)
    shuffled = [
        replace(d, seats=(other, *(replace(u, changes=u.changes[::-1]) for u in d.seats))) for d in asked
    ]
    assert settle(contract(term), asked).lines == settle(contract(term), shuffled).lines


@settings(deadline=None)
@given(TERMS.filter(lambda t: t.proration is None), rosters(), st.integers(2, 9))
def test_fees_that_scale_scale_the_cost(term: SeatTerm, asked: list[Demand], times: int) -> None:
    rule = term.true_up
    if rule is not None and rule.price is not None:
        rule = replace(rule, rate=str(rule.price * times))
    dearer = replace(
        term,
        fee=term.fee * times,
        list_fee=None if term.list_fee is None else term.list_fee * times,
        breaks=tuple(Break(b.from_, b.fee * times) for b in term.breaks),
        true_up=rule,
    )
    assert abs(cost(dearer, asked) - cost(term, asked) * times) < Decimal("1E-7")


@settings(deadline=None)
@given(st.sampled_from(["high-water", "actual", "average", "snapshot"]), COUNTS, FEES, rosters(steady=True))
def test_methods_follow_from_the_counts_of_the_months(
    method: str, committed: int, fee: Decimal, asked: list[Demand]
) -> None:
    every = "month" if method in ("high-water", "actual") else "term"
    term = SeatTerm("dev", "p", committed, fee, true_up=TrueUp(every, "provisioned", method))
    seen = [d.seats[0].opening for d in asked]
    marks = [max([committed, *seen[: n + 1]]) for n in range(len(seen))]
    mean = Fraction(sum(seen), len(seen))
    seat_months = {
        "high-water": Fraction(sum(marks)),
        "actual": Fraction(sum(max(committed, s) for s in seen)),
        "average": max(Fraction(committed), mean) * len(seen),
        "snapshot": Fraction(max(committed, seen[-1]) * len(seen)),
    }[method]
    assert Fraction(cost(term, asked, months=len(asked))) == seat_months * Fraction(fee)


@settings(deadline=None)
@given(COUNTS, FEES, rosters())
def test_a_ratchet_costs_at_least_what_the_months_cost(
    committed: int, fee: Decimal, asked: list[Demand]
) -> None:
    def by(method: str) -> Decimal:
        return cost(SeatTerm("dev", "p", committed, fee, true_up=TrueUp("month", method=method)), asked, 8)

    assert by("high-water") >= by("actual") >= committed * fee * len(asked)


@settings(deadline=None)
@given(TERMS, rosters())
def test_clauses_that_cannot_bind_add_nothing(term: SeatTerm, asked: list[Demand]) -> None:
    quiet = [Demand(d.month, seats=(SeatUse("dev", 0, (), 0, 0),)) for d in asked]
    plain = replace(term, true_up=None, proration=None, removals="", minimum=0, maximum=None)
    bound = replace(term, minimum=min(term.minimum, term.committed))
    if bound.rule is None or bound.rule.up_only:
        assert cost(bound, quiet) == cost(plain, quiet)
    assert total(settle(contract(plain, minimum_seats=term.committed), quiet)) == cost(plain, quiet)


@settings(deadline=None)
@given(TERMS.filter(lambda t: t.billed == "annual"), rosters(), st.integers(1, 8))
def test_paying_ahead_moves_money_and_adds_none(term: SeatTerm, asked: list[Demand], months: int) -> None:
    term = replace(term, renewal=None)
    whole = [Demand(Month(2026, n + 1)) for n in range(months)]
    asked = [*asked, *whole[len(asked) :]][:months]
    settled = settle(contract(term, months=months), asked)
    assert total(settled, View.BILLED) == 0
    assert total(settled) == total(settled, View.CONTRACTED)


@settings(deadline=None)
@given(TERMS.filter(lambda t: t.proration is not None), rosters())
def test_prorated_lines_are_in_whole_cents(term: SeatTerm, asked: list[Demand]) -> None:
    lines = settle(contract(term, months=12), asked).lines
    prorated = [x for x in lines if "seat-days" in x.unit]
    assert all(x.amount.low == to_cents(x.amount.low) for x in prorated)
    assert all(abs(x.amount.low - x.quantity * x.price / x.per) <= Decimal("0.005") for x in prorated)


@settings(deadline=None)
@given(COUNTS, FEES, rosters(), st.sampled_from(["including", "excluding"]))
def test_a_seat_by_the_day_costs_no_more_than_by_the_month(
    committed: int, fee: Decimal, asked: list[Demand], count: str
) -> None:
    def by(**rule: str) -> Decimal:
        return cost(SeatTerm("dev", "p", committed, fee, proration=Proration(**rule)), asked, 8)

    cents = Decimal("0.005") * sum(len(u.changes) for d in asked for u in d.seats)
    assert by(by="day", count=count) <= by(by="month") + cents


@given(COUNTS, st.lists(st.tuples(st.integers(1, 30), st.integers(-3, 5)), max_size=4))
def test_the_daily_average_is_the_mean_of_the_days(opening: int, moves: list[tuple[int, int]]) -> None:
    use = SeatUse("dev", opening, tuple(Change(date(2026, 6, d), n) for d, n in moves))
    days = [opening + sum(n for d, n in moves if d <= day) for day in range(1, 31)]
    assert daily_average(use, Month(2026, 6)) == Fraction(sum(days), 30)


# -- worked figures over years -------------------------------------------------------------------------


def test_three_years_of_seats_rise_with_every_renewal() -> None:
    rise = Renewal(Decimal("0.06"), baseline="billed")
    signed = contract(SeatTerm("dev", "p", 150, Decimal(40), renewal=rise), months=12, auto_renews=True)
    lines = settle(signed, [Demand(Month(2026 + n // 12, n % 12 + 1)) for n in range(36)]).lines
    years = [sum(x.amount.low for x in lines if str(y) in x.id) for y in (2026, 2027, 2028)]
    assert years == [Decimal(72_000), Decimal(76_320), Decimal("80899.20")]


@pytest.mark.parametrize(("baseline", "seats"), [("billed", 60), ("peak", 60), ("assigned", 43)])
def test_what_a_renewal_inherits_from_a_spike(baseline: str, seats: int) -> None:
    term = SeatTerm(
        "dev", "p", 40, Decimal(50), true_up=TrueUp("month"), renewal=Renewal(Decimal(0), baseline=baseline)
    )
    held = [40, 42, 60, 48, 44, 43, 20]
    asked = [Demand(Month(2026, n + 1), seats=(SeatUse("dev", s),)) for n, s in enumerate(held)]
    settled = settle(contract(term, auto_renews=True), asked)
    assert total(settled) == 16_100 + seats * 50


# -- notice and faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "days", "last"),
    [
        ("2026-02-01", 12, 60, "2026-12-02"),
        ("2026-02-01", 12, 0, "2027-01-31"),
        ("2026-01-01", 12, 90, "2026-10-02"),
        ("2027-03-15", 12, 30, "2028-02-13"),
    ],
)
def test_notice_is_given_so_many_days_before_the_last_day(
    start: str, months: int, days: int, last: str
) -> None:
    assert Term(date.fromisoformat(start), months, True, days).notice_by == date.fromisoformat(last)
    assert Term(date.fromisoformat(start), months).notice_by is None


TEN = Decimal(10)
DEV = SeatTerm("dev", "p", 10, TEN)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(DEV, billed="weekly"), "billed"),
        (replace(DEV, committed=-1), "below zero"),
        (replace(DEV, fee=-TEN), "below zero"),
        (replace(DEV, maximum=9), "at most 9"),
        (replace(DEV, minimum=11, maximum=10), "at most 10"),
        (replace(DEV, breaks=(Break(1, TEN),)), "second seat"),
        (replace(DEV, breaks=(Break(9, TEN), Break(5, TEN))), "rise"),
        (replace(DEV, breaks_are="volume"), "all-units"),
        (replace(DEV, removals="never"), "removals"),
        (replace(DEV, true_up=TrueUp(rate="list")), "list_fee"),
        (replace(DEV, true_up=TrueUp(method="high-water"), removals="at-once"), "high-water"),
        (replace(DEV, true_up=TrueUp(method="actual"), removals="at-renewal"), "high-water"),
        (replace(DEV, billed="annual", removals="at-once"), "annual"),
        (replace(DEV, true_up=TrueUp("quarter"), proration=Proration("day")), "whole seat-months"),
        (replace(DEV, true_up=TrueUp(measured_on="active"), proration=Proration("day")), "prorated"),
        (replace(DEV, from_=date(2026, 5, 1), co_term=date(2026, 5, 1)), "co_term"),
        (TrueUp("week"), "every"),
        (TrueUp(measured_on="invited"), "measured_on"),
        (TrueUp(rate="cheap"), "plain number"),
        (TrueUp(rate="-1"), "below zero"),
        (TrueUp(grace="-1"), "below zero"),
        (TrueUp(grace="some"), "plain number"),
        (TrueUp(direction="both"), "only rises"),
        (TrueUp(method="actual", backdated=False), "backdated"),
        (Proration("week"), "by is"),
        (Proration("month", "including"), "by: day"),
        (Proration(basis="365"), "by: day"),
        (Renewal(baseline="need"), "baseline"),
        (Renewal(uplift=-TEN), "below zero"),
        (contract(DEV, DEV), "begin together"),
        (contract(DEV, minimum_seats=-1), "below zero"),
        (
            contract(replace(DEV, true_up=TrueUp()), replace(DEV, from_=date(2026, 2, 1), true_up=TrueUp())),
            "two clauses in force",
        ),
    ],
)
def test_what_is_wrong_as_written_is_told(
    wrong: SeatTerm | TrueUp | Proration | Renewal | Contract, said: str
) -> None:
    assert said in (wrong.fault() or "")


def test_an_annual_rate_without_contradiction_is_sound() -> None:
    sound = replace(
        DEV, billed="annual", proration=Proration("day"), removals="at-renewal", minimum=3, maximum=10
    )
    assert sound.fault() is None
    follows = replace(sound, from_=date(2026, 3, 1))
    assert contract(replace(sound, until=date(2026, 3, 1)), follows).fault() is None
