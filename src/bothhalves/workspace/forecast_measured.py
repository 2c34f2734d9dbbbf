"""Coding tools of which only a part is stated: the rest of engineers x days x cost of one is measured."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.dates import Month
from bothhalves.core.money import quotient
from bothhalves.workspace.forecast_drivers import Series, series_of
from bothhalves.workspace.forecast_levels import MICRO
from bothhalves.workspace.forecast_terms import CodingDriver, Forecast
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import Stream


def completed(
    workspace: Workspace, months: tuple[Month, ...], terms: Forecast, series: tuple[Series, ...] | None = None
) -> Forecast:
    """The terms with every coding tool that is stated in part stated wholly, by what ``months`` show of it.

    A tool of which nothing is stated goes on at its level, as does one of which people are not told apart.
    """
    if all(not tool.is_stated or tool.month is not None for tool in terms.coding):
        return terms
    known = series_of(workspace, months) if series is None else series
    return replace(terms, coding=tuple(_completed(tool, known) for tool in terms.coding))


def _completed(tool: CodingDriver, known: tuple[Series, ...]) -> CodingDriver:
    own = [one for one in known if (one.driver.kind, one.driver.name) == ("coding", tool.product)]
    own.sort(key=lambda one: one.driver.stream is not Stream.API)
    if not own or not tool.is_stated or own[0].counted is None:
        return tool
    people, days, cost = measured(own[0])
    told = tool if tool.active is not None else replace(tool, active=Decimal(1), working_days=quotient(days))
    return replace(
        told,
        engineers=people if told.engineers is None else told.engineers,
        cost_per_day=quotient(cost / MICRO) if told.cost_per_day is None else told.cost_per_day,
    )


def measured(series: Series) -> tuple[int, Fraction, Fraction]:
    """People seen, the days of use expected of each in the coming month, and what a day of use costs in
    micro-units, of a tool whose people are told apart."""
    assert series.counted is not None
    counted = series.counted
    days = counted.expected_days / counted.people
    return counted.people, days, Fraction(sum(series.days), counted.active_days or 1)
