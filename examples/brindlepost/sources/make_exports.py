"""Write people.yaml and every export in inbox/ of the invented parcel company, the same each time.

PYTHONPATH=examples python examples/brindlepost/sources/make_exports.py
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from facts import (
    FLOWS,
    GROWTH,
    HOURS,
    JOINED,
    KEY,
    LUCKY,
    MONTHS,
    ORGANISATION,
    PEOPLE,
    REGIONS,
    ROSTERS,
    SESSIONS,
    TERMS_KEY,
    TERMS_MODEL,
    WORKSPACE,
)
from vendor_exports import (
    ANALYTICS,
    SHORT_PROMPTS,
    Row,
    active_month,
    between,
    bill,
    coding_days,
    csv_text,
    days_of,
    json_text,
    people_text,
    prices,
    report,
    roster,
    traffic,
    write,
)

FOLDER = Path(__file__).parents[1]
#: What the contract leaves of list prices.
RATES = Decimal("0.88")
LOG = (
    "time", "vendor", "model", "account", "key", "requests", "input_tokens", "cache_read_tokens",
    "cache_write_5m_tokens", "output_tokens", "prefix", "prefix_tokens", "billing",
)  # fmt: skip


class Request(NamedTuple):
    """A request of the carrier-terms assistant. ``head`` is the reusable part of its prompt."""

    time: datetime
    region: str
    fresh: int
    read: int
    written: int
    output: int

    @property
    def head(self) -> int:
        return self.read + self.written


# -- people -------------------------------------------------------------------------------------------


def seats() -> list[tuple[str, str, str]]:
    return [(name, _email(name), tier) for name, _, tier, _, _ in PEOPLE]


def is_there(name: str, month: str) -> bool:
    """True if somebody has a seat by the end of the month."""
    return month >= JOINED.get(name, "")


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@example.com"


def analytics(month: str, draw: random.Random) -> Iterator[list[object]]:
    yield list(ANALYTICS)
    for who, (name, _, _, messages, coding) in zip(seats(), PEOPLE, strict=True):
        if not is_there(name, month):
            continue
        sessions = round(30 * coding * between(draw, 0.8, 1.2))
        yield active_month(who, month, round(between(draw, *messages)), sessions, draw)


# -- the assistant that keeps its own log -------------------------------------------------------------


def requests_of(day: date, draw: random.Random) -> list[Request]:
    """A working day's requests: sessions of a few questions about one region, some minutes apart."""
    found = []
    for _ in range(SESSIONS if day.weekday() < 5 else 0):
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=between(draw, *HOURS))
        region = draw.choice(sorted(REGIONS))
        for _ in range(draw.randint(2, 8)):
            moment += timedelta(seconds=round(between(draw, 40, 420)))
            found.append(_request(moment.replace(microsecond=0), region, draw))
    return sorted(found)


def _request(moment: datetime, region: str, draw: random.Random) -> Request:
    fresh, output = int(between(draw, 700, 4_200)), int(between(draw, 250, 1_100))
    head, lucky = REGIONS[region], draw.random() < LUCKY
    return Request(moment, region, fresh, head if lucky else 0, 0 if lucky else head, output)


def log(days: dict[date, list[Request]]) -> Iterator[list[object]]:
    """The log, request by request: ``prefix`` names the reusable part, which is of a region and a month."""
    yield list(LOG)
    for day, requests in days.items():
        for r in requests:
            names = (f"{r.time:%Y-%m-%dT%H:%M:%SZ}", "anthropic", TERMS_MODEL, WORKSPACE + "Terms", TERMS_KEY)
            counts = (1, r.fresh, r.read, r.written, r.output)
            yield [*names, *counts, f"terms-{r.region}-{day:%Y-%m}", r.head, "metered"]


def as_reported(requests: list[Request]) -> Row:
    """A day of it as the usage report would tell it, so that it can be billed."""
    fresh, read, written, output = (sum(r[n] for r in requests) for n in range(2, 6))
    return {
        "workspace_id": WORKSPACE + "Terms",
        "model": TERMS_MODEL,
        "service_tier": "standard",
        "context_window": SHORT_PROMPTS,
        "inference_geo": "global",
        "uncached_input_tokens": fresh,
        "cache_read_input_tokens": read,
        "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output,
        "server_tool_use": {"web_search_requests": 0},
    }


# -- files --------------------------------------------------------------------------------------------


def exports() -> Iterator[tuple[str, str]]:
    """The name and text of every file."""
    draw = random.Random(1409)
    yield "people.yaml", people_text(f'{{names: ["{_email(n)}"], group: {g}}}' for n, g, *_ in PEOPLE)
    for day in ROSTERS:
        yield (
            f"inbox/members-{ORGANISATION}-{day}.csv",
            csv_text(roster(s for s in seats() if is_there(s[0], day[:7]))),
        )
    for month in MONTHS:
        first, last = days_of(month)[0], days_of(month)[-1]
        name = f"inbox/members-analytics-{ORGANISATION}-{first}-to-{last}.csv"
        yield name, csv_text(analytics(month, draw))
        often = [(_email(name), coding) for name, _, _, _, coding in PEOPLE if coding]
        days = list(coding_days(month, often, ORGANISATION, draw))
        found = {"data": days, "has_more": False, "next_page": None}
        yield f"inbox/claude-code-{month}.json.gz", json_text(found)
    usage = traffic(FLOWS, MONTHS, GROWTH, (KEY, WORKSPACE), draw)
    yield "inbox/anthropic-usage.json.gz", report(usage)
    asked = {day: requests_of(day, draw) for day in usage}
    yield "inbox/carrier-terms-log.csv.gz", csv_text(log(asked))
    book = prices()
    rows = {day: [*found, *([as_reported(asked[day])] if asked[day] else [])] for day, found in usage.items()}
    bills = {day: bill(found, day, book, draw, RATES) for day, found in rows.items()}
    yield "inbox/anthropic-cost.json.gz", report(bills)


if __name__ == "__main__":
    write(FOLDER, exports())
