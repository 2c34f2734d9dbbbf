"""What each person used in each month at list price: measured, inferred from messages, none, or not known.

Use is of one vendor and in one currency. A month without a trace of a seat holder is a month without use
where the vendor's activity or usage by person is imported for it, and otherwise a month of unknown use.
Calls of the API that name a person are work of software and are told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.money import EXACT, ZERO, quotient
from bothhalves.core.paths.expected import NO_USE, Use
from bothhalves.core.paths.messages import Measured, PerMessage, per_message
from bothhalves.core.rating import Rating
from bothhalves.core.routes import Work
from bothhalves.core.terms import Activity
from bothhalves.workspace.counting import place
from bothhalves.workspace.demands import Asked
from bothhalves.workspace.demands import Use as Row
from bothhalves.workspace.feeds import TRANSCRIPTS_RANK, feed_ranks
from bothhalves.workspace.holdings import holders
from bothhalves.workspace.lazy_use import Reference
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import Stream

#: Products in which people write software with AI; other seats are taken as chat.
CODING = frozenset(
    {"claude-code", "codex", "copilot", "cursor", "gemini-cli", "gemini-code-assist", "github"}
)
_MESSAGES = "messages"
_SIGNS = frozenset({"active", "active_days"})  # of life, which do not say what was done
Unit = tuple[str, str]


class Known(StrEnum):
    """How a month's use is known."""

    MEASURED = "measured"
    INFERRED = "inferred"  # from the number of messages
    NONE = "none"  # a month without use
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MonthUse:
    """A person's month: the seat held (``""``: none), use under seats and metered use, at list price.

    ``calls`` is use of the API that names the person; ``units`` are those that a contract prices itself, by
    product and meter. ``messages`` are those sent, of which use was inferred if it is not measured.
    ``lazy`` is what the person's own work would cost on the reference model, not cached and not batched.
    """

    month: Month
    seat: str
    in_seat: Use
    metered: Use
    calls: Use
    known: Known
    messages: Decimal = ZERO
    units: tuple[tuple[Unit, Decimal], ...] = ()
    lazy: Use = NO_USE

    @property
    def use(self) -> Use:
        """The person's own work, on whichever path."""
        return added(self.in_seat, self.metered)


@dataclass(frozen=True, slots=True)
class PersonUse:
    """A person (by pseudonym) at one vendor. ``works``: the kinds of work seen."""

    person: str
    works: frozenset[Work]
    months: tuple[MonthUse, ...]

    @property
    def is_inferred(self) -> bool:
        return any(m.known is Known.INFERRED for m in self.months)


@dataclass(frozen=True, slots=True)
class VendorUse:
    """Everybody's use of one vendor; ``messages`` is what a message is worth, by kind of work."""

    vendor: str
    currency: str
    people: tuple[PersonUse, ...]
    messages: Mapping[Work, PerMessage]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatedMessages:
    """What a message is worth where nobody could measure it, by kind of work: as used, and lazily."""

    current: Mapping[Work, PerMessage] = field(default_factory=dict)
    lazy: Mapping[Work, PerMessage] = field(default_factory=dict)


NOT_STATED = StatedMessages()


@dataclass
class _Cell:
    """What is found of one person in one month while rows are read."""

    worth: dict[tuple[Stream, Work], Use] = field(default_factory=dict)
    lazy: dict[Work, Use] = field(default_factory=dict)
    calls: Use = NO_USE
    units: dict[Unit, Decimal] = field(default_factory=dict)
    messages: dict[Work, Decimal] = field(default_factory=dict)
    acted: set[Work] = field(default_factory=set)
    seen: bool = False  # did something, and nobody says what

    def measured(self, work: Work) -> Use | None:
        found = [use for (_, kind), use in self.worth.items() if kind is work]
        return None if not found else summed(found)

    def lazily(self, work: Work) -> Use | None:
        return self.lazy.get(work)


Cells = dict[tuple[str, str], _Cell]


def added(one: Use, other: Use) -> Use:
    """Both together."""
    high = None if one.high is None or other.high is None else EXACT.add(one.high, other.high)
    return Use(EXACT.add(one.low, other.low), high)


def summed(uses: Iterable[Use]) -> Use:
    """All together; nothing is no use."""
    found = NO_USE
    for use in uses:
        found = added(found, use)
    return found


def work_of(product: str) -> Work:
    """The kind of work that a product is for."""
    return Work.CODE if product in CODING else Work.CHAT


