"""Who should hold a seat where seats share what they include: answered for the organisation, not by person.

Every seat brings an allowance to one pool, so a seat for somebody who hardly uses it can be worth its fee.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, combinations

from bothhalves.core.paths.schedules import Schedule

#: Up to so many people every set of holders is tried where the heaviest need not go first.
EVERY_SET = 14


@dataclass(frozen=True, slots=True)
class Pool:
    """Seats at ``fee`` that bring ``each`` to a pool; beyond it use costs ``times`` its list price.

    ``times`` None: use beyond the pool is blocked, so that holders may not use more. ``cap`` bounds the pool.
    """

    fee: Decimal
    each: Decimal
    times: Decimal | None = Decimal(1)
    cap: Decimal | None = None

    def brings(self, seats: int) -> Fraction:
        """What so many seats share."""
        whole = Fraction(self.each) * seats
        return whole if self.cap is None else min(whole, Fraction(self.cap))

    def cost(self, seats: int, inside: Fraction) -> Fraction | None:
        """Fees and overage of a month in which holders use ``inside``; None: a part would be blocked."""
        beyond = max(Fraction(0), inside - self.brings(seats))
        if self.times is None and beyond:
            return None
        return Fraction(self.fee) * seats + beyond * Fraction(self.times or 0)


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """The cheapest ``holders`` (places in the list of uses) and the month's ``cost``, all people included.

    ``by_seats`` is the least cost found for each number of seats; None: none is possible. ``bound``: no set
    of holders costs less than this; equal to ``cost`` where the plan is the best there is.
    """

    holders: tuple[int, ...]
    cost: Fraction
    by_seats: tuple[Fraction | None, ...]
    bound: Fraction

    @property
    def is_exact(self) -> bool:
        return self.bound == self.cost


def best_pool(uses: Sequence[Decimal], pool: Pool, outside: Schedule, least: int = 0) -> PoolPlan:
    """The seats that cost least together with the metered use of everybody else.

    ``outside`` is the metered path, straight from zero. Where overage costs no more than it, the heaviest
    users hold the seats; where it costs more, or is blocked, all sets are tried for few people and runs of
    the sorted list for many. Ties go to fewer seats. ``ValueError`` for an ``outside`` that bends, or if
    no set of at least ``least`` holders is possible.
    """
    if len(outside.pieces) > 1 or outside.stair or outside.stop is not None:
        raise ValueError("the path outside a pool is straight")
    rate, tool = Fraction(outside.pieces[0].slope), Fraction(outside.fee)
    values = [Fraction(u) for u in uses]
    order = sorted(range(len(uses)), key=lambda n: (-values[n], n))
    total = sum(values, Fraction(0))
    heaviest_first = pool.times is not None and Fraction(pool.times) <= rate
    found: list[tuple[Fraction, tuple[int, ...]] | None] = []
    for seats, sets in _sets(order, values, pool, heaviest_first):
        best: tuple[Fraction, tuple[int, ...]] | None = None
        for holders, inside in sets:
            cost = pool.cost(seats, inside)
            if cost is not None:
                whole = cost + rate * (total - inside) + tool * (len(uses) - seats)
                best = (whole, holders) if best is None or whole < best[0] else best
        found.append(best)
    known = [(c, n, h) for n, f in enumerate(found) if f is not None and n >= least for c, h in [f]]
    if not known:
        raise ValueError("no set of holders fits the pool")
    cost, _, holders = min(known)
    is_sure = heaviest_first or len(uses) <= EVERY_SET
    bound = cost if is_sure else _bound(pool, rate, tool, values, least)
    by_seats = tuple(None if f is None else f[0] for f in found)
    return PoolPlan(tuple(sorted(holders)), cost, by_seats, min(bound, cost))


_Sets = Iterable[tuple[tuple[int, ...], Fraction]]


def _sets(
    order: Sequence[int], values: Sequence[Fraction], pool: Pool, heaviest_first: bool
) -> Iterable[tuple[int, _Sets]]:
    """For each number of seats the sets of holders to try, each with its use."""
    sums = [Fraction(0), *accumulate(values[n] for n in order)]
    for seats in range(len(order) + 1):
        if heaviest_first:
            yield seats, [(tuple(order[:seats]), sums[seats])]
        elif len(order) <= EVERY_SET:
            yield seats, _every_set(order, values, seats)
        else:
            yield seats, _runs(order, sums, seats, pool.brings(seats))


def _every_set(order: Sequence[int], values: Sequence[Fraction], seats: int) -> _Sets:
    """All sets of so many holders, and their use."""
    for chosen in combinations(order, seats):
        yield chosen, sum((values[n] for n in chosen), Fraction(0))


def _runs(order: Sequence[int], sums: Sequence[Fraction], seats: int, brings: Fraction) -> _Sets:
    """The two runs of the sorted list whose use lies nearest to what the seats bring, above and below."""
    starts = range(len(order) - seats + 1)
    fits = bisect_left(starts, -brings, key=lambda n: sums[n] - sums[n + seats])
    for first in {max(0, fits - 1), min(fits, len(order) - seats)}:
        yield tuple(order[first : first + seats]), sums[first + seats] - sums[first]


def _bound(pool: Pool, rate: Fraction, tool: Fraction, values: Sequence[Fraction], least: int) -> Fraction:
    """The least cost if use could be divided freely: holders use what the pool brings, and no more."""
    total, people = sum(values, Fraction(0)), len(values)
    costs = []
    falling = [Fraction(0), *accumulate(sorted(values, reverse=True))]
    rising = [Fraction(0), *accumulate(sorted(values))]
    for seats in range(least, people + 1):
        inside = min(max(pool.brings(seats), rising[seats]), falling[seats])
        cost = pool.cost(seats, inside)
        if cost is not None:
            costs.append(cost + rate * (total - inside) + tool * (people - seats))
    return min(costs, default=Fraction(0))


def next_seat(pool: Pool, seats: int, inside: Fraction) -> Fraction:
    """What one more seat saves a month, its fee taken off, for holders who use ``inside`` in any case.

    While the pool is short by a whole seat's part: a q - F. With slack: -F, so seats follow entitlement only.
    ``ValueError`` where use beyond the pool is blocked: it has no price.
    """
    now, then = pool.cost(seats, inside), pool.cost(seats + 1, inside)
    if now is None or then is None:
        raise ValueError("use beyond the pool is blocked, so a seat has no price")
    return now - then


@dataclass(frozen=True, slots=True)
class ApiCredit:
    """API money that each seat brings, at most ``cap`` for the organisation in a month (None: no cap)."""

    each: Decimal
    cap: Decimal | None = None

    def worth(self, seats: int, eligible: Decimal) -> Fraction:
        """What it displaces: at most what is spent on eligible calls, never its face value."""
        bounds = [Fraction(self.each) * seats, Fraction(eligible)]
        bounds += [] if self.cap is None else [Fraction(self.cap)]
        return max(Fraction(0), min(bounds))

    def next_fee(self, fee: Decimal, seats: int, eligible: Decimal) -> Fraction:
        """The price of one seat more: the fee less what its credit still displaces."""
        return Fraction(fee) - (self.worth(seats + 1, eligible) - self.worth(seats, eligible))


def peak_holders(held: Mapping[str, Iterable[str]]) -> int:
    """The most people who needed a seat in one month, by month. Seats can be handed on."""
    return max((len(set(people)) for people in held.values()), default=0)
