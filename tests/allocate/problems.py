"""Allocation problems made at random, small enough to try every choice or large enough to be hard."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np

from bothhalves.allocate.model import Band, Ints, Listed, Options, Problem, SeatType, Tool, bands

DOLLAR = 1_000_000


def problem_at_random(seed: int, people: tuple[int, int] = (2, 5), work: tuple[int, int] = (0, 2)) -> Problem:
    """A problem with any of the shared terms: minimums, breaks, pools, credits, tools, bands, risk."""
    draw = random.Random(seed)
    scenarios = draw.randint(1, 4)
    seats = tuple(_seat(draw, n, people[1]) for n in range(draw.randint(0, 2)))
    tools = tuple(Tool(f"tool {n}", draw.randint(0, 120) * DOLLAR) for n in range(draw.randint(0, 2)))
    groups = [_people(draw, draw.randint(*people), len(seats), len(tools), scenarios)]
    if count := draw.randint(*work):
        groups.append(_work(draw, count, len(tools), scenarios))
    likelihood = tuple(draw.randint(1, 5) for _ in range(scenarios))
    offers = _bands(draw, sum(people) * 60)
    risky = draw.random() < 0.25 and all(band.rate is None for band in offers)
    risk = Fraction(draw.randint(1, 9), 10) if risky else Fraction(0)
    level = Fraction(draw.choice([0, 1, 5, 9]), 10)
    today = draw.randrange(len(offers))
    return Problem(tuple(groups), likelihood, seats, tools, offers, today, risk, level)


def _seat(draw: random.Random, place: int, people: int) -> SeatType:
    fee = draw.randint(5, 60)
    breaks = (
        ((draw.randint(2, people + 1), fee * draw.randint(50, 95) // 100),) if draw.random() < 0.4 else ()
    )
    pooled = draw.random() < 0.4
    return SeatType(
        f"seat {place}",
        fee * DOLLAR,
        draw.choice([0, 0, 1, 2, people]),
        tuple((start, cheaper * DOLLAR) for start, cheaper in breaks),
        draw.random() < 0.7,
        draw.choice([None, None, None, people]),
        draw.randint(0, 60) * DOLLAR if pooled else None,
        Fraction(draw.choice([5, 10, 10, 15]), 10),
        draw.random() < 0.4,
        draw.choice([0, 0, 20 * DOLLAR]),
        draw.choice([10**14, 30 * DOLLAR]),
        fee % 2 == 0,
    )


def _bands(draw: random.Random, size: int) -> tuple[Band, ...]:
    count = draw.randint(0, 3)
    starts = sorted(draw.sample(range(1, 20), count))
    discounts = sorted(draw.sample([5, 10, 15, 20, 25, 30, 40], count))
    thresholds = [
        (start * size * 50_000, Fraction(d, 100)) for start, d in zip(starts, discounts, strict=True)
    ]
    overage = draw.choice([None, None, Fraction(1), Fraction(6, 5)])
    found = bands(thresholds, overage)
    if found[1:] and draw.random() < 0.2:
        found = found[1:]
    return tuple(replace(b, rate=None, top=None) for b in found) if draw.random() < 0.5 else found


def _people(draw: random.Random, count: int, seats: int, tools: int, scenarios: int) -> Listed:
    """Everybody may hold any seat, or work on the meter, with or without a tool."""
    options = Options(
        (*range(seats), -1, *([-1] * tools)),
        (*([-1] * (seats + 1)), *range(tools)),
        (*([False] * seats), True, *([draw.random() < 0.5] * tools)),
    )
    use = [
        [draw.randint(0, 90) * DOLLAR + draw.randint(0, 3) for _ in range(scenarios)] for _ in range(count)
    ]
    shape = count, len(options), scenarios
    cost, burn, pooled = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for unit, row in enumerate(use):
        for option, seat in enumerate(options.seat):
            share = draw.choice([0, 30, 50, 100]) if seat >= 0 else draw.choice([30, 60, 100])
            for s, u in enumerate(row):
                cost[unit, option, s] = draw.randint(0, 5) * DOLLAR if draw.random() < 0.5 else 0
                if seat >= 0:
                    pooled[unit, option, s] = u * share // 100
                    burn[unit, option, s] = u // 4 if draw.random() < 0.2 else 0
                else:
                    burn[unit, option, s] = u * share // 100
    return _listed(draw, options, cost, burn, pooled, most_people=2)


def _work(draw: random.Random, count: int, tools: int, scenarios: int) -> Listed:
    """Workloads as they run today, and in cheaper ways."""
    options = Options(
        (-1, -1, -1)[: 2 + min(tools, 1)], (-1, -1, 0)[: 2 + min(tools, 1)], (True,) * (2 + min(tools, 1))
    )
    burn = np.array(
        [
            [[draw.randint(10, 200) * DOLLAR for _ in range(scenarios)] for _ in range(len(options))]
            for _ in range(count)
        ],
        dtype=np.int64,
    )
    cost = np.array(
        [[[draw.randint(0, 20) * DOLLAR] * scenarios for _ in range(len(options))] for _ in range(count)],
        dtype=np.int64,
    )
    return _listed(draw, options, cost, burn, None, most_people=1)


def _listed(
    draw: random.Random, options: Options, cost: Ints, burn: Ints, pooled: Ints | None, most_people: int
) -> Listed:
    count = len(cost)
    eligible = np.array([[draw.random() < 0.85 for _ in range(len(options))] for _ in range(count)])
    current = np.array([draw.randrange(len(options)) for _ in range(count)], dtype=np.int64)
    eligible[np.arange(count), current] = True
    people = np.array([draw.randint(1, most_people) for _ in range(count)], dtype=np.int64)
    return Listed(options, cost, burn, eligible, current, people, pooled)
