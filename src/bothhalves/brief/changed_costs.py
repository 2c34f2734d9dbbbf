"""What changed inputs do to costs, as Lines on top of the plan: a quantity at a price for each difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bothhalves.brief.crowd import Crowd
from bothhalves.brief.knots import Ends
from bothhalves.brief.line_chart import Divide
from bothhalves.brief.line_record import PathRow
from bothhalves.brief.lots import Prices
from bothhalves.brief.plans import PlanSheet
from bothhalves.brief.ranks import Run
from bothhalves.brief.small_groups import Group, called
from bothhalves.brief.tallies import NOBODY, Tally
from bothhalves.core.explain import Figure, Line, Selector, View, sum_of
from bothhalves.core.money import EXACT, ZERO, Amount, product
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.people_moves import tool_lines
from bothhalves.workspace.planning.views import KIND

SOURCE = "what if, on top of planning.yaml"
NO_MONEY: Ends = (ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Work:
    """A workload with its row as planned. ``people`` on seats of ``seat`` could do it instead, and do where
    it ``is_moved``."""

    id: str
    row: PathRow
    seat: str = ""
    people: int = 0
    is_moved: bool = False

    @property
    def is_tuned(self) -> bool:
        """True if the plan pulls levers."""
        return bool(self.row.levers)


@dataclass(frozen=True, slots=True)
class Covered:
    """A contract's plan as changed inputs see it: its people, those of each group as planned, seats bought by
    path, and its workloads. ``months`` is the length of the horizon; ``closed``: what keeps people from the
    metered path, by where the plan has them."""

    sheet: PlanSheet
    crowd: Crowd
    divide: Divide | None
    planned: Mapping[Group, Tally]
    bought: Mapping[str, int]
    minimums: Mapping[str, int]
    works: tuple[Work, ...]
    months: int
    closed: Mapping[Group, str]

    @property
    def currency(self) -> str:
        return self.sheet.plan.situation.contract.currency

    def charged(self, path: str, held: int) -> int:
        """The seats that are paid for: none, or not fewer than the minimum."""
        return max(held, self.minimums.get(path, 0)) if held > 0 else 0

    def line(self, name: str, what: str, quantity: Decimal | int, ends: Ends) -> Line:
        """So many of ``what`` at a price between ``ends``. An interval taken away is a negative price."""
        low, high = ends
        if high is not None and low > high:
            low, high = high, low
        count = Decimal(quantity)
        if count < 0 and high is not None and low != high:
            count, low, high = -count, -high, -low
        most = None if high is None else product(count, high, 1)
        contract = self.sheet.plan.situation.contract
        return Line(
            id=f"what-if|{contract.id}|{name}",
            meter=what,
            quantity=count,
            unit="",
            price=low,
            price_high=low if high is None else high,
            per=1,
            amount=Amount(contract.currency, KIND, product(count, low, 1), most),
            view=View.CONTRACTED,
            entry="planning/what-if",
            source=SOURCE,
            layer="what if",
            rows=Selector("contract", (("id", contract.id),)),
            dimensions=(("vendor", contract.vendor),),
        )

    def sum(self, name: str, title: str, parts: Iterable[Figure | Line], rule: str) -> Figure:
        return sum_of(name, title, tuple(parts), self.currency, KIND, rule=rule)


@dataclass(frozen=True, slots=True)
class Scene:
    """A contract under changed inputs: prices, ``factor`` times today's tokens, and the share ``achieved``
    of what levers save; who goes where, in ``runs`` and by group."""

    covered: Covered
    prices: Prices
    factor: Decimal
    achieved: Decimal
    runs: tuple[Run, ...]
    groups: Mapping[Group, Tally]
    _lines: dict[str, Line] = field(init=False, default_factory=dict)

    @property
    def grown(self) -> Decimal:
        """The tokens that come on top, as a share of today's."""
        return EXACT.subtract(self.factor, 1)

    @property
    def kept(self) -> Decimal:
        """What is achieved of the planned saving on the tokens of then."""
        return EXACT.multiply(self.factor, self.achieved)

    def dearer(self, path: str) -> Decimal:
        """By how much the fee of a path is changed."""
        return EXACT.subtract(self.prices.fees[path], self.covered.crowd.prices.fees[path])

    def before(self) -> Iterator[Line]:
        """What is different if nothing moves."""
        covered = self.covered
        for path, count in covered.bought.items():
            yield from self._dearer(path, covered.charged(path, count))
        now, then = (_sum(t.now for t in groups.values()) for groups in (covered.planned, self.groups))
        yield from self._use("seats", _less(then, now))
        for work in covered.works:
            yield from self._growth(work)

    def after(self) -> Iterator[Line]:
        """What is different after the plan's moves, as they are under these inputs."""
        for path in self.covered.bought:
            yield from self._seats(path)
        seats = [g for g in {**self.covered.planned, **self.groups} if "/" in g.to]
        yield from self._use("seats", self._change(seats))
        for tool in self.covered.crowd.tools:
            yield from self._tool(tool)
        for work in self.covered.works:
            yield from self._work(work)

    def _seats(self, path: str) -> Iterator[Line]:
        """Seats of a type that come or go, and what another fee does to all of them."""
        covered = self.covered
        extra = sum(w.people for w in covered.works if w.is_moved and w.seat == path)
        now, then = (covered.charged(path, held(g, path) + extra) for g in (covered.planned, self.groups))
        fee = covered.crowd.prices.fees[path]
        yield from self._more(f"{path}/seats", f"{called(path)} seat-months", then - now, fee)
        yield from self._dearer(path, then)

    def _change(self, groups: Iterable[Group]) -> Ends:
        """What use costs more where these groups go than it does as planned."""
        own = list(groups)
        now, then = (_sum(g.get(o, NOBODY).to for o in own) for g in (self.covered.planned, self.groups))
        return _less(then, now)

    def saving(self, group: Group, tally: Tally) -> Iterator[Line]:
        """What the group saves otherwise than planned, before what a tool costs beside its use."""
        known, fees = self.covered.planned.get(group, NOBODY), self.covered.crowd.prices.fees
        for path, sign in ((group.current, 1), (group.to, -1)):
            if "/" in path and path in fees:
                more = sign * (tally.number - known.number)
                yield from self._more(f"{path}/more", f"{called(path)} seat-months", more, fees[path])
                yield from self._dearer(path, sign * tally.number)
        ends = _less(_less(tally.now, tally.to), _less(known.now, known.to))
        yield from self._use("saved", ends)

    def moved(self, work: Work) -> Iterator[Line]:
        """What a workload that goes to seats saves otherwise than planned."""
        if work.is_moved:
            yield from self._growth(work)
            yield from self._dearer(work.seat, -work.people)

    def _dearer(self, path: str, seats: int) -> Iterator[Line]:
        change = self.dearer(path) if path in self.prices.fees else ZERO
        if change:
            what = f"{called(path)} seat-months at the changed fee"
            yield from self._more(f"{path}/fee", what, seats, change)

    def _more(self, name: str, what: str, count: int, price: Decimal) -> Iterator[Line]:
        """So many seats or people over the horizon."""
        if count and price:
            yield self.covered.line(name, what, count * self.covered.months, (price, price))

    def _use(self, where: str, ends: Ends) -> Iterator[Line]:
        if ends != NO_MONEY:
            what = f"months of use beyond fees, {where}"
            yield self.covered.line(f"{where}/use", what, self.covered.months, ends)

    def _tool(self, tool: OwnTool) -> Iterator[Line]:
        """What people use through the tool, so much for each, and its build where it comes or goes."""
        covered = self.covered
        own = [g for g in {**covered.planned, **self.groups} if g.to == tool.id]
        yield from self._use(tool.id, self._change(own))
        now, then = (held(groups, tool.id) for groups in (covered.planned, self.groups))
        fee = covered.crowd.prices.fees[tool.id]
        yield from self._more(f"{tool.id}/people", f"{tool.id} person-months", then - now, fee)
        yield from self._more(
            f"{tool.id}/cost", f"{tool.id} person-months at the changed cost", then, self.dearer(tool.id)
        )
        if bool(now) != bool(then):
            basis = covered.sheet.plan.situation.contract.basis(KIND)
            months = covered.sheet.plan.renewal.view.months
            fixed = sum(
                (x.amount.low for x in tool_lines(basis, replace(tool, per_person=ZERO), 1, months)), ZERO
            )
            yield covered.line(
                f"{tool.id}/kept",
                f"times building and keeping {tool.id}",
                1 if then else -1,
                (fixed, fixed),
            )

    def _work(self, work: Work) -> Iterator[Line]:
        """A workload's growth, less what its levers save more than planned (or with what they save less)."""
        covered, row = self.covered, work.row
        if not work.is_moved:
            yield from self._growth(work)
        if work.is_tuned and row.saves is not None and self.kept != 1:
            quantity = EXACT.subtract(1, self.kept)
            yield covered.line(
                f"{work.id}/levers",
                f"times the planned saving on {row.name}, not achieved",
                quantity,
                ends_of(row.saves),
            )

    def _growth(self, work: Work) -> Iterator[Line]:
        if self.grown and work.row.now is not None:
            if work.id not in self._lines:
                quantity = EXACT.multiply(self.grown, self.covered.months)
                name, what = f"{work.id}/grown", f"more months of {work.row.name}"
                self._lines[work.id] = self.covered.line(name, what, quantity, ends_of(work.row.now))
            yield self._lines[work.id]


def held(groups: Mapping[Group, Tally], path: str) -> int:
    """How many people are on a path after everybody moved."""
    return sum(tally.number for group, tally in groups.items() if group.to == path)


def ends_of(figure: Figure) -> Ends:
    assert isinstance(figure.value, Amount)
    return figure.value.low, figure.value.high


def _sum(found: Iterable[Ends | None]) -> Ends:
    """Both ends added up; what has no cost of one person is in the plan's total alone."""
    low, high = ZERO, ZERO
    endless = False
    for ends in found:
        if ends is not None:
            low = EXACT.add(low, ends[0])
            high = EXACT.add(high, ends[1] or ZERO)
            endless = endless or ends[1] is None
    return low, None if endless else high


def _less(first: Ends | None, second: Ends | None) -> Ends:
    """Each end less the same end; nothing where either is not known, no upper end where one has none."""
    if first is None or second is None or first == second:
        return NO_MONEY
    high = None if first[1] is None or second[1] is None else EXACT.subtract(first[1], second[1])
    return EXACT.subtract(first[0], second[0]), high
