"""The renewal of signed contracts: what each would be renewed with, what is needed, and by when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from bothhalves.core.clauses.base import Demand
from bothhalves.core.clauses.seat_bill import SeatState
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.dates import months as month_range
from bothhalves.core.deal.deadlines import Deadline, Ending, Phase, deadlines, ending, phases
from bothhalves.core.deal.halves import Half, ahead, by_half
from bothhalves.core.deal.outlook import Outlook, within
from bothhalves.core.deal.renewal import Baselines, Drift, Split, baselines, drift
from bothhalves.core.deal.running import renewals_of, risen_so_far, running
from bothhalves.core.deal.seat_course import MICRO, SeatSchedule
from bothhalves.core.deal.true_ups import Counted, Spike, counted, spikes
from bothhalves.core.deal.years import priced
from bothhalves.core.explain import Line, Problem
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.deal_terms import DealTerms
from bothhalves.workspace.demands import LOW, Asked, asked_of
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.price_steps import steps_said
from bothhalves.workspace.projecting import FEWEST_MONTHS, too_few
from bothhalves.workspace.prospects import Prospects
from bothhalves.workspace.replaying import runs, span_of
from bothhalves.workspace.settled import Settled, settled

KIND = MoneyKind.SCENARIO
#: The grace band that is simulated beside the ways of counting.
GRACE = "10%"
_YEAR = 12
_UNDISCOUNTED = "A year of the renewed term is not discounted."


@dataclass(frozen=True, slots=True)
class TypeSeats:
    """A seat type since the running term began: assigned seats by month, what other ways of counting would
    have charged for them, and months that raised the mark for good."""

    type: str
    months: tuple[Month, ...]
    seats: tuple[int, ...]
    ways: tuple[Counted, ...]
    spikes: tuple[Spike, ...]


@dataclass(frozen=True, slots=True)
class ToRenew:
    """One contract. ``held`` are seats assigned today by type; ``baselines`` None: the term ends beyond what
    is looked ahead, or before it. ``splits`` and their ``lines`` are of the months in which both halves are
    known."""

    contract: Contract
    ending: Ending
    deadlines: tuple[Deadline, ...]
    phases: tuple[Phase, ...]
    held: Mapping[str, int]
    baselines: Baselines | None
    since_signing: tuple[TypeSeats, ...]
    splits: tuple[Split, ...]
    lines: Mapping[tuple[Month, Half], tuple[Line, ...]]
    drift: Drift | None
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renewing:
    """All contracts that run on a day or are signed and have not begun."""

    today: date
    months: tuple[Month, ...]
    terms: DealTerms
    outlooks: Mapping[str, Outlook]
    contracts: tuple[ToRenew, ...]
    over: tuple[str, ...]
    problems: tuple[Problem, ...]


def renewing_of(needed: Needed, today: date, contract_id: str = "") -> Renewing:
    """The renewals of the contracts in force after the observed window, as seen on a day.

    Raises ``LookupError`` if no contract has the id.
    """
    workspace, months, prospects = needed.workspace, needed.months, needed.prospects
    signed = workspace.config.contracts
    chosen = [c for c in signed if contract_id in ("", c.id)]
    if contract_id and not chosen:
        known_ids = ", ".join(c.id for c in signed) or "none"
        unread = workspace.config.unread
        raise LookupError(f"No contract is called {contract_id!r}. Known: {known_ids}.{unread}")
    running = [c for c in chosen if _is_ahead(c, months[-1]) and ending(c.term, today) is not None]
    known = {vendor: needed.of(vendor) for vendor in sorted({c.vendor for c in running})}
    asked = asked_of(workspace, span_of(running, months)) if running else None
    found = tuple(
        _Renewal(c, asked, prospects, known[c.vendor]).found(today) for c in running if asked is not None
    )
    over = tuple(c.id for c in chosen if c not in running)
    return Renewing(today, months, prospects.terms, known, found, over, prospects.problems)


def _is_ahead(contract: Contract, last: Month) -> bool:
    """True if the contract runs in the last known month, or is signed and begins after it."""
    return runs(contract, last) or Month.of(contract.term.start) > last


class _Renewal:
    """One contract, its observed months, and its vendor's outlook."""

    def __init__(self, contract: Contract, asked: Asked, prospects: Prospects, outlook: Outlook) -> None:
        self.contract, self.months, self.outlook = contract, prospects.months, outlook
        self.terms, self.steps = prospects.terms, prospects.steps
        self.looked = ahead(contract, self.terms.renewal_uplift)
        self.going = risen_so_far(self.looked.contract, contract, self.months[-1])
        self.demands = list(asked.of(contract, LOW, KIND))
        self.settled = settled(asked, contract, [d.month for d in self.demands], MoneyKind.ESTIMATED)
        last = self.demands[-1] if self.demands else Demand(self.months[-1])
        self.held = {use.type: use.closing for use in last.seats}

    def found(self, today: date) -> ToRenew:
        end = ending(self.contract.term, today)
        assert end is not None
        first = Month.of(end.first_after)
        base = self._renewed(first)
        lines = _known_months(self.settled)
        splits = tuple(_split(month, lines) for month in sorted({month for month, _ in lines}))
        return ToRenew(
            self.contract,
            end,
            deadlines(self.contract, today, self.terms.quarter_ends),
            phases(self.contract, today),
            self.held,
            base,
            tuple(self._since_signing()),
            splits,
            lines,
            drift(splits, Month.of(self.contract.term.start)),
            (*self.looked.said, *self._said(base)),
        )

    def _renewed(self, first: Month) -> Baselines | None:
        """Both baselines of the year after the term; None where it is not looked ahead so far, or where the
        evidence does not allow to."""
        outlook = self.outlook
        if outlook.full_months < FEWEST_MONTHS:
            return None
        ahead_of = (first.year - outlook.start.year) * 12 + first.number - outlook.start.number
        if not 0 <= ahead_of < outlook.months or outlook.currency != self.contract.currency:
            return None
        contract, states = self.going, self.settled.carried.seats
        rest = tuple(month_range(outlook.start, first))[:-1]
        if rest:
            seats = {kind: (count,) * len(rest) for kind, count in self.held.items()}
            states = SeatSchedule(contract, rest).course(seats, states).states
        renewed = {
            t.id: states[t.id].renews_with(t.renewal.baseline if t.renewal else "")
            for t in contract.seats
            if t.id in states
        }
        names = [s.name for s in outlook.scenarios]
        middle = outlook.scenarios[names.index("base") if "base" in names else len(names) // 2]
        needed = {kind: row[ahead_of] for kind, row in middle.seats.items()}
        year, begun = within(outlook, first, _YEAR), contract.term.index(first)
        year = priced(year, self.steps, contract.spending.protection, begun)
        return baselines(contract, first, renewed, needed, year)

    def _since_signing(self) -> Iterable[TypeSeats]:
        """Assigned seats since the running term began, counted in every way: as the term stands, with the
        seats that it was renewed for, at its fees. Only where one clause is about a type."""
        last = self.months[-1]
        turn = self.contract.term.turn(last)
        own = [d for d in self.demands if self.contract.term.turn(d.month) == turn]
        for term in (t for t in self.going.seats if t.type not in self._shared):
            rows = [(d.month, use.peak) for d in own for use in d.seats if use.type == term.type]
            if rows:
                months, seats = tuple(m for m, _ in rows), tuple(n for _, n in rows)
                state = self.settled.carried.seats.get(term.id, SeatState())
                committed = term.committed if state.committed is None else state.committed
                signed = next(t for t in self.contract.seats if t.id == term.id)
                now = running(term, renewals_of(self.contract, term, last), committed)
                now = replace(now, true_up=signed.true_up)
                ways = tuple(counted(now, months, seats, GRACE))
                yield TypeSeats(term.type, months, seats, ways, tuple(spikes(now, months, seats)))

    @property
    def _shared(self) -> list[str]:
        """Seat types that several clauses are about."""
        counts = Counter(t.type for t in self.contract.seats)
        return [kind for kind, count in counts.items() if count > 1]

    def _said(self, base: Baselines | None) -> Iterable[str]:
        yield from (self.terms.uplift_said(), *steps_said(self.steps), _UNDISCOUNTED)
        if self.outlook.full_months < FEWEST_MONTHS:
            yield too_few(self.outlook)
        elif base is None:
            yield f"{self.contract.id}: its renewal is not within what is looked ahead, so no year is priced."
        elif base.sizing is not None:
            yield f"{self.contract.id}, amount to commit: {base.sizing.licence.reason}"
            yield from base.sizing.assumptions
            if "seats" in base.sizing.offer.clause.counts:
                yield "seat fees draw on the commitment: what is unused of it stands with usage."
        if not self.held:
            yield f"{self.contract.id}: no roster counts its seats."
        for kind in self._shared:
            yield f"{self.contract.id}: {kind} seats are in several clauses, and counted in no other way."


def _known_months(found: Settled) -> dict[tuple[Month, Half], tuple[Line, ...]]:
    """The Lines of each month and half, from the first month on in which usage of the API is known: before
    it there may have been some that nobody exported."""
    halves = by_half(found.contract, found.lines)
    seen = [_month(line) for line in halves[Half.API]]
    months = sorted({_month(x) for x in found.lines if seen and _month(x) >= min(seen)})
    return {
        (Month.parse(month), half): tuple(x for x in halves[half] if _month(x) == month)
        for month in months
        for half in (Half.SEATS, Half.API)
    }


def _month(line: Line) -> str:
    return dict(line.dimensions)["month"]


def _split(month: Month, lines: Mapping[tuple[Month, Half], Iterable[Line]]) -> Split:
    """What both halves cost in the month, at the low end where a price is not known exactly."""
    seats, api = (
        sum((Fraction(x.amount.low) for x in lines[month, half]), Fraction(0)) * MICRO
        for half in (Half.SEATS, Half.API)
    )
    return Split(month, seats, api)
