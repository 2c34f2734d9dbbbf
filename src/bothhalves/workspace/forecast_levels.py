"""What the observed months used at list price, month by month, on each of the three baselines; and seats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Grade, Line
from bothhalves.core.levers.composition import State
from bothhalves.workspace.charges import signed
from bothhalves.workspace.demands import Asked, asked_of
from bothhalves.workspace.forecast_allowances import beyond_allowances
from bothhalves.workspace.holdings import seat_uses
from bothhalves.workspace.levers import Levers, levers_of
from bothhalves.workspace.observed import Reach, reach_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.planning.planned import ContractPlan, Planned
from bothhalves.workspace.planning.views import bought
from bothhalves.workspace.records import Stream

MICRO = 1_000_000
#: What stands for usage under seats that no allowance covers, in the place of a workload.
BEYOND = "beyond allowances"
#: The same for people's work that the plan moves to the API, and for usage that is nobody's.
MOVED, UNASSIGNED = "moved to the API", "unassigned"
_RAMPED = "{} goes over to its efficient cost in equal steps until {}, when the last of its levers is live."
_LATER = "Who moves to {} keeps a seat until {}, from when it is live."
_NIL = Fraction(0)
#: Days that a month can have.
_LENGTHS = (31, 30, 29, 28)
#: The workload, the month and a Line of usage.
Used = tuple[str, Month, Line]


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of an amount in micro-units of the currency; ``is_open``: some of it has no upper end."""

    low: Fraction
    high: Fraction
    is_open: bool = False

    def __add__(self, other: Ends) -> Ends:
        return Ends(self.low + other.low, self.high + other.high, self.is_open or other.is_open)

    @property
    def middle(self) -> Fraction:
        return (self.low + self.high) / 2


NOTHING_USED = Ends(_NIL, _NIL)


ByMonth = dict[Month, Ends]


@dataclass(frozen=True, slots=True)
class Ramp:
    """A workload whose levers are still being built: as ``today``, and from the month ``live`` on as they
    leave it. Until then its work goes over in equal steps."""

    today: ByMonth
    live: Month

    def share(self, ahead: Sequence[Month], number: int) -> Fraction:
        """The share of the work that is done with the levers in the ``number``-th of the months ahead."""
        steps = sum(1 for month in ahead if month < self.live) + 1
        return min(Fraction(number, steps), Fraction(1))


@dataclass(frozen=True, slots=True)
class Later:
    """People who go to a tool that is not live before the month ``live``: until then they keep their seats
    (how many, by type), and their use, on the API then, is within them."""

    live: Month
    api: ByMonth
    seats: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Levels:
    """Usage on the API at list price by workload (or what its source calls it) and observed month, and people
    on each seat type, on one baseline. ``ramps`` are workloads that are not at their level yet. ``by_days``
    has those that do not grow in proportion to the days of a month: the observed months as if each had so
    many days, and of that the share of its own days. ``later`` are tools that are not live yet, by id: what
    is used there is part of what has moved, and ``seats`` do not count who goes there."""

    baseline: Baseline
    api: Mapping[str, ByMonth]
    seats: Mapping[str, int]
    notes: tuple[str, ...] = ()
    ramps: Mapping[str, Ramp] = field(default_factory=dict)
    by_days: Mapping[str, Mapping[int, ByMonth]] = field(default_factory=dict)
    later: Mapping[str, Later] = field(default_factory=dict)

    @property
    def total(self) -> ByMonth:
        """All usage by observed month."""
        found: ByMonth = {}
        for months in self.api.values():
            for month, ends in months.items():
                found[month] = found.get(month, NOTHING_USED) + ends
        return found

    def used(self, owner: str, months: ByMonth, month: Month) -> ByMonth:
        """The observed ``months`` of an owner as one to come would have them, before it grows: as long as it
        is, and without people's work for which there is no tool yet."""
        found = self.by_days.get(owner, {}).get(month.days, months)
        for tool in self.later.values() if owner == MOVED else ():
            if month < tool.live:
                found = {m: _less(ends, tool.api.get(m, NOTHING_USED)) for m, ends in found.items()}
        return found

    def staying(self, kind: str, month: Month) -> int:
        """People on a seat type in a month to come who leave it for a tool later on."""
        return sum(tool.seats.get(kind, 0) for tool in self.later.values() if month < tool.live)

    def mapped(self, change: Callable[[ByMonth], ByMonth]) -> Levels:
        """The same with all usage changed alike."""
        return replace(
            self,
            api={owner: change(own) for owner, own in self.api.items()},
            ramps={name: replace(ramp, today=change(ramp.today)) for name, ramp in self.ramps.items()},
            by_days={
                owner: {days: change(own) for days, own in rows.items()}
                for owner, rows in self.by_days.items()
            },
            later={name: replace(tool, api=change(tool.api)) for name, tool in self.later.items()},
        )


