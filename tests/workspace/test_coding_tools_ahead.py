"""What a coding tool costs in months to come: engineers x active days x cost of one, stated or measured."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_forecasting import MICRO, api, book, outlook, stated

from workspace_folder import Folder, csv_of, used


def test_engineers_times_active_days_times_cost_of_a_day(tmp_path: Path) -> None:
    """50 engineers, 80 % active on 20 days at 12 dollars are 9,600 a month, whatever was seen."""
    folder = Folder(tmp_path)
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m in (9, 10) for d in range(1, 31)]
    rows = [used(day, product="claude-code", person="ada@x.com") for day in days]
    folder.imported({"usage.csv": csv_of(*rows)})
    tool = {
        "product": "claude-code",
        "engineers": 50,
        "active": "80%",
        "working_days": 20,
        "cost_per_day": 12,
    }
    stated(folder, {"horizon_months": 2, "coding": [{**tool, "hiring": {"base": 5, "high": 10}}]})
    found = outlook(folder)
    assert [s.api for s in found.scenarios][1] == (10_560 * MICRO, 11_520 * MICRO)
    parts = next(d.parts for d in book(folder).drivers if d.kind == "coding")
    assert [(p.name, p.value, p.basis) for p in parts] == [
        ("engineers", 50, "forecast.yaml"),
        ("active days of each", 16, "forecast.yaml"),
        ("cost of an active day", 12 * MICRO, "forecast.yaml"),
    ]


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ({}, "300"),  # the level: ten dollars a day
        ({"cost_per_day": 25}, "750"),  # one engineer on 30 days, by TSB every day
        ({"engineers": 3}, "900"),
        ({"active": "50%", "working_days": 20}, "100"),
        ({"engineers": 4, "active": "50%", "working_days": 20}, "400"),
        ({"engineers": 4, "cost_per_day": 25, "hiring": {"base": 2, "high": 2}}, "4500"),
    ],
)
def test_of_a_coding_tool_what_is_not_stated_is_measured(
    tmp_path: Path, tool: dict[str, Any], expected: str
) -> None:
    folder = Folder(tmp_path)
    days = [f"2026-{m:02}-{d:02}T10:00:00Z" for m in (9, 10) for d in range(1, monthrange(2026, m)[1] + 1)]
    rows = [used(day, 2_000_000, product="claude-code", person="ada@x.com") for day in days]
    folder.imported({"usage.csv": csv_of(*rows)})
    stated(folder, {"horizon_months": 1, "coding": [{"product": "claude-code", **tool}]})
    found = book(folder)
    assert api(found.outlook, "base") == [Decimal(expected)]
    driver = next(d for d in found.drivers if d.kind == "coding")
    assert driver.ahead["base"] == (int(expected) * MICRO,)
