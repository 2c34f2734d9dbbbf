"""Prices of the shared terms, and the bound that any prices give: with them every unit decides alone.

For every price vector within its limits the sum of what each unit takes at least, with what the shared terms
cost at least, is no more than the objective of any choice (Lagrangian relaxation; Geoffrion 1974). Scores
are in micro-dollars and floating point; :func:`lowered` takes off what rounding could have added.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.linear import Answer
from bothhalves.allocate.model import Band, Flags, Floats, Problem, SeatType, Weights

_BLOCK = 1 << 14
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Prices:
    """By scenario: ``chance`` (its weight, with that of risk), ``burn`` per list dollar that counts, and
    ``credited`` per list dollar that credits may displace. By seat type and scenario: ``pool`` per list
    dollar drawn, ``credit`` per list dollar brought. By seat type: ``seat``, what one more holder costs
    beside what it brings."""

    chance: Floats
    burn: Floats
    credited: Floats
    pool: Floats
    credit: Floats
    seat: Floats


def start(problem: Problem, band: Band) -> Prices:
    """Prices to begin with: everything beyond what is covered, every seat at its fee."""
    chance = np.array([float(p) for p in problem.probability]) * (1.0 + float(problem.risk))
    shape = len(problem.seats), len(chance)
    fees = np.array([float(seat.fee) for seat in problem.seats]) * (1.0 + float(problem.risk))
    burn = _covering(problem, band, chance * float(band.beyond))
    return Prices(chance, burn, np.zeros(len(chance)), np.zeros(shape), np.zeros(shape), fees)


def told(program: BandProgram, answer: Answer) -> Prices:
    """The prices that a linear program gives, brought within their limits."""
    problem, band, duals = program.problem, program.band, answer.duals
    chance = program.chance.copy()
    if program.risk_rows:
        most = program.chance * float(problem.risk) / (1.0 - float(problem.level))
        chance += _filled(np.clip(duals[program.risk_rows], 0.0, most), most, float(problem.risk))
    burn = _covering(problem, band, np.clip(duals[program.burn_rows], 0.0, chance * float(band.beyond)))
    count = len(problem.seats)
    pool, credit, seat = np.zeros((count, len(chance))), np.zeros((count, len(chance))), np.zeros(count)
    for n, terms in enumerate(problem.seats):
        _, rows = program.over[n]
        if rows:
            limit = (burn if terms.overage_counts else chance) * float(terms.overage)
            pool[n] = np.clip(duals[rows], 0.0, limit)
        _, rows = program.credits[n]
        if rows:
            credit[n] = np.clip(duals[rows], 0.0, burn)
        brought = pool[n] * (terms.allowance or 0) + credit[n] * terms.credit
        seat[n] = duals[program.held_rows[n]] * 1e6 + brought.sum()
    credited = np.zeros(len(chance))
    if program.credited_rows:
        credited = np.clip(duals[program.credited_rows], 0.0, burn)
    return Prices(chance, burn, credited, pool, credit, seat)


def _covering(problem: Problem, band: Band, burn: Floats) -> Floats:
    """Prices of use at which signing ever more does not pay, where any amount can be signed."""
    if band.rate is None or band.top is not None:
        return burn
    most, found = (1.0 + float(problem.risk)) * float(band.rate), float(burn.sum())
    return np.asarray(burn * (most / found)) if found > most else burn


def _filled(found: Floats, most: Floats, whole: float) -> Floats:
    """Weights between 0 and ``most`` whose sum is ``whole``."""
    short = whole - found.sum()
    if short <= 0:
        return np.asarray(found * (whole / found.sum()))
    room = most - found
    filled = found + room * (short / room.sum()) if room.sum() > short else most * (whole / most.sum())
    return np.asarray(filled)


def mixed(one: Prices, other: Prices, share: float) -> Prices:
    """Prices between two; within their limits if both are."""
    pairs = ((getattr(one, n), getattr(other, n)) for n in Prices.__dataclass_fields__)
    return Prices(*((1 - share) * a + share * b for a, b in pairs))


def scored(problem: Problem, prices: Prices) -> list[Floats]:
    """What each option costs each unit at these prices, by group; infinite where it is not eligible."""
    found = []
    for group in problem.groups:
        weights = _weights(problem, group.options.seat, group.options.credited, prices)
        count = len(group.current)
        scores = np.empty((count, len(group.options)), order="F")
        for first in range(0, count, _BLOCK):
            last = min(first + _BLOCK, count)
            scores[first:last] = group.scores(first, last, weights)
        scores[~group.eligible] = np.inf
        found.append(scores)
    return found


def _weights(problem: Problem, seats: tuple[int, ...], credited: tuple[bool, ...], prices: Prices) -> Weights:
    burn = np.array([prices.burn - prices.credited if c else prices.burn for c in credited])
    none = np.zeros(len(prices.chance))
    pooled = np.array([prices.pool[seat] if seat >= 0 else none for seat in seats])
    holder = [
        prices.seat[n] - (prices.pool[n] * (s.allowance or 0) + prices.credit[n] * s.credit).sum()
        for n, s in enumerate(problem.seats)
    ]
    return Weights(
        prices.chance, burn, pooled, np.array([holder[seat] if seat >= 0 else 0.0 for seat in seats])
    )


@dataclass(frozen=True, eq=False)
class Bound:
    """The least that any choice of a branch costs, by branch, given scores at some prices."""

    problem: Problem
    band: Band
    prices: Prices
    scores: list[Floats]

    def of(self, branch: Branch) -> float:
        """The bound of one branch; infinite if it leaves a unit without an option."""
        return self._lowered(self.units(branch) + self._terms(branch))

    def allowed(self, branch: Branch) -> list[Flags]:
        """Which options of each group the branch leaves, by group."""
        shut = {n for n, step in enumerate(branch.steps) if step == -1}
        unbuilt = {n for n, built in enumerate(branch.tools) if built is False}
        return [
            np.array([s not in shut and t not in unbuilt for s, t in zip(o.seat, o.tool, strict=True)])
            for o in (group.options for group in self.problem.groups)
        ]

    def units(self, branch: Branch) -> float:
        """What units take at least, each alone."""
        pairs = zip(self.scores, self.allowed(branch), strict=True)
        return float(sum(least(scores, options).sum() for scores, options in pairs))

    def _terms(self, branch: Branch) -> float:
        """What shared terms cost at least, beside what units are charged for them."""
        problem, prices, band = self.problem, self.prices, self.band
        sure = 1.0 + float(problem.risk)
        found = sure * band.payable - float(prices.burn.sum()) * float(band.covered)
        found += self._more(sure)
        for n, seat in enumerate(problem.seats):
            if branch.steps[n] != -1:
                found += self._seat(n, seat, branch.steps[n], sure)
            if seat.credit:
                over = np.maximum(prices.burn - prices.credit[n] - prices.credited, 0.0)
                found -= float(over.sum()) * seat.credit_cap
        return found + sure * sum(
            t.cost for t, built in zip(problem.tools, branch.tools, strict=True) if built
        )

    def _more(self, sure: float) -> float:
        """The least that signing more than the start of the band adds."""
        if self.band.rate is None:
            return 0.0
        slope = sure - float(self.prices.burn.sum()) / float(self.band.rate)
        if self.band.top is None:
            return 0.0 if slope >= -_ROUNDING else -np.inf
        return min(0.0, slope * (self.band.top - self.band.payable))

    def _seat(self, place: int, seat: SeatType, step: int | None, sure: float) -> float:
        """The least over numbers of holders of what seats cost beside the price that each holder pays."""
        most = seats_at_most(self.problem, place)
        steps = seat.steps if step is None else seat.steps[step : step + 1]
        numbers = ((fee, fewest, held) for fee, fewest in steps for held in {0, min(fewest, most), most})
        found = min(
            sure * fee * max(fewest, held) - self.prices.seat[place] * held for fee, fewest, held in numbers
        )
        return min(0.0, found) if step is None and seat.optional else float(found)

    def _lowered(self, found: float) -> float:
        """Less what rounding could have added: of floating point, and of schedules to whole micro-dollars."""
        if not np.isfinite(found):
            return np.inf if found == np.inf else -np.inf
        prices = self.prices
        each = float(prices.chance.sum() + prices.burn.sum() + prices.credited.sum() + prices.pool.sum())
        size = abs(found) + float(prices.burn.sum()) * float(self.band.covered) + self.band.payable
        slack = sum(group.slack * len(group.current) for group in self.problem.groups)
        return found - size * _ROUNDING - slack * each - 1e-6


def seats_at_most(problem: Problem, place: int) -> int:
    """How many holders of a seat type there can be."""
    most = 0
    for group in problem.groups:
        options = np.array([seat == place for seat in group.options.seat])
        if options.any():
            most += int(group.people[group.eligible[:, options].any(axis=1)].sum())
    limit = problem.seats[place].most
    return most if limit is None else min(most, limit)


def least(scores: Floats, options: Flags) -> Floats:
    """The lowest score of each unit among some options."""
    found = np.full(len(scores), np.inf)
    for option in np.flatnonzero(options):
        np.minimum(found, scores[:, option], out=found)
    return found


def branches(problem: Problem) -> list[Branch]:
    """Every way to settle what is not convex: seat types shut or billed at one step, tools built or not."""
    steps = [range(-1 if seat.shuts else 0, len(seat.steps)) for seat in problem.seats]
    tools = [(False, True)] * len(problem.tools)
    return [Branch(s, t) for s in product(*steps) for t in product(*tools)]
