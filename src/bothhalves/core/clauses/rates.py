"""Negotiated rates: a discount on API usage, or a price of its own, by scope; and usage through marketplaces.

Where several rules fit, the one whose scope states the most holds, and of those the first written. Usage
under seats has a clause of its own and takes none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from bothhalves.core.clauses.base import EVERYTHING, Basis, MeteredUse, Percent, Scope, charge
from bothhalves.core.dates import Month, in_force
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT, plain, quotient

_SIZES = {"1": 1, "1K": 1_000, "1M": 1_000_000}


def per(text: str) -> int:
    """``1M`` as 1000000: for how many units a price is."""
    found = _SIZES.get(text.strip().upper())
    if found is None:
        raise ValueError(f"expected {', '.join(_SIZES)}, found {text[:20]!r}")
    return found


@dataclass(frozen=True, slots=True)
class RateTerm:
    """API usage in ``scope``, and in none of ``excludes``, has ``discount`` or ``price`` for ``per`` units.

    A price takes the place of the list price and of what price protection makes of it, so its scope names
    meters. Rates change on the first of a month.
    """

    scope: Scope = EVERYTHING
    discount: Percent | None = None
    price: Decimal | None = None
    per: Annotated[int, per] = 1_000_000
    excludes: tuple[Scope, ...] = ()
    name: str = ""
    from_: date | None = None
    until: date | None = None

    def fault(self) -> str | None:
        if (self.discount is None) == (self.price is None):
            return "give a discount or a price"
        if self.discount is not None and not 0 <= self.discount <= 1:
            return "discount is between 0% and 100%"
        if self.price is not None and (self.price < 0 or not self.scope.meters):
            return "a price is not below zero, and its scope names meters"
        if EVERYTHING in self.excludes:
            return "an empty exclusion excludes all usage"
        if any(d is not None and d.day != 1 for d in (self.from_, self.until)):
            return "a rate begins and ends on the first of a month"
        return None

    @property
    def id(self) -> str:
        said = [v for f in fields(self.scope) for v in getattr(self.scope, f.name)]
        return f"rate/{self.name or ','.join(said) or 'all'}" + (f"@{self.from_}" if self.from_ else "")

    @property
    def stated(self) -> int:
        """How specific the rule is: the number of things that its scope states."""
        return sum(bool(getattr(self.scope, f.name)) for f in fields(self.scope))

    def holds(self, month: Month) -> bool:
        return in_force(month.first, self.from_ or date.min, self.until)

    def covers(self, use: MeteredUse) -> bool:
        apart = use.seat_type or any(x.covers(use) for x in self.excludes)
        return not apart and self.scope.covers(use)


@dataclass(frozen=True, slots=True)
class MarketplaceTerm:
    """Usage that is bought in a marketplace, through ``accounts``.

    ``discount`` takes the place of the contract's rates and bands there; left out, they hold there too.
    ``counts``: what is paid there draws on the commitment.
    """

    name: str
    accounts: tuple[str, ...]
    discount: Percent | None = None
    counts: bool | None = None

    def fault(self) -> str | None:
        if not self.accounts:
            return "name the accounts"
        return None if 0 <= (self.discount or 0) <= 1 else "discount is between 0% and 100%"

    @property
    def id(self) -> str:
        return f"marketplace/{self.name}"

    def covers(self, use: MeteredUse) -> bool:
        return use.account in self.accounts

    def assumptions(self) -> list[str]:
        said = []
        if self.discount is None:
            said.append(f"{self.id}: does not say discount; the contract's own rates hold there too.")
        if self.counts is None:
            said.append(f"{self.id}: does not say counts; nothing paid there draws on the commitment.")
        return said


def market_of(markets: Iterable[MarketplaceTerm], use: MeteredUse | None) -> MarketplaceTerm | None:
    """The marketplace that the usage was bought in."""
    return next((m for m in markets if use is not None and m.covers(use)), None)


def rate_for(terms: Sequence[RateTerm], use: MeteredUse, month: Month) -> RateTerm | None:
    """The rule for the usage: the most specific, else the first written."""
    fitting = [t for t in terms if t.holds(month) and t.covers(use)]
    return max(fitting, key=lambda t: t.stated, default=None)


def apply_rates(
    basis: Basis,
    terms: Sequence[RateTerm],
    markets: Sequence[MarketplaceTerm],
    month: Month,
    usage: Iterable[MeteredUse],
    due: Mapping[str, Decimal],
) -> list[Line]:
    """What negotiated rates change in the price of API usage; ``due`` is what each Line costs until now."""
    lines: list[Line] = []
    for use in usage:
        net = due[use.line.id]
        market = market_of(markets, use)
        if market is not None and market.discount is not None:
            if not use.seat_type:
                lines += _discounted(basis, market.id, month, use, net, market.discount)
            continue
        term = rate_for(terms, use, month)
        if term is not None and term.discount is not None:
            lines += _discounted(basis, term.id, month, use, net, term.discount)
        elif term is not None and term.price is not None:
            metered = (use.foreign or use.line).quantity
            target = quotient(Fraction(metered) * Fraction(term.price), term.per)
            lines += repriced(basis, term.id, month, use, net, target, "at its negotiated price")
    return lines


def _discounted(
    basis: Basis, clause: str, month: Month, use: MeteredUse, net: Decimal, discount: Decimal
) -> list[Line]:
    if not net or not discount:
        return []
    unit = f"{basis.currency} at list, {shown(discount)} off"
    price = EXACT.minus(discount)
    meter = use.line.meter
    return [charge(basis, clause, month, quantity=net, price=price, unit=unit, meter=meter, of=use.line)]


def repriced(
    basis: Basis, clause: str, month: Month, use: MeteredUse, net: Decimal, target: Decimal, note: str
) -> list[Line]:
    """The Line that brings usage from ``net`` to ``target``: its quantity at the difference of the prices.

    Where that difference has no finite decimal, the money itself is the quantity.
    """
    change = EXACT.subtract(target, net)
    if not change:
        return []
    metered = use.foreign or use.line
    each = quotient(Fraction(change) * metered.per / Fraction(metered.quantity)) if metered.quantity else None
    meter = use.line.meter
    if each is not None and quotient(Fraction(metered.quantity) * Fraction(each), metered.per) == change:
        unit = f"{metered.unit}, {note}"
        quantity, price, size = metered.quantity, each, metered.per
    else:
        quantity, price, size, unit = change, Decimal(1), 1, f"{basis.currency}, {note}"
    return [
        charge(
            basis,
            clause,
            month,
            quantity=quantity,
            price=price,
            per=size,
            unit=unit,
            meter=meter,
            of=use.line,
        )
    ]


def shown(share: Decimal) -> str:
    """``0.125`` as ``12.5%``."""
    return f"{plain(EXACT.scaleb(share, 2))}%"
