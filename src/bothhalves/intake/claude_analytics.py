"""Anthropic's analytics reports: usage and cost by person, product and model, and engagement of people.

Three answers share one row shape: the usage and cost analytics API (dimensions inside ``group``, money inside
``cost``), the Enterprise reports per user, and the Enterprise reports of the whole organisation. All cover
metered usage only: everything on usage-based plans, usage beyond the allowance on seat-based ones.
"""

from __future__ import annotations

from collections import Counter

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Identity, Usage
from bothhalves.intake.anthropic import METERS, VENDOR, conditions, cost_meter, report_span, tokens
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import Entry, entries
from bothhalves.intake.periods import period
from bothhalves.intake.source import Source

PRODUCT = "claude"
#: The organisation-wide reports stop at this many groups per bucket and add no remainder.
_TOP_GROUPS = 100
_TOKEN_FIELDS = {name.split(".")[0] for name in METERS}
_READ_FIELDS = _TOKEN_FIELDS | {"server_tool_use", "requests", "total_tokens"}
#: The documentation does not name the field of a summary's day.
_DAY_FIELDS = ("date", "starting_date", "starting_at")
#: What an engagement metric counts, in our words; metrics not named here are not activity of their own.
_KINDS = {
    "message_count": "messages",
    "distinct_conversation_count": "conversations",
    "distinct_session_count": "sessions",
    "commit_count": "commits",
    "pull_request_count": "pull_requests",
}


def slug(name: str) -> str:
    """A product's name in one spelling: ``Claude Code`` and ``claude_code`` are ``claude-code``."""
    return "-".join(name.lower().replace("_", " ").split())


def identified(row: Fields, email: str, user_id: str) -> str:
    """The person behind an e-mail address and a Claude user id, either of which may be missing."""
    by_id = f"anthropic-user:{user_id}" if user_id else ""
    by_email = f"email:{email}" if email else ""
    if by_id and by_email:
        row.keep(Identity(row.where, by_email, by_id))
    return by_email or by_id


def _read(source: Source, sink: Sink) -> None:
    found = entries(source, sink)
    unknown: set[str] = set()
    per_bucket: Counter[Span] = Counter()
    for entry in found:
        for row in entry.rows:
            span = report_span(row if row.has("starting_at") else entry.fields, sink)
            dimensions = row.inner("group") if row.has("group") else row
            if span and not _overlaps(dimensions):
                per_bucket[span] += 1
                _keep(row, dimensions, span, unknown)
    _note_unknown(unknown, source, sink)
    if "actor" not in outline(source).names and max(per_bucket.values(), default=0) >= _TOP_GROUPS:
        what = f"a bucket has {_TOP_GROUPS} groups, where this report stops: the smaller ones are missing."
        sink.problem("import.cut-off", Where(source.name), what, "Export with fewer dimensions or filters.")


def _overlaps(dimensions: Fields) -> bool:
    if dimensions.has("rbac_group_id"):
        what = "rows by RBAC group overlap, since a person may be in several"
        dimensions.bad("rbac_group_id", what, "Export without rbac_group_id in group_by[].")
    return not dimensions.sound


def _keep(row: Fields, dimensions: Fields, span: Span, unknown: set[str]) -> None:
    actor = dimensions.inner("actor")
    email = actor.email("email_address") or actor.email("email")
    person = identified(row, email, actor.text("user_id"))
    key = dimensions.text("api_key_id") or actor.text("service_account_id") or actor.text("api_key_id")
    if row.has("cost") or row.has("amount"):
        _keep_cost(row, dimensions, span, person, key)
    else:
        _keep_usage(row, dimensions, span, person, key, unknown)


def _keep_usage(
    row: Fields, dimensions: Fields, span: Span, person: str, key: str, unknown: set[str]
) -> None:
    counted = row.inner("usage") if row.has("usage") else row
    if not any(counted.has(name) for name in _TOKEN_FIELDS):
        row.bad("", "has none of the token counts that are documented", "Report the new shape.")
    if counted is not row:
        unknown.update(counted.values.keys() - _READ_FIELDS)
    row.keep(
        Usage(
            row.where,
            span.start,
            VENDOR,
            dimensions.text("model"),
            until=span.until,
            product=slug(dimensions.text("product")) or PRODUCT,
            account=dimensions.text("workspace_id"),
            key=key,
            person=person,
            requests=counted.count_or_none("requests"),
            session=dimensions.text("session_id"),
            billing=Billing.METERED,
            **tokens(counted),
            **conditions(dimensions),
        )
    )


