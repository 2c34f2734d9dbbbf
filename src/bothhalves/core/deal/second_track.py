"""From when on a second track is worth folding into the deal, and what to watch until then.

One track is in the deal already, seats or usage of the API; the other is bought apart. For each month it is
asked what the year from then on costs apart, and what it would cost with both in one contract signed then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.bundle import best_api
from bothhalves.core.deal.halves import Half, Tariff
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.quantities import standalone_api
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.serving import Serving
from bothhalves.core.explain import Grade
from bothhalves.core.moves import horizon

_YEAR = 12
#: Usage is searched to the cent, up to a billion a month; seats up to a million.
_CENT, _MOST_CENTS, _MOST_SEATS = MICRO // 100, 10**11, 10**6


@dataclass(frozen=True, slots=True)
class Tracks:
    """``apart`` are the contracts under which the tracks go on by themselves (a track without one is usage at
    list price), each with the halves that it serves, signed for the seats that are needed, its minimum apart,
    and for the amount of usage that costs least. ``folded`` is the contract for both, with the seats and the
    amount that are offered. ``second`` is the track to be folded in. All are looked ahead under."""

    apart: tuple[tuple[Contract, frozenset[Half]], ...]
    folded: Contract
    second: Half


@dataclass(frozen=True, slots=True)
class Trigger:
    """``from_`` by scenario: the first month from which a year of both in one contract is not dearer (None:
    none within the months looked at). ``watch`` is the least quantity a month at which it would be so today,
    all else as in the first month: whole micro-units of usage at list price, or seats of ``type``; None: no
    quantity makes it worth it. ``now`` is today's quantity, by scenario that of the first month.
    """

    second: Half
    type: str
    from_: dict[str, Month | None]
    now: dict[str, int]
    watch: int | None
    advantage: dict[str, tuple[Fraction, ...]]  # apart less folded, for the year from each month on


def trigger(tracks: Tracks, outlook: Outlook, type_: str = "") -> Trigger:
    """When the second track is worth folding in. ``type_`` is the seat type to watch if it is seats (empty:
    the one of which most are needed)."""
    if outlook.months < _YEAR:
        raise ValueError("a year has to be looked ahead")
    first = outlook.scenarios[len(outlook.scenarios) // 2]
    kind = type_ or max(first.seats, key=lambda k: (first.seats[k][0], k), default="")
    places = range(outlook.months - _YEAR + 1)
    months = horizon(outlook.start, outlook.months)
    pairs = [_Pair(tracks, months[n : n + _YEAR]) for n in places]
    advantage, since = {}, {}
    for scenario in outlook.scenarios:
        row = tuple(pairs[n].advantage(_year(scenario, n)) for n in places)
        advantage[scenario.name] = row
        since[scenario.name] = next((months[n] for n in places if row[n] >= 0), None)
    now = {s.name: s.api[0] if tracks.second is Half.API else _seats(s, kind) for s in outlook.scenarios}
    base = _steady(_year(first, 0))
    watch = _watch(tracks.second, kind, base, pairs[0])
    return Trigger(tracks.second, kind if tracks.second is Half.SEATS else "", since, now, watch, advantage)


class _Pair:
    """Both ways of a year."""

    def __init__(self, tracks: Tracks, months: Sequence[Month]) -> None:
        self._months = months
        signed = [(_signed(c, months), halves) for c, halves in tracks.apart]
        self._seats = [Tariff(_for_the_need(c), months) for c, halves in signed if Half.SEATS in halves]
        self._usage = [standalone_api(c) for c, halves in signed if Half.API in halves]
        self._folded = Tariff(_signed(tracks.folded, months), months)

    def advantage(self, year: Scenario) -> Fraction:
        """What the year costs apart, less what it costs folded."""
        none = (0,) * len(year.api)
        apart = sum((sum(own.course(year.seats, none).total) for own in self._seats), Fraction(0))
        return apart + self._metered(year) - sum(self._folded.course(year.seats, year.api).total)

    def _metered(self, year: Scenario) -> Fraction:
        """Usage apart: under its contract at the best amount, or at list price."""
        if not self._usage:
            return Fraction(sum(year.api))
        currency = self._usage[0].currency
        serving = Serving(Outlook(self._months[0], currency, (replace(year, chance=None),), Grade.D, 0))
        best = (Tariff(best_api(serving, contract), self._months) for contract in self._usage)
        return sum((sum(own.course({}, year.api).total, Fraction(0)) for own in best), Fraction(0))


def _signed(contract: Contract, months: Sequence[Month]) -> Contract:
    """The contract as if its term began with the year."""
    return replace(contract, term=replace(contract.term, start=months[0].first, months=len(months)))


def _for_the_need(contract: Contract) -> Contract:
    """The contract with no seats committed beyond its minimum: what is needed is added."""
    return replace(contract, seats=tuple(replace(t, committed=0) for t in contract.seats))


def _year(scenario: Scenario, place: int) -> Scenario:
    own = slice(place, place + _YEAR)
    seats = {kind: row[own] for kind, row in scenario.seats.items()}
    return replace(scenario, api=scenario.api[own], seats=seats)


def _steady(year: Scenario) -> Scenario:
    """Twelve months like the first."""
    seats = {kind: (row[0],) * _YEAR for kind, row in year.seats.items()}
    return replace(year, api=(year.api[0],) * _YEAR, seats=seats)


def _seats(scenario: Scenario, kind: str) -> int:
    return scenario.seats[kind][0] if kind in scenario.seats else 0


def _watch(second: Half, kind: str, base: Scenario, pair: _Pair) -> int | None:
    """The least quantity of the second track, the same in all months, from which folding it in pays."""

    def worth(quantity: int) -> bool:
        if second is Half.API:
            return pair.advantage(replace(base, api=(quantity * _CENT,) * _YEAR)) >= 0
        seats = {**base.seats, kind: (quantity,) * _YEAR}
        return pair.advantage(replace(base, seats=seats)) >= 0

    if second is Half.API:
        found = _least(worth, _MOST_CENTS)
        return None if found is None else found * _CENT
    return _least(worth, _MOST_SEATS)


def _least(worth: Callable[[int], bool], most: int) -> int | None:
    """The least number from which on it is worth it, found by halving: more of a track never makes folding it
    in less worth it unless it costs more by the unit there."""
    if worth(0):
        return 0
    high = 1
    while not worth(high):
        if high >= most:
            return None
        high = min(high * 2, most)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if worth(middle) else (middle, high)
    return high
