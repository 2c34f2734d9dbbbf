"""Pricing cases that an expert can read and write: tests/cases/*.yaml, each with its exact expected cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.rating import counted, rate
from bothhalves.core.terms import COUNT_METERS, Usage
from bothhalves.reading import price_book, read_yaml

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Expected:
    """A point ``cost``, or ``low`` and ``high`` (left out: no upper end), and what stays unpriced."""

    cost: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unpriced: dict[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def ends(self) -> tuple[Decimal | None, Decimal | None]:
        return (self.low, self.high) if self.cost is None else (self.cost, self.cost)


@dataclass(frozen=True)
class Case:
    vendor: str
    model: str
    at: datetime
    usage: dict[str, Decimal]
    expect: Expected
    until: datetime | None = None
    requests: int | None = None
    prompt_band: tuple[int, ...] = ()
    tier: str = "standard"
    speed: str = "standard"
    region: str = ""
    books: tuple[str, ...] = ()
    why: str = ""


def _load() -> list[tuple[str, Case]]:
    found: list[tuple[str, Case]] = []
    for path in sorted(CASES.glob("*.yaml")):
        cases, problems = read_yaml(path, dict[str, Case])
        assert problems == [], problems
        found += [(f"{path.stem}: {title}", case) for title, case in (cases or {}).items()]
    return found


ALL = _load()


def _usage(case: Case) -> Usage:
    columns = {meter: int(n) for meter, n in case.usage.items() if meter in COUNT_METERS}
    others = [(meter, n) for meter, n in case.usage.items() if meter not in COUNT_METERS]
    assert len(others) <= 1, "a usage row has one further meter"
    meter, quantity = others[0] if others else ("", None)
    band = (case.prompt_band[0], case.prompt_band[1]) if case.prompt_band else None
    return Usage(
        Where("case"),
        case.at,
        case.vendor,
        case.model,
        until=case.until,
        requests=case.requests,
        prompt_band=band,
        tier=case.tier,
        speed=case.speed,
        region=case.region,
        meter=meter,
        quantity=quantity,
        **columns,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("title", "case"), ALL, ids=[title for title, _ in ALL])
def test_case(title: str, case: Case) -> None:
    book, problems = price_book([CASES / "books" / name for name in case.books])
    assert problems == []
    rating = rate(counted(_usage(case)), book)
    amount = rating.amount("USD", MoneyKind.ESTIMATED)
    if case.expect.ends != (None, None):
        assert (amount.low, amount.high) == case.expect.ends
    assert {u.meter: u.code for u in rating.unpriced} == case.expect.unpriced
    assert case.expect.reason in " ".join(u.reason for u in rating.unpriced)


def test_there_are_many_cases_with_distinct_titles() -> None:
    titles = [title.partition(": ")[2] for title, _ in ALL]
    assert len(titles) >= 60
    assert len(set(titles)) == len(titles)
