"""Seat allowances: what a seat, a person or the organisation may use for the fee, and what is used of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import EVERYTHING, Basis, Demand, Scope, SeatUse, Term
from bothhalves.core.clauses.draw_down import Draw, among, cover, left, summed, told
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.dates import Month, in_force
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT, ZERO

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class AllowanceTerm:
    """Usage that the fee includes, in units of ``meter`` or (left out) in money at list price.

    Exactly one of: ``per_person`` (each person's own, by seat type: what one leaves nobody else may use),
    ``per_seat`` and ``amount`` (shared by the organisation: what each seat of a type brings, and what it
    has beside that; both may be given), ``unlimited``. ``seats`` are the seat types whose usage draws;
    left out, those that bring something, and else all. ``product`` and ``scope`` narrow the usage.

    It is renewed at every ``resets`` (``month``, ``quarter``, ``year`` of the term, or ``never``), what is
    unused lives on for ``carry_over`` further periods, and ``cap`` bounds what the organisation gets in one.
    Seats ``added`` in between bring theirs ``at-once`` or ``at-reset``; removed ones leave at the reset.
    ``measured_on``: seats ``assigned`` (billed ones where no roster is known) or ``billed``.
    """

    name: str
    product: str = ""
    meter: str = ""
    per_person: dict[str, Decimal] = field(default_factory=dict)
    per_seat: dict[str, Decimal] = field(default_factory=dict)
    amount: Decimal | None = None
    unlimited: bool = False
    seats: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    resets: str = "month"
    carry_over: int = 0
    cap: Decimal | None = None
    added: str = "at-once"
    measured_on: str = "assigned"
    overage: Overage | None = None
    from_: date | None = None
    until: date | None = None

    def fault(self) -> str | None:
        pool = bool(self.per_seat) or self.amount is not None
        if [bool(self.per_person), pool, self.unlimited].count(True) != 1:
            return "give exactly one of per_person, per_seat or amount, and unlimited"
        if (
            min([ZERO, self.amount or ZERO, self.cap or ZERO, *self.brings.values()]) < 0
            or self.carry_over < 0
        ):
            return "an allowance is not below zero"
        if self.resets not in (*_MONTHS, "never"):
            return "resets is month, quarter, year or never"
        if self.added not in ("at-once", "at-reset") or self.measured_on not in ("assigned", "billed"):
            return "added is at-once or at-reset, measured_on is assigned or billed"
        if self.unlimited and self.overage is not None:
            return "nothing is beyond an unlimited allowance"
        if not self.meter and self.overage is not None and self.overage.then == "price":
            return "money at list price goes on at api-rates; a price is for units of a meter"
        return "cap bounds what is shared" if self.cap is not None and not pool else None

    @property
    def id(self) -> str:
        return f"allowance/{self.name}" + (f"@{self.from_}" if self.from_ else "")

    @property
    def brings(self) -> Mapping[str, Decimal]:
        return self.per_person or self.per_seat

    @property
    def drawn_by(self) -> tuple[str, ...]:
        """The seat types whose usage draws; none: all."""
        return self.seats or tuple(self.brings)

    def holds(self, month: Month) -> bool:
        """True if the clause is in force: from the month of its first day, and not in that of its end."""
        start, until = self.from_ or date.min, self.until
        return in_force(month.first, start.replace(day=1), until.replace(day=1) if until else None)

    def covers(self, draw: Draw) -> bool:
        """True if the usage may draw on it; usage in money does only if it is that of a seat."""
        seated = bool(draw.seat_type) or bool(self.meter)
        return seated and draw.fits(self.meter, self.product, self.drawn_by, self.scope)

    def joined(self, other: AllowanceTerm) -> AllowanceTerm | None:
        """Both as one clause, if they differ only in what each seat type brings."""
        if self.unlimited or bool(self.per_person) != bool(other.per_person):
            return None
        if replace(self, per_seat={}, per_person={}) != replace(other, per_seat={}, per_person={}):
            return None
        people = self.per_person | other.per_person
        return replace(self, per_seat=self.per_seat | other.per_seat, per_person=people)

    def period(self, term: Term, month: Month) -> int:
        """The place of the month's period in the term."""
        return 0 if self.resets == "never" else term.index(month) // _MONTHS[self.resets]

    def assumptions(self) -> list[str]:
        said = []
        if self.overage is None and not self.unlimited:
            said.append(f"{self.id}: without a word on overage, usage beyond the allowance stops.")
        if self.resets != "never" and not self.carry_over and not self.unlimited:
            said.append(f"{self.id}: what is unused at the end of a {self.resets} is lost (no carry_over).")
        if self.per_person:
            said.append(f"{self.id}: usage that names no person counts as that of one person.")
        if self.per_seat and self.measured_on == "assigned":
            said.append(f"{self.id}: seats are those assigned, or billed where no roster is known.")
        return said


@dataclass(frozen=True, slots=True)
class Lot:
    """What was ``granted`` in a period, and is ``left``; ``owner`` is a person, or ``""`` for all."""

    period: int
    owner: str
    granted: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class AllowanceState:
    """What an allowance carries from month to month: its lots, and the seats counted in the period."""

    lots: tuple[Lot, ...] = ()
    seats: tuple[tuple[str, int], ...] = ()
    period: int | None = None


def draw_allowance(
    basis: Basis,
    term: AllowanceTerm,
    demand: Demand,
    draws: Sequence[Draw],
    billed: Mapping[str, int],
    state: AllowanceState,
) -> tuple[list[Line], list[Draw], AllowanceState]:
    """Cover usage from the allowance, oldest grants first; ``billed`` are the month's seats by type."""
    if not term.holds(demand.month):
        return [], list(draws), state
    if term.unlimited:
        lines, after = among(
            draws, term.covers, lambda d: cover(basis, term.id, demand.month, d, left(d), "included")
        )
        return lines, after, state
    state = _granted(term, basis.term, demand, [d for d in draws if term.covers(d)], billed, state)
    lines, after, lots = _drawn(basis, term, demand.month, draws, state.lots)
    kept, unused = _ended(basis, term, demand.month, lots)
    if term.period(basis.term, demand.month.next) != state.period:
        unused = EXACT.add(unused, _idle(term, state))
    if unused:
        note = f"{term.meter or basis.currency}, included and not used, expired"
        meter = term.meter or "allowance"
        lines.append(told(basis, term.id, demand.month, unused, note, meter, term.product))
    return lines, after, replace(state, lots=kept)


def _drawn(
    basis: Basis, term: AllowanceTerm, month: Month, draws: Sequence[Draw], lots: Iterable[Lot]
) -> tuple[list[Line], list[Draw], list[Lot]]:
    """Every owner's usage covered by the owner's lots."""
    places: dict[str, list[int]] = {}
    for n, draw in enumerate(draws):
        if draw.left > 0 and term.covers(draw):
            places.setdefault(draw.person if term.per_person else "", []).append(n)
    owned: dict[str, list[Lot]] = {}
    for lot in lots:
        owned.setdefault(lot.owner, []).append(lot)
    lines: list[Line] = []
    after, rest = list(draws), []
    for owner, own in sorted(owned.items()):
        some = [draws[n] for n in places.get(owner, [])]
        found, taken = cover(basis, term.id, month, some, summed(x.left for x in own), "included")
        lines += found
        for n, draw in zip(places.get(owner, []), taken, strict=True):
            after[n] = draw
        rest += _spent(own, EXACT.subtract(left(some), left(taken)))
    return lines, after, sorted(rest, key=_order)


def _spent(lots: Iterable[Lot], used: Decimal) -> list[Lot]:
    """An owner's lots after so much use, the oldest first."""
    found = []
    for lot in sorted(lots, key=_order):
        part = min(used, lot.left)
        found.append(replace(lot, left=EXACT.subtract(lot.left, part)))
        used = EXACT.subtract(used, part)
    return found


def _granted(
    term: AllowanceTerm,
    signed: Term,
    demand: Demand,
    draws: Iterable[Draw],
    billed: Mapping[str, int],
    state: AllowanceState,
) -> AllowanceState:
    """The state with the month's grants: a new period's, and those of seats added within one."""
    period = term.period(signed, demand.month)
    counted = _counted(term, demand, billed, dict(state.seats) if state.period == period else None)
    before = {x.owner: x for x in state.lots if x.period == period}
    if term.per_person:
        wanted = {x.owner: x.granted for x in sorted(state.lots, key=_order)} | _by_person(term, draws)
        wanted = {p: a for p, a in wanted.items() if p not in before}
    else:
        brought = summed(EXACT.multiply(a, Decimal(counted[t])) for t, a in term.per_seat.items())
        brought = EXACT.add(brought, term.amount or ZERO)
        wanted = {"": brought if term.cap is None else min(brought, term.cap)}
    lots = [x for x in state.lots if x.period != period or x.owner not in wanted]
    for owner, amount in sorted(wanted.items()):
        old = before.get(owner, Lot(period, owner, ZERO, ZERO))
        amount = max(amount, old.granted)
        lots.append(Lot(period, owner, amount, EXACT.add(old.left, EXACT.subtract(amount, old.granted))))
    return AllowanceState(tuple(sorted(lots, key=_order)), tuple(sorted(counted.items())), period)


def _by_person(term: AllowanceTerm, draws: Iterable[Draw]) -> dict[str, Decimal]:
    """What each person seen gets: the most that a seat type of theirs brings."""
    least = min(term.per_person.values())
    found: dict[str, Decimal] = {}
    for draw in draws:
        amount = term.per_person.get(draw.seat_type, least)
        found[draw.person] = max(amount, found.get(draw.person, ZERO))
    return found


def _counted(
    term: AllowanceTerm, demand: Demand, billed: Mapping[str, int], before: dict[str, int] | None
) -> dict[str, int]:
    """Seats by type that have brought theirs in the period; ``before`` is None when it begins."""
    found = {}
    for type_ in term.brings:
        uses = [s for s in demand.seats if s.type == type_]
        known = term.measured_on == "assigned" and bool(uses)
        opening = sum(s.opening for s in uses) if known else billed.get(type_, 0)
        more = sum(map(added, uses)) if known and term.added == "at-once" else 0
        if before is None:
            found[type_] = opening + more
        elif term.added == "at-reset":
            found[type_] = before.get(type_, 0)
        else:
            found[type_] = before.get(type_, 0) + more if known else max(before.get(type_, 0), opening)
    return found


def added(use: SeatUse) -> int:
    """Seats added in the month; a seat that changes hands on one day is not."""
    days: dict[date, int] = {}
    for change in use.changes:
        days[change.on] = days.get(change.on, 0) + change.seats
    return sum(seats for seats in days.values() if seats > 0)


def _ended(
    basis: Basis, term: AllowanceTerm, month: Month, lots: Iterable[Lot]
) -> tuple[tuple[Lot, ...], Decimal]:
    """The lots that outlive the month, and what is lost with the others."""
    if term.resets == "never":
        return tuple(lots), ZERO
    oldest = term.period(basis.term, month.next) - term.carry_over
    kept = tuple(x for x in lots if x.period >= oldest)
    return kept, summed(x.left for x in lots if x.period < oldest)


def _idle(term: AllowanceTerm, state: AllowanceState) -> Decimal:
    """What seats bring that nobody was seen to use: allowances of persons that never drew."""
    if not term.per_person or term.resets == "never":
        return ZERO
    persons = sum(x.period == state.period for x in state.lots)
    whole = summed(EXACT.multiply(term.per_person[t], Decimal(n)) for t, n in state.seats)
    seen = summed(x.granted for x in state.lots if x.period == state.period)
    return max(ZERO, EXACT.subtract(whole, seen)) if persons <= sum(n for _, n in state.seats) else ZERO


def _order(lot: Lot) -> tuple[int, str]:
    return lot.period, lot.owner
