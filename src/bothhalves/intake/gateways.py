"""What gateways and observers of calls have in common: vendors by provider or model, people, their estimates.

They see the calls that pass through them and no others. What they say that a call cost is an estimate of
their own: it is never an invoice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost, Usage
from bothhalves.intake import tabular
from bothhalves.intake.base import Sink
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import Digits, Fields
from bothhalves.intake.source import Source
from bothhalves.intake.tabular.documents import decode
from bothhalves.intake.vendors import vendor_of, vendor_of_model

UNKNOWN = "unknown"
_INSTANT = timedelta(microseconds=1)
_ANY = Where("")
#: Problems of many rows alike, by code; the number of rows goes into the braces.
_NOTES = {
    note.code: note
    for note in (
        Problem(
            "gateway.cache-unknown",
            _ANY,
            "{} rows from here on do not say what was cached: their prompts count as uncached.",
            "Import the vendor's own usage report, or an export of single calls.",
        ),
        Problem(
            "gateway.vendor-assumed",
            _ANY,
            "{} rows from here on name a model but no vendor; the vendor whose ids look so is taken.",
            "Import the vendor's own usage report if a cloud resold the model.",
            changes=False,
        ),
        Problem(
            "gateway.no-provider",
            _ANY,
            "{} rows from here on name no vendor, nor a model of a known one: their vendor is unknown.",
            "Log calls with the provider, or with the vendor's own id of the model.",
        ),
        Problem(
            "openrouter.own-keys",
            _ANY,
            "{} rows from here on hold calls that OpenRouter billed and calls with your own keys in one; all"
            " their tokens count as billed by OpenRouter.",
            "Import the download of single generations instead.",
        ),
    )
}


@dataclass(slots=True)
class Notes:
    """What weakens many rows of a file alike, told once each with the number of rows."""

    seen: dict[str, list[Where]] = field(default_factory=dict)

    def note(self, code: str, row: Fields) -> None:
        if row.sound:
            self.seen.setdefault(code, []).append(row.where)

    def report(self, sink: Sink) -> None:
        for code, places in self.seen.items():
            told = _NOTES[code]
            sink.problems.append(replace(told, where=places[0], what=told.what.format(len(places))))


def names(source: Source) -> frozenset[str]:
    """The names that a source has for its fields, in lower case: columns, or all of a JSON text's head."""
    found = outline(source).names if tabular.kind(source) == "json" else tabular.header(source)
    return frozenset(name.lower() for name in found)


def rows(source: Source, sink: Sink) -> Iterator[Fields]:
    """Every row of a table or of API answers, by lower-case name, numbered through the file.

    Answers hold their rows, or their one row, under ``data``; there may be several, in a list or one a line.
    The last one that speaks of a further page is a problem.
    """
    if tabular.kind(source) != "json":
        yield from tabular.fields(source, sink)
        return
    number, following = 0, False
    for document in documents(source, sink):
        for part in document.value if isinstance(document.value, list) else [document.value]:
            held = part.get("data", part) if isinstance(part, dict) else part
            if isinstance(part, dict) and held is not part:
                following = _more(part.get("meta"))
            for item in held if isinstance(held, list) and held is not part else [held]:
                number += 1
                yield from _row(item, Where(source.name, number), sink)
    if following:
        what, fix = "the last page says that there is more.", "Export the following pages too."
        sink.problem("import.more-pages", Where(source.name), what, fix)


def _row(item: object, where: Where, sink: Sink) -> Iterator[Fields]:
    if isinstance(item, dict):
        numbers = (Digits, int)
        values = {n.lower(): str(v) if type(v) in numbers else v for n, v in item.items()}
        yield Fields(values, where, sink, from_text=True)
    else:
        sink.problem("import.bad-field", where, "the row is not an object.", "Export again.")


def _more(meta: object) -> bool:
    """True if a page's ``meta`` has a cursor to the next, or a number below that of the last."""
    if not isinstance(meta, dict):
        return False
    page, last = meta.get("page"), meta.get("totalPages")
    return bool(meta.get("cursor")) or (type(page) is int and type(last) is int and page < last)


def with_objects(row: Fields, *within: str, needed: bool) -> Fields:
    """The row with the JSON text of the fields ``within`` read: tables hold objects so.

    Text that is not JSON makes the row unsound where it is ``needed``; else what it says is unknown.
    """
    values = dict(row.values)
    for name in within:
        text = values.get(name)
        if isinstance(text, str):
            try:
                values[name] = decode(text) if text.strip() else None
            except ValueError:
                values[name] = None
                _note_text(row, name, needed=needed)
    return replace(row, values=values)


def _note_text(row: Fields, name: str, *, needed: bool) -> None:
    if needed:
        row.bad(name, "is not JSON", "Export as JSON.")
    else:
        what = "is not JSON, so what it says is unknown."
        row.doubt("import.unknown-value", name, what, "Export as JSON.")


def vendor_and_model(row: Fields, provider: str, model: str, notes: Notes) -> tuple[str, str]:
    """The vendor of a call, by its provider, its model's prefix or its model's id, and the model's id."""
    prefix, slash, rest = model.partition("/")
    if slash and not provider and vendor_of(prefix):
        provider, model = prefix, rest
    elif slash and vendor_of(prefix) and vendor_of(prefix) == vendor_of(provider):
        model = rest
    vendor = vendor_of(provider) or provider.lower().replace(" ", "-")
    if vendor not in ("", "custom"):
        return vendor, model
    vendor = vendor_of_model(model)
    notes.note("gateway.vendor-assumed" if vendor else "gateway.no-provider", row)
    return vendor or UNKNOWN, model


def person(kind: str, user: str) -> str:
    """The identity of the ``user`` of a call; ``kind`` says whose user id it is unless it is an address."""
    if not user:
        return ""
    return f"email:{user.lower()}" if "@" in user else f"{kind}:{user}"


def keep(row: Fields, usage: Usage, amount: Decimal | None) -> None:
    """The usage and, where one is stated, the observer's estimate of its cost in dollars."""
    if amount is not None and amount < 0:
        row.bad("", "states a negative cost", "Export again.")
    row.keep(usage)
    if amount is not None:
        row.keep(estimate(usage, amount))


def estimate(usage: Usage, amount: Decimal) -> Cost:
    """What an observer says that ``usage`` cost, with the usage's id."""
    return Cost(
        usage.where,
        usage.time,
        usage.until or usage.time + _INSTANT,
        usage.vendor,
        amount,
        "USD",
        MoneyKind.ESTIMATED,
        key=usage.key,
        person=usage.person,
        model=usage.model,
        id=usage.id,
    )
