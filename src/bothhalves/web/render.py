"""Page records into HTML. Everything that is written is escaped and stripped of control characters."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bothhalves.brief import Half, Page, Row, Segment, Table
from bothhalves.core.explain import Figure, Line
from bothhalves.report import show, why
from bothhalves.web import charts
from bothhalves.web.line_render import line_context
from bothhalves.web.links import Links, anchor, is_web_address

HERE = Path(__file__).parent
STATIC = HERE / "static"


def _cleaned(value: object) -> object:
    return show.clean(value) if type(value) is str else value


@cache
def environment() -> Environment:
    """Templates with autoescaping and strict names."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(show=show, asset=asset, anchor=anchor, is_web_address=is_web_address)
    made.tests["figure"] = lambda part: isinstance(part, Figure)
    return made


@cache
def asset(path: str) -> str:
    """The address of a static file; it changes with the content."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


@dataclass(frozen=True, slots=True)
class Chart:
    """SVG, the marks that need a legend beside it, and the same numbers as a table."""

    svg: str
    legend: tuple[charts.Mark, ...]
    table: tuple[charts.Mark, ...]


def hue(figure: Figure) -> str:
    """Blue for seats, orange for tokens, ink for what is both."""
    first = figure.key.partition(".")[0]
    return first if first in ("seats", "tokens") else "total"


def _mark(label: str, style: str, figure: Figure, links: Links) -> charts.Mark:
    text, value, href = show.clean(label), show.headline(figure), links.why(figure.key)
    called = f"{value} {text}: why this number"
    return charts.Mark(text, value, why.size(figure), hue(figure), style, href, called)


def half_chart(half: Half, links: Links) -> Chart | None:
    """The bar of a half."""
    marks = tuple(_mark(s.label, s.style, s.figure, links) for s in half.bar)
    if not any(mark.size > 0 for mark in marks):
        return None
    summary = f"{half.name}: " + ", ".join(f"{m.label} {m.value}" for m in marks)
    svg, labelled = charts.stacked(marks, summary)
    return Chart(svg, () if labelled else marks, marks)


def together_chart(segments: tuple[Segment, ...], links: Links) -> Chart | None:
    """The totals side by side; a total of a seat and a token figure shows both parts."""
    if not segments:
        return None
    bars = tuple(_bar(segment, links) for segment in segments)
    totals = tuple(_mark(s.label, s.style, s.figure, links) for s in segments)
    summary = "Both halves: " + ", ".join(f"{bar.label} {bar.value}" for bar in bars)
    return Chart(charts.side_by_side(bars, summary), (), totals)


def _bar(segment: Segment, links: Links) -> charts.Bar:
    figure = segment.figure
    parts = [part for part in figure.operands if isinstance(part, Figure) and hue(part) != "total"]
    if not parts or len(parts) != len(figure.operands):
        parts = [figure]
    marks = tuple(_mark(part.title, segment.style, part, links) for part in parts)
    whole = _mark(segment.label, segment.style, figure, links)
    return charts.Bar(whole.label, whole.value, marks, whole.href, whole.name)


def shown_rows(table: Table, whole: bool) -> tuple[tuple[Row, ...], Row | None]:
    """The rows to show, and the sum of the others where they are folded."""
    return (table.rows, None) if whole else (table.top, table.others)


@dataclass(frozen=True, slots=True)
class Price:
    """A price that some line of the page used."""

    entry: str
    layer: str
    meter: str
    price: str
    where: str
    source: str


def prices(page: Page) -> tuple[Price, ...]:
    """Every price behind the page, each once, in order of entry."""
    found = {
        Price(line.entry, line.layer, line.meter.replace("_", " "), show.unit_price(line),
              str(line.entry_where) if line.entry_where.file else "", line.source)
        for figure in why.index(page).figures.values()
        for line in figure.operands
        if isinstance(line, Line)
    }  # fmt: skip
    return tuple(sorted(found, key=lambda p: (p.layer, p.entry, p.meter, p.price)))


def html(template: str, **context: Any) -> str:
    return environment().get_template(template).render(context)


def changed_context(page: Page, links: Links, whole: str = "") -> dict[str, Any]:
    """What the parts of the page need that changed inputs redraw; ``whole`` names a table as below."""
    horizon = together_chart(page.line.totals, links)
    return {
        "page": page,
        "links": links,
        "horizon": horizon,
        **line_context(page.line, links, whole in ("paths", "*")),
    }


def page_context(page: Page, links: Links, whole: str = "") -> dict[str, Any]:
    """What the template of the one page needs; ``whole`` names a table to show in full (``*``: every one)."""
    return {
        "halves": {half.name: half_chart(half, links) for half in (page.seats, page.tokens)},
        "together": together_chart(page.together, links),
        "tables": [(table, *shown_rows(table, whole in (table.id, "*"))) for table in page.tables],
        **changed_context(page, links, whole),
        "nothing": page.seats.missing is not None and page.tokens.missing is not None,
    }
