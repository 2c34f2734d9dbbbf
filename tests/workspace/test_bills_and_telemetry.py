"""Cloud bills that come again and later, and telemetry that tells the same calls many times."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from source import ROOT
from workspace_folder import Folder

SAMPLES = ROOT / "tests/intake"
BILL = (
    "invoice_month,service_description,sku_description,project_id,usage_start_time,usage_end_time,cost,currency,"
    "usage_amount,usage_unit\n"
)
CUR = (
    "bill_billing_period_start_date,bill_billing_period_end_date,line_item_usage_start_date,"
    "line_item_usage_end_date,line_item_usage_account_id,line_item_line_item_type,line_item_product_code,"
    "line_item_usage_type,line_item_usage_amount,line_item_currency_code,line_item_unblended_cost,pricing_unit\n"
)


def google(invoice: str, day: int, cost: str, tokens: int) -> str:
    when = f"2026-09-{day:02}T00:00:00Z,2026-09-{day:02}T01:00:00Z"
    return (
        f"{invoice},Vertex AI,Gemini 2.5 Pro Text Input - Predictions,bot,{when},{cost},USD,{tokens},count\n"
    )


def bedrock(day: int, cost: str, thousands: str) -> str:
    when = f"2026-09-{day:02}T10:00:00Z,2026-09-{day:02}T11:00:00Z"
    kind = "1111,Usage,AmazonBedrock,USE1-NovaLite-input-tokens"
    return f"2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,{when},{kind},{thousands},USD,{cost},1K tokens\n"


def billed(folder: Folder) -> list[Decimal]:
    return sorted(cost.amount for cost in folder.open().store.costs())


def tokens(folder: Folder) -> int:
    return sum(int(n) for cell in folder.open().store.quantities() for _, n in cell.quantities)


def test_a_row_that_comes_late_adds_to_the_month_of_its_use(tmp_path: Path) -> None:
    """The file of October's invoice speaks of September too, and must not take September's place."""
    folder = Folder(tmp_path)
    folder.imported(
        {"september.csv": BILL + google("202609", 2, "1.50", 1000) + google("202609", 20, "2.50", 2000)}
    )
    folder.imported(
        {"october.csv": BILL + google("202610", 1, "0.25", 100) + google("202610", 30, "0.75", 300)}
    )
    assert billed(folder) == [Decimal(c) for c in ("0.25", "0.75", "1.50", "2.50")]
    assert tokens(folder) == 3400


def test_a_newer_export_of_an_invoice_month_takes_the_place_of_the_older(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported(
        {"early.csv": BILL + google("202609", 2, "1.50", 1000) + google("202609", 20, "2.50", 2000)}
    )
    folder.imported(
        {"late.csv": BILL + google("202609", 2, "1.60", 1100) + google("202609", 20, "2.50", 2000)}
    )
    assert billed(folder) == [Decimal("1.60"), Decimal("2.50")]
    assert tokens(folder) == 3100


def test_aws_overwrites_a_month_with_all_of_its_days(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"first.csv": CUR + bedrock(2, "1.50", "10") + bedrock(20, "2.50", "20")})
    folder.imported({"second.csv": CUR + bedrock(3, "4.00", "30")})
    assert billed(folder) == [Decimal("4.00")]
    assert tokens(folder) == 30_000


def lines(name: str) -> list[str]:
    return (SAMPLES / "telemetry" / name).read_text("utf-8").splitlines(keepends=True)


def test_overlapping_files_of_a_collector_count_every_call_and_cost_once(tmp_path: Path) -> None:
    events = lines("claude_code_events.jsonl")
    folder = Folder(tmp_path)
    folder.imported({"one.jsonl": "".join(events[:2])})
    folder.imported({"two.jsonl": "".join(events[1:3])})
    apart = tokens(folder), billed(folder)
    whole = Folder(tmp_path / "whole")
    whole.imported({"all.jsonl": "".join(events)})
    assert apart == (tokens(whole), billed(whole)) == (42511, [Decimal("0.0312"), Decimal("0.5")])


def test_growth_told_by_overlapping_files_is_counted_once(tmp_path: Path) -> None:
    totals = lines("claude_code_cumulative.jsonl")
    folder = Folder(tmp_path)
    folder.imported({"one.jsonl": "".join(totals[:3])})
    folder.imported({"all.jsonl": "".join(totals)})
    assert tokens(folder) == 400 + 80 + 20


def counter(value: int) -> str:
    """The delta counter of the person, day and tokens that the events tell as well."""
    told: dict[str, Any] = json.loads(lines("claude_code_cumulative.jsonl")[0])
    total = told["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["sum"]
    total["aggregationTemporality"], total["dataPoints"][0]["asInt"] = 1, str(value)
    return json.dumps(told) + "\n"


def test_events_are_counted_and_counters_of_the_same_day_are_not(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"counters.jsonl": counter(777)})
    assert tokens(folder) == 777
    folder.imported({"events.jsonl": "".join(lines("claude_code_events.jsonl")[:1])})
    assert tokens(folder) == 120 + 41000 + 520 + 830
    assert [row["feed"] for row in folder.open().store.shadowed()] == ["claude-code-metrics"]


def test_the_vendors_own_report_goes_before_telemetry(tmp_path: Path) -> None:
    report = {
        "data": [
            {
                "date": "2026-09-01T00:00:00Z", "organization_id": "org-uuid-example",
                "actor": {"type": "user_actor", "email_address": "ada@example.com"},
                "customer_type": "subscription", "core_metrics": {"num_sessions": 1},
                "model_breakdown": [{"model": "claude-opus-5", "tokens": {"input": 5, "output": 6}}],
            }
        ],
        "has_more": False,
    }  # fmt: skip
    folder = Folder(tmp_path, billing={"claude-code": "included"})
    folder.imported({"events.jsonl": "".join(lines("claude_code_events.jsonl")[:1])})
    folder.imported({"report.json": json.dumps(report)})
    assert tokens(folder) == 11
