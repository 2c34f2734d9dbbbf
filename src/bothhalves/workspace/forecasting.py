"""What the months to come may ask for: all drivers together as one outlook."""

from __future__ import annotations

from math import floor

from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.moves import horizon
from bothhalves.forecast.continued import Continued, monthly
from bothhalves.workspace.demands import asked_of
from bothhalves.workspace.forecast_levels import Levels, levels_of, metered_by_month
from bothhalves.workspace.forecast_scenarios import Basis, named_scenarios, path_scenarios
from bothhalves.workspace.forecast_terms import Forecast, forecast_terms
from bothhalves.workspace.ledger import known_months, ledger_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.records import Ledger

#: With so many months that are full and agree with invoices, back-test errors say how likely paths are.
PATH_MONTHS = 6
_BLOCK = (1, 2, 3)


def outlook_of(
    workspace: Workspace,
    months: tuple[Month, ...],
    baseline: Baseline = Baseline.EFFICIENT,
    *,
    vendor: str = "",
    planned: Planned | None = None,
    ledger: Ledger | None = None,
    levels: Levels | None = None,
) -> Outlook:
    """Scenarios from the month after ``months``, the observed window, on.

    Usage is that on the API of ``vendor`` (empty: of all) at list price. ``planned`` and ``ledger`` are
    those of the window, where they are known already; ``levels`` are continued instead of the baseline's.
    Where evidence allows no plan, the efficient baseline is the current one, and the outlook says so. With
    fewer than six reconciled full months scenarios are low, base and high; with more they are sample paths of
    equal chance.
    """
    terms, _ = forecast_terms(workspace)
    known = history_of(workspace, months, ledger)
    levels = levels or levels_of(workspace, months, baseline, vendor, planned)
    continued = continued_history(workspace, known, vendor)
    basis = Basis(levels, terms, horizon(months[-1].next, terms.horizon_months), continued)
    drawn = continued is not None and any(any(r) for r in continued.ratios)
    return Outlook(
        basis.ahead[0],
        known.currency,
        path_scenarios(basis) if drawn else named_scenarios(basis),
        known.grade,
        known.full_months,
        levels.baseline,
        "; ".join((*_source(known, levels, terms, drawn), *terms.said())),
    )


def history_of(workspace: Workspace, months: tuple[Month, ...], ledger: Ledger | None = None) -> Ledger:
    """The ledger of the months in a row up to the end of the window that are full and agree with invoices,
    if they are more than the window's; else that of the window."""
    window = ledger or ledger_of(workspace, f"{months[0]}/{months[-1]}")
    first = _first_in_row(workspace, months)
    if len(tuple(month_range(first, months[-1]))) < PATH_MONTHS or first >= months[0]:
        return window
    longer = ledger_of(workspace, f"{first}/{months[-1]}")
    agreeing = _agreeing(longer)
    if len(agreeing) < PATH_MONTHS or agreeing[0] >= months[0]:
        return window
    kept = longer if agreeing == longer.months else ledger_of(workspace, f"{agreeing[0]}/{agreeing[-1]}")
    return kept if kept.full_months == len(kept.months) else window


def _agreeing(known: Ledger) -> tuple[Month, ...]:
    """The last months in a row whose computed cost agrees with what was invoiced, for all vendors."""
    compared = {c.month for c in known.comparisons}
    wrong = {c.month for c in known.comparisons if not c.agrees}
    found: list[Month] = []
    for month in reversed(known.months):
        if str(month) not in compared or str(month) in wrong:
            break
        found.insert(0, month)
    return tuple(found)


def _first_in_row(workspace: Workspace, months: tuple[Month, ...]) -> Month:
    """The first of the months with data that reach the window without a gap."""
    known = set(known_months(workspace))
    first = months[0]
    for month in sorted((m for m in known if m < months[0]), reverse=True):
        if month.next != first:
            break
        first = month
    return first


def continued_history(workspace: Workspace, known: Ledger, vendor: str) -> Continued | None:
    """All metered usage by month, continued; None where fewer than six reconciled months stand behind it."""
    if not reconciled(known):
        return None
    used = metered_by_month(asked_of(workspace, known.months), vendor, known.currency)
    return monthly([floor(ends.middle / month.days) for month, ends in used.items()], _BLOCK)


def reconciled(known: Ledger) -> bool:
    """True if at least six full months agree with invoices."""
    return known.full_months >= PATH_MONTHS and _agreeing(known) == known.months


def _source(known: Ledger, levels: Levels, terms: Forecast, drawn: bool) -> tuple[str, ...]:
    months = f"Based on {known.full_months} full months ({known.months[0]} to {known.months[-1]})"
    if drawn:
        made = f"{terms.paths} sample paths of equal chance from back-test errors by month, seed {terms.seed}"
    else:
        made = f"scenarios without chances: fewer than {PATH_MONTHS} reconciled full months"
    return (months, made, *levels.notes)
