"""What the bills of clouds say of AI: SKUs, usage types, units, tags; the same from CSV, JSON and Parquet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from test_vendor_samples import matching

from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost, Usage
from bothhalves.intake.aws_cur import usage_type_of
from bothhalves.intake.base import Sink
from bothhalves.intake.cloud_bills import tokens_per, workload_of
from bothhalves.intake.google_billing import sku_of
from bothhalves.intake.source import Source

HERE = Path(__file__).parent


def read(path: Path) -> Sink:
    source, sink = Source(path, path.name), Sink()
    (found,) = matching(source)
    found.read(source, sink)
    return sink


@pytest.mark.parametrize(
    ("unit", "tokens"),
    [
        ("1K tokens", 1000),
        ("1M Tokens", 1_000_000),
        ("Million Input Tokens", 1_000_000),
        ("per 1,000 tokens", 1000),
        ("tokens", 1),
        ("1000 output tokens", 1000),
        ("Units", None),
        ("Requests", None),
        ("", None),
        ("tokens per minute", None),
        ("9999999999 tokens", None),
    ],
)
def test_units_of_tokens(unit: str, tokens: int | None) -> None:
    assert tokens_per(unit) == tokens


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Gemini 2.5 Flash Text Input - Predictions", ("gemini-2.5-flash", "input_tokens", "standard")),
        ("Gemini 2.5 Flash GA Text Output - Predictions", ("gemini-2.5-flash", "output_tokens", "standard")),
        ("Gemini 2.5 Flash GA Thinking Text Output", ("gemini-2.5-flash", "output_tokens", "standard")),
        ("Gemini 2.5 Flash Lite Batch Text Input", ("gemini-2.5-flash-lite", "input_tokens", "batch")),
        ("Gemini 3 Flash Text Input Caching", ("gemini-3-flash", "cache_read_tokens", "standard")),
        ("Gemini 2.5 Pro Image Input - Predictions", ("gemini-2.5-pro", "input_image_tokens", "standard")),
        (
            "Generate content input token count gemini-3.8-flash",
            ("gemini-3.8-flash", "input_tokens", "standard"),
        ),
        ("Gemini 3 Flash Text Input Caching Storage", None),
        ("Gemini 2.5 Flash Native Image Generation Output", None),
        ("Gemini 2.5 Flash Grounding with Search", None),
        ("Gemini 2.5 Flash Video Input Caching", None),
        ("Claude Sonnet 5 Input Tokens", None),
        ("Text Input - Predictions", None),
    ],
)
def test_skus_of_google(name: str, told: tuple[str, str, str] | None) -> None:
    found = sku_of(name)
    assert (found and (found.model, found.meter, found.tier)) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("USE1-Claude4.6Sonnet-input-tokens", ("Claude4.6Sonnet", "input_tokens", "standard", "")),
        ("Claude4.6Sonnet-output-tokens", ("Claude4.6Sonnet", "output_tokens", "standard", "")),
        ("EUW1-Llama3-70B-output-tokens-batch", ("Llama3-70B", "output_tokens", "batch", "")),
        ("USE1-X1-cache-read-input-token-count", ("X1", "cache_read_tokens", "standard", "")),
        ("USE1-X1-cache-write-input-token-count", ("X1", "cache_write_tokens", "standard", "")),
        ("USE1-gpt-oss-120b-mantle-input-tokens-flex", ("gpt-oss-120b", "input_tokens", "flex", "")),
        ("USE1-X1-input-tokens-cross-region-global", ("X1", "input_tokens", "standard", "global")),
        ("USE1-ModelUnits-1month", None),
        ("input-tokens", None),
        ("", None),
    ],
)
def test_usage_types_of_bedrock(name: str, told: tuple[str, str, str, str] | None) -> None:
    assert usage_type_of(name) == told


def test_the_most_telling_tag_names_the_workload() -> None:
    assert workload_of({"user_team": "care", "user:application": "bot"}) == "bot"
    assert workload_of({"resourceTags/user_team": "care"}) == "care"
    assert workload_of({"owner": "ada"}) == ""


@pytest.mark.parametrize("name", ["google/billing.ndjson", "google/billing_flat.csv", "aws/cur.csv"])
def test_a_bill_is_invoiced_to_the_last_digit(name: str) -> None:
    costs = [r for r in read(HERE / name).records if isinstance(r, Cost)]
    assert {cost.kind for cost in costs} == {MoneyKind.INVOICED}
    stated = {
        "google/billing.ndjson": "1.84 -0.18 -0.06 0.000000123 0.5 0.25 -0.4 0.07",
        "google/billing_flat.csv": "2.40 -0.2 1.20",
        "aws/cur.csv": "0.3612 0.264 0.1125 0.005016 0.0001 0.07 -0.10 -0.01 0.0006 -0.0006 2.50 0.1",
    }[name]
    assert [cost.amount for cost in costs] == list(map(Decimal, stated.split()))


def test_what_a_savings_plan_covers_costs_nothing_again() -> None:
    costs = [r for r in read(HERE / "aws/cur.csv").records if isinstance(r, Cost)]
    covered = [c for c in costs if c.description in ("Covered", "Negation")]
    assert {c.category for c in covered} == {"usage"}
    assert sum(c.amount for c in covered) == 0


@pytest.mark.parametrize(
    ("name", "reader"), [("google/billing.ndjson", "read_json_auto"), ("aws/cur.csv", "read_csv_auto")]
)
def test_parquet_tells_the_same(name: str, reader: str, tmp_path: Path) -> None:
    """``NaN`` is the one value that a Parquet file made of the sample cannot hold as a number."""
    target = tmp_path / "bill.parquet"
    columns = (
        "* replace (cast(cost as decimal(18, 9)) as cost, cast(usage_start_time as timestamptz) as"
        " usage_start_time, cast(usage_end_time as timestamptz) as usage_end_time)"
        if "google" in name
        else "* replace (map(['user_team'], [resource_tags::json->>'user_team']) as resource_tags)"
    )
    where = "where try_cast(cost as double) < 1e9" if "google" in name else ""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            f"copy (select {columns} from {reader}('{HERE / name}') {where}) to '{target}' (format parquet)"
        )
    told, again = read(HERE / name), read(target)
    assert amounts(again) == amounts(told)
    assert tokens(again) == tokens(told)


def amounts(sink: Sink) -> list[tuple[object, ...]]:
    costs = [r for r in sink.records if isinstance(r, Cost)]
    return [
        (c.time, c.until, c.amount, c.currency, c.category, c.product, c.account, c.invoice) for c in costs
    ]


def tokens(sink: Sink) -> list[tuple[object, ...]]:
    used = [r for r in sink.records if isinstance(r, Usage)]
    return [
        (u.time, u.model, u.workload, u.prompt_tokens, u.output_tokens, u.meter, u.quantity) for u in used
    ]
