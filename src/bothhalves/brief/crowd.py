"""How people's choices turn when an input changes: the few numbers of each person that decide.

A person moves if the other path costs less than the hold leaves of the current one, at every use that the
data allow. Over the months observed that is a comparison of sums: the other fee and what use costs beyond
it, against the current fee and what use costs beyond that. People who are alike are taken together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from bothhalves.brief.knots import Ends, Knot, Months, Way
from bothhalves.brief.line_chart import edge_of
from bothhalves.core.engineering import Engineering, is_worth_building
from bothhalves.core.money import EXACT, ZERO, quotient
from bothhalves.core.paths.schedules import ONE
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.planned import ContractPlan

#: Levels of growth whose people are remembered.
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Lot:
    """``number`` people who are alike, over ``months``. ``planned`` is where the plan has them, ``options``
    where they could go. ``beyond`` is what the months cost beyond the fee by path, ``knots`` what decides
    between the current path and an option (no entry: it is never sure).

    ``is_settled``: the plan keeps them for reasons of all together, whatever they would choose alone.
    """

    label: str
    current: str
    planned: str
    number: int
    months: int
    edge: str
    is_inferred: bool
    beyond: Mapping[str, Ends]
    knots: Mapping[str, tuple[tuple[Knot, ...], ...]]
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Prices:
    """Fees by path, and the share of the current cost that the hold leaves (1 - h).

    Its methods are to be called in the exact context.
    """

    fees: Mapping[str, Decimal]
    keep: Decimal
    _room: dict[tuple[str, str, int], tuple[Decimal, Decimal]] = field(init=False, default_factory=dict)

    def is_sure(self, lot: Lot, option: str) -> bool:
        """True if the option saves the hold, and something, at every use that the data allow."""
        held, plain = self._room.get((lot.current, option, lot.months)) or self._rooms(lot, option)
        for knots in lot.knots[option]:
            held -= max([s - self.keep * b for s, b in knots])
            plain -= max([s - b for s, b in knots])
        return held >= 0 and plain > 0

    def _rooms(self, lot: Lot, option: str) -> tuple[Decimal, Decimal]:
        """How much more than on the current path use may cost on the option: with the hold, and without."""
        fee, other = self.fees[lot.current], self.fees[option]
        found = ((self.keep * fee - other) * lot.months, (fee - other) * lot.months)
        self._room[lot.current, option, lot.months] = found
        return found

    def most(self, lot: Lot, option: str) -> Decimal:
        """The most that the months cost on the option at a use that decides."""
        return self.fees[option] * lot.months + sum(max(s for s, _ in knots) for knots in lot.knots[option])


@dataclass(frozen=True, slots=True)
class _Kind:
    """What makes people alike, with one of them."""

    label: str
    planned: str
    choices: Choices
    number: int
    is_inferred: bool


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of one contract. ``base`` is the metered path that they are shown against, ``tools`` the
    buyer's own that are live by the renewal."""

    ways: Mapping[str, Way]
    base: str
    tools: tuple[OwnTool, ...]
    payback_months: int
    prices: Prices
    kinds: tuple[_Kind, ...]
    lots: tuple[Lot, ...] = ()
    _grown: dict[Decimal, tuple[Lot, ...]] = field(init=False, default_factory=dict)

    def grown(self, factor: Decimal) -> tuple[Lot, ...]:
        """Everybody with ``factor`` times their use. Whom the plan keeps it keeps with growth as well."""
        if factor == ONE:
            return self.lots
        if factor not in self._grown:
            if len(self._grown) >= _REMEMBERED:
                self._grown.pop(next(iter(self._grown)), None)
            found = zip(_lots(self, factor), self.lots, strict=True)
            self._grown[factor] = tuple(replace(lot, is_settled=known.is_settled) for lot, known in found)
        return self._grown[factor]

    @property
    def live(self) -> frozenset[str]:
        """The ids of the tools that people can go to."""
        return frozenset(tool.id for tool in self.tools)

    def most_held(self) -> str:
        """The path that most people are on."""
        held: Counter[str] = Counter()
        for lot in self.lots:
            held[lot.current] += lot.number
        return max(held, key=lambda path: held[path], default="")

    def chosen(self, lots: Sequence[Lot], prices: Prices) -> list[str]:
        """Where each lot goes: the plan's choice where it is sure, else the cheapest that is; and to a tool
        only if all who go there repay it."""
        out: frozenset[str] = frozenset()
        with localcontext(EXACT):
            while True:
                found = [_choice(lot, prices, out) for lot in lots]
                waiting = (t for t in self.tools if t.id not in out)
                failing = next((t for t in waiting if not self._repays(t, lots, found, prices)), None)
                if failing is None:
                    return found
                out |= {failing.id}

    def _repays(self, tool: OwnTool, lots: Sequence[Lot], found: Sequence[str], prices: Prices) -> bool:
        """True if nobody goes to the tool, or what they save repays it in time."""
        movers = [lot for lot, to in zip(lots, found, strict=True) if to == tool.id and not lot.is_settled]
        if not movers:
            return True
        saved: dict[int, Decimal] = {}
        for lot in movers:
            least = prices.fees[lot.current] * lot.months + lot.beyond[lot.current][0]
            saved[lot.months] = saved.get(lot.months, ZERO) + lot.number * (least - prices.most(lot, tool.id))
        saving = quotient(sum((Fraction(s) / n for n, s in saved.items()), Fraction(0)))
        work = Engineering(tool.hours, tool.rate, tool.once, tool.run, 1, tool.upkeep)
        return is_worth_building(work, saving, self.payback_months)


