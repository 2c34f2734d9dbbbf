"""Write people.yaml and every export in inbox/ of the invented company, the same each time.

    python examples/meridian/sources/make_exports.py

Vendors' own bills are the list or negotiated price of the same usage and a little more, as bills are: late
usage and calls made in the vendor's console are on no usage report.
"""

import csv
import gzip
import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from facts import (
    CROWDS,
    FIRST_NAMES,
    FLOWS,
    GROUPS,
    GROWTH,
    KEY,
    LAST_NAMES,
    MONTHS,
    ORGANISATION,
    OTHER,
    WORKSPACE,
    Crowd,
    Flow,
)

from bothhalves.core.dates import Month, instant
from bothhalves.core.explain import Where
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import counted, rate
from bothhalves.core.terms import Usage
from bothhalves.reading import price_book

Row = dict[str, Any]
HERE = Path(__file__).parent
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
ANALYTICS = (
    "Name", "Email", "Role", "Seat Tier", "Last Active", "Days Active", "Chats", "Messages", "Pull Requests",
    "Code sessions", "Cowork Sessions", "Cowork Messages",
)  # fmt: skip


class Member(NamedTuple):
    """Somebody who holds a seat."""

    name: str
    email: str
    group: str
    crowd: Crowd


def spread(total: float, weights: list[float]) -> list[int]:
    """``total`` in whole parts, in proportion to ``weights``."""
    return [int(total * weight / sum(weights)) for weight in weights]


def between(draw: random.Random, least: float, most: float) -> float:
    return least + (most - least) * draw.random()


def shuffled(draw: random.Random, items: list) -> list:
    return sorted(items, key=lambda _: draw.random())


def days_of(month: str) -> list[date]:
    first = Month.parse(month).first
    return [first + n * DAY for n in range(Month.parse(month).days)]


# -- people -------------------------------------------------------------------------------------------


def members(draw: random.Random) -> list[Member]:
    """Everybody, in the order of their names; crowds that are tied to groups are seated first."""
    names = shuffled(draw, [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES])
    free = shuffled(draw, [group for group, size in GROUPS.items() for _ in range(size)])
    found = []
    for crowd in sorted(CROWDS, key=lambda c: not c.groups):
        for _ in range(crowd.people):
            group = next(g for g in free if g in crowd.groups or not crowd.groups)
            free.remove(group)
            name = names.pop()
            found.append(Member(name, f"{name.lower().replace(' ', '.')}@example.com", group, crowd))
    return sorted(found)


def roster(people: list[Member]) -> Iterator[list[str]]:
    yield ["Name", "Email", "Role", "Status", "Seat Tier"]
    yield from ([p.name, p.email, "User", "Active", p.crowd.tier] for p in people)


