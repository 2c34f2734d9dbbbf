"""The whole allocation as a problem: who or what may go on which path, and what that does to shared terms.

Money is whole micro-dollars over the horizon. Every person or workload (a *unit*) takes one option. What an
option costs on its own is a number for each scenario; what it does to seats, pools, tools and the commitment
is priced together, because a seat below the minimum or a token below the commitment costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: No unit costs or burns more than this in a scenario (100 million dollars), so that sums stay exact.
MOST = 10**14


@dataclass(frozen=True, slots=True)
class SeatType:
    """``fee`` a seat, for at least ``minimum`` seats; ``breaks`` are (seats from, fee of all of them, or if
    ``graduated`` of those from there on).

    Not ``optional``: the minimum is due even if nobody holds one. ``most``: no more are sold. ``allowance``:
    list dollars that each held seat brings to a pool that its holders share; beyond it their use costs
    ``overage`` times list, as money or, if ``overage_counts``, as use that counts toward the commitment.
    ``credit``: list dollars of credited use that each held seat displaces, ``credit_cap`` in all.
    """

    name: str
    fee: int
    minimum: int = 0
    breaks: tuple[tuple[int, int], ...] = ()
    optional: bool = True
    most: int | None = None
    allowance: int | None = None
    overage: Fraction = Fraction(1)
    overage_counts: bool = False
    credit: int = 0
    credit_cap: int = MOST
    graduated: bool = False

    @property
    def steps(self) -> tuple[tuple[int, int, int], ...]:
        """The ways to be billed, as (fee, seats at least, what is due beside); the cheapest is taken."""
        least = 0 if self.optional and self.minimum <= 1 else self.minimum
        found, before, beside = [(self.fee, least, 0)], self.fee, 0
        for start, fee in self.breaks:
            if self.graduated:
                beside += (before - fee) * (start - 1)
                found.append((fee, least, beside))
            else:
                found.append((fee, max(start, least), 0))
            before = fee
        return tuple(found)

    @property
    def shuts(self) -> bool:
        """True if holding none is a case of its own, because the first holder costs a minimum."""
        return self.optional and self.minimum > 1

    def cost(self, held: int) -> int:
        """What ``held`` seats cost: more are bought where that is cheaper."""
        if held == 0 and self.optional:
            return 0
        return min(beside + fee * max(held, least) for fee, least, beside in self.steps)


@dataclass(frozen=True, slots=True)
class Tool:
    """Engineering that is paid once if anybody uses it."""

    name: str
    cost: int


@dataclass(frozen=True, slots=True)
class Band:
    """One commitment that could be signed: ``payable`` is due, and covers ``covered`` list dollars.

    Beyond them use costs ``beyond`` times list; unused coverage is forfeited. With ``rate`` any larger
    amount below ``top`` can be signed as well, each list dollar more for ``rate`` (None: no upper end).
    """

    name: str
    payable: int = 0
    covered: Fraction = Fraction(0)
    beyond: Fraction = Fraction(1)
    rate: Fraction | None = None
    top: int | None = None

    def covers(self, payable: Fraction) -> Fraction:
        """List dollars covered if ``payable`` is signed."""
        return self.covered if self.rate is None else self.covered + (payable - self.payable) / self.rate


#: No commitment: everything at list.
ON_DEMAND = Band("none")


def bands(
    thresholds: Sequence[tuple[int, Fraction]], overage: Fraction | None = None, in_list: bool = False
) -> tuple[Band, ...]:
    """No commitment, and all-units bands of (from, discount). ``overage`` None: at the committed rate.

    With committed overage a band's threshold is the best amount in it; otherwise any amount below the next
    threshold is possible. ``in_list``: thresholds are list dollars, of which the discounted price is due.
    """
    found = [ON_DEMAND]
    for n, (start, discount) in enumerate(thresholds):
        rate = 1 - discount
        end = thresholds[n + 1][0] if n + 1 < len(thresholds) else None
        payable = Fraction(start) * rate if in_list else Fraction(start)
        top = None if end is None else (Fraction(end) * rate if in_list else Fraction(end))
        if payable.denominator != 1:
            raise ValueError("a threshold is not a whole number of micro-dollars")
        name, covered = f"from {start}", payable / rate
        if overage is None or overage <= rate:
            found.append(Band(name, int(payable), covered, rate if overage is None else overage))
        else:
            found.append(Band(name, int(payable), covered, overage, rate, None if top is None else int(top)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Options:
    """What each option of a group of units entails: places of its seat type and tool (-1: none).

    ``credited``: its use can be displaced by credits that seats bring.
    """

    seat: tuple[int, ...]
    tool: tuple[int, ...]
    credited: tuple[bool, ...]

    @staticmethod
    def plain(count: int) -> Options:
        """``count`` options without seats, tools and credits."""
        return Options((-1,) * count, (-1,) * count, (False,) * count)

    def __len__(self) -> int:
        return len(self.seat)


@dataclass(frozen=True, slots=True)
class Effects:
    """Micro-dollars by unit, option and scenario: ``cost`` outside the commitment, ``burn`` list dollars that
    count toward it, ``pooled`` list dollars drawn from the pool of the option's seat type."""

    cost: Ints
    burn: Ints
    pooled: Ints


