"""The choice of seats alone as one mixed-integer program in HiGHS: a second opinion for small companies."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from bothhalves.allocate.bill import evaluate
from bothhalves.allocate.model import Flags, Ints, Listed, Problem, SeatType

#: Amounts are told to HiGHS in units of the currency: its tolerances are absolute.
_MICRO = 10**6
_STATUS = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kTimeLimit: "time limit",
}


@dataclass(frozen=True, eq=False)
class Reference:
    """What HiGHS found: the exact cost of its choice (None if it found none), and its own claim.

    ``status`` is ``optimal``, ``time limit`` or what HiGHS calls it; ``bound`` is HiGHS's, in floating point.
    """

    total: int | None
    bound: float
    status: str


def reference_milp(problem: Problem, seconds: float = 60.0, threads: int = 1) -> Reference:
    """One binary for each eligible option of each person, and for each type its levels and seats paid for.

    The problem has one group of people, one scenario and nothing that is shared but seats. A level is taken
    or not, and what is paid for at a level is at least its fewest seats; together they are at least the
    holders. None need be taken of an optional type, and exactly one of any other.
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
    (people,) = problem.groups
    assert isinstance(people, Listed)
    rows, options = np.nonzero(people.eligible)
    offset = _people(solver, people.cost[:, :, 0], people.eligible)
    types = np.array(people.options.seat)[options]
    for place, seat in enumerate(problem.seats):
        _seat(solver, seat, problem.size, np.flatnonzero(types == place))
    solver.run()
    status = _STATUS.get(solver.getModelStatus(), solver.modelStatusToString(solver.getModelStatus()))
    bound = (solver.getInfo().mip_dual_bound + offset) * _MICRO
    if not solver.getSolution().value_valid:
        return Reference(None, bound, status)
    choice = np.zeros(problem.size, np.int64)
    taken = np.array(solver.getSolution().col_value)[: len(rows)] > 0.5
    choice[rows[taken]] = options[taken]
    return Reference(int(evaluate(problem, (choice,), 0).objective), bound, status)


def _people(solver: highspy.Highs, cost: Ints, eligible: Flags) -> float:
    """Columns of who takes what; everybody takes one option. The cheapest is taken out of the costs."""
    rows, options = np.nonzero(eligible)
    least = np.where(eligible, cost, np.iinfo(np.int64).max).min(axis=1, initial=2**62)
    costs = (cost[rows, options] - least[rows]) / _MICRO
    count, none = len(rows), np.zeros(0)
    solver.addCols(
        count, costs, np.zeros(count), np.ones(count), 0, np.zeros(0, np.int32), np.zeros(0, np.int32), none
    )
    columns = np.arange(count, dtype=np.int32)
    solver.changeColsIntegrality(count, columns, np.full(count, highspy.HighsVarType.kInteger))
    ones = np.ones(len(cost))
    starts = np.searchsorted(rows, np.arange(len(cost))).astype(np.int32)
    solver.addRows(len(cost), ones, ones, count, starts, columns, np.ones(count))
    return float(least.sum() / _MICRO)


def _seat(solver: highspy.Highs, seat: SeatType, people: int, holders: Ints) -> None:
    """For each level whether it is taken, and the seats that are paid for at its fee."""
    inf = highspy.kHighsInf
    taken: list[int] = []
    paid: list[int] = []
    before, beside = seat.fee, 0
    for start, fee in ((0, seat.fee), *seat.breaks):
        fewest = seat.minimum if seat.graduated else max(start, seat.minimum)
        beside, before = (beside + (before - fee) * (start - 1) if seat.graduated else 0), fee
        most = max(people, fewest)
        at = solver.getNumCol()
        solver.addVar(0, 1)
        solver.addVar(0, most)
        solver.changeColCost(at, beside / _MICRO)
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