def levels_of(
    workspace: Workspace,
    months: tuple[Month, ...],
    baseline: Baseline,
    vendor: str = "",
    planned: Planned | None = None,
) -> Levels:
    """The observed months on ``baseline``, of one vendor or (empty) of all, in the workspace's currency.

    Where evidence allows no plan, EFFICIENT is the current baseline, which the Levels then say they are.
    Months that the data do not tell whole have no level, unless none is whole.
    """
    found = _levels_of(workspace, months, baseline, vendor, planned)
    return _whole(_beside(workspace, months, vendor, found), reach_of(workspace), months)


def _beside(workspace: Workspace, months: tuple[Month, ...], vendor: str, found: Levels) -> Levels:
    """The levels, with usage under seats that no allowance covers."""
    by_days: dict[int, ByMonth] = {}
    for days in _LENGTHS:
        told = beyond_allowances(workspace, months, vendor, days)
        if not any(high for _, high in told.values()) and not by_days:
            return found  # nothing in the longest month
        shares = {month: Fraction(month.days, days) * MICRO for month in months}
        by_days[days] = {m: Ends(low * shares[m], high * shares[m]) for m, (low, high) in told.items()}
    beyond = beyond_allowances(workspace, months, vendor)
    used = {month: Ends(low * MICRO, high * MICRO) for month, (low, high) in beyond.items()}
    note = "Usage under seats counts beyond its allowances only, as it is today."
    return replace(
        found,
        api={**found.api, BEYOND: used},
        notes=(*found.notes, note),
        by_days={BEYOND: by_days},
    )


def _whole(found: Levels, reach: Reach, months: tuple[Month, ...]) -> Levels:
    """The levels of the months that are told whole."""
    kept = reach.whole(months)
    if kept == months:
        return replace(found, notes=(*reach.said(months), *found.notes))

    told = found.mapped(lambda own: {month: own[month] for month in kept})
    return replace(told, notes=(*reach.said(months), *found.notes))


def _levels_of(
    workspace: Workspace, months: tuple[Month, ...], baseline: Baseline, vendor: str, planned: Planned | None
) -> Levels:
    found = planned or plan_for(workspace, months, baseline)
    if found is not None and baseline is Baseline.EFFICIENT:
        if found.measure is None:
            return _efficient(workspace, months, vendor, found)
        note = "There is no plan yet (measure first): the work goes on as it is today."
        return _current(workspace, months, vendor, note)
    if baseline is Baseline.LAZY:
        return _lazy(workspace, months, vendor, None if found is None else found.levers)
    return _current(workspace, months, vendor)


def plan_for(workspace: Workspace, months: tuple[Month, ...], baseline: Baseline) -> Planned | None:
    """The plan of the window, which only the efficient baseline needs."""
    if baseline is not Baseline.EFFICIENT:
        return None
    from bothhalves.workspace.planning.making import planned_of

    return planned_of(workspace, months)


def _current(workspace: Workspace, months: tuple[Month, ...], vendor: str, *notes: str) -> Levels:
    asked = asked_of(workspace, months)
    api = _added(months, _metered(asked, vendor), workspace.config.company.currency)
    return Levels(Baseline.CURRENT, api, _held(workspace, asked, months, vendor), notes)


