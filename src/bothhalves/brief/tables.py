"""The tables of the page: groups on seats, workloads on tokens, models, and what others computed."""

from __future__ import annotations

from decimal import Decimal

from bothhalves.brief.figures import Figures
from bothhalves.brief.folding import folded
from bothhalves.brief.groups import dearest_first, group_table
from bothhalves.brief.making import by
from bothhalves.brief.record import Row, Table
from bothhalves.brief.usage_figures import RATES_RULE
from bothhalves.core.explain import Figure, Operator, Selector, key
from bothhalves.workspace.records import Ledger, RatedUsage, Stream


def tables(ledger: Ledger, figures: Figures) -> tuple[Table, ...]:
    """The tables that have rows, long ones folded."""
    made = (
        group_table(ledger, figures),
        _workloads(ledger, figures),
        _models(ledger, figures),
        _contract_usage(figures),
        _estimates(ledger, figures),
    )
    return tuple(folded(t) for t in made if t is not None)


def _workloads(ledger: Ledger, figures: Figures) -> Table | None:
    usage = by((u for u in ledger.usage if u.stream is not Stream.SEAT), lambda u: u.owner or "unassigned")
    if not usage:
        return None
    rows = [
        Row(
            ledger.workload_names.get(name, name),
            _workload_note(part),
            (
                _requests(name, part),
                figures.tokens("tokens.count", f"Tokens of {name}", part, workload=name),
                figures.workload_billed(name),
                figures.workload_cost(name, part),
            ),
        )
        for name, part in usage.items()
    ]
    shared = figures.shared_billed(set(usage))
    if shared is not None:
        rows.append(
            Row("Not told apart", "billed to accounts that several share", (None, None, shared, None))
        )
    every = [u for us in usage.values() for u in us]
    tokens = figures.tokens("tokens.count", "Tokens", every)
    total = Row("All workloads", "", (None, tokens, figures.tokens_billed(), figures.metered_cost()))
    columns = ("Requests", "Tokens", "As billed", "At rates")
    return Table("workloads", "Workloads, on tokens today", RATES_RULE, columns, dearest_first(rows), total)


def _workload_note(usage: list[RatedUsage]) -> str:
    models = sorted({u.model or "model not stated" for u in usage})
    return ", ".join(models[:3]) + (f" and {len(models) - 3} more" if len(models) > 3 else "")


def _requests(name: str, usage: list[RatedUsage]) -> Figure | None:
    """How many requests, where every source says so."""
    counts = [u.requests for u in usage]
    if any(c is None for c in counts):
        return None
    value = Decimal(sum(c for c in counts if c is not None))
    return Figure(
        key("requests.count", {"workload": name}),
        f"Requests of {name}",
        Operator.COUNT,
        value,
        unit="requests",
        rows=Selector.union(u.rows for u in usage),
    )


def _models(ledger: Ledger, figures: Figures) -> Table | None:
    """Tokens by model, metered usage only, so that no notional money mixes in."""
    usage = by((u for u in ledger.usage if u.stream is not Stream.SEAT), lambda u: (u.vendor, u.model))
    if len(usage) < 2:
        return None
    rows = [
        Row(
            model or "model not stated",
            vendor,
            (
                figures.tokens("models.tokens", f"Tokens on {model}", part, id=f"{vendor}:{model or '-'}"),
                figures.model_cost(vendor, model, part),
            ),
        )
        for (vendor, model), part in usage.items()
    ]
    return Table("models", "Models", "The same tokens by model.", ("Tokens", "At rates"), dearest_first(rows))


def _contract_usage(figures: Figures) -> Table | None:
    rows = [Row(f.title, "by the contract", (f,)) for f in figures.contract_costs()]
    if not rows:
        return None
    words = "What clauses add to usage at list price, and usage that they price themselves."
    return Table(
        "contract", "What contracts make of usage", words, ("At contract price",), dearest_first(rows)
    )


def _estimates(ledger: Ledger, figures: Figures) -> Table | None:
    """Sources' own cost estimates, for comparison only."""
    found = by(ledger.vendor_estimates, lambda s: (s.feed, s.kind))
    rows = [
        Row(feed, f"{kind}, for comparison, never added", (figures.stated_estimate(feed, kind, part),))
        for (feed, kind), part in found.items()
    ]
    if not rows:
        return None
    return Table(
        "estimates", "What sources computed themselves", "", ("Their estimate",), dearest_first(rows)
    )
