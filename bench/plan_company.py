"""An invented company: people on six seat types or the meter, workloads in
twelve ways, eight bands of a commitment, and scenarios of growth that hit everybody and each one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from bench.plan_units import PARTS, Crowd, Schedule
from bothhalves.allocate.model import Listed, Options, Problem, SeatType, Tool, bands

_DOLLAR = 1_000_000
_CENT = 10_000
_WAYS = 12
_BANDS = ((0.5, 5), (0.65, 8), (0.8, 10), (0.9, 12), (1.0, 14), (1.15, 16), (1.3, 18))


def company(people: int, scenarios: int, workloads: int, risk: Fraction = Fraction(0)) -> Problem:
    """The same company each time. ``risk`` is the weight of the dearest tenth of scenarios."""
    draw = np.random.default_rng(people + scenarios)
    growth = draw.lognormal(0.0, 0.12, scenarios)
    groups = (_people(draw, people, growth), _work(draw, workloads, growth, people))
    spend = 220 * people
    offers = bands([(int(share * spend) * _DOLLAR, Fraction(off, 100)) for share, off in _BANDS])
    return Problem(groups, (1,) * scenarios, _seats(people), _tools(people), offers, risk=risk)


def _seats(people: int) -> tuple[SeatType, ...]:
    """Minimums that bind, breaks, a pool that holders share, and credits."""
    return (
        SeatType("standard", 240 * _DOLLAR, people // 20),
        SeatType("plus", 620 * _DOLLAR, people // 4),
        SeatType("unlimited", 1300 * _DOLLAR, people // 100, ((people // 10, 1250 * _DOLLAR),)),
        SeatType("platform", 150 * _DOLLAR),
        SeatType("pooled", 330 * _DOLLAR, people // 6, allowance=420 * _DOLLAR, overage=Fraction(11, 10)),
        SeatType("credited", 200 * _DOLLAR, credit=60 * _DOLLAR, credit_cap=4 * people * _DOLLAR),
    )


def _tools(people: int) -> tuple[Tool, ...]:
    return Tool("coding tool", 3 * people * _DOLLAR), Tool("gateway", people * _DOLLAR)


def _people(draw: np.random.Generator, count: int, growth: np.ndarray) -> Crowd:  # type: ignore[type-arg]
    """A person's use in a year: the middle one's 350 dollars, a tenth above 1,500."""
    usual = draw.lognormal(np.log(350), 1.1, count).astype(np.float32)
    use = np.empty((count, len(growth)), dtype=np.int32)
    for first in range(0, count, 50_000):
        rows = slice(first, min(first + 50_000, count))
        own = draw.standard_normal((rows.stop - first, len(growth)), dtype=np.float32)
        dollars = usual[rows, None] * growth.astype(np.float32) * np.exp(0.35 * own)
        use[rows] = np.minimum(dollars * 100, 2e9)
    schedules = (
        Schedule(0, 400 * _DOLLAR, 0, _part(1.2)),
        Schedule(0, 1500 * _DOLLAR, _part(1.1)),
        Schedule(),
        Schedule(0, 0, 0, _part(0.9)),
        Schedule(pools=PARTS),
        Schedule(0, 300 * _DOLLAR, 0, _part(1.25)),
        Schedule(40 * _DOLLAR, 0, 0, _part(0.8)),
    )
    options = Options((0, 1, 2, 3, 4, 5, -1), (-1, -1, -1, -1, -1, -1, 0), (False,) * 6 + (True,))
    eligible = draw.random((count, len(options))) < 0.9
    current = draw.integers(0, len(options), count)
    eligible[np.arange(count), current] = True
    return Crowd(options, schedules, _CENT, eligible, current, np.ones(count, dtype=np.int64), use)


def _part(multiple: float) -> int:
    return round(multiple * PARTS)


def _work(draw: np.random.Generator, count: int, growth: np.ndarray, people: int) -> Listed:  # type: ignore[type-arg]
    """Workloads that together use as much as people do; a cheaper way costs engineering."""
    share = draw.lognormal(0.0, 1.5, count)
    usual = share / share.sum() * people * 150
    shape = count, _WAYS, len(growth)
    noise = np.exp(0.3 * draw.standard_normal((count, 1, len(growth))))
    saving = np.sort(draw.uniform(0.3, 1.0, (count, _WAYS)), axis=1)[:, ::-1]
    burn = (usual[:, None, None] * saving[:, :, None] * noise * growth * _DOLLAR).astype(np.int64)
    effort = np.sort(draw.uniform(0, 0.4, (count, _WAYS)), axis=1) * usual[:, None] * _DOLLAR
    cost = np.broadcast_to(effort.astype(np.int64)[:, :, None], shape)
    options = Options((-1,) * _WAYS, (-1,) * (_WAYS - 2) + (1, 1), (True,) * _WAYS)
    eligible = draw.random((count, _WAYS)) < 0.8
    eligible[:, 0] = True
    current = np.zeros(count, dtype=np.int64)
    return Listed(options, cost, burn, eligible, current, np.ones(count, dtype=np.int64))
