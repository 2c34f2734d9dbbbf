"""C30: the days, the months and the whole of a range tell the same, in whatever time zone they are cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.dates import Month, Span
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.open import Workspace
from workspace_folder import Folder, csv_of, used

ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix", "right")))
#: Around both changes of the clock and the turn of a year, a day and a half apart, at odd minutes.
TIMES = [datetime(2026, 9, 28, 22, 47, tzinfo=UTC) + timedelta(hours=37, minutes=11) * n for n in range(70)]
WHOLE = "2026-08/2027-02"
TOKENS = [1000 + 7 * n for n in range(len(TIMES))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    made = Folder(tmp_path_factory.mktemp("days"))
    rows = [used(t.isoformat(), n, model="claude-sonnet-4-6") for t, n in zip(TIMES, TOKENS, strict=True)]
    made.imported({"usage.csv": csv_of(*rows)})
    return made


def _workspace(folder: Folder, zone: str) -> Workspace:
    folder.company(zone=zone)
    return folder.open()


def _by_day(workspace: Workspace, zone: str) -> dict[str, int]:
    """Tokens of every local day of the range."""
    span = Span.of_days(Month(2026, 8).first, Month(2027, 3).first, workspace.zone)
    days: dict[str, int] = {}
    for found in workspace.store.quantities(("day",), span, [], [], zone=zone):
        day = dict(found.dimensions)["day"]
        days[day] = days.get(day, 0) + int(dict(found.quantities)["input_tokens"])
    return days


def _check_days(folder: Folder, zone: str) -> None:
    """Every local day holds what was used on it, and all days together hold everything."""
    workspace = _workspace(folder, zone)
    expected: dict[str, int] = {}
    for time, tokens in zip(TIMES, TOKENS, strict=True):
        day = time.astimezone(workspace.zone).date().isoformat()
        expected[day] = expected.get(day, 0) + tokens
    found = _by_day(workspace, zone)
    assert found == expected
    assert sum(found.values()) == sum(TOKENS)


@settings(max_examples=12, deadline=None)
@given(zone=st.sampled_from(ZONES))
def test_the_sum_of_days_is_the_range(folder: Folder, zone: str) -> None:
    _check_days(folder, zone)


@pytest.mark.parametrize(
    "zone",
    [
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "America/Vancouver",
    ],
)
def test_zones_far_from_utc_at_odd_minutes_and_lately_changed(folder: Folder, zone: str) -> None:
    _check_days(folder, zone)


@settings(max_examples=4, deadline=None)
@given(zone=st.sampled_from(ZONES))
def test_the_sum_of_months_is_the_range_in_tokens_and_in_money(folder: Folder, zone: str) -> None:
    folder.company(zone=zone)
    whole = _cost(folder, WHOLE)
    assert whole == Decimal(3 * sum(TOKENS)).scaleb(-6)
    months = ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]
    assert sum((_cost(folder, month) for month in months), Decimal(0)) == whole


def _cost(folder: Folder, window: str) -> Decimal:
    ratings = [u.rating.amount("USD", MoneyKind.ESTIMATED) for u in folder.ledger(window).usage]
    assert all(amount.is_point for amount in ratings)
    return sum((amount.low for amount in ratings), Decimal(0))
