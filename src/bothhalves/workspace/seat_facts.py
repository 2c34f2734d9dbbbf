"""Every held seat with what is known of it: since when, used last when, and on which days that is certain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bothhalves.core.seating.labelling import PersonCosts, Protection, SeatFacts
from bothhalves.store.seating import Acts, Held, Seating, Shown
from bothhalves.workspace.feeds import TRANSCRIPTS_RANK, feed_ranks
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.person_use import CODING
from bothhalves.workspace.records import Stream
from bothhalves.workspace.seats import type_names

#: A roster that dates people's last action and leaves one blank saw nothing of that person for at least so
#: long: sources that state the date keep it for three months or longer.
BLANK_DAYS = 90
#: Between what two sources show, days without anybody's work, such as holidays, are no gap.
_QUIET = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sight:
    """The days ``[since, until)`` of which all activity of a product is known."""

    since: date
    until: date


@dataclass(frozen=True)
class Sources:
    """What the store tells of seats as of a day: rosters, actions, and the days that are known."""

    on: date
    asked: Seating
    held: tuple[Held, ...]
    acts: Mapping[tuple[str, str], tuple[Acts, ...]]  # by vendor and person
    shown: tuple[tuple[Shown, tuple[Sight, ...]], ...]  # with the days for which the source speaks
    types: Mapping[tuple[str, str], str]
    seated: frozenset[tuple[str, str]]  # vendor and product of all seats
    _sights: dict[tuple[str, str, str], Sight | None] = field(default_factory=dict)

    def type_of(self, held: Held) -> str:
        """The contract's name for the roster's label."""
        return self.kind(held.vendor, held.product, held.seat_type)[2]

    def kind(self, vendor: str, product: str, label: str) -> tuple[str, str, str]:
        """Vendor, product and the contract's name for the roster's ``label``."""
        return vendor, product, self.types.get((vendor, label.lower()), label)

    def acts_of(self, held: Held) -> list[Acts]:
        """What the holder did that counts for this seat.

        Work with the product itself, and in a seat with a product that has no seats of its own.
        """
        return [a for a in self.acts.get((held.vendor, held.person), ()) if self._counts(a, held.product)]

    def _counts(self, act: Acts, product: str) -> bool:
        own = (act.vendor, act.product) in self.seated
        return act.product == product or (act.in_seat and not own)

    def sight(self, held: Held) -> Sight | None:
        """The days known, without a gap, of the seat's product and account; None: none."""
        slot = (held.vendor, held.product, held.account)
        if slot not in self._sights:
            spoken = [sight for s, sights in self.shown if self._shows(s, *slot) for sight in sights]
            self._sights[slot] = _last_run(spoken, self.on)
        return self._sights[slot]

    def _shows(self, shown: Shown, vendor: str, product: str, account: str) -> bool:
        """Work with a coding tool alone shows nothing of other products, nor one account of another."""
        if shown.vendor != vendor or (shown.account and account and shown.account != account):
            return False
        other = (vendor, shown.product) not in self.seated and shown.product not in CODING
        return shown.product == product or other


def sources_of(workspace: Workspace, on: date, since: date) -> Sources:
    """What the snapshot tells as of the beginning of ``on``; ``since`` is the middle day of actions."""
    naming = Naming(workspace)
    asked = workspace.store.seating(workspace.aliases)
    asked.prepare(
        (feed, billing, product)
        for feed, billing, product in asked.streams()
        if naming.stream(billing, product, feed) is Stream.SEAT
    )
    held = tuple(asked.held(on))
    return Sources(
        on,
        asked,
        held,
        _by_person(asked.acts(since, on)),
        tuple(_spoken(workspace, asked.shown(on))),
        type_names(workspace),
        frozenset((h.vendor, h.product) for h in held),
    )


def _by_person(found: Iterable[Acts]) -> dict[tuple[str, str], tuple[Acts, ...]]:
    slots: dict[tuple[str, str], list[Acts]] = defaultdict(list)
    for act in found:
        slots[act.vendor, act.person].append(act)
    return {slot: tuple(acts) for slot, acts in slots.items()}


def _spoken(workspace: Workspace, found: Iterable[Shown]) -> Iterable[tuple[Shown, tuple[Sight, ...]]]:
    """What is shown of seats, with the days for which its source speaks.

    The logs of single machines are left out: they show some people, and not what the others do. A source
    that does not say for which days it speaks does so from the first to the last of its rows.
    """
    ranks = feed_ranks()
    spans = {
        s.short: tuple(Sight(_day(since), _day(until)) for since, until in s.spans)
        for s in workspace.store.sources()
    }
    for shown in found:
        if ranks.get(shown.feed, 0) < TRANSCRIPTS_RANK:
            own = Sight(shown.first, shown.last + _DAY)
            yield shown, spans.get(shown.source) or (own,)


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).date()


def _last_run(spoken: Iterable[Sight], on: date) -> Sight | None:
    """The last run of days before ``on`` that are spoken for without a gap."""
    run: Sight | None = None
    for sight in sorted(set(spoken), key=lambda s: (s.since, s.until)):
        until = min(sight.until, on)
        if until <= sight.since:
            continue
        if run is not None and sight.since <= run.until + _QUIET:
            run = Sight(run.since, max(run.until, until))
        else:
            run = Sight(sight.since, until)
    return run


def facts_of(
    sources: Sources, workspace: Workspace, costs: Mapping[tuple[str, str], PersonCosts] | None = None
) -> tuple[tuple[Held, SeatFacts], ...]:
    """Every line of the newest rosters that has a seat, with its facts, in the order of the rosters."""
    naming = Naming(workspace)
    protections = protections_of(workspace)
    return tuple(
        (
            held,
            _facts(sources, held, naming.group(held.person), protections.get(held.person, ()), costs or {}),
        )
        for held in sources.held
        if held.seat_type
    )


def protections_of(workspace: Workspace) -> dict[str, tuple[Protection, ...]]:
    """Protections by pseudonym."""
    found: dict[str, tuple[Protection, ...]] = {}
    for person in workspace.config.people:
        if person.protected and person.names:
            name = workspace.pseudonyms(person.names[0])
            found[name] = (*found.get(name, ()), *person.protected)
    return found


def _facts(
    sources: Sources,
    held: Held,
    group: str,
    protections: tuple[Protection, ...],
    costs: Mapping[tuple[str, str], PersonCosts],
) -> SeatFacts:
    days = [a.last for a in sources.acts_of(held)]
    if held.last_active is not None:
        days.append(min(held.last_active, sources.on - _DAY))
    sight = joined(sources.sight(held), _roster_sight(held))
    return SeatFacts(
        held.person,
        held.vendor,
        held.product,
        sources.type_of(held),
        group,
        held.account,
        held.assigned,
        held.first_seen,
        max(days, default=None),
        sight.since if sight else None,
        sight.until if sight else None,
        protections,
        costs.get((held.vendor, held.person)),
    )


def _roster_sight(held: Held) -> Sight | None:
    """What a roster that dates last actions says of the person: nothing was done after the date."""
    if not held.is_dated:
        return None
    day = date.fromisoformat(held.roster[:10])
    since = held.last_active or day - timedelta(days=BLANK_DAYS)
    return Sight(min(since, day), day)


def joined(one: Sight | None, other: Sight | None) -> Sight | None:
    """The days that two sources show together; apart from each other, those shown later."""
    if one is None or other is None:
        return one or other
    early, late = sorted((one, other), key=lambda s: (s.since, s.until))
    if late.since <= early.until:
        return Sight(early.since, max(early.until, late.until))
    return late
