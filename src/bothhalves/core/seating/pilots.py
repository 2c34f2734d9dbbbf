"""Before a first purchase: whom to try it with, and what a trial says of everybody else.

Only people drawn at random speak for the others. Volunteers are the ones who want the tool, so that no number
of seats follows from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from bothhalves.core.clauses.base import Percent
from bothhalves.core.seating.wilson import Interval, sample_size, wilson

MEASURE = (
    "who sent a message or ran a session, by week, from the vendor's activity export, not from a survey",
    "each person's use at list price (tokens, or messages and what one is worth), two full months of it",
    "who was drawn and never began: they count as people without use",
    "which limits stopped somebody, as use beyond a limit is not seen",
    "what the others use meanwhile: the company's other tools, and accounts of their own",
)
_SAMPLES = ("random", "volunteers")


@dataclass(frozen=True, slots=True)
class Pilot:
    """``pilot.yaml``: ``population`` people could get a seat, of whom a ``sample`` tries it.

    ``sample`` says how they were chosen: ``random`` or ``volunteers``. ``invited`` were chosen, of whom
    ``measured`` have data and ``active`` used it; left out, the pilot is still to come. ``margin`` is how far
    the share may be off in either direction when its size is planned.
    """

    population: int
    sample: str = "random"
    invited: int | None = None
    measured: int | None = None
    active: int | None = None
    margin: Percent = Decimal("0.1")

    def fault(self) -> str | None:
        return next((said for wrong, said in self._faults() if wrong), None)

    def _faults(self) -> Iterator[tuple[bool, str]]:
        yield self.population < 1, "population is at least 1"
        yield self.sample not in _SAMPLES, "sample is random or volunteers"
        yield not 0 < self.margin < 1, "margin is above 0% and below 100%"
        said = [n for n in (self.active, self.measured, self.invited) if n is not None]
        yield len(said) not in (0, 3), "a pilot that was run states invited, measured and active"
        yield bool(said) and not said[0] >= 0, "active is not below zero"
        rising = [*said, self.population]
        yield bool(said) and rising != sorted(rising), "active, measured, invited and population rise"
        yield bool(said) and said[-1] < 1, "invited is at least 1"


@dataclass(frozen=True, slots=True)
class PilotPlan:
    """Draw ``people`` of the population by lot, so that a share is known to within the ``margin``."""

    population: int
    people: int
    confidence: Decimal
    margin: Decimal
    measure: tuple[str, ...] = MEASURE


@dataclass(frozen=True, slots=True)
class PilotResult:
    """Seats for the whole population: ``likely`` from the share seen, and the ends of its ``share``.

    ``missing`` were chosen and not measured: the low end takes them as people without use, the high end as
    users, as nobody knows.
    """

    share: Interval
    low: int
    likely: int
    high: int
    missing: int
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no number is given, and what would give one."""

    reason: str
    instead: str


def pilot_plan(pilot: Pilot, confidence: Decimal) -> PilotPlan:
    """Whom to draw and what to measure."""
    people = sample_size(pilot.population, confidence, pilot.margin)
    return PilotPlan(pilot.population, people, confidence, pilot.margin)


def pilot_result(pilot: Pilot, confidence: Decimal) -> PilotResult | Refusal:
    """What a pilot that was run says of the population."""
    plan = pilot_plan(pilot, confidence)
    draw = f"Draw {plan.people} of the {pilot.population} people by lot and measure all of them."
    if pilot.sample != "random":
        return Refusal("Volunteers use more than others do: nothing follows from them for the rest.", draw)
    if pilot.invited is None or pilot.measured is None or pilot.active is None:
        return Refusal("The pilot has not been run.", draw)
    if not pilot.measured:
        return Refusal("Nobody was measured.", draw)
    missing = pilot.invited - pilot.measured
    low = wilson(pilot.active, pilot.invited, confidence).low
    high = wilson(pilot.active + missing, pilot.invited, confidence).high
    share = Interval(low, high)
    likely = ceil(Fraction(pilot.active, pilot.measured) * pilot.population)
    least, most = share.of(pilot.population)
    return PilotResult(share, least, likely, most, missing, confidence)
