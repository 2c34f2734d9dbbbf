"""ChatGPT workspaces: usage and member answers of the workspace API, and the user report download (CSV).

A workspace pays in credits, so the tokens beside them are what the credits bought: their records are
``included``, only the credits are metered. A token field that is absent is unknown, not zero. Codex's own
answer has the shape of the workspace's, of which it is a part, and tells lines of code beside it. The list of
members documents an id and an address; a seat type is read where it has one.
"""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import datetime, timedelta

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Identity, Seat, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import has_columns, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.openai import VENDOR, report_span
from bothhalves.intake.pages import covered, entries
from bothhalves.intake.periods import as_of
from bothhalves.intake.source import Source

PRODUCT = "chatgpt"
#: The user report has no seat type: every member of the workspace holds its one kind of seat.
SEAT_TYPE = "ChatGPT"
_TOKENS = ("uncached_text_input_tokens", "cached_text_input_tokens", "text_output_tokens")
_REPORT_COLUMNS = {"cadence", "period_start", "period_end", "email", "messages"}
_LONGEST_MAP = 20_000


def _person(row: Fields, email: str, user_id: str) -> str:
    by_email = f"email:{email}" if email else ""
    by_id = f"chatgpt-user:{user_id}" if user_id else ""
    if by_email and by_id:
        row.keep(Identity(row.where, by_email, by_id))
    return by_email or by_id


def _is_any_usage(source: Source) -> bool:
    told = outline(source)
    return "workspace.usage.result" in told.texts or told.has("totals", "clients", "actor", "start_time")


def _is_codex(source: Source) -> bool:
    return _is_any_usage(source) and "code_attribution" in outline(source).names


def _is_usage(source: Source) -> bool:
    return _is_any_usage(source) and not _is_codex(source)


def _read_usage(source: Source, sink: Sink) -> None:
    untold: list[Fields] = []
    for entry in entries(source, sink):
        for row in entry.rows:
            span = report_span(row if row.has("start_time") else entry.fields, sink)
            if span:
                _keep_usage(row, span, untold)
    if untold:
        what = f"{len(untold)} rows do not say how many tokens were used; that is unknown, not zero."
        fix = "Nothing to do: credits are what is billed."
        where = Where(source.name, untold[0].where.row)
        sink.problem("import.tokens-unknown", where, what, fix, changes=False)


def _keep_usage(row: Fields, span: Span, untold: list[Fields]) -> None:
    actor, totals = row.inner("actor"), row.inner("totals")
    person = _person(row, actor.email("email"), row.text("user_id") or actor.text("user_id"))
    base = Usage(
        row.where, span.start, VENDOR, _only_model(row), until=span.until, product=PRODUCT, person=person
    )
    credits = totals.quantity("credits")
    if credits is not None:
        row.keep(replace(base, meter="credits", quantity=credits, billing=Billing.METERED))
    if any(totals.has(name) for name in _TOKENS):
        _keep_tokens(totals, base)
    else:
        untold.append(row)
    _keep_cost(totals, span, person)
    # Codex's turns are among the workspace's; only its lines of code are told nowhere else.
    lines = row.inner("code_attribution", apart=True)
    told = ("lines_added", "lines_removed") if row.has("code_attribution") else ("turns",)
    counted = lines if row.has("code_attribution") else totals
    for kind in told if person else ():
        if count := counted.count(kind):
            counted.keep(Activity(row.where, span.start, span.until, VENDOR, PRODUCT, person, kind, count))


def _only_model(row: Fields) -> str:
    """The model where just one is listed: what is listed per model need not add up to the totals."""
    models = [model.text("model") for model in row.items("models")]
    return models[0] if len(models) == 1 else ""


def _keep_tokens(totals: Fields, base: Usage) -> None:
    fresh, cached, output = (totals.count(name) for name in _TOKENS)
    totals.keep(
        replace(
            base,
            input_tokens=fresh,
            cache_read_tokens=cached,
            output_tokens=output,
            billing=Billing.INCLUDED,
        )
    )


def _keep_cost(totals: Fields, span: Span, person: str) -> None:
    """What the credits come to in dollars: an estimate, since what a credit costs is in the contract."""
    stated = next((name for name in ("cost_usd", "estimated_cost_usd") if totals.has(name)), "")
    if stated:
        totals.keep(
            Cost(
                totals.where,
                span.start,
                span.until,
                VENDOR,
                totals.money(stated, quoted=True),
                "USD",
                MoneyKind.ESTIMATED,
                product=PRODUCT,
                person=person,
                meter="credits",
                quantity=totals.quantity("credits"),
            )
        )


