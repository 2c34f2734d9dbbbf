"""Prepaid packs: whole packs that are bought, drawn down, and lost when they expire.

A purchase is billed when it is made; usage that draws on it takes its own price off what is billed. So the
contracted view tells what was used, and the billed one what was paid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from bothhalves.core.clauses.base import EVERYTHING, Basis, Scope, Term, charge
from bothhalves.core.clauses.draw_down import Draw, among, cover, left, told
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.dates import Month, in_force
from bothhalves.core.explain import Line, View
from bothhalves.core.money import EXACT, ZERO

_UP, _DOWN = Context(prec=EXACT.prec, rounding=ROUND_CEILING), Context(prec=EXACT.prec, rounding=ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class Purchase:
    """Packs bought on a day; ``price`` per pack, if it was another one than the clause's."""

    on: date
    packs: int
    price: Decimal | None = None

    def fault(self) -> str | None:
        return (
            None
            if self.packs > 0 and (self.price or ZERO) >= 0
            else "packs are above zero, a price is not below"
        )


@dataclass(frozen=True, slots=True)
class PackTerm:
    """Packs of ``size`` units of ``meter`` (left out: of money at list price) at ``price`` each.

    ``bought`` lists purchases; ``as_needed`` buys what is missing, ``at_least`` so many packs at a time,
    for at most ``budget`` a month. ``expires_months`` after the purchase what is left is lost; left out,
    never. ``product``, ``seats`` (types; left out, usage in money that is nobody's seat, and units of all)
    and ``scope`` narrow the usage. ``overage`` is what happens when no pack is left.
    """

    name: str
    size: Decimal
    price: Decimal
    product: str = ""
    meter: str = ""
    seats: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    bought: tuple[Purchase, ...] = ()
    as_needed: bool = False
    at_least: int = 1
    budget: Decimal | None = None
    expires_months: int | None = None
    overage: Overage | None = None
    from_: date | None = None
    until: date | None = None

    def fault(self) -> str | None:
        if self.size <= 0 or self.price < 0 or (self.budget or ZERO) < 0:
            return "size is above zero, price and budget are not below it"
        if self.at_least < 1 or not 1 <= (1 if self.expires_months is None else self.expires_months) <= 1200:
            return "at_least is above zero, expires_months between 1 and 1200"
        if not self.as_needed and not self.bought:
            return "list what was bought, or set as_needed"
        return None if self.as_needed or self.budget is None else "a budget is for packs bought as_needed"

    @property
    def id(self) -> str:
        return f"packs/{self.name}" + (f"@{self.from_}" if self.from_ else "")

    def holds(self, month: Month) -> bool:
        """True if packs can be bought in the month; those bought before are drawn down in any."""
        start, until = self.from_ or date.min, self.until
        return in_force(month.first, start.replace(day=1), until.replace(day=1) if until else None)

    def covers(self, draw: Draw) -> bool:
        fits = draw.fits(self.meter, self.product, self.seats, self.scope)
        return fits and (bool(self.meter) or bool(self.seats) == bool(draw.seat_type))

    def expiry(self, bought: date) -> date | None:
        """The first day on which packs bought on a day are lost."""
        return Term(bought, self.expires_months).until if self.expires_months else None

    def assumptions(self) -> list[str]:
        said = [] if self.expires_months else [f"{self.id}: what was bought never expires."]
        if self.overage is None:
            said.append(f"{self.id}: without a word on overage, usage stops when no pack is left.")
        return said


@dataclass(frozen=True, slots=True)
class PackLot:
    """Units bought on a day that are ``left``, until ``expires``."""

    bought: date
    expires: date | None
    left: Decimal

    @property
    def order(self) -> tuple[date, date]:
        return self.expires or date.max, self.bought


@dataclass(frozen=True, slots=True)
class PackState:
    """What a pack clause carries from month to month: what was bought and is left."""

    lots: tuple[PackLot, ...] = ()


States = Mapping[str, PackState]


