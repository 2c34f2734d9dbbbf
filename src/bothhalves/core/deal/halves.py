"""What months of an outlook cost under a contract, half by half: seats, usage of the API, or both undivided.

A contract that is looked ahead under is the signed one with what nobody can know yet taken for granted, and
every such thing is said. Few scenarios are settled, many go the short way, and both come to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.clauses.base import EVERYTHING, Demand, MeteredUse, SeatUse, amount_of
from bothhalves.core.clauses.rates import rate_for
from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import SeatTerm, overlap
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.commitment_cost import Drawing
from bothhalves.core.deal.commitment_draws import plain
from bothhalves.core.deal.commitment_schedule import Schedule, laid
from bothhalves.core.deal.seat_course import MICRO, SeatSchedule
from bothhalves.core.explain import Line, Selector, View
from bothhalves.core.money import EXACT, Amount, MoneyKind
from bothhalves.core.settling import Carried, settle

Row = tuple[Fraction, ...]
_NIL = Fraction(0)
_ENTRY = "outlook"


class Half(StrEnum):
    """What a charge is for."""

    SEATS = "seats"
    API = "api"
    BOTH = "undivided"  # one price for both; nobody can say what either costs


@dataclass(frozen=True, slots=True)
class Halves:
    """A contract's months in micro-units, before tax. ``unused`` is the part of ``api`` that pays for a
    commitment which its period did not use, due at its end. ``due`` is all of them when they are to be paid,
    with what is paid ahead in the month of payment. ``billed`` are seats charged for, by type.
    """

    seats: Row
    api: Row
    both: Row
    unused: Row
    due: Row
    billed: Mapping[str, tuple[int, ...]]

    @property
    def total(self) -> Row:
        return summed(self.seats, self.api, self.both)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A contract to look ahead under, and what was taken for granted, each in a sentence."""

    contract: Contract
    said: tuple[str, ...] = field(default=())


def ahead(contract: Contract, uplift: Decimal | None = None, baseline: str = "") -> Ahead:
    """The contract as it may go on: it renews by itself, seats can be added, tax is left out.

    ``uplift`` is taken at renewals where a seat clause states none; a cap holds all the same. ``baseline``
    replaces what seats are renewed from (``peak`` or ``assigned``; "": as each clause says).
    """
    said, counting = [], [t for t in contract.seats if t.rule is not None]
    if not contract.term.auto_renews:
        said.append(f"{contract.id}: it is renewed on the same terms when it ends.")
    seats = []
    for term in contract.seats:
        adds = term.rule is None and not any(t.type == term.type and overlap(t, term) for t in counting)
        if adds:
            counting.append(term)
            said.append(
                f"{contract.id}, {term.id}: nothing is said of seats that are added; they cost its fee, "
                "to the end of the term."
            )
        if uplift is not None and (term.renewal is None or term.renewal.uplift is None):
            said.append(f"{contract.id}, {term.id}: the fee rises at renewal as deal.yaml assumes.")
        seats.append(_going_on(term, uplift, baseline, adds=adds))
    commitment = contract.commitment
    if commitment is not None and (commitment.scope != EVERYTHING or commitment.excludes):
        said.append(f"{contract.id}: the usage looked ahead at is within the scope of the commitment.")
        commitment = replace(commitment, scope=EVERYTHING, excludes=())
    if any(r.scope != EVERYTHING for r in contract.rates):
        said.append(
            f"{contract.id}: rates for some models are not applied to usage whose models are not known."
        )
    going = replace(
        contract,
        term=replace(contract.term, auto_renews=True),
        seats=tuple(seats),
        commitment=commitment,
        tax="excluded",
    )
    return Ahead(going, tuple(dict.fromkeys(said)))


def _going_on(term: SeatTerm, uplift: Decimal | None, baseline: str, *, adds: bool) -> SeatTerm:
    """A seat clause with what it is silent about. ``adds``: it is the one that counts seats beyond the
    committed ones."""
    renewal = term.renewal or Renewal()
    if uplift is not None and renewal.uplift is None:
        renewal = replace(renewal, uplift=uplift)
    if baseline:
        renewal = replace(renewal, baseline=baseline)
    added = TrueUp("month", "provisioned", "high-water", "contract", "up-only")
    return replace(term, renewal=renewal, true_up=added if adds else term.true_up)


