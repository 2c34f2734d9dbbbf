"""Plans from a workspace: everything that is known of a window, gathered for each contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.gates import PathKind
from bothhalves.core.measuring import Export, Known, MeasureFirst, measure_first
from bothhalves.core.money import ZERO
from bothhalves.core.paths.messages import PerMessage
from bothhalves.core.seating.labelling import RELEASABLE, Label, PersonCosts
from bothhalves.workspace.charges import at_list_price, signed
from bothhalves.workspace.demands import HIGH, LOW, Asked, asked_of
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.levers import Levers, levers_of
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.paths import AT_LIST, MeteredOption, VendorPaths, person_paths
from bothhalves.workspace.person_use import StatedMessages, work_of
from bothhalves.workspace.plan_terms import GRADES, MessageCost, OwnTool
from bothhalves.workspace.planning.people import Choices, Keeping, Rules, choices
from bothhalves.workspace.planning.planned import Planned, Situation, contract_plan
from bothhalves.workspace.planning.views import Moved, observed, renewal_view
from bothhalves.workspace.planning.work_gates import WorkGates, work_gates
from bothhalves.workspace.planning.work_moves import Option, Scope, choices_of, options
from bothhalves.workspace.records import Ledger, Stream
from bothhalves.workspace.replaying import span_of
from bothhalves.workspace.seat_costs import seat_costs
from bothhalves.workspace.seating import Seating, seating_of

#: So many holders' use is priced without being asked for.
CHEAPLY_WEIGHED = 10_000
#: Seats that stay where they are, whatever they cost.
_STAYING = frozenset({Label.PROTECTED, Label.NEW, Label.NOT_VISIBLE})


def planned_of(workspace: Workspace, months: tuple[Month, ...], ledger: Ledger | None = None) -> Planned:
    """The plan of the window, or what to measure before there is one. ``ledger`` is that of the window."""
    ledger = ledger or ledger_of(workspace, f"{months[0]}/{months[-1]}")
    rules = tuple(workspace.config.planning.said())
    measure = _measure(ledger, workspace)
    if measure is not None:
        return Planned(months, measure, (), rules)
    terms = signed(workspace, months)
    asked = asked_of(workspace, span_of(terms, months))
    levers = levers_of(workspace, months, ledger.grade)
    every = (*terms, *at_list_price(asked, terms, workspace.config.company.currency, months))
    by_vendor = {c.vendor: vendor_paths(workspace, asked, c.vendor, months) for c in every}
    costs = seat_costs(by_vendor.values(), workspace.config.company.seats)
    seating = seating_of(workspace, months, costs=costs)
    gathered = _Gathered(workspace, ledger, asked, levers, by_vendor, seating)
    plans = tuple(contract_plan(gathered.situation(contract)) for contract in every)
    return Planned(months, None, plans, rules, levers, seating)


def _measure(ledger: Ledger, workspace: Workspace) -> MeasureFirst | None:
    from bothhalves.reading.exports import export_sources

    sources, _ = export_sources()
    known = list(_known(ledger, workspace))
    return measure_first(ledger.full_months, ledger.grade, ledger.comparisons, known, sources)


def _known(ledger: Ledger, workspace: Workspace) -> Iterator[Known]:
    """What is here of each vendor that anything is bought from."""
    contracts = workspace.config.contracts
    metered = {u.vendor for u in ledger.usage if u.stream is not Stream.SEAT}
    rosters = {g.vendor for g in ledger.seats}
    seats = rosters | {c.vendor for c in contracts if c.seats}
    active = {g.vendor for g in ledger.seats if g.unseen < g.assigned}
    invoiced = {c.vendor for c in ledger.comparisons}
    for vendor in sorted(metered | seats):
        found = {
            Export.ROSTER: vendor in rosters,
            Export.ACTIVITY: vendor in active,
            Export.USAGE: vendor in metered,
            Export.INVOICE: vendor in invoiced,
        }
        here = frozenset(export for export, is_here in found.items() if is_here)
        yield Known(vendor, vendor in seats, vendor in metered, here)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What is known of a window, for all contracts."""

    workspace: Workspace
    ledger: Ledger
    asked: Asked
    levers: Levers
    by_vendor: Mapping[str, VendorPaths]
    seating: Seating

    def situation(self, contract: Contract) -> Situation:
        """A contract's situation, or that of a vendor without one, at list price."""
        workspace, months = self.workspace, self.levers.months
        company, planning = workspace.config.company, workspace.config.planning
        paths = self.by_vendor[contract.vendor]
        rules = Rules(company.needs, (contract,), planning.tools, planning.seats, planning.hold)
        people, labels = _people(rules, paths, self.seating)
        gates = work_gates(workspace.config.workloads, planning.to_seats, paths.paths, rules)
        view = renewal_view(contract, months[-1], planning.horizon_months)
        options = _work(gates, contract, self.asked, self.levers, view.months)
        rest = tuple(m for m in month_range(months[-1].next, view.months[0]) if contract.term.charged(m))
        term = _work(gates, contract, self.asked, self.levers, rest) if rest else {}
        return Situation(
            contract=contract,
            asked=self.asked,
            months=months,
            paths=paths.paths,
            people=people,
            labels=labels,
            held=Counter(p.paths.current.rpartition("/")[2] for p in people),
            work=tuple(choices_of(name, found) for name, found in options.items()),
            work_moves=_by_option(options),
            term_moves=_by_option(term),
            planning=planning,
            grade=self.ledger.grade,
            owners=(company.owners.seats, company.owners.tokens),
            gates=gates,
            heavy_times=company.seats.heavy_times,
            smallest_group=company.smallest_group,
        )


