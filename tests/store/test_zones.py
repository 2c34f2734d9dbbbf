"""Local time in the store is that of Python's zones, whatever zone data the engine brings along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from store_facts import exported, imported, request, span

from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost
from bothhalves.store import Store
from bothhalves.store.engine import DuckDB
from bothhalves.store.zones import local_time

ZONES = sorted(z for z in available_timezones() if "/" in z)
TIMES = [datetime(2025, 1, 1, 0, 7, tzinfo=UTC) + timedelta(hours=5, minutes=53) * n for n in range(5000)]


@pytest.fixture(scope="module")
def engine() -> DuckDB:
    made = DuckDB()
    micros = [int(t.timestamp()) * 1_000_000 for t in TIMES]
    sql = (
        "create table moments as select make_timestamp(u) as utc from (select unnest($micros::bigint[]) as u)"
    )
    made.run(sql, {"micros": micros})
    return made


@settings(max_examples=15, deadline=None)
@given(zone=st.sampled_from(ZONES))
@example("America/Edmonton")
@example("Africa/Casablanca")
@example("Australia/Lord_Howe")
def test_every_moment_has_the_local_time_that_python_gives_it(engine: DuckDB, zone: str) -> None:
    sql = local_time("utc", zone, [TIMES[-1].strftime("%Y-%m"), "2025-01"])
    found = [local for (local,) in engine.run(f"select {sql} from moments order by utc")]
    assert found == [t.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for t in TIMES]


def test_the_offset_changes_to_the_second(engine: DuckDB) -> None:
    sql = local_time("t", "America/New_York", ["2026-11"])
    moments = "(values (timestamp '2026-11-01 05:59:59'), (timestamp '2026-11-01 06:00:00')) as m(t)"
    assert [t.hour for (t,) in engine.run(f"select {sql} from {moments}")] == [1, 1]
    assert [t.minute for (t,) in engine.run(f"select {sql} from {moments}")] == [59, 0]


def test_a_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    imported(tmp_path, exported("a", [request("2026-10-01T03:00")]))
    with pytest.raises(ValueError, match="no time zone 'Mars/Olympus'"):
        Store.open(tmp_path).quantities(zone="Mars/Olympus")


def test_stated_money_falls_into_the_month_of_the_zone(tmp_path: Path) -> None:
    hour = span("2026-10-01T03:00", "2026-10-01T04:00")
    cost = Cost(Where("a", 1), hour.start, hour.until, "acme", Decimal(1), "USD", MoneyKind.ESTIMATED)
    imported(tmp_path, exported("a", [cost]))
    assert Store.open(tmp_path).stated_months("America/New_York") == ["2026-09"]
    assert Store.open(tmp_path).stated_months("Asia/Kolkata") == ["2026-10"]
