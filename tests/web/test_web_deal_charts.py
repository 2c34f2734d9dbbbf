"""The drawings of the deal: where marks lie, what they say, and that nothing in them is markup."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise

import pytest

from bothhalves.brief.deal_record import Deal, Section, Step, Waterfall
from bothhalves.core.explain import Figure, Operator
from bothhalves.core.money import Amount, MoneyKind
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
from bothhalves.web.deal_render import deal_context
from bothhalves.web.links import ServerLinks


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


def test_names_of_amounts_never_touch() -> None:
    points = [Point(n, mark(40, f"${n}"), (30, 50), "asked for", False, False) for n in (0, 10, 12, 20)]
    svg = curve(points, (), "said")
    places = [(float(x), float(y)) for x, y in re.findall(r'class="v" x="([\d.]+)%" y="([\d.]+)"', svg)]
    assert len(places) == 4
    assert min(y for _, y in places) >= 10
    for one, other in combinations(places, 2):
        assert abs(one[0] - other[0]) >= 30 or abs(one[1] - other[1]) >= 30


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


def test_a_bar_of_less_than_a_cent_says_so() -> None:
    def money(name: str, value: str) -> Figure:
        amount = Amount.of(Decimal(value), "USD", MoneyKind.SCENARIO)
        return Figure(name, name, Operator.GIVEN, amount, rule="stated")

    steps = tuple(
        Step(name, (), money(name, value), is_whole=whole)
        for name, value, whole in (("alone", "5", True), ("above", "2.5E-12", False))
    )
    (shown,) = deal_context(Deal((Section("bundle", ("Apart",), drawing=Waterfall(steps)),)), ServerLinks())[
        "sections"
    ]
    assert "above under $0.01" in shown.summary
    assert "0.000" not in shown.svg
