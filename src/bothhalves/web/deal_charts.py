"""The drawings of the deal as SVG text, as :mod:`bothhalves.web.charts` draws bars.

Across in percent, so that a drawing fills its place while text keeps its size; every mark of money is a link
to its explanation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise

from bothhalves.core.dates import Month
from bothhalves.web.charts import LEAST, Mark

STEP, BAR = 46, 18
#: Of a waterfall, how much of the width the longest bar takes; the value stands behind it.
ROOM = 76.0
#: The place of a curve: left, right (percent), top and bottom (pixels).
LEFT, RIGHT, TOP, BOTTOM = 8.0, 74.0, 26, 236
#: Labels on the right stand so many pixels apart, and so much of the width of a timeline a character takes.
APART, CHARACTER = 34, 0.74
#: Amounts that are nearer than so much of the width have labels that may touch on a narrow screen.
NEAR = 36.0
#: How tall the likeliest usage is drawn.
DENSITY = 34


@dataclass(frozen=True, slots=True)
class Stair:
    """A bar of a waterfall: pieces end to end; ``is_whole``: it starts at nothing."""

    label: str
    told: Mark
    pieces: tuple[Mark, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Point:
    """An amount (across), its expected cost, and the span from its P10 to its P90; a ``label`` is written
    beside it."""

    across: float
    cost: Mark
    span: tuple[float, float]
    label: str
    is_filled: bool
    starts_band: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of all chances uses so much (from ``low`` to ``high``), as a share of the tallest; few are
    named."""

    low: float
    high: float
    share: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A line over the months with its name at the end; ``band`` are its lower and its upper bound."""

    told: Mark
    style: str
    heights: Sequence[float]
    band: tuple[Sequence[float], Sequence[float]] | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A day of a timeline; a quarter's end is a small triangle."""

    on: date
    label: str
    is_quarter: bool


@dataclass(frozen=True, slots=True)
class Work:
    """A stretch of days with what is to be done in it."""

    label: str
    first: date
    last: date


def waterfall(stairs: Sequence[Stair], summary: str) -> str:
    """Bars under each other, each beginning where the one above it ends."""
    spans, at = [], 0.0
    for stair in stairs:
        size = sum(p.size for p in stair.pieces)
        spans.append((0.0, size) if stair.is_whole else (at, at + size))
        at = spans[-1][1]
    least = min(0.0, *(min(span) for span in spans))
    most = max(max(span) for span in spans) - least or 1.0
    body = "".join(
        _stair(stair, (min(span) - least) / most * ROOM, n * STEP, most)
        for n, (stair, span) in enumerate(zip(stairs, spans, strict=True))
    )
    return _svg(STEP * len(stairs), summary, body)


def _stair(stair: Stair, x: float, top: int, most: float) -> str:
    drawn = _text(0, top + 12, stair.label, "t")
    for piece in stair.pieces:
        width = max(abs(piece.size) / most * ROOM, LEAST) if piece.size else 0.0
        place = f'x="{x:.2f}%" y="{top + 18}" width="{width:.2f}%" height="{BAR}"'
        drawn += _link(piece, f'<rect class="{piece.hue}-{piece.style}" {place}/>')
        x += width
    return drawn + _link(stair.told, _text(x, top + 32, stair.told.value, "v", shift=8))


def curve(points: Sequence[Point], usage: Sequence[Usage], summary: str) -> str:
    """Cost by amount, expected and from P10 to P90; a line joins amounts of one band, where the cost is
    straight in between. Beneath, on the same axis, is how much may be used."""
    reach = [*(p.across for p in points), *(end for u in usage for end in (u.low, u.high))]
    across = _Scale(reach, LEFT, RIGHT)
    named = [p for p in points if p.label]
    crowd = sum(_is_near(across(one.across), across(next_.across)) for one, next_ in pairwise(named))
    top = TOP + 24.0 + crowd * APART
    up = _Scale([end for p in points for end in (p.cost.size, *p.span)], BOTTOM - 20.0, min(top, BOTTOM / 2))
    heights = _label_heights(named, across, up)
    body = f'<line class="axis" x1="{LEFT}%" x2="100%" y1="{BOTTOM}" y2="{BOTTOM}"/>'
    for first, second in pairwise(points):
        if not second.starts_band and first.across:
            body += _line(
                across(first.across), up(first.cost.size), across(second.across), up(second.cost.size)
            )
    for point in points:
        body += _point(point, across(point.across), up, heights.get(point.across, 0.0))
    body += "".join(_use(n, one, across) for n, one in enumerate(usage))
    told_apart = sum(bool(u.name) for u in usage)
    beneath = (DENSITY + 8 + 15 * told_apart if told_apart else DENSITY) + 22 if usage else 0
    if usage:
        told = "Usage in a period, at list price"
        body += _text(LEFT, BOTTOM + 26 + beneath, told, "l")
    return _svg(BOTTOM + 34 + beneath, summary, body)


