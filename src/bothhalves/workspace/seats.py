"""Seats of the window: who holds them by the latest roster, who was seen, and what the contract charges."""

from __future__ import annotations

from collections import Counter

from bothhalves.core.dates import Month
from bothhalves.core.explain import Selector
from bothhalves.core.money import MoneyKind
from bothhalves.core.rating import seat_fee
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import SeatGroup, SeatMonth

UNKNOWN_GROUP = "unknown"


def seat_groups(
    workspace: Workspace, span_months: tuple[Month, ...], naming: Naming
) -> tuple[SeatGroup, ...]:
    """Assigned seats of the latest roster in or before the window, by type and group.

    A seat whose product no activity source covers is unseen, never idle.
    """
    assigned: Counter[tuple[str, str, str, str]] = Counter()
    active: Counter[tuple[str, str, str, str]] = Counter()
    unseen: Counter[tuple[str, str, str, str]] = Counter()
    types = _type_names(workspace)
    for seat in workspace.store.seats(workspace.span(span_months)):
        if not seat["seat_type"]:
            continue
        seat_type = types.get((seat["vendor"], seat["seat_type"].lower()), seat["seat_type"])
        group = naming.groups.get(seat["person"], UNKNOWN_GROUP)
        slot = (seat["vendor"], seat["product"], seat_type, group)
        assigned[slot] += 1
        active[slot] += bool(seat["active"])
        unseen[slot] += not seat["covered"]
    return tuple(
        SeatGroup(*slot, count, active[slot], unseen[slot], Selector("seats", (("vendor", slot[0]),)))
        for slot, count in sorted(assigned.items())
    )


def _type_names(workspace: Workspace) -> dict[tuple[str, str], str]:
    """Roster labels to the contract's names for seat types."""
    return {
        (contract.vendor, label.lower()): term.type
        for contract in workspace.config.contracts
        for term in contract.seats
        for label in (term.type, *term.labels)
    }


def fees(workspace: Workspace, span_months: tuple[Month, ...]) -> tuple[SeatMonth, ...]:
    """The fee of every committed seat type in every month of the window."""
    return tuple(
        SeatMonth(contract, term, month, seat_fee(contract, term, month, MoneyKind.ESTIMATED))
        for contract in workspace.config.contracts
        for month in span_months
        for term in contract.seats_in(month)
    )
