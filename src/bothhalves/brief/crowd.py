"""How people's choices turn when an input changes: the few numbers of each person that decide.

A person moves if the other path costs less than the hold leaves of the current one, at every use that the
data allow. Over the months observed that is a comparison of sums: the other fee and what use costs beyond
it, against the current fee and what use costs beyond that. People who are alike are taken together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from fractions import Fraction

from bothhalves.brief.knots import Ends, Knot, Months, Way, times
from bothhalves.brief.line_chart import EDGES, UNKNOWN, UNUSED, edge_of
from bothhalves.core.engineering import Engineering, is_worth_building
from bothhalves.core.money import EXACT, quotient
from bothhalves.core.paths.schedules import ONE
from bothhalves.workspace.paths import PersonPaths
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.planned import ContractPlan

#: Levels of growth whose people are remembered.
_REMEMBERED = 8
_BARS = Context(prec=100, rounding=ROUND_CEILING)


@dataclass(frozen=True, slots=True)
class Lot:
    """``number`` people who are alike, over ``months``. ``planned`` is where the plan has them.

    Of one of them: ``edge`` is the class of use, ``ends`` what both ends of it add up to over the months,
    ``knots`` what decides between the current path and another, and ``tops`` what the months can cost most
    there beyond the fee. Of all of them: ``beyond`` is what the months cost beyond the fee by path, and
    ``gains`` what they surely save beyond the fees. A path without knots is never sure.
    ``is_straight``: all of these grow as use does.
    ``is_settled``: the plan keeps them for reasons of all together, whatever they would choose alone.
    """

    label: str
    current: str
    planned: str
    number: int
    months: int
    edge: str
    ends: Decimal
    is_inferred: bool
    is_straight: bool
    beyond: Mapping[str, Ends]
    knots: Mapping[str, tuple[tuple[Knot, ...], ...]]
    tops: Mapping[str, Decimal]
    gains: Mapping[str, Decimal]
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Grown:
    """Everybody with ``factor`` times their use, and in which class of use they are. Lots that are straight
    stand for themselves: their costs are still to be multiplied."""

    factor: Decimal
    lots: tuple[Lot, ...]
    edges: tuple[str, ...]

    def scale(self, lot: Lot) -> Decimal:
        """By what costs of the lot are multiplied."""
        return self.factor if lot.is_straight else ONE


@dataclass(frozen=True, slots=True)
class Prices:
    """Fees by path, and the share of the current cost that the hold leaves (1 - h).

    Its methods are to be called in the exact context.
    """

    fees: Mapping[str, Decimal]
    keep: Decimal
    _room: dict[tuple[str, str, int], tuple[Decimal, Decimal]] = field(init=False, default_factory=dict)

    def is_sure(self, lot: Lot, option: str, scale: Decimal = ONE) -> bool:
        """True if the option saves the hold, and something, at every use that the data allow."""
        held, plain = self._room.get((lot.current, option, lot.months)) or self._rooms(lot, option)
        for knots in lot.knots[option]:
            if len(knots) == 1 and not knots[0][1]:
                most = knots[0][0] * scale
                held -= most
                plain -= most
            else:
                held -= max([s - self.keep * b for s, b in knots]) * scale
                plain -= max([s - b for s, b in knots]) * scale
        return held >= 0 and plain > 0

    def _rooms(self, lot: Lot, option: str) -> tuple[Decimal, Decimal]:
        """How much more than on the current path use may cost on the option: with the hold, and without."""
        fee, other = self.fees[lot.current], self.fees[option]
        found = ((self.keep * fee - other) * lot.months, (fee - other) * lot.months)
        self._room[lot.current, option, lot.months] = found
        return found

    def most(self, lot: Lot, option: str, scale: Decimal) -> Decimal:
        """The most that the months cost on the option at a use that decides."""
        return self.fees[option] * lot.months + lot.tops[option] * scale


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
    _grown: dict[Decimal, Grown] = field(init=False, default_factory=dict)

    def grown(self, factor: Decimal) -> Grown:
        """Everybody with ``factor`` times their use. Whom the plan keeps it keeps with growth as well."""
        if factor not in self._grown:
            if len(self._grown) >= _REMEMBERED:
                self._grown.pop(next(iter(self._grown)), None)
            bent = factor != ONE and not all(lot.is_straight for lot in self.lots)
            lots = tuple(self._bent(factor)) if bent else self.lots
            self._grown[factor] = Grown(factor, lots, tuple(_edges(self.lots, factor)))
        return self._grown[factor]

    def _bent(self, factor: Decimal) -> Iterator[Lot]:
        for lot, kind in zip(self.lots, self.kinds, strict=True):
            if lot.is_straight:
                yield lot
            else:
                yield replace(_lot(self, kind, factor), is_settled=lot.is_settled)

    @property
    def live(self) -> frozenset[str]:
        """The ids of the tools that people can go to."""
        return frozenset(tool.id for tool in self.tools)

    def chosen(self, grown: Grown, prices: Prices) -> list[str]:
        """Where each lot goes: the plan's choice where it is sure, else the cheapest that is; and to a tool
        only if all who go there repay it."""
        out: frozenset[str] = frozenset()
        with localcontext(EXACT):
            while True:
                found = [_choice(lot, prices, grown.scale(lot), out) for lot in grown.lots]
                waiting = (t for t in self.tools if t.id not in out)
                failing = next((t for t in waiting if not self._repays(t, grown, found, prices)), None)
                if failing is None:
                    return found
                out |= {failing.id}

    def _repays(self, tool: OwnTool, grown: Grown, found: Sequence[str], prices: Prices) -> bool:
        """True if nobody goes to the tool, or what they save repays it in time."""
        id_ = tool.id
        slots: dict[tuple[str, int, bool], list[Lot]] = {}
        for lot, to in zip(grown.lots, found, strict=True):
            if to == id_ and not lot.is_settled:
                slots.setdefault((lot.current, lot.months, lot.is_straight), []).append(lot)
        if not slots:
            return True
        saving = Fraction(0)
        for (current, months, _), lots in slots.items():
            fees = (prices.fees[current] - prices.fees[id_]) * sum([lot.number for lot in lots])
            use = sum([lot.gains[id_] for lot in lots]) * grown.scale(lots[0])
            saving += Fraction(fees) + Fraction(use) / months
        work = Engineering(tool.hours, tool.rate, tool.once, tool.run, 1, tool.upkeep)
        return is_worth_building(work, quotient(saving), self.payback_months)


def _edges(lots: Sequence[Lot], factor: Decimal) -> Iterator[str]:
    """The class of each lot's use, ``factor`` times as much. No use has as many digits as the bars keep."""
    names = [str(edge) for edge in EDGES]
    lengths = dict.fromkeys(lot.months for lot in lots)
    bars = {n: [_BARS.divide(edge * 2 * n, factor) for edge in EDGES] for n in lengths}
    for lot in lots:
        if factor == ONE or lot.edge in (UNKNOWN, UNUSED):
            yield lot.edge
        else:
            yield names[bisect_right(bars[lot.months], lot.ends) - 1]


