"""Vendors' exports as the scripts of the invented companies write them: members, activity, usage and bills.

    PYTHONPATH=examples python examples/meridian/sources/make_exports.py

A bill is the price of the same usage and a little more, as bills are: late usage and calls made in the
vendor's console are on no usage report. Every number drawn comes from the caller's ``random.Random``, so that
the same files are written each time.
"""

import csv
import gzip
import io
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bothhalves.core.dates import Month, instant
from bothhalves.core.explain import Where
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import counted, rate
from bothhalves.core.terms import Usage
from bothhalves.reading import price_book

Row = dict[str, Any]
MILLION = 1_000_000
DAY = timedelta(days=1)
#: By how much a line of a bill exceeds the usage report at most, in parts of ten thousand.
MOST_LATE = 70
TOKEN_TYPES = {
    "input_tokens": "uncached_input_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_5m_tokens": "cache_creation.ephemeral_5m_input_tokens",
    "cache_write_1h_tokens": "cache_creation.ephemeral_1h_input_tokens",
    "output_tokens": "output_tokens",
}
SHORT_PROMPTS, LONG_PROMPTS = "0-200k", "200k-1M"
MEMBERS = ("Name", "Email", "Role", "Status", "Seat Tier")
ANALYTICS = (
    "Name", "Email", "Role", "Seat Tier", "Last Active", "Days Active", "Chats", "Messages", "Pull Requests",
    "Code sessions", "Cowork Sessions", "Cowork Messages",
)  # fmt: skip


@dataclass(frozen=True)
class Flow:
    """A month's traffic of one key on one model, in millions of tokens, before growth.

    ``weekend`` is the share of a weekday's traffic that a day of the weekend has. ``us`` and ``long`` are
    the percentages that run in the United States, and on prompts of more than 200,000 tokens.
    """

    key: str
    workspace: str | None
    model: str
    fresh: int
    output: int
    read: int = 0
    write_5m: int = 0
    write_1h: int = 0
    searches: int = 0
    tier: str = "standard"
    weekend: float = 0.3
    us: int = 0
    long: int = 0


# -- drawing ------------------------------------------------------------------------------------------


def between(draw: random.Random, least: float, most: float) -> float:
    return least + (most - least) * draw.random()


def shuffled(draw: random.Random, items: list) -> list:
    return sorted(items, key=lambda _: draw.random())


def days_of(month: str) -> list[date]:
    first = Month.parse(month).first
    return [first + n * DAY for n in range(Month.parse(month).days)]


def shares(weekend: float, month: str, draw: random.Random) -> list[float]:
    """How the month's traffic lies on its days."""
    return [(weekend if d.weekday() > 4 else 1) * between(draw, 0.85, 1.15) for d in days_of(month)]


def late(amount: Decimal, draw: random.Random) -> Decimal:
    """``amount`` and the part of it that no usage report has, to a millionth."""
    factor = 1 + Decimal(int(draw.random() * MOST_LATE)) / 10_000
    return (amount * factor).quantize(Decimal("0.000001"))


# -- people -------------------------------------------------------------------------------------------


def roster(members: Iterable[tuple[str, str, str]]) -> Iterator[Sequence[str]]:
    """The member download: name, address and seat tier of each."""
    yield MEMBERS
    yield from ((name, email, "User", "Active", tier) for name, email, tier in members)


