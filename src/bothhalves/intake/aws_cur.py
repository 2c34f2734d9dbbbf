"""Amazon Bedrock in AWS's cost and usage report (CUR 2.0), as CSV or Parquet.

Only rows of Bedrock, and of Claude sold through the AWS Marketplace, are read. Every line item is invoiced
money: usage, and the tax, credits, discounts and fees beside it. Tokens are counted where the usage type
names model and token kind, as ``USE1-Claude4.6Sonnet-input-tokens`` does. Their unit is what the row's
``pricing_unit`` says, thousand or million tokens; a row whose unit is not one of tokens, such as the units
of a Marketplace listing, is money alone. A usage type names a model in AWS's own short way, which no price
list uses; the model's id is known where the row names an inference profile or a foundation model.

AWS overwrites a month's report until the invoice is final, so a file speaks for its whole billing periods.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from bothhalves.core.dates import Span
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.cloud_bills import Unread, tokens_per, whole_tokens, workload_of
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from bothhalves.intake.tabular.documents import decode
from bothhalves.intake.times import utc

VENDOR, PRODUCT = "aws", "bedrock"
_COLUMNS = frozenset(
    (
        "line_item_usage_start_date",
        "line_item_product_code",
        "line_item_usage_type",
        "line_item_unblended_cost",
    )
)
#: Line item types that usage is counted of, and what each type of money is. A negation takes the cost of
#: usage that a savings plan covers off again, so the two are of one category.
_USAGE = ("usage", "discountedusage", "savingsplancoveredusage")
_CATEGORIES = {
    **dict.fromkeys((*_USAGE, "savingsplannegation"), "usage"),
    "tax": "tax",
    "credit": "credit",
    "refund": "adjustment",
    **dict.fromkeys(("fee", "rifee", "savingsplanupfrontfee", "savingsplanrecurringfee"), "purchase"),
}
_OURS = re.compile(r"bedrock|claude", re.IGNORECASE)
#: Where a row may say that it is about Bedrock: a Marketplace listing has a product code of its own.
_NAMES = (
    "line_item_product_code",
    "product_servicecode",
    "product_product_name",
    "line_item_line_item_description",
)
_USAGE_TYPE = re.compile(
    r"(?:[a-z]{2,4}\d{0,2}-)?(?P<model>[a-z0-9][a-z0-9._]*(?:-[a-z0-9._]+)*?)(?:-mantle)?"
    r"-(?P<kind>cache-read-input|cache-write-input|input|output)-token(?:s|-count)?(?P<rest>(?:-[a-z0-9-]+)?)",
    re.IGNORECASE,
)
_METERS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache-read-input": "cache_read_tokens",
    "cache-write-input": "cache_write_tokens",
}
_TIER = re.compile(r"\b(batch|flex|priority)\b")
_MODEL_ARN = re.compile(r"arn:[^:]*:bedrock:.*:(?:foundation-model|inference-profile)/(.+)")
_OWN_PROFILE_ARN = re.compile(r"arn:[^:]*:bedrock:.*:application-inference-profile/(.+)")
_PRINCIPAL = re.compile(r"arn:[^:]*:(?:sts|iam)::[^:]*:(?:assumed-role|role|user|federated-user)/(.+)")


class _Type(NamedTuple):
    """What a usage type says of tokens."""

    model: str
    meter: str
    tier: str
    region: str


def usage_type_of(text: str) -> _Type | None:
    """Model, token kind, tier and region of a usage type; None for any that counts something else."""
    match = _USAGE_TYPE.fullmatch(text.strip())
    if match is None:
        return None
    rest = match["rest"].lower()
    tier = _TIER.search(rest)
    meter = _METERS[match["kind"].lower()]
    return _Type(match["model"], meter, tier[1] if tier else "standard", "global" if "global" in rest else "")


def _matches(source: Source) -> bool:
    return {name.lower() for name in tabular.header(source)} >= _COLUMNS


def _read(source: Source, sink: Sink) -> None:
    unread, periods = Unread(), set[Span]()
    for row in map(_prepared, tabular.fields(source, sink)):
        if any(_OURS.search(row.text(name)) for name in _NAMES):
            _keep(row, unread)
            if row.sound and (period := _period(row)):
                periods.add(period)
        elif row.sound:
            unread.services[row.text("line_item_product_code")] += 1
    sink.spans.extend(sorted(periods))
    unread.report(source, sink)


def _prepared(row: Fields) -> Fields:
    """The row with its times in UTC, which is what AWS writes."""
    values = dict(row.values)
    for name, value in row.values.items():
        if name.endswith("_date") and isinstance(value, str):
            values[name] = utc(value.strip())
    return replace(row, values=values)


def _period(row: Fields) -> Span | None:
    start = row.instant_or_none("bill_billing_period_start_date")
    until = row.instant_or_none("bill_billing_period_end_date")
    return Span(start, until) if start and until and start < until else None


def _keep(row: Fields, unread: Unread) -> None:
    cost = _cost(row)
    said = row.text("line_item_usage_type")
    kind = usage_type_of(said)
    per = tokens_per(row.text("pricing_unit"))
    if row.text("line_item_line_item_type").lower() not in _USAGE:
        row.keep(cost)
        return
    taken_back = (row.decimal("line_item_usage_amount") or 0) < 0
    if kind is None or per is None or taken_back:
        row.keep(cost)
        unread.skus[said or cost.description] += row.sound
        return
    usage = _usage(row, cost, kind)
    tokens = whole_tokens(row, "line_item_usage_amount", per)
    row.keep(replace(usage, **{kind.meter: tokens}))  # type: ignore[arg-type]
    row.keep(cost)


def _cost(row: Fields) -> Cost:
    span, said = _span(row), row.text("line_item_usage_type")
    kind = usage_type_of(said)
    person, role = _caller(row)
    return Cost(
        row.where,
        span.start,
        span.until,
        VENDOR,
        row.money("line_item_unblended_cost"),
        row.currency("line_item_currency_code"),
        MoneyKind.INVOICED,
        _category(row),
        gross=row.decimal("pricing_public_on_demand_cost"),
        product=PRODUCT if _is_bedrock(row) else "claude-platform",
        account=row.text("line_item_usage_account_id"),
        key=_last(_OWN_PROFILE_ARN, row) or role,
        person=person,
        model=_last(_MODEL_ARN, row) or (kind.model if kind else ""),
        meter=kind.meter if kind else said,
        quantity=row.decimal("line_item_usage_amount"),
        description=row.text("line_item_line_item_description"),
        invoice=row.text("bill_invoice_id"),
    )


def _is_bedrock(row: Fields) -> bool:
    return any("bedrock" in row.text(name).lower() for name in _NAMES)


def _span(row: Fields) -> Span:
    start, until = row.instant("line_item_usage_start_date"), row.instant("line_item_usage_end_date")
    if row.sound and until <= start:
        row.bad("line_item_usage_end_date", "is not after the start", "Export again.")
    return Span(start, until)


def _category(row: Fields) -> str:
    kind = row.text("line_item_line_item_type").lower()
    if kind not in _CATEGORIES and not kind.endswith("discount"):
        what = f"{kind[:40]!r} is not documented; it is taken as an adjustment."
        row.doubt("import.unknown-value", "line_item_line_item_type", what, "Report the new value.")
    return _CATEGORIES.get(kind, "adjustment")


def _last(pattern: re.Pattern[str], row: Fields) -> str:
    match = pattern.fullmatch(row.text("line_item_resource_id"))
    return match[1] if match else ""


def _caller(row: Fields) -> tuple[str, str]:
    """Person and role of the caller: a federated session is named after the person's address."""
    match = _PRINCIPAL.fullmatch(row.text("line_item_iam_principal"))
    role, _, session = match[1].partition("/") if match else ("", "", "")
    local, at, domain = session.partition("@")
    if local and at and "." in domain and "/" not in session:
        return f"email:{session.lower()}", role
    return "", role


def _usage(row: Fields, cost: Cost, kind: _Type) -> Usage:
    return Usage(
        row.where,
        cost.time,
        VENDOR,
        cost.model,
        until=cost.until,
        product=cost.product,
        account=cost.account,
        key=cost.key,
        person=cost.person,
        workload=workload_of({**_tags(row, "tags"), **_tags(row, "resource_tags")}),
        tier=kind.tier,
        region=kind.region,
        billing=Billing.METERED,
    )


def _tags(row: Fields, name: str) -> Mapping[str, str]:
    """The tags in a column, a map that CSV and Parquet give as JSON."""
    held = row.values.get(name)
    try:
        tags = decode(held) if isinstance(held, str) and held.strip() else held
    except ValueError:
        row.doubt(
            "import.unknown-value", name, "is not JSON, so no tag is known.", "Export again.", changes=False
        )
        return {}
    pairs = tags.items() if isinstance(tags, dict) else ()
    return {str(key): value for key, value in pairs if isinstance(value, str)}


FORMATS = (Format("aws-cur", "AWS cost and usage report: Bedrock", _matches, _read, feed_rank=10),)
