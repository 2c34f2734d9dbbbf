"""What may be needed in the months to come: seats and API usage by scenario, before a contract prices it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from bothhalves.core.dates import Month
from bothhalves.core.explain import Grade

#: Why seats are not priced, and what helps.
NO_NEED = "nobody knows how many seats are needed"
STATE_NEED = "Write people into forecast.yaml for each seat type, or import the roster of a signed contract."


class Baseline(StrEnum):
    """Which of the three baselines of the same work an outlook continues."""

    LAZY = "lazy"
    CURRENT = "current"
    EFFICIENT = "efficient"  # after the moves and levers of the plan


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way things may go. ``api`` is usage that a commitment could cover, at list price, in whole
    micro-units of the currency by month; ``seats`` are people who need each seat type, by month.

    ``chance`` is None where nobody can say how likely it is.
    """

    name: str
    api: tuple[int, ...]
    seats: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    chance: Fraction | None = None


class Maker(Protocol):
    """Makes the scenarios of a term from what is known."""

    def scenarios(self, ways: Sequence[Scenario], start: int, months: int) -> tuple[Scenario, ...]:
        """Those of a term of ``months`` that begins ``start`` months after the data, of which ``ways`` is
        what the outlook as a whole says."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Scenarios of the same months from ``start`` on, and how sure their basis is.

    ``full_months`` is how many whole months of data stand behind them, ``source`` says in words what they
    were made from. Raises ``ValueError`` if scenarios differ in length, an amount is below zero, or chances
    are given for some only or do not add up to one.
    """

    start: Month
    currency: str
    scenarios: tuple[Scenario, ...]
    grade: Grade
    full_months: int
    baseline: Baseline = Baseline.EFFICIENT
    source: str = ""
    maker: Maker | None = None

    def __post_init__(self) -> None:
        faults = list(_faults(self.scenarios))
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def months(self) -> int:
        """How many months it looks ahead."""
        return len(self.scenarios[0].api)

    @property
    def knows_seats(self) -> bool:
        """True if it says how many seats of any type are needed, which may be none."""
        return any(s.seats for s in self.scenarios)

    @property
    def is_weighed(self) -> bool:
        """True if every scenario has a chance."""
        return self.scenarios[0].chance is not None


def within(outlook: Outlook, first: Month, months: int) -> Outlook:
    """The outlook over a term of ``months`` from ``first`` on, which is not before its start.

    Months beyond its end are like those a year before them, or like its last one where it is shorter.
    """
    start = (first.year - outlook.start.year) * 12 + first.number - outlook.start.number
    if start < 0:
        raise ValueError(f"{first} is before the outlook begins")
    places = [place_in(outlook.months, n) for n in range(start, start + months)]
    ways = tuple(
        replace(
            s,
            api=tuple(s.api[n] for n in places),
            seats={kind: tuple(row[n] for n in places) for kind, row in s.seats.items()},
        )
        for s in outlook.scenarios
    )
    if outlook.maker is not None:
        ways = outlook.maker.scenarios(ways, start, months)
    return replace(outlook, start=first, scenarios=ways, maker=None)


def place_in(known: int, month: int) -> int:
    """The place of the month that stands for a month ahead, of which so many are known."""
    if month < known:
        return month
    return known - 12 + (month - known) % 12 if known >= 12 else known - 1


def _faults(scenarios: Sequence[Scenario]) -> list[str]:
    if not scenarios:
        return ["an outlook has at least one scenario"]
    lengths = {len(s.api) for s in scenarios} | {len(n) for s in scenarios for n in s.seats.values()}
    amounts = [n for s in scenarios for row in (s.api, *s.seats.values()) for n in row]
    chances = [s.chance for s in scenarios if s.chance is not None]
    found = ["scenarios are of the same months"] if len(lengths) > 1 or 0 in lengths else []
    if min(amounts, default=0) < 0:
        found.append("seats and usage are not below zero")
    if chances and (len(chances) < len(scenarios) or min(chances) < 0 or sum(chances) != 1):
        found.append("chances are given for all scenarios, none is below zero, and they add up to one")
    return found
