"""Perplexity: answers of the Sonar API with their usage, and the credits of Computer in an organisation.

Each answer states its own price, before any invoice, so it is an estimate; whoever captures answers sees
those that pass through. Reasoning of deep research stands beside the output, and is a meter of its own as
citations are: they count where the price has a part for them, or where the answer has no price. The size of
the search context, on which the price of a request depends, is told with the price. Both are read as
documented; not seen live. Credits name no people, and of the newest hours zero may mean that nothing has
arrived yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bothhalves.core.dates import Span
from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.documents import documents, outline
from bothhalves.intake.fields import Fields
from bothhalves.intake.pages import Entry, entries
from bothhalves.intake.source import Source

VENDOR = "perplexity"
API, COMPUTER = "perplexity-api", "perplexity"
_INSTANT = timedelta(microseconds=1)
#: Fields that only this vendor's usage has.
_OWN = {"search_context_size", "num_search_queries", "citation_tokens", "request_cost", "search_queries_cost"}
#: Counts that are charged in some models only: the field, the part of the price for it, and its meter.
_APART = (
    ("reasoning_tokens", "reasoning_tokens_cost", "output_reasoning_tokens"),
    ("citation_tokens", "citation_tokens_cost", "output_citation_tokens"),
)
_SEARCHES, _SEARCHES_COST = "num_search_queries", "search_queries_cost"
_PROMO = "promo"


def _is_answers(source: Source) -> bool:
    told = outline(source)
    return told.has("usage", "model", "created", "prompt_tokens") and bool(told.names & _OWN)


def _read_answers(source: Source, sink: Sink) -> None:
    for row in _answers(source, sink):
        usage = row.inner("usage")
        if not usage.values:
            row.bad("usage", "missing", "Keep the whole answer.")
        _keep_answer(row, usage, usage.inner("cost"))


def _answers(source: Source, sink: Sink) -> Iterator[Fields]:
    """Every answer; that of an asynchronous request lies inside the job's ``response``."""
    number = 0
    for document in documents(source, sink):
        for part in document.value if isinstance(document.value, list) else [document.value]:
            number += 1
            inside = part.get("response") if isinstance(part, dict) and "usage" not in part else part
            if isinstance(inside, dict):
                yield Fields(inside, Where(source.name, number), sink)
            else:
                where = Where(source.name, number)
                sink.problem("import.bad-field", where, "the row is not an answer.", "Export again.")


def _charged(cost: Fields, part: str) -> bool:
    """True if the price has ``part``, or if there is no price to say so."""
    return not cost.values or bool(cost.decimal(part))


def _keep_answer(row: Fields, usage: Fields, cost: Fields) -> None:
    time, model, identifier = row.unix("created"), row.text("model"), row.text("id")
    searches = usage.count(_SEARCHES) if _charged(cost, _SEARCHES_COST) else 0
    call = Usage(
        row.where,
        time,
        VENDOR,
        model,
        product=API,
        requests=1,
        input_tokens=usage.count("prompt_tokens"),
        output_tokens=usage.count("completion_tokens"),
        web_searches=searches,
        outcome="ok",
        billing=Billing.METERED,
        id=identifier,
    )
    told = [(usage.count(name), meter) for name, part, meter in _APART if _charged(cost, part)]
    bare = replace(call, requests=0, input_tokens=0, output_tokens=0, web_searches=0)
    apart = [
        replace(bare, meter=meter, quantity=Decimal(count), id=identifier and f"{identifier}:{meter}")
        for count, meter in told
        if count
    ]
    price = _price(row, usage, cost, call) if cost.values else None
    for used in (call, *apart):
        row.keep(used)
    if price:
        row.keep(price)


def _price(row: Fields, usage: Fields, cost: Fields, call: Usage) -> Cost:
    size = usage.text("search_context_size")
    return Cost(
        row.where,
        call.time,
        call.time + _INSTANT,
        VENDOR,
        cost.money("total_cost"),
        "USD",
        MoneyKind.ESTIMATED,
        product=API,
        model=call.model,
        description=f"search context {size}" if size else "",
        id=call.id,
    )


def _is_credits(source: Source) -> bool:
    told = outline(source)
    by_source = told.names & {"by_category", "by_categories"}
    credit = told.names & {"Credit Source"} or told.texts & {"Credit Source", "paid", _PROMO}
    return told.has("start_time", "end_time", "count") and bool(by_source and credit)


def _read_credits(source: Source, sink: Sink) -> None:
    empty: list[Entry] = []
    for entry in entries(source, sink):
        row = entry.fields
        start, until, count = row.unix("start_time"), row.unix("end_time"), row.count("count")
        if row.sound and start >= until:
            row.bad("", "ends before it starts", "Export again.")
        if not count:
            empty += [entry] if row.sound else []
            continue
        span = Span(start, until)
        _keep_credits(row, span, count)
        if row.sound:
            sink.spans.append(span)
    _note_empty(empty, sink)


def _keep_credits(row: Fields, span: Span, count: int) -> None:
    """Credits by their source; the parts need not add up to all of them, and what they leave out has none."""
    axes = row.inner("by_categories")
    parts = axes.items("Credit Source") if row.has("by_categories") else row.items("by_category")
    by_source = {part.text("category"): part.count("count") for part in parts}
    promo = by_source.get(_PROMO, 0)
    if row.sound and promo > count:
        row.bad("count", "is less than its promotional part", "Export again.")
    for billing, credits in ((Billing.UNKNOWN, count - promo), (Billing.INCLUDED, promo)):
        if credits > 0:
            row.keep(
                Usage(
                    row.where,
                    span.start,
                    VENDOR,
                    until=span.until,
                    product=COMPUTER,
                    meter="computer_credits",
                    quantity=Decimal(credits),
                    billing=billing,
                )
            )


def _note_empty(empty: list[Entry], sink: Sink) -> None:
    if empty:
        what = f"{len(empty)} periods from here on have no credits: none were used, or none have arrived yet."
        where = empty[0].fields.where
        sink.problem("perplexity.not-synced", where, what, "Export again after a day.", changes=False)


FORMATS = (
    Format(
        "perplexity-answers", "Perplexity API answers", _is_answers, _read_answers, dedupes=True, feed_rank=45
    ),
    Format("perplexity-computer", "Perplexity Computer credits", _is_credits, _read_credits, feed_rank=10),
)