def _keep_cost(row: Fields, dimensions: Fields, span: Span, person: str, key: str) -> None:
    stated = row.inner("cost") if row.has("cost") else row
    row.keep(
        Cost(
            row.where,
            span.start,
            span.until,
            VENDOR,
            stated.cents("amount", quoted=True),
            stated.currency("currency"),
            MoneyKind.INVOICED,
            gross=stated.cents("list_amount", quoted=True) if stated.has("list_amount") else None,
            product=slug(dimensions.text("product")) or PRODUCT,
            account=dimensions.text("workspace_id"),
            key=key,
            person=person,
            model=dimensions.text("model"),
            meter=cost_meter(dimensions),
        )
    )


def _note_unknown(unknown: set[str], source: Source, sink: Sink) -> None:
    if unknown:
        names = ", ".join(sorted(unknown))[:200]
        what = f"fields that are not documented were not read: {names}."
        sink.problem("import.unknown-field", Where(source.name), what, "Report them.", changes=False)


def _is_unified(source: Source) -> bool:
    told = outline(source)
    return told.has("group", "starting_at") and bool(told.names & {"cost", "usage", *_TOKEN_FIELDS})


def _is_user_report(source: Source) -> bool:
    told = outline(source)
    counted = {"list_amount", *_TOKEN_FIELDS}
    return told.has("actor", "starting_at") and "group" not in told.names and bool(told.names & counted)


def _is_organisation_report(source: Source) -> bool:
    told = outline(source)
    keys = {"api_key_id", "workspace_id", "service_account_id", "account_id"}
    if told.names & {"group", "actor"} or not told.has("starting_at"):
        return False
    return "list_amount" in told.names or ("uncached_input_tokens" in told.names and not told.names & keys)


def _is_engagement(source: Source) -> bool:
    told = outline(source)
    return "user" in told.names and bool(told.names & {"chat_metrics", "claude_code_metrics"})


def _read_engagement(source: Source, sink: Sink) -> None:
    span = period(source, sink)
    if span is None:
        return
    sink.spans.append(span)
    for entry in entries(source, sink):
        _keep_engagement(entry, span)


def _keep_engagement(entry: Entry, span: Span) -> None:
    row = entry.fields
    user = row.inner("user")
    person = identified(row, user.email("email_address"), user.text("id"))
    if not person:
        row.bad("user", "names nobody", "Export again.")
    counts = Counter[tuple[str, str]]()
    for name in sorted(row.values):
        if name.endswith("_metrics"):
            metrics = row.inner(name, apart=True)
            _count(metrics, slug(name.removesuffix("_metrics")), counts)
            _count(metrics.inner("core_metrics"), slug(name.removesuffix("_metrics")), counts)
    for (product, kind), count in counts.items():
        row.keep(Activity(row.where, span.start, span.until, VENDOR, product, person, kind, count))
    last = row.instant_or_none("last_activity_date")
    if last and last in span and not counts:
        row.keep(Activity(row.where, span.start, span.until, VENDOR, PRODUCT, person, "active"))


def _count(metrics: Fields, product: str, counts: Counter[tuple[str, str]]) -> None:
    for name, kind in _KINDS.items():
        if count := metrics.count(name):
            counts[product, kind] += count


def _is_summary(source: Source) -> bool:
    return outline(source).has("summaries", "assigned_seat_count")


def _read_summary(source: Source, sink: Sink) -> None:
    """Daily totals name nobody, so they become no records: they say how many seats a roster should have."""
    for entry in entries(source, sink):
        for day in entry.fields.items("summaries"):
            seats = day.count_or_none("assigned_seat_count")
            named = next((day.text(name) for name in _DAY_FIELDS if day.has(name)), "one day")
            if seats is not None and day.sound:
                what = f"{seats} seats were assigned on {named[:10]}."
                fix = "Compare with the members download of that day."
                day.doubt("import.seat-total", "assigned_seat_count", what, fix, changes=False)


_BY_ACTOR = ("account", "person", "key")
FORMATS = (
    Format(
        "anthropic-analytics",
        "Anthropic usage and cost analytics",
        _is_unified,
        _read,
        replaces=_BY_ACTOR,
        feed_rank=12,
    ),
    Format(
        "claude-user-reports",
        "Claude Enterprise user usage and cost reports",
        _is_user_report,
        _read,
        replaces=_BY_ACTOR,
        feed_rank=14,
    ),
    Format(
        "claude-organisation-reports",
        "Claude Enterprise organisation usage and cost reports",
        _is_organisation_report,
        _read,
        feed_rank=15,
    ),
    Format(
        "claude-engagement",
        "Claude Enterprise engagement of users",
        _is_engagement,
        _read_engagement,
        replaces=("account", "person"),
        feed_rank=14,
    ),
    Format("claude-summaries", "Claude Enterprise daily summaries", _is_summary, _read_summary),
)
