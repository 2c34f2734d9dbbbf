"""How many seats of each type to sign: from who holds and uses them, month by month, and for when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.moves import horizon
from bothhalves.core.seating.ahead import Ahead, Ordered, ahead_of, ordered
from bothhalves.core.seating.labelling import RELEASABLE, Labelled, SeatFacts
from bothhalves.core.seating.sizing import Candidate, candidates, cheapest, with_buffer
from bothhalves.workspace.plan_terms import Planning
from bothhalves.workspace.seat_facts import Sources

TypeOf = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ActiveMonth:
    """How many holders of a type were active in a month; ``joined`` were not in the month before, and
    ``left`` were in that one alone. None: the month before is not known."""

    month: Month
    active: int
    joined: int | None
    left: int | None


@dataclass(frozen=True, slots=True)
class TypeSize:
    """A seat type of a contract: seats ``bought``, ``held``, ``unused`` for sure, and ``needed`` in the end.

    ``most_held`` at one time, by the rosters; ``most_active`` is the largest number of holders active in one
    month of the window, and ``history`` those of every month in a row that is known whole. Needed today are
    the seats that are not unused, or the most active if these are more; ``ahead`` is the need when an order
    would ``begin``, ``order`` what of it is signed for, and ``needed`` that with the buffer. ``choices`` are
    the counts worth signing.
    """

    contract: Contract
    term: SeatTerm
    bought: int
    held: int
    unused: int
    most_held: int
    most_active: int
    history: tuple[ActiveMonth, ...]
    begin: Month
    ahead: Ahead
    order: Ordered
    needed: int
    choices: tuple[Candidate, ...] = ()

    @property
    def best(self) -> Candidate | None:
        """The count to sign; None: the plan takes no count that is enough."""
        return cheapest(self.choices)


@dataclass(frozen=True, slots=True)
class Need:
    """When the order begins: ``ahead`` months after the last that is known, or None: at the next renewal."""

    window: tuple[Month, ...]
    planning: Planning
    ahead: int | None = None

    def months(self, term: Term, last: Month) -> int:
        """How many months after ``last`` the order begins."""
        if self.ahead is not None:
            return self.ahead
        renewal = Month.of(term.day_after(term.months * (max(term.turn(last), 0) + 1)))
        return max(len(tuple(month_range(last.next, renewal))), 1)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one seat clause needs, before the contract prices it."""

    most_active: int
    history: tuple[ActiveMonth, ...]
    ahead: Ahead
    order: Ordered
    needed: int


def sizes_of(
    sources: Sources, terms: Iterable[Contract], told: Iterable[Labelled], need: Need
) -> Iterable[TypeSize]:
    """What each seat clause of the window's last month needs. Types that no roster names are left out."""
    seats = list(told)
    held = Counter(kind_of(s.facts) for s in seats)
    unused = Counter(kind_of(s.facts) for s in seats if s.label in RELEASABLE)
    peaks, active = _peaks(sources), _active(sources)
    month, last = need.window[-1], Month.of(sources.on - timedelta(days=1))
    for contract in terms:
        own = [(t, (contract.vendor, t.product, t.type)) for t in contract.seats_in(month)]
        begins = need.months(contract.term, last)
        wanted = {
            kind: _wanted(
                need,
                term,
                held[kind] - unused[kind],
                active[kind],
                _history(sources, kind, active[kind]),
                begins,
            )
            for term, kind in own
            if held[kind]
        }
        for term, kind in own:
            if kind not in wanted:
                continue
            found = wanted[kind]
            others = {other[2]: w.needed for other, w in wanted.items() if other != kind}
            yield TypeSize(
                contract,
                term,
                sum(t.committed for t, k in own if k == kind),
                held[kind],
                unused[kind],
                max(peaks.get(kind, 0), held[kind]),
                found.most_active,
                found.history,
                horizon(last.next, begins)[-1],
                found.ahead,
                found.order,
                found.needed,
                candidates(contract, term, found.needed, others, month),
            )


def _wanted(
    need: Need,
    term: SeatTerm,
    kept: int,
    active: Mapping[Month, tuple[int, int]],
    history: tuple[ActiveMonth, ...],
    begins: int,
) -> _Wanted:
    """From the seats ``kept``, the window's busiest month, and the changes of ``history``."""
    most = max((n for month, (n, _) in active.items() if month >= need.window[0]), default=0)
    changes = [month.active for month in history]
    found = ahead_of(max(kept, most), changes, begins, need.planning.seat_confidence)
    order = ordered(term, found)
    return _Wanted(most, history, found, order, with_buffer(order.seats, need.planning.seat_buffer))


def kind_of(facts: SeatFacts) -> TypeOf:
    return facts.vendor, facts.product, facts.seat_type


def _peaks(sources: Sources) -> dict[TypeOf, int]:
    """The most seats of a type that rosters show held at one time, all accounts together."""
    latest: dict[TypeOf, dict[str, int]] = defaultdict(dict)
    most: Counter[TypeOf] = Counter()
    by_day: dict[tuple[date, str, str, str], Counter[TypeOf]] = defaultdict(Counter)
    for vendor, product, account, label, day, count in sources.asked.counts(sources.on):
        seen = by_day[day, vendor, product, account]
        if label:
            seen[sources.kind(vendor, product, label)] += count
    for (_, vendor, product, account), seen in sorted(by_day.items()):
        for kind in {*seen, *(k for k in latest if k[:2] == (vendor, product))}:
            latest[kind][account] = seen[kind]
            most[kind] = max(most[kind], sum(latest[kind].values()))
    return dict(most)


def _active(sources: Sources) -> Mapping[TypeOf, dict[Month, tuple[int, int]]]:
    """By type and month: how many holders were active, and how many of them newly."""
    found: dict[TypeOf, dict[Month, tuple[int, int]]] = defaultdict(dict)
    for vendor, product, label, month, active, new in sources.asked.holders(sources.on):
        own = found[sources.kind(vendor, product, label)]
        before = own.get(month, (0, 0))
        own[month] = before[0] + active, before[1] + new
    return found


def _history(
    sources: Sources, kind: TypeOf, active: Mapping[Month, tuple[int, int]]
) -> tuple[ActiveMonth, ...]:
    """The months in a row, up to the day asked for, of which all activity of the type's product is known."""
    lines = [h for h in sources.held if (h.vendor, h.product) == kind[:2]]
    sights = [sources.sight(h) for h in {(h.account): h for h in lines}.values()]
    if not sights or None in sights:
        return ()
    since = max(s.since for s in sights if s)
    until = min(s.until for s in sights if s)
    first = Month.of(since) if since.day == 1 else Month.of(since).next
    found: list[ActiveMonth] = []
    for month in month_range(first, Month.of(until)):
        if month.next.first > until:
            break
        count, new = active.get(month, (0, 0))
        before = found[-1].active if found else None
        left = None if before is None else before + new - count
        found.append(ActiveMonth(month, count, None if before is None else new, left))
    return tuple(found)
