"""A bundle taken apart and its terms priced, under a thousand scenarios of two hundred workloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.deal_terms import commitment

if TYPE_CHECKING:
    from bothhalves.core.contracts import Contract
    from bothhalves.core.deal.outlook import Outlook

MONTHS, SCENARIOS, RENEWAL = 36, 1_000, 12
#: So many scenarios are settled month by month beside it.
SETTLED = 3


def _outlook() -> Callable[[], Outlook]:
    """Usage and seats drawn beforehand; the sum of workloads is part of the job."""
    from fractions import Fraction

    import numpy as np

    from bench.deal import usage_of_workloads
    from bothhalves.core.dates import Month
    from bothhalves.core.deal.outlook import Outlook, Scenario
    from bothhalves.core.explain import Grade

    usage = usage_of_workloads()
    rng = np.random.default_rng(17)
    steps = rng.integers(-12, 16, (2, SCENARIOS, MONTHS))
    start = np.array([560, 75]).reshape(2, 1, 1)
    needed = np.maximum(start + np.cumsum(steps, axis=2), 0).tolist()

    def made() -> Outlook:
        sums = usage.sum(axis=0).tolist()
        ways = tuple(
            Scenario(
                f"path {n}",
                tuple(sums[n]),
                {kind: tuple(needed[i][n]) for i, kind in enumerate(("standard", "premium"))},
                Fraction(1, SCENARIOS),
            )
            for n in range(SCENARIOS)
        )
        return Outlook(Month(2027, 1), "USD", ways, Grade.A, 12)

    return made


def _contracts(kind: str) -> tuple[Contract, Contract, Contract]:
    """The offer, and the price of each half alone."""
    from dataclasses import replace
    from datetime import date
    from decimal import Decimal

    from bothhalves.core.clauses.base import Term
    from bothhalves.core.clauses.seats import SeatTerm
    from bothhalves.core.clauses.trueups import TrueUp
    from bothhalves.core.contracts import Contract

    term = Term(date(2027, 1, 1), MONTHS)
    seats = (
        SeatTerm("standard", "claude", 700, Decimal(54), list_fee=Decimal(60), true_up=TrueUp("quarter")),
        SeatTerm("premium", "claude", 100, Decimal(135), list_fee=Decimal(150)),
    )
    clause = commitment(kind)
    alone = replace(clause, overage="committed", counts=())
    fees = (SeatTerm("standard", "claude", 1, Decimal(56)), SeatTerm("premium", "claude", 1, Decimal(140)))
    return (
        Contract("bundle", "v", "USD", term, seats, commitment=clause),
        Contract("seats", "v", "USD", term, fees),
        Contract("api", "v", "USD", term, commitment=alone),
    )


def bundle(kind: str) -> Callable[[], Any]:
    """The job: each half alone and inside, in every scenario."""
    from bothhalves.core.deal.bundle import Benchmark, Bundle, taken_apart
    from bothhalves.core.deal.serving import Serving
    from bothhalves.core.explain import Grade

    made, (offer, seats, api) = _outlook(), _contracts(kind)

    def answer() -> dict[str, str]:
        marks = (Benchmark(seats, Grade.B, "quote"), Benchmark(api, Grade.B, "quote"))
        found = taken_apart(Serving(made()), offer, *marks)
        assert isinstance(found, Bundle)
        return {"discount": f"{round(1000 * found.discount)} per mille"}

    return answer


def clauses(kind: str) -> Callable[[], Any]:
    """The job: every term with and without, alone and together, over the term and its renewal."""
    from decimal import Decimal

    from bothhalves.core.dates import Month
    from bothhalves.core.deal.asks import valued
    from bothhalves.core.deal.facts import Facts
    from bothhalves.core.deal.outlook import within
    from bothhalves.core.deal.serving import Serving

    made, (offer, _, _) = _outlook(), _contracts(kind)

    def facts(serving: Serving) -> Facts:
        way = serving.base_scenario
        return Facts(serving.months[0], way.api, {k: row[0] for k, row in way.seats.items()}, Decimal("0.05"))

    def answer() -> dict[str, int]:
        outlook = made()
        serving, later = Serving(outlook), Serving(within(outlook, Month(2027, 1), MONTHS + RENEWAL))
        found = valued(offer, serving, facts(serving), later, facts(later))
        return {"terms": len(found.asks) + len(found.held)}

    return answer


def settled(kind: str) -> Callable[[], Any]:
    """Some scenarios of the offer settled; ``apart`` is by how many cents they come to something else."""
    from fractions import Fraction

    from bothhalves.core.deal.halves import ahead
    from bothhalves.core.deal.serving import Serving

    serving, offer = Serving(_outlook()()), ahead(_contracts(kind)[0]).contract
    quick = serving.costs(offer)[:SETTLED]

    def answer() -> dict[str, int]:
        ways = serving.outlook.scenarios[:SETTLED]
        pairs = zip(quick, (serving.settled(offer, way) for way in ways), strict=True)
        return {"apart": sum(round(abs(Fraction(a.total) - Fraction(b.total)) / 10_000) for a, b in pairs)}

    return answer
