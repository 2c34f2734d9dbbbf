"""Calls of models as OpenTelemetry's GenAI conventions tell them: spans, and the token histogram.

Any instrumented program may write them; the conventions are still in development, and older names of
attributes are read too. Input is the whole prompt; how much of it was cached stands beside it in newer spans
only, and never in the histogram. They tell no cost and, as a rule, no person. A program that calls a model
pays by the meter; a coding assistant may be paid by a seat, which its telemetry does not tell.

A span around other calls, such as that of an agent, may repeat their tokens: of a span and its descendants
only the innermost that tell tokens are counted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.terms import Billing, Usage
from bothhalves.intake import otlp
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from bothhalves.intake.vendors import vendor_of

_HISTOGRAM = "gen_ai.client.token.usage"
_PROVIDERS = ("gen_ai.provider.name", "gen_ai.system")
#: Products that bill the call, by the provider as the conventions name it.
_PRODUCTS = {
    "anthropic": "claude-api",
    "aws.bedrock": "bedrock",
    "aws_bedrock": "bedrock",
    "gcp.gemini": "gemini-api",
    "gemini": "gemini-api",
    "gcp.vertex_ai": "vertex-ai",
    "vertex_ai": "vertex-ai",
    "openai": "openai-api",
}
#: Services that people hold seats for.
_ASSISTANTS = ("claude-code", "codex", "codex_cli_rs", "copilot-chat", "gemini-cli")
#: Names under which a quantity stands, newest first.
_INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
_OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
_READ = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.input_tokens.cached",
    "gen_ai.usage.cached_tokens",
)
_WRITTEN = (
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.input_tokens.cache_write",
)
_MODELS = ("gen_ai.response.model", "gen_ai.request.model")


class _Call(NamedTuple):
    """A span that tells tokens. ``place`` is its trace and span."""

    place: tuple[str, str]
    span: Fields
    row: Fields


@dataclass(slots=True)
class _Silent:
    """Counts what does not say how much of the input was cached."""

    rows: int = 0
    first: Where = field(default=Where(""))

    def note(self, where: Where) -> None:
        self.first = self.first if self.rows else where
        self.rows += 1

    def report(self, sink: Sink) -> None:
        if self.rows:
            what = f"{self.rows} calls or points do not say what was cached: their input counts as uncached."
            fix = "Import the vendor's own usage report, or instrument with newer conventions."
            sink.problem("telemetry.cache-unknown", self.first, what, fix)


def _is_spans(source: Source) -> bool:
    told = outline(source)
    return otlp.holds(source, otlp.SPANS) and bool(told.texts & {*_INPUT, *_OUTPUT})


def _read_spans(source: Source, sink: Sink) -> None:
    parents: dict[tuple[str, str], str] = {}
    calls: list[_Call] = []
    for item in otlp.items(source, sink, otlp.SPANS):
        span = item.fields
        place = span.text("traceId"), span.text("spanId")
        parents[place] = span.text("parentSpanId")
        row = otlp.about(item, span)
        if any(row.has(name) for name in (*_INPUT, *_OUTPUT)):
            calls.append(_Call(place, span, row))
    around, silent = _around(calls, parents), _Silent()
    kept: set[tuple[str, str]] = set()
    for call in calls:
        if call.place not in around and call.place not in kept:
            if all(call.place):
                kept.add(call.place)
            _keep_call(call, silent)
    silent.report(sink)


def _around(calls: list[_Call], parents: dict[tuple[str, str], str]) -> set[tuple[str, str]]:
    """The spans that have a call inside them."""
    found: set[tuple[str, str]] = set()
    for trace, span in (call.place for call in calls):
        outer = parents.get((trace, span), "")
        while outer and (trace, outer) not in found:
            found.add((trace, outer))
            outer = parents.get((trace, outer), "")
    return found


def _keep_call(call: _Call, silent: _Silent) -> None:
    span, row = call.span, call.row
    ended = otlp.moment(span, "endTimeUnixNano") or otlp.moment(span, "startTimeUnixNano")
    if ended is None:
        span.bad("endTimeUnixNano", "missing", "Export again.")
    if not span.sound or ended is None:
        return
    base = _told(row)
    session = row.text("gen_ai.conversation.id")
    failed = row.has("error.type") or str(span.inner("status").values.get("code")) in (
        "2",
        "STATUS_CODE_ERROR",
    )
    row.keep(
        replace(
            _with_tokens(row, base, silent),
            time=ended,
            requests=1,
            session=session,
            outcome="failed" if failed else "ok",
            id=":".join(call.place) if all(call.place) else "",
        )
    )


def _first(row: Fields, names: tuple[str, ...]) -> int | None:
    return next((row.count(name) for name in names if row.has(name)), None)


def _with_tokens(row: Fields, base: Usage, silent: _Silent) -> Usage:
    """Disjoint counts: the input includes what was cached, unless less of it is told than was cached."""
    told, read, written = _first(row, _INPUT) or 0, _first(row, _READ), _first(row, _WRITTEN)
    if read is None and written is None and told and row.sound:
        silent.note(row.where)
    cached = (read or 0) + (written or 0)
    return replace(
        base,
        input_tokens=told - cached if told >= cached else told,
        cache_read_tokens=read or 0,
        cache_write_tokens=written or 0,
        output_tokens=_first(row, _OUTPUT) or 0,
    )


def _told(row: Fields) -> Usage:
    """Everything about a call but its tokens and time."""
    provider = next((row.text(name).lower() for name in _PROVIDERS if row.has(name)), "")
    if not provider:
        what = "is empty, so the vendor is unknown."
        row.doubt("telemetry.no-provider", _PROVIDERS[0], what, "Name the provider in the instrumentation.")
    service = row.text("service.name")
    seated = service.lower() in _ASSISTANTS
    email = row.email("user.email")
    return Usage(
        row.where,
        otlp.STAND_IN,
        vendor_of(provider) or provider or "unknown",
        next((row.text(name) for name in _MODELS if row.has(name)), ""),
        product=service.lower() if seated else _PRODUCTS.get(provider, ""),
        person=f"email:{email}" if email else "",
        workload="" if seated else service,
        billing=Billing.UNKNOWN if seated else Billing.METERED,
    )


def _is_metrics(source: Source) -> bool:
    return otlp.holds(source, otlp.METRICS) and _HISTOGRAM in outline(source).texts and not _is_spans(source)


def _read_metrics(source: Source, sink: Sink) -> None:
    calls: dict[tuple[str, Span], list[otlp.Amount]] = defaultdict(list)
    for amount in otlp.amounts(source, sink, frozenset((_HISTOGRAM,))):
        calls[otlp.apart_from(amount.about, "gen_ai.token.type"), amount.span].append(amount)
    silent = _Silent()
    for parts in calls.values():
        _keep_point(parts, silent)
    silent.report(sink)


def _keep_point(parts: list[otlp.Amount], silent: _Silent) -> None:
    """Input and output of the same calls as one record; each call is observed once for either."""
    told = {"input": 0, "output": 0}
    good: list[otlp.Amount] = []
    for part in parts:
        kind = part.about.text("gen_ai.token.type")
        kind = {"completion": "output"}.get(kind, kind)
        if kind not in told:
            part.about.bad("gen_ai.token.type", f"{kind[:40]!r} is not documented", "Report the new value.")
        elif (count := otlp.whole_value(part)) is not None:
            told[kind] += count
            good.append(part)
    if not good:
        return
    row, span = good[0].about, good[0].span
    observed = max((part.count for part in good), default=Decimal(0))
    if told["input"]:
        silent.note(row.where)
    row.keep(
        replace(
            _told(row),
            time=span.start,
            until=span.until,
            requests=int(observed) if observed else None,
            input_tokens=told["input"],
            output_tokens=told["output"],
            id=min(part.id for part in good),
        )
    )


FORMATS = (
    # Each of these sees one program's calls. A gateway sees those of many, so it goes before them.
    Format(
        "gen-ai-spans",
        "OpenTelemetry GenAI spans",
        _is_spans,
        _read_spans,
        replaces=("account", "workload"),
        dedupes=True,
        feed_rank=70,
    ),
    Format(
        "gen-ai-metrics",
        "OpenTelemetry GenAI token histogram",
        _is_metrics,
        _read_metrics,
        replaces=("account", "workload"),
        dedupes=True,
        feed_rank=71,
    ),
)