def vendor_use(
    workspace: Workspace,
    asked: Asked,
    vendor: str,
    contracts: Iterable[Contract],
    stated: StatedMessages = NOT_STATED,
) -> VendorUse:
    """What ``asked`` counted of one vendor, person by person, for the months that it spans.

    ``stated`` is what a message is worth where nobody could measure it.
    """
    own = [c for c in contracts if c.vendor == vendor]
    currency = own[0].currency if own else workspace.config.company.currency
    naming = Naming(workspace)
    cells: Cells = {}
    reference = Reference(workspace.config.planning.reference_model, asked.book)
    covered, foreign = _read_usage(asked, vendor, own, currency, reference, cells)
    covered |= _read_activity(workspace, asked, vendor, naming, cells)
    held = {month: _held(asked, vendor, own, month) for month in asked.months}
    rates = {**stated.current, **_per_message(cells, _Cell.measured)}
    lazily = {**stated.lazy, **_per_message(cells, _Cell.lazily)}
    persons = sorted({p for p, _ in cells} | {p for seats in held.values() for p in seats})
    months = _Months(asked.months, cells, held, (rates, lazily), frozenset(covered))
    people = tuple(months.of(p) for p in persons if p)
    return VendorUse(vendor, currency, people, rates, tuple(_notes(people, foreign, currency)))


def _read_usage(
    asked: Asked, vendor: str, own: list[Contract], currency: str, reference: Reference, cells: Cells
) -> tuple[set[str], set[str]]:
    """Usage by person into ``cells``; the months that a feed of the vendor's covers, and other currencies."""
    ranks = feed_ranks()
    virtual = {t.converts: (t.product, t.meter) for c in own for t in c.usage if t.converts}
    covered, foreign = set[str](), set[str]()
    for row in asked.by_person():
        named, usage = row
        if usage.vendor != vendor or not usage.owner:
            continue
        cell = cells.setdefault((usage.owner, usage.month), _Cell())
        if ranks.get(named.counted.feed, TRANSCRIPTS_RANK) < TRANSCRIPTS_RANK:
            covered.add(usage.month)
        _, product, meter = place(named)
        if meter and any(c.prices_itself(product, meter) for c in own):
            unit = (product, meter)
            quantity = named.counted.quantities[0][1]
            cell.units[unit] = EXACT.add(cell.units.get(unit, ZERO), quantity)
            continue
        foreign |= _add_worth(cell, row, currency, virtual, reference)
    return covered, foreign


def _add_worth(
    cell: _Cell, row: Row, currency: str, virtual: Mapping[str, Unit], reference: Reference
) -> set[str]:
    """One row's worth into the cell; the currencies that could not be added."""
    named, usage = row
    for line in usage.rating.lines:
        if line.amount.currency in virtual:
            unit = virtual[line.amount.currency]
            cell.units[unit] = EXACT.add(cell.units.get(unit, ZERO), line.amount.low)
    use, foreign = _worth(usage.rating, currency, virtual)
    work = work_of(usage.product)
    if usage.stream is Stream.API and work is not Work.CODE:
        cell.calls = added(cell.calls, use)
    else:
        slot = (usage.stream, work)
        cell.worth[slot] = added(cell.worth.get(slot, NO_USE), use)
        in_units = any(line.amount.currency in virtual for line in usage.rating.lines)
        lazily, _ = _worth(usage.rating if in_units else reference.rating(named, usage), currency, virtual)
        cell.lazy[work] = added(cell.lazy.get(work, NO_USE), lazily)
    return foreign


def _worth(rating: Rating, currency: str, virtual: Mapping[str, Unit]) -> tuple[Use, set[str]]:
    """What was rated in the currency, and the currencies that could not be added."""
    low, high, foreign = ZERO, ZERO, set[str]()
    endless = bool(rating.unpriced)
    for line in rating.lines:
        amount = line.amount
        if amount.currency == currency:
            low = EXACT.add(low, amount.low)
            high = EXACT.add(high, amount.high or ZERO)
            endless = endless or amount.high is None
        elif amount.currency not in virtual:
            foreign.add(amount.currency)
    return Use(low, None if endless or foreign else high), foreign


def _read_activity(workspace: Workspace, asked: Asked, vendor: str, naming: Naming, cells: Cells) -> set[str]:
    """Messages and other actions into ``cells``; the months that any activity is known of."""
    covered = set[str]()
    for act in workspace.store.activity(workspace.span(asked.months)):
        if act.vendor != vendor or not act.person:
            continue
        shares = list(_by_month(workspace, act, asked.months))
        covered |= {str(month) for month, _ in shares}
        if act.count == 0:
            continue
        work = work_of(act.product)
        for month, share in shares:
            cell = cells.setdefault((naming.person(act.person), str(month)), _Cell())
            cell.seen = True
            if act.kind not in _SIGNS:
                cell.acted.add(work)
            if act.kind == _MESSAGES and act.count is not None:
                part = quotient(Fraction(act.count) * share)
                cell.messages[work] = EXACT.add(cell.messages.get(work, ZERO), part)
    return covered


def _by_month(
    workspace: Workspace, act: Activity, months: tuple[Month, ...]
) -> Iterable[tuple[Month, Fraction]]:
    """The months that an action's span touches, each with its share of the days."""
    first = act.time.astimezone(workspace.zone).date()
    last = max(first, (act.until.astimezone(workspace.zone) - timedelta(microseconds=1)).date())
    whole = (last - first).days + 1
    for month in months:
        start, end = max(first, month.first), min(last, month.next.first - timedelta(days=1))
        if start <= end:
            yield month, Fraction((end - start).days + 1, whole)


