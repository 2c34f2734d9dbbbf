"""The shipped plans: sound, sourced, dated, and as the vendors state them on the days that matter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.plans import Offered, PlanBook, RouteKind, SeatShape
from bothhalves.reading.plans import plan_book

TODAY = date(2026, 11, 20)
BOOK: PlanBook = plan_book()[0]
VENDORS = {"anthropic", "openai", "google", "adobe", "runway", "perplexity", "github", "cursor"}


def plan(name: str, day: date = TODAY) -> Offered:
    found = BOOK.find(name, day)
    assert found is not None, name
    return found


def test_the_shipped_plans_are_sound() -> None:
    assert plan_book()[1] == []
    assert {o.vendor for o in BOOK.on(TODAY)} == VENDORS


@pytest.mark.parametrize("offered", BOOK.offered, ids=[f"{o.plan.id}@{o.plan.from_}" for o in BOOK.offered])
def test_every_plan_names_source_and_date(offered: Offered) -> None:
    one = offered.plan
    assert one.source.startswith("https://")
    assert one.as_of is not None or one.until is not None
    assert one.confidence in ("high", "medium", "low")
    assert one.fees
    assert all(fee.fee is None or fee.fee >= 0 for fee in one.fees)
    for allowance in one.allowances:
        assert allowance.source.startswith("https://")
        assert not allowance.of or allowance.of in BOOK.ids()


@pytest.mark.parametrize(
    ("name", "day", "monthly", "annual"),
    [
        ("claude-team-standard", TODAY, "25", "20"),
        ("claude-team-standard", date(2026, 1, 30), "30", "25"),
        ("claude-team-premium", TODAY, "125", "100"),
        ("claude-team-premium", date(2025, 12, 1), "150", None),
        ("claude-enterprise", TODAY, None, "20"),
        ("claude-pro", TODAY, "20", "16.666666666666666667"),
        ("chatgpt-business-standard", date(2026, 4, 1), "30", "25"),
        ("chatgpt-business-standard", date(2026, 4, 2), "25", "20"),
        ("gemini-enterprise-standard", TODAY, None, "30"),
        ("firefly-premium", TODAY, "199.99", None),
        ("runway-pro", TODAY, "35", "28"),
        ("perplexity-enterprise-pro", TODAY, "40", "33.333333333333333333"),
        ("copilot-business", TODAY, "19", None),
        ("cursor-teams-premium", TODAY, "120", "96"),
    ],
)
def test_fee_per_seat_month(name: str, day: date, monthly: str | None, annual: str | None) -> None:
    one = plan(name, day).plan
    for billed, expected in (("monthly", monthly), ("annual", annual)):
        fee = one.fee(billed)
        found = fee.monthly if fee else None
        assert (found is None) == (expected is None)
        if found is not None and expected is not None:
            assert round(Decimal(found.numerator) / found.denominator, 18) == Decimal(expected)


def test_what_no_vendor_publishes_is_not_zero() -> None:
    unknown = [o.plan.id for o in BOOK.on(TODAY) for fee in o.plan.fees if fee.fee is None]
    assert sorted(unknown) == [
        "chatgpt-enterprise", "claude-enterprise-hipaa-chat", "claude-enterprise-hipaa-chat-code",
        "creative-cloud-enterprise-pro", "creative-cloud-enterprise-standard", "cursor-enterprise",
        "gemini-enterprise-frontline", "runway-enterprise",
        "workspace-ai-expanded-access",
    ]  # fmt: skip
    fee = plan("chatgpt-enterprise").plan.fee("annual")
    assert fee is not None
    assert (fee.low, fee.high) == (45, 75)


def test_api_credit_comes_with_few_seats_and_a_cap() -> None:
    with_credit = {o.plan.id: o.plan.api_credit for o in BOOK.on(TODAY) if o.plan.api_credit}
    assert {name: (c.amount, c.cap, c.pooled) for name, c in with_credit.items() if c} == {
        "claude-max": (100, None, False),
        "claude-ultra": (200, None, False),
        "claude-team-standard": (20, 500, True),
        "claude-team-premium": (100, 500, True),
        "google-ai-pro": (10, None, False),
    }


def test_the_claude_enterprise_seat_includes_no_usage() -> None:
    enterprise, team = plan("claude-enterprise").plan, plan("claude-team-standard").plan
    assert (enterprise.shape, enterprise.min_seats) == (SeatShape.RATES, 50)
    assert not enterprise.allowances
    assert team.max_seats == 150
    assert {"scim", "audit-log"} <= set(enterprise.controls) - set(team.controls)


@pytest.mark.parametrize(
    ("name", "control"),
    [
        ("chatgpt-enterprise", "scim"),
        ("chatgpt-enterprise", "audit-log"),
        ("cursor-teams-standard", "sso"),
        ("perplexity-enterprise-pro", "scim"),
        ("copilot-business", "audit-log"),
    ],
)
def test_controls_that_vendors_confirm(name: str, control: str) -> None:
    assert control in plan(name).plan.controls


def test_a_control_has_one_name() -> None:
    """A name that only differs in its spelling would make a plan seem to lack what it has."""
    names = {c for o in BOOK.offered for c in (*o.plan.controls, *o.plan.lacks)}
    assert names == {c.lower().replace("_", "-") for c in names}
    assert [c for c in names if c != "sso" and "sso" in c.split("-")] == []


def test_every_route_but_the_api_has_plans() -> None:
    assert {o.plan.route for o in BOOK.on(TODAY)} == {RouteKind.APP, RouteKind.TEAM, RouteKind.ENTERPRISE}


def test_a_workspace_states_a_plan_anew(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "book: own\nvendor: cursor\nchecked: 2026-11-01\nplans:\n"
        "  - {id: cursor-enterprise, name: Ours, product: cursor, route: enterprise, shape: pool,"
        " from: 2026-01-01, fees: [{billed: annual, fee: 55}]}\n"
    )
    book, problems = plan_book([own])
    assert problems == []
    found = book.find("cursor-enterprise", TODAY)
    assert found is not None
    fee = found.plan.fee("annual")
    assert fee is not None
    assert fee.fee == 55
    assert book.find("cursor-pro", TODAY) is not None


def test_plans_are_in_a_currency(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("book: own\nvendor: cursor\nchecked: 2026-11-01\ncurrency: Euro\nplans: []\n")
    problems = plan_book([own])[1]
    assert [(p.code, p.where.row) for p in problems] == [("book.currency", 1)]
    assert "Did you mean EUR?" in problems[0].fix
