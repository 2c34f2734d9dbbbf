"""Claude Code's own telemetry: an event for every call, and counters of tokens, cost and sessions.

Events and counters tell the same calls. An event has the id of its request, so the same call is counted once
wherever it is told again. The cost is the tool's estimate at list price, never a bill. Who pays is not said:
a call without any account was made with a key of the Claude API or of a cloud, so it is metered; for all
others ``company.yaml`` says it. Cache writes come as one number, without their lifetime.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT, MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Identity, Usage
from bothhalves.intake import otlp
from bothhalves.intake.anthropic import PRODUCT as API
from bothhalves.intake.anthropic import VENDOR
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.claude_code import PRODUCT
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source

_EVENT = "api_request"
_TOKENS, _COST = "claude_code.token.usage", "claude_code.cost.usage"
#: Counters of what people do, and our words for it.
_ACTIONS = {
    "claude_code.session.count": "sessions",
    "claude_code.commit.count": "commits",
    "claude_code.pull_request.count": "pull_requests",
}
_METERS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cacheRead": "cache_read_tokens",
    "cacheCreation": "cache_write_tokens",
}
#: Clouds that a model is called through, by the way they write its id: vendor and product.
_HOSTS = (
    (re.compile(r"(?:[a-z-]+\.)?anthropic\.|arn:[^:]*:bedrock:"), ("aws", "bedrock")),
    (re.compile(r"claude-[^@]+@"), ("google", "vertex-ai")),
)
_SPEEDS = {"": "standard", "normal": "standard"}
#: What an organisation says of its cost centres in the resource, the most telling first.
_CENTRES = ("cost_center", "team.id", "department")
#: Counters of earlier versions counted an answer in several parts several times.
_SOUND_SINCE = (2, 1, 214)
_MICRO = Decimal("0.000001")


class _Of(NamedTuple):
    """Whose work it is, and who pays."""

    vendor: str
    product: str
    account: str
    person: str
    workload: str
    billing: Billing


@dataclass(slots=True)
class _People:
    """States every pair of names once, however many events repeat it."""

    sink: Sink
    known: set[tuple[str, str]] = field(default_factory=set)

    def of(self, row: Fields) -> str:
        """The person of an event or counter: by address, account or, with a key, the installation."""
        email, user = row.email("user.email"), row.text("user.account_id")
        names = [f"email:{email}" if email else "", f"anthropic-user:{user}" if user else ""]
        if uuid := row.text("user.account_uuid"):
            names.append(f"anthropic-account:{uuid}")
        told = [name for name in names if name]
        for other in told[1:]:
            if row.sound and (told[0], other) not in self.known:
                self.known.add((told[0], other))
                row.keep(Identity(row.where, told[0], other))
        install = row.text("user.id")
        return told[0] if told else f"claude-code-install:{install}" if install else ""


def _of(row: Fields, people: _People) -> _Of:
    person, model = people.of(row), row.text("model")
    centre = next((row.text(name) for name in _CENTRES if row.has(name)), "")
    if any(row.has(name) for name in ("user.email", "user.account_id", "user.account_uuid")):
        return _Of(VENDOR, PRODUCT, row.text("organization.id"), person, centre, Billing.UNKNOWN)
    vendor, product = next((host for ids, host in _HOSTS if ids.match(model)), (VENDOR, API))
    return _Of(vendor, product, "", person, centre or PRODUCT, Billing.METERED)


def _names(source: Source) -> frozenset[str]:
    return outline(source).names | outline(source).texts


def _is_events(source: Source) -> bool:
    told = _names(source)
    from_tool = any(name.startswith(("claude_code.", "com.anthropic.claude_code")) for name in told)
    plain = {"event.name", "session.id"} <= told and bool({"request_id", "cost_usd"} & told)
    return (otlp.holds(source, otlp.LOGS) and from_tool) or (plain and not _is_otlp(source))


def _is_otlp(source: Source) -> bool:
    return any(otlp.holds(source, signal) for signal in (otlp.LOGS, otlp.METRICS, otlp.SPANS))


def _is_metrics(source: Source) -> bool:
    counters = {_TOKENS, _COST, *_ACTIONS}
    return otlp.holds(source, otlp.METRICS) and bool(counters & _names(source)) and not _is_events(source)


def _read_events(source: Source, sink: Sink) -> None:
    people = _People(sink)
    for row in _events(source, sink):
        name = row.text("event.name").removeprefix("claude_code.")
        if name == _EVENT:
            _keep_event(row, _of(row, people))


def _events(source: Source, sink: Sink) -> Iterator[Fields]:
    """Every event with its attributes; a file may also hold them alone, one object per line."""
    if not _is_otlp(source):
        for document in documents(source, sink):
            values = document.value if isinstance(document.value, dict) else {}
            yield Fields(values, Where(source.name, document.line), sink, from_text=True)
        return
    for item in otlp.items(source, sink, otlp.LOGS):
        record = item.fields
        body = record.inner("body").values.get("stringValue")
        names = (record.values.get("eventName"), body)
        said = next((n for n in names if isinstance(n, str) and n.startswith("claude_code.")), "")
        row = otlp.about(
            item, record, {} if "event.name" in otlp.attributes(record) else {"event.name": said}
        )
        if row.text("event.name").removeprefix("claude_code.") == _EVENT and not row.has("event.timestamp"):
            time = otlp.moment(record, "timeUnixNano") or otlp.moment(record, "observedTimeUnixNano")
            row = replace(row, values={**row.values, "event.timestamp": time.isoformat() if time else None})
        if record.sound:
            yield row


def _keep_event(row: Fields, of: _Of) -> None:
    time, model = row.instant("event.timestamp"), row.text("model")
    session = row.text("session.id")
    speed = row.text("speed")
    call = Usage(
        row.where,
        time,
        of.vendor,
        model,
        product=of.product,
        account=of.account,
        person=of.person,
        workload=of.workload,
        requests=1,
        input_tokens=row.count("input_tokens"),
        cache_read_tokens=row.count("cache_read_tokens"),
        cache_write_tokens=row.count("cache_creation_tokens"),
        output_tokens=row.count("output_tokens"),
        speed=_SPEEDS.get(speed, speed),
        session=session,
        billing=of.billing,
        id=row.text("request_id") or _stand_in(row, session),
    )
    spent = _spent(row)
    row.keep(call)
    if spent is not None:
        _keep_cost(row, of, Span(time, time + otlp.INSTANT), spent, call.id)


def _stand_in(row: Fields, session: str) -> str:
    """What tells a call without a request id from others: its place in the session, else all it says."""
    sequence = row.count_or_none("event.sequence")
    if session and sequence is not None:
        return f"{session}:{sequence}"
    told = json.dumps({name: str(value) for name, value in row.values.items()}, sort_keys=True)
    return f"event:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _spent(row: Fields) -> Decimal | None:
    micros = row.quantity("cost_usd_micros")
    return row.quantity("cost_usd") if micros is None else EXACT.multiply(micros, _MICRO)


def _keep_cost(row: Fields, of: _Of, span: Span, amount: Decimal, told: str) -> None:
    row.keep(
        Cost(
            row.where,
            span.start,
            span.until,
            of.vendor,
            amount,
            "USD",
            MoneyKind.ESTIMATED,
            product=of.product,
            account=of.account,
            person=of.person,
            model=row.text("model"),
            id=told,
        )
    )


def _read_metrics(source: Source, sink: Sink) -> None:
    people, old = _People(sink), 0
    calls: dict[tuple[str, Span], list[otlp.Amount]] = defaultdict(list)
    for amount in otlp.amounts(source, sink, frozenset((_TOKENS, _COST, *_ACTIONS))):
        row = amount.about
        if amount.metric == _TOKENS:
            calls[otlp.apart_from(row, "type"), amount.span].append(amount)
            old += _is_old(row)
        elif amount.metric == _COST:
            _keep_cost(row, _of(row, people), amount.span, amount.value, amount.id)
        else:
            _keep_action(amount, _of(row, people))
    for parts in calls.values():
        _keep_tokens(parts, people)
    if old:
        what = f"{old} points come from Claude Code before {'.'.join(map(str, _SOUND_SINCE))}, which counted"
        fix = "Import the events of these weeks, or the vendor's report; update Claude Code."
        sink.problem("telemetry.inflated", Where(source.name), f"{what} some answers more than once.", fix)


def _is_old(row: Fields) -> bool:
    said = row.values.get("app.version") or row.values.get("service.version")
    match = re.match(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", said if isinstance(said, str) else "")
    return match is not None and tuple(map(int, match.groups())) < _SOUND_SINCE


def _keep_tokens(parts: list[otlp.Amount], people: _People) -> None:
    """The token kinds that were counted of the same calls, as one record."""
    counts = dict.fromkeys(_METERS.values(), 0)
    good: list[otlp.Amount] = []
    for part in parts:
        kind = part.about.text("type")
        if kind not in _METERS:
            part.about.bad("type", f"{kind[:40]!r} is no kind of token that is documented", "Report it.")
        elif (count := otlp.whole_value(part)) is not None:
            counts[_METERS[kind]] += count
            good.append(part)
    if not good:
        return
    first = good[0]
    row, of = first.about, _of(first.about, people)
    speed = row.text("speed")
    row.keep(
        Usage(
            row.where,
            first.span.start,
            of.vendor,
            row.text("model"),
            until=first.span.until,
            product=of.product,
            account=of.account,
            person=of.person,
            workload=of.workload,
            speed=_SPEEDS.get(speed, speed),
            session=row.text("session.id"),
            billing=of.billing,
            id=min(part.id for part in good),
            **counts,  # type: ignore[arg-type]
        )
    )


def _keep_action(amount: otlp.Amount, of: _Of) -> None:
    row = amount.about
    count = otlp.whole_value(amount) if of.person else None
    if count:
        span, kind = amount.span, _ACTIONS[amount.metric]
        row.keep(
            Activity(row.where, span.start, span.until, VENDOR, PRODUCT, of.person, kind, count, of.account)
        )


#: Logs of people's machines have the same rank; of equals the name decides: events, counters, transcripts.
_RANK = 40
FORMATS = (
    Format(
        "claude-code-events",
        "Claude Code telemetry: events",
        _is_events,
        _read_events,
        replaces=("account", "person"),
        dedupes=True,
        feed_rank=_RANK,
    ),
    Format(
        "claude-code-metrics",
        "Claude Code telemetry: counters",
        _is_metrics,
        _read_metrics,
        replaces=("account", "person"),
        dedupes=True,
        feed_rank=_RANK,
    ),
)