def _held(asked: Asked, vendor: str, own: list[Contract], month: Month) -> dict[str, str]:
    """Seats by person: ``contract/type`` where a contract is signed, else the roster's own label."""
    found: dict[str, str] = {}
    if not own:
        before = [s for day, seats in asked.rosters if day < month.next.first for s in [seats]]
        rosters = before[-1:] or [seats for _, seats in asked.rosters[:1]]
        return {
            s.person: s.seat_type for seats in rosters for s in seats if s.vendor == vendor and s.seat_type
        }
    for contract in own:
        found |= {p: f"{contract.id}/{t}" for p, t in holders(contract, asked.rosters, month).items()}
    return found


def _per_message(cells: Cells, measured: Callable[[_Cell, Work], Use | None]) -> dict[Work, PerMessage]:
    """What a message is worth, by kind of work, from months in which both are known."""
    found: dict[Work, dict[str, list[tuple[Decimal, Use]]]] = {}
    for (person, _), cell in cells.items():
        for work, messages in cell.messages.items():
            worth = measured(cell, work)
            if worth is not None and messages:
                found.setdefault(work, {}).setdefault(person, []).append((messages, worth))
    rates = {work: per_message(_measured(months) for months in by.values()) for work, by in found.items()}
    return {work: rate for work, rate in rates.items() if rate is not None}


def _measured(months: Iterable[tuple[Decimal, Use]]) -> Measured:
    known = list(months)
    return Measured(sum((m for m, _ in known), ZERO), summed(use for _, use in known))


@dataclass(frozen=True, slots=True)
class _Months:
    """Everybody's months. ``rates``: what a message is worth, as used and lazily; ``covered``: the months for
    which no trace means no use."""

    months: tuple[Month, ...]
    cells: Cells
    held: Mapping[Month, Mapping[str, str]]
    rates: tuple[Mapping[Work, PerMessage], Mapping[Work, PerMessage]]
    covered: frozenset[str]

    def of(self, person: str) -> PersonUse:
        """The person's months: those with a seat or a trace; without any seat, all from the first trace."""
        found: list[MonthUse] = []
        works = set[Work]()
        seated = any(person in self.held[month] for month in self.months)
        for month in self.months:
            cell, seat = self.cells.get((person, str(month))), self.held[month].get(person, "")
            if cell is None and not seat and (seated or not found):
                continue
            if cell is not None:
                works |= {work for _, work in cell.worth} | cell.acted
            found.append(self._month(month, seat, cell or _Cell()))
        return PersonUse(person, frozenset(works), tuple(found))

    def _month(self, month: Month, seat: str, cell: _Cell) -> MonthUse:
        metered = summed(use for (stream, _), use in cell.worth.items() if stream is Stream.API)
        in_seat = summed(use for (stream, _), use in cell.worth.items() if stream is not Stream.API)
        inferred, lazily = (() if cell.units else tuple(_inferred(cell, rates)) for rates in self.rates)
        if not (cell.worth or cell.units or inferred) and (cell.seen or str(month) not in self.covered):
            inferred = lazily = (None,)
        known = Known.MEASURED if cell.worth or cell.units else Known.NONE
        if inferred:
            known = Known.UNKNOWN if None in inferred else Known.INFERRED
        in_seat = summed([in_seat, *map(_known, inferred)])
        lazy = summed([*cell.lazy.values(), *map(_known, lazily)])
        messages = sum(cell.messages.values(), ZERO)
        units = tuple(sorted(cell.units.items()))
        return MonthUse(month, seat, in_seat, metered, cell.calls, known, messages, units, lazy)


def _known(use: Use | None) -> Use:
    """At least nothing where nobody knows."""
    return Use.at_least(ZERO) if use is None else use


def _inferred(cell: _Cell, rates: Mapping[Work, PerMessage]) -> Iterable[Use | None]:
    """The use of each kind of work that was seen and not measured: by messages, or None: not known."""
    for work in sorted(cell.acted):
        if cell.measured(work) is None:
            messages, rate = cell.messages.get(work), rates.get(work)
            yield rate.use(messages) if messages and rate is not None else None


def _notes(people: Iterable[PersonUse], foreign: set[str], currency: str) -> Iterable[str]:
    everybody = list(people)
    inferred = sum(p.is_inferred for p in everybody)
    if inferred:
        yield f"Use is inferred from messages for {inferred} of {len(everybody)} people."
    unknown = sum(any(m.known is Known.UNKNOWN for m in p.months) for p in everybody)
    if unknown:
        yield f"Use is not known in some month for {unknown} of {len(everybody)} people."
    if foreign:
        yield f"Use priced in {', '.join(sorted(foreign))} is left out of use in {currency}."
