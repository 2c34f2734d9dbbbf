"""A charge as one FOCUS row. What a column means here is told in docs/guides/focus.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import EXACT, ZERO, quotient
from bothhalves.report.focus.columns import COLUMNS
from bothhalves.workspace.charges import Charge

Row = dict[str, str | Decimal | None]

USAGE, PURCHASE, TAX, CREDIT = "Usage", "Purchase", "Tax", "Credit"
_NAMES = {
    "anthropic": "Anthropic", "openai": "OpenAI", "google": "Google", "adobe": "Adobe", "runway": "Runway",
    "perplexity": "Perplexity", "github": "GitHub", "cursor": "Cursor", "aws": "AWS", "azure": "Microsoft",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """How a charge is classed: its category, how often it comes, and what sets its price."""

    category: str
    frequency: str
    pricing: str | None
    words: str


_USED = Kind(USAGE, "Usage-Based", "Standard", "usage of")
SEATS_BOUGHT = Kind(PURCHASE, "Recurring", "Standard", "seats bought,")
SEATS_USED = Kind(USAGE, "Recurring", "Standard", "seats held ready,")
#: By the beginning of the clause's id, the first that fits; usage at list price has none.
KINDS: tuple[tuple[str, Kind], ...] = (
    ("tax", Kind(TAX, "One-Time", None, "tax,")),
    ("commitment/purchase", Kind(PURCHASE, "One-Time", "Standard", "prepaid commitment,")),
    ("commitment", Kind(USAGE, "One-Time", "Committed", "commitment,")),
    ("packs", Kind(PURCHASE, "One-Time", "Standard", "prepaid packs,")),
    ("seats", SEATS_USED),
    ("", _USED),
)


def focus_rows(charges: Iterable[Charge]) -> Iterator[Row]:
    """The rows of each charge, every column of :data:`COLUMNS` present.

    Seats are bought in one row, where they are billed, and used in another, which carries the effective
    cost: a purchase that covers a later use has none in FOCUS.
    """
    for charge in charges:
        for kind in _kinds(charge):
            yield _row(charge, kind)


def _kinds(charge: Charge) -> Iterator[Kind]:
    kind = next(kind for start, kind in KINDS if charge.clause.startswith(start))
    if kind is SEATS_USED and charge.billed_cost:
        yield SEATS_BOUGHT
    yield kind


def _row(charge: Charge, kind: Kind) -> Row:
    row: Row = dict.fromkeys(COLUMNS)
    row |= _who(charge) | _when(charge) | _what(charge, kind) | _costs(charge, kind)
    return row | _how(charge, kind) | _commitment(charge, kind) | _own(charge, kind)


def _who(charge: Charge) -> Row:
    """The account that is billed is the contract, the one below it the vendor's organisation or workspace."""
    vendor = charge.contract.vendor
    name = _NAMES.get(vendor, vendor)
    account = dict(charge.line.dimensions).get("account") or None
    billed = (
        charge.contract.id if charge.clause or charge.contract.seats else f"{vendor}/{charge.contract.id}"
    )
    return {
        "BillingAccountId": billed,
        "BillingAccountName": f"{name} {charge.contract.id}",
        "BillingAccountType": "Contract",
        "SubAccountId": account,
        "SubAccountName": account,
        "SubAccountType": "Workspace" if account else None,
        "ProviderName": name,
        "PublisherName": name,
        "InvoiceIssuerName": name,
    }


def _when(charge: Charge) -> Row:
    start, end = _instant(charge.month), _instant(charge.month.next)
    return {
        "BillingPeriodStart": start,
        "BillingPeriodEnd": end,
        "ChargePeriodStart": start,
        "ChargePeriodEnd": end,
    }


def _instant(month: Month) -> str:
    return f"{month.first.isoformat()}T00:00:00Z"


def _what(charge: Charge, kind: Kind) -> Row:
    line, said = charge.line, dict(charge.line.dimensions)
    product = said.get("product") or charge.contract.vendor
    tags = {k: v for k, v in said.items() if k in ("workload", "group") and v}
    details = {f"x_{k}": said[k] for k in ("model", "tier") if k in said}
    sku = None if kind.category == TAX else _sku(charge, product)
    return {
        "ChargeCategory": kind.category,
        "ChargeDescription": f"{kind.words} {_subject(line, said)}",
        "ChargeFrequency": kind.frequency,
        "ServiceCategory": "AI and Machine Learning",
        "ServiceSubcategory": "Generative AI",
        "ServiceName": product,
        "SkuId": sku,
        "SkuMeter": None if sku is None else line.meter.replace("_", " "),
        "SkuPriceId": None if sku is None else line.entry,
        "SkuPriceDetails": json.dumps(details, sort_keys=True) if details else None,
        "RegionId": said.get("region"),
        "RegionName": said.get("region"),
        "Tags": json.dumps(tags, sort_keys=True),
    }


def _sku(charge: Charge, product: str) -> str:
    """The model as the price book calls it, under which each of its prices has one id; else the product."""
    if not charge.clause:
        return "/".join(charge.line.entry.split("/")[:2])
    return f"{charge.contract.vendor}/{product}"


