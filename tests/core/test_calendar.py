"""Instants are UTC, spans are half-open, and a fact holds from its first day up to its last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.dates import Month, Span, from_unix, in_force, instant, months


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-10-01T08:30:00Z", datetime(2026, 10, 1, 8, 30, tzinfo=UTC)),
        ("2026-10-01T01:30:00+02:00", datetime(2026, 9, 30, 23, 30, tzinfo=UTC)),
        ("2026-10-01", datetime(2026, 10, 1, tzinfo=UTC)),
        (" 2026-10-01 08:30:00.25+00:00 ", datetime(2026, 10, 1, 8, 30, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_an_instant_in_utc(written: str, moment: datetime) -> None:
    assert instant(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "2026-10-01T08:30:00",
        "01/10/2026",
        "",
        "today",
        "2026-02-30",
        "1999-12-31",
        "2101-01-01",
        "2026-10-01T25:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "20261001",
    ],
)
def test_a_time_without_a_zone_or_out_of_range_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        instant(written)


@pytest.mark.parametrize("seconds", [-1, 0, 10**11, 10**18, -(10**30), 10**400])
def test_a_unix_time_of_another_century_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_unix(seconds)


def test_a_unix_time_is_an_instant() -> None:
    assert from_unix(1_790_841_600) == datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "", "0000-01", "9999-12", "２０２６-10"]
)
def test_a_month_is_a_year_and_a_month_of_this_century(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("month", "days"), [("2026-02", 28), ("2028-02", 29), ("2100-02", 28), ("2026-12", 31)]
)
def test_a_month_has_its_own_number_of_days(month: str, days: int) -> None:
    assert Month.parse(month).days == days


def test_months_run_over_the_turn_of_the_year_and_include_both_ends() -> None:
    found = months(Month(2026, 11), Month(2027, 2))
    assert [str(m) for m in found] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert list(months(Month(2026, 2), Month(2026, 1))) == []


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_exactly_its_month(day: date) -> None:
    month = Month.of(day)
    assert month.first <= day < month.next.first
    assert Month.parse(str(month)) == month


def test_a_span_contains_its_start_and_not_its_end() -> None:
    span = Span.of_days(date(2026, 9, 1), date(2026, 10, 1))
    assert span.start in span
    assert span.until not in span
    assert span.until - timedelta(microseconds=1) in span
    assert span.length == timedelta(days=30)


def test_days_of_a_zone_follow_its_clock_changes() -> None:
    span = Span.of_days(date(2026, 10, 25), date(2026, 10, 26), ZoneInfo("Europe/Berlin"))
    assert span.length == timedelta(hours=25)
    assert span.start == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_a_fact_holds_on_its_first_day_and_no_longer_on_its_end() -> None:
    start, until = date(2026, 10, 1), date(2026, 11, 1)
    assert in_force(start, start, until)
    assert in_force(date(2026, 10, 31), start, until)
    assert not in_force(until, start, until)
    assert not in_force(date(2026, 9, 30), start, until)
    assert in_force(date(2099, 1, 1), start, None)


@given(st.dates(), st.lists(st.dates(), min_size=1, max_size=6, unique=True).map(sorted))
def test_facts_that_follow_each_other_leave_no_gap_and_no_overlap(day: date, starts: list[date]) -> None:
    ends = [*starts[1:], None]
    holding = [s for s, end in zip(starts, ends, strict=True) if in_force(day, s, end)]
    assert holding == [s for s in starts if s <= day][-1:]
