"""Forecasts as text and as JSON: per driver its history, the months ahead, and the back-test beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from bothhalves.brief.forecasts import SHOWN_DAYS, DriverSheet, figures, percent, stated
from bothhalves.core.explain import Figure
from bothhalves.core.money import plain, quotient
from bothhalves.forecast.conformal import Interval
from bothhalves.forecast.continued import Continued
from bothhalves.report import show
from bothhalves.report.grid import grid, indented
from bothhalves.report.record import figure_record
from bothhalves.workspace.forecast_book import ForecastBook, Part
from bothhalves.workspace.forecast_terms import SCENARIOS

_SHOWN_MONTHS = 3
_MICRO = 1_000_000
Record = dict[str, Any]


def forecast_text(book: ForecastBook, found: Sequence[DriverSheet]) -> str:
    """All drivers, one after the other."""
    lines = [
        f"Forecast from {book.months[0]} to {book.months[-1]}, {len(book.ahead)} months ahead,"
        f" {book.outlook.baseline} baseline, grade {book.outlook.grade}",
        *(f"  {part}" for part in book.outlook.source.split("; ")),
        *(f"  {label}" for label in book.known.labels),
    ]
    for sheet in found:
        lines += ["", *_sheet_text(book, sheet)]
    if not found:
        lines += ["", "Nothing to forecast: no seats are held, and no usage is known."]
    return "\n".join(lines)


def _sheet_text(book: ForecastBook, sheet: DriverSheet) -> list[str]:
    driver = sheet.driver
    owner = f", {driver.owner}" if driver.owner else ""
    within = "; in seats, so that nobody pays it" if driver.notional else ""
    lines = [f"{driver.name} ({driver.id}{owner}; moves with {driver.moves_with}{within})"]
    lines += [f"  {_part(part)}" for part in driver.parts]
    head = (
        "",
        *(_cell_month(f) for f in sheet.history),
        *(str(m) for m in book.ahead[:_SHOWN_MONTHS]),
        "12 months",
    )
    blank = ("",) * len(sheet.history)
    rows = [
        (
            "today" if driver.kind == "seats" else "so far",
            *(show.figure(f) for f in sheet.history),
            *("",) * (_SHOWN_MONTHS + 1),
        )
    ]
    for name in SCENARIOS:
        months = [show.figure(f) for f in sheet.ahead[name][:_SHOWN_MONTHS]]
        months += [""] * (_SHOWN_MONTHS - len(months))
        rows.append((name, *blank, *months, show.figure(sheet.year[name])))
    lines += indented(grid([head, *rows], right=set(range(1, len(head)))))
    for words, continued, intervals, shown in (
        ("month", driver.monthly, sheet.months, None),
        ("day", driver.daily, sheet.days, SHOWN_DAYS),
    ):
        if continued is not None:
            lines += _continued_text(words, continued, intervals, shown)
    return lines


def _cell_month(figure: Figure) -> str:
    return figure.title.rpartition(" ")[2]


def _part(part: Part) -> str:
    is_money = part.unit == "micro-units"
    exact = part.value / (_MICRO if is_money else 1)
    # Of a request that costs a cent and a half, cents would hide a third.
    value = quotient(Fraction(round(exact * _MICRO), _MICRO)) if exact < 1 else quotient(exact, cents=True)
    return f"{part.name}: {plain(value)}{'' if is_money else ' ' + part.unit} ({part.basis})"


def _continued_text(
    words: str, found: Continued, intervals: Sequence[Figure], shown: Sequence[int] | None
) -> list[str]:
    """If it goes on by itself: the method, its intervals, and every method's errors beside them."""
    lines = [f"  by {words}, if it goes on: {found.method}"]
    kept = [
        (i, f) for i, f in zip(found.intervals, intervals, strict=True) if shown is None or i.ahead in shown
    ]
    lines += [f"    {i.ahead} {words}{'s' * (i.ahead > 1)}: {show.figure(f)}; {stated(i)}" for i, f in kept]
    ahead = [i.ahead for i, _ in kept]
    head = ("mean absolute error a day", *(f"{n} {words}{'s' * (n > 1)}" for n in ahead))
    rows = [(m, *(_error(found, m, n) for n in ahead)) for m in dict.fromkeys(t.method for t in found.tests)]
    return [*lines, *indented(indented(grid([head, *rows], right=set(range(1, len(head))))))]


def _error(found: Continued, method: str, ahead: int) -> str:
    test = next(t for t in found.tests if (t.method, t.ahead) == (method, ahead))
    if test.error is None:
        return show.NOTHING
    return f"{plain(quotient(Fraction(test.error, _MICRO), cents=True))} of {test.origins}"


def forecast_record(book: ForecastBook, found: Sequence[DriverSheet]) -> str:
    """One JSON object: every driver, its scenarios by month, intervals, back-tests, and every figure."""
    outlook = book.outlook
    record = {
        "company": book.company,
        "currency": book.known.currency,
        "window": [str(book.months[0]), str(book.months[-1])],
        "ahead": [str(month) for month in book.ahead],
        "baseline": str(outlook.baseline),
        "grade": str(outlook.grade),
        "full_months": outlook.full_months,
        "basis": outlook.source,
        "scenarios": [_scenario(s.name, s.chance, s.api, s.seats) for s in outlook.scenarios],
        "drivers": [_driver(sheet) for sheet in found],
        "figures": {k: figure_record(f) for k, f in sorted(figures(found).items())},
    }
    return json.dumps(record, indent=1, ensure_ascii=False)


def _scenario(name: str, chance: Fraction | None, api: Sequence[int], seats: Any) -> Record:
    return {
        "name": name,
        "chance": None if chance is None else str(chance),
        "api": [plain(quotient(Fraction(n, _MICRO))) for n in api],
        "seats": {kind: list(row) for kind, row in seats.items()},
    }


def _driver(sheet: DriverSheet) -> Record:
    driver = sheet.driver
    return {
        "driver": driver.id,
        "kind": driver.kind,
        "name": driver.name,
        "owner": driver.owner,
        "moves_with": driver.moves_with,
        "in_seats": driver.notional,
        "parts": [
            {
                "name": p.name,
                "value": plain(quotient(p.value)),
                "unit": p.unit,
                "basis": p.basis,
                "figure": f.key,
            }
            for p, f in zip(driver.parts, sheet.parts, strict=True)
        ],
        "history": [f.key for f in sheet.history],
        "ahead": {name: [f.key for f in row] for name, row in sheet.ahead.items()},
        "year": {name: f.key for name, f in sheet.year.items()},
        "by_month": _continued(driver.monthly, sheet.months),
        "by_day": _continued(driver.daily, sheet.days),
    }


def _continued(found: Continued | None, intervals: Sequence[Figure]) -> Record | None:
    if found is None:
        return None
    return {
        "method": found.method,
        "intervals": [_interval(i, f) for i, f in zip(found.intervals, intervals, strict=True)],
        "back_test": [
            {
                "method": t.method,
                "ahead": t.ahead,
                "mean_absolute_error": None
                if t.error is None
                else plain(quotient(Fraction(t.error, _MICRO))),
                "origins": t.origins,
            }
            for t in found.tests
        ],
    }


def _interval(one: Interval, figure: Figure) -> Record:
    return {
        "ahead": one.ahead,
        "figure": figure.key,
        "asked": percent(one.asked),
        "level": None if one.level is None else percent(one.level),
        "attained": one.is_attained,
        "errors": one.errors,
        "said": stated(one),
    }
