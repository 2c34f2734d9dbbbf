"""What a deal is decided with: how much to commit under a thousand scenarios of two hundred workloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench import bundles, projection
from bench.measure import job, middle
from bench.table import Row

#: Seconds that a choice of the commitment may take, from the workloads' scenarios on.
MOST = 2.0
REPEATS = 3
WORKLOADS, MONTHS, SCENARIOS = 200, 36, 1_000
_DOLLAR = 1_000_000
#: What unused money and overage are worth, by name.
TERMS = {"overage at list": "list", "overage at the committed rate": "committed"}


def measured(size: str) -> list[Row]:
    del size  # one size, that of the record
    return [*_commitments(), *projection.rows(), *bundles.rows()]


def _commitments() -> list[Row]:
    rows = []
    for name, overage in TERMS.items():
        ours = middle([job("commit", overage) for _ in range(REPEATS)])
        told = ours.answer
        tried = job("commit_grid", overage)
        assert told["expected"] <= tried.answer["least"] + _DOLLAR, (told, tried.answer)
        what = f"three years, {name}: {told['amount']:,} a year, of {told['enumerated']:,} amounts"
        rows.append(Row(what, ours, None, f"<= {MOST:g} s", ours.wall <= MOST))
        what = f"every {_STEP // _DOLLAR:,} dollars in floating point: {tried.answer['amount']:,}"
        rows.append(Row(what, tried, tried.cpu / ours.cpu, "no cheaper", True))
    return rows


_STEP = 1_000 * _DOLLAR
_BANDS = ((250_000, "0.04"), (500_000, "0.06"), (1_000_000, "0.11"), (2_000_000, "0.15"))


def usage_of_workloads() -> Any:
    """Usage of each workload, scenario and month in micro-dollars: levels, growth and noise of its own."""
    import numpy as np

    rng = np.random.default_rng(11)
    level = rng.lognormal(6, 1.2, (WORKLOADS, 1, 1)) * rng.lognormal(0, 0.4, (WORKLOADS, SCENARIOS, 1))
    growth = 1 + rng.normal(0.01, 0.01, (WORKLOADS, SCENARIOS, 1))
    noise = rng.lognormal(0, 0.2, (WORKLOADS, SCENARIOS, MONTHS))
    return (level * growth ** np.arange(MONTHS) * noise * _DOLLAR).astype(np.int64)


def _offer(overage: str) -> Any:
    from datetime import date
    from decimal import Decimal

    from bothhalves.core.clauses.base import Term
    from bothhalves.core.clauses.commitments import Band, CommitmentTerm
    from bothhalves.core.dates import Month
    from bothhalves.core.deal.curves import Offer

    bands = tuple(Band(Decimal(start), Decimal(discount)) for start, discount in _BANDS)
    clause = CommitmentTerm(Decimal(1_000_000), "year", bands=bands, overage=overage)  # type: ignore[arg-type]
    return Offer(clause, Term(date(2027, 1, 1), MONTHS), Month(2027, 1), MONTHS)


def committed(overage: str) -> Callable[[], Any]:
    """The job of the measured process: everything but drawing the workloads."""
    from fractions import Fraction

    from bothhalves.core.dates import Month
    from bothhalves.core.deal.committing import sized
    from bothhalves.core.deal.outlook import Outlook, Scenario
    from bothhalves.core.explain import Grade

    drawn, offer = usage_of_workloads(), _offer(overage)

    def answer() -> dict[str, int]:
        chance = Fraction(1, SCENARIOS)
        sums = drawn.sum(axis=0).tolist()
        ways = tuple(Scenario(f"path {n}", tuple(row), chance=chance) for n, row in enumerate(sums))
        found = sized(offer, Outlook(Month(2027, 1), "USD", ways, Grade.A, 12))
        chosen = found.recommended
        return {
            "amount": chosen.amount // _DOLLAR,
            "expected": int(chosen.expected),
            "enumerated": found.enumerated,
        }

    return answer


def on_a_grid(overage: str) -> Callable[[], Any]:
    """The same by the formula in floating point, for every amount of a fine grid from the first band on."""
    import numpy as np

    drawn = usage_of_workloads()

    def answer() -> dict[str, int]:
        years = drawn.sum(axis=0).reshape(SCENARIOS, MONTHS // 12, 12).sum(axis=2).astype(np.float64)
        least, best = float(years.sum(axis=1).mean()), 0
        for amount in range(_BANDS[0][0] * _DOLLAR, 3_000_000 * _DOLLAR, _STEP):
            kept = 1 - max(float(d) for start, d in _BANDS if start * _DOLLAR <= amount)
            price = kept if overage == "committed" else 1.0
            cost = amount * years.shape[1] + (np.maximum(years - amount / kept, 0) * price).sum(axis=1).mean()
            if cost < least:
                least, best = float(cost), amount
        return {"amount": best // _DOLLAR, "least": int(least)}

    return answer
