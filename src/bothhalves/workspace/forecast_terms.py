"""``forecast.yaml``: what the owners of the drivers expect of the months to come. All of it has defaults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bothhalves.core.clauses.base import Percent
from bothhalves.core.explain import Problem
from bothhalves.core.money import EXACT, plain
from bothhalves.workspace.open import Workspace

FILE = "forecast.yaml"

ScenarioName = Literal["low", "base", "high"]
#: The scenarios that are always made, in their order.
SCENARIOS: tuple[str, ...] = ("low", "base", "high")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rates:
    """A number for each scenario. What is left out is that of ``base``, and base is zero."""

    low: Decimal | None = None
    base: Decimal = _ZERO
    high: Decimal | None = None

    def of(self, scenario: str) -> Decimal:
        stated = {"low": self.low, "high": self.high}.get(scenario)
        return self.base if stated is None else stated

    def fault(self) -> str | None:
        in_order = self.of("low") <= self.base <= self.of("high")
        return None if in_order else "low is not above base, and base is not above high"


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth a month in each scenario. What is left out is that of ``base``, and base is none."""

    low: Percent | None = None
    base: Percent = _ZERO
    high: Percent | None = None

    def of(self, scenario: str) -> Decimal:
        stated = {"low": self.low, "high": self.high}.get(scenario)
        return self.base if stated is None else stated

    def fault(self) -> str | None:
        if not -1 < self.of("low") <= self.base <= self.of("high"):
            return "low is above -100% and not above base, and base is not above high"
        return "growth of more than 100% a month is not a rate" if self.of("high") > 1 else None


@dataclass(frozen=True, slots=True)
class SeatDriver:
    """Seats of one type: ``people`` who may have one (left out: those who do), hiring a month, and which
    share of them has a seat (``adoption``; left out: all of them)."""

    type: str
    people: int | None = None
    hiring: Rates = Rates()
    adoption: Percent | None = None
    owner: str = ""

    def fault(self) -> str | None:
        if self.people is not None and self.people < 0:
            return "people is not below zero"
        within = self.adoption is None or 0 <= self.adoption <= 1
        return None if within else "adoption is between 0% and 100%"

    def said(self) -> str:
        rates = " / ".join(plain(self.hiring.of(name)) for name in SCENARIOS)
        share = "each" if self.adoption is None else f"{plain(self.adoption * 100)} % of them"
        return f"{rates} people a month (low / base / high) are hired, {share} with a {self.type} seat."


@dataclass(frozen=True, slots=True)
class CodingDriver:
    """A coding tool on the API: ``engineers``, the share active on a working day, working days a month, and
    what an active day costs at list price. What is left out is measured."""

    product: str
    engineers: int | None = None
    active: Percent | None = None
    working_days: Decimal | None = None
    cost_per_day: Decimal | None = None
    hiring: Rates = Rates()
    owner: str = ""

    def fault(self) -> str | None:
        stated = (self.engineers, self.active, self.working_days, self.cost_per_day)
        if min((Decimal(n) for n in stated if n is not None), default=_ZERO) < 0:
            return "engineers, active, working_days and cost_per_day are not below zero"
        if self.active is not None and self.active > 1:
            return "active is at most 100%"
        if (self.active is None) is not (self.working_days is None):
            return "active is a share of working_days: give both or neither"
        is_hiring = any(self.hiring.of(name) for name in SCENARIOS)
        return "hiring needs engineers, who are its base" if is_hiring and not self.engineers else None

    @property
    def is_stated(self) -> bool:
        """True if any part of what a month costs is stated."""
        return any(n is not None for n in (self.engineers, self.active, self.cost_per_day))

    @property
    def month(self) -> Decimal | None:
        """What a month costs, where all of it is stated."""
        parts = (self.engineers, self.active, self.working_days, self.cost_per_day)
        result = Decimal(1)
        for part in parts:
            if part is None:
                return None
            result = EXACT.multiply(result, Decimal(part))
        return result

    def people(self, scenario: str, months: int) -> Fraction:
        """Engineers after so many months, for each one today."""
        if not self.engineers:
            return Fraction(1)
        return max(1 + Fraction(self.hiring.of(scenario)) * months / self.engineers, Fraction(0))

    def said(self) -> str:
        rates = " / ".join(plain(self.hiring.of(name)) for name in SCENARIOS)
        return f"{self.product}: {rates} engineers a month (low / base / high) are hired."


@dataclass(frozen=True, slots=True)
class WorkloadDriver:
    """A workload: by how much its traffic grows a month, as its ``owner`` says."""

    workload: str
    growth: Growth = Growth()
    owner: str = ""

    def said(self) -> str:
        rates = " / ".join(f"{plain(self.growth.of(name) * 100)} %" for name in SCENARIOS)
        return f"{self.workload} grows by {rates} a month (low / base / high), says {self.owner or 'nobody'}."


