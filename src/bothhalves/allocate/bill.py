"""What a choice costs, exactly: every shared term settled in whole numbers and fractions, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from bothhalves.allocate.model import Band, Choice, Ints, Problem, SeatType, Units
from bothhalves.allocate.ties import in_parallel

_BLOCK = 1 << 12
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over units, as whole numbers that do not overflow.

    By group and scenario the ``cost`` outside the commitment; by scenario the ``burn`` and the part of it
    that is ``credited``; ``pooled`` by seat type and scenario; seats ``held`` by type; ``used``: how many
    units use each tool.
    """

    cost: tuple[tuple[int, ...], ...]
    burn: tuple[int, ...]
    credited: tuple[int, ...]
    pooled: tuple[tuple[int, ...], ...]
    held: tuple[int, ...]
    used: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """The parts of the objective, expected over scenarios, in micro-dollars; they add up to it.

    ``units`` by group, ``seats`` by type, ``tools`` by tool, ``pools`` (overage) by seat type. ``payable`` is
    the amount signed, ``commitment`` what is expected to be paid under it with its overage, ``risk`` the
    weighted part. ``scenarios`` is the whole cost in each, without risk.
    """

    units: tuple[Fraction, ...]
    seats: tuple[int, ...]
    tools: tuple[int, ...]
    pools: tuple[Fraction, ...]
    payable: Fraction
    commitment: Fraction
    risk: Fraction
    scenarios: tuple[Fraction, ...]

    @property
    def objective(self) -> Fraction:
        parts = (*self.units, *self.pools, self.commitment, self.risk)
        return sum(parts, Fraction(sum(self.seats) + sum(self.tools)))


def totals(problem: Problem, choice: Choice, among: Sequence[Ints] | None = None) -> Totals:
    """What shared terms need to know of a choice; ``among``: of those places of each group only."""
    scenarios = len(problem.likelihood)
    zero = np.zeros(scenarios, dtype=object)
    burn, credited, costs = zero.copy(), zero.copy(), []
    pooled = [zero.copy() for _ in problem.seats]
    held, used = [0] * len(problem.seats), [0] * len(problem.tools)
    for place, (group, options) in enumerate(zip(problem.groups, choice, strict=True)):
        outside = zero.copy()
        for option in range(len(group.options)):
            units = _places(options, option, None if among is None else among[place])
            if not len(units):
                continue
            cost, counts, draws = _sums(group, units, option, scenarios)
            outside, burn = outside + cost, burn + counts
            credited = credited + counts if group.options.credited[option] else credited
            seat, tool = group.options.seat[option], group.options.tool[option]
            if seat >= 0:
                held[seat] += int(group.people[units].sum())
                pooled[seat] = pooled[seat] + draws
            if tool >= 0:
                used[tool] += len(units)
        costs.append(_whole(outside))
    by_seat = tuple(_whole(row) for row in pooled)
    return Totals(tuple(costs), _whole(burn), _whole(credited), by_seat, tuple(held), tuple(used))


def _places(options: Ints, option: int, among: Ints | None) -> Ints:
    if among is None:
        return np.flatnonzero(options == option)
    return np.asarray(among[options[among] == option])


def _whole(row: Iterable[int]) -> tuple[int, ...]:
    return tuple(int(value) for value in row)


