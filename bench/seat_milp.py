"""The same choice of seats as one mixed-integer program in HiGHS: a second opinion for small companies."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from bothhalves.allocate.seat_terms import SeatProblem, SeatType, Whole

#: Amounts are told to HiGHS in units of the currency: its tolerances are absolute.
_MICRO = 10**6
_STATUS = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kTimeLimit: "time limit",
}


@dataclass(frozen=True, eq=False)
class Reference:
    """What HiGHS found: its choice (None if it found none), the exact cost of that, and its own claim.

    ``status`` is ``optimal``, ``time limit`` or what HiGHS calls it; ``bound`` is HiGHS's, in floating point.
    """

    choice: Whole | None
    total: int | None
    bound: float
    status: str


def reference_milp(problem: SeatProblem, seconds: float = 60.0, threads: int = 1) -> Reference:
    """One binary for each eligible path of each person, and for each seat type its levels and seats paid for.

    A level is taken or not, and what is paid for at a level is at least its fewest seats; together they are
    at least the holders. None need be taken of an optional type, and exactly one of any other.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    settings = {
        "output_flag": False,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 1e-7,
        "threads": threads,
        "time_limit": float(seconds),
    }
    for name, value in settings.items():
        solver.setOptionValue(name, value)
    rows, paths = np.nonzero(problem.eligible)
    offset = _people(solver, problem, rows, paths)
    for seat in problem.seats:
        _seat(solver, seat, problem.people, np.flatnonzero(paths == seat.path))
    solver.run()
    status = _STATUS.get(solver.getModelStatus(), solver.modelStatusToString(solver.getModelStatus()))
    values = np.array(solver.getSolution().col_value)[: len(rows)]
    bound = (solver.getInfo().mip_dual_bound + offset) * _MICRO
    if not solver.getSolution().value_valid:
        return Reference(None, None, bound, status)
    choice = np.zeros(problem.people, np.int64)
    taken = values > 0.5
    choice[rows[taken]] = paths[taken]
    return Reference(choice, problem.total(choice), bound, status)


def _people(solver: highspy.Highs, problem: SeatProblem, rows: Whole, paths: Whole) -> float:
    """Columns of who takes what; everybody takes one path. The cheapest path is taken out of the costs."""
    least = np.where(problem.eligible, problem.cost, np.iinfo(np.int64).max).min(axis=1, initial=2**62)
    costs = (problem.cost[rows, paths] - least[rows]) / _MICRO
    count, none = len(rows), np.zeros(0)
    solver.addCols(
        count, costs, np.zeros(count), np.ones(count), 0, np.zeros(0, np.int32), np.zeros(0, np.int32), none
    )
    columns = np.arange(count, dtype=np.int32)
    solver.changeColsIntegrality(count, columns, np.full(count, highspy.HighsVarType.kInteger))
    ones = np.ones(problem.people)
    starts = np.searchsorted(rows, np.arange(problem.people)).astype(np.int32)
    solver.addRows(problem.people, ones, ones, count, starts, columns, np.ones(count))
    return float(least.sum() / _MICRO)


def _seat(solver: highspy.Highs, seat: SeatType, people: int, holders: Whole) -> None:
    """For each level whether it is taken, and the seats that are paid for at its fee."""
    inf = highspy.kHighsInf
    taken: list[int] = []
    paid: list[int] = []
    for fewest, fee in seat.levels:
        most = max(people, fewest)
        at = solver.getNumCol()
        solver.addVar(0, 1)
        solver.addVar(0, most)
        solver.changeColCost(at + 1, fee / _MICRO)
        solver.changeColsIntegrality(
            2, np.array([at, at + 1], np.int32), np.full(2, highspy.HighsVarType.kInteger)
        )
        solver.addRow(0, inf, 2, np.array([at, at + 1], np.int32), np.array([-fewest, 1.0]))
        solver.addRow(0, inf, 2, np.array([at, at + 1], np.int32), np.array([most, -1.0]))
        taken.append(at)
        paid.append(at + 1)
    solver.addRow(0 if seat.optional else 1, 1, len(taken), np.array(taken, np.int32), np.ones(len(taken)))
    index = np.concatenate([paid, holders]).astype(np.int32)
    value = np.concatenate([np.ones(len(paid)), np.full(len(holders), -1.0)])
    solver.addRow(0, inf, len(index), index, value)
