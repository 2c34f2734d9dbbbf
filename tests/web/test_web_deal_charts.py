"""The drawings of the deal: where marks lie, what they say, and that nothing in them is markup."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

from bothhalves.web.charts import Mark
from bothhalves.web.deal_charts import (
    Flag,
    Path,
    Point,
    Stair,
    Usage,
    Work,
    courses,
    curve,
    timeline,
    waterfall,
)


def mark(size: float, label: str = "part") -> Mark:
    return Mark(label, f"${size:g}", size, "seats", "solid", "/why?key=a", f"${size:g} {label}")


POINTS = [
    Point(0, mark(9), (8, 10), "none", False, False),
    Point(5, mark(7), (6, 8), "recommended", True, True),
    Point(6, mark(8), (8, 8), "", False, False),
    Point(9, mark(9), (9, 9), "as offered", False, True),
]


def stair(size: float, *, is_whole: bool = False) -> Stair:
    return Stair("bar", mark(size), (mark(size),), is_whole)


def bars(svg: str) -> list[tuple[float, float]]:
    """Left end and width of each bar, in percent."""
    found = re.findall(r'<rect [^>]*x="([\d.-]+)%"[^>]*width="([\d.]+)%"', svg)
    return [(float(x), float(width)) for x, width in found]


def test_each_bar_begins_where_the_one_above_ends() -> None:
    whole, less, more, end = bars(
        waterfall([stair(80, is_whole=True), stair(-20), stair(40), stair(100, is_whole=True)], "said")
    )
    assert whole == (0, pytest.approx(60.8))
    assert sum(less) == pytest.approx(sum(whole), abs=0.02)
    assert more[0] == pytest.approx(less[0], abs=0.02)
    assert end[0] == 0
    assert sum(end) == pytest.approx(sum(more), abs=0.02)


def test_bars_below_nothing_stay_on_the_drawing() -> None:
    found = bars(waterfall([stair(10, is_whole=True), stair(-30), stair(-20, is_whole=True)], "said"))
    assert all(x >= 0 and x + width <= 100 for x, width in found)


def test_only_amounts_of_one_band_are_joined() -> None:
    svg = curve(POINTS, (), "said")
    assert svg.count('<line class="course') == 1
    assert svg.count('<line class="span') == len(POINTS)


def test_usage_hangs_below_the_axis_that_amounts_stand_on() -> None:
    """An amount and usage of the same money stand under each other; the likeliest is the tallest."""
    svg = curve(POINTS, [Usage(5, 5, 1.0, "low $5"), Usage(18, 18, 0.5, "<b>")], "said")
    (low, _), (high, _) = bars(svg)
    places = [float(x) for x in re.findall(r'<circle [^>]*cx="([\d.]+)%"', svg)]
    assert places[1] == pytest.approx(low)
    assert low < high <= 74
    assert re.findall(r'height="(34.0|17.0)"', svg) == ["34.0", "17.0"]
    assert "low $5" in svg
    assert "<b>" not in svg


def test_names_of_lines_never_touch() -> None:
    svg = courses(
        date(2026, 11, 1), [Path(mark(n, f"line {n}"), "thin", [n] * 36) for n in (90, 90, 91)], "said"
    )
    places = sorted(int(y) for y in re.findall(r'class="v" x="74.00%" y="(\d+)"', svg))
    assert len(places) == 3
    assert all(b - a >= 30 for a, b in pairwise(places))


def test_a_day_that_is_said_twice_is_drawn_once() -> None:
    flags = [Flag(date(2027, 6, 30), "Give back", False)] * 2 + [Flag(date(2027, 6, 30), "End", False)]
    svg = timeline(date(2026, 11, 20), flags, (), "said")
    assert svg.count("Give back") == 1
    assert svg.count("30 Jun 2027") == 2


def test_work_begins_today_at_the_earliest_and_ends_with_its_last_day() -> None:
    today, end = date(2026, 11, 20), date(2027, 6, 30)
    work = [Work("Reclaim", date(2026, 7, 1), end), Work("Decide", end, end)]
    (reclaim, decide) = bars(timeline(today, [Flag(end, "End", False)], work, "said"))
    assert reclaim[0] == pytest.approx(2.0)
    assert sum(reclaim) == pytest.approx(86, abs=0.5)
    assert decide[0] == pytest.approx(86, abs=0.5)


def test_text_is_never_markup() -> None:
    work = [Work("<b>&", date(2026, 12, 1), date(2026, 12, 31))]
    svg = timeline(date(2026, 11, 20), [Flag(date(2027, 1, 1), "<b>&", False)], work, '"><script>')
    assert "<b>" not in svg
    assert "<script" not in svg
