"""A linear or mixed-integer program gathered row by row and handed to HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

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
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        settings: dict[str, bool | int | float | str] = {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
            "time_limit": seconds,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": max(slack, 1e-7),
            "mip_feasibility_tolerance": 1e-8,
            "presolve": "choose" if whole else "off",
        }
        for name, value in settings.items():
            solver.setOptionValue(name, value)
        solver.passModel(self._model(whole))
        solver.run()
        solution, information = solver.getSolution(), solver.getInfo()
        finished = solver.getModelStatus() in _SOLVED
        values = np.array(solution.col_value) if solution.value_valid else None
        bound = information.mip_dual_bound if whole else information.objective_function_value
        if not finished and not whole:
            bound = -np.inf
        return Answer(values, np.array(solution.row_dual), float(bound), finished)

    def _model(self, whole: bool) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._columns, len(self._row_lows)
        model.col_cost_ = np.concatenate(self._costs)
        model.col_lower_, model.col_upper_ = np.concatenate(self._lows), np.concatenate(self._highs)
        model.row_lower_, model.row_upper_ = np.array(self._row_lows), np.array(self._row_highs)
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        lengths = [len(row) for row in self._indices]
        matrix.start_ = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        matrix.index_ = np.concatenate([*self._indices, np.zeros(0, np.int64)]).astype(np.int32)
        matrix.value_ = np.concatenate([*self._values, np.zeros(0)])
        if whole:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(flag)] for flag in np.concatenate(self._whole)]
        return model
