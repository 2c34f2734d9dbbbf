"""The tables of the page: groups on seats, workloads on tokens, models, and what others computed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bothhalves.brief.figures import LIST_RULE, Figures, by, low
from bothhalves.brief.record import Row, Table
from bothhalves.core.explain import Figure, Operator, Selector, key
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.records import Ledger, RatedUsage, Stream

TOP = 15


def tables(ledger: Ledger, figures: Figures) -> tuple[Table, ...]:
    """The tables that have rows."""
    made = (
        _groups(ledger, figures),
        _workloads(ledger, figures),
        _models(ledger, figures),
        _contract_usage(ledger, figures),
        _estimates(ledger, figures),
    )
    return tuple(t for t in made if t is not None)


def _groups(ledger: Ledger, figures: Figures) -> Table | None:
    """Each group's seats and, where known, what its members' tokens would cost metered."""
    usage = by((u for u in ledger.usage if u.stream is Stream.SEAT), lambda u: u.owner or "unknown")
    seats = by(ledger.seats, lambda g: g.group or "unknown")
    names = sorted({*usage, *seats})
    if not names:
        return None
    rows = [
        Row(
            ledger.group_names.get(name, name),
            _group_note(len({g.seat_type for g in seats.get(name, [])})),
            (
                _seats_of(name, "assigned", [g.assigned for g in seats.get(name, [])], ledger),
                _seats_of(name, "active", [g.active for g in seats.get(name, [])], ledger),
                figures.tokens("seats.tokens", f"Tokens of {name}", usage.get(name, []), group=name),
                _cost(figures, "seats.notional", "Seat users' tokens at metered list prices (notional)",
                      usage.get(name, []), MoneyKind.NOTIONAL, group=name),
            ),
        )
        for name in names
    ]  # fmt: skip
    every = [u for us in usage.values() for u in us]
    total = Row(
        "All groups",
        "",
        (
            figures.seat_count("seats.assigned", "Seats assigned", lambda g: g.assigned, ""),
            figures.seat_count("seats.active", "Seats seen in use", lambda g: g.active, ""),
            figures.tokens("seats.tokens", "Tokens of seat users", every),
            figures.notional(),
        ),
    )
    columns = ("Seats", "Seen in use", "Tokens", "Metered, notional")
    return Table(
        "groups", "People, on seats today", "What each group holds and uses.", columns, _sorted(rows), total,
        "Notional: what the same tokens would cost at metered list prices. Nobody is billed this.",
    )  # fmt: skip


def _group_note(types: int) -> str:
    return f"{types} seat types" if types > 1 else ""


def _seats_of(group: str, what: str, counts: list[int], ledger: Ledger) -> Figure | None:
    if not ledger.seats:
        return None
    held = [g.rows for g in ledger.seats if (g.group or "unknown") == group]
    rows = Selector.union(held) if held else None
    name = key(f"seats.{what}", {"group": group})
    return Figure(
        name, f"Seats {what}, {group}", Operator.COUNT, Decimal(sum(counts)), unit="seats", rows=rows
    )


def _cost(
    figures: Figures, name: str, title: str, usage: list[RatedUsage], kind: MoneyKind, **dimensions: str
) -> Figure | None:
    value = next(iter(dimensions.values()))
    return figures.usage_cost(name, f"{title}: {value}", usage, kind, **dimensions)


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
                _cost(
                    figures, "tokens.cost", "Tokens at list price", part, MoneyKind.ESTIMATED, workload=name
                ),
            ),
        )
        for name, part in usage.items()
    ]
    every = [u for us in usage.values() for u in us]
    total = Row(
        "All workloads", "", (None, figures.tokens("tokens.count", "Tokens", every), figures.token_cost())
    )
    columns = ("Requests", "Tokens", "At list price")
    return Table(
        "workloads", "Workloads, on tokens today", LIST_RULE, columns, _sorted(rows), total,
    )  # fmt: skip


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
                _cost(figures, "models.cost", "Tokens at list price", part, MoneyKind.ESTIMATED,
                      id=f"{vendor}:{model or '-'}"),
            ),
        )
        for (vendor, model), part in usage.items()
    ]  # fmt: skip
    return Table("models", "Models", "The same tokens by model.", ("Tokens", "At list price"), _sorted(rows))


def _contract_usage(ledger: Ledger, figures: Figures) -> Table | None:
    lines = [line for line in ledger.contract_lines if line.amount.currency == ledger.currency]
    if not lines:
        return None
    rows = []
    for (product, meter), found in by(
        lines, lambda line: (dict(line.dimensions)["product"], line.meter)
    ).items():
        figure = figures.contract_cost(product, meter, tuple(found))
        rows.append(Row(f"{product} {meter}", "priced by the contract", (figure,)))
    return Table("contract", "Usage that a contract prices", "", ("At contract price",), _sorted(rows))


def _estimates(ledger: Ledger, figures: Figures) -> Table | None:
    """Sources' own cost estimates, for comparison only."""
    found = by(ledger.vendor_estimates, lambda s: (s.feed, s.kind))
    rows = [
        Row(feed, f"{kind}, for comparison, never added", (figures.stated_estimate(feed, kind, part),))
        for (feed, kind), part in found.items()
    ]
    if not rows:
        return None
    return Table("estimates", "What sources computed themselves", "", ("Their estimate",), _sorted(rows))


def _sorted(rows: list[Row]) -> tuple[Row, ...]:
    """Dearest first, by the last column; rows without a value last."""
    rank: Callable[[Row], tuple[bool, Decimal, str]] = lambda row: (  # noqa: E731
        row.cells[-1] is None,
        -low(row.cells[-1]) if row.cells[-1] is not None else Decimal(0),
        row.name,
    )
    return tuple(sorted(rows, key=rank))
