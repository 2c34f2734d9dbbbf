"""What serving a need costs under a contract, in every scenario of an outlook: seats, usage, both together.

Costs are whole sums over the months. Most contracts go a short way, in whole numbers; one whose clauses hang
together otherwise is settled scenario by scenario, and both ways come to the same. Money is in micro-units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import floor

from bothhalves.core.clauses.base import EVERYTHING, Demand, amount_of
from bothhalves.core.clauses.undivided import MONTHS, UndividedState, charge_undivided
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.commitment_cost import Drawing
from bothhalves.core.deal.commitment_schedule import laid
from bothhalves.core.deal.halves import Half, by_half, demands, is_payment_ahead
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.seat_sums import Money, SeatSums
from bothhalves.core.deal.spread import ranked, weights_of
from bothhalves.core.deal.years import PriceStep, level_of
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT, MoneyKind
from bothhalves.core.moves import horizon
from bothhalves.core.settling import settle

#: So many scenarios are settled at most where a contract does not go the short way.
SETTLED = 40


@dataclass(frozen=True, slots=True)
class Served:
    """What a scenario costs. ``both`` is a price that does not say what either half costs. Where seat fees
    draw on the commitment, they are in ``seats`` as without it, and what it makes of them is in ``api``."""

    seats: Money
    api: Money
    both: Money = 0

    @property
    def total(self) -> Money:
        return self.seats + self.api + self.both


class Serving:
    """An outlook under which contracts are compared, scenario by scenario.

    ``steps`` are changes of list prices to come; the usage of the outlook is at those of its first month, to
    which price protection refers. Contracts are such as ``halves.ahead`` makes them.
    """

    def __init__(self, outlook: Outlook, steps: Sequence[PriceStep] = ()) -> None:
        self.outlook, self._steps = outlook, tuple(steps)
        self.months = horizon(outlook.start, outlook.months)
        self.ranks = weights_of(outlook.scenarios)
        self.base = _base(outlook, self.ranks)
        self.base_scenario = outlook.scenarios[self.base]
        self.weights = self.ranks if outlook.is_weighed else _only(self.base, len(self.ranks))
        self._levels = [level_of(steps, month) for month in self.months]
        self.moves = any(level != 1 for level in self._levels)
        self._few: Serving | None = None
        self._seats: dict[object, list[Money]] = {}
        self._dues: dict[object, list[list[Money]]] = {}
        self._usage: dict[object, list[Money]] = {}

    def settles(self, contract: Contract) -> bool:
        """True if the contract does not go the short way."""
        clause, rule = contract.commitment, contract.spending.protection
        beside = contract.usage or contract.seat_usage or contract.packs or contract.credits
        paid = contract.included_credits or contract.marketplaces or contract.allowances
        taxed = contract.tax not in (None, "excluded")
        discounts = [r for r in contract.rates if r != replace(r, price=None, scope=EVERYTHING, excludes=())]
        dated = any(r.from_ or r.until for r in contract.rates) or len(contract.rates) > 1
        counts = set(clause.counts) if clause is not None else set()
        pooled = not counts <= {"api", "seats"}
        moved = self.moves and rule.kind != "none"
        mixed = contract.undivided is not None and (clause is not None or bool(contract.rates) or moved)
        priced = moved and (rule.increases_at_most is not None or rule.models or rule.successors)
        in_list = moved and clause is not None and clause.in_list
        return any((beside, paid, taxed, discounts, dated, pooled, mixed, priced, in_list))

    def fitting(self, contracts: Iterable[Contract]) -> Serving:
        """The same, or with fewer scenarios where one of the contracts has to be settled in each."""
        if len(self.outlook.scenarios) <= SETTLED or not any(map(self.settles, contracts)):
            return self
        if self._few is None:
            self._few = Serving(thinned(self.outlook), self._steps)
        return self._few

    def expected(self, amounts: Sequence[Money]) -> Fraction:
        """The mean over the scenarios by their chances; where they have none, that of the base scenario."""
        weighed = sum(w * a for w, a in zip(self.weights, amounts, strict=True))
        return Fraction(weighed) / sum(self.weights)

    def costs(self, contract: Contract) -> list[Served]:
        """What each scenario costs under the contract."""
        if self.settles(contract):
            return [self.settled(contract, s) for s in self.outlook.scenarios]
        if contract.undivided is not None:
            priced = zip(self._seat_costs(contract), self._undivided(contract), strict=True)
            return [Served(n, 0, both) for n, both in priced]
        api, seats = self._api_costs(contract), self._seat_costs(contract)
        return [Served(n, usage) for n, usage in zip(seats, api, strict=True)]

    def _seat_costs(self, contract: Contract) -> list[Money]:
        slot = _seat_part(contract)
        if slot in self._dues and all(t.billed != "annual" for t in contract.seats):
            return [sum(due) for due in self._dues[slot]]
        if slot not in self._seats:
            sums = SeatSums(contract, self.months)
            self._seats[slot] = [sums.cost(_needed(contract, s)) for s in self.outlook.scenarios]
        return self._seats[slot]

    def _fees(self, contract: Contract) -> list[list[Money]]:
        """Seat fees of every scenario by month."""
        slot = _seat_part(contract)
        if slot not in self._dues:
            sums = SeatSums(contract, self.months)
            self._dues[slot] = [sums.due(_needed(contract, s)) for s in self.outlook.scenarios]
        return self._dues[slot]

    def _api_costs(self, contract: Contract) -> list[Money]:
        clause = contract.commitment
        pooled = clause is not None and "seats" in clause.counts
        seats = _seat_part(contract) if pooled else None
        slot = clause, contract.term, contract.rates, self._protected(contract), seats
        if slot not in self._usage:
            self._usage[slot] = self._drawn(contract, self._fees(contract) if pooled else None)
        return self._usage[slot]

    def _drawn(self, contract: Contract, fees: list[list[Money]] | None) -> list[Money]:
        """Usage in every scenario, and what the commitment makes of ``fees`` that count."""
        clause = contract.commitment
        share = 1 - sum((Fraction(r.discount or 0) for r in contract.rates), Fraction(0))
        rows = [self._priced(contract, s.api) for s in self.outlook.scenarios]
        if clause is None:
            return [sum(row) * share for row in rows]
        schedule = laid(clause, contract.term, self.months[0], len(self.months))
        drawing = Drawing(schedule, share, beside=fees is not None)
        if fees is None:
            return [drawing.paid(row) for row in rows]
        if "api" in clause.counts:
            return [drawing.paid(row, own) - sum(own) for row, own in zip(rows, fees, strict=True)]
        none = [0] * len(self.months)
        made = [drawing.paid(none, own) - sum(own) for own in fees]
        return [part + sum(row) * share for part, row in zip(made, rows, strict=True)]

    def _priced(self, contract: Contract, api: Sequence[int]) -> Sequence[int]:
        """Usage at the prices that the contract's protection leaves of the list."""
        if not self.moves:
            return api
        least = {"": lambda now, signed: now, "lock": lambda now, signed: signed}
        rows = zip(self._protected(contract), self.listed(api), api, strict=True)
        return [least.get(kind, min)(now, signed) for kind, now, signed in rows]

    def _protected(self, contract: Contract) -> tuple[str, ...]:
        """How the list prices of each month are protected, where they move."""
        rule, basis = contract.spending.protection, contract.basis()
        return tuple(rule.kind if rule.holds(basis, m) else "" for m in self.months if self.moves)

    def listed(self, api: Sequence[int]) -> list[int]:
        """The same usage at the list prices of its month, to the micro-unit."""
        return [floor(used * level + Fraction(1, 2)) for used, level in zip(api, self._levels, strict=True)]

    def _undivided(self, contract: Contract) -> Sequence[Money]:
        """The one price, and usage at list price beyond what is in it."""
        clause = contract.undivided
        assert clause is not None
        basis, length = contract.basis(), MONTHS.get(clause.per, contract.term.months)
        lines = [
            line
            for month in self.months
            for line in charge_undivided(basis, clause, month, (), UndividedState())[0]
        ]
        price = Fraction(amount_of(lines)) * MICRO
        if clause.usage is None:
            return [price] * len(self.outlook.scenarios)
        room = Fraction(clause.usage) * MICRO
        places = [contract.term.index(month) // length for month in self.months]
        periods = [[n for n, _ in run] for _, run in groupby(enumerate(places), key=lambda pair: pair[1])]
        found = []
        for scenario in self.outlook.scenarios:
            row = self._priced(contract, scenario.api)
            beyond = (sum(row[n] for n in own) - room for own in periods)
            found.append(price + sum((x for x in beyond if x > 0), Fraction(0)))
        return found

    def demands(self, contract: Contract, scenario: Scenario) -> list[Demand]:
        """What the months of a scenario ask of the contract."""
        asked = demands(contract, self.months, scenario.seats, self.listed(scenario.api))
        return [
            replace(demand, usage=tuple(replace(u, protected=_at(u.line, worth)) for u in demand.usage))
            for demand, worth in zip(asked, scenario.api, strict=True)
        ]

    def lines(self, contract: Contract, scenario: Scenario) -> tuple[Line, ...]:
        """The settled Lines of a scenario, without those that only move money between months."""
        found = settle(contract, self.demands(contract, scenario), kind=MoneyKind.SCENARIO)
        return tuple(line for line in found.lines if not is_payment_ahead(line))

    def halves(self, contract: Contract, scenario: Scenario) -> dict[Half, list[Line]]:
        """The settled Lines of a scenario by half, as :class:`Served` has them."""
        found = by_half(contract, self.lines(contract, scenario))
        drawing, fees = f"{contract.id}/commitment/", found[Half.SEATS]
        found[Half.SEATS] = [x for x in fees if not x.entry.startswith(drawing)]
        found[Half.API] += [x for x in fees if x.entry.startswith(drawing)]
        if contract.undivided is not None and contract.commitment is None:
            found[Half.BOTH], found[Half.API] = [*found[Half.API], *found[Half.BOTH]], []
        return found

    def settled(self, contract: Contract, scenario: Scenario) -> Served:
        """The same as :meth:`costs` for one scenario, by settling its months."""
        lines = self.halves(contract, scenario)
        return Served(*(Fraction(amount_of(lines[half])) * MICRO for half in Half))


def _base(outlook: Outlook, ranks: Sequence[int]) -> int:
    """The place of the scenario called base, or else of that of the middle usage."""
    names = [s.name for s in outlook.scenarios]
    if "base" in names:
        return names.index("base")
    return ranked(range(len(names)), ranks, lambda n: sum(outlook.scenarios[n].api))[1]


def _only(place: int, count: int) -> tuple[int, ...]:
    return tuple(int(n == place) for n in range(count))


def thinned(outlook: Outlook, most: int = SETTLED) -> Outlook:
    """So few scenarios that they can be settled: the middle one of each of ``most`` equally likely parts.

    Scenarios are ordered by their usage. An outlook with no more of them is returned as it is.
    """
    if len(outlook.scenarios) <= most:
        return outlook
    weights = weights_of(outlook.scenarios)
    order = sorted(range(len(weights)), key=lambda n: sum(outlook.scenarios[n].api))
    whole, reached, found = sum(weights), 0, list[Scenario]()
    for place in order:
        reached += weights[place]
        while len(found) < most and Fraction(2 * len(found) + 1, 2 * most) * whole <= reached:
            found.append(outlook.scenarios[place])
    chance = Fraction(1, most) if outlook.is_weighed else None
    return replace(outlook, scenarios=tuple(replace(s, chance=chance) for s in found))


def _seat_part(contract: Contract) -> object:
    return contract.term, contract.seats, contract.minimum_seats, contract.minimum_seats_fee


def _needed(contract: Contract, scenario: Scenario) -> dict[str, tuple[int, ...]]:
    types = {t.type for t in contract.seats}
    return {kind: row for kind, row in scenario.seats.items() if kind in types}


def _at(line: Line, worth: int) -> Line:
    value = EXACT.divide(Decimal(worth), Decimal(MICRO))
    return replace(line, quantity=value, amount=replace(line.amount, low=value, high=value))
