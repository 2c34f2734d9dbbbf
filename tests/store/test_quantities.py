"""Counted quantities: exact whatever the grouping and the zone, and honest about what a row does not say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_facts import at, bucket, by, exported, imported, quantities, request, span, total, used

from bothhalves.core.dates import Span
from bothhalves.core.rating import prompt_range
from bothhalves.core.terms import Usage
from bothhalves.store import Cut, Store, Window

ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"]
DIMENSIONS = ["account", "person", "workload", "model", "key", "day", "source"]


@pytest.fixture(scope="module")
def month() -> Iterator[Path]:
    """Requests every 47 minutes around the change of clocks in October and November 2026."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        rows = [
            Usage(
                *(request("2026-10-24").where, at("2026-10-24") + timedelta(minutes=47 * n), "openai"),
                model=f"gpt-{n % 3}",
                account=f"a{n % 5}",
                person=f"login:{n % 7}",
                workload=f"w{n % 2}",
                input_tokens=1 << (n % 20),
                output_tokens=n,
            )
            for n in range(500)
        ]
        imported(root, exported("one", rows[::2]), exported("two", rows[1::2]))
        yield root


@settings(max_examples=25, deadline=None)
@given(
    group_by=st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=4),
    zone=st.sampled_from(ZONES),
    cuts=st.lists(st.integers(0, 500 * 47), max_size=5),
)
def test_parts_add_up_to_the_whole(month: Path, group_by: list[str], zone: str, cuts: list[int]) -> None:
    start = at("2026-10-24")
    ends = sorted({0, *(c - c % 15 for c in cuts), 500 * 47 + 15})
    parts = [Span(start + timedelta(minutes=a), start + timedelta(minutes=b)) for a, b in pairwise(ends)]
    store = Store.open(month)
    whole = store.quantities()
    found = [q for part in parts for q in store.quantities(group_by, part, zone=zone)]
    for meter in ("input_tokens", "output_tokens"):
        assert total(found, meter) == total(whole, meter)
    assert sum(q.requests or 0 for q in found) == sum(q.rows for q in found) == 500


def test_months_are_those_of_the_zone(tmp_path: Path) -> None:
    imported(tmp_path, exported("a", [request("2026-10-01T03:00", 1), request("2026-10-01T05:00", 2)]))
    assert [(q.month, total([q])) for q in quantities(tmp_path, zone="America/New_York")] == [
        ("2026-09", 1),
        ("2026-10", 2),
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("midnight", ["T00:00", "T07:00", "T13:30"])
def test_a_daily_bucket_keeps_the_day_of_its_source(tmp_path: Path, zone: str, midnight: str) -> None:
    """Cut by local days only, it is in exactly one month, whichever zone is asked for."""
    rows = [bucket(f"2026-10-{day:02d}{midnight}", 1) for day in range(1, 31)]
    imported(tmp_path, exported("daily", rows))
    months = {q.month: int(total([q])) for q in quantities(tmp_path, zone=zone)}
    assert sum(months.values()) == 30
    assert months["2026-10"] == 30 if midnight < "T12:00" else months["2026-10"] >= 29


def test_the_days_of_a_daily_feed_fall_into_the_month_asked_for(tmp_path: Path) -> None:
    imported(tmp_path, exported("daily", [bucket("2026-10-31", 1), bucket("2026-11-01", 2)]))
    new_york = Span(at("2026-11-01T04:00"), at("2026-12-01T05:00"))
    assert used(tmp_path, span=new_york, zone="America/New_York") == 2


def test_requests_are_unknown_where_one_source_does_not_say(tmp_path: Path) -> None:
    imported(tmp_path, exported("a", [bucket("2026-10-01", requests=4), bucket("2026-10-02")]))
    assert [q.requests for q in quantities(tmp_path)] == [None]
    assert sorted((q.requests for q in quantities(tmp_path, "day")), key=str) == [4, None]


PROMPTS: list[tuple[dict[str, Any], tuple[int, int | None]]] = [
    ({"input_tokens": 0, "output_tokens": 1}, (-1, 32_000)),
    ({"input_tokens": 32_000}, (-1, 32_000)),
    ({"input_tokens": 32_001}, (32_000, 128_000)),
    ({"input_tokens": 1, "cache_read_tokens": 100_000, "cache_write_1h_tokens": 28_000}, (128_000, 200_000)),
    ({"input_tokens": 200_001}, (200_000, None)),
]


@pytest.mark.parametrize(("tokens", "expected"), PROMPTS)
def test_a_request_is_classed_by_its_whole_prompt(
    tmp_path: Path, tokens: dict[str, int], expected: tuple[int, int | None]
) -> None:
    record = request("2026-10-01T10:00", **{"tokens": 0, **tokens})
    imported(tmp_path, exported("a", [record]))
    (found,) = quantities(tmp_path)
    assert (found.prompt_above, found.prompt_upto) == expected
    above, upto = prompt_range(record)
    assert found.prompt_above <= above
    assert upto is None or found.prompt_upto is None or upto <= found.prompt_upto


def test_forty_small_calls_are_not_one_large_one(tmp_path: Path) -> None:
    rows = [request("2026-10-01T10:00", 50_000, row=n) for n in range(40)]
    imported(tmp_path, exported("a", rows))
    assert [(q.prompt_above, q.prompt_upto, q.requests) for q in quantities(tmp_path)] == [
        (32_000, 128_000, 40)
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tokens": 2_000_000, "requests": 40}, (-1, None)),
        ({"tokens": 100_000, "requests": 40}, (-1, 128_000)),  # no prompt is larger than all together
        ({"tokens": 2_000_000, "requests": 1}, (200_000, None)),
        ({"tokens": 2_000_000, "prompt_band": (0, 200_000)}, (0, 200_000)),
        ({"tokens": 2_000_000, "prompt_band": (200_000, None)}, (200_000, None)),
        ({"tokens": 0, "output_tokens": 5}, (-1, None)),
    ],
)
def test_a_bucket_knows_its_prompts_as_far_as_it_says(
    tmp_path: Path, fields: dict[str, Any], expected: tuple[int, int | None]
) -> None:
    imported(tmp_path, exported("a", [bucket("2026-10-01", **fields)]))
    assert [(q.prompt_above, q.prompt_upto) for q in quantities(tmp_path)] == [expected]