def _people(rules: Rules, paths: VendorPaths, seating: Seating) -> tuple[tuple[Choices, ...], dict[str, str]]:
    """The choices of everybody on a seat of the contract of ``rules``, and what their seats are."""
    (contract,) = rules.contracts
    own = [s.told for s in seating.seats if s.told.facts.vendor == contract.vendor]
    keeping = Keeping(
        {t.facts.person: t.reason for t in own if t.label in RELEASABLE},
        {t.facts.person: t.reason for t in own if t.label in _STAYING},
    )
    found = choices(paths, keeping, rules)
    mine = tuple(c for c in found if c.paths.current.startswith(f"{contract.id}/"))
    return mine, {t.facts.person: str(t.label).replace(" ", "-") for t in own}


def judged_seats(
    workspace: Workspace,
    months: tuple[Month, ...],
    on: date | None = None,
    weigh: bool | None = None,
    ahead: int | None = None,
) -> Seating:
    """Seats at the end of ``months`` or at the beginning of ``on``, light and heavy ones told apart.

    ``weigh`` None: they are, unless there are so many holders that pricing their use takes long. ``ahead`` is
    how many months after the last known one an order begins; None: each contract's renewal.
    """
    if weigh is None:
        holders = workspace.store.seats(months[-1].next.first - timedelta(days=1))
        weigh = len(holders) <= CHEAPLY_WEIGHED
    return seating_of(workspace, months, on, weighed(workspace, months) if weigh else None, ahead)


def weighed(workspace: Workspace, months: tuple[Month, ...]) -> dict[tuple[str, str], PersonCosts]:
    """What the use of everybody in a seat costs, by vendor and person, with the buyer's own tools."""
    asked = asked_of(workspace, months)
    vendors = sorted({c.vendor for c in workspace.config.contracts if c.seats})
    found = (vendor_paths(workspace, asked, vendor, months) for vendor in vendors)
    return seat_costs(found, workspace.config.company.seats)


def _by_option(options: Mapping[str, list[Option]]) -> dict[tuple[str, str], tuple[Moved, ...]]:
    return {(name, option.id): moves for name, found in options.items() for option, moves in found}


def _work(
    gates: WorkGates,
    contract: Contract,
    asked: Asked,
    levers: Levers,
    horizon: tuple[Month, ...],
) -> dict[str, list[Option]]:
    """The ways of every workload that has usage under the contract, over the months of a horizon."""
    months = levers.months
    demands = (observed(asked, contract, months, LOW), observed(asked, contract, months, HIGH))
    scope = Scope(contract, demands, months, horizon)
    found = {w.workload: options(w, gates.open.get(w.workload), scope) for w in levers.workloads}
    return {name: ways for name, ways in found.items() if any(option.burn for option, _ in ways)}


def vendor_paths(workspace: Workspace, asked: Asked, vendor: str, months: tuple[Month, ...]) -> VendorPaths:
    """Everybody's months on every path, the buyer's own tools among them."""
    planning = workspace.config.planning
    tools = [_metered(t) for t in planning.tools if t.vendor == vendor]
    stated = StatedMessages(
        {work_of(m.product): _per_message(m, m.low, m.high) for m in planning.messages},
        {
            work_of(m.product): _per_message(m, m.lazy_low, m.lazy_high)
            for m in planning.messages
            if m.lazy_low is not None
        },
    )
    shown = replace(asked, months=months)
    return person_paths(workspace, months, vendor, (*tools, *AT_LIST), stated, shown)


def _metered(tool: OwnTool) -> MeteredOption:
    return MeteredOption(
        tool.id, PathKind.METERED, efficiency=tool.share, tool=tool.per_person, work=frozenset(tool.work)
    )


def _per_message(cost: MessageCost, low: Decimal, high: Decimal | None) -> PerMessage:
    return PerMessage(low, high, 0, ZERO, GRADES[cost.basis])
