"""Three years as figures: each half by year, deal and scenario, settled; sums and present value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.dates import Month
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.projection import Course, factors
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.second_track import Trigger
from bothhalves.core.explain import Figure, Line, Operator, Selector, View, by_key, key, sum_of
from bothhalves.core.money import EXACT, Amount, MoneyKind, quotient
from bothhalves.workspace.deal_terms import FILE
from bothhalves.workspace.projecting import Projected, Variant

KIND = MoneyKind.SCENARIO
_YEAR = 12
_SETTLED = "The terms settled on the scenario's months, before tax; a scenario, not a forecast."
_PEAK = "The same, each term renewed with the most seats of the one before instead of those needed."
_DUE = (
    "What falls due in the month, times (1 + discount rate)^(-n/12), n counting months from the start. "
    "Money paid ahead counts in the month of payment. It is over the same months as the sum: what is paid "
    "ahead and not used up by their end is taken off the latest such payments, and told by itself."
)
_LEFT = "What falls due in these months, less what they cost: it pays for what comes after them."
_CROSSING = (
    "The first month in which the API costs more than seats. A commitment that its period did not use is due "
    "at the end of it, and makes no crossing."
)
_WATCH = "The least quantity a month, the same in all twelve, at which one contract for both is not dearer."
_NAMES = {Half.SEATS: "Seats", Half.API: "API", Half.BOTH: "Seats and API in one price"}


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of twelve months from the start on. ``halves`` without those that have no Lines at all."""

    number: int
    first: Month
    last: Month
    halves: Mapping[Half, Figure]
    total: Figure
    cumulative: Figure
    from_peak: Figure

    def roots(self) -> tuple[Figure, ...]:
        return (*self.halves.values(), self.total, self.cumulative, self.from_peak)


@dataclass(frozen=True, slots=True)
class CourseSheet:
    """A scenario under a deal. ``crossing`` None: the API never costs more than seats."""

    course: Course
    years: tuple[YearRow, ...]
    total: Figure
    from_peak: Figure
    more_from_peak: Figure
    present_value: Figure
    left_over: Figure
    crossing: Figure | None

    def roots(self) -> tuple[Figure, ...]:
        own = (self.total, self.from_peak, self.more_from_peak, self.present_value, self.left_over)
        return (
            *(f for y in self.years for f in y.roots()),
            *own,
            *([self.crossing] if self.crossing else []),
        )


@dataclass(frozen=True, slots=True)
class ProjectionSheet:
    """All deals under all scenarios shown, and the second track."""

    projected: Projected
    deals: Mapping[str, tuple[CourseSheet, ...]]
    watch: Figure | None
    now: tuple[Figure, ...]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        roots = [f for sheets in self.deals.values() for sheet in sheets for f in sheet.roots()]
        roots += [*self.now, *([self.watch] if self.watch else [])]
        return by_key(roots)


def projection_sheet(projected: Projected) -> ProjectionSheet:
    """The projection as figures."""
    deals = {
        v.deal.name: tuple(_Sheet(projected, v, n).made() for n in range(len(v.courses)))
        for v in projected.variants
    }
    second = projected.second
    watch = (
        None if second is None or second.watch is None else _second(projected, second, "watch", second.watch)
    )
    now = () if second is None else tuple(_now(projected, second))
    return ProjectionSheet(projected, deals, watch, now)


