"""FOCUS rows keep the rules of the specification that our columns must keep, seen from our side.

The official validator runs under ``make focus-check``; what it checks of these columns is checked here too.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.report.focus import COLUMNS, focus_rows, write_focus
from bothhalves.report.focus.rows import Row, totals
from bothhalves.workspace.charges import charges_of
from bothhalves.workspace.ledger import chosen_months
from workspace_folder import Folder, contract, csv_of, used

NEVER_NULL = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart",
    "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ProviderName", "PublisherName",
    "ServiceCategory", "ServiceName", "PricingCurrency",
)  # fmt: skip
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def rows_of(folder: Folder, window: str) -> list[Row]:
    place = folder.open()
    return list(focus_rows(charges_of(place, chosen_months(place, window, ""))))


def seats_and_tokens(place: Path, **terms: object) -> Folder:
    folder = Folder(place)
    folder.write({"contracts/a.yaml": contract(**terms)})
    rows = [
        used("2026-09-15T12:00:00Z", account="acme", output_tokens=1_000_000),
        used("2026-10-15T12:00:00Z", 3_000_000, tier="batch"),
        used("2026-10-16T12:00:00Z", vendor="openai", model="gpt-5.5"),
    ]
    folder.imported({"usage.csv": csv_of(*rows)})
    return folder


def decimal(value: str | Decimal | None) -> Decimal:
    assert isinstance(value, Decimal)
    return value


def assert_keeps_the_rules(rows: Iterable[Row]) -> None:
    parents: dict[object, set[object]] = defaultdict(set)
    for row in rows:
        assert list(row) == list(COLUMNS)
        assert [name for name in NEVER_NULL if row[name] in (None, "")] == []
        assert all(TIME.fullmatch(str(row[n])) for n in row if n.endswith(("PeriodStart", "PeriodEnd")))
        assert row["ChargeCategory"] in ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
        assert row["ChargeFrequency"] in ("One-Time", "Recurring", "Usage-Based")
        assert isinstance(json.loads(str(row["Tags"])), dict)
        assert (row["SubAccountId"] is None) == (row["SubAccountName"] is None)
        assert (row["RegionId"] is None) == (row["RegionName"] is None)
        _prices(row)
        _commitments(row)
        if row["SkuPriceId"] is not None:
            parents[row["SkuPriceId"]].add(row["SkuId"])
    assert [price for price, skus in parents.items() if len(skus) > 1] == []


def _prices(row: Row) -> None:
    if row["ChargeCategory"] == "Tax":
        assert row["ListUnitPrice"] is row["ContractedUnitPrice"] is row["PricingQuantity"] is None
        return
    quantity = decimal(row["PricingQuantity"])
    for price, cost in (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")):
        assert decimal(row[price]) >= 0
        assert abs(decimal(row[price]) * quantity - decimal(row[cost])) < Decimal("0.000001")
    if row["ChargeCategory"] == "Purchase":
        assert row["EffectiveCost"] == 0
        assert row["ConsumedQuantity"] is None
    assert (row["ConsumedQuantity"] is None) == (row["ConsumedUnit"] is None)


def _commitments(row: Row) -> None:
    named = [
        row[n] for n in COLUMNS if n.startswith("CommitmentDiscount") and n != "CommitmentDiscountStatus"
    ]
    assert len({value is None for value in named}) == 1
    if row["CommitmentDiscountId"] is None or row["ChargeCategory"] != "Usage":
        assert row["CommitmentDiscountStatus"] is None
    else:
        assert row["CommitmentDiscountStatus"] in ("Used", "Unused")


def test_seats_and_tokens_keep_the_rules(tmp_path: Path) -> None:
    rows = rows_of(seats_and_tokens(tmp_path), "2026-09/2026-10")
    assert_keeps_the_rules(rows)
    # 10 seats at 100 in two months; 5 + 25, 3 x 2.50, and OpenAI's input at list price
    seats = [r for r in rows if r["SkuMeter"] == "seats"]
    assert totals(seats, "BilledCost") == totals(seats, "EffectiveCost") == 2000
    anthropic = [r for r in rows if r["ProviderName"] == "Anthropic" and r not in seats]
    assert totals(anthropic, "BilledCost") == totals(anthropic, "EffectiveCost") == Decimal("37.5")
    assert {r["SubAccountId"] for r in anthropic} == {None, "acme"}


def test_a_seat_is_bought_in_one_row_and_used_in_another(tmp_path: Path) -> None:
    rows = rows_of(seats_and_tokens(tmp_path), "2026-09")
    bought, held = (r for r in rows if r["SkuMeter"] == "seats")
    assert (bought["ChargeCategory"], bought["BilledCost"], bought["EffectiveCost"]) == ("Purchase", 1000, 0)
    assert (held["ChargeCategory"], held["BilledCost"], held["EffectiveCost"]) == ("Usage", 0, 1000)
    assert (held["ConsumedQuantity"], held["ConsumedUnit"]) == (10, "Seat-Months")


def test_tokens_are_priced_by_the_million_and_counted_one_by_one(tmp_path: Path) -> None:
    rows = rows_of(seats_and_tokens(tmp_path), "2026-10")
    row = next(r for r in rows if r["SkuPriceDetails"] and "batch" in str(r["SkuPriceDetails"]))
    assert (row["PricingQuantity"], row["PricingUnit"]) == (3, "1000000 Tokens")
    assert (row["ConsumedQuantity"], row["ConsumedUnit"]) == (3_000_000, "Tokens")
    assert (row["ListUnitPrice"], row["ListCost"]) == (Decimal("2.5"), Decimal("7.5"))


def test_usage_that_a_seat_includes_has_no_money(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-09-15T12:00:00Z", billing="included"))})
    assert rows_of(folder, "2026-09") == []


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_both_formats_hold_the_same(tmp_path: Path, suffix: str) -> None:
    rows = rows_of(seats_and_tokens(tmp_path), "2026-09/2026-10")
    path = tmp_path / f"focus.{suffix}"
    assert write_focus(rows, path) == len(rows)
    read = list(csv.DictReader(path.read_text().splitlines())) if suffix == "csv" else parquet(path)
    assert [list(r) for r in read] == [list(COLUMNS)] * len(rows)
    for found, row in zip(read, rows, strict=True):
        assert Decimal(str(found["BilledCost"])) == row["BilledCost"]
        assert (found["ChargeDescription"], found["Tags"]) == (row["ChargeDescription"], row["Tags"])


def parquet(path: Path) -> list[dict[str, object]]:
    import duckdb

    found = duckdb.connect().execute(f"select * from '{path}'")
    names = [d[0] for d in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_a_name_that_a_spreadsheet_would_run_is_quoted(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-09-15T12:00:00Z", account="=cmd|' /C calc'!A0"))})
    path = tmp_path / "focus.csv"
    write_focus(rows_of(folder, "2026-09"), path)
    assert ",'=cmd" in path.read_text()


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.csv or \.parquet"):
        write_focus([], tmp_path / "focus.xlsx")


RICH = {
    "rates": [{"name": "opus", "scope": {"models": ["claude-opus-4-8"]}, "discount": "10%"}],
    "commitment": {
        "amount": 100, "per": "quarter", "bands": [{"from": 100, "discount": "5%"}], "paid": "prepaid",
        "overage": "list", "unused": "forfeited",
    },
    "tax": {"rate": "19%", "name": "vat"},
}  # fmt: skip


def promised(place: Path) -> Folder:
    """A prepaid hundred a quarter, of which 37.50 at list is used in September and nothing in October."""
    return seats_and_tokens(place, term={"start": "2026-07-01", "months": 12}, **RICH)


def test_a_prepaid_commitment_is_bought_drawn_and_lost(tmp_path: Path) -> None:
    rows = rows_of(promised(tmp_path), "2026-07/2026-09")
    assert_keeps_the_rules(rows)
    own = [r for r in rows if r["CommitmentDiscountId"]]
    bought = [r for r in own if r["ChargeCategory"] == "Purchase"]
    used_, lost = ([r for r in own if r["CommitmentDiscountStatus"] == s] for s in ("Used", "Unused"))
    # 30 at list, 10 % off by rate, 5 % off by band: 25.65 of the hundred
    assert (totals(bought, "BilledCost"), totals(bought, "EffectiveCost")) == (100, 0)
    assert (totals(used_, "BilledCost"), totals(used_, "EffectiveCost")) == (0, Decimal("25.65"))
    assert (totals(lost, "BilledCost"), totals(lost, "EffectiveCost")) == (0, Decimal("74.35"))
    assert totals(used_, "ListCost") == 30


def test_tax_has_no_unit_price_and_stands_alone(tmp_path: Path) -> None:
    rows = rows_of(promised(tmp_path), "2026-07")
    tax = [r for r in rows if r["ChargeCategory"] == "Tax"]
    rest = [r for r in rows if r["ChargeCategory"] != "Tax"]
    assert totals(tax, "BilledCost") == Decimal("0.19") * totals(rest, "BilledCost")
    assert {r["SkuId"] for r in tax} == {None}


def test_credits_are_a_currency_of_their_own(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    seats = [{"plan": "copilot-business", "committed": 1}]
    folder.write({
        "contracts/a.yaml": contract("github", seats=seats, term={"start": "2026-06-01", "months": 12}),
    })  # fmt: skip
    row = {
        "time": "2026-09-15T12:00:00Z", "vendor": "github", "product": "copilot", "meter": "ai-credits",
        "quantity": 2500, "person": "ada@x.com", "billing": "metered",
    }  # fmt: skip
    folder.imported({"usage.csv": csv_of(row)})
    rows = rows_of(folder, "2026-09")
    assert_keeps_the_rules(rows)
    credits = [r for r in rows if r["PricingCurrency"] == "GitHub credits"]
    # 1,900 of 2,500 credits come with the seat; the rest is a cent each
    assert totals(credits, "BilledCost") == 6
    assert totals(credits, "PricingCurrencyEffectiveCost") == 600
