"""The allocation under one band as a program: some units free, the others already counted in sums.

Amounts are told to HiGHS in dollars, since its tolerances are absolute. What is free may be everything, or
the few units that a bound leaves open; the program is the same. Where the free units cannot change on which
side of a limit a scenario lies, the limit is no row: use beyond it has its price, use within it has none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bothhalves.allocate.bill import Totals
from bothhalves.allocate.cells import MICRO, Cells
from bothhalves.allocate.linear import Answer, Program
from bothhalves.allocate.model import Band, Flags, Floats, Ints, Problem, SeatType

_OPEN = float("inf")
#: Where sums are taken to stay near what they are, they move by this share of what they could.
_LIKELY = 0.05
_NO_COLUMNS = np.zeros(0, dtype=np.int64)


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


@dataclass(frozen=True, eq=False)
class Limit:
    """A limit by scenario. ``open`` are the scenarios that may lie on either side of it, with a column and a
    row of what is beyond for each; of the others the price is ``sure``, by scenario."""

    open: Ints
    columns: Ints
    rows: list[int]
    sure: Floats

    @staticmethod
    def none(scenarios: int) -> Limit:
        """A limit that never matters."""
        return Limit(_NO_COLUMNS, _NO_COLUMNS, [], np.zeros(scenarios))

    def price(self, duals: Floats, most: Floats) -> Floats:
        """The price by scenario, between nothing and ``most``."""
        found = np.minimum(self.sure, most)
        found[self.open] = np.clip(duals[self.rows], 0.0, most[self.open])
        return found

    def column(self, scenario: int) -> Ints:
        """The column of a scenario; nothing if it is not open."""
        return np.asarray(self.columns[self.open == scenario])


class BandProgram:
    """Columns and rows of one band. ``fixed`` are the sums of units that are not free; ``whole``: units and
    what is open are not divided; ``likely``: cells that units take now, near which sums are taken to stay."""

    def __init__(
        self,
        problem: Problem,
        band: Band,
        free: Cells,
        fixed: Totals,
        branch: Branch,
        whole: bool,
        likely: Ints | None = None,
    ) -> None:
        self.problem, self.band, self.free, self.fixed, self.branch = problem, band, free, fixed, branch
        self.whole, self._likely = whole, likely
        self.program = Program()
        self.scenarios = len(problem.likelihood)
        self.chance = np.array([float(p) for p in problem.probability])
        self.sure = 1.0 + float(problem.risk)
        self.offset = 0.0
        self.held_rows: list[int] = []
        self._add_units()
        self.held = [self._add_seat(n, seat) for n, seat in enumerate(problem.seats)]
        self.built = [self._add_tool(n) for n in range(len(problem.tools))]
        self.over = [self._add_pool(n, seat) for n, seat in enumerate(problem.seats)]
        self.is_ample = self._is_ample()
        self.credits = [self._add_credit(n, seat) for n, seat in enumerate(problem.seats)]
        self.credited_rows = self._add_credited()
        self.burn = self._add_commitment()
        self.risk_rows = self._add_risk() if problem.risk else []

    def solve(self, seconds: float, slack: float = 0.0) -> Answer:
        """The optimum; of whole numbers to within ``slack`` dollars."""
        answer = self.program.solve(self.whole, seconds, slack)
        return replace(answer, bound=answer.bound + self.offset)

    # -- units, seats, tools -------------------------------------------------------------------------------

    def _add_units(self) -> None:
        """Each free unit takes one of its cells."""
        free = self.free
        self.taken = self.program.shared(free.cost @ self.chance, free.starts, free.repeat)

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
        taken = program.columns([self.sure * beside / MICRO for _, _, beside in steps], low, high, whole=True)
        paid = program.columns([self.sure * fee / MICRO for fee, _, _ in steps])
        for n, (_, least, _) in enumerate(steps):
            program.row(0.0, _OPEN, (paid[n : n + 1], 1.0), (taken[n : n + 1], -float(least)))
            program.row(-_OPEN, 0.0, (paid[n : n + 1], 1.0), (taken[n : n + 1], -max(most, float(least))))
        program.row(0.0 if seat.optional else 1.0, 1.0, (taken, 1.0))
        program.row(0.0, _OPEN, (paid, 1.0), (held, -1.0))
        if self.whole and seat.shuts and chosen is None:
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
        if settled is None:
            self._only_if_built(np.flatnonzero(free.tool == place), built)
        return built

    def _only_if_built(self, users: Ints, built: Ints) -> None:
        """Nobody uses a tool that is not built: said of each user where it is to be whole."""
        for some in np.array_split(users, len(users)) if self.whole and len(users) else [users]:
            most = self.free.repeat[self.free.unit[some]].sum()
            self.program.row(-_OPEN, 0.0, (self.taken[some], 1.0), (built, -float(most)))

    def _range(self, effect: Floats) -> tuple[Floats, Floats]:
        """The least and the most that all free units make of an effect, by scenario."""
        low, high = self.free.range(effect)
        if self._likely is None:
            return low, high
        middle = self.free.repeat[self.free.unit[self._likely]] @ effect[self._likely]
        reach = _LIKELY * (high - low)
        return np.maximum(low, middle - reach), np.minimum(high, middle + reach)

    def _held_range(self, place: int) -> tuple[float, float]:
        """The least and the most holders of a seat type."""
        holders = np.where(self.free.seat == place, self.free.people, 0.0)[:, None]
        low, high = self._range(holders)
        return self.fixed.held[place] + float(low[0]), self.fixed.held[place] + float(high[0])

    # -- pools and credits ---------------------------------------------------------------------------------

    def _add_pool(self, place: int, seat: SeatType) -> Limit:
        """Use beyond the pool of a seat type."""
        free, here = self.free, np.flatnonzero(self.free.seat == place)
        drawn, already = free.pooled[here], np.array(self.fixed.pooled[place], dtype=np.float64) / MICRO
        if not drawn.any() and not already.any():
            return Limit.none(self.scenarios)
        allowance = float(seat.allowance or 0) / MICRO
        net = np.zeros((len(free.unit), self.scenarios))
        net[here] = drawn - allowance * free.people[here, None]
        low, high = self._range(net)
        outside = already - allowance * self.fixed.held[place]
        kept = seat.overage_counts or bool(self.problem.risk)
        is_open, is_beyond = self._sides(low + outside, high + outside, kept)
        price = self.chance * float(seat.overage)
        sure = np.where(is_beyond, price, 0.0)
        self.program.charge(self.taken[here], drawn @ sure)
        self.program.charge(self.held[place], -allowance * float(sure.sum()))
        self.offset += float(already @ sure)
        some = np.flatnonzero(is_open)
        over = self.program.columns(np.zeros(len(some)) if seat.overage_counts else price[some])
        rows = [
            self.program.row(
                already[s], _OPEN,
                (over[n : n + 1], 1.0), (self.held[place], allowance), (self.taken[here], -drawn[:, s]),
            )
            for n, s in enumerate(some)
        ]  # fmt: skip
        return Limit(some, over, rows, sure)

    def _sides(self, low: Floats, high: Floats, kept: bool) -> tuple[Flags, Flags]:
        """Which scenarios may lie on either side of a limit, and which surely lie beyond it."""
        is_open = np.full(self.scenarios, True) if kept else (low < 0) & (high > 0)
        return is_open, ~is_open & (low >= 0)

    def _is_ample(self) -> bool:
        """True if in every scenario there is use enough for all that seats may bring."""
        seats = enumerate(self.problem.seats)
        most = sum(min(s.credit * self._held_range(n)[1], float(s.credit_cap)) for n, s in seats)
        low, _ = self._range(self.free.burn * self.free.credited[:, None])
        least = low + np.array(self.fixed.credited, dtype=np.float64) / MICRO
        return most / MICRO <= float(least.min())

    def _add_credit(self, place: int, seat: SeatType) -> tuple[Ints, list[int]]:
        """Use that the credits of a seat type displace, within what holders bring and within the cap: by
        scenario, or where there is always use enough, the same in all."""
        if not seat.credit:
            return _NO_COLUMNS, []
        credit = self.program.columns(
            np.zeros(1 if self.is_ample else self.scenarios), 0.0, seat.credit_cap / MICRO
        )
        each = seat.credit / MICRO
        rows = [
            self.program.row(0.0, _OPEN, (self.held[place], each), (credit[s : s + 1], -1.0))
            for s in range(len(credit))
        ]
        return credit, rows

    def _add_credited(self) -> list[int]:
        """All credits together displace no more use than there is."""
        columns = [credit for credit, _ in self.credits if len(credit)]
        if not columns or self.is_ample:
            return []
        here = np.flatnonzero(self.free.credited)
        return [
            self.program.row(
                -self.fixed.credited[s] / MICRO, _OPEN,
                (self.taken[here], self.free.burn[here, s]), (np.array([c[s] for c in columns]), -1.0),
            )
            for s in range(self.scenarios)
        ]  # fmt: skip

    # -- the commitment ------------------------------------------------------------------------------------

    def _add_commitment(self) -> Limit:
        """Use beyond what is covered, by scenario, and how much more than the band's start is signed."""
        band, program = self.band, self.program
        program.columns([self.sure], band.payable / MICRO, band.payable / MICRO)
        more: list[tuple[Ints, Floats | float]] = []
        if band.rate is not None:
            end = _OPEN if band.top is None else (band.top - band.payable) / MICRO
            more = [(program.columns([self.sure], 0.0, end), 1.0 / float(band.rate))]
        already = np.array(self.fixed.burn, dtype=np.float64) / MICRO - float(band.covered) / MICRO
        is_open, is_beyond = self._sides(*self._burn_range(already), bool(more or self.problem.risk))
        price = self.chance * float(band.beyond)
        sure = np.where(is_beyond, price, 0.0)
        program.charge(self.taken, self.free.burn @ sure)
        self.offset += float(already @ sure)
        self._charge_shared(sure)
        some = np.flatnonzero(is_open)
        beyond = program.columns(price[some])
        rows = []
        for n, s in enumerate(some.tolist()):
            terms = [*more, *self._counted(s), *self._displaced(s), (self.taken, -self.free.burn[:, s])]
            rows.append(program.row(already[s], _OPEN, (beyond[n : n + 1], 1.0), *terms))
        return Limit(some, beyond, rows, sure)

    def _burn_range(self, already: Floats) -> tuple[Floats, Floats]:
        """The least and the most use beyond what is covered, by scenario."""
        low, high = self._range(self.free.burn)
        low, high = low + already, high + already
        for n, seat in enumerate(self.problem.seats):
            fewest, most = self._held_range(n)
            low = low - min(seat.credit * most, seat.credit_cap) / MICRO
            if self.is_ample:
                high = high - min(seat.credit * fewest, float(seat.credit_cap)) / MICRO
            if seat.overage_counts:
                _, drawn = self._range(np.where((self.free.seat == n)[:, None], self.free.pooled, 0.0))
                high = high + float(seat.overage) * (drawn + np.array(self.fixed.pooled[n]) / MICRO)
        return low, high

    def _charge_shared(self, sure: Floats) -> None:
        """Charges credits and pools in the scenarios that surely lie beyond what is covered."""
        for n, seat in enumerate(self.problem.seats):
            credit = self.credits[n][0]
            if len(credit):
                self.program.charge(credit, -sure.sum() if self.is_ample else -sure)
            over = self.over[n]
            if seat.overage_counts and len(over.columns):
                self.program.charge(over.columns, float(seat.overage) * sure[over.open])

    def _counted(self, scenario: int) -> list[tuple[Ints, Floats | float]]:
        """What pools add to the use that counts."""
        pairs = zip(self.over, self.problem.seats, strict=True)
        found = [(over.column(scenario), -float(s.overage)) for over, s in pairs if s.overage_counts]
        return [(columns, price) for columns, price in found if len(columns)]

    def _displaced(self, scenario: int) -> list[tuple[Ints, Floats | float]]:
        """What credits take off the use that counts."""
        place = 0 if self.is_ample else scenario
        columns = [credit[place] for credit, _ in self.credits if len(credit)]
        return [(np.array(columns), 1.0)] if columns else []

    def _add_risk(self) -> list[int]:
        """The mean of the dearest scenarios, as Rockafellar and Uryasev (2000) make it linear."""
        program, risk = self.program, float(self.problem.risk)
        tail = 1.0 - float(self.problem.level)
        start = program.columns([risk], -_OPEN)
        above = program.columns(self.chance * (risk / tail))
        rows = []
        for s in range(self.scenarios):
            over = [
                (limit.column(s), -float(seat.overage))
                for limit, seat in zip(self.over, self.problem.seats, strict=True)
                if len(limit.columns) and not seat.overage_counts
            ]
            already = sum(row[s] for row in self.fixed.cost) / MICRO
            beyond = (self.burn.column(s), -float(self.band.beyond))
            units = (self.taken, -self.free.cost[:, s])
            rows.append(
                program.row(already, _OPEN, (start, 1.0), (above[s : s + 1], 1.0), beyond, units, *over)
            )
        return rows
