"""Three years as text and as JSON: both curves by year under each deal, and the second track."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bothhalves.brief.projecting import CourseSheet, ProjectionSheet
from bothhalves.core.dates import Month
from bothhalves.core.deal.halves import Half
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record

Record = dict[str, Any]


def projection_text(sheet: ProjectionSheet) -> str:
    """One block for each deal, then the second track and what was assumed."""
    found = sheet.projected
    outlook = found.outlook
    lines = [
        f"{outlook.months} months from {outlook.start}, {found.vendor}, {found.currency}",
        f"Scenarios, not a forecast: {outlook.source.rstrip('.')}.",
        f"Grade {outlook.grade}, {outlook.baseline} usage.",
    ]
    for name, sheets in sheet.deals.items():
        lines += ["", name.capitalize(), *_deal(sheets)]
        lines += _crossed(sheet, name)
    for missing in found.missing:
        lines += ["", f"{missing.name.capitalize()}: cannot be shown. {missing.why}"]
    lines += ["", "Second track", *(f"  {said}" for said in _second(sheet))]
    lines += ["", "Assumed", *(f"  {said}" for said in found.said)]
    return "\n".join(lines)


def _deal(sheets: Sequence[CourseSheet]) -> list[str]:
    rows = [
        ("", "year", "seats", "API", "both", "so far", "from peak"),
        *(row for sheet in sheets for row in _rows(sheet)),
    ]
    lines = grid(rows, right={2, 3, 4, 5, 6})
    told = (f"  {s.course.scenario}: {_crossing(s)}; {_present(s)}" for s in sheets)
    return [*lines, *told]


def _present(sheet: CourseSheet) -> str:
    """The present value of the same months, and beside it what they pay for later ones."""
    said = f"present value {show.figure(sheet.present_value)} of {show.figure(sheet.total)}"
    left, last = sheet.course.left_over, sheet.course.months[-1]
    if left <= 0:
        return said
    return f"{said}, beside {show.figure(sheet.left_over)} paid ahead and not used up by {last}"


def _rows(sheet: CourseSheet) -> Iterable[tuple[str, ...]]:
    name = sheet.course.scenario
    for year in sheet.years:
        halves = [year.halves.get(half) for half in (Half.SEATS, Half.API)]
        parts = (show.NOTHING, show.NOTHING) if sheet.course.is_undivided else tuple(map(show.figure, halves))
        told = (*parts, show.figure(year.total), show.figure(year.cumulative), show.figure(year.from_peak))
        yield (name if year.number == 1 else "", f"{year.first} to {year.last}", *told)


def _crossing(sheet: CourseSheet) -> str:
    """When the API overtakes seats, and whether it stays so."""
    course = sheet.course
    if course.is_undivided:
        return "one price for both halves: which costs more is not known; ask for the split"
    if course.crossing is None:
        return "the API stays below seats"
    if course.lasting == course.crossing:
        return f"the API costs more than seats from {course.crossing} on"
    after = f"for good from {course.lasting} on" if course.lasting else "and not for good"
    return f"the API costs more than seats in {course.crossing} first, {after}"


def _crossed(sheet: ProjectionSheet, name: str) -> list[str]:
    """In how many of all scenarios the API overtakes seats, where more were made than are shown."""
    variant = next(v for v in sheet.projected.variants if v.deal.name == name)
    if len(variant.crossings) <= len(variant.courses):
        return []
    count = sum(month is not None for month in variant.crossings)
    return [f"  The API overtakes seats in {count} of {len(variant.crossings)} scenarios."]


def _second(sheet: ProjectionSheet) -> Iterable[str]:
    found, second = sheet.projected, sheet.projected.second
    if second is None:
        yield found.no_second
        return
    track = "The API" if second.second is Half.API else f"Seats of the type {second.type}"
    if sheet.watch is None:
        yield f"No quantity of {track[0].lower() + track[1:]} makes {found.folded} worth it on these terms."
    else:
        quantity = show.figure(sheet.watch, show.cents_money)
        yield f"{track} beside the deal: fold it into {found.folded} from {quantity} a month on; watch that."
    for scenario, month in second.from_.items():
        now = next(f for f in sheet.now if f"scenario={scenario}" in f.key)
        when = f"worth it from {month} on" if month else "not worth it in the months looked at"
        yield f"{scenario}: {show.figure(now, show.cents_money)} in the first month; {when}."


def projection_record(sheet: ProjectionSheet) -> str:
    """One JSON object: each deal and scenario by year with the keys of its figures, and every figure."""
    found = sheet.projected
    second = found.second
    record: Record = {
        "vendor": found.vendor,
        "currency": found.currency,
        "start": str(found.outlook.start),
        "months": found.outlook.months,
        "grade": str(found.outlook.grade),
        "baseline": str(found.outlook.baseline),
        "source": found.outlook.source,
        "deals": {name: [_course(s) for s in sheets] for name, sheets in sheet.deals.items()},
        "missing": {m.name: m.why for m in found.missing},
        "second_track": {
            "track": None if second is None else str(second.second),
            "offer": found.folded,
            "why_not": found.no_second,
            "watch": None if sheet.watch is None else sheet.watch.key,
            "now": [f.key for f in sheet.now],
            "from": {} if second is None else {n: _month(m) for n, m in second.from_.items()},
        },
        "assumed": list(found.said),
        "figures": {k: figure_record(f) for k, f in sorted(sheet.figures().items())},
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def _course(sheet: CourseSheet) -> Record:
    course = sheet.course
    return {
        "scenario": course.scenario,
        "crossing": _month(course.crossing),
        "lasting": _month(course.lasting),
        "undivided": course.is_undivided,
        "years": [
            {
                "first": str(y.first),
                "last": str(y.last),
                **{str(half): figure.key for half, figure in y.halves.items()},
                "total": y.total.key,
                "cumulative": y.cumulative.key,
                "from_peak": y.from_peak.key,
            }
            for y in sheet.years
        ],
        "total": sheet.total.key,
        "present_value": sheet.present_value.key,
        "left_over": sheet.left_over.key,
        "more_from_peak": sheet.more_from_peak.key,
    }


def _month(month: Month | None) -> str | None:
    return None if month is None else str(month)
