"""Seats to sign, now and ahead: from the history's own changes, by cases, by counting, and in a workspace."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from test_seating_of_a_workspace import _acts, _folder, _roster, _run

from bothhalves.brief.seating import seat_brief
from bothhalves.core.clauses.base import percent
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.dates import Month
from bothhalves.core.explain import recomputed
from bothhalves.core.seating.ahead import LEAST_CHANGES, ahead_of, chances_of, ordered
from bothhalves.reading import read_text
from bothhalves.workspace.seating import Seating, seating_of
from workspace_folder import Folder, contract

CASES = yaml.safe_load((Path(__file__).parent / "orders.yaml").read_text("utf-8"))
WINDOW = (Month(2026, 8), Month(2026, 9))


def _term(said: dict[str, Any]) -> SeatTerm:
    written = {"type": "seat", "product": "claude", "committed": 1, **said, "fee": str(said["fee"])}
    term, problems = read_text(yaml.safe_dump(written), SeatTerm, "case.yaml")
    assert problems == []
    assert isinstance(term, SeatTerm)
    return term


@pytest.mark.parametrize("name", CASES)
def test_an_order_is_what_an_expert_says(name: str) -> None:
    case = CASES[name]
    found = ahead_of(case["need"], case["history"], case["months"], percent(case["confidence"]))
    order, expect = ordered(_term(case["seats"]), found), case["expect"]
    told = {"low": found.low, "high": found.high, "enough": found.sure, "signed": order.seats}
    assert {k: told[k] for k in expect if k in told} == {k: v for k, v in expect.items() if k != "because"}
    assert expect.get("because", "") in order.why
    assert order.seats == case["need"] + order.ahead


CHANGES = st.lists(st.integers(-6, 6), min_size=1, max_size=5)


@settings(max_examples=150)
@given(CHANGES, st.integers(1, 4), st.integers(0, 40))
def test_chances_are_those_of_every_way_counted_out(changes: list[int], months: int, need: int) -> None:
    ways = Counter(max(need + sum(way), 0) for way in product(changes, repeat=months))
    whole = len(changes) ** months
    assert chances_of(need, changes, months) == {n: Fraction(c, whole) for n, c in sorted(ways.items())}


@settings(max_examples=200)
@given(st.lists(st.integers(-9, 9), min_size=LEAST_CHANGES, max_size=30), st.integers(50, 99))
def test_one_month_ahead_is_the_change_of_that_rank(changes: list[int], percents: int) -> None:
    history = [500]
    for change in changes:
        history.append(history[-1] + change)
    found = ahead_of(600, history, 1, Decimal(percents) / 100)
    rank = ceil(Fraction(percents, 100) * (len(changes) + 1))
    if rank > len(changes):
        assert found.sure is None
        assert len(changes) < found.missing
    else:
        assert found.sure == 600 + max(sorted(changes)[rank - 1], 0)
        assert len(changes) >= found.missing


def test_an_order_of_yesterday_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        ahead_of(1, [1, 1], 0, Decimal("0.9"))


NAMES = ("eve", "bob", "cyd", "dan", "fay", "gus", "hal", "ida", "jon", "kim")


def _grown(place: Path, seats: dict[str, Any] | None = None, planning: str = "") -> Folder:
    """Ten people, one more of whom begins each month from December 2025 to September 2026."""
    folder = _folder(place)
    terms = {"type": "premium", "product": "claude", "committed": 10, "fee": "100", "labels": ["Premium"]}
    folder.write(
        {"contracts/a.yaml": contract(seats=[{**terms, **(seats or {})}]), "planning.yaml": planning}
    )
    _roster(folder, "2026-09-30", *((name, "Premium", "2025-11-05") for name in NAMES))
    first = [date(2025 + (n + 11) // 12, (n + 11) % 12 + 1, 1) for n in range(10)]
    acts = [
        (name, str(day)) for name, begun in zip(NAMES, first, strict=True) for day in first if day >= begun
    ]
    every = [("eve", str(date(2025, 12, 1) + timedelta(days=n))) for n in range(304)]
    _acts(folder, *acts, *every)
    return folder


def _size(folder: Folder, ahead: int | None = None) -> Any:
    (size,) = seating_of(folder.open(), WINDOW, ahead=ahead).sizes
    return size


def test_months_tell_who_came_and_how_many_are_enough(tmp_path: Path) -> None:
    size = _size(_grown(tmp_path))
    assert [(m.active, m.joined, m.left) for m in size.history[:2]] == [(1, None, None), (2, 1, 0)]
    assert [m.active for m in size.history] == list(range(1, 11))
    assert (str(size.begin), size.ahead.months, size.ahead.changes) == ("2027-01", 4, (1,) * 9)
    assert (size.ahead.need, size.order.ahead, size.needed) == (10, 4, 14)
    assert size.best.seats == 14


def test_an_order_ahead_the_buffer_and_the_minimum(tmp_path: Path) -> None:
    folder = _grown(tmp_path, {"minimum": 20}, "seat_confidence: 80%\nseat_buffer: 10%\n")
    size = _size(folder, ahead=2)
    assert (str(size.begin), size.order.seats, size.needed, size.best.seats) == ("2026-11", 12, 14, 20)
    found = seat_brief(seating_of(folder.open(), WINDOW, ahead=2))
    figures = found.figures()
    assert all(recomputed(f) == f.value for f in figures.values())
    said = {name: f.value for name, f in figures.items() if "premium" in name}
    contract_id = "contract=anthropic-2026&type=premium"
    parts = [said[f"seats.{n}?{contract_id}"] for n in ("kept", "beyond", "ahead", "buffer", "surplus")]
    assert parts == [10, 0, 2, 2, 6]
    assert said[f"seats.to-buy?{contract_id}"] == 20


def test_the_verb_prints_confidence_and_buffer_and_takes_months_ahead(tmp_path: Path) -> None:
    folder = _grown(tmp_path, planning="seat_confidence: 80%\nseat_buffer: 10%\n")
    text = _run(folder, "--ahead", "3")
    assert "enough with 80 % confidence, and 10 % beyond it." in text
    assert "premium: for 2026-12, enough with 80 % confidence" in text
    assert (
        "most active in 10 whole months: 10 in 2026-09; from month to month 9 came and 0 went in all" in text
    )
    (row,) = json.loads(_run(folder, "--ahead", "3", "--json"))["types"]
    assert (row["order"]["seats"], row["outlook"]["enough"], row["outlook"]["confidence"]) == (13, 13, "0.8")
    assert row["history"][1] == {"month": "2026-01", "active": 2, "joined": 1, "left": 0}


def test_a_short_history_gives_a_range_and_says_what_is_missing(tmp_path: Path) -> None:
    folder = _grown(tmp_path, planning="seat_confidence: 95%\n")
    size = _size(folder)
    assert (size.ahead.sure, size.needed) == (None, 10)
    why = "today's need; no count holds with 95 % confidence: 9 of 19 changes from month to month are known"
    assert f"premium: for 2027-01, {why}, which would lead to 14." in _run(folder)


def test_a_holder_who_left_counts_in_the_months_of_the_seat(tmp_path: Path) -> None:
    """Bob gave the seat up in September; the roster of July says that he held it then."""
    folder = _folder(tmp_path)
    folder.write({"contracts/a.yaml": contract()})
    _roster(folder, "2026-07-31", ("eve", "Premium", "2026-01-05"), ("bob", "Premium", "2026-01-05"))
    _roster(folder, "2026-09-30", ("eve", "Premium", "2026-01-05"), ("cyd", "Premium", "2026-09-02"))
    every = [("eve", str(date(2026, 7, 1) + timedelta(days=n))) for n in range(92)]
    _acts(folder, *every, ("bob", "2026-08-05"), ("cyd", "2026-09-05"))
    found: Seating = seating_of(folder.open(), WINDOW)
    (size,) = found.sizes
    assert [(str(m.month), m.active, m.joined, m.left) for m in size.history] == [
        ("2026-07", 1, None, None),
        ("2026-08", 2, 1, 0),
        ("2026-09", 2, 1, 1),
    ]