def draw_packs(
    basis: Basis, terms: Sequence[PackTerm], month: Month, draws: Sequence[Draw], states: States
) -> tuple[list[Line], list[Draw], dict[str, PackState]]:
    """Buy what is stated, draw down whatever expires first, buy what is missing, and lose what expired.

    A lot can be drawn in every month that begins before the day of its expiry.
    """
    lines: list[Line] = []
    after = list(draws)
    lots = {t.id: list(states.get(t.id, PackState()).lots) for t in terms}
    for term in terms:
        lines += _lost(basis, term, month, lots[term.id])
        for purchase in _stated(term, month):
            lines.append(_bought(basis, term, month, purchase))
            _add(term, lots[term.id], purchase)
    for lot, term in sorted(((x, t) for t in terms for x in lots[t.id]), key=lambda p: p[0].order):
        found, after = _drawn(basis, term, month, after, lot, lots[term.id])
        lines += found
    for term in terms:
        found, after = _reloaded(basis, term, month, after, lots[term.id])
        lines += found
    return lines, after, {i: PackState(tuple(x for x in own if x.left)) for i, own in lots.items()}


def _stated(term: PackTerm, month: Month) -> list[Purchase]:
    """The month's purchases, one for each day and price."""
    found: dict[tuple[date, Decimal], int] = {}
    for p in term.bought:
        if Month.of(p.on) == month:
            slot = (p.on, term.price if p.price is None else p.price)
            found[slot] = found.get(slot, 0) + p.packs
    return [Purchase(on, packs, price) for (on, price), packs in sorted(found.items())]


def _bought(basis: Basis, term: PackTerm, month: Month, purchase: Purchase) -> Line:
    price = term.price if purchase.price is None else purchase.price
    return charge(
        basis,
        f"{term.id}/purchase",
        month,
        quantity=purchase.packs,
        price=price,
        unit=f"packs, bought {purchase.on} at {price}",
        meter=term.meter or "prepaid",
        view=View.BILLED,
        dimensions={"product": term.product},
    )


def _add(term: PackTerm, lots: list[PackLot], purchase: Purchase) -> None:
    """Units bought on one day are one lot."""
    units = EXACT.multiply(term.size, Decimal(purchase.packs))
    for n, lot in enumerate(lots):
        if lot.bought == purchase.on:
            lots[n] = replace(lot, left=EXACT.add(lot.left, units))
            return
    lots.append(PackLot(purchase.on, term.expiry(purchase.on), units))


def _lost(basis: Basis, term: PackTerm, month: Month, lots: list[PackLot]) -> list[Line]:
    """Lots that expired before the month: they cost nothing more, and their quantity is the loss."""
    gone = [x for x in lots if x.expires is not None and x.expires <= month.first]
    lots[:] = [x for x in lots if x not in gone]
    unit = term.meter or basis.currency
    return [
        told(
            basis,
            f"{term.id}/forfeited",
            month,
            lot.left,
            f"{unit}, bought {lot.bought}, expired {lot.expires}",
            term.meter or "prepaid",
            term.product,
        )
        for lot in gone
    ]


def _drawn(
    basis: Basis, term: PackTerm, month: Month, draws: list[Draw], lot: PackLot, lots: list[PackLot]
) -> tuple[list[Line], list[Draw]]:
    """Usage covered by one lot, which shrinks in ``lots``."""
    before = left(draws)
    lines, after = among(
        draws,
        term.covers,
        lambda d: cover(basis, term.id, month, d, lot.left, f"of those bought {lot.bought}", View.BILLED),
    )
    used = EXACT.subtract(before, left(after))
    place = next(n for n, x in enumerate(lots) if x.bought == lot.bought)
    lots[place] = replace(lots[place], left=EXACT.subtract(lots[place].left, used))
    return lines, after


def _reloaded(
    basis: Basis, term: PackTerm, month: Month, draws: list[Draw], lots: list[PackLot]
) -> tuple[list[Line], list[Draw]]:
    """Packs bought for what is missing, on the first of the month as far as anybody knows."""
    missing = left(d for d in draws if d.left > 0 and term.covers(d))
    if not term.as_needed or not term.holds(month) or not missing:
        return [], draws
    packs = int(_UP.divide(missing, term.size).to_integral_value(rounding=ROUND_CEILING))
    packs = max(packs, term.at_least)
    if term.budget is not None and term.price:
        packs = min(packs, int(_DOWN.divide(term.budget, term.price)))
    if packs < term.at_least:
        return [], draws
    purchase = Purchase(month.first, packs)
    _add(term, lots, purchase)
    bought = next(x for x in lots if x.bought == month.first)
    lines, after = _drawn(basis, term, month, draws, bought, lots)
    return [_bought(basis, term, month, purchase), *lines], after
