"""The ledger of a window: count in the store, rate in the core, compare with invoices, grade.

The passes, in order: the window is chosen from the months that have data; usage is counted by price
period (so that rating an aggregate equals rating its rows) and rated; seats and fees are laid beside it;
computed cost is compared with invoices; the evidence grade follows from both.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bothhalves.core.dates import Month, months
from bothhalves.core.evidence import grade
from bothhalves.core.explain import Line, Problem, Selector, Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import Counted, contract_usage, rate
from bothhalves.core.terms import COUNT_METERS
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace, WrongWindow
from bothhalves.workspace.reconcile import comparisons, coverage
from bothhalves.workspace.records import Ledger, RatedUsage, SourceRecord, Stated, Stream
from bothhalves.workspace.seats import fees, seat_groups

DEFAULT_MONTHS = 2


def ledger_of(workspace: Workspace, window: str = "", as_of: str = "") -> Ledger:
    """Everything known about ``window``, counted and rated. Raises :class:`WrongWindow`."""
    company = workspace.config.company
    span_months = chosen_months(workspace, window or company.window, as_of)
    naming = Naming(workspace)
    usage, contracted = _rated(workspace, span_months, naming)
    stated = _stated(workspace, span_months)
    invoiced = tuple(s for s in stated if s.kind is MoneyKind.INVOICED)
    compared = comparisons(usage, invoiced, company.currency)
    full = _full_months(workspace, span_months)
    groups = seat_groups(workspace, span_months, naming)
    seat_fees = fees(workspace, span_months)
    first, after = span_months[0].first, span_months[-1].next.first
    return Ledger(
        company=company.company,
        currency=company.currency,
        zone=company.zone,
        window=(first, after),
        months=span_months,
        snapshot=workspace.store.snapshot_id,
        books=workspace.book.versions,
        labels=_labels(workspace),
        seats_owner=company.owners.seats,
        tokens_owner=company.owners.tokens,
        usage=usage,
        invoiced=invoiced,
        vendor_estimates=tuple(s for s in stated if s.kind is not MoneyKind.INVOICED),
        seats=groups,
        seat_fees=seat_fees,
        contract_lines=contracted,
        comparisons=compared,
        grade=grade(full, list(compared)),
        full_months=full,
        coverage=coverage(usage, invoiced, seat_fees),
        sources=_sources(workspace),
        shadowed=workspace.store.shadowed(),
        workload_names=naming.workload_names,
        group_names=naming.group_names,
        problems=_problems(workspace, usage, stated, company.currency),
    )


def chosen_months(workspace: Workspace, window: str, as_of: str) -> tuple[Month, ...]:
    """The months of the window: as written, or the last two that have data."""
    if window:
        first, _, last = window.partition("/")
        try:
            chosen = tuple(months(Month.parse(first), Month.parse(last or first)))
        except ValueError as error:
            raise WrongWindow(f"{error}. Write --window 2026-09/2026-10.") from error
        if not chosen:
            raise WrongWindow(f"the window {window} ends before it begins.")
        return chosen
    known = _known_months(workspace, as_of)
    if not known:
        return (Month.of(date.fromisoformat(as_of) if as_of else datetime.now(workspace.zone).date()),)
    return tuple(months(known[-DEFAULT_MONTHS:][0], known[-1]))


def _known_months(workspace: Workspace, as_of: str) -> list[Month]:
    try:
        limit = Month.of(date.fromisoformat(as_of)) if as_of else None
    except ValueError as error:
        raise WrongWindow(f"{as_of!r} is not a day such as 2026-10-31.") from error
    found = sorted(Month.parse(m) for m in workspace.store.months(workspace.config.company.zone))
    return [m for m in found if limit is None or m <= limit]


def _rated(
    workspace: Workspace, span_months: tuple[Month, ...], naming: Naming
) -> tuple[tuple[RatedUsage, ...], tuple[Line, ...]]:
    book = workspace.book
    contracted = {(c.vendor, t.product, t.meter): (c, t) for c in workspace.config.contracts for t in c.usage}
    rated: list[RatedUsage] = []
    pooled: Counter[tuple[str, str, str, str]] = Counter()
    for row in workspace.store.quantities(
        workspace.span(span_months),
        zone=workspace.config.company.zone,
        periods=book.cuts,
        windows=book.windows,
        resolve=lambda vendor, model: (book.vendor(vendor), book.model(book.vendor(vendor), model)),
        groups=naming.groups,
    ):
        place = (row["vendor"], row["product"], row["meter"])
        if place in contracted:
            pooled[(*place, row["month"])] += row["quantity"]
            continue
        rated.append(_rate_row(row, book, naming))
    lines: list[Line] = []
    for (vendor, product, meter, month), quantity in sorted(pooled.items()):
        contract, term = contracted[vendor, product, meter]
        seats = sum(s.committed for s in contract.seats_in(Month.parse(month)) if s.product == product)
        lines += contract_usage(contract, term, Month.parse(month), Decimal(quantity), seats)
    return tuple(rated), tuple(lines)


def _rate_row(row: dict[str, Any], book: PriceBook, naming: Naming) -> RatedUsage:
    stream = naming.stream(row)
    kind = MoneyKind.NOTIONAL if stream is Stream.SEAT else MoneyKind.ESTIMATED
    workload, group = naming.workload(row), row["group"] or ""
    quantities = [(m, Decimal(row[m])) for m in COUNT_METERS if row[m]]
    if row["meter"] and row["quantity"] is not None:
        quantities.append((row["meter"], row["quantity"]))
    owner = ("group", group) if stream is Stream.SEAT else ("workload", workload)
    dimensions = (
        ("vendor", row["vendor"]), ("account", row["account"]), owner, ("month", row["month"]),
        ("conditions", "/".join([row["tier"], row["speed"], row["region"], str(row["prompt_above"])])),
    )  # fmt: skip
    rows = Selector("usage", _conditions(row))
    counted = Counted(
        row["vendor"],
        row["model"] or row["product"],
        row["start"],
        row["until"],
        tuple(quantities),
        row["tier"],
        row["speed"],
        row["region"],
        row["prompt_above"],
        row["prompt_upto"],
        row["requests"],
        kind,
        frozenset({"output_tokens"} if row["output_at_least"] else ()),
        dimensions,
        rows,
    )
    return RatedUsage(
        stream,
        row["vendor"],
        row["product"],
        workload,
        group,
        row["model"],
        row["month"],
        row["requests"],
        tuple(quantities),
        rate(counted, book),
        rows,
    )


def _conditions(row: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    names = (
        "vendor",
        "product",
        "account",
        "key",
        "model",
        "tier",
        "speed",
        "region",
        "billing",
        "meter",
        "feed",
    )
    found = {name: row[name] for name in names if name in row}
    return tuple(sorted({**found, "month": row["month"]}.items()))


def _stated(workspace: Workspace, span_months: tuple[Month, ...]) -> tuple[Stated, ...]:
    return tuple(
        Stated(
            row["feed"],
            row["vendor"],
            row["account"],
            row["product"],
            row["category"],
            row["month"],
            row["currency"],
            MoneyKind(row["kind"]),
            row["amount"],
            row["gross"],
            Selector("costs", tuple((n, row[n]) for n in (
                "account", "category", "currency", "feed", "kind", "month", "product", "vendor"
            ))),
            row["rows"],
        )
        for row in workspace.store.stated(workspace.span(span_months), workspace.config.company.zone)
    )  # fmt: skip


def _full_months(workspace: Workspace, span_months: tuple[Month, ...]) -> int:
    """Months of the window in which every day has usage data."""
    days = Counter(Month.of(day) for day in workspace.store.days_with_data(workspace.config.company.zone))
    return sum(1 for month in span_months if days[month] == month.days)


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
    return tuple(
        SourceRecord(s["feed"], s["name"], s["sha256"], s["rows"], s["first"], s["last"])
        for s in workspace.store.sources()
    )


def _problems(
    workspace: Workspace, usage: tuple[RatedUsage, ...], stated: tuple[Stated, ...], currency: str
) -> tuple[Problem, ...]:
    """What weakens the page: faulty files, unreadable rows, missing prices, other currencies."""
    found = [*workspace.problems, *workspace.store.problems()]
    missing: Counter[tuple[str, str, str]] = Counter()
    for u in usage:
        for m in u.rating.unpriced:
            missing[m.code, m.meter, m.reason] += int(m.quantity)
    found += [
        Problem(
            f"price.{code}",
            Where("usage"),
            f"{quantity:,} {meter.replace('_', ' ')}: {reason}.",
            "Add the price to a book of your own under books/, or correct the model or tier in the source.",
        )
        for (code, meter, reason), quantity in sorted(missing.items(), key=lambda item: -item[1])
    ]
    others = sorted({s.currency for s in stated} - {currency})
    found += [
        Problem(
            "money.currency",
            Where("costs"),
            f"amounts in {other} are not in the totals, which are in {currency}.",
            "Keep a workspace for each currency, or import the amounts in one.",
        )
        for other in others
    ]
    return tuple(dict.fromkeys(found))
