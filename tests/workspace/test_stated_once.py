"""Invoiced money that several feeds state is counted once, whatever is imported first."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.explain import Selector
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.records import Ledger, Stated
from bothhalves.workspace.stated_once import StatedOnce, counted_once
from workspace_folder import Folder, cost_report, csv_of, used

#: A vendor's two reports, an invoice that people wrote, an aggregating export and two mappings.
RANKS = {"costs": 10, "console": 11, "invoices": 39, "focus": 40}
FEEDS = (*RANKS, "mapped-a", "mapped-b")
CHARGE = ("usage", "credit", "adjustment")


def stated(feed: str, amount: str, category: str = "usage", **more: Any) -> Stated:
    given = Stated(
        feed=feed, vendor="anthropic", account="", key="", product="", owner="", category=category,
        month="2026-09", currency="USD", kind=MoneyKind.INVOICED, amount=Decimal(amount), gross=None,
        rows=Selector("costs"), count=1,
    )  # fmt: skip
    return replace(given, **more)


def once(*found: Stated) -> StatedOnce:
    return counted_once(found, RANKS)


def counted(*found: Stated) -> set[tuple[str, str, str]]:
    return {(s.feed, s.category, str(s.amount)) for s in once(*found).counted}


def totals(found: StatedOnce) -> dict[tuple[str, ...], Decimal]:
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for s in found.counted:
        sums[s.vendor, s.month, s.currency, s.kind] += s.amount
    return {slot: amount for slot, amount in sums.items() if amount}


def test_a_vendor_s_own_report_goes_before_an_aggregate_and_that_before_a_mapping() -> None:
    told = [stated("mapped-a", "100"), stated("focus", "100"), stated("costs", "100")]
    assert counted(*told) == {("costs", "usage", "100")}
    assert counted(*told[:2]) == {("focus", "usage", "100")}
    (of_record,) = once(*told).counted
    assert of_record.also == ("focus", "mapped-a")
    assert once(*told).problems == ()


def test_tax_of_a_fuller_feed_is_counted_beside_the_report_of_usage() -> None:
    told = [stated("costs", "100"), stated("focus", "100"), stated("focus", "19", "tax")]
    assert counted(*told) == {("costs", "usage", "100"), ("focus", "tax", "19")}


def test_a_feed_that_states_credits_states_the_charge_whole() -> None:
    """The report of usage alone may be before the credit or after it: it is not taken off once more."""
    whole = [stated("focus", "120"), stated("focus", "-20", "credit")]
    assert counted(stated("costs", "100"), *whole) == {("focus", "usage", "120"), ("focus", "credit", "-20")}
    assert once(stated("costs", "100"), *whole).problems == ()
    assert once(stated("costs", "120"), *whole).problems == ()


def test_a_credit_that_one_feed_alone_states_is_not_lost() -> None:
    told = [stated("costs", "100"), stated("mapped-a", "-5", "credit")]
    assert counted(*told) == {("costs", "usage", "100"), ("mapped-a", "credit", "-5")}


@pytest.mark.parametrize(
    ("other", "both"),
    [
        ({"account": "beta"}, True),
        ({"account": "alpha"}, False),
        ({"account": ""}, False),
        ({"month": "2026-10", "account": "alpha"}, True),
        ({"vendor": "openai", "account": "alpha"}, True),
        ({"currency": "EUR", "account": "alpha"}, True),
        ({"category": "seats", "account": "alpha"}, True),
        ({"category": "tax", "account": "alpha"}, True),
    ],
)
def test_what_is_the_same_money(other: dict[str, str], both: bool) -> None:
    found = once(stated("costs", "100", account="alpha"), stated("focus", "70", **other))
    assert len(found.counted) == (2 if both else 1)


def test_an_account_under_two_names_counts_once_where_the_totals_are_equal_to_the_cent() -> None:
    ours = [stated("costs", "60.004", account="wrkspc_1"), stated("costs", "40", account="wrkspc_2")]
    theirs = [stated("console", "60", account="Support"), stated("console", "40", account="Search")]
    assert {feed for feed, *_ in counted(*ours, *theirs)} == {"costs"}
    theirs[0] = stated("console", "61", account="Support")
    assert {feed for feed, *_ in counted(*ours, *theirs)} == {"costs", "console"}


def test_a_purchase_of_the_same_amount_is_the_seats() -> None:
    seats = stated("mapped-a", "1000", "seats", product="Claude Team")
    assert counted(seats, stated("focus", "1000", "purchase")) == {("mapped-a", "seats", "1000")}
    assert len(counted(seats, stated("focus", "400", "purchase"))) == 2


def test_two_products_that_a_vendor_tells_apart_both_count() -> None:
    told = [stated("costs", "100", product="claude-api"), stated("console", "70", product="chat")]
    assert len(once(*told).counted) == 2
    assert len(once(told[0], stated("focus", "100", product="Anthropic models")).counted) == 1
    assert len(once(told[0], stated("mapped-a", "100", product="Claude API")).counted) == 1


def test_two_exports_of_a_vendor_s_for_different_days_both_count() -> None:
    def days(first: int, after: int) -> tuple[datetime, datetime]:
        return datetime(2026, 9, first, tzinfo=UTC), datetime(2026, 9, after, tzinfo=UTC)

    early, late = stated("costs", "50", span=days(1, 15)), stated("console", "50", span=days(15, 30))
    assert len(once(early, late).counted) == 2
    assert len(once(early, replace(late, span=days(14, 30))).counted) == 1


def test_estimates_of_several_feeds_stay_as_they_are() -> None:
    told = [stated("costs", "1", kind=MoneyKind.ESTIMATED), stated("console", "1", kind=MoneyKind.NOTIONAL)]
    assert once(*told).counted == tuple(told)


@pytest.mark.parametrize(("amount", "told"), [("98", 0), ("102.04", 0), ("97.99", 1), ("0", 1), ("-100", 1)])
def test_feeds_that_differ_by_more_than_two_percent_are_told(amount: str, told: int) -> None:
    problems = once(stated("costs", "100"), stated("focus", amount)).problems
    assert [p.code for p in problems] == ["costs.differ"] * told
    assert all("100 USD" in p.what and f"{amount} USD" in p.what for p in problems)


AMOUNTS = st.decimals(Decimal("0.01"), Decimal(10**6), places=4)
PLACES = st.tuples(
    st.sampled_from(["anthropic", "openai"]),
    st.sampled_from(["2026-09", "2026-10"]),
    st.sampled_from(["USD", "EUR"]),
    st.sampled_from(["", "alpha", "beta"]),
    st.sampled_from(["usage", "credit", "adjustment", "seats", "purchase", "tax"]),
)


def told_by(feed: str, amounts: dict[tuple[str, ...], Decimal]) -> list[Stated]:
    return [
        stated(
            feed,
            str(-amount if category == "credit" else amount),
            category,
            vendor=vendor,
            month=month,
            currency=currency,
            account=account,
        )
        for (vendor, month, currency, account, category), amount in amounts.items()
    ]


WAYS = ("the same", "without accounts", "by accounts of other names", "usage with its credits taken off")


def _slot(s: Stated) -> tuple[str, str, str]:
    return s.vendor, s.month, s.currency


def again(found: list[Stated], feed: str, way: str) -> list[Stated]:
    """The same money as another feed tells it."""
    sums: Counter[tuple[str, ...]] = Counter()
    used = {_slot(s) for s in found if s.category == "usage"}
    for s in found:
        category, account = s.category, s.account
        if way == "usage with its credits taken off" and category in CHARGE and _slot(s) in used:
            category = "usage"
        if way == "without accounts":
            account = ""
        if way == "by accounts of other names" and category in CHARGE:
            account = account and f"the account {account}"
        sums[s.vendor, s.month, s.currency, account, category] += s.amount  # type: ignore[assignment]
    return [
        stated(feed, str(amount), category, vendor=vendor, month=month, currency=currency, account=account)
        for (vendor, month, currency, account, category), amount in sums.items()
    ]


@given(
    st.dictionaries(PLACES, AMOUNTS, min_size=1, max_size=12),
    st.permutations(FEEDS),
    st.sampled_from(WAYS),
)
def test_another_feed_of_the_same_money_changes_no_total(
    amounts: dict[tuple[str, ...], Decimal], feeds: list[str], way: str
) -> None:
    first = told_by(feeds[0], amounts)
    alone, both = once(*first), once(*first, *again(first, feeds[1], way))
    assert totals(both) == totals(alone)
    assert both.problems == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(FEEDS), st.dictionaries(PLACES, AMOUNTS, max_size=4)), max_size=4
    ).flatmap(
        lambda parts: st.permutations([s for feed, amounts in parts for s in told_by(feed, amounts)]).map(
            lambda order: ([s for feed, amounts in parts for s in told_by(feed, amounts)], order)
        )
    )
)
def test_the_order_in_which_feeds_come_changes_nothing(orders: tuple[list[Stated], list[Stated]]) -> None:
    one, other = (once(*found) for found in orders)
    assert sorted(map(repr, one.counted)) == sorted(map(repr, other.counted))
    assert sorted(map(repr, one.repeated)) == sorted(map(repr, other.repeated))
    assert one.problems == other.problems


@given(st.lists(st.tuples(st.sampled_from(FEEDS), PLACES, AMOUNTS), max_size=12))
def test_every_amount_is_counted_or_told_by_another(told: list[tuple[Any, ...]]) -> None:
    found = [s for feed, place, amount in told for s in told_by(feed, {place: amount})]
    result = once(*found)
    kept = [replace(s, also=()) for s in result.counted] + [r.stated for r in result.repeated]
    assert sorted(map(repr, kept)) == sorted(map(repr, found))
    of_record = {(s.feed, s.vendor, s.month, s.currency) for s in result.counted}
    assert {(r.by, r.stated.vendor, r.stated.month, r.stated.currency) for r in result.repeated} <= of_record


def focus(vendor: str, *rows: tuple[str, str], **more: str) -> str:
    """September's FOCUS rows, each of a charge category and an amount."""
    return csv_of(
        *(
            {
                "BilledCost": amount, "BillingCurrency": "USD", "BillingPeriodStart": "2026-09-01T00:00:00Z",
                "BillingPeriodEnd": "2026-10-01T00:00:00Z", "ChargePeriodStart": "2026-09-01T00:00:00Z",
                "ChargePeriodEnd": "2026-10-01T00:00:00Z", "ChargeCategory": category,
                "ProviderName": vendor, "ServiceName": "AI", **more,
            }
            for category, amount in rows
        )
    )  # fmt: skip


