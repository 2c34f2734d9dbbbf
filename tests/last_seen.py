"""A prompt cache played back call by call, and the pauses of a trace counted one by one."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta

from bothhalves.core.levers.caching import EDGES, Pauses, Tally

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


def pauses_of(times: Iterable[datetime], tokens: int, edges: tuple[timedelta, ...] = EDGES) -> Pauses:
    """The pauses of the requests with one prefix of ``tokens``, at one model and account, in any order.

    Requests of one instant do not serve each other: all of them pause since the last earlier instant.
    """
    last: datetime | None = None
    first, after = Tally(), [Tally() for _ in range(len(edges) + 1)]
    for time, requests in sorted(Counter(times).items()):
        told = Tally(requests, requests * tokens)
        if last is None:
            first = told
        else:
            after[bisect_right(edges, time - last)] += told
        last = time
    return Pauses(first, tuple(after), edges)
