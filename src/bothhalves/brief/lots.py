"""People who are alike, and where one of them goes at changed prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bothhalves.brief.knots import Ends, Knot
from bothhalves.core.paths.schedules import ONE


@dataclass(frozen=True, slots=True)
class Lot:
    """``number`` people who are alike, over ``months``. ``planned`` is where the plan has them.

    Of one of them: ``edge`` is the class of use, ``ends`` what both ends of it add up to over the months,
    ``knots`` what decides between the current path and another, and ``tops`` what the months can cost most
    there beyond the fee. Of all of them: ``beyond`` is what the months cost beyond the fee by path, and
    ``gains`` what they surely save beyond the fees. A path without knots is never sure.
    ``is_straight``: all of these grow as use does.
    ``is_settled``: the plan keeps them for reasons of all together, whatever they would choose alone.
    ``points`` are the use of each month, where it is known exactly, some schedule has bends, and straight
    pieces are all there is to any; else there are none.
    """

    label: str
    current: str
    planned: str
    number: int
    months: int
    edge: str
    ends: Decimal
    is_inferred: bool
    is_straight: bool
    beyond: Mapping[str, Ends]
    knots: Mapping[str, tuple[tuple[Knot, ...], ...]]
    tops: Mapping[str, Decimal]
    gains: Mapping[str, Decimal]
    is_settled: bool = False
    points: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Prices:
    """Fees by path, and the share of the current cost that the hold leaves (1 - h).

    Its methods are to be called in the exact context.
    """

    fees: Mapping[str, Decimal]
    keep: Decimal
    _room: dict[tuple[str, str, int], tuple[Decimal, Decimal]] = field(init=False, default_factory=dict)

    def is_sure(self, lot: Lot, option: str, scale: Decimal = ONE) -> bool:
        """True if the option saves the hold, and something, at every use that the data allow."""
        held, plain = self.room(lot, option)
        knots = lot.knots[option]
        return most_beyond(knots, self.keep) * scale <= held and most_beyond(knots, ONE) * scale < plain

    def room(self, lot: Lot, option: str) -> tuple[Decimal, Decimal]:
        """How much more than on the current path use may cost on the option: with the hold, and without."""
        slot = lot.current, option, lot.months
        if slot not in self._room:
            fee, other = self.fees[lot.current], self.fees[option]
            self._room[slot] = ((self.keep * fee - other) * lot.months, (fee - other) * lot.months)
        return self._room[slot]

    def most(self, lot: Lot, option: str, scale: Decimal) -> Decimal:
        """The most that the months cost on the option at a use that decides."""
        return self.fees[option] * lot.months + lot.tops[option] * scale

    def preferred(self, lot: Lot, sure: Sequence[str], scale: Decimal) -> str:
        """Where the lot goes of the options that are ``sure``: where the plan has it, else the cheapest."""
        if not sure:
            return lot.current
        return lot.planned if lot.planned in sure else min(sure, key=lambda o: self.most(lot, o, scale))


def most_beyond(knots: Sequence[Sequence[Knot]], keep: Decimal) -> Decimal:
    """The most that months can cost on a path beyond the share ``keep`` of what they cost on the current one;
    in the exact context."""
    return sum([max([other - keep * current for other, current in found]) for found in knots], Decimal(0))
