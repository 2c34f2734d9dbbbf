"""What every clause works on: a month's demand, the contract it belongs to, and the Lines it adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, Selector, View
from bothhalves.core.money import EXACT, Amount, MoneyKind, exact, quotient


def percent(text: str) -> Decimal:
    """``8%`` as 0.08. A bare number is refused: nobody can tell whether 0.08 or 8 was meant."""
    stripped = text.strip()
    if not stripped.endswith("%"):
        raise ValueError(f"expected a percentage such as 8%, found {text[:20]!r}")
    value = exact(stripped[:-1].strip())
    if abs(value) > 1000:
        raise ValueError(f"not a sensible percentage: {text[:20]!r}")
    return EXACT.divide(value, Decimal(100))


Percent = Annotated[Decimal, percent]


@dataclass(frozen=True, slots=True)
class Term:
    """The term begins on ``start`` and runs for ``months`` whole months."""

    start: date
    months: int
    auto_renews: bool = False
    notice_days: int | None = None

    def fault(self) -> str | None:
        if self.months <= 0:
            return "months is above zero"
        return "notice_days is not below zero" if (self.notice_days or 0) < 0 else None

    @property
    def until(self) -> date:
        """The first day after the first term."""
        return self.day_after(self.months)

    @property
    def notice_by(self) -> date | None:
        """The last day for notice, counted back from the last day of the first term; None: not stated."""
        return None if self.notice_days is None else self.until - timedelta(days=self.notice_days + 1)

    def day_after(self, months: int) -> date:
        """The first day after ``months`` months from the start."""
        ordinal = self.start.month - 1 + months
        month = Month(self.start.year + ordinal // 12, ordinal % 12 + 1)
        return date(month.year, month.number, min(self.start.day, month.days))

    def runs(self, month: Month) -> bool:
        """True if ``month`` is one of the term's, or of a renewal that comes of itself."""
        return self.charged(month) or (self.auto_renews and self.index(month) >= self.months > 0)

    def turn(self, month: Month) -> int:
        """0 in the first term, 1 in the first renewal (which is as long), and so on."""
        return self.index(month) // self.months

    def charged(self, month: Month) -> bool:
        """True if ``month`` is one of the term's: a month begun counts whole, and that of the end is free."""
        return 0 <= self.index(month) < self.months

    def index(self, month: Month) -> int:
        """The place of ``month`` in the term, the first being 0."""
        return (month.year - self.start.year) * 12 + month.number - self.start.month


@dataclass(frozen=True, slots=True)
class Basis:
    """The contract that a clause stands in, without its clauses."""

    id: str
    vendor: str
    currency: str
    term: Term
    source: str = ""
    assumed: bool = False
    kind: MoneyKind = MoneyKind.ESTIMATED


@dataclass(frozen=True, slots=True)
class Change:
    """Seats added (or, below zero, removed) on a day."""

    on: date
    seats: int


@dataclass(frozen=True, slots=True)
class SeatUse:
    """Seats of one type in a month: how many were assigned when it opened, and every change.

    ``active`` and ``concurrent`` are people seen, and the most of them at one time; None: not known.
    """

    type: str
    opening: int
    changes: tuple[Change, ...] = ()
    active: int | None = None
    concurrent: int | None = None

    @property
    def closing(self) -> int:
        return self.opening + sum(c.seats for c in self.changes)

    @property
    def peak(self) -> int:
        """The most seats assigned at the end of any day of the month, or at its opening."""
        most = held = self.opening
        for day in sorted({c.on for c in self.changes}):
            held += sum(c.seats for c in self.changes if c.on == day)
            most = max(most, held)
        return most


@dataclass(frozen=True, slots=True)
class UnitUse:
    """``quantity`` of a meter that the contract may price itself. ``person`` matters for allowances that
    are not shared; ``seat_type`` says under which seat it was used."""

    product: str
    meter: str
    quantity: Decimal
    person: str = ""
    seat_type: str = ""
    rows: Selector = field(default=Selector("usage"))


@dataclass(frozen=True, slots=True)
class MeteredUse:
    """Usage at list price in the month, as one rated Line, and what a scope can ask about it.

    ``protected`` is the same quantity at the price that price protection refers to (the list price when
    the contract was signed, or that of the model it succeeds); None: there was none.
    ``seat_type`` and ``person`` are given where the usage burns a seat's allowance. ``foreign`` is the Line
    in the currency of its price, of which ``line`` is the conversion.
    """

    line: Line
    model: str
    product: str = ""
    account: str = ""
    tier: str = "standard"
    speed: str = "standard"
    region: str = ""
    seat_type: str = ""
    person: str = ""
    protected: Line | None = None
    foreign: Line | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What one month asks of a contract."""

    month: Month
    usage: tuple[MeteredUse, ...] = ()
    seats: tuple[SeatUse, ...] = ()
    units: tuple[UnitUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Usage that a clause is about. What is left out does not matter; several values mean any of them."""

    models: tuple[str, ...] = ()
    meters: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    speeds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    def covers(self, use: MeteredUse) -> bool:
        said = (
            (self.models, use.model),
            (self.meters, use.line.meter),
            (self.tiers, use.tier),
            (self.speeds, use.speed),
            (self.regions, use.region),
            (self.products, use.product),
            (self.accounts, use.account),
        )
        return all(not wanted or value in wanted for wanted, value in said)


EVERYTHING = Scope()


def charge(
    basis: Basis,
    clause: str,
    month: Month,
    *,
    quantity: Decimal | int,
    price: Decimal,
    unit: str,
    meter: str,
    per: int = 1,
    view: View = View.CONTRACTED,
    of: Line | None = None,
    dimensions: Mapping[str, str] | None = None,
    cents: bool = False,
) -> Line:
    """``quantity`` at ``price`` for ``per`` units as a Line of ``clause``.

    ``of`` is the Line that a discount or a cover is about: its rows and dimensions are taken over.
    ``cents``: the contract rounds this Line half-up to cents. An amount without a finite decimal is
    rounded half-up at the twelfth place.
    """
    amount = quotient(Fraction(quantity) * Fraction(price), per, cents=cents)
    said = dict(of.dimensions) if of else {}
    said |= {"vendor": basis.vendor, "month": str(month), **(dimensions or {})}
    entry = f"{basis.id}/{clause}"
    identity = [basis.vendor, str(month), entry, meter, unit]
    identity += [of.id] if of else [v for _, v in sorted((dimensions or {}).items())]
    return Line(
        id="|".join(identity),
        meter=meter,
        quantity=Decimal(quantity),
        unit=unit,
        price=price,
        price_high=price,
        per=per,
        amount=Amount.of(amount, basis.currency, basis.kind),
        view=view,
        entry=entry,
        source=basis.source,
        layer="contract" + (" (assumed)" if basis.assumed else ""),
        rows=of.rows if of else Selector("contract", (("id", basis.id),)),
        dimensions=tuple(sorted(said.items())),
        of=of.id if of else "",
    )


def amount_of(lines: Iterable[Line]) -> Decimal:
    """The sum of point amounts. ``ValueError`` if one is an interval: clauses settle one end at a time."""
    result = Decimal(0)
    for line in lines:
        if not line.amount.is_point:
            raise ValueError(f"{line.id}: a clause settles points; settle the low and the high end apart")
        result = EXACT.add(result, line.amount.low)
    return result
