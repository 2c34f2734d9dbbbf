"""Seats of the window: who holds them by the latest roster, who was seen, and what the contract charges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bothhalves.core.contracts import Contract, SeatTerm
from bothhalves.core.dates import Month, Span
from bothhalves.core.explain import Line, Selector, View
from bothhalves.core.money import Amount, product
from bothhalves.core.terms import Seat
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import FeeShare, SeatGroup, SeatMonth, Stream
from bothhalves.workspace.settled import Settled


def seat_groups(workspace: Workspace, months: tuple[Month, ...], naming: Naming) -> tuple[SeatGroup, ...]:
    """Assigned seats of the latest roster in or before the window, by type and group.

    A seat whose product no activity source covers is unseen, never idle.
    """
    span = workspace.span(months)
    seen, covered = _seen(workspace, span, naming)
    types = type_names(workspace)
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
    seen |= {(u["vendor"], naming.person(u["person"])) for u in users}
    return seen, {a.vendor for a in activity} | {u["vendor"] for u in users}


def people_seen(
    workspace: Workspace, months: tuple[Month, ...], naming: Naming
) -> tuple[tuple[str, int], ...]:
    """How many people of each group were seen to use a seat in the window."""
    users = {
        naming.person(u["person"])
        for u in workspace.store.people(workspace.span(months))
        if naming.stream(u["billing"], u["product"], u["feed"]) is Stream.SEAT
    }
    return tuple(sorted(Counter(naming.group(user) for user in users).items()))


def _dated_in(seat: Seat, span: Span) -> bool:
    return seat.last_active is not None and seat.last_active in span


def type_names(workspace: Workspace) -> dict[tuple[str, str], str]:
    """Roster labels to the contract's names for seat types."""
    return {
        (contract.vendor, label.lower()): term.type
        for contract in workspace.config.contracts
        for term in contract.seats
        for label in (term.type, *term.labels)
    }


def fee_shares(fees: tuple[SeatMonth, ...], groups: tuple[SeatGroup, ...]) -> tuple[FeeShare, ...]:
    """The fees by the groups that hold the seats on the roster's day, seats that nobody holds apart.

    Empty unless the roster covers every seat type of the contracts, no type has more holders than seats, and
    each month is charged for the committed seats alone: otherwise the parts would not add up to the whole.
    """
    held: dict[str, dict[str, int]] = {}
    for g in groups:
        held.setdefault(g.seat_type, {})[g.group] = held.get(g.seat_type, {}).get(g.group, 0) + g.assigned
    if not fees or not all(_committed_alone(f) and f.term.type in held for f in fees):
        return ()
    if any(sum(held[f.term.type].values()) > f.term.committed for f in fees):
        return ()
    return tuple(share for f in fees for share in _shares(f, held[f.term.type]))


def _committed_alone(fees: SeatMonth) -> bool:
    return len(fees.lines) == 1 and fees.lines[0].quantity == fees.term.committed


def _shares(fees: SeatMonth, held: dict[str, int]) -> list[FeeShare]:
    """One month's only Line in parts, by group."""
    line, left = fees.lines[0], fees.term.committed - sum(held.values())
    shares = []
    for group, seats in [*sorted(held.items()), *([("", left)] if left else [])]:
        holders = group or "nobody"
        part = replace(
            line,
            id=f"{line.id}, {holders}",
            quantity=Decimal(seats),
            unit=f"{line.unit}, {holders}",
            amount=Amount.of(
                product(Decimal(seats), line.price, line.per), line.amount.currency, line.amount.kind
            ),
        )
        shares.append(FeeShare(group, part))
    return shares


def fees(deals: Sequence[Settled]) -> tuple[SeatMonth, ...]:
    """What every seat clause charges in every month of the window, as it is contracted."""
    found: dict[tuple[int, str, str], tuple[Contract, SeatTerm, list[Line]]] = {}
    for n, deal in enumerate(deals):
        for term in deal.contract.seats:
            own = f"{deal.contract.id}/{term.id}"
            for line in deal.lines:
                charged = line.entry == own or line.entry.startswith(f"{own}/")
                if charged and line.view is not View.BILLED:
                    slot = (n, dict(line.dimensions)["month"], term.id)
                    found.setdefault(slot, (deal.contract, term, []))[2].append(line)
    return tuple(
        SeatMonth(contract, term, Month.parse(month), tuple(lines))
        for (_, month, _), (contract, term, lines) in sorted(found.items(), key=lambda f: f[0][:2])
    )
