"""The fast arithmetic of commitments is that of settle, for any terms, usage and fees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import EVERYTHING, Demand, MeteredUse, SeatUse, Term
from bothhalves.core.clauses.commitments import (
    Band,
    CommitmentTerm,
    OverageRate,
    RampStep,
    Reduction,
    Rollover,
)
from bothhalves.core.clauses.rates import RateTerm
from bothhalves.core.contracts import Contract, SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.commitment_cost import Cost, Drawing, cost
from bothhalves.core.deal.commitment_schedule import MICRO, laid
from bothhalves.core.explain import Line, View
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.moves import horizon
from bothhalves.core.settling import settle
from test_settling import CASE_LIST, Case, demand

FIRST = Month(2026, 1)
NEAR = Fraction(1, 1000)  # of a micro-unit: settle rounds at the twelfth place of a unit
MONEY = st.decimals(0, 10_000, places=2)
SHARE = st.decimals(0, Decimal("0.99"), places=2)
BANDS = st.lists(st.tuples(MONEY, SHARE), max_size=3, unique_by=lambda b: b[0]).map(
    lambda drawn: tuple(
        Band(start, discount)
        for start, discount in zip(sorted(b[0] for b in drawn), sorted(b[1] for b in drawn), strict=True)
    )
)
ROLLOVERS = st.builds(
    Rollover,
    st.integers(1, 2),
    st.sampled_from([None, "rolled-first", "current-first"]),
    st.sampled_from([None, "renew-at-same-level"]),
)
COMMITMENTS = st.builds(
    CommitmentTerm,
    amount=MONEY,
    per=st.sampled_from(["month", "quarter", "year", "term"]),
    ramp=st.lists(st.builds(RampStep, st.integers(2, 24), MONEY), max_size=2).map(tuple),
    denominated=st.sampled_from(["net", "list"]),
    bands=BANDS,
    bands_are=st.sampled_from(["all-units", "incremental"]),
    counts=st.sampled_from([("api",), ("api", "seats")]),
    overage=st.one_of(
        st.sampled_from(["committed", "list"]), st.builds(OverageRate, st.decimals(0, 2, places=1))
    ),
    unused=st.one_of(st.just("forfeited"), ROLLOVERS),
    right_to_reduce=st.just(Decimal("0.5")),
    reductions=st.sampled_from([(), (Reduction(2, Decimal("0.3")),)]),
    paid=st.sampled_from(["prepaid", "in-arrears"]),
    minimum_per_month=st.one_of(st.none(), MONEY),
)
TERMS = st.builds(Term, st.just(FIRST.first), st.integers(1, 30), st.booleans())
USAGE = st.lists(MONEY, min_size=1, max_size=24)


def line(month: Month, worth: Decimal) -> Line:
    return Line(
        id=f"usage {month}", meter="input_tokens", quantity=Decimal(1_000_000), unit="tokens", price=worth,
        price_high=worth, per=1_000_000, amount=Amount.of(worth, "USD", MoneyKind.SCENARIO), view=View.LIST,
        entry="list/model", source="", layer="list", dimensions=(("month", str(month)),),
    )  # fmt: skip


def demands(usage: list[Decimal], seats: int = 0) -> list[Demand]:
    months = horizon(FIRST, len(usage))
    held = (SeatUse("seat", seats),) if seats else ()
    return [
        Demand(m, (MeteredUse(line(m, worth), "model"),), held)
        for m, worth in zip(months, usage, strict=True)
    ]


def settled_by_month(contract: Contract, asked: list[Demand]) -> list[Fraction]:
    """What settle makes due in each month, in micro-units."""
    found = dict.fromkeys((str(d.month) for d in asked), Fraction(0))
    for one in settle(contract, asked, kind=MoneyKind.SCENARIO).lines:
        found[dict(one.dimensions)["month"]] += Fraction(one.amount.low) * MICRO
    return list(found.values())


def micros(usage: list[Decimal]) -> list[int]:
    return [int(worth * MICRO) for worth in usage]


def costed(
    clause: CommitmentTerm, term: Term, usage: list[Decimal], fees: list[int], share: Fraction
) -> tuple[Cost, Cost]:
    """By month, and in whole periods where that is all that matters."""
    schedule = laid(clause, term, FIRST, len(usage))
    return (
        cost(schedule, micros(usage), fees, share, monthly=True),
        cost(schedule, micros(usage), fees, share),
    )


@settings(deadline=None, max_examples=300)
@given(COMMITMENTS, TERMS, USAGE, st.integers(0, 40), st.sampled_from(["0", "0.1", "0.25"]))
def test_each_month_costs_what_settle_makes_of_it(
    clause: CommitmentTerm, term: Term, usage: list[Decimal], seats: int, off: str
) -> None:
    contract = Contract(
        "c", "v", "USD", term,
        seats=(SeatTerm("seat", "claude", seats, Decimal(30)),) if seats else (),
        rates=(RateTerm(discount=Decimal(off)),) if off != "0" else (),
        commitment=clause,
    )  # fmt: skip
    counted = seats if "seats" in clause.counts else 0
    fees = [counted * 30 * MICRO if term.runs(m) else 0 for m in horizon(FIRST, len(usage))]
    share = 1 - Fraction(off)
    beside = [(seats - counted) * 30 * MICRO if term.runs(m) else 0 for m in horizon(FIRST, len(usage))]
    wanted = settled_by_month(contract, demands(usage, seats))
    outside = [w for w, m in zip(usage, horizon(FIRST, len(usage)), strict=True) if not term.runs(m)]
    found, _ = costed(clause, term, usage, fees, share)
    # Without a contract nothing is taken off the list price either.
    undiscounted = sum((Fraction(w) for w in outside), start=Fraction(0)) * MICRO * (1 - share)
    got = [a + b for a, b in zip(found.by_month, beside, strict=True)]
    runs = [term.runs(m) for m in horizon(FIRST, len(usage))]
    assert all(abs(a - b) < NEAR for a, b, on in zip(got, wanted, runs, strict=True) if on)
    assert abs(sum(got) + undiscounted - sum(wanted)) < NEAR * len(usage)


@settings(deadline=None, max_examples=200)
@given(COMMITMENTS, TERMS, USAGE)
def test_whole_periods_and_months_tell_the_same(
    clause: CommitmentTerm, term: Term, usage: list[Decimal]
) -> None:
    by_month, whole = costed(replace(clause, minimum_per_month=None), term, usage, [], Fraction(1))
    assert whole.periods == by_month.periods
    assert whole.paid == by_month.paid == sum(by_month.by_month)


@settings(deadline=None, max_examples=200)
@given(COMMITMENTS, TERMS, USAGE)
def test_what_is_committed_is_drawn_forfeited_rolled_or_open(
    clause: CommitmentTerm, term: Term, usage: list[Decimal]
) -> None:
    found, _ = costed(clause, term, usage, [], Fraction(1))
    rolled = Fraction(0)
    for period in found.periods:
        assert period.payable + rolled == period.drawn + period.forfeited + period.rolled + period.open
        assert 0 <= period.covered <= period.used
        rolled = period.rolled
    if not any(p.open for p in found.periods):
        parts = ("payable", "overage", "topped_up")
        assert found.paid == sum(found.total(p) for p in parts) + found.outside


WORTHS = st.lists(st.integers(0, 9000 * MICRO), min_size=1, max_size=24)
SHARES = st.sampled_from([Fraction(1), Fraction(1), Fraction(93, 100), Fraction(0)])


@settings(deadline=None, max_examples=300)
@given(COMMITMENTS, TERMS, WORTHS, st.booleans(), SHARES)
def test_sums_over_a_scenario_are_those_of_its_periods(
    clause: CommitmentTerm, term: Term, api: list[int], fees: bool, share: Fraction
) -> None:
    schedule = laid(clause, term, FIRST, len(api))
    charged = [Fraction(worth, 7) for worth in reversed(api)] if fees else []
    told = cost(schedule, api, charged, share)
    drawing = Drawing(schedule, share, beside=fees)
    assert drawing.paid(api, charged) == told.paid
    paid, lost, beyond, covered = (Fraction(n) / drawing.scale for n in drawing.sums(api, charged))
    assert (paid + told.outside, lost) == (told.paid, told.total("forfeited"))
    assert (beyond, covered) == (told.total("overage") + told.total("topped_up"), told.total("covered"))
    course = drawing.course(api, charged)
    assert course.paid == cost(schedule, api, charged, share, monthly=True).by_month


def test_a_year_costs_what_the_formula_says() -> None:
    """payable + m (X - covered)+: 240 at 20 % off cover 300; 360 cost 240 + 60."""
    clause = CommitmentTerm(Decimal(240), bands=(Band(Decimal(0), Decimal("0.2")),), overage="list")
    found, _ = costed(clause, Term(date(2026, 1, 1), 12), [Decimal(30)] * 12, [], Fraction(1))
    assert found.paid == 300 * MICRO
    assert (found.total("overage"), found.total("covered"), found.total("used")) == (
        60 * MICRO, 300 * MICRO, 360 * MICRO,
    )  # fmt: skip


def test_of_money_that_rolled_over_the_oldest_is_drawn_first() -> None:
    """100 a month, drawn first; in the third, 50 come from the first, so that the second's 100 serve the
    fourth, which needs 250: 50 are beyond."""
    clause = CommitmentTerm(Decimal(100), "month", unused=Rollover(2, "current-first"), overage="list")
    usage = [Decimal(0), Decimal(0), Decimal(150), Decimal(250)]
    term = Term(FIRST.first, 4)
    contract = Contract("c", "v", "USD", term, commitment=clause)
    wanted = sum(settled_by_month(contract, demands(usage)))
    drawing = Drawing(laid(clause, term, FIRST, 4))
    assert drawing.paid(micros(usage)) == wanted == 450 * MICRO
    assert [found.paid for found in costed(clause, term, usage, [], Fraction(1))] == [wanted, wanted]


def _of_usage_alone(case: Case) -> bool:
    """True if nothing but a commitment prices the case, and all of its usage counts."""
    one, clause = case.contract, case.contract.commitment
    if clause is None or clause.scope != EVERYTHING or clause.excludes or clause.counts not in ((), ("api",)):
        return False
    beside = (one.seats, one.rates, one.marketplaces, one.included_credits, one.prices, one.exchange)
    plain = not any(beside) and not (one.usage or one.packs or one.credits or one.undivided)
    rows = [row for month in case.months.values() for row in month.usage]
    return (
        plain and one.tax in (None, "excluded") and all(row.list >= 0 and not row.seat_type for row in rows)
    )


ALONE = {title: case for title, case in CASE_LIST if _of_usage_alone(case)}


@pytest.mark.parametrize("title", ALONE)
def test_what_experts_wrote_down_of_commitments_comes_out_here_too(title: str) -> None:
    case = ALONE[title]
    assert case.contract.commitment is not None
    months = [Month.parse(m) for m in sorted(case.months)]
    schedule = laid(case.contract.commitment, case.contract.term, months[0], len(months))
    api = [int(sum(row.list for row in case.months[str(m)].usage) * MICRO) for m in months]
    found = cost(schedule, api, monthly=True)
    asked = [demand(str(m), case.months[str(m)]) for m in months]
    settled = settle(case.contract, asked).lines
    total = sum((Fraction(x.amount.low) for x in settled), start=Fraction(0)) * MICRO
    assert abs(found.paid - total) < NEAR * len(months)
    if case.expect.total is not None:
        assert abs(found.paid - Fraction(case.expect.total) * MICRO) < NEAR * len(months)


def test_many_of_them_are_of_usage_alone() -> None:
    assert len(ALONE) >= 30
