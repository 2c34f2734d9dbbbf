"""Cursor's Admin API: usage events, spend of the running cycle, daily activity, members; and the events CSV.

Tokens do not overlap. Amounts are cents, with fractions; in the CSV dollars, rounded. Only events of the
kind ``Usage-based`` (``On-Demand`` in the CSV) are charged: amounts of all others are what a seat includes,
so they are notional. A charge is an estimate until the invoice states it, and the spend of a cycle is the
same money as its events. Events have no id: time to the millisecond, model and tokens make one, which names
nobody and is the same in the answer and in the CSV. The request units that older plans bill by are not read.
As documented, and the CSV as public examples show it; not seen live.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT, MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Identity, Seat, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import documents, has_columns, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.periods import as_of
from bothhalves.intake.source import Source

VENDOR = PRODUCT = "cursor"
#: The members' list has no seat type; these roles manage the team without a seat.
SEAT_TYPE, _SEATLESS = "Cursor", ("free-owner", "unpaid-admin")
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)
#: What a kind begins or ends with, once its words are joined, and who pays for it.
_CHARGED = ("usagebased", "ondemand")
_UNCHARGED = ("notcharged", "nocharge", "free")
_CSV = {"date", "model", "cache read", "output tokens", "input (w/o cache write)", "cost"}
#: What a person did, by the daily fields that count it.
_ACTIONS = {
    "interactions": ("composerRequests", "chatRequests", "agentRequests", "cmdkUsages"),
    "acceptances": ("totalAccepts", "totalTabsAccepted"),
    "lines_added": ("acceptedLinesAdded",),
    "lines_removed": ("acceptedLinesDeleted",),
}


class _Tokens(NamedTuple):
    fresh: int
    written: int
    read: int
    output: int


def _pages(source: Source, sink: Sink, held: str) -> Iterator[tuple[Fields, list[Fields]]]:
    """Every answer with the objects of its list ``held``, numbered through the file."""
    number = 0
    for document in documents(source, sink):
        for part in document.value if isinstance(document.value, list) else [document.value]:
            page = Fields(part if isinstance(part, dict) else {}, Where(source.name, number + 1), sink)
            if not isinstance(page.values.get(held), list):
                page.bad(held, "missing", "Export the whole answer.")
            found = []
            for item in page.items(held) if page.sound else ():
                number += 1
                found.append(replace(item, where=Where(source.name, number)))
            yield page, found


def _rows(source: Source, sink: Sink, held: str) -> Iterator[Fields]:
    """The objects of ``held`` in every answer. A last answer that speaks of another is a problem."""
    more = False
    for page, found in _pages(source, sink, held):
        pagination = page.values.get("pagination")
        more = isinstance(pagination, dict) and pagination.get("hasNextPage") is True
        yield from found
    if more:
        _note_more("the last page says that there is another", source, sink)


def _note_more(what: str, source: Source, sink: Sink) -> None:
    sink.problem("import.more-pages", Where(source.name), f"{what}.", "Export the following pages too.")


def _read_answers(source: Source, sink: Sink) -> None:
    for row in _rows(source, sink, "usageEvents"):
        used = row.inner("tokenUsage")
        tokens = _Tokens(
            used.count("inputTokens"),
            used.count("cacheWriteTokens"),
            used.count("cacheReadTokens"),
            used.count("outputTokens"),
        )
        time, email = row.unix("timestamp", per_second=1000), row.email("userEmail")
        event = _event(row, time, email, tokens, str(row.values.get("timestamp")))
        key = row.text("serviceAccountName") or row.text("serviceAccountId")
        billing = _billing(row, row.text("kind"), row.flag("isChargeable"))
        charged = row.cents("chargedCents") if row.has("chargedCents") else None
        event = replace(event, key=key, billing=billing, session=row.text("conversationId"))
        _keep(row, event, charged)


def _event(row: Fields, time: datetime, email: str, tokens: _Tokens, milliseconds: str) -> Usage:
    model = row.text("model")
    return Usage(
        row.where,
        time,
        VENDOR,
        model,
        product=PRODUCT,
        person=f"email:{email}" if email else "",
        requests=1,
        input_tokens=tokens.fresh,
        cache_write_tokens=tokens.written,
        cache_read_tokens=tokens.read,
        output_tokens=tokens.output,
        outcome="ok",
        id="|".join((milliseconds, model, *map(str, tokens))),
    )


def _billing(row: Fields, kind: str, chargeable: bool | None) -> Billing:
    """Who pays for an event of this kind: the seat pays for errors too, which cost nothing more."""
    joined = "".join(c for c in kind.lower() if c.isalpha()).removeprefix("usageeventkind")
    if joined.endswith(_UNCHARGED) or joined.startswith("included"):
        return Billing.INCLUDED
    if joined.startswith(_CHARGED):
        return Billing.METERED
    if chargeable is not None:
        return Billing.METERED if chargeable else Billing.INCLUDED
    what = f"{kind[:60]!r} does not say who pays for it; it counts as neither metered nor included."
    row.doubt("import.unknown-value", "kind", what, "Report the new value.")
    return Billing.UNKNOWN


def _keep(row: Fields, event: Usage, amount: Decimal | None) -> None:
    """The event, and what Cursor says that it cost."""
    joined = "".join(c for c in row.text("kind").lower() if c.isalpha())
    event = replace(event, outcome="failed" if joined.endswith(_UNCHARGED[:2]) else "ok")
    row.keep(event)
    if amount is not None:
        row.keep(
            Cost(
                row.where,
                event.time,
                event.time + _INSTANT,
                VENDOR,
                amount,
                "USD",
                MoneyKind.ESTIMATED if event.billing is Billing.METERED else MoneyKind.NOTIONAL,
                product=PRODUCT,
                key=event.key,
                person=event.person,
                model=event.model,
                id=event.id,
            )
        )


def _read_csv(source: Source, sink: Sink) -> None:
    for row in tabular.fields(source, sink):
        user, time = row.text("user"), row.instant("date")
        email = row.email("user") if "@" in user else ""
        event = _event(row, time, email, _csv_tokens(row), str((time - _EPOCH) // _MILLISECOND))
        cost, charged = _dollars(row, "cost"), _dollars(row, "cost to you")
        if row.has("kind"):
            billing = _billing(row, row.text("kind"), None)
        else:  # the oldest download says it with the amount that is left to pay
            billing = Billing.METERED if charged else Billing.INCLUDED
        amount = charged if charged and billing is Billing.METERED else cost
        _keep(row, replace(event, key="" if email else user, billing=billing), amount)


def _csv_tokens(row: Fields) -> _Tokens:
    """The four counts of a row: input with a cache write stands beside the rest, unless the total differs."""
    told = _Tokens(
        row.count("input (w/o cache write)"),
        row.count("input (w/ cache write)"),
        row.count("cache read"),
        row.count("output tokens"),
    )
    total = row.count_or_none("total tokens")
    if not row.sound or total in (None, sum(told)):
        return told
    within = told._replace(written=told.written - told.fresh)
    if within.written >= 0 and total == sum(within):
        return within
    what = f"{total} tokens are stated, but the parts add up to {sum(told)}; the parts are used."
    row.doubt("import.contradiction", "total tokens", what, "Export again.")
    return told


def _dollars(row: Fields, name: str) -> Decimal | None:
    """The amount of a cell; None for the words ``Included`` and ``Free`` and for a dash."""
    text = row.text(name).removeprefix("$")
    if text.lower() in ("", "-", "free", "included"):
        return None
    return replace(row, values={name: text}).decimal(name)


def _read_spend(source: Source, sink: Sink) -> None:
    day = as_of(source, sink)
    if day is None:
        return
    told, pages = 0, 0
    for page, members in _pages(source, sink, "teamMemberSpend"):
        told, pages = max(told, page.count("totalPages")), pages + 1
        if not page.sound:
            continue
        start = page.unix("subscriptionCycleStart", per_second=1000)
        span = Span(start, day + _DAY)
        if page.sound and span.start >= span.until:
            page.bad("subscriptionCycleStart", "after the day of the export", "Give --as-of 2026-09-30.")
        for row in members if page.sound else ():
            _keep_spend(row, span)
        if page.sound and span not in sink.spans:
            sink.spans.append(span)
    if told > pages:
        _note_more(f"the answer has {told} pages, but the file holds {pages}", source, sink)


def _keep_spend(row: Fields, span: Span) -> None:
    """What a member owes on demand so far and, where the answer has both, what the seat included."""
    person = _person(row, "userId")
    owed = row.cents("spendCents")
    base = Cost(
        row.where,
        span.start,
        span.until,
        VENDOR,
        owed,
        "USD",
        MoneyKind.ESTIMATED,
        product=PRODUCT,
        person=person,
        description="on demand",
    )
    overall = row.cents("overallSpendCents") if row.has("overallSpendCents") else owed
    included = EXACT.subtract(overall, owed)
    if row.sound and included < 0:
        row.bad("overallSpendCents", "is less than what is owed on demand", "Export again.")
    row.keep(base)
    if included:
        row.keep(replace(base, amount=included, kind=MoneyKind.NOTIONAL, description="included"))


def _person(row: Fields, name: str) -> str:
    """The member by address; the id in ``name``, a number or a text, is known as the same person's."""
    email, value = row.email("email"), row.values.get(name)
    user = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not email:
        row.bad("email", "missing", "Export again.")
    if user:
        row.keep(Identity(row.where, f"email:{email}", f"cursor-user:{user}"))
    return f"email:{email}"