class _Sheet:
    """Figures of one scenario under one deal."""

    def __init__(self, projected: Projected, variant: Variant, place: int) -> None:
        self.projected, self.course = projected, variant.courses[place]
        name = self.course.scenario
        self.lines, self.peak = variant.lines[name], variant.peak_lines[name]
        self.words = f"{variant.deal.name}, {name}"
        self.said = {"deal": slug(variant.deal.name), "scenario": name, "vendor": projected.vendor}

    def key(self, name: str, **more: str) -> str:
        return key(f"projection.{name}", {**self.said, **more})

    def sum(self, name: str, title: str, parts: Iterable[Figure | Line], rule: str, **more: str) -> Figure:
        currency = self.projected.currency
        words = f"{title}, {self.words}"
        return sum_of(self.key(name, **more), words, tuple(parts), currency, KIND, rule=rule)

    def made(self) -> CourseSheet:
        years = tuple(self._years())
        total = self.sum("total", "All years", (y.total for y in years), _SETTLED)
        peak = self.sum("from-peak", "All years from the peak", (y.from_peak for y in years), _PEAK)
        more = Figure(
            self.key("more-from-peak"), f"More if renewed from the peak, {self.words}", Operator.DIFFERENCE,
            peak.value - total.value, (peak, total), rule=_PEAK,  # type: ignore[operator]
        )  # fmt: skip
        present, left = self._present(), self._left_over()
        return CourseSheet(self.course, years, total, peak, more, present, left, self._crossing())

    def _years(self) -> Iterable[YearRow]:
        """Each year; the sum so far is made of the years before."""
        months = self.course.months
        so_far: list[Figure] = []
        shown = [half for half in Half if half is not Half.BOTH or self.course.is_undivided]
        for number in range(-(-len(months) // _YEAR)):
            own = months[number * _YEAR : number * _YEAR + _YEAR]
            year = str(number + 1)
            halves = {
                half: self.sum(
                    str(half), f"{_NAMES[half]}, year {year}", _of(self.lines[half], own), _SETTLED, year=year
                )
                for half in shown
            }
            total = self.sum("total", f"Both halves, year {year}", halves.values(), _SETTLED, year=year)
            so_far.append(total)
            cumulative = self.sum("cumulative", f"Up to year {year}", so_far, _SETTLED, year=year)
            lines = [line for half in Half for line in _of(self.peak[half], own)]
            peak = self.sum("from-peak", f"Renewed from the peak, year {year}", lines, _PEAK, year=year)
            yield YearRow(number + 1, own[0], own[-1], halves, total, cumulative, peak)

    def _present(self) -> Figure:
        """What falls due in each month at its discount factor, and their sum."""
        course, rate = self.course, self.projected.terms.rate
        scale = factors(rate, len(course.months))
        rows = zip(course.months, course.owed, scale, strict=True)
        lines = [self._discounted(month, due, factor) for month, due, factor in rows if due]
        return self.sum("present-value", "Present value", lines, _DUE)

    def _left_over(self) -> Figure:
        value = Amount.of(quotient(self.course.left_over / MICRO), self.projected.currency, KIND)
        title = f"Paid ahead, and not used up by {self.course.months[-1]}, {self.words}"
        return Figure(self.key("left-over"), title, Operator.GIVEN, value, rule=_LEFT)

    def _discounted(self, month: Month, due: Fraction, factor: Fraction) -> Line:
        quantity, price = quotient(due / MICRO), quotient(factor)
        currency = self.projected.currency
        return Line(
            id=f"{self.key('present-value')}|{month}",
            meter="money",
            quantity=quantity,
            unit=f"{currency} due in {month}",
            price=price,
            price_high=price,
            per=1,
            amount=Amount.of(EXACT.multiply(quantity, price), currency, KIND),
            view=View.BILLED,
            entry=f"{FILE}/discount_rate",
            source=FILE,
            layer="assumption",
            rows=Selector("contract"),
            dimensions=(("month", str(month)),),
        )

    def _crossing(self) -> Figure | None:
        month = self.course.crossing
        if month is None:
            return None
        place = Decimal(self.course.months.index(month) + 1)
        title = f"Month in which the API overtakes seats, {month}, {self.words}"
        return Figure(
            self.key("crossing"), title, Operator.GIVEN, place, unit="months from the start", rule=_CROSSING
        )


def _of(lines: Iterable[Line], months: Iterable[Month]) -> list[Line]:
    names = set(map(str, months))
    return [line for line in lines if dict(line.dimensions)["month"] in names]


def _now(projected: Projected, second: Trigger) -> Iterable[Figure]:
    for scenario, quantity in second.now.items():
        yield _second(projected, second, "now", quantity, scenario)


def _second(projected: Projected, second: Trigger, name: str, quantity: int, scenario: str = "") -> Figure:
    """A quantity of the second track: seats, or usage at list price."""
    said = {"vendor": projected.vendor, "offer": projected.folded, "scenario": scenario, "type": second.type}
    words = {"watch": "Fold in from", "now": "In the first month"}[name] + (
        f", {scenario}" if scenario else ""
    )
    title = f"{words}: {second.type + ' seats' if second.type else 'usage at list price a month'}"
    value = (
        Decimal(quantity)
        if second.second is Half.SEATS
        else Amount.of(quotient(Fraction(quantity, MICRO)), projected.currency, KIND)
    )
    unit = "seats" if second.second is Half.SEATS else ""
    rule = _WATCH if name == "watch" else projected.outlook.source
    return Figure(
        key(f"projection.second-track.{name}", said), title, Operator.GIVEN, value, unit=unit, rule=rule
    )


def slug(name: str) -> str:
    """A deal's name as keys have it."""
    return name.replace(" ", "-")
