"""The sections about the deal, as charts and tables for the template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bothhalves.brief.deal_record import (
    Courses,
    Curve,
    Deal,
    Dot,
    Drawing,
    Section,
    Timeline,
    Waterfall,
    Way,
)
from bothhalves.core.explain import Figure
from bothhalves.core.money import Amount
from bothhalves.report import deal as told
from bothhalves.report import show, why
from bothhalves.web import deal_charts
from bothhalves.web.charts import Mark
from bothhalves.web.links import Links

#: So many scenarios are drawn one by one and named; more are drawn in so many bins.
NAMED, BINS = 3, 24


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its chart, and the chart in a sentence; ``is_wide``: it needs its room on a phone."""

    section: Section
    svg: str
    summary: str
    is_wide: bool


def deal_context(deal: Deal, links: Links) -> dict[str, Any]:
    """What the template of the deal needs."""
    return {"sections": [_shown(section, links) for section in deal.sections], "cell": told.cell}


def _shown(section: Section, links: Links) -> ShownSection:
    drawing = section.drawing
    if drawing is None:
        return ShownSection(section, "", "", False)
    svg, summary = _drawn(drawing, links)
    return ShownSection(section, svg, summary, not isinstance(drawing, Waterfall))


def _mark(label: str, figure: Figure, links: Links, hue: str = "total", style: str = "solid") -> Mark:
    text, value = show.clean(label), show.under_a_cent(figure) or show.headline(figure)
    called = f"{value} {text}: why this number"
    return Mark(text, value, why.size(figure), hue, style, links.why(figure.key), called)


def _drawn(drawing: Drawing, links: Links) -> tuple[str, str]:
    if isinstance(drawing, Waterfall):
        return _waterfall(drawing, links)
    if isinstance(drawing, Curve):
        return _curve(drawing, links)
    return _courses(drawing, links) if isinstance(drawing, Courses) else _timeline(drawing)


def _waterfall(drawing: Waterfall, links: Links) -> tuple[str, str]:
    stairs = [
        deal_charts.Stair(
            step.label,
            _mark(step.label, step.told, links),
            tuple(_mark(p.figure.title, p.figure, links, p.hue, p.style) for p in step.pieces),
            step.is_whole,
        )
        for step in drawing.steps
    ]
    summary = ", ".join(f"{s.label} {s.told.value}" for s in stairs) + "."
    return deal_charts.waterfall(stairs, summary), summary


def _curve(drawing: Curve, links: Links) -> tuple[str, str]:
    points = [_point(dot, links) for dot in drawing.dots]
    usage = _usage(drawing)
    named = (f"{p.label}: commit {p.cost.label}, pay {p.cost.value}" for p in points if p.label)
    summary = f"Cost by amount: expected, and from P10 to P90. {'; '.join(named).capitalize()}."
    return deal_charts.curve(points, usage, summary), summary


def _usage(drawing: Curve) -> list[deal_charts.Usage]:
    """Few scenarios one by one; many in bins of equal width, as tall as their chances together."""
    ways = drawing.ways
    if len(ways) <= NAMED:
        weight = max((w.weight for w in ways), default=1)
        return [
            deal_charts.Usage(w.used, w.used, w.weight / weight, _named(w, drawing.dots[0].amount))
            for w in ways
        ]
    low, high = min(w.used for w in ways), max(w.used for w in ways)
    width = (high - low) / BINS or 1.0
    weights = [0] * BINS
    for way in ways:
        weights[min(int((way.used - low) / width), BINS - 1)] += way.weight
    most = max(weights)
    return [
        deal_charts.Usage(low + n * width, low + (n + 1) * width, w / most)
        for n, w in enumerate(weights)
        if w
    ]


def _named(way: Way, amount: Figure) -> str:
    """A scenario with its usage, in the currency of an amount."""
    currency = amount.value.currency if isinstance(amount.value, Amount) else ""
    return f"{show.clean(way.name)} {show.signed(Decimal(round(way.used)), show.short_money, currency)}"


def _point(dot: Dot, links: Links) -> deal_charts.Point:
    amount = show.headline(dot.amount)
    mark = _mark(amount, dot.expected, links, "tokens")
    said = f"pays {mark.value} {amount} {dot.label}".rstrip() + ": why this number"
    named = replace(mark, name=said)
    span = (why.size(dot.low), why.size(dot.high))
    return deal_charts.Point(why.size(dot.amount), named, span, dot.label, dot.is_chosen, dot.starts_band)


def _courses(drawing: Courses, links: Links) -> tuple[str, str]:
    paths = [
        deal_charts.Path(
            _mark(line.label, line.total, links),
            line.style,
            line.so_far,
            (line.low, line.high) if line.low else None,
        )
        for line in drawing.lines
    ]
    summary = "Cost of all months: " + ", ".join(f"{p.told.label} {p.told.value}" for p in paths) + "."
    return deal_charts.courses(drawing.first, paths, summary), summary


def _timeline(drawing: Timeline) -> tuple[str, str]:
    ahead = [m for m in drawing.moments if m.on >= drawing.today]
    flags = [deal_charts.Flag(m.on, m.label, m.is_quarter) for m in ahead]
    work = [deal_charts.Work(w.label, w.first, w.last) for w in drawing.work if w.last >= drawing.today]
    said = dict.fromkeys(f"{show.day(m.on)}: {m.label}" for m in ahead)
    summary = "; ".join(said) + "." if said else "No day is to come."
    if work:
        told = (f"{w.label}, {show.day(w.first)} to {show.day(w.last)}" for w in work)
        summary += f" Work: {'; '.join(told)}."
    return deal_charts.timeline(drawing.today, flags, work, summary), summary
