"""Each half bought by itself over several terms, as it would be signed: for what is needed and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.bundle import best_api
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.outlook import Outlook, within
from bothhalves.core.deal.projection import Stretch
from bothhalves.core.deal.quantities import standalone_api
from bothhalves.core.deal.serving import Serving
from bothhalves.core.deal.years import PriceStep, rebased


def for_the_need(contract: Contract, needed: Mapping[str, int]) -> Contract:
    """The quote signed for the seats that are ``needed``, by type; its minimums hold.

    Where several entries are of one type nothing is committed, and what is needed is added.
    """
    entries = Counter(t.type for t in contract.seats)
    counts = (needed.get(t.type, 0) if entries[t.type] == 1 else 0 for t in contract.seats)
    seats = (replace(t, committed=count) for t, count in zip(contract.seats, counts, strict=True))
    return replace(contract, seats=tuple(seats))


def usage_alone(
    quote: Contract, outlook: Outlook, first: Month, until: Month, steps: Sequence[PriceStep] = ()
) -> Iterator[Stretch]:
    """What a quote, looked ahead under, says of usage from ``first`` to before ``until``: signed anew for
    every term, each time for the amount of least expected cost or for none. ``until`` is not beyond the
    outlook, and ``steps`` are changes of list prices."""
    own = standalone_api(quote)
    while first < until:
        term = replace(own.term, start=first.first)
        after = Month.of(term.until) if own.commitment is not None else until
        looked, later = rebased(within(outlook, first, term.months), steps)
        signed = best_api(Serving(looked, later), replace(own, term=term))
        yield Stretch(signed, frozenset({Half.API}), first, after)
        first = after
