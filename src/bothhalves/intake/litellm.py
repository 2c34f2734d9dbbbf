"""LiteLLM's spend logs, one row per call, and its daily spend tables.

``prompt_tokens`` includes what was read from and written to a prompt cache; how much that was stands only
inside ``metadata``, under names that differ between versions. ``spend`` is LiteLLM's own estimate in dollars.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TypedDict

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from bothhalves.intake.tabular.documents import decode
from bothhalves.intake.times import utc
from bothhalves.intake.vendors import vendor_of

UNKNOWN = "unknown"
#: The proxy's own accounts.
_NOBODY = ("", "default_user_id", "litellm_proxy_admin")
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)
#: Daily tables tell the same calls, each by another dimension: the column that names it, and its rank.
_DAILY = {"user_id": 61, "team_id": 62, "organization_id": 63, "end_user_id": 64, "agent_id": 65, "tag": 66}


class _Tokens(TypedDict):
    input_tokens: int
    cache_read_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_write_tokens: int
    output_tokens: int


@dataclass(slots=True)
class _Silent:
    """Counts the rows that do not say how much of their prompt was cached."""

    rows: int = 0
    first: Where = field(default=Where(""))

    def note(self, where: Where) -> None:
        self.first = self.first if self.rows else where
        self.rows += 1

    def report(self, sink: Sink) -> None:
        if self.rows:
            what = (
                f"{self.rows} rows from here on do not say what was cached: their prompts count as uncached."
            )
            fix = "Import the vendor's own usage report, or log the usage object in LiteLLM."
            sink.problem("litellm.cache-unknown", self.first, what, fix)


def _vendor_and_model(row: Fields) -> tuple[str, str]:
    """The vendor behind the call, and the model without the provider's prefix."""
    provider, model = row.text("custom_llm_provider").lower(), row.text("model")
    prefix, slash, rest = model.partition("/")
    if slash and (prefix.lower() == provider or (not provider and vendor_of(prefix))):
        provider, model = prefix.lower(), rest
    if not provider:
        fix = "Name the vendor of this model in LiteLLM's model list."
        row.doubt("litellm.no-provider", "custom_llm_provider", "is empty, so the vendor is unknown.", fix)
        return UNKNOWN, model
    return vendor_of(provider) or provider, model


def _prepared(row: Fields) -> Fields:
    """The row with its metadata as an object and its times in UTC, which is what LiteLLM writes."""
    values = dict(row.values)
    for name in ("starttime", "endtime"):
        values[name] = utc(row.text(name))
    metadata = values.get("metadata")
    if isinstance(metadata, str):  # a CSV export holds it as JSON text
        try:
            values["metadata"] = decode(metadata) if metadata.strip() else None
        except ValueError:
            values["metadata"] = None
            row.doubt(
                "litellm.bad-json", "metadata", "is not JSON, so what it says is unknown.", "Export as JSON."
            )
    return replace(row, values=values)


def _tokens(row: Fields, places: list[Fields]) -> _Tokens:
    """Disjoint counts of a row whose cache counts stand in the first of ``places`` that has them."""
    read = _first(places, "cache_read_input_tokens", "cached_tokens")
    written = _first(places, "cache_creation_input_tokens", "cache_creation_tokens")
    write_5m = _first(places, "ephemeral_5m_input_tokens")
    write_1h = _first(places, "ephemeral_1h_input_tokens")
    rest = max(written - write_5m - write_1h, 0)
    cached = read + write_5m + write_1h + rest
    prompt = row.count("prompt_tokens")
    if row.sound and cached > prompt:
        what = "is less than the cached part of the prompt, so it is taken as the uncached part."
        row.doubt("litellm.prompt-excludes-cache", "prompt_tokens", what, "Compare with the vendor's report.")
        cached = 0
    split = write_5m + write_1h > 0
    return _Tokens(
        input_tokens=prompt - cached,
        cache_read_tokens=read,
        # Where lifetimes are said for a part only, the rest has the vendor's default of five minutes.
        cache_write_5m_tokens=write_5m + (rest if split else 0),
        cache_write_1h_tokens=write_1h,
        cache_write_tokens=0 if split else rest,
        output_tokens=row.count("completion_tokens"),
    )


def _first(places: list[Fields], *names: str) -> int:
    found = (place.count(name) for place in places for name in names if place.has(name))
    return next((count for count in found if count), 0)


_NO_TOKENS = _Tokens(
    input_tokens=0,
    cache_read_tokens=0,
    cache_write_5m_tokens=0,
    cache_write_1h_tokens=0,
    cache_write_tokens=0,
    output_tokens=0,
)