def demands(
    contract: Contract,
    months: Sequence[Month],
    seats: Mapping[str, Sequence[int]],
    api: Sequence[int],
    kind: MoneyKind = MoneyKind.SCENARIO,
) -> list[Demand]:
    """What months ask of a contract: so many seats by type, and usage at list price in micro-units."""
    types = {t.type for t in contract.seats}
    return [
        Demand(
            month,
            (MeteredUse(at_list(contract, month, worth, kind), model=""),) if worth else (),
            tuple(SeatUse(name, row[place]) for name, row in sorted(seats.items()) if name in types),
        )
        for place, (month, worth) in enumerate(zip(months, api, strict=True))
    ]


def at_list(contract: Contract, month: Month, worth: int, kind: MoneyKind = MoneyKind.SCENARIO) -> Line:
    """Usage of which only its worth at list price is known, in micro-units."""
    value = EXACT.divide(Decimal(worth), Decimal(MICRO))
    return Line(
        id=f"{_ENTRY}|{month}",
        meter="api",
        quantity=value,
        unit=f"{contract.currency} at list price",
        price=Decimal(1),
        price_high=Decimal(1),
        per=1,
        amount=Amount.of(value, contract.currency, kind),
        view=View.LIST,
        entry=_ENTRY,
        source="",
        layer="outlook",
        rows=Selector("usage"),
        dimensions=(("month", str(month)), ("vendor", contract.vendor)),
    )


def by_half(contract: Contract, lines: Sequence[Line]) -> dict[Half, list[Line]]:
    """Lines of one settlement by what they are for."""
    found: dict[Half, list[Line]] = {half: [] for half in Half}
    about: dict[str, Half] = {}
    for line in lines:
        about[line.id] = about.get(line.of) or _half(contract, line)
        found[about[line.id]].append(line)
    return found


def _half(contract: Contract, line: Line) -> Half:
    """A Line of no clause is usage at list price: of the API, or under a seat."""
    if not line.entry.startswith(f"{contract.id}/"):
        return Half.SEATS if "seat_type" in dict(line.dimensions) else Half.API
    family = line.entry.removeprefix(f"{contract.id}/").partition("/")[0]
    return {"undivided": Half.BOTH, "commitment": Half.API}.get(family, Half.SEATS)


def is_payment_ahead(line: Line) -> bool:
    """True if a Line only moves money to another month than that which it is for."""
    return line.entry.endswith("/prepayment")


def as_used(contract: Contract) -> Contract:
    """The same contract with a commitment paid as it is used: what a month costs, not what it pays.

    Money that is committed at list price is worth less where rates lower what it buys, or where fees take as
    much of it as they are, so that a commitment paid ahead is then another price, and stays as it is.
    """
    clause = contract.commitment
    if clause is None or not clause.prepaid:
        return contract
    if clause.in_list and (contract.rates or set(clause.counts) - {"api"}):
        return contract
    return replace(contract, commitment=replace(clause, paid="in-arrears"))


def gives_back(term: SeatTerm) -> bool:
    """True if some of the clause's Lines may be below zero, which give money back to a commitment."""
    return term.billed == "annual" or bool(term.breaks) or (term.rule is not None and not term.rule.up_only)


def summed(*rows: Row) -> Row:
    """Rows of months added up, month by month."""
    return tuple(sum(column, _NIL) for column in zip(*rows, strict=True))


