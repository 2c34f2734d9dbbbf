"""Companies that choose seats and share nothing else, and the least cost found by trying every choice."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from bothhalves.allocate.model import Flags, Ints, Listed, Options, Problem, SeatType

DOLLAR = 1_000_000
#: A seat type by the option that takes it.
Seats = dict[int, SeatType]


def company_of(cost: Ints, eligible: Flags, seats: Seats, current: Ints | None = None) -> Problem:
    """People whose options cost so much beside seats; without a ``current`` option each is on the first."""
    options = range(cost.shape[1])
    types = tuple(list(seats).index(option) if option in seats else -1 for option in options)
    told = Options(types, (-1,) * len(options), (False,) * len(options))
    today = eligible.argmax(axis=1) if current is None else current
    effects, each = cost[:, :, None], np.ones(len(cost), np.int64)
    people = Listed(told, effects, np.zeros_like(effects), eligible, today, each)
    return Problem((people,), seats=tuple(seats.values()))


def people(given: Problem) -> Listed:
    """The one group of the problem."""
    (found,) = given.groups
    assert isinstance(found, Listed)
    return found


def seat(
    fee: int, minimum: int = 0, breaks: Any = (), optional: bool = False, graduated: bool = False
) -> SeatType:
    return SeatType("seat", fee, minimum, tuple(breaks), optional, graduated=graduated)


def problem(
    cost: list[list[int]], *seats: SeatType, eligible: Any = None, current: list[int] | None = None
) -> Problem:
    """A problem of a few people, told as lists; the first options take the seats."""
    costs = np.array(cost, np.int64).reshape(len(cost), -1)
    allowed = np.ones(costs.shape, np.bool_) if eligible is None else np.array(eligible, np.bool_)
    today = None if current is None else np.array(current, np.int64)
    return company_of(costs, allowed, dict(enumerate(seats)), today)


def total(given: Problem, choice: Ints) -> int:
    """What a choice costs: each person's option, and the seats that are paid for."""
    group = people(given)
    held = [0] * len(given.seats)
    for option in choice.tolist():
        if group.options.seat[option] >= 0:
            held[group.options.seat[option]] += 1
    costs = int(group.cost[np.arange(len(choice)), choice, 0].sum())
    return costs + sum(paid_for(terms, count) for terms, count in zip(given.seats, held, strict=True))


def paid_for(terms: SeatType, held: int) -> int:
    """What a seat type costs: graduated, seat by seat; else at the cheapest number that may be bought."""
    if terms.optional and held == 0:
        return 0
    least = max(held, terms.minimum)

    def fee(number: int) -> int:
        return [terms.fee, *(fee for start, fee in terms.breaks if start <= number)][-1]

    if terms.graduated:
        return sum(fee(number) for number in range(1, least + 1))
    bought = (least, *(start for start, _ in terms.breaks if start > least))
    return min(count * fee(count) for count in bought)


def least_of_all(given: Problem) -> int:
    """The least cost over every choice there is."""
    options = [np.flatnonzero(row) for row in people(given).eligible]
    return min(total(given, np.array(choice, np.int64)) for choice in product(*options))


def handful(seed: int) -> Problem:
    """Up to five people with up to four options; small amounts make ties, minimums reach beyond everybody."""
    rng = np.random.default_rng(seed)
    count, options = int(rng.integers(0, 6)), int(rng.integers(1, 5))
    largest = int(rng.choice([3, 10, 100, 10**9]))
    cost = rng.integers(-(largest // 3), largest, (count, options)) + largest // 3
    chosen = rng.permutation(options)[: int(rng.integers(0, options + 1))]
    seats = {int(option): _seat(rng, largest, 9) for option in chosen}
    current = rng.integers(0, options, count) if rng.random() < 0.6 else None
    return company_of(cost, _eligible(rng, count, options), seats, current)


def company(seed: int, count: int, types: int = 4) -> Problem:
    """A company whose people use AI unequally: options include so much of it, and the rest costs extra."""
    rng = np.random.default_rng(seed)
    options = int(rng.integers(3, 7))
    use = rng.lognormal(3.2, 1.4, (count, 1)) * 10 * DOLLAR
    beyond = np.maximum(use - rng.integers(0, 2000, options) * DOLLAR, 0)
    rates = rng.uniform(0.5, 1.3, (count, options))
    cost = (beyond * rates).astype(np.int64) + rng.integers(0, 50 * DOLLAR, (count, options))
    chosen = rng.permutation(options)[: int(rng.integers(1, min(options, types) + 1))]
    seats = {int(option): _seat(rng, 600 * DOLLAR, count) for option in chosen}
    return company_of(cost, _eligible(rng, count, options), seats)


def _seat(rng: np.random.Generator, largest: int, most: int) -> SeatType:
    fee, count = int(rng.integers(0, largest)), int(rng.integers(0, 3))
    counts = sorted(rng.choice(np.arange(1, most), count, replace=False).tolist())
    fees = sorted(rng.integers(fee // 2, fee + 1, count).tolist(), reverse=True)
    minimum = int(most * rng.uniform(0, 0.4 if most > 9 else 0.9))
    optional, graduated = bool(rng.random() < 0.5), fee % 3 == 0
    return seat(fee, minimum, zip(counts, fees, strict=True), optional, graduated)


def _eligible(rng: np.random.Generator, count: int, options: int) -> Flags:
    """Most options are open to most people, and one at least to everybody."""
    eligible = rng.random((count, options)) < rng.choice([0.5, 0.8, 1.0])
    eligible[np.arange(count), rng.integers(0, options, count)] = True
    return eligible