@dataclass(frozen=True, slots=True)
class Weights:
    """What a unit of each effect is worth, in a bound: ``cost`` by scenario, ``burn`` and ``pooled`` by
    option and scenario, ``option`` (per person of the unit) by option."""

    cost: Floats
    burn: Floats
    pooled: Floats
    option: Floats


class Units(Protocol):
    """A group of units with the same list of options.

    ``eligible`` is by unit and option, ``current`` the option taken today, ``people`` the seats that a unit
    takes on an option with a seat type.
    """

    @property
    def options(self) -> Options: ...
    @property
    def eligible(self) -> Flags: ...
    @property
    def current(self) -> Ints: ...
    @property
    def people(self) -> Ints: ...
    @property
    def slack(self) -> int:
        """Whole micro-dollars by which an effect may fall short of the one that scores use."""

    def effects(self, units: Ints) -> Effects:
        """What options do, for the places ``units``."""

    def chosen(self, units: Ints, option: int) -> tuple[Ints, Ints, Ints]:
        """Cost, burn and pooled use by unit and scenario of ``units`` on one option."""

    def scores(self, start: int, end: int, weights: Weights) -> Floats:
        """The weighted sum of effects by unit and option, for the units from ``start`` to ``end``."""

    def merged(self, parts: Sequence[Ints], likelihood: Floats) -> Units:
        """The same units where the scenarios of each part are one, of their mean, or very little less."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Units whose effects are written out; ``pooled`` None: no option draws from a pool."""

    options: Options
    cost: Ints
    burn: Ints
    eligible: Flags
    current: Ints
    people: Ints
    pooled: Ints | None = None

    @property
    def slack(self) -> int:
        return 0

    def effects(self, units: Ints) -> Effects:
        cost = self.cost[units]
        pooled = np.zeros_like(cost) if self.pooled is None else self.pooled[units]
        return Effects(cost, self.burn[units], pooled)

    def chosen(self, units: Ints, option: int) -> tuple[Ints, Ints, Ints]:
        cost = self.cost[units, option]
        pooled = np.zeros_like(cost) if self.pooled is None else self.pooled[units, option]
        return cost, self.burn[units, option], pooled

    def scores(self, start: int, end: int, weights: Weights) -> Floats:
        found = self.cost[start:end].astype(np.float64) @ weights.cost
        found += np.einsum("nks,ks->nk", self.burn[start:end], weights.burn)
        if self.pooled is not None:
            found += np.einsum("nks,ks->nk", self.pooled[start:end], weights.pooled)
        return np.asarray(found + self.people[start:end, None] * weights.option)

    def merged(self, parts: Sequence[Ints], likelihood: Floats) -> Listed:
        mixing = shares(parts, likelihood)

        def mean(effect: Ints) -> Ints:
            return np.asarray(np.floor(effect @ mixing), dtype=np.int64)

        pooled = None if self.pooled is None else mean(self.pooled)
        return replace(self, cost=mean(self.cost), burn=mean(self.burn), pooled=pooled)


