"""How list prices change: what ``forecast.yaml`` states, and what is asked for beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from bothhalves.core.dates import Month
from bothhalves.core.deal.years import PriceStep
from bothhalves.core.money import plain, quotient
from bothhalves.workspace.forecast_scenarios import changed
from bothhalves.workspace.forecast_terms import Change, forecast_terms
from bothhalves.workspace.open import Workspace


def stated_steps(workspace: Workspace, given: Sequence[PriceStep] = ()) -> tuple[PriceStep, ...]:
    """The steps of ``forecast.yaml`` and those that are ``given``, by month; in the same month the given one
    holds. Each is the level of list prices from its month on, against those of today."""
    found = {s.from_: s for s in (*_levels(forecast_terms(workspace)[0].listed), *given)}
    return tuple(found[month] for month in sorted(found))


def _levels(changes: Sequence[Change]) -> Iterator[PriceStep]:
    """One step for each month in which the level is another; a month in which a change begins has its share
    of both."""
    before = Fraction(1)
    begin = {Month.of(c.from_) for c in changes}
    for month in sorted({*begin, *(m.next for m in begin)}):
        level = changed(Fraction(1), month, changes)
        if level != before:
            yield PriceStep(month, level)
        before = level


def steps_said(steps: Sequence[PriceStep]) -> tuple[str, ...]:
    """What is taken for granted of list prices to come."""
    told = (
        f"List prices are {plain(quotient(100 * s.level))} % of those of today from {s.from_} on."
        for s in steps
    )
    return tuple(told) or ("List prices stay as they are.",)