CUTS = [
    Cut("openai", "gpt", None, date(2026, 10, 7), 1),
    Cut("openai", "gpt", date(2026, 10, 7), None, 2),
]


def test_price_periods_are_told_apart(tmp_path: Path) -> None:
    rows = [
        request(t, n, vendor="openai", model="gpt") for n, t in ((1, "2026-10-06T23:59"), (2, "2026-10-07"))
    ]
    imported(tmp_path, exported("a", [*rows, request("2026-10-07", 4)]))
    found = {(q.model, q.period): int(total([q])) for q in quantities(tmp_path, cuts=CUTS)}
    assert found == {("gpt", 1): 1, ("gpt", 2): 2, ("claude-opus-4-8", None): 4}


def test_a_bucket_over_a_price_change_keeps_its_own_span(tmp_path: Path) -> None:
    week = bucket("2026-10-05", hours=7 * 24, vendor="openai", model="gpt")
    day = bucket("2026-10-05", hours=24, vendor="openai", model="gpt")
    imported(tmp_path, exported("a", [week, day]))
    apart, together = sorted(quantities(tmp_path, cuts=CUTS), key=lambda q: not q.is_apart)
    assert (apart.is_apart, apart.start, apart.until) == (True, at("2026-10-05"), at("2026-10-12"))
    assert (together.is_apart, together.period) == (False, 1)


def test_windows_of_the_day(tmp_path: Path) -> None:
    windows = [Window("openai", "gpt", 0, 990), Window("openai", "gpt", 990, 1440)]
    model = {"vendor": "openai", "model": "gpt"}
    rows = [
        request("2026-10-01T16:29", 1, **model),
        request("2026-10-01T16:30", 2, **model),
        bucket("2026-10-01T15:00", 4, hours=1, **model),
        bucket("2026-10-01T16:00", 8, hours=1, **model),
        bucket("2026-10-01", 16, **model),
        request("2026-10-01T16:30", 32),
    ]
    imported(tmp_path, exported("a", rows))
    found = {
        (q.model, q.window, q.is_apart, q.start.hour): int(total([q]))
        for q in quantities(tmp_path, windows=windows)
    }
    assert found == {
        ("gpt", 0, False, 15): 1 + 4,
        ("gpt", 1, False, 16): 2,
        ("gpt", None, True, 16): 8,
        ("gpt", None, True, 0): 16,
        ("claude-opus-4-8", None, False, 16): 32,
    }


def test_other_meters_keep_their_decimals(tmp_path: Path) -> None:
    rows = [bucket("2026-10-01", 0, meter="seconds", quantity=Decimal("0.1"), row=n) for n in range(3)]
    imported(tmp_path, exported("a", [*rows, bucket("2026-10-01", 5)]))
    assert used(tmp_path, "seconds") == Decimal("0.3")
    assert used(tmp_path) == 5


def test_a_product_without_model_is_priced_as_itself(tmp_path: Path) -> None:
    rows = [bucket("2026-10-01", 1, model="", product=p) for p in ("firefly", "whisper")]
    imported(tmp_path, exported("a", rows))
    assert sorted(q.model for q in quantities(tmp_path)) == ["firefly", "whisper"]
    assert Store.open(tmp_path).models() == [("anthropic", "firefly"), ("anthropic", "whisper")]


def test_each_selector_names_exactly_its_rows(month: Path) -> None:
    store = Store.open(month)
    zone = "Asia/Kolkata"
    for found in store.quantities(("person", "day"), zone=zone)[:40]:
        rows = store.rows(found.selector, 1000, zone=zone)
        assert sum(r["input_tokens"] for r in rows) == total([found])


def test_choosing_rows(month: Path) -> None:
    assert set(by(month, "account", where={"account": ("a1", "a2")})) == {"a1", "a2"}
    assert by(month, "account", where={"account": "'; --"}) == {}
    with pytest.raises(ValueError, match="cannot be chosen"):
        quantities(month, where={"1=1; --": "x"})
    with pytest.raises(ValueError, match="cannot be grouped"):
        quantities(month, "rows")


def test_coverage_names_days(tmp_path: Path) -> None:
    imported(
        tmp_path, exported("a", [bucket("2026-10-01"), bucket("2026-10-03"), bucket("2026-10-03", row=2)])
    )
    found = Store.open(tmp_path).coverage()
    assert [(c.day.day, c.rows) for c in found] == [(1, 1), (3, 2)]
    assert span("2026-10-01", "2026-10-02").start.date() == found[0].day
