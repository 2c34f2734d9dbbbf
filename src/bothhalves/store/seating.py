"""Who holds seats, when each person did something, and for which days activity is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bothhalves.core.dates import Month
from bothhalves.store.engine import Engine, filled, query, temporary

#: Kinds of activity by which nobody uses a seat: signing in, and what programs do by themselves.
NOT_GENUINE = ("heartbeat", "login", "logins", "session_refresh", "sign_in", "sign_ins", "signin", "signins",
               "token_refresh")  # fmt: skip
_STREAM = {"feed": "VARCHAR", "billing": "VARCHAR", "product": "VARCHAR"}
#: The first day of the bucket that holds a row, and what makes sure that all of the row lies in it.
_BUCKETS = {
    "day": ("first_day", "first_day = last_day"),
    "week": (
        "cast($on as date) - 7 * (cast(floor((cast($on as date) - first_day - 1) / 7) as integer) + 1)",
        "first_day = last_day",
    ),
    "month": (
        "cast(date_trunc('month', first_day) as date)",
        "date_trunc('month', first_day) = date_trunc('month', last_day)",
    ),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A line of the newest roster of a vendor's product and account. ``seat_type`` ``""``: without a seat.

    ``stored`` is the name under which the row is kept, which may be older than ``person``.
    ``first_seen`` is the first roster of those in a row that name the person with a seat, where an older
    one does not. ``is_dated``: the roster says for some people when they were active last.
    """

    vendor: str
    product: str
    account: str
    person: str
    stored: str
    seat_type: str
    status: str
    roster: str
    assigned: date | None
    last_active: date | None
    first_seen: date | None
    is_dated: bool


@dataclass(frozen=True, slots=True)
class Acts:
    """A person's genuine actions with a product, before the day asked for: the earliest, the latest, those
    before and since the middle day, and on how many days since then. A span counts by its ends: the first
    day is the earliest that it can be, the last ones the latest. ``in_seat``: usage that a seat includes,
    or activity; else it is metered."""

    vendor: str
    product: str
    person: str
    in_seat: bool
    first: date
    last_before: date | None
    first_since: date | None
    last: date
    days: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The first and the last day on which a source shows somebody using a product in a seat."""

    vendor: str
    product: str
    account: str
    feed: str
    source: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Actives:
    """How many people used a vendor's seats in a bucket of days; ``people`` None: a source tells no days."""

    vendor: str
    start: date
    people: int | None


class Seating:
    """Questions about seats, put to one snapshot. ``aliases`` lead to the names that people have today."""

    def __init__(self, engine: Engine, aliases: Mapping[str, str]) -> None:
        self._engine = engine
        temporary(engine, "person_now", {"person": "VARCHAR", "now": "VARCHAR"}, list(aliases.items()))

    def streams(self) -> list[tuple[str, str, str]]:
        """Feed, billing and product of all usage that names a person."""
        sql = "select distinct feed, billing, product from counted_usage where person <> '' order by all"
        return [(feed, billing, product) for feed, billing, product in self._engine.run(sql)]

    def prepare(self, in_seats: Iterable[tuple[str, str, str]]) -> None:
        """Count genuine actions; ``in_seats`` are the streams of usage that seats include."""
        temporary(self._engine, "seat_stream", _STREAM, list(in_seats))
        self._engine.run(query("genuine_acts"), {"unmeant": list(NOT_GENUINE)})

    def held(self, before: date) -> list[Held]:
        """The newest rosters that speak of a day before ``before``."""
        return [Held(*row) for row in self._engine.run(query("seats_held"), {"before": before})]

    def counts(self, before: date) -> list[tuple[str, str, str, str, date, int]]:
        """Vendor, product, account, seat type, day and number of holders of every roster before a day."""
        sql = (
            "select vendor, product, account, seat_type, cast(as_of as date), count(*) from seats"
            " where as_of < cast($before as timestamp) group by all order by all"
        )
        return [(v, p, a, t, d, int(n)) for v, p, a, t, d, n in self._engine.run(sql, {"before": before})]

    def acts(self, since: date, on: date) -> list[Acts]:
        """Everybody's genuine actions before ``on``, with ``since`` as the middle day."""
        bound = {"since": since, "on": on}
        return [Acts(*row) for row in self._engine.run(query("acts_of_people"), bound)]

    def days(self, before: date) -> list[tuple[str, str, str, bool, date, date]]:
        """Vendor, product, person, whether in a seat, and the first and the last day of every genuine action
        before a day."""
        sql = (
            "select distinct vendor, product, person, in_seat, first_day, last_day from genuine_act"
            " where last_day < $before order by all"
        )
        return [(v, p, w, s, a, b) for v, p, w, s, a, b in self._engine.run(sql, {"before": before})]

    def shown(self, on: date) -> list[Shown]:
        """What each source shows of seats before ``on``."""
        sql = (
            "select vendor, product, account, feed, source, min(first_day), max(last_day) from genuine_act"
            " where in_seat and first_day < $on group by all order by all"
        )
        return [Shown(*row) for row in self._engine.run(sql, {"on": on})]

    def actives(self, since: date, on: date, bucket: str) -> list[Actives]:
        """Distinct people by ``day``, ``week`` (seven days, the last of them before ``on``) or ``month``."""
        start, inside = _BUCKETS[bucket]
        sql = filled(query("active_people"), bucket=start, inside=inside)
        return [Actives(*row) for row in self._engine.run(sql, {"since": since, "on": on})]

    def holders(self, before: date) -> list[tuple[str, str, str, Month, int, int]]:
        """Vendor, product, seat type and month; how many holders were active in it before a day, and how many
        of them were not in the month before.

        Who held what in a month says the newest roster that began by its end, or else the oldest one.
        """
        rows = self._engine.run(query("active_holders"), {"before": before})
        return [(v, p, t, Month.of(day), int(active), int(new)) for v, p, t, day, active, new in rows]
