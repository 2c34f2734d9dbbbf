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


MIXED = [{**ADA, "tokens": 100}, {"tokens": 200}]
#: Feeds by name, rank and what they say of one day, and what is counted. Words of the tokens: 300 are whole.
TOLD: dict[str, tuple[dict[str, tuple[int, list[dict[str, Any]]]], int]] = {
    "some people named beside nobody": ({"calls": (60, MIXED), "days": (61, [{"tokens": 300}])}, 300),
    "the same in traces": ({"calls": (72, MIXED), "days": (73, [{"tokens": 300}])}, 300),
    "the same at a vendor": ({"some": (10, MIXED), "nobody": (20, [{"tokens": 300}])}, 300),
    "some people named, twice": (
        {"one": (10, MIXED), "two": (11, [{**BOB, "tokens": 200}, {"tokens": 100}])},
        300,
    ),
    "some people named beside people": ({"some": (20, MIXED), "people": (10, [{**ADA, "tokens": 100}])}, 300),
    "a vendor's people before a gateway": (
        {"some": (60, MIXED), "people": (20, [{**ADA, "tokens": 300}])},
        300,
    ),
    "one hidden feed hides no other": (
        {
            "one account": (10, [{"account": "a", "tokens": 100}]),
            "no account": (20, [{"tokens": 900}]),
            "another account": (30, [{"account": "b", "tokens": 200}]),
        },
        300,
    ),
    "calls, their counts and another's": (
        {
            "spans": (70, MIXED),
            "histogram": (71, [{"tokens": 300}]),
            "gateway": (67, [{**ADA, "tokens": 300}]),
        },
        300,
    ),
    "a gateway's team is no account": (
        {
            "report": (10, [{"account": "proj_1", "tokens": 300}]),
            "gateway": (60, [{"account": "platform", "tokens": 300}]),
        },
        300,
    ),
    "teams of two gateways": (
        {
            "logs": (60, [{"account": "platform", "tokens": 100}]),
            "days": (62, [{"account": "search", "tokens": 200}]),
        },
        300,
    ),
    "a month of which the other tells a day": (
        {
            "days": (20, [{**ADA, "tokens": 300, "on": 5}]),
            "month": (21, [{**ADA, "tokens": 300, "hours": 744}]),
        },
        300,
    ),
}


@pytest.mark.parametrize(("feeds", "expected"), TOLD.values(), ids=TOLD)
def test_what_feeds_tell_of_the_same_calls_is_counted_once_and_whole(
    tmp_path: Path, feeds: dict[str, tuple[int, list[dict[str, Any]]]], expected: int
) -> None:
    for name, (_, told) in feeds.items():
        cells = [
            bucket(f"2026-10-{t.get('on', 1):02}", **{k: v for k, v in t.items() if k != "on"}) for t in told
        ]
        imported(tmp_path, exported(name, cells, name))
    assert used(tmp_path, ranks={name: rank for name, (rank, _) in feeds.items()}) == expected


CODE = {**ADA, "product": "claude-code"}
BOT = {**API, "product": "claude-api", "workload": "bot"}
#: What a program's telemetry tells (1 token) beside Claude Code's logs, called metered (10), and what counts.
OBSERVED: dict[str, tuple[dict[str, Any], int]] = {
    "a bot": (BOT, 11),
    "a bot without a name": ({**API, "product": "claude-api"}, 11),
    "Claude Code itself": ({"product": "claude-code"}, 10),
    "Claude Code itself, by person": (CODE, 10),
}


@pytest.mark.parametrize(("told", "expected"), OBSERVED.values(), ids=OBSERVED)
@pytest.mark.parametrize("rank", [70, 71, 73])
def test_what_one_program_tells_hides_no_other_s_logs(
    tmp_path: Path, told: dict[str, Any], expected: int, rank: int
) -> None:
    imported(tmp_path, exported("logs", [bucket("2026-10-01", 10, **CODE)], "logs"))
    imported(tmp_path, exported("telemetry", [bucket("2026-10-01", 1, **told)], "telemetry"))
    ranks = {"logs": 40, "telemetry": rank}
    assert used(tmp_path, ranks=ranks, billing={"claude-code": "metered"}) == expected


def test_a_log_without_a_person_speaks_for_its_own_machine(tmp_path: Path) -> None:
    imported(tmp_path, exported("events", [bucket("2026-10-01", 1, product="claude-code")], "events"))
    imported(tmp_path, exported("logs", [bucket("2026-10-01", 10, **CODE)], "logs"))
    assert used(tmp_path, ranks={"events": 40, "logs": 40}) == 11


def test_the_vendor_s_report_of_people_hides_a_log_without_a_person(tmp_path: Path) -> None:
    imported(tmp_path, exported("report", [bucket("2026-10-01", 10, **CODE)], "report"))
    imported(tmp_path, exported("events", [bucket("2026-10-01", 1, product="claude-code")], "events"))
    assert used(tmp_path, ranks={"report": 20, "events": 40}) == 10


SERVICES = {"the same service": ("bot", 1), "another service": ("search", 11), "no service": ("", 1)}


@pytest.mark.parametrize(("service", "expected"), SERVICES.values(), ids=SERVICES)
def test_spans_of_a_service_hide_its_own_histogram_alone(tmp_path: Path, service: str, expected: int) -> None:
    histogram = bucket("2026-10-01", 10, **{**BOT, "workload": service})
    imported(tmp_path, exported("spans", [bucket("2026-10-01", 1, **BOT)], "spans"))
    imported(tmp_path, exported("histogram", [histogram], "histogram"))
    assert used(tmp_path, ranks={"spans": 70, "histogram": 71}) == expected


def test_a_gateway_hides_every_service(tmp_path: Path) -> None:
    imported(tmp_path, exported("gateway", [bucket("2026-10-01", 1, **API, workload="tag")], "gateway"))
    imported(tmp_path, exported("spans", [bucket("2026-10-01", 10, **BOT)], "spans"))
    assert used(tmp_path, ranks={"gateway": 60, "spans": 70}) == 1


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