def metered_by_month(asked: Asked, vendor: str, currency: str) -> ByMonth:
    """All metered usage at list price, by month."""
    owned = _added(asked.months, (("", m, line) for _, m, line in _metered(asked, vendor)), currency)
    return owned.get("", dict.fromkeys(asked.months, NOTHING_USED))


def _metered(asked: Asked, vendor: str) -> Iterator[Used]:
    """The Lines of metered usage."""
    for _, usage in asked.usage:
        if usage.stream is Stream.API and vendor in ("", usage.vendor):
            owner, month = usage.owner or UNASSIGNED, Month.parse(usage.month)
            yield from ((owner, month, line) for line in usage.rating.lines)


def _lazy(workspace: Workspace, months: tuple[Month, ...], vendor: str, known: Levers | None) -> Levels:
    """As today, with the workloads whose levers are known at their lazy state instead."""
    current = _current(workspace, months, vendor)
    currency = workspace.config.company.currency
    api = {owner: dict(found) for owner, found in current.api.items()}
    for workload in (known or levers_of(workspace, months, Grade.C)).workloads:
        lazy = _added(months, _placed(workload.composition.lazy, vendor), currency)
        today = _added(months, _placed(workload.composition.current, vendor), currency)
        for owner in {*lazy, *today} & {*api}:
            api[owner] = _instead(api[owner], today.get(owner, {}), lazy.get(owner, {}))
    return Levels(Baseline.LAZY, api, current.seats)


def _instead(found: ByMonth, today: ByMonth, lazy: ByMonth) -> ByMonth:
    """The same months with ``lazy`` in the place of ``today``."""
    changed = {}
    for month, ends in found.items():
        old, new = today.get(month, NOTHING_USED), lazy.get(month, NOTHING_USED)
        low, high = ends.low + new.low - old.low, ends.high + new.high - old.high
        changed[month] = Ends(max(low, _NIL), max(high, _NIL), ends.is_open or new.is_open)
    return changed


def _less(ends: Ends, part: Ends) -> Ends:
    low, high = max(ends.low - part.low, _NIL), max(ends.high - part.high, _NIL)
    return replace(ends, low=min(low, high), high=high)


def _placed(state: State, vendor: str) -> Iterator[Used]:
    for part in state.placed:
        if vendor in ("", part.usage.vendor):
            said = dict(part.usage.dimensions)
            month = Month.parse(said["month"])
            yield from ((said.get("workload") or UNASSIGNED, month, line) for line in part.rating.lines)


def _efficient(workspace: Workspace, months: tuple[Month, ...], vendor: str, planned: Planned) -> Levels:
    """What the plans leave on the API once every move is made, and the seats that they keep."""
    own = [p for p in planned.plans if vendor in ("", p.situation.contract.vendor)]
    lines = [used for plan in own for used in _after(plan, months, vendor)]
    seats: Counter[str] = Counter()
    for plan in own:
        seats.update(_kept(plan))
    currency = workspace.config.company.currency
    api, lives = _added(months, lines, currency), _lives(workspace, months, own)
    ramps: dict[str, Ramp] = {}
    if lives:
        nothing = dict.fromkeys(months, NOTHING_USED)
        today = _added(months, _metered(asked_of(workspace, months), vendor), currency)
        ramps = {name: Ramp(today.get(name, nothing), live) for name, live in lives.items()}
        api = {**dict.fromkeys(ramps, nothing), **api}
    notes = [_RAMPED.format(name, ramp.live) for name, ramp in sorted(ramps.items())]
    later = dict(_later(months, vendor, currency, own))
    notes += [_LATER.format(name, tool.live) for name, tool in sorted(later.items()) if tool.seats]
    return Levels(Baseline.EFFICIENT, api, dict(seats), tuple(notes), ramps, later=later)


