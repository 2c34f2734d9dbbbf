"""The ledger of a window: count in the store, rate in the core, compare with invoices, grade.

The passes, in order: the window is chosen from the months that have data; usage is counted by price
period (so that rating an aggregate equals rating its rows) and rated; seats and fees are laid beside it;
computed cost is compared with invoices; the evidence grade follows from both.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from bothhalves.core.dates import Month, months
from bothhalves.core.evidence import grade
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.charges import signed
from bothhalves.workspace.counting import unfinished, unpriced
from bothhalves.workspace.demands import asked_of
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.observed import observed_days
from bothhalves.workspace.open import Workspace, WrongWindow
from bothhalves.workspace.reconcile import comparisons, coverage
from bothhalves.workspace.records import Ledger, RatedUsage, SourceRecord, Stated
from bothhalves.workspace.replaying import span_of
from bothhalves.workspace.seats import fee_shares, fees, people_seen, seat_groups
from bothhalves.workspace.settled import adjustments, settled
from bothhalves.workspace.stated import stated_costs
from bothhalves.workspace.stated_once import StatedOnce

DEFAULT_MONTHS = 2


def ledger_of(workspace: Workspace, window: str = "", as_of: str = "") -> Ledger:
    """Everything known about ``window``, counted and rated. Raises :class:`WrongWindow`."""
    company = workspace.config.company
    chosen = chosen_months(workspace, window or company.window, as_of)
    naming = Naming(workspace)
    workspace.store.set_teams(naming.teams())
    terms = signed(workspace, chosen)
    asked = asked_of(workspace, span_of(terms, chosen))
    deals = tuple(settled(asked, contract, chosen) for contract in terms)
    usage, clauses = asked.at_list(terms, chosen), adjustments(deals)
    once = stated_costs(workspace, chosen, naming, usage)
    stated = once.counted
    invoiced = tuple(s for s in stated if s.kind is MoneyKind.INVOICED)
    compared = comparisons(usage, invoiced, company.currency, clauses)
    full = _full_months(workspace, chosen)
    seat_fees = fees(deals)
    groups = seat_groups(workspace, chosen, naming)
    return Ledger(
        company=company.company,
        currency=company.currency,
        zone=company.zone,
        window=(chosen[0].first, chosen[-1].next.first),
        months=chosen,
        snapshot=workspace.store.snapshot_id,
        books=_books(workspace, usage),
        labels=_labels(workspace),
        seats_owner=company.owners.seats,
        tokens_owner=company.owners.tokens,
        usage=usage,
        invoiced=invoiced,
        vendor_estimates=tuple(s for s in stated if s.kind is not MoneyKind.INVOICED),
        people=people_seen(workspace, chosen, naming),
        seats=groups,
        seat_fees=seat_fees,
        fee_shares=fee_shares(seat_fees, groups),
        contract_lines=clauses,
        comparisons=compared,
        grade=grade(full, list(compared)),
        full_months=full,
        coverage=coverage(usage, invoiced, seat_fees),
        sources=_sources(workspace),
        shadowed=(*_shadowed(workspace), *_repeated(once)),
        workload_names=naming.workload_names,
        group_names=naming.group_names,
        problems=(*_problems(workspace, usage, stated, company.currency), *once.problems),
    )


def chosen_months(workspace: Workspace, window: str, as_of: str) -> tuple[Month, ...]:
    """The months of the window: as written, or the last two that have data (failing that, seats)."""
    if window:
        first, _, last = window.partition("/")
        try:
            chosen = tuple(months(Month.parse(first), Month.parse(last or first)))
        except ValueError as error:
            raise WrongWindow(f"{error}. Write --window 2026-09/2026-10.") from error
        if not chosen:
            raise WrongWindow(f"the window {window} ends before it begins.")
        return chosen
    known = known_months(workspace, as_of) or shown_months(workspace, as_of)
    if not known:
        return (_this_month(workspace),)
    return tuple(months(known[-DEFAULT_MONTHS:][0], known[-1]))


def known_months(workspace: Workspace, as_of: str = "") -> list[Month]:
    """Months with usage or stated money, oldest first, no later than the month of ``as_of``."""
    limit = _month_of(as_of)
    found = {Month.of(day) for day in _days(workspace)}
    found |= {Month.parse(m) for m in workspace.store.stated_months(workspace.config.company.zone)}
    return sorted(m for m in found if limit is None or m <= limit)


def shown_months(workspace: Workspace, as_of: str = "") -> list[Month]:
    """The months that have anything to show, oldest first.

    They have usage, stated money, a roster, or seats that a contract charges for; rosters and contracts
    reach no later than the month of ``as_of`` (default: today).
    """
    limit = _month_of(as_of) or _this_month(workspace)
    found = {*known_months(workspace, as_of)}
    found |= {m for m in map(Month.of, workspace.store.roster_days()) if m <= limit}
    for contract in workspace.config.contracts:
        term = contract.term
        last = min(Month.of(term.until - timedelta(days=1)), limit)
        found |= {m for m in months(Month.of(term.start), last) if contract.seats_in(m)}
    return sorted(found)


def _month_of(as_of: str) -> Month | None:
    try:
        return Month.of(date.fromisoformat(as_of)) if as_of else None
    except ValueError as error:
        raise WrongWindow(f"{as_of!r} is not a day such as 2026-10-31.") from error


def _this_month(workspace: Workspace) -> Month:
    return Month.of(datetime.now(workspace.zone).date())


def _days(workspace: Workspace) -> set[date]:
    return {c.day for c in workspace.store.coverage(workspace.config.company.zone)}


def _full_months(workspace: Workspace, chosen: tuple[Month, ...]) -> int:
    """Months in which every day has usage, or is spoken for by an export that reports no usage on it."""
    counts = Counter(Month.of(day) for day in observed_days(workspace))
    return sum(1 for month in chosen if counts[month] >= month.days)


def _books(workspace: Workspace, usage: tuple[RatedUsage, ...]) -> tuple[str, ...]:
    """The versions of the price layers that supplied any price of the window."""
    lines = (line for u in usage for line in u.rating.lines)
    used = {name for line in lines for name in line.layer.split(" + ")}
    return tuple(f"{x.name} {x.version}" for x in workspace.book.layers if x.name in used)


def _labels(workspace: Workspace) -> tuple[str, ...]:
    """What is invented or assumed, printed on every page."""
    company = workspace.config.company
    invented = ("Invented company: every figure on this page is made up.",) if company.invented else ()
    assumed = tuple(f"Assumed: {text}" for text in company.assumed)
    contracts = tuple(
        f"Assumed contract {c.id}" + (f": {c.note}" if c.note else "")
        for c in workspace.config.contracts
        if c.assumed
    )
    return (*invented, *assumed, *contracts)


def _sources(workspace: Workspace) -> tuple[SourceRecord, ...]:
    """Imported files with the periods they speak for; folders of logs by the number of their files."""
    files = tuple(
        SourceRecord(
            s.feed,
            s.name,
            s.file,
            s.rows,
            min((datetime.fromisoformat(a) for a, _ in s.spans), default=None),
            max((datetime.fromisoformat(b) for _, b in s.spans), default=None),
        )
        for s in workspace.store.sources()
    )
    trees = tuple(
        SourceRecord(feed, "local agent logs", "", calls, None, None, f"{count:,} log files")
        for feed, count, calls in workspace.store.trees()
    )
    return files + trees


def _shadowed(workspace: Workspace) -> tuple[tuple[str, str, int], ...]:
    """Feeds whose rows are not counted, by the feed of record and the number of days."""
    days = Counter((s["feed"], s["counted_by"]) for s in workspace.store.shadowed())
    return tuple((feed, f"{by} reports the same", count) for (feed, by), count in sorted(days.items()))


def _repeated(once: StatedOnce) -> tuple[tuple[str, str, int], ...]:
    """Feeds whose invoiced money is not counted, by the feed of record and the number of rows."""
    rows: Counter[tuple[str, str]] = Counter()
    for repeated in once.repeated:
        rows[repeated.stated.feed, repeated.by] += repeated.stated.count
    return tuple((feed, f"{by} states the same money", count) for (feed, by), count in sorted(rows.items()))


def _problems(
    workspace: Workspace, usage: tuple[RatedUsage, ...], stated: tuple[Stated, ...], currency: str
) -> tuple[Problem, ...]:
    """What weakens the page: faulty files, unreadable rows, missing prices, other currencies."""
    found = [*workspace.problems, *workspace.store.problems(), *unpriced(usage).values()]
    found += unfinished(usage).values()
    found += [
        Problem(
            "money.currency",
            Where("costs"),
            f"amounts in {other} are not in the totals, which are in {currency}.",
            "Keep a workspace for each currency, or import the amounts in one.",
        )
        for other in sorted({s.currency for s in stated} - {currency})
    ]
    return tuple(dict.fromkeys(found))
