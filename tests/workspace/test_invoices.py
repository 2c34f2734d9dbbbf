"""Invoices written down by people: what they state, where it stands, and never twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.workspace.invoices import by_month
from workspace_folder import Folder, csv_of, used


def invoice(**more: object) -> str:
    written = {
        "invoice": "A-1", "vendor": "anthropic", "currency": "USD",
        "from": "2026-09-01", "until": "2026-10-01",
        "lines": [{"amount": 5, "what": "usage"}],
    }  # fmt: skip
    return yaml.safe_dump({**written, **more})


def filled(place: Path, **more: object) -> Folder:
    folder = Folder(place)
    folder.write({"invoices/1.yaml": invoice(**more)})
    folder.imported({"usage.csv": csv_of(used("2026-09-15T12:00:00Z"))})
    return folder


def test_an_invoice_is_compared_with_the_usage_of_its_month(tmp_path: Path) -> None:
    compared = filled(tmp_path).ledger("2026-09").comparisons
    assert [(c.month, c.invoiced.low, c.computed.low, c.agrees) for c in compared] == [
        ("2026-09", 5, 5, True)
    ]


def test_its_line_opens_to_what_was_written(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    stated = folder.ledger("2026-09").invoiced[0]
    row = folder.open().rows(stated.rows)[0]
    assert (row["invoice"], row["line"], row["amount"]) == ("A-1", "usage", "5 USD")
    assert row["file"].startswith("invoices/1.yaml:")


def test_seats_and_tax_are_not_held_against_usage(tmp_path: Path) -> None:
    lines = [{"amount": 5}, {"amount": 900, "category": "seats"}, {"amount": "171.95", "category": "tax"}]
    ledger = filled(tmp_path, lines=lines, total="1076.95").ledger("2026-09")
    assert [c.invoiced.low for c in ledger.comparisons] == [5]
    assert sum(s.amount for s in ledger.invoiced) == Decimal("1076.95")


def test_lines_that_do_not_add_up_are_refused_with_their_place(tmp_path: Path) -> None:
    problems = filled(tmp_path, total=6).open().problems
    assert [(p.code, p.where.file) for p in problems] == [("yaml.bad-value", "invoices/1.yaml")]
    assert "add up to 5" in problems[0].what


def test_what_was_imported_and_written_down_is_counted_once(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    bill = csv_of({
        "BilledCost": "5", "BillingCurrency": "USD", "BillingPeriodStart": "2026-09-01T00:00:00Z",
        "BillingPeriodEnd": "2026-10-01T00:00:00Z", "ChargePeriodStart": "2026-09-01T00:00:00Z",
        "ChargePeriodEnd": "2026-10-01T00:00:00Z", "ChargeCategory": "Usage", "ProviderName": "Anthropic",
        "ServiceName": "Claude API", "InvoiceId": "A-1", "EffectiveCost": "5", "ListCost": "5",
        "ContractedCost": "5", "BillingAccountId": "org", "ChargeDescription": "usage",
        "InvoiceIssuerName": "Anthropic", "PublisherName": "Anthropic", "PricingQuantity": "1",
        "PricingUnit": "Units", "ServiceCategory": "AI and Machine Learning", "BillingAccountName": "org",
        "ChargeClass": "",
    })  # fmt: skip
    folder.imported({"focus.csv": bill})
    ledger = folder.ledger("2026-09")
    assert sum(s.amount for s in ledger.invoiced) == 5
    assert "invoice.twice" in {p.code for p in folder.open().problems}


@pytest.mark.parametrize(
    ("first", "after", "amount", "expected"),
    [
        (date(2026, 9, 1), date(2026, 10, 1), "30", {"2026-09": "30"}),
        (date(2026, 9, 16), date(2026, 10, 16), "30", {"2026-09": "15", "2026-10": "15"}),
        (
            date(2026, 9, 1),
            date(2026, 12, 1),
            "100",
            {"2026-09": "32.97", "2026-10": "34.06", "2026-11": "32.97"},
        ),
        (date(2026, 9, 30), date(2026, 10, 1), "-1.25", {"2026-09": "-1.25"}),
    ],
)
def test_a_line_over_several_months_is_split_by_days(
    first: date, after: date, amount: str, expected: dict[str, str]
) -> None:
    found = {str(m): part for m, part in by_month(Decimal(amount), first, after)}
    assert found == {m: Decimal(a) for m, a in expected.items()}


@given(
    st.decimals(-(10**6), 10**6, places=2),
    st.dates(date(2025, 1, 1), date(2026, 1, 1)),
    st.dates(date(2026, 1, 2), date(2026, 12, 31)),
)
def test_the_parts_add_up(amount: Decimal, first: date, after: date) -> None:
    parts = by_month(amount, first, after)
    assert sum((p for _, p in parts), Decimal(0)) == amount
