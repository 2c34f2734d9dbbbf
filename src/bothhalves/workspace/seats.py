"""Seats of the window: who holds them by the latest roster, who was seen, and what the contract charges."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from bothhalves.core.dates import Month, Span
from bothhalves.core.explain import Selector
from bothhalves.core.money import MoneyKind
from bothhalves.core.rating import seat_fee
from bothhalves.core.terms import Seat
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import SeatGroup, SeatMonth


def seat_groups(workspace: Workspace, months: tuple[Month, ...], naming: Naming) -> tuple[SeatGroup, ...]:
    """Assigned seats of the latest roster in or before the window, by type and group.

    A seat whose product no activity source covers is unseen, never idle.
    """
    span = workspace.span(months)
    seen, covered = _seen(workspace, span, naming)
    types = _type_names(workspace)
    assigned: Counter[tuple[str, str, str, str]] = Counter()
    active: Counter[tuple[str, str, str, str]] = Counter()
    unseen: Counter[tuple[str, str, str, str]] = Counter()
    days: dict[tuple[str, str], datetime] = {}
    for seat in workspace.store.seats((span.until - timedelta(days=1)).date()):
        if not seat.seat_type:
            continue
        seat_type = types.get((seat.vendor, seat.seat_type.lower()), seat.seat_type)
        slot = (seat.vendor, seat.product, seat_type, naming.group(seat.person))
        assigned[slot] += 1
        days[seat.vendor, seat.product] = seat.as_of
        if (seat.vendor, naming.person(seat.person)) in seen or _dated_in(seat, span):
            active[slot] += 1
        elif seat.vendor not in covered and seat.last_active is None:
            unseen[slot] += 1
    return tuple(
        SeatGroup(*slot, count, active[slot], unseen[slot], _rows(slot, days[slot[0], slot[1]]))
        for slot, count in sorted(assigned.items())
    )


def _rows(slot: tuple[str, str, str, str], as_of: datetime) -> Selector:
    """The roster rows of a vendor's product and a team on the roster's day."""
    vendor, product, _, team = slot
    day = f"{as_of:%Y-%m-%d %H:%M:%S}"
    return Selector("seats").narrowed(vendor=vendor, product=product, team=team, as_of=day)


def _seen(workspace: Workspace, span: Span, naming: Naming) -> tuple[set[tuple[str, str]], set[str]]:
    """Vendor and person of everyone seen in the window, and the vendors that anything is seen of."""
    activity, users = workspace.store.activity(span), workspace.store.people(span)
    seen = {(a.vendor, naming.person(a.person)) for a in activity if a.count is None or a.count}
    seen |= {(vendor, naming.person(person)) for vendor, person in users}
    return seen, {a.vendor for a in activity} | {vendor for vendor, _ in users}


def _dated_in(seat: Seat, span: Span) -> bool:
    return seat.last_active is not None and seat.last_active in span


def _type_names(workspace: Workspace) -> dict[tuple[str, str], str]:
    """Roster labels to the contract's names for seat types."""
    return {
        (contract.vendor, label.lower()): term.type
        for contract in workspace.config.contracts
        for term in contract.seats
        for label in (term.type, *term.labels)
    }


def fees(workspace: Workspace, months: tuple[Month, ...]) -> tuple[SeatMonth, ...]:
    """The fee of every committed seat type in every month of the window."""
    return tuple(
        SeatMonth(contract, term, month, seat_fee(contract, term, month, MoneyKind.ESTIMATED))
        for contract in workspace.config.contracts
        for month in months
        for term in contract.seats_in(month)
    )
