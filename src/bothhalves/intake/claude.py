"""The downloads (CSV) of the claude.ai administration: members, members' analytics, spend.

The spend download is summed over a period that only its file name states. Its net spend is what the vendor
charges after discounts and credits; on seat-based plans it covers usage beyond the allowance only.
"""

from __future__ import annotations

from decimal import Decimal

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Identity, Seat, Usage
from bothhalves.intake import tabular
from bothhalves.intake.anthropic import VENDOR
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.claude_analytics import PRODUCT, identified, slug
from bothhalves.intake.documents import has_columns
from bothhalves.intake.fields import Fields
from bothhalves.intake.periods import as_of, period, uuid_in_name
from bothhalves.intake.source import Source

_NO_SEAT = "unassigned"
_MEMBER_COLUMNS = {"name", "email", "role", "status", "seat tier"}
_ANALYTICS_COLUMNS = {"email", "seat tier", "last active", "messages"}
_SPEND_COLUMNS = {"user_email", "product", "model", "total_prompt_tokens", "total_net_spend_usd"}
_SPLIT_COLUMNS = (
    "total_uncached_input_tokens",
    "total_cache_read_tokens",
    "total_cache_write_5m_tokens",
    "total_cache_write_1h_tokens",
)
#: Which column of the analytics download counts what, of which product.
_ACTIVITY = {
    "messages": ("chat", "messages"),
    "chats": ("chat", "conversations"),
    "code sessions": ("claude-code", "sessions"),
    "pull requests": ("claude-code", "pull_requests"),
    "cowork sessions": ("cowork", "sessions"),
    "cowork messages": ("cowork", "messages"),
    "days active": (PRODUCT, "active_days"),
}


def _read_members(source: Source, sink: Sink) -> None:
    day = as_of(source, sink)
    if day is None:
        return
    account = uuid_in_name(source)
    for row in tabular.fields(source, sink):
        person = _person(row, "email")
        tier = row.text("seat tier")
        row.keep(
            Seat(
                row.where,
                day,
                VENDOR,
                PRODUCT,
                person,
                account,
                "" if tier.lower() == _NO_SEAT else tier,
                row.text("status"),
                row.text("role"),
            )
        )


def _person(row: Fields, column: str) -> str:
    email = row.email(column)
    if not row.has(column):
        row.bad(column, "is empty, so nobody is named", "Export again, or give the address.")
    return f"email:{email}"


def _read_analytics(source: Source, sink: Sink) -> None:
    span = period(source, sink)
    if span is None:
        return
    sink.spans.append(span)
    for row in tabular.fields(source, sink):
        person = _person(row, "email")
        for column, (product, kind) in _ACTIVITY.items():
            if count := row.count(column):
                row.keep(Activity(row.where, span.start, span.until, VENDOR, product, person, kind, count))


def _read_spend(source: Source, sink: Sink) -> None:
    span = period(source, sink)
    if span is None:
        return
    sink.spans.append(span)
    split = has_columns(source, _SPLIT_COLUMNS)
    if not split:
        what = "this older file does not split prompt tokens into uncached input, cache reads and writes."
        fix = "Download it again: newer files have the split, without which the prompt has no price."
        sink.problem("import.no-split", Where(source.name, 1), what, fix)
    for row in tabular.fields(source, sink):
        person, key = _spender(row)
        _keep_spend(row, span, person, key)
        _keep_usage(row, span, person, key, split)


def _spender(row: Fields) -> tuple[str, str]:
    """Person and key; labels in brackets, such as ``(org service usage)``, are not people."""
    label = row.text("user_email")
    if label.startswith("("):
        return "", label
    user_id = row.text("user_id")
    person = identified(row, row.email("user_email"), "" if user_id.startswith("(") else user_id)
    account_id = row.text("account_uuid")
    if person and account_id:
        row.keep(Identity(row.where, person, f"anthropic-account:{account_id}"))
    return person, ""


def _keep_spend(row: Fields, span: Span, person: str, key: str) -> None:
    row.keep(
        Cost(
            row.where,
            span.start,
            span.until,
            VENDOR,
            row.money("total_net_spend_usd"),
            "USD",
            MoneyKind.INVOICED,
            gross=row.decimal("total_gross_spend_usd"),
            product=slug(row.text("product")),
            key=key,
            person=person,
            model=row.text("model"),
        )
    )


def _keep_usage(row: Fields, span: Span, person: str, key: str, split: bool) -> None:
    prompt = row.count_or_none("total_prompt_tokens")
    fresh, read, short, long = [row.count(name) if split else 0 for name in _SPLIT_COLUMNS]
    if split and row.sound and prompt not in (None, total := fresh + read + short + long):
        what = f"{prompt} prompt tokens are stated, but the parts add up to {total}; the parts are used."
        row.doubt("import.contradiction", "total_prompt_tokens", what, "Export again.")
    row.keep(
        Usage(
            row.where,
            span.start,
            VENDOR,
            row.text("model"),
            until=span.until,
            product=slug(row.text("product")),
            key=key,
            person=person,
            requests=row.count_or_none("total_requests"),
            input_tokens=fresh,
            cache_read_tokens=read,
            cache_write_5m_tokens=short,
            cache_write_1h_tokens=long,
            output_tokens=row.count("total_completion_tokens"),
            web_searches=row.count("total_web_search_count"),
            meter="" if split else "prompt_tokens",
            quantity=None if split else Decimal(prompt or 0),
            billing=Billing.METERED,
        )
    )


def _is_members(source: Source) -> bool:
    return has_columns(source, _MEMBER_COLUMNS) and not has_columns(source, {"last active"})


FORMATS = (
    Format("claude-members", "Claude members download", _is_members, _read_members, feed_rank=10),
    Format(
        "claude-members-analytics",
        "Claude members analytics download",
        lambda source: has_columns(source, _ANALYTICS_COLUMNS),
        _read_analytics,
        feed_rank=18,
    ),
    Format(
        "claude-spend",
        "Claude spend download",
        lambda source: has_columns(source, _SPEND_COLUMNS),
        _read_spend,
        feed_rank=16,
    ),
)
