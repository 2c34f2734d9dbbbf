"""The table of people on seats: what each group holds, uses and costs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bothhalves.brief.figures import Figures
from bothhalves.brief.making import by, low
from bothhalves.brief.record import Row, Table
from bothhalves.core.explain import Figure, Operator, Selector, key
from bothhalves.workspace.records import Ledger, RatedUsage, SeatGroup, Stream

COLUMNS = ("Seats", "Seen in use", "Tokens", "Metered, notional", "Seat fees")
NOTE = "Notional: what the same tokens would cost at metered list prices. Nobody is billed this."


def group_table(ledger: Ledger, figures: Figures) -> Table | None:
    """A row for each group, one for seats that nobody holds, and all together."""
    usage = by((u for u in ledger.usage if u.stream is Stream.SEAT), lambda u: u.owner or "unknown")
    seats = by(ledger.seats, lambda g: g.group or "unknown")
    names = sorted({*usage, *seats})
    if not names:
        return None
    rows = [_row(ledger, figures, name, usage.get(name, []), seats.get(name, [])) for name in names]
    unheld = figures.group_fees("")
    if unheld is not None:
        rows.append(Row("Held by nobody", "bought, not assigned", (None, None, None, None, unheld)))
    every = [u for us in usage.values() for u in us]
    total = Row(
        "All groups",
        "",
        (
            figures.assigned(),
            figures.active() or figures.people(),
            figures.tokens("seats.tokens", "Tokens of seat users", every),
            figures.notional(),
            figures.seat_fees() if ledger.fee_shares else None,
        ),
    )
    lead = "What each group holds and uses."
    return Table("groups", "People, on seats today", lead, COLUMNS, dearest_first(rows), total, NOTE)


def _row(ledger: Ledger, figures: Figures, name: str, usage: list[RatedUsage], seats: list[SeatGroup]) -> Row:
    types = len({g.seat_type for g in seats})
    return Row(
        ledger.group_names.get(name, name),
        f"{types} seat types" if types > 1 else "",
        (
            _seats(ledger, name, "assigned", seats, lambda g: g.assigned),
            _seats(ledger, name, "active", seats, lambda g: g.active)
            or figures.people_of(name, dict(ledger.people).get(name, 0)),
            figures.tokens("seats.tokens", f"Tokens of {name}", usage, group=name),
            figures.group_notional(name, usage),
            figures.group_fees(name),
        ),
    )


def _seats(
    ledger: Ledger, group: str, what: str, seats: list[SeatGroup], pick: Callable[[SeatGroup], int]
) -> Figure | None:
    """Seats of a group; None where no roster was imported."""
    if not ledger.seats:
        return None
    return Figure(
        key(f"seats.{what}", {"group": group}),
        f"Seats {what}, {group}",
        Operator.COUNT,
        Decimal(sum(pick(g) for g in seats)),
        unit="seats",
        rows=Selector.union(g.rows for g in seats) if seats else None,
    )


def dearest_first(rows: list[Row]) -> tuple[Row, ...]:
    """Dearest first, by the last column; rows without a value last."""
    rank: Callable[[Row], tuple[bool, Decimal, str]] = lambda row: (  # noqa: E731
        row.cells[-1] is None,
        -low(row.cells[-1]) if row.cells[-1] is not None else Decimal(0),
        row.name,
    )
    return tuple(sorted(rows, key=rank))