def _choice(lot: Lot, prices: Prices, scale: Decimal, out: frozenset[str]) -> str:
    if lot.is_settled:
        return lot.planned
    sure = [o for o in lot.knots if o not in out and prices.is_sure(lot, o, scale)]
    if not sure:
        return lot.current
    return lot.planned if lot.planned in sure else min(sure, key=lambda o: prices.most(lot, o, scale))


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
    made = replace(made, lots=tuple(_lot(made, kind, ONE) for kind in made.kinds))
    alone = made.chosen(made.grown(ONE), made.prices)
    kept = (replace(lot, is_settled=to != lot.planned) for lot, to in zip(made.lots, alone, strict=True))
    return replace(made, lots=tuple(kept))


def _kinds(plan: ContractPlan) -> Iterator[_Kind]:
    """People whose months, seat, label and place in the plan are the same."""
    situation = plan.situation
    alike: dict[tuple[object, ...], list[Choices]] = {}
    for choices in situation.people:
        label = situation.labels.get(choices.person, "")
        inferred = choices.paths.grade > situation.grade
        planned = plan.chosen.people[choices.person]
        slot = (
            label, planned, choices.paths.current, choices.paths.uses, tuple(choices.paths.costs),
            _options(choices), inferred,
        )  # fmt: skip
        alike.setdefault(slot, []).append(choices)
    for people in alike.values():
        label = situation.labels.get(people[0].person, "")
        inferred = people[0].paths.grade > situation.grade
        yield _Kind(label, plan.chosen.people[people[0].person], people[0], len(people), inferred)


def _options(choices: Choices) -> tuple[str, ...]:
    """The paths that no gate closes to them, beside the current one."""
    costs = choices.verdict.costs if choices.verdict else ()
    return tuple(path for path, _ in costs if path != choices.paths.current)


def _lot(made: Crowd, kind: _Kind, factor: Decimal) -> Lot:
    paths = kind.choices.paths
    months, current, live = Months.of(paths.uses, factor), made.ways.get(paths.current), made.live
    options = [o for o in _options(kind.choices) if made.ways[o].is_seat or o in live] if current else []
    knots = {o: k for o in options if current and (k := months.knots(made.ways[o], current)) is not None}
    wanted = dict.fromkeys((paths.current, kind.planned, made.base, *options))
    known = [made.ways[path] for path in wanted if path in paths.costs]
    beyond = {way.id: times(_beyond(way, months, paths), kind.number) for way in known}
    tops = {option: _top(found) for option, found in knots.items()}
    return Lot(
        kind.label,
        paths.current,
        kind.planned,
        kind.number,
        len(paths.uses),
        edge_of(paths.use),
        EXACT.add(months.low, months.low if months.high is None else months.high),
        kind.is_inferred,
        all(way.slope is not None for way in known),
        beyond,
        knots,
        tops,
        {o: EXACT.fma(-kind.number, top, beyond[paths.current][0]) for o, top in tops.items()},
    )


def _beyond(way: Way, months: Months, paths: PersonPaths) -> Ends:
    """What the months cost beyond the fee; units of their own price stay as many as they were."""
    low, high = months.beyond(way)
    if not way.has_units:
        return low, high
    schedule = Months.of(paths.uses, ONE).beyond(way)
    fees, cost, count = EXACT.multiply(way.fee, len(paths.uses)), paths.costs[way.id], len(paths.uses)
    least = EXACT.subtract(EXACT.multiply(cost.low, count), EXACT.add(fees, schedule[0]))
    if high is None or cost.high is None or schedule[1] is None:
        return EXACT.add(low, least), None
    most = EXACT.subtract(EXACT.multiply(cost.high, count), EXACT.add(fees, schedule[1]))
    return EXACT.add(low, least), EXACT.add(high, most)


def _top(knots: Sequence[Sequence[Knot]]) -> Decimal:
    with localcontext(EXACT):
        return sum((max(s for s, _ in found) for found in knots), Decimal(0))
