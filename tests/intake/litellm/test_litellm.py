"""LiteLLM: prompts include what was cached, spend is an estimate, the proxy's own cache costs no tokens."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost, Usage
from bothhalves.intake import litellm
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source

CALL: dict[str, Any] = {
    "request_id": "chatcmpl-1",
    "call_type": "acompletion",
    "api_key": "88dc28d0",
    "spend": 0.01421,
    "total_tokens": 9420,
    "prompt_tokens": 9000,
    "completion_tokens": 420,
    "startTime": "2026-09-01T09:14:03.112000Z",
    "endTime": "2026-09-01T09:14:07.400000Z",
    "model": "claude-sonnet-5",
    "custom_llm_provider": "anthropic",
    "user": "Ada@Example.com",
    "team_id": "team-support",
    "request_tags": ["User-Agent: curl", "support-bot"],
    "metadata": {
        "user_api_key_alias": "support-prod",
        "usage_object": {"cache_read_input_tokens": 6000, "cache_creation_input_tokens": 1000},
    },
    "cache_hit": "False",
    "status": "success",
}


def format_of(source: Source) -> Format:
    (found,) = [f for f in litellm.FORMATS if f.matches(source)]
    return found


def read(folder: Path, text: str, name: str = "spend.json") -> Sink:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    source, sink = Source(path, name), Sink()
    format_of(source).read(source, sink)
    return sink


def call(folder: Path, **changed: Any) -> tuple[Usage, Cost, Sink]:
    sink = read(folder, json.dumps([{**CALL, **changed}]))
    usage, cost = sink.records
    assert isinstance(usage, Usage)
    assert isinstance(cost, Cost)
    return usage, cost, sink


def test_a_call_is_usage_and_an_estimate(tmp_path: Path) -> None:
    usage, cost, sink = call(tmp_path)
    assert sink.problems == []
    assert (usage.vendor, usage.model, usage.account, usage.key) == (
        "anthropic",
        "claude-sonnet-5",
        "team-support",
        "support-prod",
    )
    assert (usage.person, usage.workload, usage.id) == ("email:ada@example.com", "support-bot", "chatcmpl-1")
    assert usage.time == datetime(2026, 9, 1, 9, 14, 3, 112000, UTC)
    assert (usage.input_tokens, usage.cache_read_tokens, usage.cache_write_tokens) == (2000, 6000, 1000)
    assert (usage.output_tokens, usage.prompt_tokens, usage.outcome) == (420, 9000, "ok")
    assert (str(cost.amount), cost.currency, cost.kind) == ("0.01421", "USD", MoneyKind.ESTIMATED)
    assert cost.until > cost.time


@pytest.mark.parametrize("form", ["list", "lines", "data", "csv"])
def test_every_way_of_export_says_the_same(tmp_path: Path, form: str) -> None:
    second = {**CALL, "request_id": "chatcmpl-2", "spend": 1.10}
    if form == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, CALL.keys())
        writer.writeheader()
        for row in (CALL, second):
            nested = {k: json.dumps(v) if isinstance(v, (dict, list)) else v for k, v in row.items()}
            writer.writerow(
                {**nested, "startTime": "2026-09-01 09:14:03.112", "endTime": "2026-09-01 09:14:07.4"}
            )
        text = out.getvalue()
    else:
        rows = [json.dumps(CALL), json.dumps(second)]
        listed = "[" + ",".join(rows) + "]"
        text = {"list": listed, "lines": "\n".join(rows), "data": '{"data": ' + listed + "}"}[form]
    sink = read(tmp_path, text)
    assert sink.problems == []
    first, first_cost, last, last_cost = sink.records
    assert isinstance(first, Usage)
    assert isinstance(last, Usage)
    assert isinstance(first_cost, Cost)
    assert isinstance(last_cost, Cost)
    assert (first.cache_read_tokens, first.workload, first.key) == (6000, "support-bot", "support-prod")
    assert first.time == datetime(2026, 9, 1, 9, 14, 3, 112000, UTC)
    assert (last.id, str(last_cost.amount)) == ("chatcmpl-2", "1.1")


@pytest.mark.parametrize(
    ("metadata", "read_tokens", "write_5m", "write_1h", "unsaid"),
    [
        ({"usage_object": {"prompt_tokens_details": {"cached_tokens": 400}}}, 400, 0, 0, 0),
        ({"additional_usage_values": {"cache_read_input_tokens": 7}}, 7, 0, 0, 0),
        (
            {
                "usage_object": {
                    "cache_creation_input_tokens": 100,
                    "cache_creation": {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 28},
                }
            },
            0,
            72,
            28,
            0,
        ),
        ({"usage_object": {"cache_creation": {"ephemeral_5m_input_tokens": 3904}}}, 0, 3904, 0, 0),
    ],
)
def test_cache_counts_stand_in_many_places(
    tmp_path: Path, metadata: dict[str, Any], read_tokens: int, write_5m: int, write_1h: int, unsaid: int
) -> None:
    usage, _, sink = call(tmp_path, metadata=metadata)
    assert sink.problems == []
    assert (usage.cache_read_tokens, usage.cache_write_5m_tokens, usage.cache_write_1h_tokens) == (
        read_tokens,
        write_5m,
        write_1h,
    )
    assert (usage.cache_write_tokens, usage.prompt_tokens) == (unsaid, 9000)


def test_silence_about_the_cache_is_told_once_per_file(tmp_path: Path) -> None:
    rows = [{**CALL, "metadata": {}, "request_id": str(n)} for n in range(3)]
    sink = read(tmp_path, json.dumps(rows))
    (problem,) = sink.problems
    assert (problem.code, problem.changes, problem.where.row) == ("litellm.cache-unknown", True, 1)
    assert problem.what.startswith("3 rows")


def test_a_prompt_smaller_than_its_cached_part_is_the_uncached_part(tmp_path: Path) -> None:
    usage, _, sink = call(tmp_path, prompt_tokens=500)
    assert (usage.input_tokens, usage.cache_read_tokens) == (500, 6000)
    assert [p.code for p in sink.problems] == ["litellm.prompt-excludes-cache"]


def test_an_answer_from_the_proxy_cache_took_no_vendor_tokens(tmp_path: Path) -> None:
    usage, cost, _ = call(tmp_path, cache_hit="True", spend=0)
    assert (usage.prompt_tokens, usage.output_tokens, usage.outcome, usage.requests) == (0, 0, "cached", 1)
    assert cost.amount == 0


def test_a_failure_is_told_as_one(tmp_path: Path) -> None:
    usage, _, _ = call(tmp_path, status="failure", completion_tokens=0)
    assert usage.outcome == "failed"


@pytest.mark.parametrize(
    ("provider", "model", "vendor", "bare"),
    [
        ("anthropic", "anthropic/claude-opus-5", "anthropic", "claude-opus-5"),
        ("", "anthropic/claude-opus-5", "anthropic", "claude-opus-5"),
        ("azure", "azure/gpt-5.5", "azure", "gpt-5.5"),
        ("vertex_ai-language-models", "gemini-3-pro", "google", "gemini-3-pro"),
        ("gemini", "gemini/gemini-3-pro", "google", "gemini-3-pro"),
        ("bedrock_converse", "us.anthropic.claude-opus-5", "aws", "us.anthropic.claude-opus-5"),
        ("xai", "xai/grok-5", "x-ai", "grok-5"),
        ("openrouter", "openrouter/openai/gpt-5.5", "openrouter", "openai/gpt-5.5"),
    ],
)
def test_the_vendor_is_the_one_who_bills(
    tmp_path: Path, provider: str, model: str, vendor: str, bare: str
) -> None:
    usage, cost, _ = call(tmp_path, custom_llm_provider=provider, model=model)
    assert (usage.vendor, usage.model, cost.vendor) == (vendor, bare, vendor)


def test_a_call_without_a_provider_is_kept_and_told(tmp_path: Path) -> None:
    usage, _, sink = call(tmp_path, custom_llm_provider="", model="house-model")
    assert usage.vendor == "unknown"
    assert [p.code for p in sink.problems] == ["litellm.no-provider"]


@pytest.mark.parametrize(
    ("user", "person"), [("", ""), ("default_user_id", ""), ("u-17", "litellm-user:u-17")]
)
def test_not_every_user_is_an_address(tmp_path: Path, user: str, person: str) -> None:
    usage, _, _ = call(tmp_path, user=user)
    assert usage.person == person


@pytest.mark.parametrize(
    "changed",
    [
        {"prompt_tokens": -1},
        {"spend": "NaN"},
        {"spend": "1e400"},
        {"startTime": "yesterday"},
        {"startTime": ""},
    ],
)
def test_a_bad_row_is_a_problem_and_no_record(tmp_path: Path, changed: dict[str, Any]) -> None:
    sink = read(tmp_path, json.dumps([{**CALL, **changed}, CALL]))
    assert len(sink.problems) == 1
    assert sink.problems[0].where.row == 1
    assert {r.where.row for r in sink.records} == {2}


def test_daily_tables_hold_cache_counts_and_the_days_they_speak_for(tmp_path: Path) -> None:
    text = (
        "id,user_id,date,api_key,model,model_group,custom_llm_provider,prompt_tokens,completion_tokens,"
        "cache_read_input_tokens,cache_creation_input_tokens,spend,api_requests,successful_requests,failed_requests\n"
        "1,ada@example.com,2026-09-01,hash,claude-sonnet-5,sonnet,anthropic,9000,420,6000,1000,0.125,12,11,1\n"
    )
    sink = read(tmp_path, text, "daily.csv")
    usage, cost = sink.records
    assert isinstance(usage, Usage)
    assert isinstance(cost, Cost)
    assert (usage.input_tokens, usage.cache_read_tokens, usage.cache_write_tokens, usage.requests) == (
        2000,
        6000,
        1000,
        12,
    )
    assert (usage.person, usage.until, str(cost.amount)) == (
        "email:ada@example.com",
        datetime(2026, 9, 2, tzinfo=UTC),
        "0.125",
    )
    assert [(s.start.day, s.until.day) for s in sink.spans] == [(1, 2)]
    assert sink.problems == []


def test_tables_of_the_same_calls_are_feeds_of_their_own(tmp_path: Path) -> None:
    header = "{},date,model,spend,prompt_tokens,completion_tokens,cache_read_input_tokens,api_requests\n"
    names = []
    for dimension in ("user_id", "team_id", "tag"):
        path = tmp_path / f"{dimension}.csv"
        path.write_text(header.format(dimension))
        names.append(format_of(Source(path, path.name)).name)
    assert names == ["litellm-daily-user", "litellm-daily-team", "litellm-daily-tag"]
    assert len({f.feed_rank for f in litellm.FORMATS}) == len(litellm.FORMATS)
