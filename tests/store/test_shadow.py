"""A call that two feeds report is counted once, by the feed of record."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from store_facts import bucket, by, exported, imported, pseudonym, used

from bothhalves.core.explain import Selector
from bothhalves.core.terms import Billing
from bothhalves.store import Store

RANKS = {"first": 10, "second": 20}
ADA, BOB = {"person": "login:ada"}, {"person": "login:bob"}
SEAT, API = {"billing": Billing.INCLUDED}, {"billing": Billing.METERED}
#: What the feed of record says (1 token each), what the other says (10 each), and what is counted.
FEEDS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], int]] = {
    "the same person": ([ADA], [ADA], 1),
    "another person": ([ADA], [BOB], 11),
    "the organisation covers its people": ([{}], [ADA, BOB], 1),
    "the organisation twice": ([{}], [{}], 1),
    "seat and API are different work": ([{**ADA, **SEAT}], [{**ADA, **API}], 11),
    "unknown billing may be either": ([{**ADA, **API}], [ADA], 1),
    "an account covers itself": ([{"account": "a"}], [{**ADA, "account": "a"}, {**BOB, "account": "b"}], 11),
    "an account covers what names none": ([{"account": "a"}], [ADA], 1),
    "another vendor": ([ADA], [{**ADA, "vendor": "openai"}], 11),
    "another product": ([{**ADA, "product": "claude"}], [{**ADA, "product": "claude-code"}], 11),
    "a product that is not said": ([{**ADA, "product": "claude"}], [ADA], 1),
    "images are not tokens": ([{**ADA, "meter": "images", "quantity": Decimal(1), "tokens": 0}], [ADA], 10),
}


@pytest.mark.parametrize(("first", "second", "expected"), FEEDS.values(), ids=FEEDS)
def test_what_two_connectors_report_is_counted_once(
    tmp_path: Path, first: list[dict[str, Any]], second: list[dict[str, Any]], expected: int
) -> None:
    imported(tmp_path, exported("f", [bucket("2026-10-01", **{"tokens": 1, **f}) for f in first], "first"))
    imported(tmp_path, exported("s", [bucket("2026-10-01", 10, **s) for s in second], "second"))
    assert used(tmp_path, ranks=RANKS) == expected


def test_the_organisation_s_own_feed_counts_before_people_s_whatever_its_rank(tmp_path: Path) -> None:
    """Half of the people must not hide what the rest of the organisation used."""
    imported(tmp_path, exported("people", [bucket("2026-10-01", 1, **ADA)], "first"))
    imported(tmp_path, exported("organisation", [bucket("2026-10-01", 10)], "second"))
    assert used(tmp_path, ranks=RANKS) == 10


def test_days_that_only_the_other_feed_knows_are_counted(tmp_path: Path) -> None:
    imported(tmp_path, exported("f", [bucket("2026-10-01", 1, **ADA)], "first"))
    other = [bucket(f"2026-10-0{day}", 10, hours=1, **ADA) for day in (1, 2)]
    imported(tmp_path, exported("s", other, "second"))
    assert by(tmp_path, "day", ranks=RANKS) == {"2026-10-01": 1, "2026-10-02": 10}


def test_a_long_bucket_of_the_feed_of_record_covers_each_of_its_days(tmp_path: Path) -> None:
    imported(tmp_path, exported("f", [bucket("2026-10-01", 1, hours=31 * 24, **ADA)], "first"))
    days = ("2026-10-01", "2026-10-31", "2026-11-01")
    imported(tmp_path, exported("s", [bucket(day, 10, **ADA) for day in days], "second"))
    assert used(tmp_path, ranks=RANKS) == 11


def test_what_is_shadowed_is_kept_and_listed(tmp_path: Path) -> None:
    imported(tmp_path, exported("f", [bucket("2026-10-01", 1, **ADA)], "first"))
    imported(tmp_path, exported("s", [bucket("2026-10-01", 10, **ADA)], "second"))
    store = Store.open(tmp_path, RANKS)
    (listed,) = store.shadowed()
    assert (listed["feed"], listed["counted_by"], listed["person"]) == (
        "second",
        "first",
        pseudonym("login:ada"),
    )
    (row,) = store.rows(Selector("shadowed"))
    assert (row["input_tokens"], row["file"]) == (10, "s")
    assert Store.open(tmp_path, {"second": 1}).shadowed()[0]["feed"] == "first"


def test_a_gateway_never_hides_the_vendor_s_own_report_of_people(tmp_path: Path) -> None:
    imported(tmp_path, exported("report", [bucket("2026-10-01", 10, **ADA, **API)], "first"))
    imported(tmp_path, exported("gateway", [bucket("2026-10-01", 1, **API)], "second"))
    assert used(tmp_path, ranks={"first": 20, "second": 60}) == 10


BILLING = {"metered": 10, "included": 11, "unknown": 11}


@pytest.mark.parametrize(("said", "expected"), BILLING.items())
def test_logs_that_the_company_calls_metered_are_calls_of_the_vendor_s_api(
    tmp_path: Path, said: str, expected: int
) -> None:
    usage_report = [bucket("2026-10-01", 10, **API, product="claude-api")]
    imported(tmp_path, exported("report", usage_report, "first"))
    imported(tmp_path, exported("logs", [bucket("2026-10-01", 1, **ADA, product="claude-code")], "second"))
    ranks = {"first": 10, "second": 40}
    assert used(tmp_path, ranks=ranks, billing={"claude-code": said}) == expected
