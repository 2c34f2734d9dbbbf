"""Companies drawn at random, and the least cost found by trying every choice."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from bothhalves.allocate.seats import SeatProblem, SeatType

DOLLAR = 1_000_000


def problem(
    cost: list[list[int]], *seats: SeatType, eligible: Any = None, current: list[int] | None = None
) -> SeatProblem:
    """A problem of a few people, told as lists."""
    costs = np.array(cost, np.int64).reshape(len(cost), -1)
    allowed = np.ones(costs.shape, np.bool_) if eligible is None else np.array(eligible, np.bool_)
    return SeatProblem(costs, allowed, seats, None if current is None else np.array(current, np.int64))


def least_of_all(given: SeatProblem) -> int:
    """The least cost over every choice there is."""
    paths = [np.flatnonzero(row) for row in given.eligible]
    return min(given.total(np.array(choice, np.int64)) for choice in product(*paths))


def handful(seed: int) -> SeatProblem:
    """Up to five people on up to four paths; small amounts make ties, minimums reach beyond everybody."""
    rng = np.random.default_rng(seed)
    people, paths = int(rng.integers(0, 6)), int(rng.integers(1, 5))
    largest = int(rng.choice([3, 10, 100, 10**9]))
    cost = rng.integers(-(largest // 3), largest, (people, paths))
    chosen = rng.permutation(paths)[: int(rng.integers(0, paths + 1))]
    seats = tuple(_seat(rng, int(path), largest, 9) for path in chosen)
    current = rng.integers(-1, paths, people) if rng.random() < 0.6 else None
    return SeatProblem(cost, _eligible(rng, people, paths), seats, current)


def company(seed: int, people: int, types: int = 4) -> SeatProblem:
    """A company whose people use AI unequally: paths include so much of it, and the rest costs extra."""
    rng = np.random.default_rng(seed)
    paths = int(rng.integers(3, 7))
    use = rng.lognormal(3.2, 1.4, (people, 1)) * 10 * DOLLAR
    beyond = np.maximum(use - rng.integers(0, 2000, paths) * DOLLAR, 0)
    rates = rng.uniform(0.5, 1.3, (people, paths))
    cost = (beyond * rates).astype(np.int64) + rng.integers(0, 50 * DOLLAR, (people, paths))
    chosen = rng.permutation(paths)[: int(rng.integers(1, min(paths, types) + 1))]
    seats = tuple(_seat(rng, int(path), 600 * DOLLAR, people) for path in chosen)
    return SeatProblem(cost, _eligible(rng, people, paths), seats)


def _seat(rng: np.random.Generator, path: int, largest: int, most: int) -> SeatType:
    fee, count = int(rng.integers(0, largest)), int(rng.integers(0, 3))
    counts = sorted(rng.choice(np.arange(1, most), count, replace=False).tolist())
    fees = sorted(rng.integers(fee // 2, fee + 1, count).tolist(), reverse=True)
    minimum = int(most * rng.uniform(0, 0.4 if most > 9 else 0.9))
    return SeatType(path, fee, minimum, tuple(zip(counts, fees, strict=True)), bool(rng.random() < 0.5))


def _eligible(rng: np.random.Generator, people: int, paths: int) -> Any:
    """Most paths are open to most people, and one at least to everybody."""
    eligible = rng.random((people, paths)) < rng.choice([0.5, 0.8, 1.0])
    eligible[np.arange(people), rng.integers(0, paths, people)] = True
    return eligible
