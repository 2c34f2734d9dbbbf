"""Renewal: tests/deal/cases/{renewal,true_ups}.yaml, laws of both, and the days of a contract's end."""

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
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.deadlines import What, Work, deadlines, ending, phases
from bothhalves.core.deal.halves import ahead
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.renewal import Split, baselines, drift
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.true_ups import counted, spike_cost, spikes
from bothhalves.core.explain import Grade
from bothhalves.core.moves import horizon
from bothhalves.reading import read_yaml

FOLDER = Path(__file__).parent / "cases"
FIRST = Month(2026, 1)


@dataclass(frozen=True)
class Wanted:
    seats: Decimal
    cost: Decimal
    renewed: int


@dataclass(frozen=True)
class SpikeWanted:
    cost: Decimal
    more: int
    a_year: Decimal


@dataclass(frozen=True)
class CountingCase:
    seat: SeatTerm
    seats: tuple[int, ...]
    ways: dict[str, Wanted] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)
    spike: SpikeWanted | None = None
    grace: str = ""
    why: str = ""


@dataclass(frozen=True)
class BaselineWanted:
    seats: dict[str, tuple[Decimal, ...]] = field(default_factory=dict)
    api: tuple[Decimal, ...] = ()
    inherited: Decimal | None = None
    honest: Decimal | None = None
    gap: Decimal | None = None
    refuses: bool = False


@dataclass(frozen=True)
class BaselineCase:
    contract: Contract
    usage: dict[str, Decimal]
    expect: BaselineWanted
    renewed: dict[str, int] = field(default_factory=dict)
    needed: dict[str, int] = field(default_factory=dict)
    chances: dict[str, Percent] = field(default_factory=dict)
    weighed: bool = True
    full_months: int = 6
    why: str = ""


COUNTING, COUNTING_FAULTS = read_yaml(FOLDER / "true_ups.yaml", dict[str, CountingCase])
BASELINES, BASELINE_FAULTS = read_yaml(FOLDER / "renewal.yaml", dict[str, BaselineCase])


def test_the_cases_can_be_read() -> None:
    assert COUNTING_FAULTS == BASELINE_FAULTS == []


@pytest.mark.parametrize("title", COUNTING or {})
def test_seats_counted_another_way_cost_what_the_case_says(title: str) -> None:
    case = (COUNTING or {})[title]
    months = horizon(FIRST, len(case.seats))
    found = {}
    for way in counted(case.seat, months, case.seats, case.grace):
        said = [way.name, *(["list"] if way.rate == "list" else []), *(["grace"] if way.grace else [])]
        found[", ".join(said)] = way
    for name, wanted in case.ways.items():
        way = found[name]
        assert (way.seats, way.cost, way.renewed) == (
            Fraction(wanted.seats),
            Fraction(wanted.cost) * MICRO,
            wanted.renewed,
        ), name
    if case.spike is not None:
        without = [case.without.get(str(n), count) for n, count in enumerate(case.seats, 1)]
        cost, more, a_year = spike_cost(case.seat, months, case.seats, without)
        assert (cost / MICRO, more, a_year / MICRO) == (
            Fraction(case.spike.cost),
            case.spike.more,
            Fraction(case.spike.a_year),
        )


@pytest.mark.parametrize("title", BASELINES or {})
def test_inherited_and_honest_are_as_the_case_says(title: str) -> None:
    case = (BASELINES or {})[title]
    expect = case.expect
    scenarios = tuple(
        Scenario(
            name,
            _in_twelve(amount),
            {},
            Fraction(case.chances.get(name, Fraction(1, len(case.usage)))) if case.weighed else None,
        )
        for name, amount in case.usage.items()
    )
    first = Month(2027, 1)
    outlook = Outlook(first, "USD", scenarios, Grade.A, case.full_months)
    renewed = {t.id: case.renewed[t.id.removeprefix("seats/")] for t in case.contract.seats if case.renewed}
    found = baselines(ahead(case.contract).contract, first, renewed, case.needed, outlook)
    years = {s.type: (s.inherited / MICRO, s.honest / MICRO) for s in found.seats}
    for kind, pair in expect.seats.items():
        assert years[kind] == tuple(map(Fraction, pair))
    if expect.api:
        assert (found.api_inherited / MICRO, found.api_honest / MICRO) == tuple(map(Fraction, expect.api))
    for name in ("inherited", "honest", "gap"):
        wanted = getattr(expect, name)
        assert wanted is None or getattr(found, name) / MICRO == Fraction(wanted), name
    assert expect.refuses == (found.sizing is not None and found.sizing.licence.refuses)