def _lives(
    workspace: Workspace, months: tuple[Month, ...], plans: Iterable[ContractPlan]
) -> dict[str, Month]:
    """The month from which the last lever that the plan pulls for a workload is live, where it is ahead."""
    works = {w.id: w.engineering for w in workspace.config.workloads}
    found: dict[str, Month] = {}
    for plan in plans:
        for name, option in plan.chosen.workloads.items():
            pulled = [w.live for w in works.get(name, ()) if w.live and w.lever in option.split("+")]
            if pulled and Month.of(max(pulled)) > months[-1].next:
                found[name] = Month.of(max(pulled))
    return found


def _later(
    months: tuple[Month, ...], vendor: str, currency: str, plans: Sequence[ContractPlan]
) -> Iterator[tuple[str, Later]]:
    """The tools that are live later, with the people whom the plan moves to them."""
    tools = {tool.id: tool.live for plan in plans for tool in plan.situation.planning.tools if tool.live}
    ahead = {name: Month.of(live) for name, live in tools.items() if Month.of(live) > months[-1].next}
    used = [one for plan in plans for one in _after(plan, months, vendor)] if ahead else []
    for name, live in ahead.items():
        own = (one for one in used if one[2].entry == f"planning/{name}")
        api = _added(months, own, currency).get(MOVED) or dict.fromkeys(months, NOTHING_USED)
        seats = Counter[str]()
        for group in (g for plan in plans for g in plan.groups if g.to == name):
            seats[group.seat] += len(group.people)
        yield name, Later(live, api, seats)


def _after(plan: ContractPlan, months: tuple[Month, ...], vendor: str) -> Iterator[Used]:
    """The usage of the last months of the plan's horizon, laid on the observed months that they repeat."""
    horizon = plan.renewal.view.months
    places = {str(m): months[n % len(months)] for n, m in enumerate(horizon)}
    last = {str(m) for m in horizon[-len(months) :]}
    for line in plan.renewal.after.lines:
        said = dict(line.dimensions)
        if said["month"] in last and _is_usage(line) and vendor in ("", line.id.partition("|")[0]):
            nobody = MOVED if line.layer.startswith("planning") else UNASSIGNED
            yield said.get("workload") or nobody, places[said["month"]], line


def _is_usage(line: Line) -> bool:
    """True for metered usage before any clause: no fee, no discount, no engineering, nothing in a seat."""
    return not line.layer.startswith("contract") and "seat_type" not in dict(line.dimensions)


def _kept(plan: ContractPlan) -> Counter[str]:
    """People on each seat type after the plan's moves, with those who do moved work there."""
    types = {s.type for s in plan.situation.contract.seats}
    ends = Counter(path.rpartition("/")[2] for path in plan.chosen.people.values())
    found = Counter({t: ends[t] for t in types})
    options = {(w.workload, o.id): o for w in plan.situation.work for o in w.options}
    for slot in plan.chosen.workloads.items():
        option = options[slot]
        if option.seat:
            found[option.seat] += option.seats
    return found


def _held(workspace: Workspace, asked: Asked, months: tuple[Month, ...], vendor: str) -> dict[str, int]:
    """People who hold a seat of each type at the end of the months; where no roster says, seats that are
    paid for."""
    found: Counter[str] = Counter()
    for contract in signed(workspace, months):
        if vendor in ("", contract.vendor):
            uses = seat_uses(contract, asked.events(contract), months[-1])
            told = {use.type: use.closing for use in uses}
            paid = bought(contract, months[-1], {})
            found.update({kind: told.get(kind) or paid[kind] for kind in paid})
    return dict(found)


def _added(months: Iterable[Month], lines: Iterable[Used], currency: str) -> dict[str, ByMonth]:
    """Lines in the currency added up; an owner has every month."""
    known = tuple(months)
    found: dict[str, ByMonth] = {}
    for owner, month, line in lines:
        if month in known and line.amount.currency == currency:
            own = found.setdefault(owner, dict.fromkeys(known, NOTHING_USED))
            low = _micro(line.amount.low)
            high = low if line.amount.high is None else _micro(line.amount.high)
            own[month] += Ends(low, high, line.amount.high is None)
    return found


def _micro(amount: Decimal) -> Fraction:
    return Fraction(amount) * MICRO
