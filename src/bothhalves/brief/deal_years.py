"""Three years and the calendar of a renewal, as sections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bothhalves.brief.deal_record import (
    Cell,
    Course,
    Courses,
    DealRow,
    DealTable,
    Moment,
    Section,
    Stretch,
    Timeline,
    Words,
)
from bothhalves.brief.projecting import CourseSheet, ProjectionSheet
from bothhalves.brief.renewing import BaselineFigures, RenewalSheet
from bothhalves.core.deal.deadlines import What
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.explain import Figure
from bothhalves.workspace.projecting import APART, AS_IS, AS_QUOTED

_LABELS = {AS_IS: "Leave it as it is", AS_QUOTED: "Bundle as quoted", APART: "Priced apart"}
_STYLES = {AS_IS: "dashed", AS_QUOTED: "thin", APART: "strong"}


def projection_section(name: str, sheet: ProjectionSheet) -> Section:
    """Each deal over the months looked ahead, in the middle scenario."""
    found = sheet.projected
    middles = {deal: _middle(sheets) for deal, sheets in sheet.deals.items()}
    outlook = found.outlook
    missing = tuple(f"{_LABELS[m.name]} cannot be shown. {m.why}" for m in found.missing)
    said = "Assumed: " + " ".join(found.said)
    return Section(
        name,
        _title(middles, outlook.months),
        f"{found.vendor}, {outlook.months} months from {outlook.start}: scenarios, not a forecast."
        f" Evidence {outlook.grade}, {outlook.baseline} usage.",
        Courses(outlook.start.first, tuple(_course(d, s) for d, s in sheet.deals.items())),
        (_years(sheet), _wholes(sheet)),
        (*missing, *_left_over(middles), said),
    )


def _left_over(middles: dict[str, CourseSheet]) -> Iterable[str]:
    if any(m.course.left_over > 0 for m in middles.values()):
        yield (
            "Paid ahead for later falls due within these months and is not used up by their end. It is in "
            "neither the sums nor the present values, which are over the same months; its cash is needed too."
        )


def _middle(sheets: tuple[CourseSheet, ...]) -> CourseSheet:
    return sheets[len(sheets) // 2]


def _title(middles: dict[str, CourseSheet], months: int) -> Words:
    span = "Three years" if months == 36 else f"{months} months"
    words: list[str | Figure] = [f"{span}: "]
    for deal, sheet in middles.items():
        words += [sheet.total, f" {deal}, "]
    return (*words[:-1], str(words[-1]).removesuffix(", "))


def _course(deal: str, sheets: tuple[CourseSheet, ...]) -> Course:
    low, high = sheets[0], sheets[-1]
    middle = _middle(sheets)
    bounds = (_so_far(low), _so_far(high)) if deal == APART and len(sheets) > 1 else ((), ())
    return Course(_LABELS[deal], middle.total, _STYLES[deal], _so_far(middle), *bounds)


def _so_far(sheet: CourseSheet) -> tuple[float, ...]:
    """Where the line is to be drawn, month by month."""
    course = sheet.course
    return tuple(float(v / MICRO) for v in course.cumulative(course.halves.total))


def _years(sheet: ProjectionSheet) -> DealTable:
    first = _middle(next(iter(sheet.deals.values())))
    years = (f"{y.first} to {y.last}" for y in first.years)
    head = ("Deal", "Scenario", *years, "Together", "Present value", "Paid ahead for later")
    rows = tuple(
        DealRow(_year_cells(deal, s), deal == APART and s is _middle(sheets))
        for deal, sheets in sheet.deals.items()
        for s in sheets
    )
    return DealTable("By year", head, rows)


def _year_cells(deal: str, sheet: CourseSheet) -> tuple[Cell, ...]:
    left = sheet.left_over if sheet.course.left_over > 0 else None
    named = (_LABELS[deal], sheet.course.scenario)
    return (*named, *(y.total for y in sheet.years), sheet.total, sheet.present_value, left)


def _wholes(sheet: ProjectionSheet) -> DealTable:
    """Each half by year in the middle scenario."""
    middles = {deal: _middle(sheets) for deal, sheets in sheet.deals.items()}
    rows = (
        DealRow((_LABELS[deal], str(half), *(year.halves.get(half) for year in middle.years)))
        for deal, middle in middles.items()
        for half in middle.years[0].halves
    )
    years = next(iter(middles.values())).years
    return DealTable("Each half", ("Deal", "Half", *(f"{y.first} to {y.last}" for y in years)), tuple(rows))


def renewal_section(sheet: RenewalSheet, today: date) -> Section:
    """One contract: the days until it ends, and what it would be renewed with."""
    told, end = sheet.told, sheet.told.ending
    base = sheet.baselines
    renews = "renews by itself" if end.renews else "does not renew by itself"
    return Section(
        f"renewal-{told.contract.id}",
        (_countdown(sheet, today),),
        f"{told.contract.id} ({told.contract.vendor}) ends on {end.last} and {renews}. Seen on {today}.",
        Timeline(
            today,
            tuple(Moment(d.on, str(d.what), d.what is What.QUARTER) for d in told.deadlines),
            tuple(Stretch(str(p.work), p.first, p.last) for p in told.phases),
        ),
        tuple(_renewal_tables(sheet, base)),
        ("Assumed: " + " ".join(told.said),) if told.said else (),
    )


def _countdown(sheet: RenewalSheet, today: date) -> str:
    end = sheet.told.ending
    on, what = (end.last, "the term ends") if end.notice_by is None else (end.notice_by, "notice is due")
    days = (on - today).days
    if days < 0:
        return f"Renewal calendar: the last day for notice was {on}"
    return f"Renewal calendar: {what} in {days} {'day' if days == 1 else 'days'}"


def _renewal_tables(sheet: RenewalSheet, base: BaselineFigures | None) -> Iterable[DealTable]:
    if base is not None:
        rows = [("Inherited", base.inherited), ("Honest", base.honest), ("Gap of the renewal", base.gap)]
        rows += [(f"Give back, {kind} seats", figure) for kind, figure in sheet.reclaim.items()]
        head = ("First year of the renewed term", "Comes to")
        yield DealTable("Inherited against honest", head, tuple(DealRow(row) for row in rows))
    days = (
        DealRow((str(d.on), "past" if d.is_past else "to come", str(d.what), d.why))
        for d in sheet.told.deadlines
    )
    yield DealTable("Days", ("Day", "State", "What", "Why"), tuple(days))
    work = (DealRow((str(p.work), str(p.first), str(p.last), p.why)) for p in sheet.told.phases)
    yield DealTable("Phases of the work", ("Work", "From", "To", "Why"), tuple(work))