OPENAI = {
    "object": "page", "has_more": False, "next_page": None,
    "data": [{"object": "bucket", "start_time": 1788220800, "end_time": 1788307200, "results": [
        {"object": "organization.costs.result", "amount": {"value": 12.5, "currency": "usd"},
         "line_item": "gpt-5.5, input", "project_id": "proj_example"}]}],
}  # fmt: skip
GOOGLE = (
    "invoice_month,service_description,sku_description,project_id,usage_start_time,usage_end_time,cost,"
    "currency,usage_amount,usage_unit\n"
    "202609,Vertex AI,Gemini 2.5 Pro Text Input - Predictions,bot,2026-09-02T00:00:00Z,"
    "2026-09-02T01:00:00Z,12.50,USD,1000,count\n"
)
COPILOT_CSV = (
    "date,username,product,sku,model,quantity,unit_type,gross_amount,discount_amount,net_amount,organization\n"
    "2026-09-03,ada,copilot,copilot_ai_credit,Auto,1250,ai-credits,12.5,0,12.5,octodemo\n"
)
COPILOT_API = {
    "timePeriod": {"year": 2026, "month": 9}, "organization": "octodemo",
    "usageItems": [{"product": "Copilot", "sku": "copilot_ai_credit", "model": "Auto",
                    "unitType": "ai-credits", "pricePerUnit": 0.01,
                    "grossQuantity": 1250, "grossAmount": 12.5, "discountQuantity": 0,
                    "discountAmount": 0, "netQuantity": 1250, "netAmount": 12.5}],
}  # fmt: skip
#: Two exports of the same 12.50 dollars, and the feed of record.
PAIRS: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "Google's billing export and FOCUS": (
        {"google.csv": GOOGLE},
        {"focus.csv": focus("Google Cloud", ("Usage", "12.50"), SubAccountId="bot")},
        "google-billing",
    ),
    "Copilot's CSV and its API": (
        {"copilot.csv": COPILOT_CSV}, {"copilot.json": json.dumps(COPILOT_API)}, "copilot-billing",
    ),
    "Anthropic's cost report and FOCUS": (
        {"costs.json": cost_report({"month": "2026-09", "amount": "1250"})},
        {"focus.csv": focus("Anthropic PBC", ("Usage", "12.50"))},
        "anthropic-cost",
    ),
    "OpenAI's costs and FOCUS": (
        {"costs.json": json.dumps(OPENAI)},
        {"focus.csv": focus("OpenAI", ("Usage", "12.50"))},
        "openai-costs",
    ),
}  # fmt: skip