def _is_members(source: Source) -> bool:
    told = outline(source)
    ids = any(text.startswith("user-") for text in told.texts)
    others = {"totals", "results", "owner", "start_time", "actor", "added_at"}
    platform = any(text.startswith("organization.") for text in told.texts)
    return told.has("id", "email") and ids and not (told.names & others or platform)


def _read_members(source: Source, sink: Sink) -> None:
    day = as_of(source, sink)
    if day is None:
        return
    if not source.options.get("account"):
        what = (
            "the list does not name its workspace: unless --account does, its seats are counted beside those"
            " of a roster that does."
        )
        fix = "Import it with --account and the workspace's id, as other exports write it."
        sink.problem("import.no-account", Where(source.name), what, fix, changes=False)
    for entry in entries(source, sink):
        for row in entry.rows:
            person = _person(row, row.email("email"), row.text("id"))
            if not person:
                row.bad("id", "and email are empty, so nobody is named", "Export again.")
            seat, status, role = row.text("seat_type") or SEAT_TYPE, row.text("status"), row.text("role")
            row.keep(Seat(row.where, day, VENDOR, PRODUCT, person, "", seat, status, role))


def _read_report(source: Source, sink: Sink) -> None:
    for row in tabular.fields(source, sink):
        start = row.instant("period_start")
        until = _after(start, row.instant("period_end"))
        span = covered(row, start, until, sink)
        person = _person(row, row.email("email"), row.text("public_id"))
        if not person:
            row.bad("email", "and public_id are empty, so nobody is named", "Export again.")
        if span:
            _keep_seat(row, span, person)
            _keep_messages(row, span, person)


def _after(start: datetime, end: datetime) -> datetime:
    """The first instant after a period whose last day, or whose first day after it, is ``end``."""
    whole_weeks = (end - start) == timedelta(days=7)
    whole_months = start.day == end.day == 1 and start < end
    return end if whole_weeks or whole_months else end + timedelta(days=1)


def _keep_seat(row: Fields, span: Span, person: str) -> None:
    row.keep(
        Seat(
            row.where,
            span.until - timedelta(days=1),
            VENDOR,
            PRODUCT,
            person,
            row.text("account_id"),
            row.text("seat_type") or SEAT_TYPE,
            row.text("user_status"),
            row.text("user_role") or row.text("role"),
            _first_of(row.text("department")),
            row.instant_or_none("created_or_invited_date"),
            row.instant_or_none("last_day_active"),
        )
    )


def _first_of(text: str) -> str:
    """``Support`` of ``["Support", "Tier 2"]``; other text stays as it is."""
    if text.startswith("["):
        try:
            names = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return str(names[0]) if names and isinstance(names, list) and isinstance(names[0], str) else ""
    return text


def _keep_messages(row: Fields, span: Span, person: str) -> None:
    messages = row.count_or_none("messages")
    by_model = _literal_counts(row, "model_to_messages")
    if messages is not None and by_model is not None and messages != by_model:
        what = f"{messages} messages are stated, but {by_model} by model; the former is used."
        row.doubt("import.contradiction", "messages", what, "Export again.", changes=False)
    count = by_model if messages is None else messages
    if count:
        account = row.text("account_id")
        row.keep(
            Activity(row.where, span.start, span.until, VENDOR, PRODUCT, person, "messages", count, account)
        )


def _literal_counts(row: Fields, name: str) -> int | None:
    """The sum of a map written as a Python literal, such as ``{'gpt-5.5': 88}``; None where there is none."""
    text = row.text(name)
    if not text:
        return None
    try:
        if len(text) > _LONGEST_MAP:
            raise ValueError("too long")
        counts = ast.literal_eval(text)
        if isinstance(counts, dict) and all(type(n) is int and n >= 0 for n in counts.values()):
            return sum(counts.values())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    what = "is not a map of names to counts, so it is not used."
    row.doubt("import.unknown-value", name, what, "Export again.", changes=False)
    return None


FORMATS = (
    Format(
        "chatgpt-usage",
        "ChatGPT workspace usage",
        _is_usage,
        _read_usage,
        replaces=("account", "person"),
        feed_rank=14,
    ),
    Format(
        "codex-usage",
        "Codex usage of a ChatGPT workspace",
        _is_codex,
        _read_usage,
        replaces=("account", "person"),
        feed_rank=15,
    ),
    Format("chatgpt-members", "ChatGPT workspace members", _is_members, _read_members, feed_rank=11),
    Format(
        "chatgpt-users",
        "ChatGPT user report download",
        lambda source: has_columns(source, _REPORT_COLUMNS),
        _read_report,
        feed_rank=10,
    ),
)
