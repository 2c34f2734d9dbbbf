"""The allocation under one band as a program: some units free, the others already counted in sums.

Amounts are told to HiGHS in dollars, since its tolerances are absolute. What is free may be everything, or
the few units that a bound leaves open; the program is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bothhalves.allocate.bill import Totals
from bothhalves.allocate.cells import MICRO, Cells
from bothhalves.allocate.linear import Answer, Program
from bothhalves.allocate.model import Band, Floats, Ints, Problem, SeatType

_OPEN = float("inf")


@dataclass(frozen=True, slots=True)
class Branch:
    """What is settled beforehand: for each seat type the place of the step that bills it (-1: nobody holds
    one, None: open), and for each tool whether it is built (None: open)."""

    steps: tuple[int | None, ...]
    tools: tuple[bool | None, ...]

    @staticmethod
    def open(problem: Problem) -> Branch:
        """Nothing is settled."""
        return Branch((None,) * len(problem.seats), (None,) * len(problem.tools))


class BandProgram:
    """Columns and rows of one band. ``fixed`` are the sums of units that are not free."""

    def __init__(self, problem: Problem, band: Band, free: Cells, fixed: Totals, branch: Branch) -> None:
        self.problem, self.band, self.free, self.fixed, self.branch = problem, band, free, fixed, branch
        self.program = Program()
        self.scenarios = len(problem.likelihood)
        self.chance = np.array([float(p) for p in problem.probability])
        self.sure = 1.0 + float(problem.risk)
        self.held_rows: list[int] = []
        self._add_units()
        self.held = [self._add_seat(n, seat) for n, seat in enumerate(problem.seats)]
        self.built = [self._add_tool(n) for n in range(len(problem.tools))]
        self.over = [self._add_pool(n, seat) for n, seat in enumerate(problem.seats)]
        self.credits = [self._add_credit(n, seat) for n, seat in enumerate(problem.seats)]
        self.credited_rows = self._add_credited()
        self._add_commitment()
        self.risk_rows = self._add_risk() if problem.risk else []

    def solve(self, whole: bool, seconds: float, slack: float = 0.0) -> Answer:
        """The optimum to within ``slack`` dollars, or that of the linear relaxation."""
        return self.program.solve(whole, seconds, slack)

    def _add_units(self) -> None:
        """Each free unit takes one of its cells."""
        free = self.free
        self.taken = self.program.columns(free.cost @ self.chance, 0.0, free.repeat[free.unit], whole=True)
        starts = np.searchsorted(free.unit, np.arange(len(free.repeat) + 1))
        for unit, repeat in enumerate(free.repeat):
            self.program.row(repeat, repeat, (self.taken[starts[unit] : starts[unit + 1]], 1.0))

    def _add_seat(self, place: int, seat: SeatType) -> Ints:
        """Holders of a seat type, the steps at which they may be billed, and the seats paid for at each."""
        program, free = self.program, self.free
        here = np.flatnonzero(free.seat == place)
        already = float(self.fixed.held[place])
        most = already + float((free.people[here] * free.repeat[free.unit[here]]).sum())
        held = program.columns([0.0], 0.0, _OPEN if seat.most is None else float(seat.most))
        self.held_rows.append(
            program.row(already, already, (held, 1.0), (self.taken[here], -free.people[here]))
        )
        steps, chosen = seat.steps, self.branch.steps[place]
        low = np.array([1.0 if chosen == n else 0.0 for n in range(len(steps))])
        high = np.array([1.0 if chosen in (None, n) else 0.0 for n in range(len(steps))])
        taken = program.columns(np.zeros(len(steps)), low, high, whole=True)
        paid = program.columns([self.sure * fee / MICRO for fee, _ in steps])
        for n, (_, least) in enumerate(steps):
            program.row(0.0, _OPEN, (paid[n : n + 1], 1.0), (taken[n : n + 1], -float(least)))
            program.row(-_OPEN, 0.0, (paid[n : n + 1], 1.0), (taken[n : n + 1], -max(most, float(least))))
        program.row(0.0 if seat.optional else 1.0, 1.0, (taken, 1.0))
        program.row(0.0, _OPEN, (paid, 1.0), (held, -1.0))
        if seat.optional and chosen is None and (seat.minimum > 1 or seat.breaks):
            for cell in here:
                program.row(
                    -_OPEN, 0.0, (self.taken[cell : cell + 1], 1.0), (taken, -free.repeat[free.unit[cell]])
                )
        return held

    def _add_tool(self, place: int) -> Ints:
        """Whether a tool is built; it is if a unit outside uses it."""
        free, settled = self.free, self.branch.tools[place]
        low = 1.0 if settled or (settled is None and self.fixed.used[place]) else 0.0
        high = 0.0 if settled is False else 1.0
        built = self.program.columns(
            [self.sure * self.problem.tools[place].cost / MICRO], low, high, whole=True
        )
        if settled is not True:
            for cell in np.flatnonzero(free.tool == place):
                term = (built, -free.repeat[free.unit[cell]])
                self.program.row(-_OPEN, 0.0, (self.taken[cell : cell + 1], 1.0), term)
        return built

    def _add_pool(self, place: int, seat: SeatType) -> tuple[Ints, list[int]]:
        """Use beyond the pool, by scenario; nothing where the seat type has none."""
        here = np.flatnonzero(self.free.seat == place)
        drawn, already = self.free.pooled[here], self.fixed.pooled[place]
        if not drawn.any() and not any(already):
            return np.zeros(0, dtype=np.int64), []
        price = 0.0 if seat.overage_counts else float(seat.overage)
        over = self.program.columns(self.chance * price)
        allowance = float(seat.allowance or 0) / MICRO
        rows = [
            self.program.row(
                already[s] / MICRO, _OPEN,
                (over[s : s + 1], 1.0), (self.held[place], allowance), (self.taken[here], -drawn[:, s]),
            )
            for s in range(self.scenarios)
        ]  # fmt: skip
        return over, rows

    def _add_credit(self, place: int, seat: SeatType) -> tuple[Ints, list[int]]:
        """Use that the credits of a seat type displace: within what holders bring and within the cap."""
        if not seat.credit:
            return np.zeros(0, dtype=np.int64), []
        credit = self.program.columns(np.zeros(self.scenarios), 0.0, seat.credit_cap / MICRO)
        each = seat.credit / MICRO
        rows = [
            self.program.row(0.0, _OPEN, (self.held[place], each), (credit[s : s + 1], -1.0))
            for s in range(self.scenarios)
        ]
        return credit, rows

    def _add_credited(self) -> list[int]:
        """All credits together displace no more use than there is."""
        columns = [credit for credit, _ in self.credits if len(credit)]
        if not columns:
            return []
        here = np.flatnonzero(self.free.credited)
        return [
            self.program.row(
                -self.fixed.credited[s] / MICRO, _OPEN,
                (self.taken[here], self.free.burn[here, s]), (np.array([c[s] for c in columns]), -1.0),
            )
            for s in range(self.scenarios)
        ]  # fmt: skip

    def _add_commitment(self) -> None:
        """Use beyond what is covered, by scenario, and how much more than the band's start is signed."""
        band, program = self.band, self.program
        self.beyond = program.columns(self.chance * float(band.beyond))
        self.due = program.columns([self.sure], band.payable / MICRO, band.payable / MICRO)
        more: list[tuple[Ints, Floats | float]] = []
        if band.rate is not None:
            end = _OPEN if band.top is None else (band.top - band.payable) / MICRO
            more = [(program.columns([self.sure], 0.0, end), 1.0 / float(band.rate))]
        self.burn_rows = []
        for s in range(self.scenarios):
            displaced = [credit[s] for credit, _ in self.credits if len(credit)]
            counted = [
                (over[s : s + 1], -float(seat.overage))
                for (over, _), seat in zip(self.over, self.problem.seats, strict=True)
                if seat.overage_counts and len(over)
            ]
            already = self.fixed.burn[s] / MICRO - float(band.covered) / MICRO
            terms = [*more, *counted, (self.taken, -self.free.burn[:, s])]
            terms += [(np.array(displaced), 1.0)] if displaced else []
            self.burn_rows.append(program.row(already, _OPEN, (self.beyond[s : s + 1], 1.0), *terms))

    def _add_risk(self) -> list[int]:
        """The mean of the dearest scenarios, as Rockafellar and Uryasev (2000) make it linear."""
        program, risk = self.program, float(self.problem.risk)
        tail = 1.0 - float(self.problem.level)
        start = program.columns([risk], -_OPEN)
        above = program.columns(self.chance * (risk / tail))
        rows = []
        for s in range(self.scenarios):
            over = [
                (columns[s : s + 1], -float(seat.overage))
                for (columns, _), seat in zip(self.over, self.problem.seats, strict=True)
                if len(columns) and not seat.overage_counts
            ]
            already = sum(row[s] for row in self.fixed.cost) / MICRO
            beyond = (self.beyond[s : s + 1], -float(self.band.beyond))
            units = (self.taken, -self.free.cost[:, s])
            rows.append(
                program.row(already, _OPEN, (start, 1.0), (above[s : s + 1], 1.0), beyond, units, *over)
            )
        return rows
