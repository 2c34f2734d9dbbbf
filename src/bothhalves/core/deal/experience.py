"""What a series' own history says of the next term: how far past terms came out from what was known before.

Every stretch of the history that is as long as a term is one experience: it is laid on today's level, by the
ratio of the last term to the term before the stretch, so that its ups and downs, and how far it strayed, are
kept.
Few experiences are no distribution. So the last term as it was, and a fifth above and below, counts as twenty
of them: what has happened once or twice moves the advice little, what happens again and again decides it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import cycle, islice

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline, Outlook, Scenario
from bothhalves.core.explain import Grade

#: The last term is repeated at these shares of itself.
REPEATED = {"low": Fraction(4, 5), "base": Fraction(1), "high": Fraction(6, 5)}
#: All repetitions together weigh as much as so many experiences.
_PRIOR = 20
#: So many experiences are kept, evenly over the history.
_KEPT = 24
#: An experience is enlarged by no more than this.
_CAP = 2


def outlook_from(
    history: Sequence[int], start: Month, months: int, currency: str, grade: Grade = Grade.A
) -> Outlook:
    """Scenarios of ``months`` from ``start`` on, of usage at list price in micro-units by month until then.

    Raises ``ValueError`` if there is no history, or ``months`` is not above zero.
    """
    if not history or months < 1:
        raise ValueError("an outlook needs a history, and months to look at")
    found = list(_experiences(history, months))
    whole = len(found) + _PRIOR
    last = _repeated(history[-months:], months)
    scenarios = [
        Scenario(name, tuple(int(n * share) for n in last), chance=Fraction(_PRIOR, len(REPEATED) * whole))
        for name, share in REPEATED.items()
    ]
    scenarios += [Scenario(f"as in {place + 1}", path, chance=Fraction(1, whole)) for place, path in found]
    source = f"{len(history)} months of history, {len(found)} stretches of it laid on today's level"
    return Outlook(start, currency, tuple(scenarios), grade, len(history), Baseline.CURRENT, source)


def _experiences(history: Sequence[int], months: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Past stretches at today's level, each with the place at which it began."""
    length = min(months, len(history) // 2)
    if not length:
        return
    reach = min(len(history), months)
    today = Fraction(sum(history[-reach:]), reach)
    places = range(max(1, reach // 2), len(history) - length + 1)
    for place in _evenly(places):
        before = history[max(0, place - reach) : place]
        level = Fraction(sum(before), len(before))
        if level:
            factor = min(today / level, Fraction(_CAP))
            path = [int(n * factor) for n in history[place : place + length]]
            yield place, _repeated(path, months)


def _evenly(places: range) -> Iterator[int]:
    """All places, or so many of them as are kept: the first, the last, and evenly between."""
    if len(places) <= _KEPT:
        yield from places
        return
    yield from (places[n * (len(places) - 1) // (_KEPT - 1)] for n in range(_KEPT))


def _repeated(path: Sequence[int], months: int) -> tuple[int, ...]:
    """The path repeated until it is as long."""
    return tuple(islice(cycle(path), months))