def active_month(
    who: tuple[str, str, str], month: str, messages: int, sessions: int, draw: random.Random
) -> list[object]:
    """What somebody did in a month; those who did nothing have a row too."""
    name, email, tier = who
    active = min(21, 1 + messages // 6 + sessions // 3) if messages else 0
    last = days_of(month)[-1 - round(between(draw, 0, 6))].isoformat() if messages else ""
    return [name, email, "User", tier, last, active, messages // 5, messages, sessions // 6, sessions, 0, 0]


def coding_days(
    month: str, people: Iterable[tuple[str, float]], organisation: str, draw: random.Random
) -> Iterator[Row]:
    """The coding tool's daily report of people by address, on working days only.

    A person's number is how much they do with it on a day, and below 1 also on what share of the days.
    """
    often = list(people)
    for day in days_of(month):
        for email, effort in often:
            if day.weekday() < 5 and draw.random() < effort:
                yield _coding_day(email, day, organisation, effort * between(draw, 0.4, 1.8), draw)


def _coding_day(email: str, day: date, organisation: str, effort: float, draw: random.Random) -> Row:
    models = {"claude-opus-4-8": (0.6, (5, 25, 0.5, 6.25)), "claude-sonnet-5": (1.0, (2, 10, 0.2, 2.5))}
    return {
        "date": f"{day}T00:00:00Z",
        "actor": {"type": "user_actor", "email_address": email},
        "organization_id": organisation,
        "customer_type": "subscription",
        "subscription_type": "enterprise",
        "is_remote": False,
        "terminal_type": "vscode",
        "core_metrics": {"num_sessions": 1 + int(4 * effort)},
        "model_breakdown": [
            _coding_model(model, effort * share * between(draw, 0.7, 1.3), prices)
            for model, (share, prices) in models.items()
        ],
    }


def _coding_model(model: str, effort: float, prices: tuple[float, ...]) -> Row:
    """Tokens and the tool's own estimate, in whole cents."""
    counts = [int(n * effort) for n in (90_000, 70_000, 9_000_000, 380_000)]
    cents = sum(n * price for n, price in zip(counts, prices, strict=True)) / MILLION * 100
    names = ("input", "output", "cache_read", "cache_creation")
    tokens = dict(zip(names, counts, strict=True))
    return {"model": model, "tokens": tokens, "estimated_cost": {"amount": round(cents), "currency": "USD"}}


# -- the API ------------------------------------------------------------------------------------------


def traffic(
    flows: Sequence[Flow], months: Sequence[str], growth: float, names: tuple[str, str], draw: random.Random
) -> dict[date, list[Row]]:
    """The rows of the usage report by day. ``names`` are what keys and workspaces begin with."""
    found: dict[date, list[Row]] = {}
    for number, month in enumerate(months):
        for flow in flows:
            weights = shares(flow.weekend, month, draw)
            for day, weight in zip(days_of(month), weights, strict=True):
                share = growth**number * weight / sum(weights)
                found.setdefault(day, []).extend(_rows(flow, names, share))
    return found


def _rows(flow: Flow, names: tuple[str, str], share: float) -> Iterator[Row]:
    """A day of one flow: the part in the United States and that of long prompts are rows of their own."""
    parts = [("us", SHORT_PROMPTS, flow.us), ("global", LONG_PROMPTS, flow.long)]
    parts.append(("global", SHORT_PROMPTS, 100 - flow.us - flow.long))
    for region, window, percent in parts:
        if percent:
            yield _row(flow, names, region, window, share * percent / 100)


def _row(flow: Flow, names: tuple[str, str], region: str, window: str, share: float) -> Row:
    def tokens(millions: int) -> int:
        return int(millions * MILLION * share)

    key, workspace = names
    return {
        "account_id": None,
        "api_key_id": key + flow.key,
        "service_account_id": None,
        "workspace_id": flow.workspace and workspace + flow.workspace,
        "model": flow.model,
        "service_tier": flow.tier,
        "context_window": window,
        "inference_geo": region,
        "uncached_input_tokens": tokens(flow.fresh),
        "cache_read_input_tokens": tokens(flow.read),
        "cache_creation": {
            "ephemeral_5m_input_tokens": tokens(flow.write_5m),
            "ephemeral_1h_input_tokens": tokens(flow.write_1h),
        },
        "output_tokens": tokens(flow.output),
        "server_tool_use": {"web_search_requests": int(flow.searches * share)},
    }


def bill(
    rows: list[Row], day: date, book: PriceBook, draw: random.Random, rates: Decimal = Decimal(1)
) -> list[Row]:
    """The cost report of one day, in cents: ``rates`` times what the rows cost at the book's prices, by
    workspace, model and kind of token."""
    return [
        {
            "amount": str(late(line.amount.low * 100 * rates, draw)),
            "currency": "USD",
            "cost_type": "tokens" if line.meter in TOKEN_TYPES else "web_search",
            "token_type": TOKEN_TYPES.get(line.meter),
            "model": row["model"],
            "service_tier": row["service_tier"],
            "context_window": row["context_window"],
            "inference_geo": row["inference_geo"],
            "description": f"{row['model']} Usage - {line.meter.replace('_', ' ').title()}",
            "workspace_id": row["workspace_id"],
        }
        for row in rows
        for line in rate(counted(_usage(row, day)), book).lines
    ]


def _usage(row: Row, day: date) -> Usage:
    written = row["cache_creation"]
    start = instant(day.isoformat())
    return Usage(
        Where("usage report"),
        start,
        "anthropic",
        row["model"],
        until=start + DAY,
        input_tokens=row["uncached_input_tokens"],
        cache_read_tokens=row["cache_read_input_tokens"],
        cache_write_5m_tokens=written["ephemeral_5m_input_tokens"],
        cache_write_1h_tokens=written["ephemeral_1h_input_tokens"],
        output_tokens=row["output_tokens"],
        web_searches=row["server_tool_use"]["web_search_requests"],
        tier=row["service_tier"],
        region=row["inference_geo"],
        prompt_band=(-1, 200_000) if row["context_window"] == SHORT_PROMPTS else (200_000, MILLION),
    )


# -- files --------------------------------------------------------------------------------------------


def prices(books: Iterable[Path] = ()) -> PriceBook:
    """List prices, and those of the company's own books."""
    book, problems = price_book(sorted(books))
    assert problems == []
    return book


def report(days: dict[date, list[Row]]) -> str:
    """A report of the vendor's by day, as one page."""
    return pages(
        {"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + DAY}T00:00:00Z", "results": rows}
        for day, rows in days.items()
    )


def pages(buckets: Iterable[Row]) -> str:
    return json_text({"object": "page", "data": list(buckets), "has_more": False, "next_page": None})


def json_text(value: object) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def people_text(lines: Iterable[str]) -> str:
    """people.yaml of invented people, of whom each has a line."""
    head = ["# Invented people. Made by sources/make_exports.py.", "people:"]
    return "\n".join([*head, *(f"  - {line}" for line in lines), ""])


def write(folder: Path, files: Iterable[tuple[str, str]]) -> None:
    """Every file by name and text; those whose names end in ``.gz`` are packed."""
    for name, text in files:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        content = text.encode()
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
