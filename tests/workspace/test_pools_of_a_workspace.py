"""Seats that share what they include, from imported files to plan and page.

Five people use 90, 60, 35, 8 and 2 a month at list price, 195 in all; calls of an app cost a dollar a day.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.brief.building import built
from bothhalves.brief.changes import parsed
from bothhalves.brief.plans import PlanSheet, sheets
from bothhalves.core.dates import Month
from bothhalves.core.explain import Figure, recomputed
from bothhalves.core.money import Amount
from bothhalves.workspace.planning.making import planned_of
from workspace_folder import Folder, contract, cost_report, csv_of, members, used

WINDOW = (Month(2026, 9), Month(2026, 10))
USE = {"ada": 90, "bo": 60, "cy": 35, "di": 8, "ed": 2}
ROSTER = "members-5d1c0de0-6a7b-4c8d-9e0f-2214aa620620-2026-07-01.csv"
GATEWAY = {"id": "gateway", "vendor": "anthropic", "share": "100%", "live": "2026-12-01", "basis": "trialled"}
DONE = {"name": "done", "target": "activity", "columns": {
    "vendor": "=anthropic", "product": "=claude", "person": "email", "time": "day", "kind": "=message",
}, "date_format": "%Y-%m-%d", "zone": "UTC", "bucket": "day"}  # fmt: skip
#: 30 days of a dollar, and 31.
CALLS = 61
BILLED = ({"month": "2026-09", "amount": "3000"}, {"month": "2026-10", "amount": "3100"})


def company(
    place: Path, fee: str, each: str, use: dict[str, int] | None = None, idle: int = 0, hold: str = "0%"
) -> Folder:
    """``idle`` more people hold a seat and did nothing since July."""
    use = use or USE
    people = [*use, *(f"idle{n}" for n in range(idle))]
    folder = Folder(place, smallest_group=1)
    seat = {"type": "team", "product": "claude", "committed": len(people), "fee": fee, "labels": ["Premium"]}
    pool = {"name": "pool", "per_seat": {"team": each}, "overage": {"then": "api-rates"}}
    planning = {"hold": hold, "tools": [GATEWAY]}
    folder.write({
        "contracts/a.yaml": contract(seats=[seat], allowances=[pool]),
        "planning.yaml": yaml.safe_dump(planning),
    })  # fmt: skip
    rows = [_seat_use(name, month, dollars) for month in (9, 10) for name, dollars in use.items()]
    roster = members(*((f"{name}@x.com", "Active", "Premium") for name in people))
    folder.imported({ROSTER: roster, "usage.csv": csv_of(*_calls(), *rows)})
    folder.imported({"cost.json": cost_report(*BILLED)})
    if idle:
        folder.write({"mappings/done.yaml": yaml.safe_dump(DONE)})
        _acts(folder, use, people)
    return folder


def _calls() -> list[dict[str, Any]]:
    days = [(m, d) for m, n in ((9, 30), (10, 31)) for d in range(1, n + 1)]
    return [used(f"2026-{m:02}-{d:02}T10:00:00Z", 200_000, key="app") for m, d in days]


def _seat_use(name: str, month: int, dollars: int) -> dict[str, Any]:
    time = f"2026-{month:02}-15T12:00:00Z"
    return used(time, dollars * 200_000, product="claude", billing="included", person=f"{name}@x.com")


def _acts(folder: Folder, use: dict[str, int], people: list[str]) -> None:
    """Everybody works each day from June to October, idle people on one day in June."""
    days = [str(date(2026, 6, 1) + timedelta(days=n)) for n in range(153)]
    rows = [
        {"email": f"{name}@x.com", "day": day}
        for name in people
        for day in days
        if name in use or day == days[14]
    ]
    assert list(folder.imported({"acts.csv": csv_of(*rows)}, mapping="done").problems) == []


def sheet(folder: Folder) -> PlanSheet:
    found = planned_of(folder.open(), WINDOW)
    assert found.measure is None
    return sheets(found)[0]


def low(figure: Figure | None) -> Decimal:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    assert figure.value.is_point
    return figure.value.low


def year(month: Decimal) -> Decimal:
    """Twelve months of the seats and of half the window's calls."""
    return 12 * (month + Decimal(CALLS) / 2)


