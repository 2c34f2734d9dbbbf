"""Where the line sits, as charts and rows for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bothhalves.brief.line_record import Drawn, Histogram, PathRow, PathTable
from bothhalves.core.explain import Figure
from bothhalves.report import show, why
from bothhalves.web import dumbbell, waffle
from bothhalves.web.charts import Mark
from bothhalves.web.links import Links

#: The hues of what becomes of people, and of paths.
HUES = {"seat": "seats", "api": "tokens", "nothing": "total"}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the paths table with its dots."""

    row: PathRow
    bell: str


@dataclass(frozen=True, slots=True)
class ShownPaths:
    """The rows of the paths table; ``others`` add up the workloads that are folded."""

    people: tuple[ShownRow, ...] = ()
    workloads: tuple[ShownRow, ...] = ()
    others: PathRow | None = None


def line_context(drawn: Drawn, links: Links, whole: bool = False) -> dict[str, Any]:
    """What the template of the section needs; ``whole``: no workload is folded."""
    return {
        "line": drawn,
        "waffle": _waffle(drawn.histogram, links) if drawn.histogram is not None else "",
        "shown": _rows(drawn.paths, whole) if drawn.paths is not None else ShownPaths(),
    }


def _mark(label: str, style: str, hue: str, figure: Figure, links: Links) -> Mark:
    value = show.headline(figure)
    called = f"{value} {label}: why this number"
    return Mark(show.clean(label), value, why.size(figure), hue, style, links.why(figure.key), called)


def _waffle(histogram: Histogram, links: Links) -> str:
    columns = [
        waffle.Column(part.label, tuple(_person(s.label, s.style, s.figure, links) for s in part.parts))
        for part in histogram.bins
    ]
    stretches = [
        waffle.Stretch(z.start, z.end, _mark(z.words, "solid", "total", z.figure, links), z.note)
        for z in histogram.zones
    ]
    divide = None
    if histogram.break_even is not None and histogram.at is not None:
        mark = _mark("break-even", "solid", "total", histogram.break_even, links)
        divide = waffle.Divide(histogram.at, mark)
    said = ", ".join(f"{s.mark.value} {s.mark.label}" for s in stretches)
    summary = f"People by what their use would cost metered: {said}"
    return waffle.waffle(columns, stretches, divide, summary, histogram.hold)


def _person(label: str, style: str, figure: Figure, links: Links) -> Mark:
    """Orange is who moves to the API; everybody else is on seats, hatched where nobody uses them."""
    return _mark(label, style, "tokens" if label == "to the API" else "seats", figure, links)


def _rows(paths: PathTable, whole: bool) -> ShownPaths:
    workloads, others = (paths.workloads, None) if whole else (paths.top, paths.others)
    every = (*paths.people, *workloads)
    scale = dumbbell.scale_of(why.size(f) for row in every for f in (row.seat, row.api) if f is not None)
    people, works = (
        tuple(ShownRow(row, _bell(row, scale)) for row in rows) for rows in (paths.people, workloads)
    )
    return ShownPaths(people, works, others)


def _bell(row: PathRow, scale: dumbbell.Scale) -> str:
    dots = [
        dumbbell.Dot(why.size(figure), HUES[path], row.recommended == path)
        for path, figure in (("seat", row.seat), ("api", row.api))
        if figure is not None
    ]
    if row.recommended == "nothing":
        dots.append(dumbbell.Dot(0.0, "total", True))
    words = [f"{p} {show.headline(f)}" for p, f in (("seat", row.seat), ("API", row.api)) if f is not None]
    return dumbbell.dumbbell(dots, scale, f"{row.name}: {', '.join(words)}; recommended: {row.action}")