def told(ledger: Ledger) -> dict[str, str]:
    return {s.feed: str(s.amount.normalize()) for s in ledger.invoiced}


@pytest.mark.parametrize(("own", "other", "feed"), PAIRS.values(), ids=PAIRS)
def test_two_exports_of_the_same_bill_count_once_in_either_order(
    tmp_path: Path, own: dict[str, str], other: dict[str, str], feed: str
) -> None:
    for number, order in enumerate(((own, other), (other, own))):
        folder = Folder(tmp_path / str(number))
        for files in order:
            folder.imported(files)
        ledger = folder.ledger("2026-09")
        assert told(ledger) == {feed: "12.5"}
        assert "costs.differ" not in {p.code for p in ledger.problems}
        assert any("states the same money" in why for _, why, _ in ledger.shadowed)
        assert "Also stated by" in repr(folder.page("2026-09").figures())


def test_an_invoice_that_people_wrote_and_the_cost_report_count_once(tmp_path: Path) -> None:
    """The report keeps what it says of each workload, and the invoice's tax is counted beside it."""
    folder = Folder(tmp_path)
    lines = [{"amount": "12.50"}, {"amount": "2.38", "category": "tax"}]
    invoice = {"invoice": "A-1", "vendor": "anthropic", "currency": "USD", "from": "2026-09-01",
               "until": "2026-10-01", "lines": lines}  # fmt: skip
    folder.write({"invoices/1.yaml": yaml.safe_dump(invoice)})
    folder.imported({"costs.json": cost_report({"month": "2026-09", "amount": "1250"})})
    assert told(folder.ledger("2026-09")) == {"anthropic-cost": "12.5", "invoices": "2.38"}


def test_a_bill_is_explained_by_its_feed_of_record(tmp_path: Path) -> None:
    from bothhalves.brief.bills import bills
    from bothhalves.core.dates import Month
    from bothhalves.workspace.billed import billed_amounts

    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-09-15T12:00:00Z", 2_500_000))})
    folder.imported({"costs.json": cost_report({"month": "2026-09", "amount": "1250"})})
    folder.imported({"focus.csv": focus("Anthropic", ("Usage", "12.50"))})
    (bill,) = bills(billed_amounts(folder.open(), (Month(2026, 9),)))
    assert (bill.explained.billed, str(bill.explained.verdict)) == (Decimal("12.5"), "agreed")
    assert bill.invoiced.rule.endswith("Also stated by focus.")
