"""GitHub Copilot: the billing CSV, the seat list, and the daily metrics of each user.

Until June 2026 the billing unit was the premium request, since then the AI credit; the CSV names the unit in
every row. Its ``aic_*`` columns restate the same use in the other unit and are never counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Billing, Cost, Seat, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.periods import as_of
from bothhalves.intake.source import Source

VENDOR, PRODUCT = "github", "copilot"
BILLING_COLUMNS = frozenset(
    ("date", "username", "sku", "quantity", "unit_type", "gross_amount", "discount_amount", "net_amount")
)
#: The unit as the CSV writes it, and its meter.
METERS = {"requests": "premium-requests", "ai-credits": "ai-credits"}
#: The CSV's amounts come from binary floating point; a difference below this is noise of that.
_NOISE = Decimal("0.000001")
_DAY = timedelta(days=1)


def person_of(login: str) -> str:
    """The identity of a GitHub login; empty for none."""
    return f"login:{login.lower()}" if login else ""


def _is_billing(source: Source) -> bool:
    return {name.lower() for name in tabular.header(source)} >= BILLING_COLUMNS


def _read_billing(source: Source, sink: Sink) -> None:
    days = []
    for row in tabular.fields(source, sink):
        day = row.instant("date")
        cost = _billed(row, Span(day, day + _DAY))
        for used in list(_used(row, cost)):  # all of the row is read before any of it is kept
            row.keep(used)
        row.keep(cost)
        if row.sound:
            days.append(day)
    if days:
        sink.spans.append(Span(min(days), max(days) + _DAY))


def _billed(row: Fields, day: Span) -> Cost:
    gross, discount, net = (row.money(name) for name in ("gross_amount", "discount_amount", "net_amount"))
    if row.sound and abs(gross - discount - net) > _NOISE:
        what = "is not the gross amount less the discount; it is taken as it stands."
        row.doubt("copilot.amounts-differ", "net_amount", what, "Export the period again.")
    unit, quantity = row.text("unit_type"), row.decimal("quantity")
    if quantity is not None and quantity < 0:
        row.bad("quantity", "is negative", "Export the period again.")
    return Cost(
        row.where,
        day.start,
        day.until,
        VENDOR,
        net,
        "USD",
        MoneyKind.INVOICED,
        gross=gross,
        product=row.text("product").lower() or PRODUCT,
        account=row.text("organization"),
        person=person_of(row.text("username")),
        model=row.text("model"),
        meter=METERS.get(unit, unit),
        quantity=quantity,
        description=" ".join(filter(None, (row.text("sku"), row.text("model")))),
    )


def _used(row: Fields, cost: Cost) -> Iterator[Usage]:
    """The units that a billing row is for and, in newer files, the tokens that they paid for.

    The units are what is billed; their tokens are told apart from them, as paid for already.
    """
    included = Billing.INCLUDED if cost.gross else Billing.UNKNOWN
    units = Usage(
        row.where,
        cost.time,
        VENDOR,
        cost.model,
        until=cost.until,
        product=cost.product,
        account=cost.account,
        person=cost.person,
        workload=row.text("cost_center_name"),
        meter=cost.meter,
        quantity=cost.quantity,
        billing=Billing.METERED if cost.amount > 0 else included,
    )
    yield units
    tokens = replace(
        units,
        meter="",
        quantity=None,
        input_tokens=row.count("input"),
        cache_read_tokens=row.count("cache_read"),
        cache_write_tokens=row.count("cache_write"),
        output_tokens=row.count("output"),
        billing=Billing.INCLUDED,
    )
    if tokens.prompt_tokens or tokens.output_tokens:
        yield tokens


def _objects(source: Source, sink: Sink, held: str) -> Iterator[Fields]:
    """The objects in the lists called ``held``, or standing alone; each is numbered from 1 on."""
    number = 0
    for document in documents(source, sink):
        for part in document.value if isinstance(document.value, list) else [document.value]:
            listed = part.get(held) if isinstance(part, dict) else None
            for item in listed if isinstance(listed, list) else [part]:
                number += 1
                where = Where(source.name, number)
                if isinstance(item, dict):
                    yield Fields(item, where, sink)
                else:
                    sink.problem("import.bad-field", where, "the row is not an object.", "Export again.")


def _is_seats(source: Source) -> bool:
    return outline(source).has("assignee", "created_at", "last_activity_at")


def _read_seats(source: Source, sink: Sink) -> None:
    day = as_of(source, sink)
    if day is None:
        return
    found = 0
    for row in _objects(source, sink, "seats"):
        found += 1
        row.keep(_seat(row, day))
    _note_more_seats(source, sink, found)


def _seat(row: Fields, day: datetime) -> Seat:
    login = row.inner("assignee").text("login")
    if not login:
        row.bad("assignee.login", "is missing", "Export the seats again.")
    leaving = row.text("pending_cancellation_date")
    return Seat(
        row.where,
        day,
        VENDOR,
        PRODUCT,
        person_of(login),
        account=row.inner("organization").text("login"),
        seat_type=row.text("plan_type"),
        status=f"ends {leaving}" if leaving else "active",
        group=row.inner("assigning_team").text("name"),
        assigned=row.instant_or_none("created_at"),
        last_active=row.instant_or_none("last_activity_at"),
    )


def _note_more_seats(source: Source, sink: Sink, found: int) -> None:
    """The answer says how many seats there are in all; one page holds at most a hundred."""
    unheard = Sink()
    for document in documents(source, unheard):
        for page in document.value if isinstance(document.value, list) else [document.value]:
            told = page.get("total_seats") if isinstance(page, dict) else None
            if isinstance(told, int) and told > found:
                what = f"the answer speaks of {told} seats, but holds {found}."
                sink.problem("import.more-pages", Where(source.name), what, "Export the following pages too.")
                return


def _is_metrics(source: Source) -> bool:
    return outline(source).has("user_login", "day", "user_initiated_interaction_count")


def _read_metrics(source: Source, sink: Sink) -> None:
    seen: dict[tuple[str, str, datetime], list[Activity]] = {}
    for row in _objects(source, sink, "day_totals"):
        day = row.instant("day")
        person = person_of(row.text("user_login"))
        account = str(row.values.get("organization_id") or row.values.get("enterprise_id") or "")
        actions = list(_actions(row, Span(day, day + _DAY), person, account))
        if not row.sound:
            continue
        earlier = seen.setdefault((account, person, day), actions)
        if earlier is actions:
            sink.records.extend(actions)
        else:
            _note_repeat(row, differs=_counts(earlier) != _counts(actions))
    sink.spans.extend(Span(day, day + _DAY) for day in sorted({day for _, _, day in seen}))


def _counts(actions: list[Activity]) -> list[tuple[str, int | None]]:
    return [(action.kind, action.count) for action in actions]


def _note_repeat(row: Fields, *, differs: bool) -> None:
    what = "is there twice for this day; the first row counts."
    fix = "Keep one report per day." if not differs else "The two differ: export the day again."
    row.doubt("copilot.repeated-day", "user_login", what, fix, changes=differs)


def _actions(row: Fields, day: Span, person: str, account: str) -> Iterator[Activity]:
    """What the user did on the day; a use without a count has none."""
    if not person:
        row.bad("user_login", "is missing", "Export the report again.")
    counts = {
        "interactions": row.count("user_initiated_interaction_count"),
        "acceptances": row.count("code_acceptance_activity_count"),
    }
    told: list[tuple[str, int | None]] = [(kind, count) for kind, count in counts.items() if count]
    used = [name for name, value in row.values.items() if name.startswith("used_") and value is True]
    for kind, count in told or [("use", None)] * bool(used):
        yield Activity(
            row.where, day.start, day.until, VENDOR, PRODUCT, person, kind=kind, count=count, account=account
        )


FORMATS = (
    Format(
        "copilot-billing",
        "GitHub Copilot billing CSV",
        _is_billing,
        _read_billing,
        replaces=("account", "person"),
        feed_rank=20,
    ),
    Format("copilot-seats", "GitHub Copilot seats", _is_seats, _read_seats),
    Format(
        "copilot-user-metrics",
        "GitHub Copilot user metrics",
        _is_metrics,
        _read_metrics,
        replaces=("account", "person"),
        feed_rank=30,
    ),
)
