"""FOCUS: what is billed, once; purchases and the usage they pay for are never added."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost
from bothhalves.intake import focus
from bothhalves.intake.base import Sink
from bothhalves.intake.source import Source

HERE = Path(__file__).parent
HEADER = (
    "ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BilledCost,EffectiveCost,ListCost,BillingCurrency,ProviderName,"
    "ServiceName,SubAccountId,ResourceId,SkuMeter,ConsumedQuantity,InvoiceId\n"
)
USAGE = (
    "Usage,2026-09-02T00:00:00Z,2026-09-03T00:00:00Z,0,2.46,2.46,USD,Example AI,"
    "Models,proj-support,,Tokens,888000,\n"
)
PURCHASE = (
    "Purchase,2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,1000.00,0,1000,USD,Example AI,"
    "Models,NULL,,Pack,1,INV-7\n"
)


def read(path: Path) -> tuple[list[Cost], Sink]:
    source, sink = Source(path, path.name), Sink()
    (focus_format,) = focus.FORMATS
    assert focus_format.matches(source)
    focus_format.read(source, sink)
    return [r for r in sink.records if isinstance(r, Cost)], sink


def written(folder: Path, text: str) -> tuple[list[Cost], Sink]:
    path = folder / "focus.csv"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_real_rows_of_three_vendors_add_up_to_what_was_billed() -> None:
    costs, sink = read(HERE / "sample-1.0.csv")
    assert sink.problems == []
    assert len(costs) == 30
    assert {c.vendor for c in costs} >= {"aws", "azure"}
    assert sum(c.amount for c in costs) == Decimal("2.42368301952")
    assert {c.kind for c in costs} == {MoneyKind.INVOICED}
    assert {c.category for c in costs} == {"usage", "adjustment"}
    assert all(c.until > c.time for c in costs)
    assert sink.spans[0].start == datetime(2024, 9, 1, tzinfo=UTC)


def test_prepaid_credits_count_when_they_are_bought_and_not_again_when_used(tmp_path: Path) -> None:
    costs, sink = written(tmp_path, HEADER + PURCHASE + USAGE)
    assert sink.problems == []
    assert [(c.category, c.amount) for c in costs] == [
        ("purchase", Decimal("1000.00")),
        ("usage", Decimal(0)),
    ]
    assert sum(c.amount for c in costs) == 1000
    purchase, usage = costs
    assert (purchase.account, purchase.invoice, purchase.meter) == ("", "INV-7", "Pack")
    assert (usage.vendor, usage.product, usage.account) == ("example-ai", "Models", "proj-support")
    assert (usage.quantity, usage.gross) == (Decimal(888000), Decimal("2.46"))


def test_the_specifications_own_examples_in_spreadsheet_notation_are_read() -> None:
    (bought,), _ = read(HERE / "credit-purchase.csv")
    used, _ = read(HERE / "credit-usage.csv")
    (licences,), _ = read(HERE / "licence-purchase.csv")
    assert (bought.time, bought.until, bought.amount) == (
        datetime(2025, 4, 1, tzinfo=UTC),
        datetime(2026, 4, 1, tzinfo=UTC),
        Decimal(200000),
    )
    assert [(c.amount, c.gross) for c in used] == [(0, 490), (0, 20), (0, 720)]
    assert (licences.amount, licences.vendor) == (Decimal(50000), "acmecorp")


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "focus.parquet"
    duckdb.sql(
        f"copy (select * replace (cast(BilledCost as decimal(30,15)) as BilledCost) from"
        f" read_csv('{HERE / 'sample-1.0.csv'}', nullstr = 'NULL', all_varchar = true)) to '{path}'"
    )
    assert [(c.time, c.amount, c.key) for c in read(path)[0]] == [
        (c.time, c.amount, c.key) for c in read(HERE / "sample-1.0.csv")[0]
    ]


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("ChargeCategory", "Gift"),
        ("ChargePeriodStart", "4/1/25"),
        ("ChargePeriodStart", "2026-09-04T00:00:00Z"),
        ("BilledCost", ""),
        ("BilledCost", "NaN"),
        ("BilledCost", "1,234"),
        ("ListCost", "1e400"),
        ("BillingCurrency", "dollars"),
        ("ProviderName", "NULL"),
    ],
)
def test_a_bad_row_is_a_problem_and_the_next_one_counts(tmp_path: Path, column: str, bad: str) -> None:
    names = HEADER.strip().split(",")
    cells = USAGE.strip().split(",")
    cells[names.index(column)] = f'"{bad}"'
    costs, sink = written(tmp_path, HEADER + ",".join(cells) + "\n" + PURCHASE)
    assert [c.category for c in costs] == ["purchase"]
    assert len(sink.problems) == 1
    assert sink.problems[0].where.row == 2


def test_corrections_may_be_negative(tmp_path: Path) -> None:
    text = USAGE.replace("Usage", "Credit").replace(",0,2.46,", ",-5.5,-5.5,")
    (credit,), sink = written(tmp_path, HEADER + text)
    assert (credit.category, credit.amount, sink.problems) == ("credit", Decimal("-5.5"), [])
