"""One label for every held seat, and the sentence that says why.

Labels are tested in one order: protected, new, not visible, never used, dormant, light, heavy, middle. What
nothing was seen of is told apart before anything is called unused: data that are missing never make a seat
dormant. Idle days are those that the data prove, so a seat is dormant only if activity of its product is
known throughout the days without any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bothhalves.core.dates import in_force
from bothhalves.core.paths.verdicts import Standing
from bothhalves.core.seating.rules import SeatRules, percentage

#: Full months of use below which nobody is called light or heavy.
FEWEST_MONTHS = 2


class Label(StrEnum):
    """What a held seat is, in the order in which it is tested."""

    PROTECTED = "protected"
    NEW = "new"
    NOT_VISIBLE = "not visible"
    NEVER_USED = "never used"
    DORMANT = "dormant"
    LIGHT = "light"
    HEAVY = "heavy"
    MIDDLE = "middle"


#: Seats that nobody uses, which can be given back or passed on.
RELEASABLE = frozenset({Label.NEVER_USED, Label.DORMANT})


class Stage(StrEnum):
    """How long a seat has been idle for sure."""

    ACTIVE = "active"
    WATCH = "watch"
    DORMANT = "dormant"
    RECLAIM = "reclaim"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Protection:
    """Leave, part-time work, a legal hold, an account for emergencies: why a seat is kept although it idles.

    It holds from ``from_`` on and before ``until``, the first day on which it does so no longer.
    """

    reason: str
    until: date
    from_: date = date.min

    def fault(self) -> str | None:
        if not self.reason.strip():
            return "a protection names its reason"
        return "until is after from" if self.until <= self.from_ else None


@dataclass(frozen=True, slots=True)
class PersonCosts:
    """How the use of ``months`` full months lies to the seat and to the metered path."""

    standing: Standing
    months: int
    is_flat: bool  # the seat's fee covers all use


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """A seat that a person holds. ``first_seen`` is the roster that named it first, if an older one did not.

    ``last_active`` is the latest day on which a genuine action can have been. ``known_from`` and
    ``known_until`` are the days from and before which all activity of the product is known; None: no source
    shows it. ``protections`` are the person's; ``costs`` None: the use has no price.
    """

    person: str
    vendor: str
    product: str
    seat_type: str
    group: str = ""
    account: str = ""
    assigned: date | None = None
    first_seen: date | None = None
    last_active: date | None = None
    known_from: date | None = None
    known_until: date | None = None
    protections: tuple[Protection, ...] = ()
    costs: PersonCosts | None = None

    @property
    def given(self) -> date | None:
        """When the person got the seat, as far as anybody says."""
        return self.assigned or self.first_seen


@dataclass(frozen=True, slots=True)
class Labelled:
    """A seat's ``label`` and ``stage`` with the ``reason``; it ``changes`` on that day if nobody acts.

    ``idle`` is how many days without a genuine action are certain; None: nothing is known.
    """

    facts: SeatFacts
    label: Label
    stage: Stage
    idle: int | None
    reason: str
    changes: date | None = None


def labelled(facts: SeatFacts, rules: SeatRules, on: date) -> Labelled:
    """The seat's label as of the beginning of day ``on``."""
    label, reason = _told(facts, rules, on)
    idle = idle_days(facts, on)
    ended = [p for p in facts.protections if p.until <= on]
    if ended and label is not Label.PROTECTED:
        last = max(ended, key=lambda p: p.until)
        reason += f" Its protection ({last.reason}) ended on {last.until}."
    return Labelled(facts, label, _stage(facts, rules, on), idle, reason, _changes(facts, rules, on, label))


def idle_days(facts: SeatFacts, on: date) -> int | None:
    """The days before ``on`` in which it is certain that nothing was done; None: nothing is known."""
    if facts.known_from is None or facts.known_until is None:
        return None
    since = max(facts.known_from, facts.last_active or facts.known_from)
    return max((min(on, facts.known_until) - since).days, 0)


def _told(facts: SeatFacts, rules: SeatRules, on: date) -> tuple[Label, str]:
    held = next((p for p in facts.protections if in_force(on, p.from_, p.until)), None)
    if held is not None:
        return Label.PROTECTED, f"Protected until {held.until}: {held.reason}."
    if facts.given is not None and (on - facts.given).days < rules.new_days:
        age = (on - facts.given).days
        return Label.NEW, f"Given on {facts.given}, {age} days ago; a seat is new for {rules.new_days}."
    return _seen(facts, rules, on)


