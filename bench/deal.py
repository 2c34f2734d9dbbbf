"""What a deal is decided with, by kind of commitment: a thousand scenarios of two hundred workloads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.deal_terms import BANDS, KINDS, commitment
from bench.measure import Run, job, middle
from bench.table import Row

if TYPE_CHECKING:
    from bothhalves.core.clauses.seats import SeatTerm
    from bothhalves.core.deal.committing import Commitment
    from bothhalves.core.deal.curves import Offer
    from bothhalves.core.deal.outlook import Outlook

#: Seconds of CPU that each may take, from the workloads' scenarios on.
MOST = 2.0
REPEATS = 3
WORKLOADS, MONTHS, SCENARIOS = 200, 36, 1_000
_DOLLAR = 1_000_000
_STEP = 1_000 * _DOLLAR
#: So many scenarios are settled by the clauses beside each.
SETTLED = 3
#: Those that have a formula, which floating point can try on a fine grid.
_GRIDS = {"plain": "list", "overage at the committed rate": "committed"}
_SEATS = (("standard", 700, 54), ("premium", 100, 135))


def measured(size: str) -> list[Row]:
    del size  # one size, that of the record
    return [row for kind in KINDS for row in _of(kind)]


def _of(kind: str) -> list[Row]:
    """What is decided under a kind of commitment; the ratio is to settling a scenario by the clauses."""
    sized = middle([job("commit", kind) for _ in range(REPEATS)])
    told = sized.answer
    what = f"{kind}: {told['amount']:,} to commit, of {told['enumerated']:,} amounts"
    apart = middle([job("bundle", kind) for _ in range(REPEATS)])
    terms = middle([job("clauses", kind) for _ in range(REPEATS)])
    years = middle([job("projection", kind) for _ in range(REPEATS)])
    return [
        _row(what, sized, job("commit_settled", kind)),
        *(_grid(kind, told, sized) if kind in _GRIDS else ()),
        _row(
            f"{kind}: a bundle taken apart, {apart.answer['discount']} off",
            apart,
            job("bundle_settled", kind),
        ),
        _row(f"{kind}: {terms.answer['terms']} terms with and without", terms),
        _row(
            f"{kind}: three years of both halves, crossed in {years.answer['crossed']:,}",
            years,
            job("projection_settled", kind),
        ),
    ]


def _row(what: str, ours: Run, settled: Run | None = None) -> Row:
    within = ours.cpu <= MOST
    if settled is None:
        return Row(what, ours, None, f"CPU <= {MOST:g} s", within)
    assert settled.answer["apart"] == 0, (what, settled.answer)
    ratio = (settled.cpu / SETTLED) / (ours.cpu / SCENARIOS)
    return Row(what, ours, ratio, f"CPU <= {MOST:g} s, cents as settled", within)


def _grid(kind: str, told: dict[str, int], ours: Run) -> list[Row]:
    tried = job("commit_grid", _GRIDS[kind])
    assert told["expected"] <= tried.answer["least"] + _DOLLAR, (told, tried.answer)
    what = f"{kind}: every {_STEP // _DOLLAR:,} dollars in floating point, {tried.answer['amount']:,}"
    return [Row(what, tried, tried.cpu / ours.cpu, "no cheaper", True)]


def usage_of_workloads() -> Any:
    """Usage of each workload, scenario and month in micro-dollars: levels, growth and noise of its own."""
    import numpy as np

    rng = np.random.default_rng(11)
    level = rng.lognormal(6, 1.2, (WORKLOADS, 1, 1)) * rng.lognormal(0, 0.4, (WORKLOADS, SCENARIOS, 1))
    growth = 1 + rng.normal(0.01, 0.01, (WORKLOADS, SCENARIOS, 1))
    noise = rng.lognormal(0, 0.2, (WORKLOADS, SCENARIOS, MONTHS))
    return (level * growth ** np.arange(MONTHS) * noise * _DOLLAR).astype(np.int64)


def _seats() -> tuple[SeatTerm, ...]:
    from decimal import Decimal

    from bothhalves.core.clauses.seats import SeatTerm

    return tuple(SeatTerm(name, "claude", count, Decimal(fee)) for name, count, fee in _SEATS)


def _offer(kind: str) -> Offer:
    from datetime import date

    from bothhalves.core.clauses.base import Term
    from bothhalves.core.dates import Month
    from bothhalves.core.deal.curves import Offer

    clause = commitment(kind)
    month = sum(count * fee for _, count, fee in _SEATS) * _DOLLAR if "seats" in clause.counts else 0
    fees = (month,) * MONTHS if month else ()
    return Offer(clause, Term(date(2027, 1, 1), MONTHS), Month(2027, 1), MONTHS, fees)


def _outlook(drawn: Any) -> Outlook:
    from fractions import Fraction

    from bothhalves.core.dates import Month
    from bothhalves.core.deal.outlook import Outlook, Scenario
    from bothhalves.core.explain import Grade

    chance, sums = Fraction(1, SCENARIOS), drawn.sum(axis=0).tolist()
    ways = tuple(Scenario(f"path {n}", tuple(row), chance=chance) for n, row in enumerate(sums))
    return Outlook(Month(2027, 1), "USD", ways, Grade.A, 12)


def committed(kind: str) -> Callable[[], Any]:
    """The job of the measured process: everything but drawing the workloads."""
    from bothhalves.core.deal.committing import sized

    drawn, offer = usage_of_workloads(), _offer(kind)

    def answer() -> dict[str, int]:
        found: Commitment = sized(offer, _outlook(drawn))
        chosen = found.recommended
        return {
            "amount": chosen.amount // _DOLLAR,
            "expected": int(chosen.expected),
            "enumerated": found.enumerated,
        }

    return answer


def settled(kind: str) -> Callable[[], Any]:
    """What was chosen, settled in some scenarios; ``apart`` is how many cents it comes to otherwise."""
    from fractions import Fraction

    from bothhalves.core.clauses.base import amount_of
    from bothhalves.core.contracts import Contract
    from bothhalves.core.deal.amounts import costing
    from bothhalves.core.deal.committing import advice
    from bothhalves.core.deal.halves import demands
    from bothhalves.core.money import MoneyKind
    from bothhalves.core.moves import horizon
    from bothhalves.core.settling import settle

    offer, outlook = _offer(kind), _outlook(usage_of_workloads())
    chosen, some = advice(offer, outlook), outlook.scenarios[:SETTLED]
    costs = costing(offer, some, [1] * SETTLED)
    quick = [Fraction(paid) / costs.scale for paid in costs.paid(chosen)]
    seats = _seats() if offer.fees else ()
    contract = Contract("bench", "v", "USD", offer.term, seats, commitment=offer.signed(chosen.amount))
    months = horizon(offer.first, offer.months)

    def answer() -> dict[str, int]:
        slow = [
            amount_of(settle(contract, demands(contract, months, {}, way.api), kind=MoneyKind.SCENARIO).lines)
            for way in some
        ]
        pairs = zip(quick, slow, strict=True)
        return {"apart": sum(abs(round(a / 10_000) - round(b * 100)) for a, b in pairs)}

    return answer


def on_a_grid(overage: str) -> Callable[[], Any]:
    """The same by the formula in floating point, for every amount of a fine grid from the first band on."""
    import numpy as np

    drawn = usage_of_workloads()

    def answer() -> dict[str, int]:
        years = drawn.sum(axis=0).reshape(SCENARIOS, MONTHS // 12, 12).sum(axis=2).astype(np.float64)
        least, best = float(years.sum(axis=1).mean()), 0
        for amount in range(BANDS[0][0] * _DOLLAR, 3_000_000 * _DOLLAR, _STEP):
            kept = 1 - max(float(d) for start, d in BANDS if start * _DOLLAR <= amount)
            price = kept if overage == "committed" else 1.0
            cost = amount * years.shape[1] + (np.maximum(years - amount / kept, 0) * price).sum(axis=1).mean()
            if cost < least:
                least, best = float(cost), amount
        return {"amount": best // _DOLLAR, "least": int(least)}

    return answer
