"""Anthropic's usage and cost reports of an API organisation: the answers of its Admin API.

``usage_report/messages`` gives token buckets, ``cost_report`` what the organisation is charged, in cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypedDict

from bothhalves.core.dates import Span
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import bands
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import Entry, covered, entries, grouped_by, note_ungrouped
from bothhalves.intake.source import Source

VENDOR = "anthropic"
PRODUCT = "claude-api"
#: What the default workspace is called: the report writes null, as it does for "not grouped by workspace".
DEFAULT_WORKSPACE = "default"
#: Anthropic's names of token kinds, and ours.
METERS = {
    "uncached_input_tokens": "input_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_creation.ephemeral_5m_input_tokens": "cache_write_5m_tokens",
    "cache_creation.ephemeral_1h_input_tokens": "cache_write_1h_tokens",
    "output_tokens": "output_tokens",
}
#: What follows where a report is not grouped by a dimension.
_NEEDED = {
    "model": "no price is known",
    "service_tier": "all of it counts as the standard tier",
}
_NO_REGION = ("", "not_available")


class Tokens(TypedDict):
    """The token counts of a row, as arguments of :class:`Usage`."""

    input_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    output_tokens: int
    web_searches: int


class Conditions(TypedDict):
    """What else a price depends on, as arguments of :class:`Usage`."""

    tier: str
    speed: str
    region: str
    prompt_band: tuple[int, int | None] | None


def tokens(row: Fields) -> Tokens:
    """The four disjoint input kinds and output, as every Anthropic report names them."""
    written = row.inner("cache_creation")
    return Tokens(
        input_tokens=row.count("uncached_input_tokens"),
        cache_read_tokens=row.count("cache_read_input_tokens"),
        cache_write_5m_tokens=written.count("ephemeral_5m_input_tokens"),
        cache_write_1h_tokens=written.count("ephemeral_1h_input_tokens"),
        output_tokens=row.count("output_tokens"),
        web_searches=row.inner("server_tool_use").count("web_search_requests"),
    )


def conditions(row: Fields) -> Conditions:
    """Tier, speed, region and prompt band of a row; null means standard, or unknown for the last two."""
    region = row.text("inference_geo")
    return Conditions(
        tier=row.text("service_tier") or "standard",
        speed=row.text("speed") or "standard",
        region="" if region in _NO_REGION else region,
        prompt_band=band(row, "context_window"),
    )


_sizes = lru_cache(maxsize=64)(bands.parse)


def band(row: Fields, name: str) -> tuple[int, int | None] | None:
    """The prompt sizes that ``name`` states; the lowest class includes an empty prompt."""
    text = row.text(name)
    if not text:
        return None
    try:
        more_than, at_most = _sizes(text)
    except ValueError as error:
        row.doubt(
            "import.unknown-value", name, f"{error}; the size is taken as unknown.", "Report the new value."
        )
        return None
    return (more_than or -1, at_most)


def report_span(bucket: Fields, sink: Sink) -> Span | None:
    """The span of a bucket or row, as :func:`covered` gives it."""
    return covered(bucket, bucket.instant("starting_at"), bucket.instant("ending_at"), sink)


def spanned(found: Iterable[Entry], sink: Sink) -> Iterator[tuple[Fields, Span]]:
    """Every row with the span of its bucket; rows of a bucket without a span are left out."""
    for entry in found:
        span = report_span(entry.fields, sink)
        if span:
            yield from ((row, span) for row in entry.rows)


def _account(row: Fields, grouped: frozenset[str]) -> str:
    workspace = row.text("workspace_id")
    return workspace or (DEFAULT_WORKSPACE if "workspace_id" in grouped else "")


def _is_messages(source: Source) -> bool:
    told = outline(source)
    dimensions = {"api_key_id", "workspace_id", "service_account_id", "account_id"}
    return told.has("uncached_input_tokens", "starting_at", "results") and bool(told.names & dimensions)


def _read_messages(source: Source, sink: Sink) -> None:
    found = entries(source, sink)
    grouped = grouped_by(found, "workspace_id")
    for row, span in spanned(found, sink):
        _keep_messages(row, span, grouped)
    note_ungrouped(found, _NEEDED, source, sink)


def _keep_messages(row: Fields, span: Span, grouped: frozenset[str]) -> None:
    person, service = row.text("account_id"), row.text("service_account_id")
    row.keep(
        Usage(
            row.where,
            span.start,
            VENDOR,
            row.text("model"),
            until=span.until,
            product=PRODUCT,
            account=_account(row, grouped),
            key=row.text("api_key_id") or service,
            person=f"anthropic-account:{person}" if person else "",
            billing=Billing.METERED,
            **tokens(row),
            **conditions(row),
        )
    )


def _is_costs(source: Source) -> bool:
    told = outline(source)
    elsewhere = {"list_amount", "actor", "group", "estimated_cost"}
    return told.has("amount", "currency", "starting_at", "results") and not told.names & elsewhere


def _read_costs(source: Source, sink: Sink) -> None:
    found = entries(source, sink)
    grouped = grouped_by(found, "workspace_id")
    for row, span in spanned(found, sink):
        _keep_cost(row, span, grouped)


def _keep_cost(row: Fields, span: Span, grouped: frozenset[str]) -> None:
    row.keep(
        Cost(
            row.where,
            span.start,
            span.until,
            VENDOR,
            row.cents("amount", quoted=True),
            row.currency("currency"),
            MoneyKind.INVOICED,
            product=PRODUCT,
            account=_account(row, grouped),
            model=row.text("model"),
            meter=cost_meter(row),
            description=row.text("description"),
        )
    )


def cost_meter(row: Fields) -> str:
    """Our name of what a cost row is for: its token kind, else its cost type."""
    kind, token = row.text("cost_type"), row.text("token_type")
    return METERS.get(token, token) or {"web_search": "web_searches"}.get(kind, kind)


FORMATS = (
    Format(
        "anthropic-messages", "Anthropic messages usage report", _is_messages, _read_messages, feed_rank=10
    ),
    Format("anthropic-cost", "Anthropic cost report", _is_costs, _read_costs, feed_rank=10),
)
