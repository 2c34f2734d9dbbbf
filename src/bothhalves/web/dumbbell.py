"""The cost of each path on one logarithmic scale: filled is recommended, hollow is the alternative."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

HEIGHT, MIDDLE = 24, 12


@dataclass(frozen=True, slots=True)
class Dot:
    """A path's cost. ``hue`` is ``seats``, ``tokens`` or ``total``."""

    size: float
    hue: str
    is_filled: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low`` to ``high``, both above zero; what is smaller stands at the left edge."""

    low: float
    high: float

    def place(self, size: float) -> float:
        """Percent from the left."""
        if size <= self.low or self.high <= self.low:
            return 4.0
        return 4 + min((log10(size) - log10(self.low)) / (log10(self.high) - log10(self.low)), 1.0) * 92


def scale_of(sizes: Iterable[float]) -> Scale:
    """A scale that holds every size above zero."""
    found = [s for s in sizes if s > 0]
    if not found:
        return Scale(1.0, 10.0)
    return Scale(min(found) / 1.2, max(found) * 1.2)


def dumbbell(dots: Sequence[Dot], scale: Scale, summary: str) -> str:
    """The dots of a row on the scale, joined by a line; nothing is an arrow to the left."""
    places = [scale.place(d.size) for d in dots]
    body = ""
    if len(places) > 1:
        body = f'<line class="stem" x1="{min(places):.2f}%" x2="{max(places):.2f}%" y1="12" y2="12"/>'
    for dot, place in sorted(zip(dots, places, strict=True), key=lambda d: d[0].is_filled):
        body += _arrow(place, dot) if dot.size <= 0 else _circle(place, dot)
    said = escape(summary)
    return (
        f'<svg class="chart bell" width="100%" height="{HEIGHT}" role="img" aria-label="{said}">{body}</svg>'
    )


def _circle(place: float, dot: Dot) -> str:
    look = f"{dot.hue}-solid" if dot.is_filled else f"{dot.hue}-hollow"
    return f'<circle class="{look}" cx="{place:.2f}%" cy="{MIDDLE}" r="4.5"/>'


def _arrow(place: float, dot: Dot) -> str:
    look = "total-solid" if dot.is_filled else "total-hollow"
    return f'<svg x="{place:.2f}%" overflow="visible"><path class="{look}" d="M-5 12l8 -4v8z"/></svg>'
