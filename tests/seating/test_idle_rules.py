"""The idle rules on real people: what the guide says of them is what is measured."""

from __future__ import annotations

from datetime import date

from bench.idle import END, FIRST, FOLLOWED, THRESHOLDS, USES, active_days, judged, mondays, table
from source import ROOT


def test_the_table_of_the_guide_is_the_measured_one() -> None:
    assert table() in (ROOT / "docs" / "guides" / "seats.md").read_text("utf-8")


def test_the_data_are_the_people_and_days_of_their_source() -> None:
    people = active_days("commits")
    days = [day for own in people.values() for day in own]
    assert (len(people), len(days), min(days)) == (21, 663, FIRST)
    assert all(day < END for day in days)


def test_people_are_judged_with_days_enough_to_come_back() -> None:
    assert {day.weekday() for day in mondays()} == {0}
    assert all((END - day).days >= FOLLOWED for day in mondays())


def test_a_longer_wait_calls_fewer_people_dormant_and_more_surely() -> None:
    for use, column in USES.items():
        found = [judged(use, active_days(column), n) for n in THRESHOLDS]
        assert [j.dormant for j in found] == sorted((j.dormant for j in found), reverse=True)
        assert [j.recall for j in found] == sorted((j.recall or 0 for j in found), reverse=True)


def test_somebody_who_comes_back_was_not_gone() -> None:
    people = {"comes back": [date(2026, 2, 20), date(2026, 8, 20)], "leaves": [date(2026, 2, 20)]}
    found = judged("two people", people, 30)
    weeks_idle = sum((day - date(2026, 2, 20)).days >= 30 for day in mondays())
    assert (found.dormant, found.right) == (2 * weeks_idle, weeks_idle)
    assert (found.people, found.back) == (2, 1)
