"""Paths, breakpoints and verdicts to the cent: tests/paths/*.yaml, which an expert can write.

A case is of one of these kinds; amounts are per month, at list price, and compared to the cent::

    breakpoints:
      title: {seat: {fee: 35, included: 70, times: 1}, metered: {efficiency: 50%, tool: 3},
              months: [0, 0, 210], expect: {form: between, low: 64, high: 76, seat: 81.67, metered: 38}}
    verdicts:
      title: {current: NAME, paths: {NAME: {fee: 30}, other: {metered: {tool: 4}}}, months: [140, "20 to 30"],
              expect: {path: NAME, reason: kept}}

A month is a number, ``20 to 30``, or ``at least 20``. A seat is a ``fee`` with one of: nothing (flat);
``included`` and ``times``; ``included`` and ``stop``; ``tiers`` (multiples by the use at which they begin);
``rate`` (share of list price); ``pack`` and ``price``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import pytest

from bothhalves.core.clauses.base import Percent
from bothhalves.core.money import quotient
from bothhalves.core.paths.breakpoints import breakpoint_of
from bothhalves.core.paths.expected import Option, Use, expected, mean_use
from bothhalves.core.paths.regions import Range
from bothhalves.core.paths.schedules import Piece, Schedule, at_rates, metered, tiered
from bothhalves.core.paths.verdicts import HOLD, standing, verdict
from bothhalves.reading import read_yaml
from seat_schedules import flat, in_packs, stopping, with_allowance

CASES = Path(__file__).parent / "paths"
ONE = Decimal(1)


def month(text: str) -> Use:
    """``70``, ``20 to 30`` or ``at least 20``."""
    if text.startswith("at least "):
        return Use.at_least(Decimal(text.removeprefix("at least ")))
    low, _, high = text.partition(" to ")
    return Use(Decimal(low), Decimal(high or low))


Months = tuple[Annotated[Use, month], ...]


@dataclass(frozen=True)
class Meter:
    discount: Percent = Decimal(0)
    efficiency: Percent = ONE
    tool: Decimal = Decimal(0)

    def schedule(self) -> Schedule:
        return metered(self.discount, self.efficiency, self.tool)


@dataclass(frozen=True)
class Way:
    """A seat, or a metered path."""

    fee: Decimal = Decimal(0)
    included: Decimal | None = None
    times: Decimal = ONE
    stop: bool = False
    tiers: dict[str, Decimal] = field(default_factory=dict)
    rate: Percent | None = None
    pack: Decimal | None = None
    price: Decimal = Decimal(0)
    annual: bool = False
    metered: Meter | None = None

    def schedule(self) -> Schedule:
        if self.metered is not None:
            return self.metered.schedule()
        if self.tiers:
            return tiered(self.fee, [Piece(Decimal(u), q) for u, q in self.tiers.items()])
        if self.rate is not None:
            return at_rates(self.fee, self.rate)
        if self.pack is not None:
            return in_packs(self.fee, self.included or Decimal(0), self.pack, self.price)
        if self.included is None:
            return flat(self.fee)
        return (
            stopping(self.fee, self.included)
            if self.stop
            else with_allowance(self.fee, self.included, self.times)
        )


@dataclass(frozen=True)
class Breaks:
    form: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    premium: Decimal | None = None
    says: tuple[str, ...] = ()
    seat: Decimal | None = None
    metered: Decimal | None = None
    use: Decimal | None = None
    gap: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class BreakCase:
    seat: Way
    metered: Meter
    expect: Breaks
    months: Months = ()
    why: str = ""


@dataclass(frozen=True)
class Judged:
    path: str = ""
    reason: str = ""
    costs: dict[str, Decimal] = field(default_factory=dict)
    saving: Decimal | None = None
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerdictCase:
    paths: dict[str, Way]
    months: Months
    expect: Judged
    current: str = ""
    hold: Percent = HOLD
    need: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Stands:
    light: bool | None = None
    below: bool | None = None
    above: bool | None = None
    fees: bool | None = None
    exposure: Decimal | None = None


@dataclass(frozen=True)
class StandingCase:
    seat: Way
    metered: Meter
    months: Months
    expect: Stands
    why: str = ""


@dataclass(frozen=True)
class CaseFile:
    breakpoints: dict[str, BreakCase] = field(default_factory=dict)
    verdicts: dict[str, VerdictCase] = field(default_factory=dict)
    standings: dict[str, StandingCase] = field(default_factory=dict)


def _load() -> list[CaseFile]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        cases, problems = read_yaml(path, CaseFile)
        assert problems == [], problems
        assert cases is not None
        found.append(cases)
    return found


FILES = _load()


def cases(kind: str) -> list[Any]:
    """The cases of a kind, as parameters named by their titles."""
    return [pytest.param(case, id=title) for file in FILES for title, case in getattr(file, kind).items()]


def cents(value: Fraction | Decimal | None) -> Decimal | None:
    return None if value is None else quotient(Fraction(value), cents=True)


def point(found: Range) -> Decimal | None:
    assert found.is_point
    return cents(found.low)


@pytest.mark.parametrize("case", cases("breakpoints"))
def test_breakpoint_is_as_the_case_says(case: BreakCase) -> None:
    seat, path, expect = case.seat.schedule(), case.metered.schedule(), case.expect
    found = breakpoint_of(seat, path)
    if expect.form:
        assert found.form == expect.form
        assert (cents(found.low), cents(found.high)) == (cents(expect.low), cents(expect.high))
    assert expect.premium is None or found.premium == Fraction(expect.premium)
    for words in expect.says:
        assert words in found.sentence
    for use, gap in expect.gap.items():
        assert seat.of(Decimal(use)) - path.of(Decimal(use)) == gap
    for wanted, of in ((expect.seat, seat), (expect.metered, path)):
        assert wanted is None or point(expected(of, case.months)) == cents(wanted)
    assert expect.use is None or point(mean_use(case.months)) == cents(expect.use)
    assert expect.form or expect.gap or expect.seat is not None


@pytest.mark.parametrize("case", cases("verdicts"))
def test_verdict_is_as_the_case_says(case: VerdictCase) -> None:
    options = {name: Option(name, way.schedule(), way.annual) for name, way in case.paths.items()}
    current = options.pop(case.current) if case.current else None
    found = verdict(current, list(options.values()), case.months, case.hold, case.need)
    assert (found.path or "", found.reason) == (case.expect.path, case.expect.reason)
    for name, cost in case.expect.costs.items():
        assert point(dict(found.costs)[name]) == cents(cost)
    if case.expect.saving is not None:
        assert found.saving is not None
        assert point(found.saving) == cents(case.expect.saving)
    assert set(found.rivals) == set(case.expect.rivals)


@pytest.mark.parametrize("case", cases("standings"))
def test_standing_is_as_the_case_says(case: StandingCase) -> None:
    seat, path, expect = case.seat.schedule(), case.metered.schedule(), case.expect
    found = standing(seat, path, breakpoint_of(seat, path), case.months)
    told = (found.metered_is_light, found.below_seat, found.above_seat, found.is_many_fees)
    assert told == (expect.light, expect.below, expect.above, expect.fees)
    assert expect.exposure is None or point(found.exposure) == cents(expect.exposure)
