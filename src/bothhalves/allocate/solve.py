"""The cheapest allocation of a problem with one scenario, with a bound that proves how cheap it can be.

Everything that is shared but seats is a short list: the bands of a commitment, the tools that may be used,
and workloads that would take several seats at once. Each combination is tried. Within one, use of the
commitment has one price for everybody (nothing while it is covered, its overage beyond), under which each
person and workload decides alone but for the seats, whose minimums and breaks are solved exactly. Prices
between the two give the bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from bothhalves.allocate.bill import evaluate
from bothhalves.allocate.model import Band, Choice, Flags, Ints, Listed, Problem
from bothhalves.allocate.seat_terms import SeatProblem
from bothhalves.allocate.seat_terms import SeatType as SeatPath
from bothhalves.allocate.seats import solve_seats

#: Prices of use tried between nothing and the overage, to close in on what is just covered.
STEPS = 12


@dataclass(frozen=True, slots=True)
class Solution:
    """The choice by group, the place of the band, what it costs and the least that any choice costs.

    Amounts are micro-dollars; ``gap`` is their difference as a share of the cost.
    """

    choice: Choice
    band: int
    objective: Fraction
    bound: Fraction
    status: str

    @property
    def gap(self) -> Fraction:
        return (self.objective - self.bound) / self.objective if self.objective > 0 else Fraction(0)


def solve(problem: Problem) -> Solution:
    """The cheapest choice that was found, never dearer than the current one, and its bound.

    ``ValueError`` for problems with several scenarios or pools, and for what :meth:`Problem.faults` says.
    """
    faults = list(problem.faults())
    if faults or len(problem.likelihood) > 1 or any(s.allowance is not None for s in problem.seats):
        raise ValueError("; ".join(faults) or "several scenarios or pooled seats are not solved here")
    best = Solution(
        problem.current,
        problem.band,
        evaluate(problem, problem.current, problem.band).objective,
        Fraction(0),
        "",
    )
    lowest: Fraction | None = None
    for band, tools, fixed in _combinations(problem):
        combination = _Combination(problem, band, tools, fixed)
        bound = combination.explore()
        lowest = bound if lowest is None else min(lowest, bound)
        for choice in combination.found:
            objective = evaluate(problem, choice, band).objective
            if objective < best.objective:
                best = Solution(choice, band, objective, best.bound, "")
    bound = min(best.objective, lowest if lowest is not None else best.objective)
    status = "proven" if bound == best.objective else "bounded"
    return Solution(best.choice, best.band, best.objective, bound, status)


Fixed = tuple[tuple[int, int], ...]


def _combinations(problem: Problem) -> Iterator[tuple[int, tuple[bool, ...], Fixed]]:
    """Bands, tools that may be used, and an option for each group that could take several seats at once."""
    large = [n for n, g in enumerate(problem.groups) if len(g.people) and int(g.people.max()) > 1]
    options = [[(n, int(o)) for o in np.flatnonzero(problem.groups[n].eligible[0])] for n in large]
    tools = product((False, True), repeat=len(problem.tools))
    yield from product(range(len(problem.bands)), tools, product(*options))


class _Combination:
    """One band, one set of tools, and the options of large groups."""

    def __init__(self, problem: Problem, band: int, tools: tuple[bool, ...], fixed: Fixed) -> None:
        self.problem, self.tools, self.fixed = problem, tools, dict(fixed)
        self.band: Band = problem.bands[band]
        self.found: list[Choice] = []
        self._held = [0] * len(problem.seats)
        for group, option in fixed:
            seat = problem.groups[group].options.seat[option]
            if seat >= 0:
                self._held[seat] += int(problem.groups[group].people[0])

    def explore(self) -> Fraction:
        """The best bound over the prices tried; the choices under them are kept."""
        low, high = Fraction(0), self.band.beyond
        bound, over = self._at(high)
        if over or not high:
            return bound
        best, over = self._at(low)
        best = max(best, bound)
        for _ in range(STEPS if over else 0):
            price = (low + high) / 2
            bound, over = self._at(price)
            best = max(best, bound)
            low, high = (price, high) if over else (low, price)
        return best

    def _at(self, price: Fraction) -> tuple[Fraction, bool]:
        """The bound at a price of use, and whether more is used than is covered."""
        parts = [self._scored(group, n, price) for n, group in enumerate(self.problem.groups)]
        cost = np.concatenate([cost for cost, _ in parts])
        eligible = np.concatenate([eligible for _, eligible in parts])
        answer = solve_seats(SeatProblem(cost, eligible, self._seats()))
        choice = self._choice(answer.choice)
        self.found.append(choice)
        burn = self._burn(choice)
        extra = sum(t.cost for t, used in zip(self.problem.tools, self.tools, strict=True) if used)
        paid = self._discount()
        bound = Fraction(answer.bound) + paid + extra + self.band.payable - price * self.band.covered
        rounded = len(cost) if price.denominator > 1 else 0
        return bound - rounded, burn > self.band.covered

    def _seats(self) -> tuple[SeatPath, ...]:
        """Seat types with what large groups hold taken off their minimums and breaks."""
        found = []
        for path, seat in enumerate(self.problem.seats):
            held = self._held[path]
            breaks = tuple((max(start - held, 0), fee) for start, fee in seat.breaks)
            rising = tuple(
                b for n, b in enumerate(breaks) if b[0] > 0 and (n == 0 or b[0] > breaks[n - 1][0])
            )
            fee = min([seat.fee, *(fee for start, fee in seat.breaks if start <= held)])
            found.append(SeatPath(path, fee, max(seat.minimum - held, 0), rising, seat.optional and not held))
        return tuple(found)

    def _discount(self) -> int:
        """What the seats of large groups cost beside those that are solved for."""
        return sum(
            min([s.fee, *(fee for start, fee in s.breaks if start <= held)]) * held
            for s, held in zip(self.problem.seats, self._held, strict=True)
        )

    def _width(self) -> int:
        return len(self.problem.seats) + max(len(g.options) for g in self.problem.groups)

    def _columns(self, group: int) -> list[int]:
        """Where each option of a group stands: seats first, then options without one."""
        options = self.problem.groups[group].options
        free = len(self.problem.seats)
        taken = group in self.fixed
        return [seat if seat >= 0 and not taken else free + n for n, seat in enumerate(options.seat)]

    def _scored(self, group: object, number: int, price: Fraction) -> tuple[Ints, Flags]:
        """Costs with use at the price, rounded up to whole micro-dollars."""
        assert isinstance(group, Listed)
        rows = len(group.current)
        cost = np.zeros((rows, self._width()), dtype=np.int64)
        eligible = np.zeros(cost.shape, dtype=np.bool_)
        for option, column in enumerate(self._columns(number)):
            tool = group.options.tool[option]
            allowed = tool < 0 or self.tools[tool]
            allowed = allowed and self.fixed.get(number, option) == option
            burn = group.burn[:, option, 0]
            worth = -(-burn * price.numerator // price.denominator)
            cost[:, column] = group.cost[:, option, 0] + worth
            eligible[:, column] = group.eligible[:, option] & allowed
        return cost, eligible

    def _choice(self, columns: Ints) -> Choice:
        """Options from columns, group by group."""
        found, start = [], 0
        for number, group in enumerate(self.problem.groups):
            end = start + len(group.current)
            back = {column: option for option, column in enumerate(self._columns(number))}
            found.append(np.array([back[int(c)] for c in columns[start:end]], dtype=np.int64))
            start = end
        return tuple(found)

    def _burn(self, choice: Sequence[Ints]) -> int:
        total = 0
        for group, options in zip(self.problem.groups, choice, strict=True):
            assert isinstance(group, Listed)
            total += int(group.burn[np.arange(len(options)), options, 0].sum())
        return total
