"""Write people.yaml and every export in inbox/ of the invented law firm, the same each time.

PYTHONPATH=examples python examples/ottermere/sources/make_exports.py
"""

import random
from collections.abc import Iterator
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
    RESEARCHERS,
    ROSTERS,
    WORKSPACE,
    Crowd,
)
from vendor_exports import (
    ANALYTICS,
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
    shuffled,
    traffic,
    write,
)

FOLDER = Path(__file__).parents[1]
LAST = len(ROSTERS)


class Member(NamedTuple):
    """Somebody of the firm, with or without a seat."""

    name: str
    email: str
    group: str
    crowd: Crowd

    @property
    def seat(self) -> tuple[str, str, str]:
        return self.name, self.email, self.crowd.tier

    def is_on(self, number: int) -> bool:
        """True if the roster of that number has them."""
        return bool(self.crowd.tier) and self.crowd.first <= number < self.crowd.gone


def members(draw: random.Random) -> list[Member]:
    """Everybody, in the order of their names; who has left took a place in a group that is filled again."""
    names = shuffled(draw, [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES])
    there = [group for group, size in GROUPS.items() for _ in range(size)]
    left = sum(c.people for c in CROWDS if c.gone < LAST)
    free = shuffled(draw, there)
    former = shuffled(draw, there)[:left]
    found = []
    for crowd in sorted(CROWDS, key=lambda c: not c.groups):
        places = free if crowd.gone == LAST else former
        for _ in range(crowd.people):
            group = next(g for g in places if g in crowd.groups or not crowd.groups)
            places.remove(group)
            name = names.pop()
            found.append(Member(name, f"{name.lower().replace(' ', '.')}@example.com", group, crowd))
    return sorted(found)


def analytics(people: list[Member], number: int, draw: random.Random) -> Iterator[list[object]]:
    """What everybody did in month ``number`` who was on the roster before it or at its end."""
    yield list(ANALYTICS)
    for p in people:
        if p.is_on(number) or p.is_on(number + 1):
            messages = round(between(draw, *p.crowd.messages[number]))
            sessions = round(25 * min(p.crowd.coding, 2) * between(draw, 0.7, 1.3))
            yield active_month(p.seat, MONTHS[number], messages, sessions, draw)


def researchers(people: list[Member]) -> Iterator[list[str]]:
    """The research product's own list of its users, as its administrator keeps it."""
    group, seats = RESEARCHERS
    yield ["User", "Licence", "Department"]
    own = [p for p in people if p.group == group and p.crowd.gone == LAST]
    yield from ([p.email, "Enterprise Pro", group] for p in own[:seats])


def exports() -> Iterator[tuple[str, str]]:
    """The name and text of every file."""
    draw = random.Random(620)
    people = members(draw)
    yield "people.yaml", people_text(_person(p) for p in people)
    for number, day in enumerate(ROSTERS):
        name = f"inbox/members-{ORGANISATION}-{day}.csv.gz"
        yield name, csv_text(roster(p.seat for p in people if p.is_on(number)))
    for number, month in enumerate(MONTHS):
        first, last = days_of(month)[0], days_of(month)[-1]
        name = f"inbox/members-analytics-{ORGANISATION}-{first}-to-{last}.csv.gz"
        yield name, csv_text(analytics(people, number, draw))
        often = [(p.email, p.crowd.coding) for p in people if p.crowd.coding]
        days = list(coding_days(month, often, ORGANISATION, draw))
        found = {"data": days, "has_more": False, "next_page": None}
        yield f"inbox/claude-code-{month}.json.gz", json_text(found)
    yield f"inbox/research-users-{ROSTERS[-1]}.csv", csv_text(researchers(people))
    book = prices()
    usage = traffic(FLOWS, MONTHS, GROWTH, (KEY, WORKSPACE), draw)
    yield "inbox/anthropic-usage.json.gz", report(usage)
    bills = {day: bill(rows, day, book, draw) for day, rows in usage.items()}
    yield "inbox/anthropic-cost.json.gz", report(bills)


def _person(p: Member) -> str:
    reason, until = p.crowd.kept
    kept = f', protected: [{{reason: "{reason}", from: 2026-05-01, until: {until}}}]' if reason else ""
    return f'{{names: ["{p.email}"], group: {p.group}{kept}}}'


if __name__ == "__main__":
    write(FOLDER, exports())
