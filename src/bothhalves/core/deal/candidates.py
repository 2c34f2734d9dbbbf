"""Amounts that could be committed, and what is asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bothhalves.core.deal.commitment_cost import Drawing
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Scenario
from bothhalves.core.deal.spread import Number


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """``amount`` micro-units to sign for; not ``signed``: no commitment at all, everything at list price."""

    amount: int
    signed: bool = True


NOTHING = Candidate(0, signed=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a candidate comes to in one scenario, times the ``scale`` of its outcomes.

    ``used`` is usage at list price, ``covered`` the part of it within the commitment; ``paid`` is all that is
    due, ``overage`` the part of it beyond the commitment, ``forfeited`` what was committed and not used.
    """

    paid: Number
    forfeited: Number
    overage: Number
    covered: Number
    used: Number


class Costing(Protocol):
    """Candidates of an offer under scenarios. Costs are held times ``scale``."""

    @property
    def scale(self) -> int: ...
    def candidates(self) -> Sequence[Candidate]:
        """All that are enumerated, the smallest first."""

    def stretches(self) -> Sequence[Sequence[Candidate]]:
        """Those signed, between thresholds."""

    def expected(self, candidate: Candidate) -> Number:
        """The cost weighted with the chances."""

    def paid(self, candidate: Candidate) -> Sequence[Number]:
        """The cost in every scenario."""

    def least(self) -> Sequence[Number]:
        """The cost in every scenario of the amount that is best in it."""

    def balanced(self, places: Sequence[int]) -> Sequence[Candidate]:
        """The amounts of least regret within each stretch, over some scenarios."""

    def outcomes(self, candidate: Candidate) -> tuple[int, Sequence[Outcome]]:
        """The scale, and what comes of it in every scenario."""


def outcomes_of(
    offer: Offer, candidate: Candidate, scenarios: Sequence[Scenario]
) -> tuple[int, list[Outcome]]:
    """The scale, and what comes of a candidate in every scenario."""
    fees = offer.fees
    if not candidate.signed:
        everything = [sum(s.api) for s in scenarios]
        return 1, [Outcome(n + sum(fees), 0, n, 0, n) for n in everything]
    drawing = Drawing(offer.schedule(candidate.amount), beside=any(fees))
    return drawing.scale, [outcome_of(drawing, scenario, fees) for scenario in scenarios]


def outcome_of(drawing: Drawing, scenario: Scenario, fees: Sequence[int]) -> Outcome:
    """What comes of an amount in a scenario, times the scale of the drawing."""
    paid, forfeited, beyond, covered = drawing.sums(scenario.api, fees)
    outside = drawing.outside(scenario.api, fees) * drawing.scale
    used = sum(scenario.api) * drawing.scale
    return Outcome(paid + outside, forfeited, beyond + outside, covered, used)