#: Fee, what each seat brings, a month as is, and a month after the plan.
CASES = [
    # Five seats bring 200 for a use of 195, so that even 2 a month is worth a seat of 25.
    ("25", "40", 125, 125),
    # The fifth seat brings 35 of use for 38: four at 38, 33 beyond 160, and 2 metered. Seat by seat three
    # of the five would leave, who use less than their fee.
    ("38", "40", 190, 187),
    # A fee above 39 is more than all use costs metered: everybody leaves, for 195.
    ("45", "40", 225, 195),
    # Each brings 30: five seats bring 150, so that 45 is charged beyond. A seat of 25 is still worth 30.
    ("25", "30", 170, 170),
    # Each brings 20, which is less than its fee: 125 and 95 beyond 100, against 195 metered.
    ("25", "20", 220, 195),
]


@pytest.mark.parametrize(("fee", "each", "before", "after"), CASES)
def test_who_holds_a_seat_is_decided_for_all_together(
    tmp_path: Path, fee: str, each: str, before: int, after: int
) -> None:
    found = sheet(company(tmp_path, fee, each))
    assert low(found.renewal.before) == year(Decimal(before))
    assert low(found.renewal.after) == year(Decimal(after))
    assert low(found.renewal.saves) == 12 * (before - after)
    assert all(recomputed(f) == f.value for f in found.figures().values())
    assert found.plan.chosen.status == "optimal"


def test_whoever_uses_least_leaves_a_pool_with_slack(tmp_path: Path) -> None:
    """Use of 60, 30, 10, 5 and 2: two seats bring 80 of 90, and with 10 beyond and 17 metered cost 77."""
    use = {"ada": 60, "bo": 30, "cy": 10, "di": 5, "ed": 2}
    found = sheet(company(tmp_path, "25", "40", use))
    assert low(found.renewal.before) == year(Decimal(125))
    assert low(found.renewal.after) == year(Decimal(77))
    gone = [row for row in found.rows if row.task.people]
    assert sum(row.task.people for row in gone) == 3


def test_the_hold_counts_for_all_who_would_leave(tmp_path: Path) -> None:
    """Everybody would leave for 195 instead of 225: 30 of 225 is less than a fifth."""
    found = sheet(company(tmp_path, "45", "40", hold="20%"))
    assert low(found.renewal.saves) == 0
    assert "Nobody leaves team for gateway" in found.plan.left_out[0]


def test_an_idle_seat_is_released_only_where_the_pool_can_miss_it(tmp_path: Path) -> None:
    """A sixth seat brings 40 that nobody needs; or 30, which 25 buys while 45 are missing without it."""
    slack = sheet(company(tmp_path / "slack", "25", "40", idle=1))
    assert low(slack.renewal.before) == year(Decimal(150))
    assert low(slack.renewal.after) == year(Decimal(125))
    short = sheet(company(tmp_path / "short", "25", "30", idle=1))
    assert low(short.renewal.before) == year(Decimal(6 * 25 + 15))
    assert low(short.renewal.saves) == 0


def test_months_above_the_pool_are_charged_on_the_page(tmp_path: Path) -> None:
    """Two months of five seats at 25 that bring 30 each, and 45 of use beyond them in each."""
    page = company(tmp_path, "25", "30").page("2026-09/2026-10")
    assert low(page.figure("seats.cost")) == 2 * 125
    assert low(page.figure("contract.usage?product=claude&seat=team")) == 2 * 45
    assert low(page.figure("both.cost")) == 2 * 125 + 2 * 45 + CALLS
    pool = {
        "seats:team": 125, "allowance:pool": -150, "allowance:pool:beyond": -45, "allowance:pool:overage": 45,
        "list-price": 195 + Decimal(CALLS) / 2,
    }  # fmt: skip
    for clause, month in pool.items():
        name = f"plan.before?clause={clause}&contract=anthropic-2026&view=renewal"
        assert low(page.figure(name)) == 12 * month, clause


