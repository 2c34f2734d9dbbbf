"""Rules that say how much to commit for the next term, from the usage until then: ours, and its rivals.

A rule is a function of the history (usage at list price in micro-units by month, oldest first) and of the
offer of the next term, and returns what to sign.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import cycle, islice
from math import ceil

from bothhalves.core.deal.amounts import NOTHING, Candidate, costing
from bothhalves.core.deal.commitment_cost import micro
from bothhalves.core.deal.committing import advice
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.experience import outlook_from
from bothhalves.core.deal.outlook import Scenario

CommitRule = Callable[[Sequence[int], Offer], Candidate]


def nothing(history: Sequence[int], offer: Offer) -> Candidate:
    """Sign for nothing: all usage at list price."""
    del history, offer
    return NOTHING


def look_back(history: Sequence[int], offer: Offer) -> Candidate:
    """What would have been best over the last months, as many as the term has: what recommenders of cloud
    providers do. A shorter history is repeated."""
    last = history[-offer.months :]
    return best_for(offer, tuple(islice(cycle(last), offer.months)))


def mean(history: Sequence[int], offer: Offer) -> Candidate:
    """Just enough to cover the mean of all months until then, in the highest band that it reaches."""
    return covering(offer, Fraction(sum(history), len(history)))


def advised(history: Sequence[int], offer: Offer) -> Candidate:
    """What evidence allows to be recommended, on what the history says of the next term."""
    return advice(offer, outlook_from(history, offer.first, offer.months, ""))


def advised_by_day(history: Sequence[int], offer: Offer) -> Candidate:
    """The same where months are those of the calendar, of which a longer one uses more."""
    return advice(offer, outlook_from(history, offer.first, offer.months, "", by_day=True))


#: The rules that ours is up against.
RIVALS: Mapping[str, CommitRule] = {"do-nothing": nothing, "look-back": look_back, "mean": mean}


def best_for(offer: Offer, api: tuple[int, ...]) -> Candidate:
    """The amount that costs least where usage is known; of equals the smallest."""
    costs = costing(offer, (Scenario("known", api),), (1,))
    return min(costs.candidates(), key=costs.expected)


def covering(offer: Offer, by_month: Fraction) -> Candidate:
    """The amount that just covers the same usage in every month, at the highest discount at which it does;
    nothing where no band is reached by it."""
    clause = offer.clause
    need = by_month * len(offer.schedule_as_offered.periods[0].months)
    for band in reversed(clause.bands):
        amount = ceil(need if clause.in_list else need * (1 - Fraction(band.discount)))
        if amount and amount >= micro(band.from_):
            return Candidate(amount)
    return NOTHING
