"""Three years of both halves: what seats and usage of the API cost month by month under a deal.

A deal is what is signed: one contract for both halves, or one for each, each from its first month on until
another takes its place. Months beyond the data are scenarios, and none of them is a forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.halves import Half, Halves, Row, Tariff, at_list, by_half
from bothhalves.core.deal.outlook import Scenario
from bothhalves.core.deal.years import PriceStep, at_levels, charged_levels, level_of
from bothhalves.core.explain import Line
from bothhalves.core.moves import horizon
from bothhalves.core.settling import Carried

_NIL = Fraction(0)
_ROWS = ("seats", "api", "both", "unused", "due")
#: Worked in fifty digits, discount factors are kept to twelve places, the grain of prices.
_DIGITS = Context(prec=50, rounding=ROUND_HALF_EVEN)
_GRAIN = Decimal("1E-12")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A contract that is looked ahead under for the halves it serves, from ``first`` to before ``until``
    (None: to the end). ``carried`` is what the months before those looked at left behind."""

    contract: Contract
    halves: frozenset[Half]
    first: Month
    until: Month | None = None
    carried: Carried | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """``name`` (``as is``, ``as quoted``, ``priced apart``), its stretches, and what is taken for granted.

    A month in which no stretch serves the API has its usage at list price. ``steps`` are changes of list
    prices to come, from which each contract's price protection holds usage."""

    name: str
    stretches: tuple[Stretch, ...]
    said: tuple[str, ...] = ()
    steps: tuple[PriceStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """One scenario under one deal, in micro-units by month; see :class:`Halves` for the rows."""

    deal: str
    scenario: str
    months: tuple[Month, ...]
    halves: Halves

    @property
    def crossing(self) -> Month | None:
        """The first month in which the API costs more than seats, or None. What is due at the end of a
        period for usage that never came makes no crossing; neither does a month with one price for both."""
        rows = zip(self.months, *self._compared, strict=True)
        return next((month for month, seats, api in rows if api > seats), None)

    @property
    def lasting(self) -> Month | None:
        """The month from which on the API costs more than seats in every month, or None."""
        found = None
        for month, seats, api in zip(self.months, *self._compared, strict=True):
            found = (found or month) if api > seats else None
        return found

    @property
    def is_undivided(self) -> bool:
        """True if a part of the cost is one price for both halves, so that no curve is the whole of one."""
        return any(self.halves.both)

    @property
    def _compared(self) -> tuple[Row, Row]:
        found = self.halves
        if self.is_undivided:
            return (_NIL,) * len(self.months), (_NIL,) * len(self.months)
        return found.seats, tuple(a - u for a, u in zip(found.api, found.unused, strict=True))

    def year(self, number: int, row: Row) -> Fraction:
        """The sum of a row over a year of the projection, the first being 0."""
        return sum(row[number * 12 : number * 12 + 12], _NIL)

    def cumulative(self, row: Row) -> Row:
        """The sum of a row up to each month."""
        found, so_far = [], _NIL
        for value in row:
            so_far += value
            found.append(so_far)
        return tuple(found)

    @property
    def left_over(self) -> Fraction:
        """What has fallen due by the end above what these months cost: paid ahead, and not used up by then.
        Below zero: some of their cost falls due after them."""
        return sum(self.halves.due, _NIL) - sum(self.halves.total, _NIL)

    @property
    def owed(self) -> Row:
        """What falls due for these months alone: without what is left over, which is taken off the latest
        payments ahead; what falls due after the months counts in the last one. Adds up to the total."""
        found, left = list(self.halves.due), self.left_over
        if left <= 0:
            found[-1] -= left
            return tuple(found)
        for place in reversed(range(len(found))):
            ahead = min(max(found[place] - self.halves.total[place], _NIL), left)
            found[place] -= ahead
            left -= ahead
        return tuple(found)

    def present_value(self, rate: Decimal) -> Fraction:
        """What the months cost, each part when it falls due, discounted at ``rate`` a year to the first day
        of the first month."""
        return sum((d * f for d, f in zip(self.owed, factors(rate, len(self.months)), strict=True)), _NIL)


def factors(rate: Decimal, months: int) -> tuple[Fraction, ...]:
    """What money at the end of each month is worth at the beginning of the first: (1 + rate)^(-n/12).

    Each is rounded half-even at the twelfth place. ``ValueError`` if the rate is not above -100 %.
    """
    if rate <= -1:
        raise ValueError("a discount rate is above -100%")
    monthly = _DIGITS.power(1 + rate, _DIGITS.divide(Decimal(-1), Decimal(12)))
    found, factor = [], Decimal(1)
    for _ in range(months):
        factor = _DIGITS.multiply(factor, monthly)
        found.append(Fraction(factor.quantize(_GRAIN, context=_DIGITS)))
    return tuple(found)


class Projector:
    """A deal over the months of an outlook, ready for many scenarios."""

    def __init__(self, deal: Deal, start: Month, months: int) -> None:
        self.deal, self.months = deal, horizon(start, months)
        made = (_Part.of(stretch, self.months, deal.steps) for stretch in deal.stretches)
        self._parts = [part for part in made if part is not None]
        served = {n for p in self._parts if Half.API in p.halves for n in range(p.at, p.at + p.length)}
        self._unserved = [n for n in range(months) if n not in served]  # usage at list price

    def course(self, scenario: Scenario) -> Course:
        """What the scenario costs month by month."""
        length = len(self.months)
        rows = {name: [_NIL] * length for name in _ROWS}
        billed: dict[str, list[int]] = {}
        for part in self._parts:
            found = part.course(scenario)
            for name, row in rows.items():
                part.add(getattr(found, name), row)
            for kind, counts in found.billed.items():
                mine = billed.setdefault(kind, [0] * length)
                mine[part.at : part.at + part.length] = counts
        for place in self._unserved:
            for name in ("api", "due"):
                rows[name][place] += self._listed(scenario, place)
        told = {kind: tuple(counts) for kind, counts in billed.items()}
        halves = Halves(**{name: tuple(row) for name, row in rows.items()}, billed=told)
        return Course(self.deal.name, scenario.name, self.months, halves)

    def lines(self, scenario: Scenario) -> dict[Half, list[Line]]:
        """The settled Lines of the same costs, by half."""
        found: dict[Half, list[Line]] = {half: [] for half in Half}
        for part in self._parts:
            for half, own in part.lines(scenario).items():
                found[half] += own
        terms = self.deal.stretches[0].contract
        listed = (at_list(terms, self.months[n], self._listed(scenario, n)) for n in self._unserved)
        found[Half.API] += listed
        return found

    def _listed(self, scenario: Scenario, place: int) -> int:
        """Usage of a month at the list prices of then."""
        return at_levels([scenario.api[place]], [level_of(self.deal.steps, self.months[place])])[0]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch within the months looked at, from the place ``at`` on; ``levels`` are the prices of usage by
    month as multiples of today's (empty: they stay)."""

    tariff: Tariff
    halves: frozenset[Half]
    at: int
    length: int
    levels: tuple[Fraction, ...]

    @staticmethod
    def of(stretch: Stretch, months: Sequence[Month], steps: Sequence[PriceStep] = ()) -> _Part | None:
        own = [m for m in months if stretch.first <= m and (stretch.until is None or m < stretch.until)]
        if not own:
            return None
        contract = _serving(stretch.contract, stretch.halves)
        terms = contract.spending.protection
        levels = charged_levels(steps, terms, own, contract.term.index(own[0])) if steps else ()
        tariff = Tariff(contract, own, stretch.carried)
        return _Part(tariff, stretch.halves, months.index(own[0]), len(own), levels)

    def course(self, scenario: Scenario) -> Halves:
        return self.tariff.course(*self._asked(scenario))

    def add(self, row: Row, to: list[Fraction]) -> None:
        """Adds a row of its months to one of all."""
        for place, value in enumerate(row, self.at):
            if value:
                to[place] = to[place] + value if to[place] else value

    def lines(self, scenario: Scenario) -> dict[Half, list[Line]]:
        return by_half(self.tariff.contract, self.tariff.lines(*self._asked(scenario)))

    def _asked(self, scenario: Scenario) -> tuple[Mapping[str, Sequence[int]], Sequence[int]]:
        """The seats and usage of its months, of the halves that it serves."""
        own = slice(self.at, self.at + self.length)
        seats = {kind: row[own] for kind, row in scenario.seats.items()} if Half.SEATS in self.halves else {}
        if Half.API not in self.halves:
            return seats, (0,) * self.length
        return seats, at_levels(scenario.api[own], self.levels) if self.levels else scenario.api[own]


def _serving(contract: Contract, halves: frozenset[Half]) -> Contract:
    """The clauses of a contract about the halves that it serves."""
    if Half.SEATS not in halves:
        contract = replace(contract, seats=(), minimum_seats=None)
    return contract if Half.API in halves else replace(contract, commitment=None, rates=())
