"""A linear or mixed-integer program gathered row by row and handed to HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt

from bothhalves.allocate.model import Flags, Floats, Ints

_SOLVED = (highspy.HighsModelStatus.kOptimal,)


@dataclass(frozen=True, eq=False)
class Answer:
    """``values`` by column (None: none found), ``duals`` by row of a linear program, the least objective that
    HiGHS could ``bound``, and whether it finished."""

    values: Floats | None
    duals: Floats
    bound: float
    finished: bool


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows one after the other: row ``n`` has the next ``lengths[n]`` of ``indices`` and ``values``."""

    lows: Floats
    highs: Floats
    lengths: Ints
    indices: Ints
    values: Floats


@dataclass(frozen=True, eq=False)
class _Shares:
    """Columns from the first on, in runs from each of ``starts`` (with the end of the last); those of a run
    add up to its ``sums``, which none of them exceeds."""

    starts: Ints
    sums: Floats

    @property
    def others(self) -> Ints:
        """All but the first column of each run."""
        return np.setdiff1d(np.arange(self.starts[-1]), self.starts[:-1], assume_unique=True)

    @property
    def run(self) -> Ints:
        """The run of each column."""
        return np.repeat(np.arange(len(self.sums)), np.diff(self.starts))


@dataclass(eq=False)
class Program:
    """Columns and rows of a program that minimises. Costs are best of the order of one to a million."""

    _costs: list[Floats] = field(default_factory=list)
    _lows: list[Floats] = field(default_factory=list)
    _highs: list[Floats] = field(default_factory=list)
    _whole: list[Flags] = field(default_factory=list)
    _columns: int = 0
    _row_lows: list[float] = field(default_factory=list)
    _row_highs: list[float] = field(default_factory=list)
    _indices: list[Ints] = field(default_factory=list)
    _values: list[Floats] = field(default_factory=list)
    _shares: _Shares = field(default_factory=lambda: _Shares(np.zeros(1, dtype=np.int64), np.zeros(0)))

    def shared(self, cost: Floats, starts: Ints, sums: Floats) -> Ints:
        """Adds the first columns, whole ones, of which those from each of ``starts`` to the next add up to
        one of ``sums``; gives their places."""
        self._shares = _Shares(starts, sums)
        return self.columns(cost, 0.0, sums[self._shares.run], whole=True)

    def columns(
        self,
        cost: Floats | Sequence[float],
        low: float | Floats = 0.0,
        high: float | Floats = np.inf,
        whole: bool = False,
    ) -> Ints:
        """Adds columns; gives their places."""
        costs = np.array(cost, dtype=np.float64)
        count = len(costs)
        self._costs.append(costs)
        self._lows.append(np.broadcast_to(low, count))
        self._highs.append(np.broadcast_to(high, count))
        self._whole.append(np.full(count, whole))
        self._columns += count
        return np.arange(self._columns - count, self._columns)

    def row(self, low: float, high: float, *terms: tuple[Ints, Floats | float]) -> int:
        """Adds ``low`` <= sum of the terms <= ``high``; gives its place. No column stands in two terms."""
        self._row_lows.append(low)
        self._row_highs.append(high)
        places = [np.atleast_1d(columns) for columns, _ in terms]
        self._indices.append(np.concatenate(places) if places else np.zeros(0, np.int64))
        values = [np.broadcast_to(v, len(p)) for p, (_, v) in zip(places, terms, strict=True)]
        self._values.append(np.concatenate(values) if values else np.zeros(0))
        return len(self._row_lows) - 1

    def charge(self, columns: Ints, more: Floats | float) -> None:
        """Adds to what columns cost; they were added together."""
        place = int(columns[0]) if len(columns) else 0
        start = 0
        for costs in self._costs:
            if start <= place < start + len(costs):
                costs[columns - start] += more
                return
            start += len(costs)

    def solve(self, whole: bool, seconds: float, slack: float = 0.0) -> Answer:
        """The optimum, with whole columns whole or not; of the former to within ``slack``."""
        return self._divided(seconds) if not whole else self._undivided(seconds, slack)

    def _undivided(self, seconds: float, slack: float) -> Answer:
        """The optimum in whole numbers: runs of shares are rows."""
        shares, rows = self._shares, self._rows()
        one = np.ones(int(shares.starts[-1]))
        first = np.arange(len(one))
        sums, lengths = shares.sums, np.diff(shares.starts)
        runs = _Rows(sums, sums, lengths, first, one)
        every = (self._cost, np.concatenate(self._lows), np.concatenate(self._highs))
        kinds = np.concatenate(self._whole).astype(np.int32)
        found = _solved(every, (rows, runs), seconds, slack, kinds)
        return Answer(found.values, found.duals[: len(rows.lows)], found.bound, found.finished)

    def _divided(self, seconds: float) -> Answer:
        """The optimum of the linear program, without the first column of each run: it is what the others
        leave, so that a run of two is one column and no row."""
        shares, rows = self._shares, self._rows()
        if not len(shares.sums):
            every = (self._cost, np.concatenate(self._lows), np.concatenate(self._highs))
            return _solved(every, (rows,), seconds)
        heads, others, count = shares.starts[:-1], shares.others, int(shares.starts[-1])
        dense = np.zeros((len(rows.lows), self._columns))
        dense[np.repeat(np.arange(len(rows.lows)), rows.lengths), rows.indices] = rows.values
        cost, run = self._cost, shares.run[others]
        offset = float(cost[heads] @ shares.sums)
        moved = dense[:, heads] @ shares.sums
        kept = np.concatenate([others, np.arange(count, self._columns)])
        dense[:, others] -= dense[:, heads[run]]
        cost[others] -= cost[heads[run]]
        left = (cost[kept], np.concatenate(self._lows)[kept], np.concatenate(self._highs)[kept])
        many = np.diff(shares.starts) - 1
        runs = _Rows(
            np.full(len(many), -np.inf)[many > 1], shares.sums[many > 1], many[many > 1],
            np.flatnonzero(many[run] > 1), np.ones(int(many[many > 1].sum())),
        )  # fmt: skip
        found = _solved(left, (_sparse(dense[:, kept], rows.lows - moved, rows.highs - moved), runs), seconds)
        values = None if found.values is None else self._filled(found.values, kept)
        return Answer(values, found.duals[: len(rows.lows)], found.bound + offset, found.finished)

    def _filled(self, found: Floats, kept: Ints) -> Floats:
        """The values of all columns."""
        values, shares = np.zeros(self._columns), self._shares
        values[kept] = found
        taken = np.bincount(shares.run, values[: shares.starts[-1]], len(shares.sums))
        values[shares.starts[:-1]] = np.maximum(shares.sums - taken, 0.0)
        return values

    @property
    def _cost(self) -> Floats:
        return np.concatenate(self._costs)

    def _rows(self) -> _Rows:
        lengths = np.array([len(row) for row in self._indices], dtype=np.int64)
        indices = np.concatenate([np.zeros(0, np.int64), *self._indices])
        values = np.concatenate([np.zeros(0), *self._values])
        return _Rows(np.array(self._row_lows), np.array(self._row_highs), lengths, indices, values)