def _subject(line: Line, said: dict[str, str]) -> str:
    model = said.get("model") or said.get("product") or ""
    return " ".join(filter(None, (model, line.meter.replace("_", " "))))


def _costs(charge: Charge, kind: Kind) -> Row:
    """The four costs. What pays for other rows in advance has no effective cost: they carry it."""
    contracted, billed, listed = charge.contracted_cost, charge.billed_cost, charge.list_cost
    if kind is SEATS_BOUGHT:
        contracted = listed = billed
    return {
        "BillingCurrency": charge.line.amount.currency,
        "ListCost": listed,
        "ContractedCost": contracted,
        "BilledCost": ZERO if kind is SEATS_USED else billed,
        "EffectiveCost": ZERO if kind.category == PURCHASE else contracted,
        "x_CostHigh": charge.line.amount.high,
        "x_MoneyKind": str(charge.line.amount.kind),
    }


def _how(charge: Charge, kind: Kind) -> Row:
    """Quantities and unit prices, in money and, where credits are what is priced, in credits."""
    line = charge.line
    if kind.category == TAX:
        return {
            "PricingCurrency": line.amount.currency,
            "PricingCurrencyEffectiveCost": charge.contracted_cost,
        }
    quantity = quotient(Fraction(line.quantity), line.per)
    contracted = charge.contracted_cost
    if kind is SEATS_BOUGHT:
        contracted = charge.billed_cost
        quantity = quotient(Fraction(contracted) / Fraction(line.price)) if line.price else quantity
    each = _each(contracted, quantity)
    prices: Row = {
        "PricingCategory": kind.pricing,
        "PricingQuantity": quantity,
        "PricingUnit": _unit(line),
        "ListUnitPrice": line.price,
        "ContractedUnitPrice": each,
    }
    if kind.category == USAGE and kind.pricing == "Standard":
        prices |= {"ConsumedQuantity": line.quantity, "ConsumedUnit": _plural(line)}
    return {**prices, **_in_credits(charge, kind, quantity, each)}


def _in_credits(charge: Charge, kind: Kind, quantity: Decimal, each: Decimal) -> Row:
    line = charge.line
    if "credit" in line.meter and kind.category == USAGE:
        name = f"{_NAMES.get(charge.contract.vendor, charge.contract.vendor)} credits"
        paid = quotient(Fraction(charge.contracted_cost) / Fraction(line.price)) if line.price else ZERO
        return {
            "PricingCurrency": name,
            "PricingCurrencyListUnitPrice": Decimal(1),
            "PricingCurrencyContractedUnitPrice": _each(paid, quantity),
            "PricingCurrencyEffectiveCost": paid,
        }
    return {
        "PricingCurrency": line.amount.currency,
        "PricingCurrencyListUnitPrice": line.price,
        "PricingCurrencyContractedUnitPrice": each,
        "PricingCurrencyEffectiveCost": ZERO if kind.category == PURCHASE else charge.contracted_cost,
    }


def _each(amount: Decimal, quantity: Decimal) -> Decimal:
    return quotient(Fraction(amount) / Fraction(quantity)) if quantity else ZERO


def _unit(line: Line) -> str:
    return _plural(line) if line.per == 1 else f"{line.per} {_plural(line)}"


def _plural(line: Line) -> str:
    """``Tokens`` for every kind of token, else the meter's own word."""
    if line.meter.endswith("_tokens"):
        return "Tokens"
    if line.meter == "seats":
        return "Seat-Months"
    word = line.meter.replace("_", " ").replace("-", " ").title()
    return word if word.endswith("s") else f"{word}s"


def _commitment(charge: Charge, kind: Kind) -> Row:
    """Which promise of spend the charge was paid from, or is the unused part of."""
    own = charge.clause.startswith("commitment")
    drawn = charge.drawn_on("commitment")
    if not own and not drawn:
        return {}
    named = f"{charge.contract.id}/commitment"
    status = None if kind.category == PURCHASE else "Unused" if own else "Used"
    amount = charge.list_cost if own else drawn
    return {
        "CommitmentDiscountCategory": "Spend",
        "CommitmentDiscountId": named,
        "CommitmentDiscountName": named,
        "CommitmentDiscountQuantity": amount,
        "CommitmentDiscountStatus": status,
        "CommitmentDiscountType": "Spend commitment",
        "CommitmentDiscountUnit": charge.line.amount.currency,
        **({"PricingCategory": "Committed"} if status == "Used" else {}),
    }


def _own(charge: Charge, kind: Kind) -> Row:
    """Which Line it is, and the statement of the month that it will be billed on: no invoice is known."""
    statement = f"{charge.contract.vendor}/{charge.contract.id}/{charge.month}/provisional"
    return {
        "InvoiceId": statement,
        "x_LineId": f"{charge.line.id}|{kind.category}",
        "x_Source": charge.line.source or None,
    }


def totals(rows: Iterable[Row], column: str) -> Decimal:
    """The sum of a column of numbers."""
    result = ZERO
    for row in rows:
        value = row[column]
        if isinstance(value, Decimal):
            result = EXACT.add(result, value)
    return result


__all__ = ["KINDS", "Row", "focus_rows", "totals"]
