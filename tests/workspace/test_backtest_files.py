"""Histories as buyers bring them: the same amounts, whichever way their periods are written."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bothhalves.cli import app
from bothhalves.core.dates import Month
from bothhalves.workspace.histories import Read, read_history

MICRO = 1_000_000
AMOUNTS = [100, 120, 90, 140, 75, 160]
MONTHS = [Month(2024, 11), Month(2024, 12), Month(2025, 1), Month(2025, 2), Month(2025, 3), Month(2025, 4)]


def read(place: Path, head: str, rows: list[str]) -> Read:
    path = place / "h.csv"
    path.write_text("\n".join([head, *rows, ""]))
    return read_history(path)


def micro(amounts: list[int]) -> tuple[int, ...]:
    return tuple(n * MICRO for n in amounts)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("period,amount", "{month},{amount}"),
        ("Month,Cost", "{month},{amount}"),
        ("date,amount", "{month}-01,{amount}"),
        ("date;spend", "{last};{amount}.00"),
        ("timestamp\tamount", "{month}-01T00:00:00Z\t{amount}"),
        ('"period","amount","note"', '"{month}","{amount}","a, b"'),
    ],
)
def test_months_may_be_written_in_several_ways(tmp_path: Path, head: str, line: str) -> None:
    rows = [
        line.format(month=m, last=m.next.first - timedelta(days=1), amount=n)
        for m, n in zip(MONTHS, AMOUNTS, strict=True)
    ]
    random.Random(3).shuffle(rows)
    found = read(tmp_path, head, rows)
    assert not found.problems
    assert [(str(c.first), c.amounts, c.is_dated) for c in found.courses] == [
        ("2024-11", micro(AMOUNTS), True)
    ]


def test_a_quarter_and_more_of_days_is_added_up_to_whole_months(tmp_path: Path) -> None:
    """From 20 January to 9 May: February, March and April are whole."""
    days = [date(2025, 1, 20) + timedelta(days=n) for n in range(110)]
    found = read(tmp_path, "date,cost", [f"{day},{day.month}.5" for day in days])
    assert found.courses[0].amounts == tuple(int(n * MICRO) for n in (28 * 2.5, 31 * 3.5, 30 * 4.5))
    assert (str(found.courses[0].first), found.courses[0].is_dated) == ("2025-02", True)
    assert found.said == (
        "Rows of 1 day are added up to calendar months; months that they do not tell whole are left out.",
    )


def test_hours_are_added_up_in_utc(tmp_path: Path) -> None:
    """A zone two hours ahead: its first hours belong to the month before."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=2 * n) for n in range(12 * 90)]
    rows = [f"{h.replace(tzinfo=None) + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00,1" for h in hours]
    assert read(tmp_path, "time,amount", rows).courses[0].amounts == micro([31 * 12, 28 * 12, 31 * 12])


@pytest.mark.parametrize(
    ("step", "count", "named", "said"),
    [
        (timedelta(days=1), 14, "2025-01-09", "Rows of 1 day each stand for a month"),
        (timedelta(days=7), 30, "2025-02-26", "Rows of 7 days each stand for a month"),
        (timedelta(hours=2), 36, "2025-01-01 16:00:00", "Rows of 2 hours each stand for a month"),
    ],
)
def test_rows_that_tell_no_three_months_stand_for_months(
    tmp_path: Path, step: timedelta, count: int, named: str, said: str
) -> None:
    form = "%Y-%m-%d %H:%M:%S" if step.seconds else "%Y-%m-%d"
    times = [datetime(2025, 1, 1, tzinfo=UTC) + n * step for n in range(count)]
    found = read(tmp_path, "period,amount", [f"{t.strftime(form)},{n}" for n, t in enumerate(times)])
    assert found.courses[0].amounts == micro(list(range(count)))
    assert found.courses[0].named(8) == named
    assert found.said[0].startswith(said)


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        (["2025-01,1", "2025-02,2", "2025-02,2"], 4, "the period '2025-02' is there twice, first in line 3."),
        (["1,1", "01,1"], 3, "the period '01' is there twice, first in line 2."),
        (["2025-01,1", "2025-02-01,2"], 3, "a period of 'usage' is a day, and one before it a month."),
        (["2024-02,1", "2025-09,2"], 3, "periods are missing before this one, of 'usage'."),
        (
            ["2025-01-06,1", "2025-01-07,2", "2025-01-10,2"],
            4,
            "periods are missing before this one, of 'usage'.",
        ),
        (['2025-01,"1,234.50"'], 2, "not a plain number: '1,234.50'."),
        (["2025-01,$10"], 2, "not a plain number: '$10'."),
        (["Jan 2025,1"], 2, "not a period such as 2026-10, 2026-10-31 or 7: 'Jan 2025'."),
        (["1999-12-31,1"], 2, "not a period such as 2026-10, 2026-10-31 or 7: '1999-12-31'."),
        (['"2025-01', '",1', "2025-02,x"], 4, "not a plain number: 'x'."),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, rows: list[str], line: int, said: str
) -> None:
    found = read(tmp_path, "period,amount", rows)
    assert not found.courses
    assert [(p.where.row, p.what) for p in found.problems if p.where.row == line] == [(line, said)]


def test_a_series_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    rows = [f"{s},2025-0{n},{n}" for s in "abc" for n in range(1, 6) if (s, n) != ("b", 3)]
    found = read(tmp_path, "series,period,amount", rows)
    assert [c.name for c in found.courses] == ["a", "c"]
    assert [p.what for p in found.problems] == ["periods are missing before this one, of 'b'."]


def test_the_order_of_lines_makes_no_difference_and_periods_are_told_as_written(tmp_path: Path) -> None:
    rows = [f"{s},{date(2025, 1, 1) + timedelta(days=n)},{100 + n % 5}" for s in "ab" for n in range(14)]
    shown = []
    for seed in (1, 2):
        random.Random(seed).shuffle(rows)
        path = tmp_path / "h.csv"
        path.write_text("\n".join(["series,day,amount", *rows]))
        shown.append(CliRunner().invoke(app, ["backtest", str(path)]).stdout)
    assert shown[0] == shown[1]
    assert "Terms of 3 periods, the first after 3; 2 series, 6 decisions." in shown[0]
    assert "from 2025-01-04" in shown[0]


def test_a_ramp_is_told_to_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "offer.yaml").write_text(
        "id: o\nvendor: anthropic\ncurrency: USD\nterm: {start: 2027-01-01, months: 2}\ncommitment:\n"
        "  per: month\n  amount: 100\n  ramp: [{from: 2, amount: 200}]\n  counts: [api, seats]\n"
        "  bands: [{from: 50, discount: 10%}]\n"
    )
    (tmp_path / "h.csv").write_text("period,amount\n" + "".join(f"{n},100\n" for n in range(8)))
    command = ["backtest", str(tmp_path / "h.csv"), "--terms", str(tmp_path / "offer.yaml")]
    shown = CliRunner().invoke(app, command)
    assert "Steps of a ramp and reductions are those of one term, and are left out." in shown.stdout
    assert "Fees that draw on the commitment are left out: usage alone is tested." in shown.stdout


def test_terms_that_nothing_sizes_are_refused_as_such(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("period,amount\n" + "".join(f"{n},{0 if n < 4 else 10}\n" for n in range(6)))
    refused = CliRunner().invoke(app, ["backtest", str(path)])
    assert refused.exit_code == 1
    assert "Nothing was used before the first decision" in refused.stderr
    assert CliRunner().invoke(app, ["backtest", str(path), "--known", "5"]).exit_code == 0