def shares(parts: Sequence[Ints], likelihood: Floats) -> Floats:
    """By scenario and part the share that a scenario has in the mean of its part."""
    found = np.zeros((len(likelihood), len(parts)))
    for n, part in enumerate(parts):
        found[part, n] = likelihood[part] / max(float(likelihood[part].sum()), 1e-300)
    return found


Choice = tuple[Ints, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """The allocation. ``likelihood`` are whole-number weights of scenarios.

    The objective is the expected cost plus ``risk`` times the mean of the dearest ``1 - level`` of scenarios.
    ``band`` is the place of the commitment that holds today.
    """

    groups: tuple[Units, ...]
    likelihood: tuple[int, ...] = (1,)
    seats: tuple[SeatType, ...] = ()
    tools: tuple[Tool, ...] = ()
    bands: tuple[Band, ...] = (ON_DEMAND,)
    band: int = 0
    risk: Fraction = Fraction(0)
    level: Fraction = field(default=Fraction(9, 10))

    @property
    def probability(self) -> tuple[Fraction, ...]:
        whole = sum(self.likelihood)
        return tuple(Fraction(weight, whole) for weight in self.likelihood)

    @property
    def current(self) -> Choice:
        return tuple(group.current for group in self.groups)

    @property
    def size(self) -> int:
        """How many units there are."""
        return sum(len(group.current) for group in self.groups)

    def faults(self) -> Iterator[str]:
        """What makes the problem impossible to solve, each in a sentence."""
        if not self.likelihood or min(self.likelihood) < 0 or sum(self.likelihood) == 0:
            yield "weights of scenarios are not negative, and one is above zero"
        if not 0 <= self.band < len(self.bands):
            yield "the commitment of today is one of the bands"
        if self.risk < 0 or not 0 <= self.level < 1:
            yield "risk is not negative, and its level is at least 0 and below 1"
        if self.risk and any(band.rate is not None for band in self.bands):
            yield "with a weight on risk each band is one amount"
        for seat in self.seats:
            yield from _seat_faults(seat)
        for place, group in enumerate(self.groups):
            yield from _group_faults(place, group, len(self.likelihood))


def possible(problem: Problem, choice: Choice) -> bool:
    """True if every unit takes an option open to it, and no seat type is sold out."""
    held = [0] * len(problem.seats)
    for group, options in zip(problem.groups, choice, strict=True):
        if not group.eligible[np.arange(len(options)), options].all():
            return False
        for option, seat in enumerate(group.options.seat):
            if seat >= 0:
                held[seat] += int(group.people[options == option].sum())
    return all(
        seat.most is None or count <= seat.most for seat, count in zip(problem.seats, held, strict=True)
    )


def _seat_faults(seat: SeatType) -> Iterator[str]:
    fees = [seat.fee, *(fee for _, fee in seat.breaks)]
    starts = [start for start, _ in seat.breaks]
    if fees != sorted(fees, reverse=True) or starts != sorted(set(starts)):
        yield f"{seat.name}: breaks rise in seats and fall in price"
    amounts = (fees[-1], seat.minimum, seat.overage, seat.credit, seat.credit_cap, seat.allowance or 0)
    if any(amount < 0 for amount in amounts):
        yield f"{seat.name}: an amount is negative"


def _group_faults(place: int, group: Units, scenarios: int) -> Iterator[str]:
    if not group.eligible.any(axis=1).all():
        yield f"group {place}: a unit has no option"
    if len(group.current) and int(group.people.min()) < 1:
        yield f"group {place}: a unit has no people"
    if isinstance(group, Listed):
        arrays = [a for a in (group.cost, group.burn, group.pooled) if a is not None]
        if any(a.shape != (len(group.current), len(group.options), scenarios) for a in arrays):
            yield f"group {place}: effects are not by unit, option and scenario"
        elif any(a.size and (int(a.min()) < 0 or int(a.max()) > MOST) for a in arrays):
            yield f"group {place}: an effect is negative or above {MOST}"
