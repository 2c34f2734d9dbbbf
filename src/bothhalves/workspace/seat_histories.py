"""Advice on seats, walked through a buyer's own history: rosters and activity, or days in a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.deal.backtesting import OURS
from bothhalves.core.deal.seat_backtesting import (
    Holder,
    SeatRule,
    SeatStep,
    kept_all,
    kept_by_advice,
    kept_last_month,
    seat_steps,
)
from bothhalves.core.explain import Problem
from bothhalves.core.seating.rules import SeatRules
from bothhalves.store.seating import Held
from bothhalves.workspace.history_periods import place
from bothhalves.workspace.history_tables import problem, read_table
from bothhalves.workspace.ledger import known_months
from bothhalves.workspace.observed import reach
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.seat_facts import Sight, Sources, protections_of, sources_of

#: The rules by name; ours is the first.
RIVALS: Mapping[str, SeatRule] = {"keep-all": kept_all, "look-back": kept_last_month}
_LENGTHS = (12, 6, 3, 1)
_MOST = 1_000_000
_COLUMNS = {"person": ("person", "user", "email"), "date": ("date", "day", "time", "timestamp")}
_ADDED = "Seats that are bought within a term are charged from that month on."
#: Every seat that was needed in a month is charged in it, and a term lasts to its end.
_TRUE_UP = TrueUp("month", "provisioned", "high-water", direction="up-only")
_FIX = "Write a line for each day on which a person was active, such as ada,2026-10-01."


@dataclass(frozen=True, slots=True)
class SeatHistory:
    """Who held seats of one type and when they were active, in ``months`` of which all activity is known."""

    contract: Contract
    months: tuple[Month, ...]
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class SeatBacktest:
    """One seat type walked in terms of ``length`` months; no steps: its history is too short."""

    history: SeatHistory
    length: int
    known: int
    steps: tuple[SeatStep, ...]


@dataclass(frozen=True, slots=True)
class SeatTests:
    """All seat types, and what is not known of them."""

    tests: tuple[SeatBacktest, ...]
    problems: tuple[Problem, ...] = ()
    said: tuple[str, ...] = ()


def rules_of(rules: SeatRules) -> dict[str, SeatRule]:
    """Our advice under a company's rules, and its rivals."""
    return {OURS: kept_by_advice(rules), **RIVALS}


def walked_seats(history: SeatHistory, rules: SeatRules, months: int = 0, known: int = 0) -> SeatBacktest:
    """A seat type in terms of ``months``; by default the contract's own, or the longest of which two fit."""
    first = known or 1
    own = history.contract.term.months
    wished = [months] if months else [own, *(n for n in _LENGTHS if n < own)]
    length = next((n for n in wished if first + 2 * n <= len(history.months)), wished[-1])
    steps = seat_steps(
        history.holders, history.contract, history.months, length, rules_of(rules), known=first
    )
    return SeatBacktest(history, length, first, steps)


def seats_of(
    workspace: Workspace, contract: Contract | None = None, months: int = 0, known: int = 0
) -> SeatTests:
    """The seat types of the signed contracts (or of one contract or offer), of which rosters name holders."""
    observed = sorted({*known_months(workspace), *map(Month.of, workspace.store.roster_days())})
    if not observed:
        return SeatTests(())
    on = observed[-1].next.first
    sources = sources_of(workspace, on, observed[0].first)
    said = ["Holders are those of the newest rosters; who had left before is not known.", _ADDED]
    found = []
    for one in (kind for c in ([contract] if contract else workspace.config.contracts) for kind in _types(c)):
        history = _history(workspace, sources, one)
        if history is None:
            said.append(f"{one.id}, {one.seats[0].type}: no source shows all activity of a whole month.")
        else:
            found.append(walked_seats(history, workspace.config.company.seats, months, known))
    return SeatTests(tuple(found), said=tuple(said))


def _history(workspace: Workspace, sources: Sources, one: Contract) -> SeatHistory | None:
    """Holders of the one seat type of a contract; None where no month of all of them is known."""
    lines = [h for h in sources.held if _is_of(sources, h, one)]
    span = _known(sources, lines)
    if span is None:
        return None
    days, protections = _days(sources), protections_of(workspace)
    holders = (
        Holder(
            line.person,
            line.assigned or line.first_seen or span[0].first,
            tuple(sorted(days.get((line.vendor, line.product, line.person), ()))),
            protections.get(line.person, ()),
        )
        for line in lines
    )
    return SeatHistory(one, tuple(month_range(*span)), tuple(holders))


