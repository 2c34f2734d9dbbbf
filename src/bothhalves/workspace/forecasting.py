"""What the months to come may ask for: all drivers together as one outlook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import floor

from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.deal.experience import WEIGHED_MONTHS, YEAR, Courses, Range, said_of
from bothhalves.core.deal.outlook import Baseline, Outlook
from bothhalves.core.moves import horizon
from bothhalves.workspace.demands import asked_of
from bothhalves.workspace.forecast_levels import Levels, levels_of, metered_by_month
from bothhalves.workspace.forecast_measured import completed
from bothhalves.workspace.forecast_scenarios import Basis, courses_of, named_scenarios
from bothhalves.workspace.forecast_terms import Change, Forecast, forecast_terms
from bothhalves.workspace.ledger import known_months, ledger_of
from bothhalves.workspace.observed import reach_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.records import Ledger, Stream


def outlook_of(
    workspace: Workspace,
    months: tuple[Month, ...],
    baseline: Baseline = Baseline.EFFICIENT,
    *,
    vendor: str = "",
    planned: Planned | None = None,
    ledger: Ledger | None = None,
    levels: Levels | None = None,
    changes: Sequence[Change] = (),
) -> Outlook:
    """Scenarios from the month after ``months``, the observed window, on.

    Usage is that on the API of ``vendor`` (empty: of all) at list price. ``planned`` and ``ledger`` are
    those of the window, where they are known already; ``levels`` are continued instead of the baseline's,
    and ``changes`` are planned beside those of ``forecast.yaml``. Where evidence allows no plan, the
    efficient baseline is the current one, and the outlook says so. With fewer than six reconciled full
    months scenarios are low, base and high; with more they are courses of equal chance.
    """
    terms, _ = forecast_terms(workspace)
    terms = replace(terms, changes=(*terms.changes, *changes))
    known = history_of(workspace, months, ledger)
    terms = completed(workspace, known.months, terms)
    levels = levels or levels_of(workspace, months, baseline, vendor, planned)
    levels = replace(levels, seats={**_stated_seats(workspace, terms, vendor), **levels.seats})
    basis = Basis(levels, terms, horizon(months[-1].next, terms.horizon_months))
    ways = named_scenarios(basis)
    maker = _maker(workspace, months, known, vendor, basis)
    if isinstance(maker, Courses):
        ways = maker.scenarios([s for s in ways if s.name == "base"], 0, len(basis.ahead))
    return Outlook(
        basis.ahead[0],
        known.currency,
        ways,
        known.grade,
        known.full_months,
        levels.baseline,
        "; ".join(
            said.removesuffix(".")
            for said in (*_source(known, levels, maker), *_left_out(known, vendor), *terms.said())
        ),
        maker,
    )


def _stated_seats(workspace: Workspace, terms: Forecast, vendor: str) -> dict[str, int]:
    """Seat types that are offered, for which it is stated how many people may have one."""
    stated = {driver.type: driver.people for driver in terms.seats if driver.people is not None}
    offers = (o for o in workspace.config.offers if vendor in ("", o.vendor))
    offered = {term.type for offer in offers for term in offer.seats}
    return {kind: people for kind, people in stated.items() if kind in offered}


def _maker(
    workspace: Workspace, months: tuple[Month, ...], known: Ledger, vendor: str, basis: Basis
) -> Courses | Range:
    """What the history of all metered usage, by day of each month, says of a term."""
    kept = reach_of(workspace).in_a_row(known.months)
    used = metered_by_month(asked_of(workspace, kept), vendor, known.currency)
    history = tuple(floor(ends.middle / month.days) for month, ends in used.items())
    if reconciled(known) and any(history):
        return courses_of(basis, history, {m: used[m] for m in months})
    return Range(history)


def history_of(workspace: Workspace, months: tuple[Month, ...], ledger: Ledger | None = None) -> Ledger:
    """The ledger of the months in a row up to the end of the window that are full and agree with invoices,
    if they are more than the window's; else that of the window."""
    window = ledger or ledger_of(workspace, f"{months[0]}/{months[-1]}")
    first = _first_in_row(workspace, months)
    if len(tuple(month_range(first, months[-1]))) < WEIGHED_MONTHS or first >= months[0]:
        return window
    longer = ledger_of(workspace, f"{first}/{months[-1]}")
    agreeing = _agreeing(longer)
    if len(agreeing) < WEIGHED_MONTHS or agreeing[0] >= months[0]:
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


def reconciled(known: Ledger) -> bool:
    """True if at least six full months agree with invoices."""
    return known.full_months >= WEIGHED_MONTHS and _agreeing(known) == known.months


def _source(known: Ledger, levels: Levels, maker: Courses | Range) -> tuple[str, ...]:
    full = f"{known.full_months} full month{'' if known.full_months == 1 else 's'}"
    months = f"Based on {full} ({known.months[0]} to {known.months[-1]})"
    apart = said_of(maker.history, YEAR)
    if isinstance(maker, Courses):
        made = f"courses of equal chance, made as `backtest` tests them: {apart}"
    else:
        few = f"scenarios without chances: fewer than {WEIGHED_MONTHS} reconciled full months"
        made = f"{few}; low and high of a term are at least as far apart as is known ({apart})"
    return (months, made, *levels.notes)


def _left_out(known: Ledger, vendor: str) -> Iterator[str]:
    """Usage that no forecast counts, since it is not known who pays for it, or at what price."""
    used = [u for u in known.usage if vendor in ("", u.vendor)]
    unstated = sorted({u.billed_as for u in used if u.stream is Stream.UNSTATED})
    if unstated:
        names = ", ".join(unstated)
        yield f"nobody says who pays for {names}, which is left out (`billing` in company.yaml says it)"
    unpriced = sorted({u.model for u in used if u.stream is Stream.API and u.rating.unpriced})
    if unpriced:
        names = ", ".join(unpriced)
        yield f"no price is known for some of {names}, which is left out: needs are at least these"
