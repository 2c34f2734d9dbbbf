"""A prompt cache played back call by call, with a dictionary of when each prefix was last seen."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta

Call = tuple[datetime, Hashable, int]


def played_back(calls: Iterable[Call], lifetime: timedelta, since: datetime | None = None) -> tuple[int, int]:
    """Requests that hit, and the tokens that they read, of ``calls`` as (time, cache and prefix, tokens).

    Calls of one instant are looked up before any of them is written down. Only calls from ``since`` on are
    counted; earlier ones fill the cache.
    """
    last_seen: dict[Hashable, datetime] = {}
    waiting: list[tuple[Hashable, datetime]] = []
    hits, tokens = 0, 0
    for time, prefix, read in sorted(calls, key=lambda call: call[0]):
        if waiting and waiting[0][1] < time:
            last_seen.update(waiting)
            waiting = []
        waiting.append((prefix, time))
        if prefix in last_seen and time - last_seen[prefix] < lifetime and (since is None or time >= since):
            hits, tokens = hits + 1, tokens + read
    return hits, tokens