def _is_near(one: float, other: float) -> bool:
    """True for places whose labels may touch on a narrow screen."""
    return abs(other - one) < NEAR


def _label_heights(named: Sequence[Point], across: _Scale, up: _Scale) -> dict[float, float]:
    """Where labels stand, by amount: above their point, and above the labels that begin near them."""
    found: dict[float, float] = {}
    for point in reversed(named):
        height = min(up(point.cost.size), up(point.span[1])) - 12
        for other in sorted(found, key=lambda amount: -found[amount]):
            if _is_near(across(point.across), across(other)) and abs(found[other] - height) < APART:
                height = found[other] - APART
        found[point.across] = height
    return found


def _point(point: Point, x: float, up: _Scale, label: float) -> str:
    look, y = "solid" if point.is_filled else "hollow", up(point.cost.size)
    low, high = map(up, point.span)
    drawn = f'<line class="span" x1="{x:.2f}%" x2="{x:.2f}%" y1="{low:.1f}" y2="{high:.1f}"/>'
    drawn += f'<circle class="{point.cost.hue}-{look}" cx="{x:.2f}%" cy="{y:.1f}" r="6"/>'
    if point.label:
        drawn += _text(x, label, f"pays {point.cost.value}", "l") + " "
        drawn += _text(x, label - 15, f"{point.cost.label} {point.label}", "v")
    is_told = point.label or point.starts_band
    return _link(point.cost, drawn) + (_text(x, BOTTOM + 18, point.cost.label, "l") if is_told else "")


def _use(place: int, one: Usage, across: _Scale) -> str:
    """A bar that hangs below the axis: the longer, the likelier."""
    x, end, top = across(one.low), across(one.high), BOTTOM + 26
    width, tall = max(end - x, LEAST), one.share * DENSITY
    drawn = f'<rect class="tokens-light" x="{x:.2f}%" y="{top}" width="{width:.2f}%" height="{tall:.1f}"/>'
    if one.name:
        y = top + DENSITY + 14 + 15 * place
        drawn += f'<line class="edge" x1="{x:.2f}%" x2="{x:.2f}%" y1="{top + tall:.1f}" y2="{y}"/>'
        drawn += _text(x, y, one.name, "l", shift=5)
    return drawn


def courses(first: date, paths: Sequence[Path], summary: str) -> str:
    """What is paid up to each month; each line is named at its end."""
    most = max((h for p in paths for h in p.heights), default=0.0) or 1.0
    body = "".join(_band(p.band, most) for p in paths if p.band is not None)
    body += f'<line class="axis" x1="{LEFT}%" x2="{RIGHT}%" y1="{BOTTOM}" y2="{BOTTOM}"/>'
    body += "".join(
        _inset(f'<polyline class="course {p.style}" points="{_points(p.heights, most)}"/>') for p in paths
    )
    body += _years(first, max((len(p.heights) for p in paths), default=0))
    ends = sorted(paths, key=lambda p: -p.heights[-1])
    free = 0.0
    for path in ends:
        y = max(BOTTOM - path.heights[-1] / most * (BOTTOM - TOP), free)
        free = y + APART
        value = _text(RIGHT, y + 15, path.told.value, "l", shift=10)
        body += _link(path.told, f"{value} {_text(RIGHT, y, path.told.label, 'v', shift=10)}")
    return _svg(int(max(BOTTOM + 26, free)), summary, body)


def _years(first: date, months: int) -> str:
    drawn, month = "", Month.of(first)
    for n in range(months + 1):
        if n % 12 == 0:
            x = LEFT + n / max(months, 1) * (RIGHT - LEFT)
            drawn += _text(x, BOTTOM + 18, str(month), "l")
        month = month.next
    return drawn


def _points(heights: Sequence[float], most: float) -> str:
    whole = [0.0, *heights]
    return " ".join(
        f"{n / (len(whole) - 1) * 1000:.0f},{1000 - h / most * 1000:.1f}" for n, h in enumerate(whole)
    )


def _band(band: tuple[Sequence[float], Sequence[float]], most: float) -> str:
    low, high = (_points(b, most).split() for b in band)
    return _inset(f'<polygon class="between" points="{" ".join([*low, *reversed(high)])}"/>')


