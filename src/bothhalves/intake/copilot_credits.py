"""GitHub's billing usage of Copilot as its API answers: one month's, or one day's, units of each SKU.

The answer states a period as a whole, gross and net. Its ``user`` and ``model`` are there where the request
asked for one. The billing CSV states the same money day by day, and counts where both are imported.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bothhalves.core.dates import Month, Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.copilot import METERS, PRODUCT, VENDOR, person_of
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source

_COPILOT = "copilot"


def _matches(source: Source) -> bool:
    return outline(source).has("timePeriod", "usageItems", "netAmount", "unitType")


def _read(source: Source, sink: Sink) -> None:
    number = 0
    for document in documents(source, sink):
        for part in document.value if isinstance(document.value, list) else [document.value]:
            if not isinstance(part, dict):
                where = Where(source.name, document.line)
                sink.problem("import.bad-field", where, "the answer is not an object.", "Export again.")
                continue
            answer = Fields(part, Where(source.name, number + 1), sink)
            span = _period(answer.inner("timePeriod"))
            for item in answer.items("usageItems"):
                number += 1
                if answer.sound:
                    _keep(replace(item, where=Where(source.name, number)), answer, span)
            if answer.sound and span not in sink.spans:
                sink.spans.append(span)


def _period(told: Fields) -> Span:
    year, month, day = (told.count_or_none(name) for name in ("year", "month", "day"))
    try:
        if day:
            first = date(year or 0, month or 0, day)
            return Span.of_days(first, first + timedelta(days=1))
        if month:
            whole = Month(year or 0, month)
            return Span.of_days(whole.first, whole.next.first)
        return Span.of_days(date(year or 0, 1, 1), date((year or 0) + 1, 1, 1))
    except (ValueError, OverflowError):
        if told.sound:
            told.bad("", "names no year, month or day", "Export again with the request's year and month.")
        stand_in = datetime(2000, 1, 1, tzinfo=UTC)
        return Span(stand_in, stand_in)


def _keep(item: Fields, answer: Fields, span: Span) -> None:
    """The money of one SKU and model, and the units that it is for."""
    product = item.text("product").lower() or PRODUCT
    if product != _COPILOT:
        return
    unit = item.text("unitType")
    cost = Cost(
        item.where,
        span.start,
        span.until,
        VENDOR,
        item.money("netAmount"),
        "USD",
        MoneyKind.INVOICED,
        gross=item.decimal("grossAmount"),
        product=product,
        account=item.text("organization") or answer.text("organization"),
        person=person_of(item.text("user") or answer.text("user")),
        model=item.text("model"),
        meter=METERS.get(unit, unit),
        quantity=item.quantity("grossQuantity"),
        description=" ".join(filter(None, (item.text("sku"), item.text("model")))),
    )
    included = Billing.INCLUDED if cost.gross else Billing.UNKNOWN
    item.keep(
        Usage(
            item.where,
            span.start,
            VENDOR,
            cost.model,
            until=span.until,
            product=product,
            account=cost.account,
            person=cost.person,
            meter=cost.meter,
            quantity=cost.quantity,
            billing=Billing.METERED if cost.amount > 0 else included,
        )
    )
    item.keep(cost)


FORMATS = (
    Format(
        "copilot-credits",
        "GitHub Copilot billing usage",
        _matches,
        _read,
        replaces=("account", "person"),
        feed_rank=21,
    ),
)
