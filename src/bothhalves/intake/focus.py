"""FOCUS 1.0 to 1.2 cost and usage files, as CSV or Parquet: what a vendor bills, row by row.

``BilledCost`` is the amount. ``EffectiveCost`` spreads purchases over the usage that they pay for, so a file
with both would count prepaid credits twice if they were added: it is not read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bothhalves.core.dates import Month, Span
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from bothhalves.intake.times import utc
from bothhalves.intake.vendors import vendor_of

COLUMNS = frozenset(
    ("billedcost", "billingcurrency", "chargecategory", "chargeperiodstart", "chargeperiodend")
)
CATEGORIES = ("usage", "purchase", "tax", "credit", "adjustment")
_TIMES = ("chargeperiodstart", "chargeperiodend", "billingperiodstart", "billingperiodend")
_SHEET_MONEY = re.compile(r"(-?)\$?([0-9]{1,3}(?:,[0-9]{3})*\.[0-9]+)")
#: Who sells, newest name of the column first.
_SELLERS = ("serviceprovidername", "providername", "invoiceissuername", "publishername")


def _matches(source: Source) -> bool:
    return {name.lower() for name in tabular.header(source)} >= COLUMNS


def _read(source: Source, sink: Sink) -> None:
    spans = set()
    for row in map(_prepared, tabular.fields(source, sink)):
        row.keep(_cost(row))
        if row.sound and row.has("billingperiodstart") and row.has("billingperiodend"):
            spans.add(Span(row.instant("billingperiodstart"), row.instant("billingperiodend")))
    sink.spans.extend(sorted(spans))


def _prepared(row: Fields) -> Fields:
    """The row with ``NULL`` as absent and times as the UTC that the specification says they are."""
    values = {
        k: "" if isinstance(v, str) and v.strip().upper() == "NULL" else v for k, v in row.values.items()
    }
    american = _is_american(values.get("billingperiodstart"), values.get("billingperiodend"))
    for name in _TIMES:
        if isinstance(value := values.get(name), str):
            values[name] = _american(value.strip()) if american else utc(value.strip())
    for name in ("billedcost", "listcost"):
        if isinstance(value := values.get(name), str) and (match := _SHEET_MONEY.fullmatch(value.strip())):
            values[name] = match[1] + match[2].replace(",", "")
    return replace(row, values=values)


def _american(text: str) -> str:
    """The ISO date of a spreadsheet's ``4/1/25``, month first; other text as it is."""
    for pattern in ("%m/%d/%y", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, pattern).date().isoformat()  # noqa: DTZ007
        except ValueError:
            continue
    return text


def _is_american(start: object, until: object) -> bool:
    """True where a billing period, which is a month, is one only if the month is written first."""
    try:
        first, after = (datetime.fromisoformat(_american(str(text).strip())) for text in (start, until))
    except ValueError:
        return False
    return "/" in str(start) and first.day == 1 and after.date() == Month.of(first).next.first


def _cost(row: Fields) -> Cost:
    span = Span(row.instant("chargeperiodstart"), row.instant("chargeperiodend"))
    if row.sound and span.until <= span.start:
        row.bad("ChargePeriodEnd", "is not after ChargePeriodStart", "Export the period again.")
    return Cost(
        row.where,
        span.start,
        span.until,
        _vendor(row),
        row.money("billedcost"),
        row.currency("billingcurrency"),
        MoneyKind.INVOICED,
        category=_category(row),
        gross=row.decimal("listcost"),
        product=row.text("servicename"),
        account=row.text("subaccountid"),
        key=row.text("resourceid"),
        meter=row.text("skumeter"),
        quantity=row.decimal("consumedquantity"),
        description=row.text("chargedescription"),
        invoice=row.text("invoiceid"),
    )


def _vendor(row: Fields) -> str:
    name = next((row.text(column) for column in _SELLERS if row.has(column)), "")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug:
        row.bad("ProviderName", "is missing", "Export with ProviderName.")
    return vendor_of(name) or slug


def _category(row: Fields) -> str:
    category = row.text("chargecategory").lower()
    if category not in CATEGORIES:
        row.bad(
            "ChargeCategory", f"is not one of {', '.join(CATEGORIES)}", "Export again, as FOCUS 1.0 to 1.2."
        )
    return category


FORMATS = (
    Format("focus", "FOCUS cost and usage", _matches, _read, replaces=("vendor", "account"), feed_rank=40),
)
