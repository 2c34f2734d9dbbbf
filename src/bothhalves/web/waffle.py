"""People as squares over classes of use, with the line between the two paths: one SVG, no script.

Bins have equal widths in percent, so that the chart fills its column; the squares of a bin are drawn in
pixels from its left edge, as one path for each part, which keeps hundreds of people a few kilobytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bothhalves.web.charts import Mark

SQUARE, PITCH = 5, 6
#: The narrowest chart in pixels, and how many squares stand beside each other in a column.
NARROWEST, FEWEST, MOST = 880, 6, 16
#: The most squares above each other, and the heights of what stands above and below them.
TALLEST, HEAD, FOOT = 16, 46, 40


@dataclass(frozen=True, slots=True)
class Column:
    """A class of use: its label, and who is in it, from the ground up."""

    label: str
    parts: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A heading over columns ``start`` to ``end``."""

    start: float
    end: float
    mark: Mark
    note: str


@dataclass(frozen=True, slots=True)
class Divide:
    """The line: where it stands, in columns from the left, and what it says."""

    at: float
    mark: Mark


def across(columns: Sequence[Column]) -> int:
    """How many squares fit beside each other in a column."""
    return max(FEWEST, min(MOST, NARROWEST // max(len(columns), 1) // PITCH - 1))


def people_to_a_square(columns: Sequence[Column]) -> int:
    """1, 2, 5, 10, 20, 50, ...: so many that the tallest column fits."""
    most = max((sum(m.size for m in c.parts) for c in columns), default=0)
    step, number = 1, 0
    while most / step > TALLEST * across(columns):
        step = (1, 2, 5)[(number + 1) % 3] * 10 ** ((number + 1) // 3)
        number += 1
    return step


def waffle(
    columns: Sequence[Column],
    stretches: Sequence[Stretch],
    divide: Divide | None,
    summary: str,
    hold: tuple[float, float] | None = None,
) -> str:
    """The chart as SVG; ``hold`` is shaded: people there stay because the difference is small."""
    step, row = people_to_a_square(columns), across(columns)
    ground = HEAD + TALLEST * PITCH
    wide = 100 / max(len(columns), 1)
    body = _shade(hold, wide, ground) if hold else ""
    body += "".join(_stretch(s, wide, ground) for s in stretches)
    for number, column in enumerate(columns):
        drawn = _column(column, step, row, ground)
        body += f'<svg x="{number * wide:.3f}%" y="0" overflow="visible">{drawn}</svg>'
    body += f'<line class="axis" x1="0" x2="100%" y1="{ground + 2}" y2="{ground + 2}"/>'
    body += _divide(divide, wide, ground) if divide is not None else ""
    said = escape(summary)
    return (
        f'<svg class="chart waffle" width="100%" height="{ground + FOOT}" role="group"'
        f' aria-label="{said}">{body}</svg>'
    )


def _column(column: Column, step: int, row: int, ground: int) -> str:
    """Squares from the ground up, left to right, a part beginning where the one below it ends."""
    drawn, placed = "", 0
    for mark in column.parts:
        count = round(mark.size / step) or (1 if mark.size > 0 else 0)
        path = "".join(_square(placed + n, row, ground) for n in range(count))
        placed += count
        if path:
            shape = f'<path class="{mark.hue}-{mark.style}" d="{path}"/>'
            drawn += (
                f'<a class="mark" href="{escape(mark.href)}" data-why aria-label="{escape(mark.name)}">'
                f"{shape}</a>"
            )
    label = f'<text class="l" x="0" y="{ground + 18}">{escape(column.label)}</text>'
    return drawn + label


def _square(place: int, row: int, ground: int) -> str:
    x, y = place % row * PITCH, ground - (place // row + 1) * PITCH
    return f"M{x} {y}h{SQUARE}v{SQUARE}h-{SQUARE}z"


def _shade(hold: tuple[float, float], wide: float, ground: int) -> str:
    x, width = hold[0] * wide, (hold[1] - hold[0]) * wide
    return f'<rect class="zone" x="{x:.3f}%" y="{HEAD}" width="{width:.3f}%" height="{ground + 2 - HEAD}"/>'


def _stretch(stretch: Stretch, wide: float, ground: int) -> str:
    x, mark = stretch.start * wide, stretch.mark
    edge = f'<line class="edge" x1="{x:.3f}%" x2="{x:.3f}%" y1="0" y2="{ground}"/>'
    return (
        f'{edge}<a class="mark" href="{escape(mark.href)}" data-why aria-label="{escape(mark.name)}">'
        f'<text class="v" x="{x:.3f}%" dx="6" y="14">{escape(f"{mark.value} {mark.label}")}</text></a>'
        f'<text class="l" x="{x:.3f}%" dx="6" y="30">{escape(stretch.note)}</text>'
    )


def _divide(divide: Divide, wide: float, ground: int) -> str:
    x, mark = divide.at * wide, divide.mark
    half = 4 + len(mark.value) * 3.6
    return (
        f'<line class="line" x1="{x:.3f}%" x2="{x:.3f}%" y1="{HEAD}" y2="{ground + 8}"/>'
        f'<a class="mark" href="{escape(mark.href)}" data-why aria-label="{escape(mark.name)}">'
        f'<svg x="{x:.3f}%" y="{ground + 22}" overflow="visible">'
        f'<rect class="tag" x="-{half:.0f}" y="0" width="{2 * half:.0f}" height="17" rx="3"/>'
        f'<text class="tagged" x="0" y="13" text-anchor="middle">{escape(mark.value)}</text></svg></a>'
    )