def _choice(lot: Lot, prices: Prices, out: frozenset[str]) -> str:
    if lot.is_settled:
        return lot.planned
    sure = [o for o in lot.knots if o not in out and prices.is_sure(lot, o)]
    if not sure:
        return lot.current
    return lot.planned if lot.planned in sure else min(sure, key=lambda o: prices.most(lot, o))


def crowd_of(plan: ContractPlan, base: str) -> Crowd:
    """What decides for the people of a plan, and who is kept by it for a minimum or a commitment."""
    situation = plan.situation
    start, vendor = plan.renewal.view.months[0].first, situation.contract.vendor
    own = [t for t in situation.planning.tools if t.vendor == vendor]
    ways = {p.id: Way.of(p) for p in situation.paths if p.option is not None}
    made = Crowd(
        ways,
        base,
        tuple(t for t in own if t.live is not None and t.live <= start and t.id in ways),
        situation.planning.payback_months,
        Prices({way.id: way.fee for way in ways.values()}, EXACT.subtract(ONE, situation.planning.hold)),
        tuple(_kinds(plan)),
    )
    lots = _lots(made, ONE)
    alone = made.chosen(lots, made.prices)
    kept = (replace(lot, is_settled=to != lot.planned) for lot, to in zip(lots, alone, strict=True))
    return replace(made, lots=tuple(kept))


def _kinds(plan: ContractPlan) -> Iterator[_Kind]:
    """People whose months, seat, label and place in the plan are the same."""
    situation = plan.situation
    alike: dict[tuple[object, ...], list[Choices]] = {}
    for choices in situation.people:
        label = situation.labels.get(choices.person, "")
        inferred = choices.paths.grade > situation.grade
        planned = plan.chosen.people[choices.person]
        slot = (label, planned, choices.paths.current, choices.paths.uses, _options(choices), inferred)
        alike.setdefault(slot, []).append(choices)
    for people in alike.values():
        label = situation.labels.get(people[0].person, "")
        inferred = people[0].paths.grade > situation.grade
        yield _Kind(label, plan.chosen.people[people[0].person], people[0], len(people), inferred)


def _options(choices: Choices) -> tuple[str, ...]:
    """The paths that no gate closes to them, beside the current one."""
    costs = choices.verdict.costs if choices.verdict else ()
    return tuple(path for path, _ in costs if path != choices.paths.current)


def _lots(made: Crowd, factor: Decimal) -> tuple[Lot, ...]:
    return tuple(_lot(made, kind, factor) for kind in made.kinds)


def _lot(made: Crowd, kind: _Kind, factor: Decimal) -> Lot:
    paths = kind.choices.paths
    months, current, live = Months.of(paths.uses, factor), made.ways.get(paths.current), made.live
    options = [o for o in _options(kind.choices) if made.ways[o].is_seat or o in live] if current else []
    knots = {o: k for o in options if current and (k := months.knots(made.ways[o], current)) is not None}
    wanted = dict.fromkeys((paths.current, kind.planned, made.base, *options))
    beyond = {path: months.beyond(made.ways[path]) for path in wanted if path in paths.costs}
    edge = edge_of(paths.use, factor)
    return Lot(
        kind.label, paths.current, kind.planned, kind.number, len(paths.uses), edge, kind.is_inferred,
        beyond, knots,
    )  # fmt: skip