def test_changed_inputs_leave_a_pool_as_the_plan_settled_it(tmp_path: Path) -> None:
    found = built(company(tmp_path, "45", "40").open(), "2026-09/2026-10")
    changed = found.at(parsed({"growth": "50"})).line
    assert changed.paths is not None
    assert [row.action for row in changed.paths.people] == [
        row.action for row in found.page.line.paths.people
    ]  # type: ignore[union-attr]


def credits(place: Path, price: str) -> Folder:
    """Copilot for four at 19; three use 3,000, 2,500 and 900 credits a month, and each seat brings 1,900."""
    folder = Folder(place, smallest_group=1)
    mapped = {**DONE["columns"], "vendor": "=github", "product": "=copilot"}  # type: ignore[dict-item]
    roster = {
        "vendor": "=github",
        "product": "=copilot",
        "person": "email",
        "seat_type": "=business",
        "as_of": "day",
    }
    seat = {"type": "business", "product": "copilot", "committed": 4, "fee": "19"}
    pool = {
        "name": "credits", "product": "copilot", "meter": "ai-credits", "per_seat": {"business": 1900},
        "overage": {"then": "price", "price": price},
    }  # fmt: skip
    folder.write({
        "contracts/a.yaml": contract(
            "github", seats=[seat], allowances=[pool],
            usage=[{"product": "copilot", "meter": "ai-credits", "price": {"per_unit": price}}],
        ),
        "mappings/done.yaml": yaml.safe_dump({**DONE, "columns": mapped}),
        "mappings/roster.yaml": yaml.safe_dump(
            {**DONE, "name": "roster", "target": "seats", "columns": roster, "bucket": ""}
        ),
    })  # fmt: skip
    use = {"ada": 3000, "bo": 2500, "cy": 900}
    rows = [
        {"time": f"2026-{m:02}-15T12:00:00Z", "vendor": "github", "product": "copilot",
         "person": f"{name}@x.com", "meter": "ai-credits", "quantity": n, "billing": "included"}
        for m in (9, 10) for name, n in use.items()
    ]  # fmt: skip
    people = [*use, "idle0"]
    held = csv_of(*({"email": f"{name}@x.com", "day": "2026-07-01"} for name in people))
    assert list(folder.imported({"roster.csv": held}, mapping="roster").problems) == []
    folder.imported({"usage.csv": csv_of(*_calls(), *rows)})
    folder.imported({"cost.json": cost_report(*BILLED)})
    _acts(folder, use, people)
    return folder


def test_idle_credits_are_released_where_no_one_needs_them(tmp_path: Path) -> None:
    """Four seats bring 7,600 for 6,400. Three bring 5,700, and 700 at a cent are 7 for a seat of 19."""
    folder = credits(tmp_path, "0.01")
    found = sheet(folder)
    assert low(found.renewal.before) == 12 * 4 * 19
    assert low(found.renewal.after) == 12 * (3 * 19 + 7)
    assert found.term is not None
    assert low(found.term.saves) == -2 * 7  # the fee is due until January, and the credits are gone
    page = folder.page("2026-09/2026-10")
    assert low(page.figure("seats.cost")) == 2 * 4 * 19
    assert low(page.figure("contract.usage?product=copilot&seat=business")) == 0
    assert low(page.figure("plan.saves?contract=github-2026&view=renewal")) == 12 * (19 - 7)


def test_idle_credits_are_kept_where_they_are_dear(tmp_path: Path) -> None:
    """Beyond the pool 700 credits at three cents would be 21 a month, and the idle seat costs 19."""
    found = sheet(credits(tmp_path, "0.03"))
    assert low(found.renewal.before) == 12 * 4 * 19
    assert low(found.renewal.saves) == 0
    assert not found.rows
