"""Mixes of work as lines of YAML and as pauses, the cells that they mean, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bothhalves.brief.levers import LeverRow, workload_brief
from bothhalves.core.clauses.base import Percent
from bothhalves.core.dates import Month
from bothhalves.core.explain import Grade
from bothhalves.core.levers.caching import (
    FIVE_MINUTES,
    ONE_HOUR,
    UNCACHED,
    HitRate,
    Pauses,
    at_rate,
    back_tested,
    restated,
)
from bothhalves.core.levers.claims import claim_of
from bothhalves.core.levers.composition import Composition
from bothhalves.core.levers.mix import LEVERS, Cell, Head, Lever, Slot, Target
from bothhalves.core.levers.routing import Recount
from bothhalves.core.rating import Counted
from bothhalves.workspace.levers import Evidence, WorkloadLevers
from rate_cards import used

METERS = {
    "input": "input_tokens",
    "reads": "cache_read_tokens",
    "writes": "cache_write_5m_tokens",
    "hour_writes": "cache_write_1h_tokens",
    "output": "output_tokens",
    "searches": "web_searches",
}


@dataclass(frozen=True)
class HeadLine:
    """Hit rates by cache (``large``, ``large batch``): ``hits`` of any traffic, ``today`` of today's."""

    share: str
    tokens: int = 5000
    basis: Literal["measured", "back-tested"] = "measured"
    changes: bool = False
    hits: dict[str, Percent] = field(default_factory=dict)
    today: dict[str, Percent] = field(default_factory=dict)

    def head(self) -> Head:
        return Head(
            Fraction(self.share),
            self.tokens,
            FIVE_MINUTES,
            self.changes,
            rates=self._slots(self.today),
            trialled=self._slots(self.hits),
        )

    def _slots(self, rates: dict[str, Decimal]) -> dict[Slot, HitRate]:
        found = {}
        for name, share in rates.items():
            model, _, tier = name.partition(" ")
            slot = Slot(("acme", model), tier or "standard", FIVE_MINUTES)
            found[slot] = HitRate(Fraction(share), self.basis, Grade.A)
        return found


@dataclass(frozen=True)
class CellLine:
    """A cell of the vendor acme; ``prompt`` is the size of each of its prompts, if known."""

    id: str
    requests: int
    model: str = "large"
    input: int = 0
    reads: int = 0
    writes: int = 0
    hour_writes: int = 0
    output: int = 0
    searches: int = 0
    tier: str = "standard"
    speed: str = "standard"
    prompt: int | None = None
    reference: str = "large"
    chosen: str = ""
    recount: str = "1"
    can_wait: Percent = Decimal(0)
    head: HeadLine | None = None

    def cell(self) -> Cell:
        meters = {meter: getattr(self, name) for name, meter in METERS.items() if getattr(self, name)}
        bounds = {} if self.prompt is None else {"prompt_above": self.prompt - 1, "prompt_upto": self.prompt}
        usage = used(self.model, requests=self.requests, tier=self.tier, speed=self.speed, **meters, **bounds)
        times = Fraction(self.recount)
        return Cell(
            self.id,
            self.id,
            usage,
            Target(("acme", self.reference)) if self.reference else None,
            Target(("acme", self.chosen), Recount(times, times)) if self.chosen else None,
            self.can_wait,
            self.head.head() if self.head else None,
        )


def with_pauses(usage: Counted, pauses: Pauses) -> Cell:
    """A cell whose requests were played back: its cache may last five minutes or an hour."""
    model = usage.vendor, usage.model
    rates = {
        Slot(model, usage.tier, lifetime): rate
        for lifetime in (FIVE_MINUTES, ONE_HOUR)
        if (rate := back_tested(pauses, lifetime)) is not None
    }
    prompt = sum(q for meter, q in usage.quantities if meter == "input_tokens")
    share = Fraction(pauses.total.tokens) / Fraction(prompt)
    tokens = pauses.total.tokens // pauses.total.requests
    return Cell("cell", "", usage, None, None, Decimal(0), Head(share, tokens, FIVE_MINUTES, rates=rates))


def states(usage: Counted, pauses: Pauses) -> dict[str, Counted]:
    """The same usage without a cache, and with one of either lifetime."""
    found = {"none": restated(usage, UNCACHED)}
    for lifetime in (FIVE_MINUTES, ONE_HOUR):
        rate = back_tested(pauses, lifetime)
        assert rate is not None
        found[lifetime.name] = restated(usage, at_rate(Decimal(pauses.total.tokens), rate, lifetime))
    return found


def rows_of(found: Composition) -> dict[Lever, LeverRow]:
    """What is told of each lever of a mix."""
    evidence = dict.fromkeys(LEVERS, Evidence(Grade.A, "", ""))
    claim = claim_of(found.lazy.amount, found.efficient.amount)
    told = WorkloadLevers("mix", "Mix", (Month(2026, 9),), found, (), (), evidence, Grade.A, {}, claim, ())
    return {row.lever: row for row in workload_brief(told, "USD").rows}
