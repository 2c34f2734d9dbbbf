"""Months that the data do not tell whole: they are told as unknown, and never as little or no usage."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bothhalves.cli import app
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.workspace.backtesting import history_of
from bothhalves.workspace.forecast_book import forecast_of
from bothhalves.workspace.observed import reach
from workspace_folder import Folder, contract, csv_of, used

MICRO = 1_000_000
OLDER = "claude-opus-4-5"  # five dollars a million tokens


def days(first: str, last: str, every: int = 1) -> list[date]:
    start, until = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range(0, (until - start).days + 1, every)]


def month(text: str) -> Month:
    return Month.parse(text)


@pytest.mark.parametrize(
    ("known", "whole"),
    [
        (days("2026-07-01", "2026-10-31"), "07 08 09 10"),
        (days("2026-07-01", "2026-10-10"), "07 08 09"),
        (days("2026-07-12", "2026-10-31"), "08 09 10"),
        # Weekdays alone: nothing on the last weekend of October is usual.
        ([d for d in days("2026-07-01", "2026-10-30") if d.weekday() < 5], "07 08 09 10"),
        # A row a month: three weeks of silence are usual.
        ([date(2026, m, 10) for m in (7, 8, 9, 10)], "07 08 09 10"),
        # Nothing in September, and not all of the months beside it.
        (days("2026-07-01", "2026-08-20") + days("2026-10-05", "2026-10-31"), "07"),
        (days("2026-07-01", "2026-08-31") + days("2026-10-01", "2026-10-31"), "07 08 10"),
    ],
)
def test_a_month_is_whole_if_the_data_reach_over_it(known: list[date], whole: str) -> None:
    found = reach(set(known))
    told = [m for m in month_range(month("2026-06"), month("2026-11")) if found.tells_whole(m)]
    assert told == [month(f"2026-{n}") for n in whole.split()]


def test_where_no_month_is_whole_all_are_taken_as_they_are() -> None:
    october = (month("2026-10"),)
    found = reach({date(2026, 10, 31)})
    assert found.whole(october) == october
    assert list(found.said(october)) == [
        "2026-10: the data do not reach over all of it, and no other month is whole."
    ]


def folder(place: Path, known: list[date]) -> Folder:
    """Ten dollars of calls on each day."""
    found = Folder(place)
    found.write({"contracts/a.yaml": contract()})
    rows = [used(f"{d}T10:00:00Z", 2_000_000, key="app", model=OLDER) for d in known]
    found.imported({"usage.csv": csv_of(*rows)})
    return found


@pytest.mark.parametrize(
    ("known", "window", "left_out", "reaches"),
    [
        (
            days("2026-08-01", "2026-10-10"),
            "2026-09/2026-10",
            "2026-10: the data do not reach",
            (2026, 10, 10),
        ),
        (
            days("2026-07-01", "2026-08-31") + days("2026-10-01", "2026-10-31"),
            "2026-07/2026-10",
            "2026-09: there are no data",
            (2026, 10, 31),
        ),
        # The last month of the window is not known at all.
        (days("2026-08-01", "2026-09-30"), "2026-08/2026-10", "2026-10: there are no data", (2026, 9, 30)),
    ],
)
def test_the_level_is_that_of_whole_months(
    tmp_path: Path, known: list[date], window: str, left_out: str, reaches: tuple[int, int, int]
) -> None:
    """Ten dollars a day are three hundred a month of thirty days, whatever is not known."""
    months = tuple(month_range(*map(Month.parse, window.split("/"))))
    workspace = folder(tmp_path, known).open()
    found = forecast_of(workspace, months)
    assert [s.api[0] for s in found.outlook.scenarios][1] == 300 * MICRO
    assert left_out in found.outlook.source
    driver = next(d for d in found.drivers if d.id == "app")
    assert driver.ahead["low"][0] == driver.ahead["high"][0] == 300 * MICRO
    assert driver.series is not None
    assert driver.series.first + timedelta(days=len(driver.series.days) - 1) == date(*reaches)
    assert set(driver.series.days) == {10 * MICRO}
    assert driver.daily is not None
    assert driver.daily.intervals[0].forecast == 10 * MICRO


def test_a_month_that_is_not_whole_is_no_month_of_a_backtest(tmp_path: Path) -> None:
    known = days("2026-04-10", "2026-04-30") + days("2026-06-01", "2026-10-12")
    found = history_of(folder(tmp_path, known).open())
    assert (str(found.courses[0].first), found.courses[0].amounts) == (
        "2026-06",
        (300 * MICRO, 310 * MICRO, 310 * MICRO, 300 * MICRO),
    )
    assert found.said == (
        "2026-05: there are no data, which is not taken for no usage.",
        "2026-04, 2026-10: the data do not reach over all of it, and it is left out.",
    )


def test_what_is_left_out_is_told_where_too_little_remains(tmp_path: Path) -> None:
    place = folder(tmp_path, days("2026-09-01", "2026-10-12")).root
    shown = CliRunner().invoke(app, ["backtest", "--workspace", str(place)])
    assert shown.exit_code == 1
    assert "2026-10: the data do not reach over all of it, and it is left out." in shown.stderr
    assert "1 month of usage is too few" in shown.stderr