def _cache_places(row: Fields, metadata: Fields) -> list[Fields]:
    """The objects that may hold cache counts, most trusted first; empty where none of them exists."""
    found = []
    for outer in (metadata.inner("usage_object"), metadata.inner("additional_usage_values"), row):
        details = outer.inner("prompt_tokens_details")
        lifetimes = (outer.inner("cache_creation"), details.inner("cache_creation_token_details"))
        found += [place for place in (outer, details, *lifetimes) if place.values and place is not row]
    return found


def _person(user: str) -> str:
    if user.lower() in _NOBODY:
        return ""
    return f"email:{user.lower()}" if "@" in user else f"litellm-user:{user}"


def _workload(row: Fields) -> str:
    """The first tag that a person gave the call; LiteLLM adds tags of its own about the client."""
    tags = row.values.get("request_tags")
    if isinstance(tags, str):
        try:
            tags = decode(tags) if tags.strip() else []
        except ValueError:
            tags = [tag.strip() for tag in tags.strip("{}").split(",")]  # PostgreSQL's notation of a list
    listed = tags if isinstance(tags, list) else []
    own = (tag for tag in listed if isinstance(tag, str) and not tag.startswith("User-Agent:"))
    return next(own, "")


def _is_logs(source: Source) -> bool:
    names = {name.lower() for name in tabular.header(source)}
    return {"request_id", "spend", "model", "prompt_tokens", "completion_tokens", "starttime"} <= names


def _read_logs(source: Source, sink: Sink) -> None:
    silent = _Silent()
    for row in tabular.fields(source, sink):
        _keep_call(_prepared(row), silent)
    silent.report(sink)


def _keep_call(row: Fields, silent: _Silent) -> None:
    start = row.instant("starttime")
    end = row.instant_or_none("endtime") or start
    vendor, model = _vendor_and_model(row)
    metadata = row.inner("metadata")
    hit = row.text("cache_hit").lower() == "true"
    failed = row.text("status").lower() == "failure"
    places = _cache_places(row, metadata)
    tokens = _NO_TOKENS if hit else _tokens(row, places)
    call = Usage(
        row.where,
        start,
        vendor,
        model,
        account=row.text("team_id"),
        key=metadata.text("user_api_key_alias") or row.text("api_key"),
        person=_person(row.text("user")),
        workload=_workload(row),
        requests=1,
        session=row.text("session_id"),
        outcome="cached" if hit else "failed" if failed else "ok",
        id=row.text("request_id"),
        **tokens,
    )
    if not places and tokens["input_tokens"] and row.sound:
        silent.note(row.where)
    _keep(row, call, Span(start, max(end, start + _INSTANT)))


def _keep(row: Fields, usage: Usage, span: Span) -> None:
    """The usage and LiteLLM's estimate of its cost, which has the id of its call."""
    spend = row.decimal("spend")
    row.keep(usage)
    if spend is not None:
        row.keep(
            Cost(
                row.where,
                span.start,
                span.until,
                usage.vendor,
                spend,
                "USD",
                MoneyKind.ESTIMATED,
                account=usage.account,
                key=usage.key,
                person=usage.person,
                model=usage.model,
                id=usage.id,
            )
        )


def _is_daily(dimension: str, source: Source) -> bool:
    names = {name.lower() for name in tabular.header(source)}
    common = {
        "date",
        "spend",
        "prompt_tokens",
        "completion_tokens",
        "cache_read_input_tokens",
        "api_requests",
    }
    return common <= names and dimension in names


def _read_daily(dimension: str, source: Source, sink: Sink) -> None:
    spans = set()
    for row in tabular.fields(source, sink):
        day = row.instant("date")
        span = Span(day, day + _DAY)
        usage = _daily_usage(row, dimension, span)
        _keep(row, usage, span)
        if row.sound:
            spans.add(span)
    sink.spans.extend(sorted(spans))


def _daily_usage(row: Fields, dimension: str, span: Span) -> Usage:
    vendor, model = _vendor_and_model(row)
    who = row.text(dimension)
    return Usage(
        row.where,
        span.start,
        vendor,
        model,
        until=span.until,
        account=row.text("team_id") or (who if dimension == "organization_id" else ""),
        key=row.text("api_key"),
        person=_person(who) if dimension == "user_id" else "",
        workload=who if dimension in ("tag", "agent_id", "end_user_id") else "",
        requests=row.count_or_none("api_requests"),
        **_tokens(row, [row]),
    )


FORMATS = (
    Format("litellm-logs", "LiteLLM spend logs", _is_logs, _read_logs, dedupes=True, feed_rank=60),
    *(
        Format(
            f"litellm-daily-{dimension.removesuffix('_id').replace('_', '-')}",
            f"LiteLLM daily spend by {dimension.removesuffix('_id').replace('_', ' ')}",
            partial(_is_daily, dimension),
            partial(_read_daily, dimension),
            replaces=("account", "key", "person", "workload"),
            feed_rank=rank,
        )
        for dimension, rank in _DAILY.items()
    ),
)
