"""Usage that the contract prices itself, for all seats together, and usage under a seat at token rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import (
    EVERYTHING,
    Basis,
    Demand,
    MeteredUse,
    Percent,
    Scope,
    UnitUse,
    amount_of,
    charge,
)
from bothhalves.core.dates import Month, in_force
from bothhalves.core.explain import Line, Selector
from bothhalves.core.money import EXACT, ZERO, plain
from bothhalves.core.shapes import Shape


@dataclass(frozen=True, slots=True)
class UsageTerm:
    """Usage of ``meter`` that the contract prices itself, per calendar month, for all seats together.

    A price that changes is stated again ``from_`` its month on. ``converts`` names the virtual currency
    that the meter counts, such as ``OPENAI_CREDIT``: usage that a price book rates in it becomes units.
    Units that an allowance or a pack draws on are priced one by one, so their price is ``per_unit``.
    """

    product: str
    meter: str
    price: Shape
    converts: str = ""
    from_: date | None = None
    until: date | None = None

    def fault(self) -> str | None:
        days = [d for d in (self.from_, self.until) if d is not None]
        return "a unit's price changes on the first of a month" if any(d.day != 1 for d in days) else None

    @property
    def id(self) -> str:
        return f"usage/{self.meter}" + (f"@{self.from_}" if self.from_ else "")

    def holds(self, month: Month) -> bool:
        return in_force(month.first, self.from_ or date.min, self.until)


@dataclass(frozen=True, slots=True)
class SeatUsageTerm:
    """Usage under seats of these types is billed at token rates: ``times`` the usual price less ``discount``.

    The fee of such a seat is a platform fee and includes no usage.
    """

    seats: tuple[str, ...]
    times: Decimal = Decimal(1)
    discount: Percent = ZERO
    scope: Scope = EVERYTHING

    def fault(self) -> str | None:
        if not self.seats:
            return "name the seat types"
        return (
            None
            if self.times >= 0 and 0 <= self.discount <= 1
            else "times is not below zero, discount 0% to 100%"
        )

    @property
    def id(self) -> str:
        return "seat-usage/" + ",".join(self.seats)

    @property
    def factor(self) -> Decimal:
        return EXACT.multiply(self.times, EXACT.subtract(Decimal(1), self.discount))

    def covers(self, use: MeteredUse) -> bool:
        return use.seat_type in self.seats and self.scope.covers(use)


def charge_usage(
    basis: Basis, term: UsageTerm, month: Month, units: Iterable[UnitUse], seats: int
) -> Iterator[Line]:
    """What is included, then what is charged. ``seats`` are the month's seats of the product."""
    if not term.holds(month):
        return
    own = [u for u in units if (u.product, u.meter) == (term.product, term.meter)]
    quantity = ZERO
    for use in own:
        quantity = EXACT.add(quantity, use.quantity)
    for part in term.price.parts(quantity, Decimal(seats)):
        yield charge(
            basis,
            term.id,
            month,
            quantity=part.quantity,
            price=part.price,
            unit=f"{term.meter}, {part.note}",
            meter=term.meter,
            dimensions={"product": term.product},
        )


def units_of(demand: Demand, terms: Iterable[UsageTerm]) -> list[UnitUse]:
    """The month's units, with those that a price book states in a virtual currency."""
    found = list(demand.units)
    for term in (t for t in terms if t.converts and t.holds(demand.month)):
        found += [
            UnitUse(
                use.product or term.product,
                term.meter,
                amount_of([use.line]),
                use.person,
                use.seat_type,
                use.line.rows,
            )
            for use in demand.usage
            if use.line.amount.currency == term.converts
        ]
    return found


def in_money(demand: Demand, terms: Sequence[UsageTerm]) -> tuple[MeteredUse, ...]:
    """The month's usage without that of virtual currencies, which counts as units."""
    virtual = {t.converts for t in terms if t.converts}
    return tuple(u for u in demand.usage if u.line.amount.currency not in virtual)


def price_units(
    basis: Basis, terms: Iterable[UsageTerm], month: Month, units: Iterable[UnitUse]
) -> list[tuple[UnitUse, Line]]:
    """Units by product, meter, person and seat type at their price per unit; zero where none is stated."""
    prices = {(t.product, t.meter): t for t in terms if t.holds(month)}
    by_owner: dict[tuple[str, str, str, str], list[UnitUse]] = {}
    for unit in units:
        by_owner.setdefault((unit.product, unit.meter, unit.person, unit.seat_type), []).append(unit)
    found = []
    for (product, meter, person, seat_type), own in sorted(by_owner.items()):
        quantity = ZERO
        for unit in own:
            quantity = EXACT.add(quantity, unit.quantity)
        term = prices.get((product, meter))
        line = charge(
            basis,
            term.id if term else f"usage/{meter}",
            month,
            quantity=quantity,
            price=(term.price.per_unit or ZERO) if term else ZERO,
            unit=f"{meter}, used",
            meter=meter,
            dimensions={"product": product, "person": person, "seat_type": seat_type},
        )
        rows = Selector.union([u.rows for u in own if u.rows.table == own[0].rows.table])
        whole = replace(own[0], quantity=quantity, rows=rows)
        found.append((whole, replace(line, rows=rows)))
    return found


def rate_seats(
    basis: Basis,
    terms: Iterable[SeatUsageTerm],
    month: Month,
    usage: Iterable[MeteredUse],
    due: Mapping[str, Decimal],
) -> Iterator[Line]:
    """What a multiple or a discount changes in the price of usage under a seat.

    ``due`` is what each Line of usage costs after the discounts of earlier steps.
    """
    changing = [t for t in terms if t.factor != 1]
    for use in usage:
        term = next((t for t in changing if t.covers(use)), None)
        if term is not None:
            yield charge(
                basis,
                term.id,
                month,
                quantity=due[use.line.id],
                price=EXACT.subtract(term.factor, Decimal(1)),
                unit=f"{basis.currency}, seat usage x {plain(term.factor)}",
                meter=use.line.meter,
                of=use.line,
            )
