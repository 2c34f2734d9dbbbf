"""Three years of both halves: tests/deal/cases/projection.yaml, and the same by brute force."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Percent, Term
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.halves import Half, Halves, ahead
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.projection import Course, Deal, Projector, Stretch, factors
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.years import PriceStep
from bothhalves.core.explain import Grade
from bothhalves.core.money import quotient, to_cents
from bothhalves.core.moves import horizon
from bothhalves.reading import read_yaml

BOTH = frozenset({Half.SEATS, Half.API})


@dataclass(frozen=True)
class Growing:
    start: Decimal
    growth: Percent


@dataclass(frozen=True)
class Expected:
    seats: tuple[Decimal, ...] = ()
    api: tuple[Decimal, ...] = ()
    both: tuple[Decimal, ...] = ()
    crossing: int | None = 0
    lasting: int | None = 0
    undivided: bool = False
    present_value: Decimal | None = None
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    contract: Contract
    seats: dict[str, tuple[int, ...]]
    api: Growing | tuple[Decimal, ...]
    expect: Expected
    why: str = ""
    uplift: Percent | None = None
    baseline: str = ""
    rate: Percent = Decimal(0)
    months: int = field(default=36)


def _load() -> dict[str, Case]:
    cases, problems = read_yaml(Path(__file__).parent / "cases" / "projection.yaml", dict[str, Case])
    assert problems == [], problems
    return cases or {}


CASES = _load()


def lengthened(row: tuple[int, ...], months: int) -> tuple[int, ...]:
    """The last number goes on."""
    return (*row, *[row[-1]] * (months - len(row)))


def usage(case: Case) -> tuple[int, ...]:
    if isinstance(case.api, Growing):
        step = 1 + Fraction(case.api.growth)
        return tuple(round(Fraction(case.api.start) * MICRO * step**t) for t in range(1, case.months + 1))
    return lengthened(tuple(int(n * MICRO) for n in case.api), case.months)


def course_of(case: Case) -> tuple[Course, tuple[str, ...]]:
    looked = ahead(case.contract, case.uplift, case.baseline)
    start = Month.of(case.contract.term.start)
    deal = Deal("as is", (Stretch(looked.contract, BOTH, start),))
    seats = {kind: lengthened(row, case.months) for kind, row in case.seats.items()}
    return Projector(deal, start, case.months).course(Scenario("base", usage(case), seats)), looked.said


def cents(micro: Fraction) -> Decimal:
    return to_cents(quotient(micro, MICRO))


@pytest.mark.parametrize("title", CASES)
def test_three_years_are_as_the_case_says(title: str) -> None:
    case = CASES[title]
    course, said = course_of(case)
    expect = case.expect
    for name in ("seats", "api", "both"):
        wanted = getattr(expect, name)
        found = [cents(course.year(n, getattr(course.halves, name))) for n in range(len(wanted))]
        assert found == list(wanted), name
    places = {month: n for n, month in enumerate(course.months, 1)}
    for name in ("crossing", "lasting"):
        month, wanted = getattr(course, name), getattr(expect, name)
        assert wanted == 0 or (None if month is None else places[month]) == wanted, name
    assert course.is_undivided == expect.undivided
    if expect.present_value is not None:
        assert cents(course.present_value(case.rate)) == expect.present_value
    assert all(any(words in sentence for sentence in said) for words in expect.says)


SEAT = SeatTerm("dev", "p", 0, Decimal(40))


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 200),
    st.lists(st.integers(0, 200), min_size=36, max_size=36),
    st.lists(st.integers(0, 9000 * MICRO), min_size=36, max_size=36),
    st.integers(1, 24),
    st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.0625")]),
    st.sampled_from(["peak", "assigned", "billed"]),
)
def test_brute_force_month_by_month(
    committed: int, needed: list[int], api: list[int], months: int, uplift: Decimal, baseline: str
) -> None:
    term = replace(SEAT, committed=committed, renewal=Renewal(uplift, None, baseline))
    contract = Contract("c", "v", "USD", Term(date(2027, 1, 1), months), (term,))
    deal = Deal("as is", (Stretch(ahead(contract).contract, BOTH, Month(2027, 1)),))
    course = Projector(deal, Month(2027, 1), 36).course(Scenario("base", tuple(api), {"dev": tuple(needed)}))
    mark, fee, peak, crossing = committed, Fraction(40), 0, None
    for t in range(36):
        if t and t % months == 0:
            fee *= 1 + Fraction(uplift)
            mark, peak = {"peak": peak, "assigned": needed[t - 1], "billed": mark}[baseline], 0
        mark = max(mark, needed[t])
        peak = max(peak, mark)
        assert course.halves.seats[t] == mark * fee * MICRO
        assert course.halves.api[t] == api[t]
        if crossing is None and api[t] > mark * fee * MICRO:
            crossing = course.months[t]
    assert course.crossing == crossing


def test_an_offer_takes_over_when_its_term_begins() -> None:
    old = Contract("old", "v", "USD", Term(date(2026, 7, 1), 12), (replace(SEAT, committed=10),))
    new = replace(old, id="new", term=Term(date(2027, 3, 1), 12), seats=(replace(SEAT, committed=4),))
    deal = Deal(
        "as quoted",
        (
            Stretch(ahead(old).contract, BOTH, Month(2026, 7), Month(2027, 3)),
            Stretch(ahead(new).contract, BOTH, Month(2027, 3)),
        ),
    )
    course = Projector(deal, Month(2027, 1), 6).course(Scenario("base", (0,) * 6, {"dev": (3,) * 6}))
    assert course.halves.billed["dev"] == (10, 10, 4, 4, 4, 4)


def test_halves_priced_apart_each_take_their_own_contract() -> None:
    seats = Contract("s", "v", "USD", Term(date(2027, 1, 1), 12), (replace(SEAT, committed=4),))
    api = Contract("a", "v", "USD", Term(date(2027, 1, 1), 12), (replace(SEAT, committed=99),))
    deal = Deal(
        "priced apart",
        (
            Stretch(ahead(seats).contract, frozenset({Half.SEATS}), Month(2027, 1)),
            Stretch(ahead(api).contract, frozenset({Half.API}), Month(2027, 1)),
        ),
    )
    outlook = Outlook(
        Month(2027, 1), "USD", (Scenario("base", (5, 7), {"dev": (3, 3)}),), Grade.B, full_months=3
    )
    course = Projector(deal, outlook.start, outlook.months).course(outlook.scenarios[0])
    assert course.halves.billed == {"dev": (4, 4)}
    assert course.halves.api == (5, 7)
    assert course.cumulative(course.halves.total) == (160 * MICRO + 5, 320 * MICRO + 12)


def test_discount_factors_fall_from_month_to_month_and_halve_at_a_hundred_percent() -> None:
    assert factors(Decimal(0), 3) == (1, 1, 1)
    yearly = factors(Decimal(1), 24)
    assert (yearly[11], yearly[23]) == (Fraction(1, 2), Fraction(1, 4))
    with pytest.raises(ValueError, match="above -100%"):
        factors(Decimal(-1), 1)


@pytest.mark.parametrize(
    ("prices", "levels"),
    [(None, (10, 8)), ("lock", (10, 10)), ("cap", (10, 8))],
    ids=["at list price", "locked", "capped"],
)
def test_changes_of_list_prices_reach_usage_as_its_protection_lets_them(
    prices: str | None, levels: tuple[int, int]
) -> None:
    term = Term(date(2027, 1, 1), 12, auto_renews=True)
    signed = Contract("c", "v", "USD", term, prices=prices)  # type: ignore[arg-type]
    steps = (PriceStep(Month(2027, 2), Fraction(4, 5)),)
    both = Stretch(signed, BOTH, Month(2027, 1))
    deal = Deal("d", (both,), steps=steps)
    way = Scenario("base", (10 * MICRO, 10 * MICRO))
    projector = Projector(deal, Month(2027, 1), 2)
    assert projector.course(way).halves.api == tuple(n * MICRO for n in levels)
    assert [line.amount.low for line in projector.lines(way)[Half.API]] == list(levels)
    later = replace(deal, stretches=(replace(both, first=Month(2027, 3)),))
    assert Projector(later, Month(2027, 1), 2).course(way).halves.api == (10 * MICRO, 8 * MICRO)


def paid_ahead(months: int) -> Course:
    """Two periods of twelve, each paid in its first month, of which a month uses a twelfth."""
    used = tuple(Fraction(10) for _ in range(months))
    due = tuple(Fraction(120 if n % 12 == 0 else 0) for n in range(months))
    none = (Fraction(0),) * months
    return Course(
        "as quoted", "base", horizon(Month(2027, 1), months), Halves(none, used, none, none, due, {})
    )


def test_a_present_value_is_over_the_months_that_the_sum_is_over() -> None:
    """Of the second payment two months are used: ten are for later, and stand beside both, in neither."""
    course = paid_ahead(14)
    assert course.left_over == 100
    assert (course.owed[0], course.owed[12], sum(course.owed)) == (120, 20, 140)
    assert course.present_value(Decimal(0)) == 140
    assert course.present_value(Decimal("0.08")) < 140


def test_with_nothing_paid_ahead_all_of_it_is_owed_when_it_is_due() -> None:
    course = paid_ahead(24)
    assert course.left_over == 0
    assert course.owed == course.halves.due


def test_what_falls_due_after_the_months_counts_in_the_last_one() -> None:
    course = paid_ahead(12)
    later = replace(course, halves=replace(course.halves, due=(Fraction(0),) * 12))
    assert later.left_over == -120
    assert later.owed == (*(Fraction(0),) * 11, Fraction(120))
