"""What each person's months cost on every path there is: each seat, the coding tool, the meter, nothing.

All paths are priced; which of them a person may take is decided by gates that come after, from what is told
here of their controls. Costs are scenarios: no bill is added to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.base import Term
from bothhalves.core.contracts import Contract, SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Grade
from bothhalves.core.from_plans import seat_defaults, with_plans
from bothhalves.core.gates import PathKind
from bothhalves.core.money import EXACT, ZERO, Amount, MoneyKind, quotient
from bothhalves.core.paths.breakpoints import Breakpoint, breakpoint_of
from bothhalves.core.paths.expected import NO_USE, Option, Use, mean_use, total_of_months
from bothhalves.core.paths.from_contract import PooledPath, SeatCost, SeatPath, UnitCost, seat_paths
from bothhalves.core.paths.messages import PerMessage
from bothhalves.core.paths.regions import Range
from bothhalves.core.paths.schedules import ONE, Schedule, metered
from bothhalves.core.plans import Offered, Plan, SeatShape
from bothhalves.core.routes import Work
from bothhalves.workspace.demands import Asked, asked_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.person_use import (
    NOT_STATED,
    Known,
    MonthUse,
    PersonUse,
    StatedMessages,
    vendor_use,
)
from bothhalves.workspace.replaying import own_contracts

NOTHING = "nothing"
_ALL_WORK = frozenset(Work)


@dataclass(frozen=True, slots=True)
class MeteredOption:
    """A metered path: ``discount`` on list price, the efficient share of it, and ``tool`` a month and person.

    ``work``: the kinds of work that it can do.
    """

    id: str
    kind: PathKind
    discount: Decimal = ZERO
    efficiency: Decimal = ONE
    tool: Decimal = ZERO
    work: frozenset[Work] = _ALL_WORK


#: At list price, as the work is done today: what is true before anything is negotiated or built.
AT_LIST = (
    MeteredOption("coding-tool", PathKind.CODING_TOOL, work=frozenset({Work.CODE})),
    MeteredOption("metered", PathKind.METERED),
)


@dataclass(frozen=True, slots=True)
class Path:
    """One way to work: ``cost`` of a seat, or the ``option`` of a person where it has a schedule.

    ``breakpoint`` is the use at which a seat is cheaper than the metered path of ``against``. ``signed``: the
    contract has it. Of a plan: what is known of its controls, and how many people may be on it.
    ``is_limited``: the vendor holds use back at a limit that it does not publish, so that its cost for any
    use is at least the fee. ``reason``: why it has no cost of one person.
    """

    id: str
    name: str
    kind: PathKind
    option: Option | None = None
    cost: SeatCost | None = None
    breakpoint: Breakpoint | None = None
    against: str = ""
    signed: bool = False
    plan: Plan | None = None
    metered: MeteredOption | None = None
    units: tuple[UnitCost, ...] = ()
    is_limited: bool = False
    reason: str = ""

    @property
    def controls(self) -> tuple[str, ...]:
        return self.plan.controls if self.plan else ()


@dataclass(frozen=True, slots=True)
class PersonPaths:
    """A person (by pseudonym) at one vendor: ``current`` path, months, and the mean monthly cost by path.

    ``uses`` are the months' uses, and ``use`` their mean, at list price; what reached the stop of the seat
    held is at least what was seen. ``lazy`` are the same months on the reference model without cache and
    batch. Paths without a cost of one person are left out of ``costs``, which are the efficient ones.
    """

    person: str
    works: frozenset[Work]
    current: str
    months: tuple[MonthUse, ...]
    uses: tuple[Use, ...]
    use: Range
    costs: Mapping[str, Amount]
    grade: Grade
    lazy: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class VendorPaths:
    """The people and the paths of one vendor. ``messages``: what a message is worth, by kind of work."""

    vendor: str
    currency: str
    months: tuple[Month, ...]
    paths: tuple[Path, ...]
    people: tuple[PersonPaths, ...]
    messages: Mapping[Work, PerMessage]
    notes: tuple[str, ...]


def person_paths(
    workspace: Workspace,
    months: tuple[Month, ...],
    vendor: str,
    options: Sequence[MeteredOption] = AT_LIST,
    stated: StatedMessages = NOT_STATED,
    asked: Asked | None = None,
) -> VendorPaths:
    """Everybody's months at ``vendor`` on every path; ``asked`` is the window if it is counted already.

    ``stated`` is what a message is worth where nobody could measure it. Seats are taken as in the last month
    of the window.
    """
    contracts = own_contracts(workspace, vendor, months)
    counted = asked or asked_of(workspace, months)
    used = vendor_use(workspace, counted, vendor, contracts, stated)
    paths = _paths(workspace, months[-1], vendor, contracts, options)
    priced = _Pricing(used.currency, paths)
    people = tuple(priced.person(p) for p in used.people if p.months)
    return VendorPaths(vendor, used.currency, months, paths, people, used.messages, used.notes)


def _paths(
    workspace: Workspace,
    month: Month,
    vendor: str,
    contracts: Iterable[Contract],
    options: Sequence[MeteredOption],
) -> tuple[Path, ...]:
    """Signed seats, those of the vendor's plans, the metered options, and nothing."""
    find = workspace.plans.find
    base = next((o for o in options if o.kind is PathKind.METERED), None)
    found = []
    for contract in contracts:
        joined = with_plans(contract, find)
        plans = {s.type: find(s.plan, s.from_ or contract.term.start) for s in joined.seats if s.plan}
        for cost in seat_paths(joined, month):
            offered = plans.get(cost.type)
            plan = offered.plan if offered else None
            found.append(_seat(f"{contract.id}/{cost.type}", cost.type, cost, base, plan, signed=True))
    for offered in workspace.plans.on(month.first):
        if offered.vendor == vendor and offered.plan.sold:
            found += _of_plan(workspace, offered, month, base)
    found += [_metered(option) for option in options]
    nothing = Option(NOTHING, Schedule(ZERO))
    return (*found, Path(NOTHING, "no AI", PathKind.NOTHING, nothing))


