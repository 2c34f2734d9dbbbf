"""Where the line sits, as JSON and as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bothhalves.brief.line_record import Drawn, Histogram, PathCost, PathRow, PathTable
from bothhalves.core.explain import Figure
from bothhalves.report import show

Record = dict[str, Any]
#: The longest bar of the histogram, in characters.
BAR = 24


def drawn_record(drawn: Drawn) -> Record:
    """The section with the keys of its figures."""
    h, paths, measure = drawn.histogram, drawn.paths, drawn.measure
    return {
        "finding": _parts(drawn.finding),
        "totals": [{"label": t.label, "figure": t.figure.key} for t in drawn.totals],
        "histogram": _histogram(h) if h else None,
        "paths": _paths(paths) if paths else None,
        "what_if": [
            {"name": s.name, "label": s.label, "value": s.value, "changed": s.is_changed}
            for s in drawn.sliders
        ],
        "measure": {"title": measure.title, "steps": list(measure.steps)} if measure else None,
    }


def _parts(parts: Iterable[str | Figure]) -> list[Any]:
    return [{"figure": p.key} if isinstance(p, Figure) else p for p in parts]


def _histogram(h: Histogram) -> Record:
    return {
        "title": _parts(h.title),
        "lead": h.lead,
        "break_even": h.break_even.key if h.break_even else None,
        "bins": [
            {"from": b.label, "parts": [{"label": s.label, "figure": s.figure.key} for s in b.parts]}
            for b in h.bins
        ],
        "zones": [{"words": z.words, "note": z.note, "figure": z.figure.key} for z in h.zones],
        "note": h.note,
    }


def _paths(paths: PathTable) -> Record:
    return {
        "title": paths.title,
        "lead": paths.lead,
        "people": [_row(r) for r in paths.people],
        "workloads": [_row(r) for r in paths.workloads],
        "others": _row(paths.others) if paths.others else None,
        "total": _row(paths.total) if paths.total else None,
        "note": paths.note,
    }


def _row(row: PathRow) -> Record:
    figures = {"now": row.now, "seat": row.seat, "lazy": row.lazy, "api": row.api, "saves": row.saves}
    return {
        "name": row.name,
        "note": row.note,
        **_keys(figures),
        "costs": [cost_record(c) for c in row.costs],
        "no_seat": row.no_seat,
        "no_api": row.no_api,
        "recommended": row.recommended,
        "action": row.action,
        "is_change": row.is_change,
        "evidence": row.evidence,
        "levers": list(row.levers),
    }


def cost_record(cost: PathCost) -> Record:
    """One path with the keys of its three baselines."""
    three = {"lazy": cost.lazy, "current": cost.current, "efficient": cost.efficient}
    return {"path": cost.path, **_keys(three)}


def _keys(figures: Mapping[str, Figure | None]) -> Record:
    return {name: figure.key if figure else None for name, figure in figures.items()}


def histogram_lines(h: Histogram) -> list[str]:
    """A class of use per line: its lower edge, a bar, and who is in it."""
    sizes = [sum((_count(s.figure) for s in b.parts), Decimal(0)) for b in h.bins]
    most = max(sizes, default=Decimal(0)) or Decimal(1)
    wide = max((len(b.label) for b in h.bins), default=0)
    return [
        f"{b.label.rjust(wide)} {'█' * -int(-size * BAR // most):{BAR}} "
        + ", ".join(f"{show.figure(s.figure)} {s.label}" for s in b.parts)
        for b, size in zip(h.bins, sizes, strict=True)
    ]


def title_text(parts: Iterable[str | Figure]) -> str:
    """A title with its figures written out."""
    return "".join(show.figure(p) if isinstance(p, Figure) else p for p in parts)


def headline_text(parts: Iterable[str | Figure]) -> str:
    """A sentence with its figures as headlines have them."""
    return "".join(show.headline(p) if isinstance(p, Figure) else p for p in parts)


def _count(figure: Figure) -> Decimal:
    return figure.value if isinstance(figure.value, Decimal) else Decimal(0)


def path_cells(row: PathRow) -> tuple[str, ...]:
    """Who or what, now, on seats, on the API lazily and efficiently, what to do, evidence, saving."""
    seat = show.figure(row.seat) if row.seat else row.no_seat or show.NOTHING
    action = row.action + (f" ({', '.join(row.levers)})" if row.levers else "")
    api = (show.figure(cost) if cost else row.no_api or show.NOTHING for cost in (row.lazy, row.api))
    return (row.name, show.figure(row.now), seat, *api, action, row.evidence, show.figure(row.saves))


def cost_cells(row: PathRow) -> list[tuple[str, ...]]:
    """A line for each path: who or what, the path, and its three baselines."""
    return [
        (
            row.name if number == 0 else "",
            cost.path,
            *map(show.figure, (cost.lazy, cost.current, cost.efficient)),
        )
        for number, cost in enumerate(row.costs)
    ]
