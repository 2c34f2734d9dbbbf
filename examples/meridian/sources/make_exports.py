"""Write people.yaml and every export in inbox/ of the invented company, the same each time.

PYTHONPATH=examples python examples/meridian/sources/make_exports.py
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

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
)
from vendor_exports import (
    ANALYTICS,
    DAY,
    MILLION,
    Row,
    active_month,
    between,
    bill,
    coding_days,
    csv_text,
    days_of,
    json_text,
    late,
    pages,
    people_text,
    prices,
    report,
    roster,
    shares,
    shuffled,
    traffic,
    write,
)

from bothhalves.core.dates import instant
from bothhalves.core.explain import Where
from bothhalves.core.prices import PriceBook
from bothhalves.core.rating import counted, rate
from bothhalves.core.terms import Usage

FOLDER = Path(__file__).parents[1]


class Member(NamedTuple):
    """Somebody who holds a seat."""

    name: str
    email: str
    group: str
    crowd: Crowd

    @property
    def seat(self) -> tuple[str, str, str]:
        return self.name, self.email, self.crowd.tier


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


def analytics(people: list[Member], month: str, draw: random.Random) -> Iterator[list[object]]:
    """What everybody did in a month."""
    yield list(ANALYTICS)
    for p in people:
        messages, sessions = (round(between(draw, *span)) for span in (p.crowd.messages, p.crowd.sessions))
        yield active_month(p.seat, month, messages, sessions, draw)


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
            "amount": {"value": str(late(line.amount.low, draw)), "currency": "usd"},
            "line_item": f"{row['model']}, {line.meter.replace('_', ' ')}",
            "project_id": row["project_id"],
        }
        for line in rate(counted(usage), book).lines
    ]


# -- files --------------------------------------------------------------------------------------------


def exports() -> Iterator[tuple[str, str]]:
    """The name and text of every file."""
    draw = random.Random(2214)
    book = prices((FOLDER / "books").glob("*.yaml"))
    people = members(draw)
    yield "people.yaml", people_text(f'{{names: ["{p.email}"], group: {p.group}}}' for p in people)
    yield f"inbox/members-{ORGANISATION}-2026-10-31.csv", csv_text(roster(p.seat for p in people))
    for month in MONTHS:
        first, last = days_of(month)[0], days_of(month)[-1]
        name = f"inbox/members-analytics-{ORGANISATION}-{first}-to-{last}.csv"
        yield name, csv_text(analytics(people, month, draw))
        often = [(p.email, p.crowd.sessions[1] / 100) for p in people]
        days = list(coding_days(month, often, ORGANISATION, draw))
        found = {"data": days, "has_more": False, "next_page": None}
        yield f"inbox/claude-code-{month}.json.gz", json_text(found)
    yield from _api_files(book, draw)


def _api_files(book: PriceBook, draw: random.Random) -> Iterator[tuple[str, str]]:
    usage = traffic(FLOWS, MONTHS, GROWTH, (KEY, WORKSPACE), draw)
    bills = {day: bill(rows, day, book, draw) for day, rows in usage.items()}
    yield "inbox/anthropic-usage.json.gz", report(usage)
    yield "inbox/anthropic-cost.json.gz", report(bills)
    other = other_usage(draw)
    charged = {day: other_bill(row, day, book, draw) for day, row in other.items()}
    yield "inbox/openai-usage.json.gz", pages(_other_bucket(d, [row]) for d, row in other.items())
    yield "inbox/openai-costs.json.gz", pages(_other_bucket(d, rows) for d, rows in charged.items())


def _other_bucket(day: date, rows: list[Row]) -> Row:
    start, end = (int(datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp()) for d in (day, day + DAY))
    return {"object": "bucket", "start_time": start, "end_time": end, "results": rows}


if __name__ == "__main__":
    write(FOLDER, exports())