def _of_plan(
    workspace: Workspace, offered: Offered, month: Month, base: MeteredOption | None
) -> Iterable[Path]:
    """A plan's seat under each way of billing that has a price."""
    plan = offered.plan
    for billed in dict.fromkeys(f.billed for f in plan.fees if f.first_months is None):
        told = seat_defaults(plan, billed)
        name = f"{plan.name}, billed {billed}"
        id_ = f"plan:{plan.id}/{billed}"
        if told.fee is None:
            yield Path(id_, name, PathKind.SEAT, plan=plan, reason="the vendor publishes no price")
            continue
        seat = SeatTerm(plan.id, plan.product, 1, told.fee, billed, plan=plan.id)
        contract = Contract(plan.id, offered.vendor, offered.currency, Term(month.first, 12), seats=(seat,))
        cost = seat_paths(with_plans(contract, workspace.plans.find), month)[0]
        yield _seat(id_, name, cost, base, plan)


def _seat(
    id_: str, name: str, cost: SeatCost, base: MeteredOption | None, plan: Plan | None, signed: bool = False
) -> Path:
    if not isinstance(cost, SeatPath):
        pooled = (
            "its allowance is shared by all; see the pool" if isinstance(cost, PooledPath) else cost.reason
        )
        return Path(id_, name, PathKind.SEAT, cost=cost, signed=signed, plan=plan, reason=pooled)
    at = None if base is None or cost.units else breakpoint_of(cost.schedule, _schedule(base))
    option = Option(id_, cost.schedule, cost.annual, cost.term_months)
    against = base.id if base and at else ""
    limited = plan is not None and not signed and _is_limited(plan)
    return Path(id_, name, PathKind.SEAT, option, cost, at, against, signed, plan, None, cost.units, limited)


def _is_limited(plan: Plan) -> bool:
    """True if the plan includes some usage and the vendor does not say how much."""
    stated = any(a.kind in ("usage", "credits") and a.amount is not None for a in plan.allowances)
    return not stated and plan.shape not in (SeatShape.FLAT, SeatShape.RATES)


def _metered(option: MeteredOption) -> Path:
    told = Option(option.id, _schedule(option))
    return Path(option.id, option.id, option.kind, told, metered=option)


def _schedule(option: MeteredOption) -> Schedule:
    return metered(option.discount, option.efficiency, option.tool)