def _read_daily(source: Source, sink: Sink) -> None:
    days = set()
    for row in _rows(source, sink, "data"):
        start = row.unix("date", per_second=1000)
        span, email = Span(start, start + _DAY), row.email("email")
        active = row.flag("isActive")
        if not email:
            row.bad("email", "missing", "Export again.")
        counts = {kind: sum(row.count(name) for name in told) for kind, told in _ACTIONS.items()}
        done: list[tuple[str, int | None]] = [(kind, count) for kind, count in counts.items() if count]
        if active is not False:
            for kind, count in done or [("use", None)] * bool(active):
                row.keep(
                    Activity(
                        row.where, span.start, span.until, VENDOR, PRODUCT, f"email:{email}", kind, count
                    )
                )
        if row.sound:
            days.add(span)
    sink.spans.extend(sorted(days))


def _read_members(source: Source, sink: Sink) -> None:
    day = as_of(source, sink)
    if day is None:
        return
    for row in _rows(source, sink, "teamMembers"):
        person, role = _person(row, "id"), row.text("role")
        if row.flag("isRemoved"):
            continue
        seat = "" if role.lower() in _SEATLESS else SEAT_TYPE
        row.keep(Seat(row.where, day, VENDOR, PRODUCT, person, "", seat, "active", role))


def _is_events(source: Source) -> bool:
    return _has(source, "usageEvents", "timestamp", "kind") or has_columns(source, _CSV)


def _read_events(source: Source, sink: Sink) -> None:
    """The answer and the CSV tell the same events, and so are one feed."""
    read = _read_answers if tabular.kind(source) == "json" else _read_csv
    read(source, sink)


def _has(source: Source, *names: str) -> bool:
    return outline(source).has(*names)


FORMATS = (
    Format("cursor-events", "Cursor usage events", _is_events, _read_events, dedupes=True, feed_rank=10),
    Format(
        "cursor-spend",
        "Cursor spend of the running cycle",
        lambda source: _has(source, "teamMemberSpend", "spendCents"),
        _read_spend,
        replaces=("account", "person"),
        feed_rank=12,
    ),
    Format(
        "cursor-daily",
        "Cursor daily activity",
        lambda source: _has(source, "data", "isActive", "agentRequests", "email"),
        _read_daily,
        replaces=("account", "person"),
        feed_rank=14,
    ),
    Format(
        "cursor-members",
        "Cursor team members",
        lambda source: _has(source, "teamMembers", "email", "role"),
        _read_members,
        feed_rank=10,
    ),
)
