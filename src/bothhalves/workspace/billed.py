"""Each billed amount of a window beside what we compute for it, and readings that could explain a gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.bills import Explained, Reading, explained
from bothhalves.core.clauses.currency import ExchangeRate, rate_of
from bothhalves.core.clauses.proration import Proration
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, Selector
from bothhalves.core.money import EXACT, plain, quotient
from bothhalves.core.rating import Rating
from bothhalves.workspace.charges import Charge, charges_from, signed
from bothhalves.workspace.counting import Named, named_usage, rated
from bothhalves.workspace.demands import Asked, asked_of
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import RatedUsage, Stated, Stream
from bothhalves.workspace.replaying import span_of
from bothhalves.workspace.settled import settled
from bothhalves.workspace.stated import stated_costs

#: The category of a bill, and the beginnings of the clauses that answer to it.
CLAUSES: dict[str, tuple[str, ...]] = {
    "seats": ("seats",),
    "tax": ("tax",),
    "purchase": ("commitment/purchase", "packs"),
    "credit": ("credits",),
}


#: The ways in which vendors count seats that are added within a month.
PRORATIONS = {
    "not at all": None,
    "as whole months": Proration("month"),
    "by the day, that of addition included": Proration("day", "including", "days-in-month"),
    "by the day, that of addition excluded": Proration("day", "excluding", "days-in-month"),
    "by the day of a year, that of addition included": Proration("day", "including", "365"),
    "by the day of a year, that of addition excluded": Proration("day", "excluding", "365"),
}


@dataclass(frozen=True, slots=True)
class BilledAmount:
    """What a vendor billed for a month, account and category, and why it is or is not what we compute."""

    vendor: str
    account: str
    category: str
    product: str
    month: str
    currency: str
    explained: Explained
    rows: tuple[Selector, ...]
    lines: tuple[Line, ...]
    also: tuple[str, ...] = ()


def billed_amounts(workspace: Workspace, months: tuple[Month, ...]) -> tuple[BilledAmount, ...]:
    """Every invoiced amount of the window, explained as far as the workspace knows enough."""
    naming = Naming(workspace)
    workspace.store.set_teams(naming.teams())
    used = [(n, rated(n, workspace.book)) for n in named_usage(workspace, months, naming)]
    stated = stated_costs(workspace, months, naming, tuple(u for _, u in used)).counted
    groups: dict[tuple[str, ...], list[Stated]] = defaultdict(list)
    terms = signed(workspace, months)
    asked = asked_of(workspace, span_of(terms, months))
    charges = charges_from(asked, terms, months, workspace.config.company.currency)
    accounts = {dict(c.line.dimensions).get("account", "") for c in charges}
    for s in stated:
        if s.kind.value == "invoiced":
            account = s.account if s.account in accounts else ""
            product = s.product if s.category == "seats" else ""
            groups[s.vendor, account, s.category, product, s.month, s.currency].append(s)
    context = _Context(workspace, asked, charges, [u for u in used if u[1].stream is Stream.API])
    return tuple(
        replace(context.compared(slot, found), also=tuple(sorted({feed for s in found for feed in s.also})))
        for slot, found in sorted(groups.items())
    )


@dataclass(frozen=True)
class _Context:
    workspace: Workspace
    asked: Asked
    charges: tuple[Charge, ...]
    used: Sequence[tuple[Named, RatedUsage]]

    def compared(self, slot: tuple[str, ...], stated: list[Stated]) -> BilledAmount:
        vendor, account, category, product, month, currency = slot
        own = [c for c in self.charges if self._answers(c, vendor, account, category, product, month)]
        billed = sum((s.amount for s in stated), Decimal(0))
        foreign = [c for c in own if c.line.amount.currency != currency]
        ours = None if foreign or not own else _sum(c.billed_cost for c in own)
        if foreign and (rate := _rate(foreign, currency, month)):
            return self._exchanged(slot, stated, own, rate)
        readings = list(self._readings(own, billed, slot)) if ours is not None else []
        perhaps = tuple(self._perhaps(vendor, category, month, own, foreign, currency))
        lines = tuple(line for c in own for line in (c.line, *c.about))
        return BilledAmount(
            vendor, account, category, product, month, currency,
            explained(billed, ours, readings, perhaps),
            tuple(s.rows for s in stated), lines,
        )  # fmt: skip

    def _exchanged(
        self, slot: tuple[str, ...], stated: list[Stated], own: list[Charge], rate: ExchangeRate
    ) -> BilledAmount:
        """A bill in another currency, for which the contract has a rate: compared in the bill's."""
        vendor, account, category, product, month, currency = slot
        billed = sum((s.amount for s in stated), Decimal(0))
        ours = quotient(Fraction(_sum(c.billed_cost for c in own)) / Fraction(rate.rate))
        words = f"currency: ours in {currency} at the rate of {rate.on}, {plain(rate.rate)}"
        found = replace(explained(billed, ours, []), perhaps=(words,))
        lines = tuple(line for c in own for line in (c.line, *c.about))
        return BilledAmount(
            vendor, account, category, product, month, currency, found, tuple(s.rows for s in stated), lines
        )

    def _answers(
        self, charge: Charge, vendor: str, account: str, category: str, product: str, month: str
    ) -> bool:
        said = dict(charge.line.dimensions)
        if charge.contract.vendor != vendor or str(charge.month) != month:
            return False
        if account and said.get("account", "") != account:
            return False
        if product and said.get("product", "") != product:
            return False
        starts = CLAUSES.get(category)
        if starts is not None:
            return charge.clause.startswith(starts)
        others = tuple(s for known in CLAUSES.values() for s in known)
        return category == "usage" and not charge.clause.startswith(others)

    def _readings(self, own: list[Charge], billed: Decimal, slot: tuple[str, ...]) -> Iterator[Reading]:
        vendor, _, category, _, month, _ = slot
        ours = _sum(c.billed_cost for c in own)
        yield from self._tax(ours, vendor, month)
        if category == "seats":
            yield from self._prorated(own, month)
            yield from _seat_readings(own, ours, billed)
        if category == "usage":
            listed = _sum(c.list_cost for c in own)
            yield Reading("billed at list price: the contract's discounts are missing", listed)
            yield from self._other_days(own, ours, vendor, month)

    def _tax(self, ours: Decimal, vendor: str, month: str) -> Iterator[Reading]:
        """The contract's tax, which the line may hold although the contract states it apart."""
        found = [
            c for c in self.charges
            if c.contract.vendor == vendor and str(c.month) == month and c.clause.startswith("tax")
        ]  # fmt: skip
        for rate in sorted({c.line.price for c in found}):
            gross = EXACT.add(ours, EXACT.multiply(ours, rate))
            yield Reading(f"tax of {plain(rate * 100)} % is in it", gross)

    def _prorated(self, own: list[Charge], month: str) -> Iterator[Reading]:
        """The seats with those added in the month counted in other ways."""
        products = {dict(c.line.dimensions).get("product") for c in own}
        for contract in {c.contract.id: c.contract for c in own}.values():
            others = _sum(c.billed_cost for c in own if c.contract.id != contract.id)
            for words, way in PRORATIONS.items():
                seats = [replace(t, proration=way, true_up=None, removals="") for t in contract.seats]
                other = replace(contract, seats=tuple(seats))
                counted = [
                    line
                    for line in settled(self.asked, other, (Month.parse(month),)).lines
                    if line.entry.startswith(f"{contract.id}/seats/")
                    and dict(line.dimensions).get("product") in products
                ]
                amount = EXACT.add(others, _sum(line.amount.low for line in counted))
                yield Reading(f"seats added in the month counted {words}", amount)

    def _other_days(self, own: list[Charge], ours: Decimal, vendor: str, month: str) -> Iterator[Reading]:
        """The month's usage at the list prices of other days, where that is another amount."""
        this = Month.parse(month)
        days = {this.first, this.next.first, (this.first - timedelta(days=1)).replace(day=1)}
        days |= {d for d in self._changes(vendor) if this.first <= d < this.next.first}
        listed = _sum(c.list_cost for c in own if not c.clause)
        for day in sorted(days):
            again = self._rated_on(day, vendor, month)
            if again is not None:
                delta = EXACT.subtract(again, listed)
                yield Reading(f"priced at the list prices of {day}", EXACT.add(ours, delta))

    def _changes(self, vendor: str) -> set[date]:
        book = self.workspace.book
        known = book.vendor(vendor)
        models = {u.model for _, u in self.used if u.vendor == vendor}
        found = {book.model(known, m) for m in models}
        return {day for model in found if model for day in book.cuts(known, model)}

    def _rated_on(self, day: date, vendor: str, month: str) -> Decimal | None:
        """All metered usage of the month at the prices of one day; None if some has no price then."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        total = Decimal(0)
        for named, usage in self.used:
            if usage.vendor == vendor and usage.month == month:
                counted = replace(named.counted, start=noon, until=noon, is_apart=False)
                rating = rated(replace(named, counted=counted), self.workspace.book).rating
                if rating.unpriced:
                    return None
                total = EXACT.add(total, _low(rating))
        return total

    def _perhaps(
        self, vendor: str, category: str, month: str, own: list[Charge], foreign: list[Charge], currency: str
    ) -> Iterator[str]:
        if foreign:
            other = foreign[0].line.amount.currency
            yield f"currency: billed in {currency}, ours is in {other}; give an exchange rate with a date"
        elif not own:
            yield "nothing of this kind is known here: no usage was imported and no contract prices it"
        if category == "usage":
            yield from self._missing(vendor, month)

    def _missing(self, vendor: str, month: str) -> Iterator[str]:
        this = Month.parse(month)
        days = {
            c.day for c in self.workspace.store.coverage(self.workspace.config.company.zone)
            if c.vendor == vendor and Month.of(c.day) == this
        }  # fmt: skip
        if days and len(days) < this.days:
            yield f"missing usage: {this.days - len(days)} of {this.days} days have none here"
        here = [x.rating for _, x in self.used if (x.vendor, x.month) == (vendor, month)]
        unpriced = {missing.meter for rating in here for missing in rating.unpriced}
        if unpriced:
            yield f"usage without a price: {', '.join(sorted(unpriced))}"


def _seat_readings(own: list[Charge], ours: Decimal, billed: Decimal) -> Iterator[Reading]:
    """Another number of seats of one type, or a whole year at once."""
    yield Reading("billed for twelve months at once", EXACT.multiply(ours, Decimal(12)))
    gap = EXACT.subtract(billed, ours)
    for charge in own:
        fee, name = charge.line.price, charge.clause.split("/")[1]
        seats = abs(gap) / fee if fee > 0 and charge.line.meter == "seats" else Decimal(0)
        if seats and seats == seats.to_integral_value():
            word = "seat" if seats == 1 else "seats"
            more = "more" if gap > 0 else "fewer"
            yield Reading(f"{plain(seats)} {name} {word} {more} than ours", billed)


def _rate(charges: list[Charge], currency: str, month: str) -> ExchangeRate | None:
    """The contract's rate from the bill's currency into its own."""
    contract = charges[0].contract
    return rate_of(contract.exchange, currency, Month.parse(month))


def _low(rating: Rating) -> Decimal:
    return _sum(line.amount.low for line in rating.lines)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    result = Decimal(0)
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result
