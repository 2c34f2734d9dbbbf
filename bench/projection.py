"""Three years of both halves under a contract, for a thousand scenarios of two hundred workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.deal_terms import commitment

if TYPE_CHECKING:
    from collections.abc import Callable

    from bothhalves.core.deal.outlook import Scenario
    from bothhalves.core.deal.projection import Projector

SAMPLE = 3
MONTHS, SCENARIOS = 36, 1_000


def _projector(kind: str) -> Projector:
    from datetime import date
    from decimal import Decimal

    from bothhalves.core.clauses.base import Term
    from bothhalves.core.clauses.renewals import Renewal
    from bothhalves.core.clauses.seats import SeatTerm
    from bothhalves.core.clauses.trueups import TrueUp
    from bothhalves.core.contracts import Contract
    from bothhalves.core.dates import Month
    from bothhalves.core.deal.halves import Half, ahead
    from bothhalves.core.deal.projection import Deal, Projector, Stretch

    rise = Renewal(Decimal("0.05"), None, "assigned")
    seats = (
        SeatTerm("standard", "chat", 1500, Decimal(40), true_up=TrueUp("month"), renewal=rise),
        SeatTerm("premium", "chat", 250, Decimal(150), true_up=TrueUp("quarter"), renewal=rise),
        SeatTerm("code", "code", 400, Decimal(100), minimum=300, renewal=rise),
    )
    term = Term(date(2027, 1, 1), 12, auto_renews=True)
    contract = ahead(Contract("bench", "v", "USD", term, seats, commitment=commitment(kind))).contract
    stretch = Stretch(contract, frozenset({Half.SEATS, Half.API}), Month(2027, 1))
    return Projector(Deal("as quoted", (stretch,)), Month(2027, 1), MONTHS)


def _scenarios() -> Callable[[], list[Scenario]]:
    """Usage of each workload, and seats needed, drawn beforehand; the sum of workloads is part of the job."""
    import numpy as np

    from bench.deal import usage_of_workloads
    from bothhalves.core.deal.outlook import Scenario

    usage = usage_of_workloads()
    rng = np.random.default_rng(13)
    steps = rng.integers(-20, 25, (3, SCENARIOS, MONTHS))
    start = np.array([1500, 250, 400]).reshape(3, 1, 1)
    needed = np.maximum(start + np.cumsum(steps, axis=2), 0).tolist()

    def made() -> list[Scenario]:
        sums = usage.sum(axis=0).tolist()
        kinds = ("standard", "premium", "code")
        return [
            Scenario(f"path {n}", tuple(sums[n]), {k: tuple(needed[i][n]) for i, k in enumerate(kinds)})
            for n in range(SCENARIOS)
        ]

    return made


def projected(kind: str) -> Callable[[], Any]:
    """The job: both curves of every scenario, their years and when they cross."""
    made = _scenarios()

    def answer() -> dict[str, int]:
        projector = _projector(kind)
        courses = [projector.course(scenario) for scenario in made()]
        years = [c.year(n, row) for c in courses for n in range(3) for row in (c.halves.seats, c.halves.api)]
        return {"crossed": sum(c.crossing is not None for c in courses), "cents": int(sum(years) // 10_000)}

    return answer


def settled(kind: str) -> Callable[[], Any]:
    """Some of the scenarios settled by the clauses; ``apart`` is how many cents they come to otherwise."""
    made, projector = _scenarios(), _projector(kind)
    some = made()[:SAMPLE]
    quick = [sum(projector.course(scenario).halves.total) for scenario in some]

    def answer() -> dict[str, int]:
        from bothhalves.core.clauses.base import amount_of

        slow = [
            amount_of(line for lines in projector.lines(scenario).values() for line in lines)
            for scenario in some
        ]
        apart = (abs(round(a / 10_000) - round(b * 100)) for a, b in zip(quick, slow, strict=True))
        return {"apart": sum(apart)}

    return answer