def _in_twelve(amount: Decimal) -> tuple[int, ...]:
    each, rest = divmod(int(amount * MICRO), 12)
    return (each + rest, *[each] * 11)


SEAT = SeatTerm("dev", "p", 20, Decimal("31.25"), list_fee=Decimal(40))
SEATS = st.lists(st.integers(0, 90), min_size=1, max_size=24)


@settings(deadline=None, max_examples=100)
@given(SEATS, st.integers(0, 60))
def test_counting_by_brute_force(seats: list[int], committed: int) -> None:
    months = horizon(FIRST, len(seats))
    found = {(w.name, w.rate): w for w in counted(replace(SEAT, committed=committed), months, seats)}
    mark, marks = committed, []
    for count in seats:
        mark = max(mark, count)
        marks.append(mark)
    years = [seats[n : n + 12] for n in range(0, len(seats), 12)]
    last = [max(committed, year[-1]) for year in years for _ in year]
    mean = [max(Fraction(committed), Fraction(sum(year), len(year))) for year in years for _ in year]
    actual = [max(committed, count) for count in seats]
    for name, wanted in zip(
        ("high-water mark", "monthly actual", "average", "year-end snapshot"),
        (marks, actual, mean, last),
        strict=True,
    ):
        at_fee, at_list = found[name, "contract"], found[name, "list"]
        fee, list_fee = Fraction(SEAT.fee) * MICRO, Fraction(SEAT.list_fee or 0) * MICRO
        assert abs(at_fee.cost - sum(wanted) * fee) < 1, name
        base = committed * len(seats)
        assert abs(at_list.cost - (base * fee + (sum(wanted) - base) * list_fee)) < 1, name


@settings(deadline=None, max_examples=60)
@given(SEATS)
def test_a_ratchet_never_costs_less_than_what_is_used_and_spikes_cost_something(seats: list[int]) -> None:
    months = horizon(FIRST, len(seats))
    found = {w.name: w.cost for w in counted(replace(SEAT, list_fee=None), months, seats)}
    assert found["high-water mark"] >= found["monthly actual"]
    assert all(s.cost > 0 and s.seats > s.instead for s in spikes(SEAT, months, seats))


def test_the_spike_of_a_training_event_is_found_by_itself() -> None:
    (spike,) = spikes(replace(SEAT, committed=40), horizon(FIRST, 6), [40, 42, 60, 48, 44, 43])
    assert (spike.month, spike.seats, spike.instead) == (Month(2026, 3), 60, 48)
    assert spike.cost == 48 * Fraction("31.25") * MICRO
    assert spike.more == 12


CONTRACT = Contract("OF-1", "v", "USD", Term(date(2026, 7, 1), 12, auto_renews=True, notice_days=60), (SEAT,))


def days(contract: Contract, today: date, *quarters: date) -> dict[What, date]:
    return {d.what: d.on for d in deadlines(contract, today, quarters)}


def test_the_days_of_a_year_are_worked_backwards() -> None:
    found = days(CONTRACT, date(2026, 11, 21), date(2026, 12, 31), date(2027, 9, 30))
    assert found == {
        What.START: date(2026, 7, 1),
        What.QUARTER: date(2026, 12, 31),
        What.MEASURE: date(2027, 2, 1),
        What.RECONCILE: date(2027, 5, 1),
        What.RECLAIM: date(2027, 5, 1),
        What.NOTICE: date(2027, 5, 1),
        What.LAST: date(2027, 6, 30),
    }
    past = [d.what for d in deadlines(CONTRACT, date(2026, 11, 21)) if d.is_past]
    assert past == [What.START]


