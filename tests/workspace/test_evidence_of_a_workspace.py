"""Computed against invoiced cost, months, coverage, labels, contracts and currencies of a workspace."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bothhalves.core.explain import Grade
from bothhalves.report.record import page_record
from bothhalves.workspace.ledger import shown_months
from workspace_folder import Folder, contract, cost_report, csv_of, members, used

HEADER = (
    "date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,"
    "net_amount,total_monthly_quota,organization,cost_center_name,aic_quantity,aic_gross_amount\n"
)


def every_day(month: str, days: int, tokens: int = 1_000_000, **more: Any) -> list[dict[str, Any]]:
    """A request of five dollars on each day of a month."""
    return [used(f"{month}-{day:02}T12:00:00Z", tokens, **more) for day in range(1, days + 1)]


def two_months(folder: Folder, september: str, october: str) -> None:
    """150 dollars of use in September and 155 in October, invoiced in cents as given."""
    folder.imported({"usage.csv": csv_of(*every_day("2026-09", 30), *every_day("2026-10", 31))})
    bills = [{"month": "2026-09", "amount": september}, {"month": "2026-10", "amount": october}]
    folder.imported({"costs.json": cost_report(*bills)})


@pytest.mark.parametrize(
    ("september", "agrees", "grade"),
    [
        ("15000", True, Grade.B),
        ("15300", True, Grade.B),
        ("15306.12", True, Grade.B),
        ("15307", False, Grade.C),
        ("15464", False, Grade.C),
        ("14705", False, Grade.C),
    ],
    ids=[
        "to the cent",
        "2 % less than billed",
        "just within",
        "just beyond",
        "3 %",
        "2 % more than billed, of the invoice",
    ],
)
def test_two_percent_decide(tmp_path: Path, september: str, agrees: bool, grade: Grade) -> None:
    folder = Folder(tmp_path)
    two_months(folder, september, "15500")
    ledger = folder.ledger()
    assert [c.agrees for c in ledger.comparisons] == [agrees, True]
    assert (ledger.full_months, ledger.grade) == (2, grade)
    tone = {True: "good", False: "bad"}[agrees]
    assert folder.page().agreement.tone == tone


def test_one_full_month_licenses_no_more_than_ranges(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(*every_day("2026-09", 30), *every_day("2026-10", 30))})
    bills = [{"month": "2026-09", "amount": "15000"}, {"month": "2026-10", "amount": "15000"}]
    folder.imported({"costs.json": cost_report(*bills)})
    ledger = folder.ledger()
    assert (ledger.full_months, ledger.grade) == (1, Grade.C)


def test_without_an_invoice_nothing_is_checked(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(*every_day("2026-09", 30), *every_day("2026-10", 31))})
    assert folder.ledger().grade is Grade.C
    assert folder.page().agreement.text == "No invoice to check against"


@pytest.mark.parametrize(
    ("billed_accounts", "compared"), [(("a", "b"), [("a", False), ("b", False)]), ((None,), [("", True)])]
)
def test_accounts_are_compared_where_both_sides_name_them(
    tmp_path: Path, billed_accounts: tuple[str | None, ...], compared: list[tuple[str, bool]]
) -> None:
    """Ten dollars each are used; the accounts' invoices are 9 and 11, the vendor's is 20."""
    folder = Folder(tmp_path)
    rows = [used("2026-09-01T00:00:00Z", 2_000_000, account=account) for account in ("a", "b")]
    folder.imported({"usage.csv": csv_of(*rows)})
    amounts = {"a": "900", "b": "1100", None: "2000"}
    bills = [{"month": "2026-09", "account": a, "amount": amounts[a]} for a in billed_accounts]
    text = cost_report(*bills)
    folder.imported(
        {"costs.json": text if "a" in billed_accounts else text.replace('"workspace_id": null,', "")}
    )
    assert [(c.account, c.agrees) for c in folder.ledger().comparisons] == compared


def test_use_without_a_price_never_agrees(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rows = [used("2026-09-01T00:00:00Z"), used("2026-09-01T00:00:00Z", 1, model="claude-nova-9")]
    folder.imported({"usage.csv": csv_of(*rows)})
    folder.imported({"costs.json": cost_report({"month": "2026-09", "amount": "500"})})
    (comparison,) = folder.ledger().comparisons
    assert not comparison.agrees
    assert "some usage has no price" in folder.page().coverage.text


def test_coverage_says_how_each_vendor_month_is_known(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write({"contracts/openai.yaml": contract("openai")})
    folder.imported({"usage.csv": csv_of(used("2026-09-01T00:00:00Z"))})
    folder.imported(
        {
            "costs.json": cost_report(
                {"month": "2026-09", "amount": "500"}, {"month": "2026-10", "amount": "7"}
            )
        }
    )
    page = folder.page()
    assert page.coverage.text == "1 of 4 vendor-months measured, 1 by invoice only, 2 unknown"
    assert page.coverage.tone == "warn"


def test_the_window_is_the_last_two_months_with_data(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    days = ["2026-06-01", "2026-07-31", "2026-10-31"]
    folder.imported({"usage.csv": csv_of(*(used(f"{day}T12:00:00Z") for day in days))})
    assert [str(m) for m in folder.ledger().months] == ["2026-07", "2026-08", "2026-09", "2026-10"]
    assert [str(m) for m in folder.ledger(as_of="2026-07-01").months] == ["2026-06", "2026-07"]
    folder.company(window="2026-06")
    assert [str(m) for m in folder.ledger().months] == ["2026-06"]
    assert folder.amount("tokens.cost").low == 5


def test_months_with_seats_alone_can_be_shown(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-03-01T12:00:00Z"))})
    folder.imported({"members.csv": members(("ada@example.com", "Active", "Premium"))}, as_of="2026-02-15")
    folder.write({"contracts/one.yaml": contract(term={"start": "2026-04-10", "months": 3})})
    workspace = folder.open()
    assert [m.number for m in shown_months(workspace, "2030-01-01")] == [2, 3, 4, 5, 6]
    assert [m.number for m in shown_months(workspace, "2026-05-01")] == [2, 3, 4, 5]
    assert [m.number for m in shown_months(workspace, "2026-02-20")] == [2]
    assert [str(m) for m in folder.ledger().months] == ["2026-03"]


def test_without_usage_the_window_is_the_last_two_months_with_seats(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write({"contracts/one.yaml": contract(term={"start": "2025-01-01", "months": 12})})
    assert [str(m) for m in folder.ledger().months] == ["2025-11", "2025-12"]
    assert folder.amount("seats.cost").low == 2000


def test_months_follow_the_zone(tmp_path: Path) -> None:
    folder = Folder(tmp_path, zone="Pacific/Kiritimati")
    folder.imported({"usage.csv": csv_of(used("2026-10-31T10:00:00Z"))})
    ledger = folder.ledger()
    assert [str(m) for m in ledger.months] == ["2026-11"]
    assert [u.month for u in ledger.usage] == ["2026-11"]
    assert folder.ledger("2026-10").usage == ()


def test_a_month_is_full_when_every_local_day_of_it_has_use(tmp_path: Path) -> None:
    folder = Folder(tmp_path, zone="Pacific/Kiritimati")
    rows = every_day("2026-09", 30)
    folder.imported({"usage.csv": csv_of(*rows)})
    assert folder.ledger("2026-09").full_months == 0
    folder.imported({"more.csv": csv_of(used("2026-08-31T12:00:00Z"))})
    assert folder.ledger("2026-09").full_months == 1


def test_derived_data_that_is_deleted_is_made_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path, smallest_group=1, billing={"claude-code": "included"})
    folder.write({"contracts/anthropic.yaml": contract()})
    two_months(folder, "15000", "15500")
    folder.imported({"members.csv": members(("ada@x.com", "Active", "Premium"))}, as_of="2026-10-31")
    folder.imported({"more.csv": csv_of(used("2026-10-01T00:00:00Z", 7, id="x"))}, account="org-7")
    line = (
        '{"type":"assistant","timestamp":"2026-10-01T09:14:07.400Z","sessionId":"s","uuid":"u","requestId":"r",'
        '"cwd":"/home/ada/x","isSidechain":false,"message":{"id":"m","role":"assistant","model":"claude-opus-4-8",'
        '"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":10}}}\n'
    )
    folder.imported({"logs/p/a.jsonl": line}, person="ada@x.com")
    before = page_record(folder.page())
    shutil.rmtree(folder.root / ".bothhalves")
    after = page_record(folder.page())
    assert {**after, "snapshot": ""} == {**before, "snapshot": ""}
    assert after["figures"]["seats.notional"]["low"] == "0.00525"


def test_currencies_are_never_mixed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write(
        {"contracts/anthropic.yaml": contract(currency="EUR"), "contracts/openai.yaml": contract("openai")}
    )
    bills = [{"month": "2026-09", "amount": "500"}, {"month": "2026-09", "amount": "700", "currency": "EUR"}]
    folder.imported({"usage.csv": csv_of(used("2026-09-01T00:00:00Z")), "costs.json": cost_report(*bills)})
    assert folder.amount("seats.cost").low == 1000
    assert folder.amount("tokens.billed").low == 5
    assert folder.amount("both.cost").low == 1005
    assert "money.currency" in folder.codes()


def credits(*quantities: str) -> str:
    """A Copilot billing file of included credits."""
    rows = [
        f"2026-09-{n:02},u{n},copilot,s,GPT-5.4,{q},ai-credits,0.01,0,0,0,0,acme,,{q},0"
        for n, q in enumerate(quantities, 1)
    ]
    return HEADER + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("used_credits", "cost"),
    [(("1900", "1900"), "0"), (("3000", "800.5"), "0.005"), (("4000.25", "0"), "2.0025")],
    ids=["within the pool", "one heavy user shares the pool", "beyond it"],
)
def test_credits_under_a_contract_share_the_seats_pool(
    tmp_path: Path, used_credits: tuple[str, ...], cost: str
) -> None:
    """Two seats with 1,900 credits each; what is beyond costs one cent a credit."""
    folder = Folder(tmp_path)
    seats = [{"type": "business", "product": "copilot", "committed": 2, "fee": "19"}]
    usage = [
        {
            "product": "copilot",
            "meter": "ai-credits",
            "price": {"per_unit": "0.01", "included_per_seat": "1900"},
        }
    ]
    folder.write({"contracts/github.yaml": contract("github", seats=seats, usage=usage)})
    folder.imported({"billing.csv": credits(*used_credits)})
    found = folder.amount("contract.usage?meter=ai-credits&product=copilot", "2026-09")
    assert found.low == found.high == Decimal(cost)


def test_what_is_invented_or_assumed_is_on_the_page(tmp_path: Path) -> None:
    folder = Folder(tmp_path, invented=True, assumed=["12 Premium seats"])
    folder.write({"contracts/anthropic.yaml": contract(assumed=True, note="list price")})
    folder.imported({"usage.csv": csv_of(used("2026-09-01T00:00:00Z"))})
    page = folder.page()
    assert page.labels == (
        "Invented company: every figure on this page is made up.",
        "Assumed: 12 Premium seats",
        "Assumed contract anthropic-2026: list price",
    )
    assert "The seat fee is assumed, not taken from a signed contract." in page.seats.notes
    folder.company()
    folder.write({"contracts/anthropic.yaml": contract()})
    assert folder.page().labels == ()


def test_the_two_kinds_of_money_of_use_stay_apart(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rows = [
        used("2026-09-01T00:00:00Z"),
        used("2026-09-02T00:00:00Z", 400_000, billing="included", person="login:a"),
    ]
    folder.imported({"usage.csv": csv_of(*rows)})
    assert folder.amount("tokens.cost").low == 5
    assert folder.amount("seats.notional").low == 2
    assert folder.amount("seats.notional").kind == "notional"


@pytest.mark.parametrize(("billing", "key"), [("metered", "tokens.cost"), ("included", "seats.notional")])
def test_who_pays_can_be_said_in_company_yaml(tmp_path: Path, billing: str, key: str) -> None:
    folder = Folder(tmp_path)
    folder.imported(
        {"usage.csv": csv_of(used("2026-09-01T00:00:00Z", billing="unknown", product="claude-code"))}
    )
    assert any("metered or included" in note for note in folder.page().tokens.notes)
    folder.company(billing={"claude-code": billing})
    assert not any("metered or included" in note for note in folder.page().tokens.notes)
    assert folder.amount(key).low == 5


def test_a_newer_export_of_the_same_days_takes_the_place_of_the_older(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"costs.json": cost_report({"month": "2026-09", "amount": "500"})})
    folder.imported({"costs-2.json": cost_report({"month": "2026-09", "amount": "650"})})
    assert folder.amount("tokens.billed").low == Decimal("6.5")


def test_prices_are_locked_at_the_first_import(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert not (folder.root / "prices.lock.json").exists()
    folder.imported({"usage.csv": csv_of(used("2026-09-01T00:00:00Z"))})
    lock = folder.root / "prices.lock.json"
    assert '"genai-prices": "0.2.3"' in lock.read_text()
    assert folder.codes() == []
    lock.write_text(lock.read_text().replace("0.2.3", "0.2.2"))
    assert folder.codes() == ["book.locked"]
