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
from bothhalves.brief.lots import Lot, Prices
from bothhalves.brief.ranks import Rank, Run, ranked
from bothhalves.core.engineering import Engineering, is_worth_building
from bothhalves.core.money import EXACT, ZERO, quotient
from bothhalves.core.paths.expected import Option
from bothhalves.core.paths.schedules import ONE, metered
from bothhalves.workspace.paths import Path, PersonPaths
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.people import Choices
from bothhalves.workspace.planning.planned import ContractPlan

#: Levels of growth whose people are remembered.
_REMEMBERED = 8
#: What lazy use costs stands beside the costs of paths under this name, which is none of theirs.
LAZY = " lazy"
_BARS = Context(prec=100, rounding=ROUND_CEILING)


@dataclass(frozen=True, slots=True)
class Grown:
    """Everybody with ``factor`` times their use."""

    factor: Decimal
    ranks: tuple[Rank, ...]


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
    buyer's own that are live by the renewal. ``lazy`` is ``base`` without what its own tool makes cheaper, on
    which the same work is priced lazily."""

    ways: Mapping[str, Way]
    base: str
    tools: tuple[OwnTool, ...]
    payback_months: int
    prices: Prices
    kinds: tuple[_Kind, ...]
    lots: tuple[Lot, ...] = ()
    lazy: Way | None = None
    _grown: dict[Decimal, Grown] = field(init=False, default_factory=dict)
    _today: Grown = field(init=False)

    def __post_init__(self) -> None:
        ranks = (r.regrown(self.ways, ONE) if r.uses else r for r in ranked(self.lots))
        object.__setattr__(self, "_today", Grown(ONE, tuple(ranks)))

    def grown(self, factor: Decimal) -> Grown:
        """Everybody with ``factor`` times their use. Whom the plan keeps it keeps with growth as well."""
        if factor == ONE:
            return self._today
        if factor not in self._grown:
            if len(self._grown) >= _REMEMBERED:
                self._grown.pop(next(iter(self._grown)), None)
            today = self._today.ranks
            straight = (replace(rank, scale=factor) for rank in today if rank.first.is_straight)
            columns = (rank.regrown(self.ways, factor) for rank in today if rank.uses)
            ranks = (*straight, *columns, *ranked(self._bent(factor)))
            self._grown[factor] = Grown(
                factor, tuple(replace(rank, edges=tuple(_edges(rank.lots, factor))) for rank in ranks)
            )
        return self._grown[factor]

    def _bent(self, factor: Decimal) -> Iterator[Lot]:
        """Those whose costs are others with another use, and are worked out one by one."""
        if all(lot.is_straight or lot.points for lot in self.lots):
            return
        for lot, kind in zip(self.lots, self.kinds, strict=True):
            if not lot.is_straight and not lot.points:
                yield replace(_lot(self, kind, factor), is_settled=lot.is_settled, ends=lot.ends)

    def planned(self) -> tuple[Run, ...]:
        """Everybody where the plan has them."""
        return tuple(Run(rank, 0, len(rank.lots), rank.first.planned) for rank in self._today.ranks)

    @property
    def live(self) -> frozenset[str]:
        """The ids of the tools that people can go to."""
        return frozenset(tool.id for tool in self.tools)

    def chosen(self, grown: Grown, prices: Prices) -> tuple[Run, ...]:
        """Where everybody goes: the plan's choice where it is sure, else the cheapest that is; and to a tool
        only if all who go there repay it."""
        out: frozenset[str] = frozenset()
        with localcontext(EXACT):
            while True:
                found = tuple(run for rank in grown.ranks for run in rank.runs(prices, out))
                waiting = (t for t in self.tools if t.id not in out)
                failing = next((t for t in waiting if not self._repays(t, found, prices)), None)
                if failing is None:
                    return found
                out |= {failing.id}

    def _repays(self, tool: OwnTool, found: Sequence[Run], prices: Prices) -> bool:
        """True if nobody goes to the tool, or what they save repays it in time."""
        sums: dict[tuple[str, int], tuple[int, Decimal]] = {}
        for run in found:
            first = run.rank.first
            if run.to == tool.id and not first.is_settled:
                number, gained = sums.get((first.current, first.months), (0, ZERO))
                sums[first.current, first.months] = number + run.number, gained + run.gains(tool.id)
        if not sums:
            return True
        saving = Fraction(0)
        for (current, months), (number, gained) in sums.items():
            saving += Fraction((prices.fees[current] - prices.fees[tool.id]) * number)
            saving += Fraction(gained) / months
        work = Engineering(tool.hours, tool.rate, tool.once, tool.run, 1, tool.upkeep)
        return is_worth_building(work, quotient(saving), self.payback_months)


def _edges(lots: Sequence[Lot], factor: Decimal) -> Iterator[str]:
    """The class of each lot's use, ``factor`` times as much. No use has as many digits as the bars keep."""
    names = (UNKNOWN, *map(str, EDGES))
    lengths = dict.fromkeys(lot.months for lot in lots)
    bars = {n: [_BARS.divide(edge * 2 * n, factor) for edge in EDGES] for n in lengths}
    for lot in lots:
        yield lot.edge if lot.edge in (UNKNOWN, UNUSED) else names[bisect_right(bars[lot.months], lot.ends)]


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
        lazy=next((_lazily(p) for p in situation.paths if p.id == base and p.metered), None),
    )
    made = replace(made, lots=tuple(_lot(made, kind, ONE) for kind in made.kinds))
    alone = made.chosen(made.grown(ONE), made.prices)
    kept = {id(lot) for run in alone for lot in run.lots if run.to != lot.planned}
    return replace(made, lots=tuple(replace(lot, is_settled=id(lot) in kept) for lot in made.lots))


def _lazily(path: Path) -> Way:
    """The metered path at the rates that its own tool does not make cheaper."""
    assert path.metered is not None
    return Way.of(
        replace(path, option=Option(path.id, metered(path.metered.discount, tool=path.metered.tool)))
    )


def _kinds(plan: ContractPlan) -> Iterator[_Kind]:
    """People whose months, seat, label and place in the plan are the same."""
    situation = plan.situation
    alike: dict[tuple[object, ...], list[Choices]] = {}
    for choices in situation.people:
        label = situation.labels.get(choices.person, "")
        inferred = choices.paths.grade > situation.grade
        planned = plan.chosen.people[choices.person]
        slot = (
            label, planned, choices.paths.current, choices.paths.uses, choices.paths.lazy,
            tuple(choices.paths.costs), _options(choices), inferred,
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
    if made.base in beyond and made.lazy is not None:
        lazily = Months.of(paths.lazy, factor).beyond(made.lazy)
        beyond[LAZY] = times(lazily, kind.number)
    tops = {option: _top(found) for option, found in knots.items()}
    straight = all(way.slope is not None for way in known)
    follows = all(way.is_piecewise for way in known) and all(use.is_point for use in paths.uses)
    has_all = bool(beyond) and paths.current in beyond and all(o in beyond for o in options)
    points = tuple(use.low for use in months.uses) if follows and has_all and not straight else ()
    return Lot(
        kind.label,
        paths.current,
        kind.planned,
        kind.number,
        len(paths.uses),
        edge_of(paths.use),
        EXACT.add(months.low, months.low if months.high is None else months.high),
        kind.is_inferred,
        straight,
        beyond,
        knots,
        tops,
        {o: EXACT.fma(-kind.number, top, beyond[paths.current][0]) for o, top in tops.items()},
        points=points,
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
