"""Where the line sits, as charts: squares for people, dots for paths, and everything opens."""

from __future__ import annotations

import re
from urllib.parse import unquote

import lines
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.web import dumbbell, waffle
from bothhalves.web.charts import Mark
from bothhalves.web.line_render import line_context
from bothhalves.web.links import ServerLinks


def mark(label: str, size: float, hue: str = "seats") -> Mark:
    return Mark(label, f"{size:.0f}", size, hue, "solid", "/why?key=a", f"{label}: why this number")


def squares(svg: str) -> int:
    return len(re.findall(r"M\d+ -?\d+h5v5h-5z", svg))


def test_one_square_is_one_person() -> None:
    columns = [waffle.Column("$1", (mark("light", 7, "tokens"), mark("middle", 5))), waffle.Column("$2", ())]
    svg = waffle.waffle(columns, (), None, "People")
    assert squares(svg) == 12
    assert 'class="tokens-solid"' in svg
    assert waffle.people_to_a_square(columns) == 1


def test_many_people_share_a_square_and_nobody_is_lost() -> None:
    columns = [waffle.Column("$1", (mark("heavy", 50_000), mark("released", 1)))]
    assert waffle.people_to_a_square(columns) == 200
    assert squares(waffle.waffle(columns, (), None, "People")) == 250 + 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=20))
def test_every_column_fits(sizes: list[int]) -> None:
    columns = [waffle.Column("$1", (mark("people", size),)) for size in sizes]
    step = waffle.people_to_a_square(columns)
    assert max(sizes) / step <= waffle.TALLEST * waffle.across(columns)
    assert str(step).rstrip("0") in ("1", "2", "5")


def test_the_line_stands_between_its_bins() -> None:
    svg = waffle.waffle(
        [waffle.Column("$1", ()), waffle.Column("$2", ())], (), waffle.Divide(1.5, mark("even", 3)), "People"
    )
    assert 'class="line" x1="75.000%"' in svg


def test_names_and_labels_are_escaped() -> None:
    bad = '<script>"'
    columns = [waffle.Column(bad, (mark(bad, 1),))]
    svg = waffle.waffle(columns, [waffle.Stretch(0, 1, mark(bad, 1), bad)], None, bad)
    assert "<script>" not in svg
    assert "<b>" not in dumbbell.dumbbell([dumbbell.Dot(1, "seats", True)], dumbbell.Scale(1, 2), '"><b>')


def test_the_cheaper_path_stands_further_left() -> None:
    scale = dumbbell.scale_of([10.0, 1000.0])
    assert scale.place(10) < scale.place(100) < scale.place(1000)
    assert scale.place(100) - scale.place(10) == pytest.approx(scale.place(1000) - scale.place(100))


def test_filled_is_recommended_and_nothing_is_an_arrow() -> None:
    scale = dumbbell.Scale(1, 100)
    dots = [dumbbell.Dot(50, "seats", False), dumbbell.Dot(10, "tokens", True)]
    svg = dumbbell.dumbbell(dots, scale, "a row")
    assert svg.index("seats-hollow") < svg.index("tokens-solid")  # what is recommended lies on top
    assert "<path" in dumbbell.dumbbell([dumbbell.Dot(0, "total", True)], scale, "released")


def test_equal_costs_divide_by_nothing() -> None:
    assert dumbbell.scale_of([]).place(0) == 4.0
    assert dumbbell.Scale(5, 5).place(5) == 4.0


def test_every_mark_of_the_section_opens_a_figure() -> None:
    drawn = lines.drawn()
    known = {f.key for f in drawn.roots()}
    context = line_context(drawn, ServerLinks())
    found = {unquote(k) for k in re.findall(r'href="/why\?key=([^"&]+)', str(context["waffle"]))}
    bins, zones, line = 9, 4, 1
    assert len(found) == bins + zones + line
    assert found <= known


def test_the_page_says_what_to_measure_instead_of_a_line(client_of) -> None:  # type: ignore[no-untyped-def]
    text = client_of("unmeasured").get("/").text
    assert "Measure first: under two full months" in text
    assert "Where the line sits" not in text


def test_the_page_shows_the_line_and_its_table(client_of) -> None:  # type: ignore[no-untyped-def]
    text = client_of("full").get("/").text
    assert "Where the line sits" in text
    assert 'type="range"' in text
    assert text.count("<tr data-row") >= 6
