"""``python -m bench.idle``: how well idle days tell who is gone, judged on people who paused and came back.

On every Monday each person who has begun is judged by the seat rules of this program from what was known that
day. Somebody is gone who does nothing from then to the end of the data, at least ``FOLLOWED`` days later. The
precision of a threshold is the share of those called dormant who are gone; its recall the share of those gone
who are called dormant.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from bothhalves.core.seating.labelling import Label, SeatFacts, labelled
from bothhalves.core.seating.rules import SeatRules

DATA = Path(__file__).parent / "data" / "person_days.csv"
FIRST, END = date(2026, 2, 16), date(2026, 8, 23)
FOLLOWED = 30
THRESHOLDS = (30, 60, 90)
#: What counts as use: the column that must not be zero.
USES = {"any commit": "commits", "commits with AI": "ai_commits"}
_HEAD = (
    "use",
    "idle days",
    "judged",
    "called dormant",
    "of them gone",
    "precision",
    "gone",
    "recall",
    "came back",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements of people on Mondays under one threshold; ``people`` and ``back`` count each person once."""

    use: str
    days: int
    all: int
    dormant: int
    right: int
    gone: int
    people: int
    back: int

    @property
    def precision(self) -> Fraction | None:
        return Fraction(self.right, self.dormant) if self.dormant else None

    @property
    def recall(self) -> Fraction | None:
        return Fraction(self.right, self.gone) if self.gone else None


def active_days(column: str) -> dict[str, list[date]]:
    """The days on which each person did something, oldest first."""
    found: dict[str, list[date]] = defaultdict(list)
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if int(row[column]):
                found[row["person"]].append(date.fromisoformat(row["date"]))
    return {person: sorted(days) for person, days in sorted(found.items())}


def mondays() -> Iterator[date]:
    """The days on which people are judged: Mondays with enough days behind and after them."""
    day = FIRST + timedelta(days=7)
    while day + timedelta(days=FOLLOWED) <= END:
        yield day
        day += timedelta(days=7)


def judged(use: str, people: Mapping[str, list[date]], threshold: int) -> Judged:
    """Everybody on every Monday on which they had begun."""
    rules = SeatRules(watch_days=min(30, threshold), dormant_days=threshold, reclaim_days=max(90, threshold))
    seen: list[tuple[str, bool, bool]] = []
    for on in mondays():
        for person, days in people.items():
            before = [d for d in days if d < on]
            if before:
                facts = SeatFacts(
                    person, "", "", "", last_active=before[-1], known_from=FIRST, known_until=on
                )
                told = labelled(facts, rules, on)
                seen.append((person, told.label is Label.DORMANT, days[-1] < on))
    dormant = {person for person, is_dormant, _ in seen if is_dormant}
    back = {person for person, is_dormant, is_gone in seen if is_dormant and not is_gone}
    return Judged(
        use,
        threshold,
        len(seen),
        sum(is_dormant for _, is_dormant, _ in seen),
        sum(is_dormant and is_gone for _, is_dormant, is_gone in seen),
        sum(is_gone for _, _, is_gone in seen),
        len(dormant),
        len(back),
    )


def table() -> str:
    """The judgements as a Markdown table."""
    found = [judged(use, active_days(column), n) for use, column in USES.items() for n in THRESHOLDS]
    rows = [
        (
            j.use, str(j.days), str(j.all), str(j.dormant), str(j.right), _percent(j.precision), str(j.gone),
            _percent(j.recall), f"{j.back} of {j.people} people",
        )
        for j in found
    ]  # fmt: skip
    lines = [_HEAD, tuple("---" for _ in _HEAD), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _percent(share: Fraction | None) -> str:
    return "none" if share is None else f"{round(share * 100)} %"


if __name__ == "__main__":
    print(table())