class _Pricing:
    """Costs of months by path, each distinct course of months priced once."""

    def __init__(self, currency: str, paths: Iterable[Path]) -> None:
        self._currency = currency
        self._paths = [p for p in paths if p.option is not None]
        self._stops = {p.id: p.option.schedule.stop for p in self._paths if p.option is not None}
        self._known: dict[tuple[object, ...], _Costs] = {}
        self._able: dict[frozenset[Work], dict[str, Path]] = {}

    def person(self, used: PersonUse) -> PersonPaths:
        """One person on every path."""
        uses = tuple(self._wanted(month, month.use) for month in used.months)
        course = (uses, tuple(m.units for m in used.months), used.works)
        costs = self._known.get(course)
        if costs is None:
            able = self._paths_for(used.works)
            costs = self._known[course] = _Costs(able, used.months, uses, self._currency)
        measured = all(m.known in (Known.MEASURED, Known.NONE) for m in used.months)
        grade = Grade.B if measured and len(used.months) > 1 else Grade.C
        lazy = tuple(self._wanted(month, month.lazy) for month in used.months)
        return PersonPaths(
            used.person, used.works, _current(used), used.months, uses, mean_use(uses), costs, grade, lazy
        )

    def _wanted(self, month: MonthUse, use: Use) -> Use:
        """The month's use; at least what was seen where the seat held stopped it."""
        stop = self._stops.get(month.seat)
        return use if stop is None or month.in_seat.low < stop else Use.at_least(use.low)

    def _paths_for(self, works: frozenset[Work]) -> dict[str, Path]:
        """The paths that can do all of the work."""
        if works not in self._able:
            able = (p for p in self._paths if p.metered is None or works <= p.metered.work)
            self._able[works] = {path.id: path for path in able}
        return self._able[works]


class _Costs(Mapping[str, Amount]):
    """What months cost on each path, worked out when it is asked for: of most paths nobody asks."""

    def __init__(
        self, paths: Mapping[str, Path], months: Sequence[MonthUse], uses: Sequence[Use], currency: str
    ) -> None:
        self._paths, self._months, self._uses, self._currency = paths, months, uses, currency
        self._known: dict[str, Amount] = {}

    def __getitem__(self, path_id: str) -> Amount:
        if path_id not in self._known:
            path = self._paths[path_id]
            assert path.option is not None
            schedule = path.option.schedule
            self._known[path_id] = _mean_cost(path, schedule, self._months, self._uses, self._currency)
        return self._known[path_id]

    def __contains__(self, path_id: object) -> bool:
        return path_id in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def baseline_cost(path: Path, person: PersonPaths, baseline: Baseline, currency: str) -> Amount | None:
    """The mean monthly cost of a person on a path at one of the three baselines of the same work.

    Lazy is the use on the reference model without cache and batch, current the use as it was, both without
    what the path's own tool makes cheaper; efficient is with it. None: the path has no cost of one person, or
    cannot do the work.
    """
    if path.option is None or path.id not in person.costs:
        return None
    own = path.metered
    as_used = own is None or own.efficiency == ONE
    if baseline is Baseline.EFFICIENT or (baseline is Baseline.CURRENT and as_used):
        return person.costs[path.id]
    schedule = path.option.schedule if own is None else metered(own.discount, tool=own.tool)
    uses = person.lazy if baseline is Baseline.LAZY else person.uses
    return _mean_cost(path, schedule, person.months, uses, currency)


def _mean_cost(
    path: Path, schedule: Schedule, months: Sequence[MonthUse], uses: Sequence[Use], currency: str
) -> Amount:
    low, high = total_of_months(schedule, uses)
    for unit in path.units:
        least, most = total_of_months(unit.schedule, _units_of(unit, months))
        low = EXACT.add(low, least)
        high = None if most is None or high is None else EXACT.add(high, most)
    if path.is_limited and any(use != NO_USE for use in uses):
        high = None
    least = _over(low, len(uses))
    most = least if high == low else None if high is None else _over(high, len(uses))
    return Amount(currency, MoneyKind.SCENARIO, least, most)


def _over(total: Decimal, months: int) -> Decimal:
    """The mean: exact where it ends, as over one or two months it always does."""
    return EXACT.divide(total, Decimal(months)) if months < 3 else quotient(Fraction(total), months)


def _units_of(unit: UnitCost, months: Sequence[MonthUse]) -> list[Use]:
    """A person's units by month; without a count of them nobody knows how many it would be."""
    slot = (unit.product, unit.meter)
    counted = any(slot == s for m in months for s, _ in m.units)
    if not counted:
        idle = [m.known is Known.NONE for m in months]
        return [Use.of(ZERO) if none else Use.at_least(ZERO) for none in idle]
    return [Use.of(dict(m.units).get(slot, ZERO)) for m in months]


def _current(used: PersonUse) -> str:
    """The seat held in the last month, else the meter that counted use in any, else nothing."""
    if used.months[-1].seat:
        return used.months[-1].seat
    if any(m.metered != NO_USE for m in used.months):
        return "coding-tool" if Work.CODE in used.works else "metered"
    return NOTHING
