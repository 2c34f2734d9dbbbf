"""Helicone: its log of single requests, as API answers or as a table with the same names.

As documented; not seen live. Whether a prompt includes what was read from a cache differs between versions:
the total says it, and where that does not, prompts include it, except for Anthropic's models. An answer from
Helicone's own cache took no vendor tokens. The cost is Helicone's estimate in dollars.
"""

from __future__ import annotations

from dataclasses import replace

from bothhalves.core.terms import Billing, Usage
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.gateways import Notes, keep, names, person, rows, vendor_and_model, with_objects
from bothhalves.intake.source import Source
from bothhalves.intake.times import utc

#: Properties by which programs name themselves, the most telling first.
_WORKLOADS = ("workload", "app", "application", "feature", "service")
_SESSION = "helicone-session-id"
_NO_CACHE = ("", "00000000-0000-0000-0000-000000000000")


def _is_requests(source: Source) -> bool:
    return {"request_id", "request_created_at", "prompt_tokens", "completion_tokens"} <= names(source)


def _read_requests(source: Source, sink: Sink) -> None:
    notes = Notes()
    for told in rows(source, sink):
        row = with_objects(told, "properties", "request_properties", needed=False)
        values = {**row.values, "request_created_at": utc(row.text("request_created_at"))}
        _keep_request(replace(row, values=values), notes)
    notes.report(sink)


def _first(row: Fields, *candidates: str) -> str:
    return next((row.text(name) for name in candidates if row.has(name)), "")


def _keep_request(row: Fields, notes: Notes) -> None:
    time, identifier = row.instant("request_created_at"), row.text("request_id")
    if row.sound and not identifier:
        row.bad("request_id", "missing", "Export again.")
    model = _first(row, "model_override", "response_model", "request_model", "model")
    vendor, model = vendor_and_model(row, row.text("provider"), model, notes)
    own_cache = row.text("cache_reference_id") not in _NO_CACHE
    fresh, read, written = (0, 0, 0) if own_cache else _prompt(row, vendor, notes)
    properties = _properties(row)
    usage = Usage(
        row.where,
        time,
        vendor,
        model,
        key=_first(row, "key_name", "proxy_key_id"),
        person=person("helicone-user", _first(row, "user_id", "request_user_id", "helicone_user")),
        workload=next((properties[name] for name in _WORKLOADS if properties.get(name)), ""),
        requests=1,
        input_tokens=fresh,
        cache_read_tokens=read,
        cache_write_tokens=written,
        output_tokens=0 if own_cache else row.count("completion_tokens"),
        session=properties.get(_SESSION, ""),
        outcome="cached" if own_cache else "ok" if _succeeded(row) else "failed",
        billing=Billing.METERED,
        id=identifier,
    )
    keep(row, usage, row.decimal("costusd") if row.has("costusd") else row.decimal("cost"))


def _prompt(row: Fields, vendor: str, notes: Notes) -> tuple[int, int, int]:
    """Uncached, read and written tokens of the prompt."""
    read, written = row.count("prompt_cache_read_tokens"), row.count("prompt_cache_write_tokens")
    prompt, output = row.count("prompt_tokens"), row.count("completion_tokens")
    total = row.count_or_none("total_tokens")
    if prompt and not any(row.has(f"prompt_cache_{which}_tokens") for which in ("read", "write")):
        notes.note("gateway.cache-unknown", row)
    beside = total == prompt + read + written + output
    within = not beside and vendor != "anthropic" and read + written <= prompt
    return (prompt - read - written if within else prompt), read, written


def _properties(row: Fields) -> dict[str, str]:
    found = {}
    for name in ("request_properties", "properties"):
        found.update({k.lower(): v for k, v in row.inner(name).values.items() if isinstance(v, str)})
    return found


def _succeeded(row: Fields) -> bool:
    status = _first(row, "response_status", "status").lower()
    return status in ("", "success") or status.startswith("2")


FORMATS = (
    Format(
        "helicone-requests", "Helicone request log", _is_requests, _read_requests, dedupes=True, feed_rank=67
    ),
)
