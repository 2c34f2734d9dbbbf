"""Usage priced in another currency than the contract's, converted at dated rates; never added without one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.base import Basis, Demand, MeteredUse, amount_of
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT, Amount, plain

_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of ``from_`` is ``rate`` units of the contract's currency, from ``on`` until the next rate.

    A month is converted at the latest rate that is dated in it or before it.
    """

    from_: str
    on: date
    rate: Decimal
    source: str

    def fault(self) -> str | None:
        if not _CODE.fullmatch(self.from_):
            return "from is a currency code such as USD"
        return None if self.rate > 0 else "rate is above zero"


@dataclass(frozen=True, slots=True)
class NoRate:
    """Usage worth ``amount`` in ``currency`` that could not be converted into ``into`` and is left out."""

    month: Month
    currency: str
    into: str
    amount: Decimal

    def __str__(self) -> str:
        return (
            f"{self.month}: no rate from {self.currency} to {self.into} dated in the month or before; "
            f"usage worth {plain(self.amount)} {self.currency} is left out."
        )


def rate_of(rates: Iterable[ExchangeRate], currency: str, month: Month) -> ExchangeRate | None:
    """The rate for ``month``, or None if there is none."""
    known = [r for r in rates if r.from_ == currency and r.on < month.next.first]
    return max(known, key=lambda r: r.on, default=None)


def exchanged(
    basis: Basis, rates: Sequence[ExchangeRate], demand: Demand, units: Iterable[str]
) -> tuple[Demand, list[NoRate]]:
    """The demand in the contract's currency, and what could not be converted.

    ``units`` are virtual currencies that the contract counts as units and prices itself.
    """
    kept: list[MeteredUse] = []
    lacking: dict[str, Decimal] = {}
    alike = {basis.currency, *units}
    for use in demand.usage:
        currency = use.line.amount.currency
        rate = None if currency in alike else rate_of(rates, currency, demand.month)
        if currency in alike:
            kept.append(use)
        elif rate is None:
            lacking[currency] = EXACT.add(lacking.get(currency, Decimal(0)), amount_of([use.line]))
        else:
            kept.append(_converted(basis, rate, use))
    refused = [NoRate(demand.month, c, basis.currency, amount) for c, amount in sorted(lacking.items())]
    return replace(demand, usage=tuple(kept)), refused


def _converted(basis: Basis, rate: ExchangeRate, use: MeteredUse) -> MeteredUse:
    signed = use.protected
    alike = signed is not None and signed.amount.currency == rate.from_
    protected = _line(basis, rate, signed) if signed is not None and alike else None
    return replace(use, line=_line(basis, rate, use.line), foreign=use.line, protected=protected)


def _line(basis: Basis, rate: ExchangeRate, line: Line) -> Line:
    """The Line's money as a quantity and the rate as its price, under the same id."""
    money = amount_of([line])
    return replace(
        line,
        quantity=money,
        unit=f"{rate.from_}, at the rate of {rate.on} ({rate.source})",
        price=rate.rate,
        price_high=rate.rate,
        per=1,
        amount=Amount.of(EXACT.multiply(money, rate.rate), basis.currency, line.amount.kind),
    )