def analytics(people: list[Member], month: str, draw: random.Random) -> Iterator[list[object]]:
    """What everybody did in a month; those who did nothing have a row too."""
    yield list(ANALYTICS)
    for p in people:
        messages, sessions = (round(between(draw, *span)) for span in (p.crowd.messages, p.crowd.sessions))
        active = min(21, 1 + messages // 6 + sessions // 3) if messages else 0
        last = days_of(month)[-1 - round(between(draw, 0, 6))].isoformat() if messages else ""
        counts = (messages // 5, messages, sessions // 6, sessions, 0, 0)
        yield [p.name, p.email, "User", p.crowd.tier, last, active, *counts]


def coding(people: list[Member], month: str, draw: random.Random) -> Iterator[Row]:
    """The coding tool's daily report of everybody who has sessions, on working days only."""
    for day in days_of(month):
        for p in people:
            often = p.crowd.sessions[1] / 100
            if day.weekday() < 5 and draw.random() < often:
                yield _coding_day(p, day, often * between(draw, 0.4, 1.8), draw)


def _coding_day(p: Member, day: date, effort: float, draw: random.Random) -> Row:
    models = {"claude-opus-4-8": (0.6, (5, 25, 0.5, 6.25)), "claude-sonnet-5": (1.0, (2, 10, 0.2, 2.5))}
    return {
        "date": f"{day}T00:00:00Z",
        "actor": {"type": "user_actor", "email_address": p.email},
        "organization_id": ORGANISATION,
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


def shares(weekend: float, month: str, draw: random.Random) -> list[float]:
    """How the month's traffic lies on its days."""
    return [(weekend if d.weekday() > 4 else 1) * between(draw, 0.85, 1.15) for d in days_of(month)]


def traffic(draw: random.Random) -> dict[date, list[Row]]:
    """The rows of the usage report by day."""
    found: dict[date, list[Row]] = {}
    for number, month in enumerate(MONTHS):
        for flow in FLOWS:
            weights = shares(flow.weekend, month, draw)
            for day, weight in zip(days_of(month), weights, strict=True):
                found.setdefault(day, []).extend(_rows(flow, GROWTH**number * weight / sum(weights)))
    return found


def _rows(flow: Flow, share: float) -> Iterator[Row]:
    """A day of one flow: the part in the United States and that of long prompts are rows of their own."""
    parts = [("us", SHORT_PROMPTS, flow.us), ("global", LONG_PROMPTS, flow.long)]
    parts.append(("global", SHORT_PROMPTS, 100 - flow.us - flow.long))
    for region, window, percent in parts:
        if percent:
            yield _row(flow, region, window, share * percent / 100)


def _row(flow: Flow, region: str, window: str, share: float) -> Row:
    def tokens(millions: int) -> int:
        return int(millions * MILLION * share)

    return {
        "account_id": None,
        "api_key_id": KEY + flow.key,
        "service_account_id": None,
        "workspace_id": flow.workspace and WORKSPACE + flow.workspace,
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


def bill(rows: list[Row], day: date, book: PriceBook, draw: random.Random) -> list[Row]:
    """The cost report of one day, in cents: what the rows cost, by workspace, model and kind of token."""
    return [
        {
            "amount": str(_late(line.amount.low * 100, draw)),
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


def _late(amount: Decimal, draw: random.Random) -> Decimal:
    """``amount`` and the part of it that no usage report has, to a millionth."""
    factor = 1 + Decimal(int(draw.random() * MOST_LATE)) / 10_000
    return (amount * factor).quantize(Decimal("0.000001"))


# -- the other vendor ---------------------------------------------------------------------------------


def other_usage(draw: random.Random) -> dict[date, Row]:
    """The other vendor's usage by day: one project, one key, one model."""
    found = {}
    for number, month in enumerate(MONTHS):
        weights = shares(0.5, month, draw)
        for day, weight in zip(days_of(month), weights, strict=True):
            share = GROWTH**number * weight / sum(weights)
            counts = (OTHER.prompt, OTHER.cached, OTHER.output)
            prompt, cached, output = (int(n * MILLION * share) for n in counts)
            found[day] = {
                "object": "organization.usage.completions.result",
                "input_tokens": prompt,
                "input_cached_tokens": cached,
                "input_uncached_tokens": prompt - cached,
                "output_tokens": output,
                "num_model_requests": int(OTHER.requests * share),
                "project_id": OTHER.project,
                "api_key_id": OTHER.key,
                "model": OTHER.model,
                "batch": False,
                "service_tier": "default",
            }
    return found


def other_bill(row: Row, day: date, book: PriceBook, draw: random.Random) -> list[Row]:
    start = instant(day.isoformat())
    usage = Usage(
        Where("usage"), start, "openai", row["model"], until=start + DAY, requests=row["num_model_requests"],
        input_tokens=row["input_uncached_tokens"], cache_read_tokens=row["input_cached_tokens"],
        output_tokens=row["output_tokens"],
    )  # fmt: skip
    return [
        {
            "object": "organization.costs.result",
            "amount": {"value": str(_late(line.amount.low, draw)), "currency": "usd"},
            "line_item": f"{row['model']}, {line.meter.replace('_', ' ')}",
            "project_id": row["project_id"],
        }
        for line in rate(counted(usage), book).lines
    ]


# -- files --------------------------------------------------------------------------------------------


def exports() -> Iterator[tuple[str, str]]:
    """The name and text of every file, the names of large ones ending in ``.gz``."""
    draw = random.Random(2214)
    book, problems = price_book(sorted((HERE.parent / "books").glob("*.yaml")))
    assert problems == []
    people = members(draw)
    yield "people.yaml", _people(people)
    yield f"inbox/members-{ORGANISATION}-2026-10-31.csv", _csv(roster(people))
    for month in MONTHS:
        first, last = days_of(month)[0], days_of(month)[-1]
        name = f"inbox/members-analytics-{ORGANISATION}-{first}-to-{last}.csv"
        yield name, _csv(analytics(people, month, draw))
        report = {"data": list(coding(people, month, draw)), "has_more": False, "next_page": None}
        yield f"inbox/claude-code-{month}.json.gz", _json(report)
    yield from _api_files(book, draw)


def _api_files(book: PriceBook, draw: random.Random) -> Iterator[tuple[str, str]]:
    usage = traffic(draw)
    bills = {day: bill(rows, day, book, draw) for day, rows in usage.items()}
    yield "inbox/anthropic-usage.json.gz", _pages(_bucket(d, rows) for d, rows in usage.items())
    yield "inbox/anthropic-cost.json.gz", _pages(_bucket(d, rows) for d, rows in bills.items())
    other = other_usage(draw)
    charged = {day: other_bill(row, day, book, draw) for day, row in other.items()}
    yield "inbox/openai-usage.json.gz", _pages(_other_bucket(d, [row]) for d, row in other.items())
    yield "inbox/openai-costs.json.gz", _pages(_other_bucket(d, rows) for d, rows in charged.items())


def _pages(buckets: Iterator[Row]) -> str:
    return _json({"object": "page", "data": list(buckets), "has_more": False, "next_page": None})


def _bucket(day: date, rows: list[Row]) -> Row:
    return {"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day + DAY}T00:00:00Z", "results": rows}


def _other_bucket(day: date, rows: list[Row]) -> Row:
    start, end = (int(datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp()) for d in (day, day + DAY))
    return {"object": "bucket", "start_time": start, "end_time": end, "results": rows}


def _people(people: list[Member]) -> str:
    lines = [f'  - {{names: ["{p.email}"], group: {p.group}}}' for p in people]
    return "\n".join(["# Invented people. Made by sources/make_exports.py.", "people:", *lines, ""])


def _csv(rows: Iterator[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def main() -> None:
    for name, text in exports():
        path = HERE.parent / name
        content = text.encode()
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


if __name__ == "__main__":
    main()
