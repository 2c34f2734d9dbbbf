"""The two linear programs of the seat choice, in HiGHS: prices from few people, and ties told apart."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from bothhalves.allocate.seat_terms import Flags, Whole

Reals = NDArray[np.float64]

#: Costs are scaled to stay below this, where absolute tolerances are far from the last digit that counts.
_LARGEST = 2.0**20


@dataclass(frozen=True, slots=True)
class Groups:
    """People of the same costs: ``costs[k, g]`` above the cheapest path, ``allowed`` paths, ``sizes``.

    Path 0 has no seats. ``base[g]`` is a cheapest path.
    """

    costs: Whole
    allowed: Flags
    base: Whole
    sizes: Reals


def price_changes(groups: Groups, needed: Reals, down: Whole, up: Whole) -> Whole:
    """How to change the charge of each seat path, at most ``down`` and ``up``, for the greatest lower bound.

    ``needed[k]`` people are missing on path k (path 0 is not counted) if everybody takes the base path; too
    many cost ``up`` each, too few ``down``. The answer is the price of each of these balances.
    """
    where = groups.allowed.copy()
    where[groups.base, np.arange(where.shape[1])] = False
    path, group = np.nonzero(where)
    costs = groups.costs[path, group].astype(np.float64)
    scale = max(1.0, float(max(costs.max(initial=0), up.max(initial=0), down.max(initial=0))) / _LARGEST)
    seats, columns = len(needed), len(path) + 2 * len(needed)
    limited, row_of = _with_several(group, where.shape[1])
    entries = [
        *_balance(path, groups.base[group], seats),
        (limited, seats + row_of, np.ones(len(limited))),
    ]
    limits = groups.sizes[group[limited]]
    highest = np.full(seats + int(row_of.max(initial=-1)) + 1, np.inf)
    lowest = np.full(len(highest), -np.inf)
    highest[seats + row_of] = limits
    highest[:seats] = lowest[:seats] = needed
    upper = np.concatenate([groups.sizes[group], np.full(2 * seats, np.inf)])
    price = np.concatenate([costs, up.astype(np.float64), down.astype(np.float64)]) / scale
    solver = _solved(price, upper, lowest, highest, entries, columns)
    duals = np.array(solver.getSolution().row_dual[:seats], np.float64)
    return np.rint(-duals * scale).astype(np.int64)


def _with_several(group: Whole, groups: int) -> tuple[Whole, Whole]:
    """The columns of groups with more than one path beside the base, and the row that limits each."""
    several = np.bincount(group, minlength=groups) > 1
    columns = np.flatnonzero(several[group])
    return columns, (np.cumsum(several) - 1)[group[columns]]


def _balance(path: Whole, base: Whole, seats: int) -> list[tuple[Whole, Whole, Reals]]:
    """Entries (column, row, value) of each balance: who comes, who leaves, too many, too few."""
    comes, leaves = np.flatnonzero(path > 0), np.flatnonzero(base > 0)
    each, first = np.arange(seats), len(path)
    return [
        (comes, path[comes] - 1, np.ones(len(comes))),
        (leaves, base[leaves] - 1, np.full(len(leaves), -1.0)),
        (first + each, each, np.full(seats, -1.0)),
        (first + seats + each, each, np.ones(seats)),
    ]


def told_apart(costs: Whole, allowed: Flags, sizes: Whole, low: Whole, high: Whole) -> Whole | None:
    """People of each group on each path ``[k, g]``: on path k from ``low`` to ``high``, at the least cost.

    None if there is no such choice. A network with whole sizes has a whole optimum at every corner.
    """
    path, group = np.nonzero(allowed)
    paths, columns = len(low), np.arange(len(path))
    ones = np.ones(len(path))
    lowest = np.concatenate([low, sizes]).astype(np.float64)
    highest = np.concatenate([high, sizes]).astype(np.float64)
    entries = [(columns, path, ones), (columns, paths + group, ones)]
    price = costs[path, group].astype(np.float64)
    solver = _solved(price, np.full(len(path), np.inf), lowest, highest, entries, len(path))
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = np.zeros(allowed.shape, np.int64)
    found[path, group] = np.rint(np.array(solver.getSolution().col_value)).astype(np.int64)
    counts = found.sum(axis=1)
    fits = (found.sum(axis=0) == sizes).all() and ((low <= counts) & (counts <= high)).all()
    return found if fits and found.min(initial=0) >= 0 else None


def _solved(
    price: Reals,
    upper: Reals,
    lowest: Reals,
    highest: Reals,
    entries: list[tuple[Whole, Whole, Reals]],
    columns: int,
) -> highspy.Highs:
    """A minimum found by the dual simplex method, which ends in a corner; one thread, so always the same."""
    column, row, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    order = np.lexsort((row, column))
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = columns, len(lowest)
    program.col_cost_, program.col_lower_, program.col_upper_ = price, np.zeros(columns), upper
    program.row_lower_, program.row_upper_ = lowest, highest
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.searchsorted(column[order], np.arange(columns + 1)).astype(np.int32)
    program.a_matrix_.index_ = row[order].astype(np.int32)
    program.a_matrix_.value_ = value[order]
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    settings: dict[str, bool | int | str] = {
        "output_flag": False,
        "presolve": "off",
        "threads": 1,
        "solver": "simplex",
    }
    for name, setting in settings.items():
        solver.setOptionValue(name, setting)
    solver.passModel(program)
    solver.run()
    return solver
