"""Choosing seats for a company with two minimums that bind, and HiGHS on the same as far as it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.measure import Run, job, middle
from bench.table import Row

if TYPE_CHECKING:
    from bothhalves.allocate.model import Problem

#: Seconds that a company of so many people may take, and where HiGHS is asked too, with its time limit.
MOST = {1_000: 0.5, 10_000: 0.5, 100_000: 1.4, 1_000_000: 7.0}
LIMIT = {"quick": {1_000: 60}, "full": {1_000: 60, 10_000: 150}}
REPEATS = 3
_DOLLAR = 1_000_000
_GAP = 1e-6
#: Everybody is on the metered tool.
_TODAY = 3
_MINIMUMS, _FEES = (0.45, 0.20, 0.30), (240, 600, 300)


def company(people: int) -> Problem:
    """Three types of seat that may be closed, a metered tool, the metered API, and doing without.

    Use is unequal and no two people's costs are alike. Minimums are shares of the people; fees and costs are
    of a year. The third type's minimum is not worth it; those of the other two are more than is wanted.
    """
    import numpy as np

    from bothhalves.allocate.model import Listed, Options, Problem, SeatType

    rng = np.random.default_rng(7)
    use = rng.lognormal(3.2, 1.3, people) * 12 * _DOLLAR

    def trouble(least: int, most: int) -> Any:
        return rng.uniform(least, most, people) * _DOLLAR

    def beyond(included: int, rate: float) -> Any:
        return np.maximum(use - included * _DOLLAR, 0) * rate * rng.uniform(0.8, 1.2, people)

    cost = [
        beyond(400, 0.9) + trouble(0, 60),
        beyond(1500, 0.8) + trouble(0, 60),
        beyond(900, 0.5) + trouble(0, 240),
        use * rng.uniform(0.7, 1.3, people) + trouble(0, 120),
        use * rng.uniform(0.5, 1, people) + trouble(60, 240),
        trouble(600, 3000),
    ]
    eligible = np.ones((people, len(cost)), np.bool_)
    eligible[:, 2], eligible[:, 4] = rng.random(people) < 0.5, rng.random(people) < 0.3
    terms = enumerate(zip(_FEES, _MINIMUMS, strict=True))
    seats = (SeatType(f"seat {n}", fee * _DOLLAR, int(share * people)) for n, (fee, share) in terms)
    options = Options((0, 1, 2, -1, -1, -1), (-1,) * 6, (False,) * 6)
    effects = np.stack(cost, axis=1).astype(np.int64)[:, :, None]
    nothing = np.broadcast_to(np.int64(0), effects.shape)
    today, each = np.full(people, _TODAY), np.ones(people, np.int64)
    return Problem((Listed(options, effects, nothing, eligible, today, each),), seats=tuple(seats))


def measured(size: str) -> list[Row]:
    rows = []
    for people, most in MOST.items():
        ours = middle([job("seats", str(people)) for _ in range(REPEATS)])
        told = ours.answer
        assert told["binding"] == 2, told
        target, met = f"<= {most:g} s, gap <= {_GAP:g}", ours.wall <= most and told["gap"] <= _GAP
        what = f"{people:,} people: {told['total'] / _DOLLAR:,.6f}, gap {told['gap']:.1e}"
        rows.append(Row(what, ours, None, target, met))
        if people in LIMIT[size]:
            rows.append(_highs(people, LIMIT[size][people], ours))
    return rows


def _highs(people: int, seconds: int, ours: Run) -> Row:
    """HiGHS on the same company. It must come to the same micro-dollar where it finishes, and to no less than
    is proved."""
    run = job("seats_milp", str(people), str(seconds))
    told, total = run.answer, ours.answer["total"]
    what = f"{people:,} people: HiGHS, {told['status']}"
    if told["total"] is None:
        return Row(f"{what}, no choice found", run, run.cpu / ours.cpu)
    assert told["total"] >= total * (1 - ours.answer["gap"]), told
    if told["status"] != "optimal":
        above = 100 * (told["total"] / total - 1)
        return Row(f"{what}, {above:.2g} % above", run, run.cpu / ours.cpu)
    return Row(what, run, run.cpu / ours.cpu, "the same micro-dollar", told["total"] == total)


def solved(people: str) -> Any:
    """The job of the measured process: everything but drawing the company."""
    from bothhalves.allocate.solve import solve

    drawn = company(int(people))

    def answer() -> dict[str, Any]:
        found = solve(drawn)
        held = [int((found.choice[0] == option).sum()) for option in range(len(drawn.seats))]
        pairs = zip(drawn.seats, held, strict=True)
        binding = sum(0 < count <= seat.minimum for seat, count in pairs)
        return {"total": int(found.objective), "gap": found.gap, "binding": binding}

    return answer


def solved_by_highs(people: str, seconds: str) -> Any:
    """The same as one mixed-integer program, on both processors."""
    from bench.seat_milp import reference_milp

    drawn = company(int(people))

    def answer() -> dict[str, Any]:
        found = reference_milp(drawn, float(seconds), threads=2)
        return {"total": found.total, "status": found.status, "bound": found.bound}

    return answer
