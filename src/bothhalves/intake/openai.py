"""OpenAI's usage and cost reports of a platform organisation: API answers and dashboard downloads (CSV).

The records keep text in the token columns and audio and images as meters of their own. In answers that split
tokens by medium, ``input_tokens`` and ``output_tokens`` cover every medium, cached and cache-write tokens
included, so the other media are taken off. In older answers they cover text alone, and ``input_audio_tokens``
includes cached audio: real ones report more audio output than output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import has_columns, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import covered, entries, note_ungrouped
from bothhalves.intake.source import Source

VENDOR = "openai"
PRODUCT = "openai-api"
_MEDIA = ("audio", "image")
#: Any of these shows an answer that splits tokens by medium.
_SPLIT = (
    "input_uncached_tokens",
    "input_text_tokens",
    "input_cached_text_tokens",
    "input_cached_audio_tokens",
    "input_cached_image_tokens",
    "output_text_tokens",
)
_TIERS = {"": "standard", "default": "standard", "auto": "standard"}
#: Measures other than tokens, and the meters that they fill.
_MEASURES = {
    "images": "images",
    "characters": "characters",
    "seconds": "seconds",
    "usage_bytes": "bytes",
    "num_sessions": "sessions",
}
#: What follows where a report is not grouped by a dimension.
_NEEDED = {"model": "no price is known", "batch": "all of it counts as not batched"}
_TOKENS = ("input_tokens", "output_tokens")
_WEB_SEARCHES = "organization.usage.web_searches.result"


class _Media(NamedTuple):
    """Tokens of one medium in a row, cached ones apart."""

    name: str
    fresh: int
    cached: int
    output: int


def report_span(bucket: Fields, sink: Sink) -> Span | None:
    """The span of a bucket or row, as :func:`covered` gives it."""
    return covered(bucket, bucket.unix("start_time"), bucket.unix("end_time"), sink)


def _spanned(source: Source, sink: Sink) -> Iterator[tuple[Fields, Span]]:
    """Every result row of an API answer with the span of its bucket."""
    found = entries(source, sink)
    for entry in found:
        span = report_span(entry.fields, sink)
        yield from ((row, span) for row in entry.rows if span)
    if "organization.costs.result" not in outline(source).texts:
        note_ungrouped(found, _NEEDED, source, sink)


def _downloaded(source: Source, sink: Sink) -> Iterator[tuple[Fields, Span]]:
    """Every row of a dashboard download with its span."""
    for row in tabular.fields(source, sink):
        span = report_span(row, sink)
        if span:
            yield row, span


def _read_usage(found: Iterator[tuple[Fields, Span]], source: Source, sink: Sink) -> None:
    unsure: list[Fields] = []
    for row, span in found:
        base = _dimensions(row, span)
        if any(row.has(name) for name in _TOKENS):
            _keep_tokens(row, base, unsure)
        else:
            _keep_measure(row, base)
    if unsure:
        what = f"{len(unsure)} rows do not say how much of their audio was cached; none is assumed."
        fix = "Export again: newer answers have input_cached_audio_tokens."
        sink.problem("import.cached-audio-unknown", Where(source.name, unsure[0].where.row), what, fix)


def _dimensions(row: Fields, span: Span) -> Usage:
    tier = row.text("service_tier")
    user = row.text("user_id")
    return Usage(
        row.where,
        span.start,
        VENDOR,
        row.text("model"),
        until=span.until,
        product=PRODUCT,
        account=row.text("project_id"),
        key=row.text("api_key_id"),
        person=f"openai-user:{user}" if user else "",
        tier="batch" if row.flag("batch") else _TIERS.get(tier, tier),
        billing=Billing.METERED,
    )


def _keep_measure(row: Fields, base: Usage) -> None:
    """A row that counts images, seconds, calls and the like."""
    calls = row.count_or_none("num_model_requests")
    if row.has("num_requests"):
        count = row.count("num_requests")
        if row.text("object") == _WEB_SEARCHES:
            row.keep(replace(base, requests=calls, web_searches=count))
        else:
            row.keep(replace(base, requests=count, meter="requests", quantity=Decimal(count)))
        return
    found = [(name, meter) for name, meter in _MEASURES.items() if row.has(name)]
    if not found:
        row.bad("", "has no measure that is known", "Export again, or report the new shape.")
    for name, meter in found:
        row.keep(replace(base, requests=calls, meter=meter, quantity=Decimal(row.count(name))))


def _keep_tokens(row: Fields, base: Usage, unsure: list[Fields]) -> None:
    cached, written = row.count("input_cached_tokens"), row.count("input_cache_write_tokens")
    media = [_medium(row, name) for name in _MEDIA]
    split = any(row.has(name) for name in _SPLIT)
    within = media if split else []
    text = replace(
        base,
        requests=row.count_or_none("num_model_requests"),
        input_tokens=_uncached(row, cached + written) - sum(m.fresh for m in within),
        cache_read_tokens=cached - sum(m.cached for m in within),
        cache_write_tokens=written,
        output_tokens=row.count("output_tokens") - sum(m.output for m in within),
    )
    if row.sound and min(text.input_tokens, text.cache_read_tokens, text.output_tokens) < 0:
        row.bad("", "counts more audio, image or cached tokens than tokens", "Export again.")
    if row.sound and not split and any(m.fresh for m in media):
        unsure.append(row)
    row.keep(text)
    for medium in media:
        for meter, count in _meters(medium):
            row.keep(replace(base, meter=meter, quantity=Decimal(count)))


def _medium(row: Fields, name: str) -> _Media:
    return _Media(
        name,
        row.count(f"input_{name}_tokens"),
        row.count(f"input_cached_{name}_tokens"),
        row.count(f"output_{name}_tokens"),
    )


def _uncached(row: Fields, cached: int) -> int:
    """Uncached input of all media: as stated, else what is left of the input."""
    total, stated = row.count_or_none("input_tokens"), row.count_or_none("input_uncached_tokens")
    if stated is None:
        return (total or 0) - cached
    if row.sound and total not in (None, stated + cached):
        what = (
            f"{total} input tokens are stated, but the parts add up to {stated + cached}; the parts are used."
        )
        row.doubt("import.contradiction", "input_tokens", what, "Export again.")
    return stated


def _meters(medium: _Media) -> Iterator[tuple[str, int]]:
    name = medium.name
    counts = {
        f"input_{name}_tokens": medium.fresh,
        f"cache_{name}_read_tokens": medium.cached,
        f"output_{name}_tokens": medium.output,
    }
    yield from ((meter, count) for meter, count in counts.items() if count)


def _read_costs(source: Source, sink: Sink) -> None:
    for row, span in _spanned(source, sink):
        amount = row.inner("amount")
        _keep_cost(row, span, amount.money("value", quoted=True), amount.currency("currency"))


def _read_cost_download(source: Source, sink: Sink) -> None:
    for row, span in _downloaded(source, sink):
        _keep_cost(row, span, row.money("amount_value"), row.currency("amount_currency"))


def _keep_cost(row: Fields, span: Span, amount: Decimal, currency: str) -> None:
    row.keep(
        Cost(
            row.where,
            span.start,
            span.until,
            VENDOR,
            amount,
            currency,
            MoneyKind.INVOICED,
            product=PRODUCT,
            account=row.text("project_id"),
            key=row.text("api_key_id"),
            meter=row.text("quantity_unit"),
            quantity=row.decimal("quantity", quoted=True),
            description=row.text("line_item"),
        )
    )


def _says(source: Source, start: str) -> bool:
    return any(text.startswith(start) for text in outline(source).texts)


FORMATS = (
    Format(
        "openai-usage",
        "OpenAI organisation usage",
        lambda source: _says(source, "organization.usage."),
        lambda source, sink: _read_usage(_spanned(source, sink), source, sink),
        feed_rank=10,
    ),
    Format(
        "openai-costs",
        "OpenAI organisation costs",
        lambda source: _says(source, "organization.costs."),
        _read_costs,
        feed_rank=10,
    ),
    Format(
        "openai-usage-download",
        "OpenAI usage download",
        lambda source: has_columns(source, {"start_time", "end_time", "num_model_requests"}),
        lambda source, sink: _read_usage(_downloaded(source, sink), source, sink),
        feed_rank=11,
    ),
    Format(
        "openai-costs-download",
        "OpenAI cost download",
        lambda source: has_columns(source, {"start_time", "end_time", "amount_value"}),
        _read_cost_download,
        feed_rank=11,
    ),
)