def _sums(
    group: Units, units: Ints, option: int, scenarios: int
) -> list[np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """Exact sums of the three effects by scenario; blocks are small enough for 64 bits."""
    starts = range(0, len(units), _BLOCK)
    found = np.zeros((len(starts), 3, scenarios), dtype=np.int64)

    def add(start: int) -> None:
        effects = group.chosen(units[start : start + _BLOCK], option)
        for n, effect in enumerate(effects):
            found[start // _BLOCK, n] = effect.sum(axis=0)

    in_parallel(add, starts)
    return list(found.astype(object).sum(axis=0))


def evaluate(problem: Problem, choice: Choice, band: int) -> Bill:
    """The exact bill of a choice under one band, at the best amount within it."""
    return settled(problem, totals(problem, choice), problem.bands[band])


def cheapest_band(problem: Problem, found: Totals) -> tuple[int, Bill]:
    """The band under which the bill is lowest; ties go to the earlier one."""
    outside = _outside(problem, found)
    if problem.risk:
        bills = [_under(problem, outside, band) for band in problem.bands]
        place = min(range(len(bills)), key=lambda n: (bills[n].objective, n))
        return place, bills[place]
    due = [_due(problem, outside.burn, band) for band in problem.bands]
    place = min(range(len(due)), key=lambda n: (due[n], n))
    return place, _under(problem, outside, problem.bands[place])


def _due(problem: Problem, burn: Sequence[Fraction], band: Band) -> Fraction:
    """What is expected to be due under a band at the best amount in it."""
    payable = best_amount(band, burn, problem.likelihood)
    covered = band.covers(payable)
    over = lcm(covered.denominator, *{used.denominator for used in burn})
    start = covered.numerator * (over // covered.denominator)
    more = (used.numerator * (over // used.denominator) - start for used in burn)
    beyond = sum(weight * max(0, used) for weight, used in zip(problem.likelihood, more, strict=True))
    return payable + band.beyond * Fraction(beyond, over * sum(problem.likelihood))


def settled(problem: Problem, found: Totals, band: Band) -> Bill:
    """The bill of what units do in sum, under a band."""
    return _under(problem, _outside(problem, found), band)


@dataclass(frozen=True, slots=True)
class _Outside:
    """What is the same under every band: costs of units by group and scenario, of seats, of tools and of
    pools by seat type and scenario, and the ``burn`` that counts, by scenario."""

    units: tuple[tuple[int, ...], ...]
    seats: tuple[int, ...]
    tools: tuple[int, ...]
    pools: tuple[list[Fraction], ...]
    burn: list[Fraction]


def _outside(problem: Problem, found: Totals) -> _Outside:
    beyond = [_beyond(*row) for row in zip(problem.seats, found.pooled, found.held, strict=True)]
    counted = [over for seat, over in zip(problem.seats, beyond, strict=True) if seat.overage_counts]
    burn = [
        sum((over[s] for over in counted), Fraction(burnt - _displaced(problem.seats, found.held, credited)))
        for s, (burnt, credited) in enumerate(zip(found.burn, found.credited, strict=True))
    ]
    paid = tuple(
        [_NOTHING] * len(burn) if seat.overage_counts else over
        for seat, over in zip(problem.seats, beyond, strict=True)
    )
    seats = tuple(seat.cost(held) for seat, held in zip(problem.seats, found.held, strict=True))
    tools = tuple(t.cost if used else 0 for t, used in zip(problem.tools, found.used, strict=True))
    return _Outside(found.cost, seats, tools, paid, burn)


def _under(problem: Problem, outside: _Outside, band: Band) -> Bill:
    chances = problem.probability
    payable = best_amount(band, outside.burn, problem.likelihood)
    paid = _paid(band, payable, outside.burn)
    fixed = sum(outside.seats) + sum(outside.tools)
    pools = [over for over in outside.pools if any(over)]
    scenarios = tuple(
        sum((over[s] for over in pools), due + fixed + sum(row[s] for row in outside.units))
        for s, due in enumerate(paid)
    )
    return Bill(
        tuple(_expected(row, problem) for row in outside.units),
        outside.seats,
        outside.tools,
        tuple(_expected(over, problem) for over in outside.pools),
        payable,
        _expected(paid, problem),
        problem.risk * dearest(scenarios, chances, problem.level) if problem.risk else _NOTHING,
        scenarios,
    )


def _expected(row: Sequence[int | Fraction], problem: Problem) -> Fraction:
    return _weighed(row, problem.likelihood) / sum(problem.likelihood)


def _weighed(row: Sequence[int | Fraction], weights: Sequence[int]) -> Fraction:
    """The weighted sum: over one denominator, since adding fractions one by one is slow."""
    over = lcm(*{value.denominator for value in row})
    return Fraction(
        sum(w * v.numerator * (over // v.denominator) for w, v in zip(weights, row, strict=True)), over
    )


def _beyond(seat: SeatType, pooled: Sequence[int], held: int) -> list[Fraction]:
    """What a pool's use beyond its allowances comes to, by scenario."""
    brought = 0 if seat.allowance is None else seat.allowance * held
    return [seat.overage * max(used - brought, 0) for used in pooled]


def _displaced(seats: Sequence[SeatType], held: Sequence[int], credited: int) -> int:
    """Use that credits displace: never more than there is, nor than the caps."""
    brought = sum(min(seat.credit * count, seat.credit_cap) for seat, count in zip(seats, held, strict=True))
    return min(brought, credited)


def _paid(band: Band, payable: Fraction, burn: Iterable[Fraction]) -> list[Fraction]:
    """What is due in each scenario."""
    covered = band.covers(payable)
    return [payable + band.beyond * (used - covered) if used > covered else payable for used in burn]


def best_amount(band: Band, burn: Sequence[Fraction], likelihood: Sequence[int]) -> Fraction:
    """The amount to sign in a band: its start, or where it covers just what a scenario uses. Ties to less."""
    least = Fraction(band.payable)
    if band.rate is None:
        return least
    vertices = {band.payable + (used - band.covered) * band.rate for used in burn}
    inside = {v for v in vertices if v > least and (band.top is None or v < band.top)}
    return min(sorted({least} | inside), key=lambda amount: _weighed(_paid(band, amount, burn), likelihood))


def dearest(costs: Sequence[Fraction], chances: Sequence[Fraction], level: Fraction) -> Fraction:
    """The mean cost of the dearest ``1 - level`` of scenarios (conditional value at risk, Rockafellar and
    Uryasev 2000)."""
    left = tail = 1 - level
    found = _NOTHING
    for cost, chance in sorted(zip(costs, chances, strict=True), reverse=True):
        taken = min(chance, left)
        found += taken * cost
        left -= taken
    return found / tail


def worst_weights(costs: Sequence[Fraction], chances: Sequence[Fraction], level: Fraction) -> list[Fraction]:
    """The weights by scenario, summing to one, under which the mean is that of the dearest scenarios."""
    left = tail = 1 - level
    found = [_NOTHING] * len(costs)
    for place in sorted(range(len(costs)), key=lambda n: -costs[n]):
        found[place] = min(chances[place], left) / tail
        left -= found[place] * tail
    return found
