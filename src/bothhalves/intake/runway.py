"""Runway: credits of the API by model and day, and of the app by person, as its API answers.

Both are read as documented; not seen live. An answer about the API names neither keys nor people, and states
credits net of those given back: a day on which more came back than was used has no use to count. In the app's
list a refund is a row of its own; it is taken off the same person's use of the same tool on the same day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT
from bothhalves.core.terms import Billing, Usage
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import LARGEST_COUNT, Fields
from bothhalves.intake.source import Source

VENDOR, METER = "runway", "credits"
_DAY = timedelta(days=1)
_FIX = "What it is worth is on the invoice."


def _is_api(source: Source) -> bool:
    return outline(source).has("results", "usedCredits", "date")


def _read_api(source: Source, sink: Sink) -> None:
    number = 0
    for answer in _answers(source, sink):
        if not answer.has("results"):
            answer.bad("results", "missing", "Export again.")
        for result in answer.items("results"):
            day = result.instant("date")
            for used in result.items("usedCredits"):
                number += 1
                _keep_model(used, Where(source.name, number), day)
            span = Span(day, day + _DAY)
            if result.sound and span not in sink.spans:
                sink.spans.append(span)


def _answers(source: Source, sink: Sink) -> Iterator[Fields]:
    for document in documents(source, sink):
        for part in document.value if isinstance(document.value, list) else [document.value]:
            where = Where(source.name, document.line)
            if isinstance(part, dict):
                yield Fields(part, where, sink)
            else:
                sink.problem("import.bad-field", where, "the answer is not an object.", "Export again.")


def _keep_model(used: Fields, where: Where, day: datetime) -> None:
    amount = used.decimal("amount")
    if amount is None:
        used.bad("amount", "missing", "Export again.")
        return
    if used.sound and amount < 0:
        used.bad("amount", f"{amount}: more credits were given back than used", _FIX)
    credits = used.quantity("amount") if used.sound else None
    used.keep(
        Usage(
            where,
            day,
            VENDOR,
            used.text("model"),
            until=day + _DAY,
            product="api",
            meter=METER,
            quantity=credits,
            billing=Billing.METERED,
        )
    )


def _is_app(source: Source) -> bool:
    return outline(source).has("credits", "email", "tool", "timestamp", "workspaceId", "type")


def _read_app(source: Source, sink: Sink) -> None:
    """Charges less refunds, of every person, workspace, tool and day, at the row of the first."""
    net: dict[tuple[str, str, str, datetime], Decimal] = defaultdict(Decimal)
    first: dict[tuple[str, str, str, datetime], Fields] = {}
    for row in _generations(source, sink):
        day = row.instant("timestamp").replace(hour=0, minute=0, second=0, microsecond=0)
        place = row.email("email"), str(row.values.get("workspaceId") or ""), row.text("tool"), day
        credits = _signed(row)
        if row.sound:
            net[place] = EXACT.add(net[place], credits)
            first.setdefault(place, row)
    for place, credits in net.items():
        _keep_tool(first[place], *place, credits)
    sink.spans.extend(Span(day, day + _DAY) for day in sorted({day for *_, day in net}))


def _generations(source: Source, sink: Sink) -> Iterator[Fields]:
    """The rows of every answer, numbered through the file. A last answer that names another is a problem."""
    number, following = 0, False
    for answer in _answers(source, sink):
        following = answer.has("nextCursor")
        for row in answer.items("data") if answer.has("data") else [answer]:
            number += 1
            yield replace(row, where=Where(source.name, number))
    if following:
        what, fix = "the last answer says that there is another.", "Export the following pages too."
        sink.problem("import.more-pages", Where(source.name), what, fix)


def _signed(row: Fields) -> Decimal:
    """Credits of a row, negative for a refund whichever sign it has there."""
    credits = row.decimal("credits")
    if credits is None or abs(credits) > LARGEST_COUNT:
        row.bad("credits", "missing" if credits is None else "larger than any real quantity", "Export again.")
    return -abs(credits or Decimal(0)) if row.text("type") == "refund" else credits or Decimal(0)


def _keep_tool(row: Fields, email: str, workspace: str, tool: str, day: datetime, credits: Decimal) -> None:
    if credits < 0:
        row.bad("credits", f"{credits} that day: more were given back than used", _FIX)
    row.keep(
        Usage(
            row.where,
            day,
            VENDOR,
            until=day + _DAY,
            product=VENDOR,
            account=workspace,
            person=f"email:{email}" if email else "",
            meter=METER,
            quantity=credits,
            task_class=tool,
        )
    )


FORMATS = (
    Format("runway-usage", "Runway API credits", _is_api, _read_api, feed_rank=10),
    Format(
        "runway-app-usage",
        "Runway app credits by person",
        _is_app,
        _read_app,
        replaces=("account", "person"),
        feed_rank=10,
    ),
)
