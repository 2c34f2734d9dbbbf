"""A commitment after it was signed: how far it has burned down, how long it lasts, what it will forfeit, and
what using less is still worth.

Below the commitment another token costs nothing, so a saving there is worth nothing until renewal, when the
next amount can be smaller. Both are shown, since work that saves is worth doing only for one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from bothhalves.core.deal.commitment_cost import Cost, PeriodCost, Schedule, cost
from bothhalves.core.deal.committing import sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, Scenario, within
from bothhalves.core.deal.spread import weights_of

#: Outside these shares of the commitment used, as projected, both owners are told.
UNDER_USED, OVER_USED = Fraction(95, 100), Fraction(110, 100)


@dataclass(frozen=True, slots=True)
class BurnDown:
    """The period that is under way, in micro-units, in one scenario of its months to come.

    ``committed`` is what is payable for it, with what was rolled into it; ``drawn`` what went so far, and
    ``projected`` what will have gone at its end; ``forfeited`` is lost then, ``rolled`` lives on. ``runway``
    is in months from now until it is used up (None: it lasts to the end of the period, ``left_months`` away).
    ``used`` is its projected usage at list price, of which it covers ``covered``.
    """

    scenario: str
    committed: Fraction
    drawn: Fraction
    projected: Fraction
    forfeited: Fraction
    rolled: Fraction
    overage: Fraction
    runway: Fraction | None
    left_months: int
    used: Fraction
    covered: Fraction

    @property
    def utilisation(self) -> Fraction | None:
        """Of the commitment, as projected; None where nothing is committed."""
        return self.projected / self.committed if self.committed else None

    @property
    def is_under_used(self) -> bool:
        return self.utilisation is not None and self.utilisation < UNDER_USED

    @property
    def is_over_used(self) -> bool:
        """True if much more will be asked of it than it covers."""
        return bool(self.committed) and self.used > OVER_USED * self.covered


def burn_down(schedule: Schedule, seen: Sequence[int], ahead: Iterable[Scenario]) -> tuple[BurnDown, ...]:
    """The current period in every scenario; ``seen`` is the usage of the months so far at list price, from
    the schedule's first month on. Raises ``ValueError`` if the months so far are not within the schedule."""
    now = len(seen)
    period = next((p for p in schedule.periods if now in p.months), None)
    if period is None:
        raise ValueError("no month of the commitment is left")
    return tuple(_one(schedule, seen, way, period.number) for way in ahead)


def at_pace(schedule: Schedule, seen: Sequence[int], unknown: Collection[int] = ()) -> Scenario:
    """The months to come like the mean of those of the current period so far (of all, at its beginning);
    months at the ``unknown`` places are no part of it."""
    now = len(seen)
    period = next(p for p in schedule.periods if now in p.months)
    known = {n: used for n, used in enumerate(seen) if n not in unknown}
    own = [known[n] for n in period.months if n in known] or list(known.values())
    pace = floor(Fraction(sum(own), len(own)) + Fraction(1, 2)) if own else 0
    return Scenario("at this pace", (pace,) * (schedule.months - now))


def _one(schedule: Schedule, seen: Sequence[int], way: Scenario, number: int) -> BurnDown:
    now = len(seen)
    api = [*seen, *way.api][: schedule.months]
    api += [0] * (schedule.months - len(api))
    place = next(n for n, p in enumerate(schedule.periods) if p.number == number)
    months = schedule.periods[place].months
    whole = cost(schedule, api).periods[place]
    so_far = cost(schedule, [used if n < now else 0 for n, used in enumerate(api)]).periods[place]
    return BurnDown(
        way.name,
        whole.drawn + whole.forfeited + whole.rolled + whole.open,
        so_far.drawn,
        whole.drawn,
        whole.forfeited,
        whole.rolled,
        whole.overage + whole.topped_up,
        _runway(schedule, api, now, place),
        months[-1] + 1 - now,
        whole.used,
        whole.covered,
    )


def _runway(schedule: Schedule, api: Sequence[int], now: int, place: int) -> Fraction | None:
    """Months until usage of the period is beyond the commitment, the last one in part."""
    before = _period(schedule, api, now, place)
    if before.used > before.covered:
        return Fraction(0)
    for month in (n for n in schedule.periods[place].months if n >= now):
        after = _period(schedule, api, month + 1, place)
        if after.used > after.covered:
            return month - now + (after.covered - before.covered) / (after.used - before.used)
        before = after
    return None


def _period(schedule: Schedule, api: Sequence[int], until: int, place: int) -> PeriodCost:
    """The period if nothing were used from the month ``until`` on."""
    return cost(schedule, [used if n < until else 0 for n, used in enumerate(api)]).periods[place]


@dataclass(frozen=True, slots=True)
class Saving:
    """Using less from now on, as expected over scenarios: what that is ``at_list`` in the months to come,
    what the bill is lower by ``in_term``, and ``at_renewal`` over the next term, its amount sized anew with
    and without (None: no next term is known)."""

    at_list: Fraction
    in_term: Fraction
    at_renewal: Fraction | None


def saving(
    schedule: Schedule, seen: Sequence[int], ahead: Outlook, less: Outlook, renewal: Offer | None = None
) -> Saving:
    """What the lesser use of the same scenarios is worth, under the commitment as signed and the next one."""
    weights = weights_of(ahead.scenarios)
    at_list = in_term = Fraction(0)
    for full, lower, weight in zip(ahead.scenarios, less.scenarios, weights, strict=True):
        own = [_whole(schedule, seen, way) for way in (full, lower)]
        at_list += weight * (own[0].used - own[1].used)
        in_term += weight * (own[0].paid - own[1].paid)
    later = None if renewal is None else _renewed(renewal, ahead) - _renewed(renewal, less)
    return Saving(at_list / sum(weights), in_term / sum(weights), later)


def _whole(schedule: Schedule, seen: Sequence[int], way: Scenario) -> Cost:
    api = [*seen, *way.api][: schedule.months]
    return cost(schedule, [*api, *[0] * (schedule.months - len(api))])


def _renewed(offer: Offer, outlook: Outlook) -> Fraction:
    """The expected cost of what the evidence then recommends, over the months of the offer."""
    return sized(offer, within(outlook, offer.first, offer.months)).recommended.expected