class Tariff:
    """A contract that is looked ahead under (see :func:`ahead`), over months in a row, for many scenarios."""

    def __init__(self, contract: Contract, months: Sequence[Month], carried: Carried | None = None) -> None:
        self.contract, self.months, self.carried = contract, tuple(months), carried
        self._used = as_used(contract)
        self._seats = SeatSchedule(contract, self.months)
        counts = contract.commitment.counts if contract.commitment else ()
        self._pooled, self._metered = "seats" in counts, not counts or "api" in counts
        self._share = share_of_list(contract, self.months)
        self._as_used = self._drawing(self._used)
        self._as_due = self._as_used if self._used is contract else self._drawing(contract)

    def _drawing(self, contract: Contract) -> Drawing:
        """What becomes of usage, and of fees that draw on the same commitment."""
        clause, months = contract.commitment, len(self.months)
        nothing = Schedule((), months, outside=tuple(range(months)))
        laid_out = nothing if clause is None else laid(clause, contract.term, self.months[0], months)
        return Drawing(laid_out, Fraction(1) if self._share is None else self._share, beside=self._pooled)

    @property
    def is_short(self) -> bool:
        """True if scenarios need not be settled month by month."""
        contract, clause = self.contract, self.contract.commitment
        carried = self.carried is not None and bool(self.carried.spending.commitment.lots)
        plain = clause is None or set(clause.counts) <= {"api", "seats"}
        credited = self._pooled and any(map(gives_back, contract.seats))
        beside = contract.undivided or contract.credits or contract.included_credits or contract.packs
        return plain and not credited and not carried and not beside and self._share is not None

    def course(self, seats: Mapping[str, Sequence[int]], api: Sequence[int]) -> Halves:
        """What so many seats by type, and usage at list price, cost in each month."""
        return self._quickly(seats, api) if self.is_short else self.settled(seats, api)

    def _quickly(self, seats: Mapping[str, Sequence[int]], api: Sequence[int]) -> Halves:
        found = self._seats.course(seats, self.carried.seats if self.carried else {})
        fees = tuple(map(plain, found.cost)) if self._pooled else ()
        drawn = api if self._metered else (0,) * len(api)
        used = self._as_used.course(drawn, fees)
        due = used if self._as_due is self._as_used else self._as_due.course(drawn, fees)
        none = (_NIL,) * len(api)
        beside = none if self._metered else tuple(n * (self._share or _NIL) for n in api)
        charged, paid = found.cost, used.paid
        if self._pooled:
            charged = tuple(fee - less for fee, less in zip(found.cost, used.relief, strict=True))
            paid = tuple(all_ - own for all_, own in zip(used.paid, charged, strict=True))
        return Halves(
            charged,
            paid if self._metered else summed(paid, beside),
            none,
            used.shortfall,
            summed(none if self._pooled else found.cost, found.ahead, due.paid, beside),
            found.billed,
        )

    def lines(self, seats: Mapping[str, Sequence[int]], api: Sequence[int]) -> tuple[Line, ...]:
        """The settled Lines of what each month costs, payments ahead left out."""
        found = settle(
            self._used, demands(self._used, self.months, seats, api), self.carried, MoneyKind.SCENARIO
        )
        return tuple(line for line in found.lines if not is_payment_ahead(line))

    def settled(self, seats: Mapping[str, Sequence[int]], api: Sequence[int]) -> Halves:
        """The same as :meth:`course`, by settling every month."""
        lines = self.lines(seats, api)
        halves = by_half(self.contract, lines)
        rows = {half: self._rows(own) for half, own in halves.items()}
        unused = self._rows(x for x in halves[Half.API] if x.entry.endswith("commitment/shortfall"))
        asked = demands(self.contract, self.months, seats, api)
        due = self._rows(settle(self.contract, asked, self.carried, MoneyKind.SCENARIO).lines)
        billed = self._seats.course(seats, self.carried.seats if self.carried else {}).billed
        return Halves(rows[Half.SEATS], rows[Half.API], rows[Half.BOTH], unused, due, billed)

    def _rows(self, lines: Iterable[Line]) -> Row:
        """Micro-units by month."""
        by_month: dict[str, list[Line]] = {str(month): [] for month in self.months}
        for line in lines:
            by_month[dict(line.dimensions)["month"]].append(line)
        return tuple(Fraction(amount_of(own)) * MICRO for own in by_month.values())


def share_of_list(contract: Contract, months: Sequence[Month]) -> Fraction | None:
    """What negotiated rates leave of the list price of usage; None: not the same in all months."""
    shares = set()
    for month in months:
        term = rate_for(contract.rates, MeteredUse(at_list(contract, month, 0), model=""), month)
        runs = contract.term.runs(month)
        shares.add(1 - Fraction(term.discount or 0) if term is not None and runs else Fraction(1))
    return shares.pop() if len(shares) == 1 else None