def _sparse(dense: Floats, lows: Floats, highs: Floats) -> _Rows:
    filled = dense != 0
    return _Rows(lows, highs, filled.sum(axis=1), np.nonzero(filled)[1], dense[filled])


def _solved(
    columns: tuple[Floats, Floats, Floats],
    rows: Sequence[_Rows],
    seconds: float,
    slack: float = 0.0,
    kinds: npt.NDArray[np.int32] | None = None,
) -> Answer:
    """What HiGHS finds for columns (cost, low, high) and rows; with ``kinds``, of which those are whole."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    is_whole = kinds is not None
    settings: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "time_limit": seconds,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": max(slack, 1e-7),
        "mip_feasibility_tolerance": 1e-8,
        "presolve": "choose" if is_whole else "off",
    }
    for name, value in settings.items():
        solver.setOptionValue(name, value)
    lows, highs, lengths, indices, values = (
        np.concatenate([getattr(part, name) for part in rows]) for name in _Rows.__dataclass_fields__
    )
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    minimise, by_row = int(highspy.ObjSense.kMinimize), int(highspy.MatrixFormat.kRowwise)
    none = np.zeros(len(columns[0]), dtype=np.int32)
    solver.passModel(
        len(columns[0]), len(lows), len(values), by_row, minimise, 0.0, *columns, lows, highs,
        starts, indices.astype(np.int32), values, none if kinds is None else kinds,
    )  # fmt: skip
    solver.run()
    solution, information = solver.getSolution(), solver.getInfo()
    finished = solver.getModelStatus() in _SOLVED
    found = np.array(solution.col_value) if solution.value_valid else None
    bound = information.mip_dual_bound if is_whole else information.objective_function_value
    if not finished and not is_whole:
        bound = -np.inf
    return Answer(found, np.array(solution.row_dual), float(bound), finished)
