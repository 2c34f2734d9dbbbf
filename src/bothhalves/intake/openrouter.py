"""OpenRouter: daily activity (API answer or download), and single generations (API records or download).

Prompts include what was read from a cache, and completions the reasoning; the activity does not say how much
was cached. Calls are OpenRouter's to bill, unless they run on the company's own key of another vendor: that
vendor bills them, and OpenRouter at most a fee. What it says that a call cost is an estimate, of either. The
downloads are read as documented; not seen live.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bothhalves.core.dates import Span
from bothhalves.core.terms import Billing, Usage
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.gateways import Notes, estimate, names, person, rows, vendor_and_model
from bothhalves.intake.source import Source
from bothhalves.intake.times import utc

VENDOR = "openrouter"
_DAY = timedelta(days=1)
#: Names of the activity download, and what the API calls the same.
_ACTIVITY = {
    "date": "date",
    "slug": "model",
    "usage": "usage",
    "byok usage": "byok_usage_inference",
    "requests": "requests",
    "prompt tokens": "prompt_tokens",
    "completion tokens": "completion_tokens",
}
#: Names of the generation download, and what the API calls the same.
_GENERATION = {
    "generation_id": "id",
    "model_permaslug": "model",
    "cost_total": "total_cost",
    "tokens_cached": "native_tokens_cached",
    "tokens_prompt": "native_tokens_prompt",
    "tokens_completion": "native_tokens_completion",
    "user": "external_user",
    "finish_reason_normalized": "finish_reason",
}


def _renamed(row: Fields, table: dict[str, str]) -> Fields:
    """The row with the names that the API gives, where it has those of a download."""
    values = dict(row.values)
    for downloaded, name in table.items():
        if downloaded in values:
            values.setdefault(name, values[downloaded])
    columns = {table.get(name, name): at for name, at in row.columns.items()}
    return replace(row, values=values, columns=columns)


def _is_activity(source: Source) -> bool:
    told = names(source)
    return {"date", "usage", "byok_usage_inference", "prompt_tokens"} <= told or set(_ACTIVITY) <= told


def _read_activity(source: Source, sink: Sink) -> None:
    notes, spans = Notes(), set()
    for told in rows(source, sink):
        row = _renamed(told, _ACTIVITY)
        day = row.instant("date")
        span = Span(day, day + _DAY)
        billed, own = row.decimal("usage"), row.decimal("byok_usage_inference")
        if billed and own:
            notes.note("openrouter.own-keys", row)
        usage = Usage(
            row.where,
            day,
            VENDOR,
            row.text("model"),
            until=span.until,
            requests=row.count_or_none("requests"),
            input_tokens=row.count("prompt_tokens"),
            output_tokens=row.count("completion_tokens"),
            billing=Billing.METERED,
        )
        if usage.input_tokens:
            notes.note("gateway.cache-unknown", row)
        _keep(row, usage, billed, own, notes, elsewhere=bool(own and not billed))
        spans |= {span} if row.sound else set()
    notes.report(sink)
    sink.spans.extend(sorted(spans))


def _keep(
    row: Fields, usage: Usage, billed: Decimal | None, own: Decimal | None, notes: Notes, *, elsewhere: bool
) -> None:
    """The usage under its vendor, and what OpenRouter bills (``billed``) and the other vendor (``own``).

    ``elsewhere``: all of it ran on a key of the company's own.
    """
    for amount in (billed, own):
        if row.sound and amount is not None and amount < 0:
            row.bad("", "states a negative cost", "Export again.")
    theirs = usage
    if elsewhere or own:
        vendor, model = vendor_and_model(row, row.text("provider_name"), usage.model, notes)
        theirs = replace(usage, vendor=vendor, model=model)
    row.keep(theirs if elsewhere else usage)
    if own:
        row.keep(estimate(theirs, own))
    fee = replace(usage, id=f"{usage.id}:{VENDOR}") if elsewhere and usage.id else usage
    if billed or (billed is not None and not elsewhere):
        row.keep(estimate(fee, billed))


def _is_generations(source: Source) -> bool:
    told = names(source)
    record = {"id", "created_at", "native_tokens_prompt", "native_tokens_completion", "total_cost"} <= told
    return record or {"generation_id", "created_at", "cost_total", "tokens_prompt"} <= told


def _read_generations(source: Source, sink: Sink) -> None:
    notes = Notes()
    for told in rows(source, sink):
        row = _renamed(told, _GENERATION)
        row = replace(row, values={**row.values, "created_at": utc(row.text("created_at"))})
        usage = _generation(row)
        own = row.decimal("byok_usage_inference")
        elsewhere = bool(row.flag("is_byok") or own)
        if row.flag("is_byok"):
            own = row.decimal("upstream_inference_cost")
        _keep(row, usage, row.decimal("total_cost"), own, notes, elsewhere=elsewhere)
    notes.report(sink)


def _generation(row: Fields) -> Usage:
    prompt, cached = row.count("native_tokens_prompt"), row.count("native_tokens_cached")
    if row.sound and cached > prompt:
        row.bad("native_tokens_cached", "more was cached than the prompt has", "Export again.")
    model, variant, reason = row.text("model"), row.text("variant"), row.text("finish_reason")
    user, time, identifier = row.text("external_user"), row.instant("created_at"), row.text("id")
    if row.sound and not identifier:
        row.bad("id", "missing", "Export again.")
    return Usage(
        row.where,
        time,
        VENDOR,
        f"{model}:{variant}" if variant not in ("", "standard") else model,
        key=row.text("api_key_name"),
        person=person("openrouter-user", user),
        workload=row.text("app_name"),
        requests=1,
        input_tokens=prompt - cached,
        cache_read_tokens=cached,
        output_tokens=row.count("native_tokens_completion"),
        outcome="failed" if reason == "error" else "ok",
        billing=Billing.METERED,
        id=identifier,
    )


FORMATS = (
    Format(
        "openrouter-generations",
        "OpenRouter generations",
        _is_generations,
        _read_generations,
        dedupes=True,
        feed_rank=60,
    ),
    Format("openrouter-activity", "OpenRouter daily activity", _is_activity, _read_activity, feed_rank=61),
)