@dataclass(frozen=True, slots=True)
class Change:
    """A planned change or price step from a day on: times ``factor``, or ``amount`` a month more at list
    price (below zero: less). ``driver`` is a workload, product or seat type (left out: all usage), whose
    ``seats`` change by a number of people. ``scenario`` left out: in all of them."""

    from_: date
    reason: str
    driver: str = ""
    factor: Decimal | None = None
    amount: Decimal | None = None
    seats: int | None = None
    scenario: ScenarioName | Literal[""] = ""

    def fault(self) -> str | None:
        if [self.factor, self.amount, self.seats].count(None) != 2:
            return "give exactly one of factor, amount and seats"
        if self.factor is not None and not 0 <= self.factor <= 1000:
            return "factor is between 0 and 1000"
        return "seats belong to a driver" if self.seats is not None and not self.driver else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected."""

    horizon_months: int = 36
    seats: tuple[SeatDriver, ...] = ()
    coding: tuple[CodingDriver, ...] = ()
    workloads: tuple[WorkloadDriver, ...] = ()
    changes: tuple[Change, ...] = field(default=())
    price_steps: tuple[Change, ...] = field(default=())

    def fault(self) -> str | None:
        return next((said for wrong, said in self._faults() if wrong), None)

    def _faults(self) -> Iterator[tuple[bool, str]]:
        yield not 1 <= self.horizon_months <= 60, "horizon_months is between 1 and 60"
        yield _twice(s.type for s in self.seats), "seats names a type twice"
        yield _twice(c.product for c in self.coding), "coding names a product twice"
        yield _twice(w.workload for w in self.workloads), "workloads names a workload twice"
        yield any(s.factor is None for s in self.price_steps), "a price step is a factor"

    def growth(self, workload: str, scenario: str) -> Decimal:
        """Growth of a workload's traffic a month."""
        return next((w.growth.of(scenario) for w in self.workloads if w.workload == workload), _ZERO)

    def tool(self, product: str) -> CodingDriver | None:
        return next((c for c in self.coding if c.product == product), None)

    def seat(self, kind: str) -> SeatDriver:
        return next((s for s in self.seats if s.type == kind), SeatDriver(kind))

    def steps(self, scenario: str) -> tuple[Change, ...]:
        """The changes of a scenario, and the price steps of a part of usage, or in it alone."""
        own = (s for s in self.price_steps if s not in self.listed)
        return tuple(c for c in (*self.changes, *own) if c.scenario in ("", scenario))

    @property
    def listed(self) -> tuple[Change, ...]:
        """The price steps of all usage in all scenarios: those that a contract may protect from."""
        return tuple(s for s in self.price_steps if not s.driver and not s.scenario)

    def said(self) -> list[str]:
        """What was taken for granted or stated, in sentences."""
        found = [f"{self.horizon_months} months are looked ahead."]
        found += [w.said() for w in self.workloads] or ["No growth is stated: usage goes on at its level."]
        found += [s.said() for s in self.seats] or ["No hiring is stated: seats stay as many as they are."]
        found += [c.said() for c in self.coding]
        own = (s for s in self.price_steps if s not in self.listed)
        return [*found, *(_said(c) for c in (*self.changes, *own)), *map(_said_of_list, self.listed)]


def _said(change: Change) -> str:
    what = f"times {plain(change.factor)}" if change.factor is not None else _more(change)
    where = f" of {change.driver}" if change.driver else ""
    when = f" in {change.scenario}" if change.scenario else ""
    return f"From {change.from_}{when}, usage{where} is {what}: {change.reason}."


def _said_of_list(step: Change) -> str:
    said = f"From {step.from_}, list prices are times {plain(step.factor or _ZERO)}: {step.reason}"
    return f"{said} (usage is told at those of today)."


def _more(change: Change) -> str:
    if change.seats is not None:
        return f"of {change.seats:+} people"
    return f"{plain(change.amount or _ZERO)} a month more"


def _twice(names: Iterable[str]) -> bool:
    found = list(names)
    return len(set(found)) < len(found)


def forecast_terms(workspace: Workspace) -> tuple[Forecast, list[Problem]]:
    """``forecast.yaml``, or the defaults where there is none; and what is wrong with it."""
    path = workspace.root / FILE
    if not path.exists():
        return Forecast(), []
    from bothhalves.reading import read_yaml

    found, problems = read_yaml(path, Forecast, FILE)
    return found or Forecast(), list(problems)
