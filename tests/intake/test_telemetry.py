"""Telemetry: running totals and amounts of their own come to the same, and a call is counted once."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import recognise
from bothhalves.intake.base import Sink
from bothhalves.intake.source import Source
from bothhalves.workspace.feeds import feed_ranks

HERE = Path(__file__).parent / "telemetry"
START = datetime(2026, 9, 1, 10, tzinfo=UTC)
DELTA, CUMULATIVE = 1, 2


def nanoseconds(minute: float) -> str:
    return str(int((START + timedelta(minutes=minute)).timestamp()) * 10**9)


def named(attributes: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]


def export(
    minute: float, value: object, *, temporality: int, start: float = 0, **attributes: str
) -> dict[str, Any]:
    """One export of one token counter."""
    point = {
        "startTimeUnixNano": nanoseconds(start),
        "timeUnixNano": nanoseconds(minute),
        "asDouble": value,
        "attributes": named(
            {"type": "input", "model": "claude-opus-5", "user.email": "ada@example.com"} | attributes
        ),
    }
    counter = {
        "name": "claude_code.token.usage",
        "sum": {"aggregationTemporality": temporality, "isMonotonic": True, "dataPoints": [point]},
    }
    return {"resourceMetrics": [{"resource": {}, "scopeMetrics": [{"metrics": [counter]}]}]}


def read(folder: Path, lines: list[dict[str, Any]]) -> Sink:
    path = folder / "telemetry.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    source, sink = Source(path, "telemetry.jsonl"), Sink()
    found = recognise.recognise(source)
    assert found is not None
    found.read(source, sink)
    return sink


def usage(sink: Sink) -> list[Usage]:
    return [record for record in sink.records if isinstance(record, Usage)]


def counted(sink: Sink) -> list[int]:
    return [u.input_tokens for u in usage(sink)]


def test_a_running_total_comes_to_what_its_steps_come_to(tmp_path: Path) -> None:
    steps = [100, 0, 150, 7, 30]
    alone = [export(n, step, temporality=DELTA, start=n - 1) for n, step in enumerate(steps, 1)]
    running = [export(n, sum(steps[:n]), temporality=CUMULATIVE) for n in range(1, 6)]
    told = [
        [(u.time, u.until, u.input_tokens) for u in usage(read(tmp_path, lines))]
        for lines in (alone, running)
    ]
    assert told[0] == told[1]
    assert sum(tokens for _, _, tokens in told[0]) == sum(steps)


def test_a_point_told_twice_is_counted_once(tmp_path: Path) -> None:
    lines = [export(n, 10 * n, temporality=CUMULATIVE) for n in (1, 2, 2, 3)]
    assert counted(read(tmp_path, lines)) == [10, 10, 10]
    lines = [export(n, 10, temporality=DELTA, start=n - 1) for n in (1, 2, 2, 3)]
    assert counted(read(tmp_path, lines)) == [10, 10, 10]


def test_points_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    lines = [export(n, 10 * n, temporality=CUMULATIVE) for n in (3, 1, 2)]
    assert sorted(counted(read(tmp_path, lines))) == [10, 10, 10]


@pytest.mark.parametrize("start", [0, 2.5])
def test_a_total_that_falls_began_again(start: float, tmp_path: Path) -> None:
    lines = [export(n, v, temporality=CUMULATIVE) for n, v in ((1, 100), (2, 250))]
    lines += [export(n, v, temporality=CUMULATIVE, start=start) for n, v in ((3, 40), (4, 60))]
    assert counted(read(tmp_path, lines)) == [100, 150, 40, 20]


def test_a_new_start_is_a_new_total_though_it_has_grown_beyond_the_old_one(tmp_path: Path) -> None:
    lines = [export(1, 100, temporality=CUMULATIVE), export(2, 110, temporality=CUMULATIVE)]
    lines += [export(3, 500, temporality=CUMULATIVE, start=2.5)]
    assert counted(read(tmp_path, lines)) == [100, 10, 500]


def test_series_do_not_mix(tmp_path: Path) -> None:
    lines = [
        export(n, v, temporality=CUMULATIVE, **{"session.id": session})
        for n, session, v in ((1, "a", 100), (1, "b", 5), (2, "a", 130), (2, "b", 7))
    ]
    assert sorted(counted(read(tmp_path, lines))) == [2, 5, 30, 100]


def test_a_later_file_of_a_collector_does_not_count_the_earlier_one_again(tmp_path: Path) -> None:
    later = [export(n, 1000 + n, temporality=CUMULATIVE) for n in (61, 62, 63)]
    late_series = [export(n, 40, temporality=CUMULATIVE, model="claude-haiku-5-5") for n in (62, 63)]
    sink = read(tmp_path, later + late_series)
    assert counted(sink) == [1, 1, 40]
    assert [p.code for p in sink.problems] == ["telemetry.begun-before"]
    assert sink.problems[0].changes


def test_the_same_growth_has_the_same_id_in_a_file_of_all(tmp_path: Path) -> None:
    lines = [export(n, 10 * n, temporality=CUMULATIVE) for n in range(1, 6)]
    whole = {u.id for u in usage(read(tmp_path, lines))}
    assert {u.id for u in usage(read(tmp_path, lines[:3]))} < whole


@pytest.mark.parametrize("value", ["NaN", -5, 1.5, 1e30, True, [], {"a": 1}, None, "12; drop"])
def test_what_is_no_count_is_a_problem(value: object, tmp_path: Path) -> None:
    sink = read(tmp_path, [export(1, value, temporality=DELTA), export(2, 7, temporality=DELTA, start=1)])
    assert counted(sink) == [7]
    assert {p.code for p in sink.problems} == {"import.bad-field"}


def test_an_unknown_kind_of_token_leaves_the_others(tmp_path: Path) -> None:
    sink = read(
        tmp_path,
        [export(1, 5, temporality=DELTA, type="dreamt"), export(1, 7, temporality=DELTA, type="output")],
    )
    assert [(u.input_tokens, u.output_tokens) for u in usage(sink)] == [(0, 7)]
    assert [p.code for p in sink.problems] == ["import.bad-field"]


@pytest.mark.parametrize("name", [p.name for p in sorted(HERE.glob("claude_code*.jsonl"))])
def test_what_the_tool_says_of_cost_is_an_estimate(name: str) -> None:
    source, sink = Source(HERE / name, name), Sink()
    found = recognise.recognise(source)
    assert found is not None
    found.read(source, sink)
    costs = [record for record in sink.records if isinstance(record, Cost)]
    assert {cost.kind for cost in costs} <= {MoneyKind.ESTIMATED}
    assert all(cost.id for cost in costs)


def test_micros_give_the_exact_cost(tmp_path: Path) -> None:
    event = {"event.name": "api_request", "event.timestamp": "2026-09-01T09:14:07.4Z", "session.id": "s"}
    event |= {"model": "claude-opus-5", "request_id": "r", "cost_usd": "0.0312", "cost_usd_micros": "31249"}
    (cost,) = [r for r in read(tmp_path, [event]).records if isinstance(r, Cost)]
    assert cost.amount == Decimal("0.031249")


def test_who_has_no_account_pays_by_the_meter() -> None:
    source, sink = Source(HERE / "claude_code_events.jsonl", "x"), Sink()
    found = recognise.recognise(source)
    assert found is not None
    found.read(source, sink)
    told = {(u.person.partition(":")[0], u.billing, u.vendor, u.product) for u in usage(sink)}
    assert told == {
        ("email", Billing.UNKNOWN, "anthropic", "claude-code"),
        ("claude-code-install", Billing.METERED, "aws", "bedrock"),
    }


def test_telemetry_sees_a_part_and_never_hides_a_vendors_own_report() -> None:
    ranks = feed_ranks()
    telemetry = ["claude-code-events", "claude-code-metrics", "gen-ai-spans", "gen-ai-metrics"]
    assert min(ranks[name] for name in telemetry) >= 40
    events, counters, logs = ((ranks[n], n) for n in (*telemetry[:2], "transcripts"))
    assert events < counters < logs
    assert ranks["litellm-daily-tag"] < ranks["gen-ai-spans"] < ranks["gen-ai-metrics"]


def test_deep_nesting_is_no_crash(tmp_path: Path) -> None:
    deep = '{"resourceMetrics":[' * 400 + "]}" * 400
    path = tmp_path / "deep.jsonl"
    path.write_text(deep + "\n" + "[" * (10 * sys.getrecursionlimit()) + "\n")
    for found in recognise.formats():
        if found.name in ("claude-code-events", "claude-code-metrics", "gen-ai-spans", "gen-ai-metrics"):
            sink = Sink()
            found.read(Source(path, "deep.jsonl"), sink)
            assert sink.records == []
            assert sink.problems
