"""Prices of the shared terms, and the bound that any prices give: with them every unit decides alone.

For every price vector within its limits the sum of what each unit takes at least, with what the shared terms
cost at least, is no more than the objective of any choice (Lagrangian relaxation; Geoffrion 1974). Scores
are in micro-dollars and floating point; :func:`lowered` takes off what rounding could have added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

import numpy as np

from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.cells import MICRO
from bothhalves.allocate.linear import Answer
from bothhalves.allocate.model import Band, Flags, Floats, Options, Problem, SeatType, Units, Weights
from bothhalves.allocate.ties import in_parallel, least_sums

#: Units and scenarios, and units at most, that one processor scores at once.
_BLOCK, _UNITS = 4_000_000, 1 << 15
_ROUNDING = 1e-12
#: Beyond so many ways to settle minimums, breaks and tools they are left to the mixed-integer program.
MOST_BRANCHES = 4096


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

    def holder(self, problem: Problem) -> Floats:
        """What a holder of each seat type is charged, with what the seat brings taken off."""
        allowance = np.array([float(seat.allowance or 0) for seat in problem.seats])
        credit = np.array([float(seat.credit) for seat in problem.seats])
        return np.asarray(self.seat - self.pool.sum(axis=1) * allowance - self.credit.sum(axis=1) * credit)


def start(problem: Problem, band: Band) -> Prices:
    """Prices to begin with: everything beyond what is covered, every seat at its fee."""
    chance = np.array([float(p) for p in problem.probability]) * (1.0 + float(problem.risk))
    shape = len(problem.seats), len(chance)
    fees = np.array([float(seat.fee) for seat in problem.seats]) * (1.0 + float(problem.risk))
    burn = _covering(problem, band, chance * float(band.beyond))
    return Prices(chance, burn, np.zeros(len(chance)), np.zeros(shape), np.zeros(shape), fees)


def told(program: BandProgram, answer: Answer, otherwise: Prices) -> Prices:
    """The prices that a linear program gives, brought within their limits.

    Of seat types that the branch shuts it says nothing: their pools are priced as ``otherwise``, and a holder
    pays the fee less what the seat could bring.
    """
    problem, band, duals = program.problem, program.band, answer.duals
    chance = program.chance.copy()
    if program.risk_rows:
        most = program.chance * float(problem.risk) / (1.0 - float(problem.level))
        chance += _filled(np.clip(duals[program.risk_rows], 0.0, most), most, float(problem.risk))
    burn = _covering(problem, band, program.burn.price(duals, chance * float(band.beyond)))
    credited = np.zeros(len(chance))
    if program.credited_rows:
        credited = np.clip(duals[program.credited_rows], 0.0, burn)
    count = len(problem.seats)
    pool, credit, seat = np.zeros((count, len(chance))), np.zeros((count, len(chance))), np.zeros(count)
    for n, terms in enumerate(problem.seats):
        limit = (burn if terms.overage_counts else chance) * float(terms.overage)
        if program.branch.steps[n] == -1:
            pool[n] = np.clip(otherwise.pool[n], 0.0, limit)
            credit[n] = burn - credited
            seat[n] = terms.fee * program.sure
            continue
        pool[n] = program.over[n].price(duals, limit)
        credit[n] = _credit(program, n, duals, burn)
        brought = pool[n] * (terms.allowance or 0) + credit[n] * terms.credit
        seat[n] = duals[program.held_rows[n]] * MICRO + brought.sum()
    return Prices(chance, burn, credited, pool, credit, seat)


def _credit(program: BandProgram, place: int, duals: Floats, burn: Floats) -> Floats:
    """The price of what a seat type's credits displace. Where it is the same use in all scenarios only the
    sum of prices matters, and each has its share."""
    _, rows = program.credits[place]
    if not rows or not program.is_ample:
        return np.clip(duals[rows], 0.0, burn) if rows else np.zeros(len(burn))
    whole = float(burn.sum())
    return burn * (min(max(float(duals[rows[0]]), 0.0), whole) / whole) if whole else burn


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
    return [_group_scores(problem, group, prices) for group in problem.groups]


def _group_scores(problem: Problem, group: Units, prices: Prices) -> Floats:
    weights = _weights(problem, group.options.seat, group.options.credited, prices)
    count = len(group.current)
    scores = np.empty((count, len(group.options)), order="F")

    block = min(max(256, _BLOCK // len(prices.chance)), _UNITS)

    def fill(first: int) -> None:
        last = min(first + block, count)
        scores[first:last] = np.where(group.eligible[first:last], group.scores(first, last, weights), np.inf)

    in_parallel(fill, range(0, count, block))
    return scores


def _weights(problem: Problem, seats: tuple[int, ...], credited: tuple[bool, ...], prices: Prices) -> Weights:
    burn = np.array([prices.burn - prices.credited if c else prices.burn for c in credited])
    none = np.zeros(len(prices.chance))
    pooled = np.array([prices.pool[seat] if seat >= 0 else none for seat in seats])
    holder = prices.holder(problem)
    return Weights(
        prices.chance, burn, pooled, np.array([holder[seat] if seat >= 0 else 0.0 for seat in seats])
    )


@dataclass(frozen=True, eq=False)
class Bound:
    """The least that any choice of a branch costs, by branch, given scores at some prices. ``most``: holders
    that there can be, by seat type; ``repeat``: how many units each stands for, by group."""

    problem: Problem
    most: tuple[int, ...]
    band: Band
    prices: Prices
    scores: list[Floats]
    repeat: tuple[Floats, ...] | None = None
    _sums: dict[bytes, float] = field(default_factory=dict)

    def of(self, branch: Branch) -> float:
        """The bound of one branch; infinite if it leaves a unit without an option."""
        self.look([branch])
        return self._lowered(self._sums[self._key(branch)] + self._terms(branch))

    def look(self, some: Sequence[Branch]) -> None:
        """Works out what units take at least in several branches, in one pass over the scores."""
        wanted = {key: branch for branch in some if (key := self._key(branch)) not in self._sums}
        if not wanted:
            return
        sums = np.zeros(len(wanted))
        by_group = zip(*map(self.allowed, wanted.values()), strict=True)
        for n, (scores, left) in enumerate(zip(self.scores, by_group, strict=True)):
            sums += least_sums(scores, left, None if self.repeat is None else self.repeat[n])
        self._sums.update(zip(wanted, (float(found) for found in sums), strict=True))

    def _key(self, branch: Branch) -> bytes:
        return np.concatenate(self.allowed(branch)).tobytes()

    def allowed(self, branch: Branch) -> list[Flags]:
        """Which options of each group the branch leaves, by group."""
        return [allowed(group.options, branch) for group in self.problem.groups]

    def _terms(self, branch: Branch) -> float:
        """What shared terms cost at least, beside what units are charged for them."""
        problem, prices, band = self.problem, self.prices, self.band
        sure = 1.0 + float(problem.risk)
        found = sure * band.payable - float(prices.burn.sum()) * float(band.covered)
        found += self._more(sure)
        for n, seat in enumerate(problem.seats):
            if branch.steps[n] == -1:
                continue
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
        most = self.most[place]
        steps = seat.steps if step is None else seat.steps[step : step + 1]
        found = min(
            sure * (beside + fee * max(fewest, held)) - self.prices.seat[place] * held
            for fee, fewest, beside in steps
            for held in {0, min(fewest, most), most}
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


def allowed(options: Options, branch: Branch) -> Flags:
    """Which options a branch leaves: those whose seat type is not shut and whose tool may be built."""
    shut = {n for n, step in enumerate(branch.steps) if step == -1}
    unbuilt = {n for n, built in enumerate(branch.tools) if built is False}
    pairs = zip(options.seat, options.tool, strict=True)
    return np.array([seat not in shut and tool not in unbuilt for seat, tool in pairs])


def holders(problem: Problem) -> tuple[int, ...]:
    """How many holders there can be, by seat type."""
    return tuple(_holders(problem, place) for place in range(len(problem.seats)))


def _holders(problem: Problem, place: int) -> int:
    most = 0
    for group in problem.groups:
        options = np.array([seat == place for seat in group.options.seat])
        if options.any():
            most += int(group.people[group.eligible[:, options].any(axis=1)].sum())
    limit = problem.seats[place].most
    return most if limit is None else min(most, limit)


def branches(problem: Problem) -> list[Branch]:
    """Every way to settle what is not convex: seat types shut or billed at one step, tools built or not.

    Where they are too many, one branch with everything open.
    """
    steps = [range(-1 if seat.shuts else 0, len(seat.steps)) for seat in problem.seats]
    tools = [(False, True)] * len(problem.tools)
    if prod(len(some) for some in (*steps, *tools)) > MOST_BRANCHES:
        return [Branch.open(problem)]
    return [Branch(s, t) for s in product(*steps) for t in product(*tools)]


def leaves_everybody(problem: Problem, branch: Branch) -> bool:
    """True if a branch leaves every unit an option."""
    return all(
        bool(group.eligible[:, allowed(group.options, branch)].any(axis=1).all()) for group in problem.groups
    )