def _types(contract: Contract) -> Iterator[Contract]:
    """The contract for each of its seat types alone, with seats bought within a term charged by the month."""
    for seat in {t.type: t for t in contract.seats}.values():
        own = replace(seat, true_up=_TRUE_UP, proration=None, removals="")
        yield replace(contract, seats=(own,), commitment=None, minimum_seats=None)


def _is_of(sources: Sources, held: Held, one: Contract) -> bool:
    return held.vendor == one.vendor and bool(held.seat_type) and sources.type_of(held) == one.seats[0].type


def _known(sources: Sources, lines: Sequence[Held]) -> tuple[Month, Month] | None:
    """The first and the last whole month of which all activity of these seats is known."""
    sights = [sources.sight(line) for line in lines]
    spans = [s for s in sights if s is not None]
    if not spans or len(spans) < len(sights):
        return None
    both = Sight(max(s.since for s in spans), min(s.until for s in spans))
    first = Month.of(both.since) if both.since.day == 1 else Month.of(both.since).next
    last = Month.of(both.until - timedelta(days=1))
    if last.next.first > both.until:
        last = Month.of(last.first - timedelta(days=1))
    return (first, last) if first <= last else None


def _days(sources: Sources) -> dict[tuple[str, str, str], set[date]]:
    """Days of genuine actions that count for a seat, by vendor, product of the seat, and person."""
    seated: dict[str, list[str]] = defaultdict(list)
    for vendor, product in sorted(sources.seated):
        seated[vendor].append(product)
    found: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for vendor, product, person, in_seat, first, last in sources.asked.days(sources.on):
        own = product in seated[vendor]
        for kind in [product] if own else seated[vendor] if in_seat else []:
            found[vendor, kind, person] |= {first, last}
    return found


def seats_in(path: Path, contract: Contract | None, months: int = 0, known: int = 0) -> SeatTests:
    """The days of a file with the columns person and date, each person with a seat from the first of them on.

    Without a contract a seat costs 10 a month, and every seat that anybody needed in a month is charged.
    """
    rows, problems = _read(path)
    if not rows:
        return SeatTests((), tuple(problems))
    days = [day for own in rows.values() for day in own]
    span = tuple(month_range(Month.of(min(days)), Month.of(max(days))))
    said = ["Everybody has a seat from the first day of activity on.", _ADDED]
    if not reach(set(days)).tells_whole(span[-1]):
        said.append(f"{span[-1]}: the days end on {max(days)}, and the month is left out.")
        span = span[:-1]
    if not span:
        return SeatTests((), tuple(problems), tuple(said))
    holders = tuple(Holder(person, min(own), tuple(sorted(own))) for person, own in sorted(rows.items()))
    kinds = list(_types(contract)) if contract else [_usual(span[0])]
    history = SeatHistory(kinds[0], span, holders)
    if len(kinds) > 1:
        said.append(f"All are taken to hold {kinds[0].seats[0].type} seats.")
    return SeatTests((walked_seats(history, SeatRules(), months, known),), tuple(problems), tuple(said))


def _usual(first: Month) -> Contract:
    seat = SeatTerm("seat", "any", 0, Decimal(10), "monthly", true_up=_TRUE_UP)
    return Contract("usual", "any", "USD", Term(first.first, 1), (seat,))


def _read(path: Path) -> tuple[dict[str, set[date]], list[Problem]]:
    """Days by person, and every line that cannot be read. A person of whom a line cannot be read is left out:
    nobody knows when they were active."""
    rows, wrong = read_table(path, _COLUMNS, {}, _MOST)
    found: dict[str, set[date]] = defaultdict(set)
    problems = [*wrong]
    faulty = set()
    for line, cells in rows:
        try:
            day = place(cells["date"]).day
        except ValueError:
            day = None
        if day is not None and cells["person"]:
            found[cells["person"]].add(day)
            continue
        faulty.add(cells["person"])
        what = f"no day: {cells['date'][:25]!r}." if cells["person"] else "names no person."
        problems.append(problem(path.name, line, what, _FIX))
    return {person: days for person, days in found.items() if person not in faulty}, problems