def _inset(drawn: str) -> str:
    """A drawing of a thousand by a thousand, stretched over the place of a curve."""
    place = f'x="{LEFT}%" y="{TOP}" width="{RIGHT - LEFT}%" height="{BOTTOM - TOP}"'
    return f'<svg {place} viewBox="0 0 1000 1000" preserveAspectRatio="none" overflow="visible">{drawn}</svg>'


def timeline(today: date, flags: Sequence[Flag], work: Sequence[Work], summary: str) -> str:
    """Days to come on one axis, each label on the lowest line where it has room; below it, the work."""
    days = [today.toordinal(), *(f.on.toordinal() for f in flags)]
    scale = _Scale([float(d) for d in days], 2.0, 86.0)
    placed = list(_placed([Flag(today, "Today", False), *flags], scale))
    ground = (max(level for *_, level in placed) + 1) * APART + 16
    body = f'<line class="axis" x1="0" x2="100%" y1="{ground}" y2="{ground}"/>'
    for flag, x, is_left, level in placed:
        y = ground - 22 - level * APART
        body += f'<line class="edge" x1="{x:.2f}%" x2="{x:.2f}%" y1="{y - 10}" y2="{ground}"/>'
        css, shift = (" end", -5) if is_left else ("", 5)
        body += _text(x, y, flag.label, f"v{css}", shift)
        body += _text(x, y + 14, f"{flag.on.day} {flag.on:%b %Y}", f"l{css}", shift)
    body += "".join(_quarter(f, scale(float(f.on.toordinal())), ground) for f in flags if f.is_quarter)
    body += "".join(_work(one, today, scale, ground + 46 + n * 24) for n, one in enumerate(work))
    return _svg(ground + 34 + len(work) * 24 + (8 if work else 0), summary, body, role="img")


def _work(one: Work, today: date, scale: _Scale, y: int) -> str:
    """A bar from its first day, or today, to its last; its label beside it, on the side with room."""
    x, end = scale(float(max(one.first, today).toordinal())), scale(float(one.last.toordinal() + 1))
    width = max(end - x, LEAST)
    drawn = f'<rect class="total-light" x="{x:.2f}%" y="{y}" width="{width:.2f}%" height="12"/>'
    if x + width + len(one.label) * CHARACTER > 100:
        return drawn + _text(x, y + 11, one.label, "l end", shift=-5)
    return drawn + _text(x + width, y + 11, one.label, "l", shift=5)


def _placed(flags: Sequence[Flag], scale: _Scale) -> Iterator[tuple[Flag, float, bool, int]]:
    """Each day once with its place, whether its label stands left of it, and on which line from below."""
    free: list[float] = []
    for flag in dict.fromkeys(f for f in flags if not f.is_quarter):
        x, width = scale(float(flag.on.toordinal())), max(len(flag.label), 12) * CHARACTER + 1.5
        is_left = x + width > 100
        start, end = (x - width, x) if is_left else (x, x + width)
        level = next((n for n, until in enumerate(free) if until <= start), len(free))
        free[level : level + 1] = [end]
        yield flag, x, is_left, level


def _quarter(flag: Flag, x: float, ground: int) -> str:
    shape = '<path class="total-light" d="M0 2l5 9h-10z"/>'
    drawn = f'<svg x="{x:.2f}%" y="{ground}" overflow="visible">{shape}</svg>'
    return drawn + _text(x, ground + 26, f"quarter ends {flag.on.day} {flag.on:%b}", "l", shift=-5)


class _Scale:
    """From the least to the most of some values onto a stretch."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low, self.high = min(values, default=0.0), max(values, default=1.0)
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        if self.high <= self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def _svg(height: int, summary: str, body: str, role: str = "group") -> str:
    told = f'role="{role}" aria-label="{escape(summary)}"'
    return f'<svg class="chart deal" width="100%" height="{height}" {told}>{body}</svg>'


def _link(mark: Mark, body: str) -> str:
    name = escape(mark.name)
    return f'<a class="mark" href="{escape(mark.href)}" data-why aria-label="{name}">{body}</a>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="course strong" x1="{x1:.2f}%" y1="{y1:.1f}" x2="{x2:.2f}%" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, css: str, shift: int = 0) -> str:
    moved = f' dx="{shift}"' if shift else ""
    return f'<text class="{css}" x="{x:.2f}%" y="{y:.0f}"{moved}>{escape(text)}</text>'
