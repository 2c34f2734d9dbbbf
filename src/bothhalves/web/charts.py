"""Charts drawn on the server as SVG text: every mark is a link to its explanation.

Widths are percentages, so that a chart fills its column while text keeps its size. Colours come from the
style sheet by class: a hue (seats, tokens, total) and a style (solid, light, hatched).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BAR_HEIGHT = 24
#: The narrowest column that labels under a bar must fit in, and how wide a character of them is, in pixels.
NARROWEST, CHARACTER, LABEL_GAP = 232, 6.4, 10
#: The least width that a mark has, in percent: what is not nothing can be seen and clicked.
LEAST = 0.8


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a bar: what it says, how long it is, how it looks and where it leads."""

    label: str
    value: str
    size: float
    hue: str
    style: str
    href: str
    name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with a label above it and its value behind it; ``marks`` lie end to end."""

    label: str
    value: str
    marks: tuple[Mark, ...]
    href: str
    name: str


def widths(sizes: Sequence[float], largest: float, room: float) -> list[float]:
    """Widths in percent for ``sizes`` where ``largest`` takes ``room`` percent; nothing has no width."""
    if largest <= 0:
        return [0.0 for _ in sizes]
    return [max(size / largest * room, LEAST) if size > 0 else 0.0 for size in sizes]


def _fitted(sizes: Sequence[float]) -> list[float]:
    """Widths that fill a whole bar."""
    raw = widths(sizes, sum(size for size in sizes if size > 0), 100.0)
    whole = sum(raw)
    return [width * 100 / whole for width in raw] if whole else raw


def label_places(marks: Sequence[Mark], starts: Sequence[float]) -> list[float] | None:
    """Where labels can stand under their marks without touching, in percent; None if they do not fit."""
    needed = [max(len(m.value), len(m.label)) * CHARACTER + LABEL_GAP for m in marks]
    places, free = [], 0.0
    for start, width in zip(starts, needed, strict=True):
        places.append(max(start * NARROWEST / 100, free))
        free = places[-1] + width
    end = float(NARROWEST + LABEL_GAP)
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], end - needed[i])
        end = places[i]
    return None if places and places[0] < 0 else [place * 100 / NARROWEST for place in places]


def stacked(marks: Sequence[Mark], summary: str) -> tuple[str, bool]:
    """One bar of ``marks`` end to end, and whether it carries its own labels (else a legend must)."""
    shares = _fitted([mark.size for mark in marks])
    starts = [sum(shares[:i]) for i in range(len(shares))]
    places = label_places(marks, starts)
    body = []
    for i, mark in enumerate(marks):
        drawn = _rect(mark, starts[i], shares[i], 0)
        if places is not None:
            value, label = _text(places[i], 40, mark.value, "v"), _text(places[i], 54, mark.label, "l")
            drawn += f"{value} {label}"
        body.append(_link(mark.href, mark.name, drawn))
    height = 60 if places is not None else BAR_HEIGHT
    return _svg(height, summary, "".join(body)), places is not None


def side_by_side(bars: Sequence[Bar], summary: str) -> str:
    """Bars under each other on one scale, with the label above and the value behind each."""
    totals = [sum(max(mark.size, 0.0) for mark in bar.marks) for bar in bars]
    room = 72.0 if all(len(bar.value) <= 8 for bar in bars) else 50.0
    body = []
    for number, bar in enumerate(bars):
        top, x = number * 50, 0.0
        drawn = _text(0, top + 12, bar.label, "t")
        parts = ""
        for mark, width in zip(
            bar.marks, widths([m.size for m in bar.marks], max(totals), room), strict=True
        ):
            parts += _link(mark.href, mark.name, _rect(mark, x, width, top + 18))
            x += width
        value = _text(x, top + 35, bar.value, "v", shift=8)
        body.append(drawn + parts + _link(bar.href, bar.name, value))
    return _svg(50 * len(bars), summary, "".join(body))


def _svg(height: int, summary: str, body: str) -> str:
    said = escape(summary)
    return f'<svg class="chart" width="100%" height="{height}" role="group" aria-label="{said}">{body}</svg>'


def _link(href: str, name: str, body: str) -> str:
    return f'<a class="mark" href="{escape(href)}" data-why aria-label="{escape(name)}">{body}</a>'


def _rect(mark: Mark, x: float, width: float, y: int) -> str:
    place = f'x="{x:.2f}%" y="{y}" width="{width:.2f}%" height="{BAR_HEIGHT}"'
    return f'<rect class="{mark.hue}-{mark.style}" {place}/>'


def _text(x: float, y: int, text: str, css: str, shift: int = 0) -> str:
    moved = f' dx="{shift}"' if shift else ""
    return f'<text class="{css}" x="{x:.2f}%" y="{y}"{moved}>{escape(text)}</text>'
