"""The usage and cost downloads (CSV) of the Anthropic Console.

The usage file names models by id, the cost file by display name; both name keys, and two keys may share a
name. Costs are dollars, rounded by the Console.
"""

from __future__ import annotations

from datetime import timedelta

from bothhalves.core.dates import Span
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import tabular
from bothhalves.intake.anthropic import PRODUCT, VENDOR, band, conditions
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import has_columns
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import covered
from bothhalves.intake.source import Source

_USAGE_COLUMNS = {"usage_date_utc", "model_version", "usage_input_tokens_no_cache", "usage_output_tokens"}
_COST_COLUMNS = {"usage_date_utc", "model", "token_type", "cost_usd"}
#: Usage types, and the tier that they are billed at.
_TIERS = {"": "standard", "message": "standard", "standard": "standard"}
_METERS = {
    "input_no_cache": "input_tokens",
    "input_cache_read": "cache_read_tokens",
    "input_cache_write_5m": "cache_write_5m_tokens",
    "input_cache_write_1h": "cache_write_1h_tokens",
    "output": "output_tokens",
    "web_search": "web_searches",
}


def _day(row: Fields, sink: Sink) -> Span:
    start = row.instant("usage_date_utc")
    until = start + timedelta(days=1)
    return covered(row, start, until, sink) or Span(start, until)


def _read_usage(source: Source, sink: Sink) -> None:
    for row in tabular.fields(source, sink):
        day = _day(row, sink)
        kind = row.text("usage_type").lower()
        stated = conditions(row)
        stated["tier"] = _TIERS.get(kind, kind)
        stated["prompt_band"] = band(row, "context_window")
        row.keep(
            Usage(
                row.where,
                day.start,
                VENDOR,
                row.text("model_version"),
                until=day.until,
                product=PRODUCT,
                account=row.text("workspace"),
                key=row.text("api_key"),
                input_tokens=row.count("usage_input_tokens_no_cache"),
                cache_read_tokens=row.count("usage_input_tokens_cache_read"),
                cache_write_5m_tokens=row.count("usage_input_tokens_cache_write_5m"),
                cache_write_1h_tokens=row.count("usage_input_tokens_cache_write_1h"),
                cache_write_tokens=row.count("usage_input_tokens_cache_write"),
                output_tokens=row.count("usage_output_tokens"),
                web_searches=row.count("web_search_count"),
                billing=Billing.METERED,
                **stated,
            )
        )


def _read_costs(source: Source, sink: Sink) -> None:
    for row in tabular.fields(source, sink):
        day = _day(row, sink)
        token = row.text("token_type")
        row.keep(
            Cost(
                row.where,
                day.start,
                day.until,
                VENDOR,
                row.money("cost_usd"),
                "USD",
                MoneyKind.INVOICED,
                gross=row.decimal("list_price_usd"),
                product=PRODUCT,
                account=row.text("workspace"),
                key=row.text("api_key_id") or row.text("api_key"),
                model=row.text("model"),
                meter=_METERS.get(token, token),
                description=row.text("cost_type"),
            )
        )


FORMATS = (
    Format(
        "anthropic-console-usage",
        "Anthropic Console usage download",
        lambda source: has_columns(source, _USAGE_COLUMNS),
        _read_usage,
        feed_rank=11,
    ),
    Format(
        "anthropic-console-cost",
        "Anthropic Console cost download",
        lambda source: has_columns(source, _COST_COLUMNS),
        _read_costs,
        feed_rank=11,
    ),
)