def _seen(facts: SeatFacts, rules: SeatRules, on: date) -> tuple[Label, str]:
    """What activity says of a seat that is neither protected nor new."""
    idle, last = idle_days(facts, on), facts.last_active
    if last is not None and (on - last).days < rules.dormant_days:
        return _weighed(facts, rules)
    name = f"{facts.vendor} {facts.product}"
    known = f"Activity of {name} is known from {facts.known_from} to before {facts.known_until}"
    if idle is None:
        seen = "" if last is None else f" The person was last seen on {last}."
        return Label.NOT_VISIBLE, f"No source shows all activity of {name}.{seen}"
    if last is None and _is_whole(facts) and idle:
        return Label.NEVER_USED, f"{known}: no genuine action since the seat was given on {facts.given}."
    if idle < rules.dormant_days:
        return Label.NOT_VISIBLE, f"{known}, which shows {idle} idle days: too few to call the seat unused."
    if last is None:
        return Label.DORMANT, f"{known}, {idle} days without a genuine action; nothing earlier is known."
    return Label.DORMANT, f"Last genuine action on {last} at the latest; {idle} idle days are certain."


def _is_whole(facts: SeatFacts) -> bool:
    """True if activity is known for all the time for which the person has the seat."""
    return facts.given is not None and facts.known_from is not None and facts.known_from <= facts.given


def _weighed(facts: SeatFacts, rules: SeatRules) -> tuple[Label, str]:
    """How much is used, where that has a price."""
    costs = facts.costs
    if costs is None:
        return Label.MIDDLE, "In use; the use is not priced."
    if costs.months < FEWEST_MONTHS:
        return Label.MIDDLE, f"In use; {FEWEST_MONTHS} full months are needed to weigh it."
    at = costs.standing
    if at.metered_is_light and at.below_seat:
        bar = percentage(rules.light)
        return Label.LIGHT, f"The metered path would cost at most {bar} of the seat."
    if at.above_seat and at.metered_is_light:
        bar = percentage(rules.light)
        return (
            Label.HEAVY,
            f"Use beyond the seat's allowance: metered it would cost at most {bar} of the seat.",
        )
    if costs.is_flat and at.is_many_fees:
        return Label.HEAVY, f"Use of at least {rules.heavy_times} times the flat fee."
    if None in (at.metered_is_light, at.below_seat, at.above_seat) or (
        costs.is_flat and at.is_many_fees is None
    ):
        return Label.MIDDLE, "In use; how much is not known exactly enough to say more."
    return Label.MIDDLE, "In use, neither light nor heavy."


def _stage(facts: SeatFacts, rules: SeatRules, on: date) -> Stage:
    if facts.last_active is not None and (on - facts.last_active).days < rules.watch_days:
        return Stage.ACTIVE
    idle = idle_days(facts, on)
    stages = (
        (rules.reclaim_days, Stage.RECLAIM),
        (rules.dormant_days, Stage.DORMANT),
        (rules.watch_days, Stage.WATCH),
    )
    return next((stage for days, stage in stages if idle is not None and idle >= days), Stage.UNKNOWN)


def _changes(facts: SeatFacts, rules: SeatRules, on: date, label: Label) -> date | None:
    """The first day after ``on`` on which the label would be another one, or a dormant seat reclaimed."""
    if label is Label.PROTECTED:
        return max(p.until for p in facts.protections if in_force(on, p.from_, p.until))
    days = [p.from_ for p in facts.protections]
    if label is Label.NEW and facts.given is not None:
        days.append(facts.given + timedelta(days=rules.new_days))
    if label in (Label.DORMANT, Label.NOT_VISIBLE):
        known = facts.known_from and max(facts.known_from, facts.last_active or facts.known_from)
        wait = rules.reclaim_days if label is Label.DORMANT else rules.dormant_days
        days += [known + timedelta(days=wait)] if known else []
    elif facts.last_active is not None and label not in (Label.NEW, Label.NEVER_USED):
        days.append(facts.last_active + timedelta(days=rules.dormant_days))
    return min((d for d in days if d > on), default=None)