@pytest.mark.parametrize(
    ("renewal", "rule", "by"),
    [
        (Renewal(baseline="assigned"), None, date(2027, 6, 30)),
        (Renewal(baseline="peak"), None, date(2027, 5, 1)),
        (None, TrueUp("month"), date(2027, 5, 1)),
        (None, TrueUp("year", method="snapshot"), date(2027, 6, 30)),
        (None, TrueUp("quarter", method="average"), date(2027, 3, 31)),
        (None, TrueUp("month", method="actual"), date(2027, 5, 31)),
    ],
)
def test_seats_are_given_back_before_they_are_measured(
    renewal: Renewal | None, rule: TrueUp | None, by: date
) -> None:
    term = replace(SEAT, renewal=renewal, true_up=rule)
    assert days(replace(CONTRACT, seats=(term,)), date(2026, 11, 21))[What.RECLAIM] == by


def test_each_clause_about_a_type_has_its_own_day_to_give_seats_back() -> None:
    later = replace(SEAT, from_=date(2026, 10, 1), renewal=Renewal(baseline="assigned"))
    found = deadlines(replace(CONTRACT, seats=(SEAT, later)), date(2026, 11, 21))
    told = [(d.on, d.why.partition(":")[0]) for d in found if d.what is What.RECLAIM]
    assert told == [(date(2027, 5, 1), "dev"), (date(2027, 6, 30), "dev@2026-10-01")]


def test_without_automatic_renewal_there_is_no_notice_and_an_end() -> None:
    ends = replace(CONTRACT, term=replace(CONTRACT.term, auto_renews=False))
    found = days(ends, date(2026, 11, 21))
    assert What.NOTICE not in found
    assert found[What.RECONCILE] == date(2027, 6, 30)
    assert deadlines(ends, date(2027, 7, 1)) == ()


def test_a_renewed_term_has_its_own_days() -> None:
    end = ending(CONTRACT.term, date(2027, 7, 1))
    assert end is not None
    assert (end.first_after, end.notice_by) == (date(2028, 7, 1), date(2028, 5, 1))


def test_a_term_that_begins_in_mid_month_runs_to_its_last_day() -> None:
    term = Term(date(2026, 7, 15), 12, auto_renews=True, notice_days=30)
    ends = [e.first_after for day in (14, 15) if (e := ending(term, date(2027, 7, day))) is not None]
    assert ends == [date(2027, 7, 15), date(2028, 7, 15)]


def test_the_split_drifts_from_the_month_of_signature_on() -> None:
    def split(month: int, seats: int, api: int) -> Split:
        return Split(Month(2026, month), Fraction(seats), Fraction(api))

    found = drift([split(9, 60, 40), split(6, 100, 0), split(7, 80, 20), split(8, 0, 0)], Month(2026, 7))
    assert found is not None
    assert (found.first.month, found.last.month) == (Month(2026, 7), Month(2026, 9))
    assert found.points == Fraction(1, 5)
    assert drift([split(7, 80, 20)], Month(2026, 7)) is None


def test_work_ends_with_the_day_that_decides() -> None:
    """A year with sixty days of notice: measured in August and September, said by the first of November."""
    term = Term(date(2027, 1, 1), 12, auto_renews=True, notice_days=60)
    found = phases(replace(CONTRACT, term=term), date(2027, 2, 1))
    said = {p.work: (p.first, p.last) for p in found}
    assert said[Work.MEASURE] == (date(2027, 8, 1), date(2027, 9, 30))
    assert said[Work.NEGOTIATE] == (date(2027, 10, 1), date(2027, 11, 1))
    assert said[Work.DECIDE] == (date(2027, 11, 1), date(2027, 12, 31))
    assert said[Work.RECLAIM][0] == date(2027, 1, 1)
    assert all(p.first <= p.last for p in found)
    assert phases(replace(CONTRACT, term=Term(date(2020, 1, 1), 12)), date(2027, 2, 1)) == ()


def test_after_the_last_day_for_notice_the_next_one_is_told() -> None:
    signed = Contract("c", "v", "USD", Term(date(2025, 12, 15), 12, auto_renews=True, notice_days=60))
    for today, said in ((date(2026, 10, 15), "itself."), (date(2026, 10, 16), "for it is 2027-10-15.")):
        [notice] = [d for d in deadlines(signed, today) if d.what is What.NOTICE]
        assert notice.on == date(2026, 10, 15)
        assert notice.why.endswith(said)
