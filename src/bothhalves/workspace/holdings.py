"""Seats held from month to month: what rosters say of joins and leaves, as a contract counts them.

A person who appears between two rosters joined on the day that the later one states, or on its own day where
it states none; one who is gone left on the later roster's day, and if that is the first of a month, held no
seat in it. Before the first roster only what it states itself is known: who has no date was there from the
start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bothhalves.core.clauses.base import Change, SeatUse
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.terms import Seat


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A seat of ``type`` taken (+1) or given up (-1) on ``on``; None: before anything is known."""

    on: date
    type: str
    seats: int


def events(rosters: Iterable[tuple[date, list[Seat]]], types: Mapping[str, str]) -> list[Event]:
    """Every join and leave that a vendor's rosters, oldest first, tell of.

    ``types`` maps the labels of the rosters, in lower case, to the contract's seat types; other seats are
    not of this contract.
    """
    found: list[Event] = []
    held: dict[tuple[str, str, str], str] = {}
    since: date | None = None
    for day, seats in rosters:
        now = {
            (s.product, s.account, s.person): (types[s.seat_type.lower()], s)
            for s in seats
            if s.seat_type.lower() in types
        }
        for slot, (kind, seat) in now.items():
            if held.get(slot) != kind:
                found.append(Event(_joined(seat, since, day), kind, 1))
        for slot, kind in held.items():
            if slot not in now or now[slot][0] != kind:
                found.append(Event(day, kind, -1))
        held = {slot: kind for slot, (kind, _) in now.items()}
        since = day
    return sorted(found)


def _joined(seat: Seat, since: date | None, day: date) -> date:
    stated = seat.assigned.date() if seat.assigned else None
    if since is None:
        return min(stated, day) if stated else date.min
    return stated if stated and since < stated <= day else day


def seat_uses(contract: Contract, found: Iterable[Event], month: Month) -> tuple[SeatUse, ...]:
    """What each seat type of the contract was asked for in ``month``. Types without a roster are left out."""
    by_type: dict[str, list[Event]] = defaultdict(list)
    for event in found:
        by_type[event.type].append(event)
    uses = []
    for term in contract.seats_in(month):
        told = by_type.get(term.type)
        if told is None:
            continue
        opening = sum(e.seats for e in told if e.on < month.first)
        inside: dict[date, int] = defaultdict(int)
        for event in told:
            if month.first <= event.on < month.next.first:
                inside[event.on] += event.seats
        gone = min(inside[month.first], 0)  # who is not on the roster of the first day had left before it
        inside[month.first] -= gone
        changes = tuple(Change(day, seats) for day, seats in sorted(inside.items()) if seats)
        uses.append(SeatUse(term.type, opening + gone, changes))
    return tuple(uses)


def labels(contract: Contract) -> dict[str, str]:
    """Roster labels, in lower case, to the contract's seat types."""
    return {label.lower(): term.type for term in contract.seats for label in (term.type, *term.labels)}


def holders(contract: Contract, rosters: Iterable[tuple[date, list[Seat]]], month: Month) -> dict[str, str]:
    """Seat type by person, by the newest roster that begins before the month ends, else by the first."""
    own = [(day, [s for s in seats if s.vendor == contract.vendor]) for day, seats in rosters]
    told = [(day, seats) for day, seats in own if seats]
    before = [seats for day, seats in told if day < month.next.first] or [seats for _, seats in told[:1]]
    types = labels(contract)
    latest = before[-1] if before else []
    return {s.person: types[s.seat_type.lower()] for s in latest if s.seat_type.lower() in types}


def usual_type(contract: Contract, product: str, month: Month) -> str:
    """The seat type of somebody whom no roster names: that of most committed seats of the product."""
    terms = [t for t in contract.seats_in(month) if t.product == product]
    return max(terms, key=lambda t: t.committed).type if terms else ""
