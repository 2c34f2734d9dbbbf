"""Charts as text: proportions, links, hatching, and labels that do not collide."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

import pages
from bothhalves.web import charts, render
from bothhalves.web.links import ServerLinks


def mark(label: str, size: float, style: str = "solid", value: str = "1") -> charts.Mark:
    return charts.Mark(label, value, size, "seats", style, "/why?key=a", f"{label}: why this number")


def widths(svg: str) -> list[float]:
    return [float(w) for w in re.findall(r'<rect [^>]* width="([\d.]+)%"', svg)]


def test_a_bar_is_drawn_in_proportion_and_labelled() -> None:
    svg, labelled = charts.stacked([mark("heavy", 3), mark("dormant", 1, "hatched")], "Seats")
    assert labelled
    assert svg == (
        '<svg class="chart" width="100%" height="60" role="group" aria-label="Seats">'
        '<a class="mark" href="/why?key=a" data-why aria-label="heavy: why this number">'
        '<rect class="seats-solid" x="0.00%" y="0" width="75.00%" height="24"/>'
        '<text class="v" x="0.00%" y="40">1</text> <text class="l" x="0.00%" y="54">heavy</text></a>'
        '<a class="mark" href="/why?key=a" data-why aria-label="dormant: why this number">'
        '<rect class="seats-hatched" x="75.00%" y="0" width="25.00%" height="24"/>'
        '<text class="v" x="75.00%" y="40">1</text> <text class="l" x="75.00%" y="54">dormant</text></a>'
        "</svg>"
    )


def test_what_is_not_nothing_is_visible_and_nothing_is_not_drawn() -> None:
    svg, _ = charts.stacked([mark("most", 1e9), mark("some", 1e-9), mark("none", 0)], "Seats")
    most, some, none = widths(svg)
    assert (most + some + none) == pytest.approx(100, abs=0.02)
    assert some > 0.5
    assert none == 0


def test_long_labels_leave_for_a_legend() -> None:
    svg, labelled = charts.stacked([mark("a very long name of a workload " * 2, 1), mark("b", 1)], "Tokens")
    assert not labelled
    assert "<text" not in svg


@pytest.mark.parametrize("sizes", [(1, 98, 1), (98, 1, 1), (1, 1, 98), (0, 0, 5), (33, 33, 34)])
def test_labels_keep_apart(sizes: tuple[int, ...]) -> None:
    marks = [mark(f"part {i}", size) for i, size in enumerate(sizes)]
    starts = [100 * sum(sizes[:i]) / sum(sizes) for i in range(3)]
    places = charts.label_places(marks, starts)
    assert places is not None
    width = 6 * charts.CHARACTER * 100 / charts.NARROWEST
    assert all(b - a >= width for a, b in pairwise(places))
    assert places[0] >= 0
    assert places[-1] + width <= 100


def test_bars_side_by_side_share_one_scale() -> None:
    bars = [
        charts.Bar(n, "$1", (mark(n, size),), "/why?key=b", n)
        for n, size in (("today", 100.0), ("then", 50.0))
    ]
    today, then = widths(charts.side_by_side(bars, "Both"))
    assert today == 2 * then


def test_nothing_to_draw_divides_by_nothing() -> None:
    bars = [charts.Bar("today", "$0", (mark("today", 0),), "/", "today")]
    assert widths(charts.side_by_side(bars, "Both")) == [0]
    assert widths(charts.stacked([mark("a", 0)], "Seats")[0]) == [0]


def test_names_are_escaped() -> None:
    svg, _ = charts.stacked([mark('<script>"', 1)], '"><b>')
    assert "<script" not in svg
    assert "<b>" not in svg
    assert "&lt;script&gt;&quot;" in svg


def test_the_total_of_both_halves_shows_its_parts() -> None:
    chart = render.together_chart(pages.full().together, ServerLinks())
    assert chart is not None
    assert re.findall(r'<rect class="([a-z-]+)"', chart.svg) == ["seats-solid", "tokens-solid"] * 2


def test_a_negative_part_takes_no_room() -> None:
    svg, _ = charts.stacked([mark("cost", 4), mark("credit", -1)], "Seats")
    assert widths(svg) == [100, 0]
