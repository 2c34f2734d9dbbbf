"""What the months to come may ask for: every driver continued by itself, and all of them as one outlook."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario
from bothhalves.core.moves import horizon
from bothhalves.workspace.forecast_levels import Levels, levels_of
from bothhalves.workspace.forecast_terms import SCENARIOS, Forecast
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.records import Ledger


def outlook_of(
    workspace: Workspace,
    months: tuple[Month, ...],
    baseline: Baseline = Baseline.EFFICIENT,
    *,
    vendor: str = "",
    planned: Planned | None = None,
    ledger: Ledger | None = None,
) -> Outlook:
    """Scenarios from the month after ``months``, the observed window, on.

    Usage is that on the API of ``vendor`` (empty: of all) at list price. ``planned`` and ``ledger`` are
    those of the window, where they are known already. Where evidence allows no plan, the efficient baseline
    is the current one, and the outlook says so.
    """
    terms = Forecast()
    known = ledger or ledger_of(workspace, f"{months[0]}/{months[-1]}")
    levels = levels_of(workspace, months, baseline, vendor, planned)
    ahead = horizon(months[-1].next, terms.horizon_months)
    scenarios = tuple(_scenario(name, levels, ahead) for name in SCENARIOS)
    source = f"{known.full_months} full months ({months[0]} to {months[-1]})"
    return Outlook(
        ahead[0],
        known.currency,
        scenarios,
        known.grade,
        known.full_months,
        levels.baseline,
        "; ".join((source, *terms.said(), *levels.notes)),
    )


def _scenario(name: str, levels: Levels, ahead: tuple[Month, ...]) -> Scenario:
    rate = _per_day(name, levels)
    api = tuple(floor(rate * month.days) for month in ahead)
    return Scenario(name, api, {kind: (count,) * len(ahead) for kind, count in levels.seats.items()})


def _per_day(name: str, levels: Levels) -> Fraction:
    """Usage per day: of the leanest month at its low end, of the last two, of the fullest at its high end."""
    if name == "low":
        return min(ends.low / month.days for month, ends in levels.api.items())
    if name == "high":
        return max(ends.high / month.days for month, ends in levels.api.items())
    last = list(levels.api.items())[-2:]
    return sum((ends.middle for _, ends in last), Fraction(0)) / sum(month.days for month, _ in last)
