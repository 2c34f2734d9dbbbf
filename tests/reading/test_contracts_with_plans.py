"""A contract's seat may name a plan: what the plan says, and what the contract writes instead."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.clauses.base import Demand, MeteredUse, UnitUse
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, Problem, View
from bothhalves.core.from_plans import clauses_of, seat_defaults, with_plans
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.plans import Offered, Plan, PlanFee, RouteKind, SeatShape
from bothhalves.core.settling import settle
from bothhalves.reading.contracts import read_contract
from bothhalves.reading.plans import plan_book
from source import ROOT

HEAD = "id: c\nvendor: {vendor}\ncurrency: USD\nterm: {{start: {start}, months: 12}}\n"


def written(tmp_path: Path, clauses: str, vendor: str = "anthropic", start: str = "2026-11-01") -> Path:
    path = tmp_path / "contract.yaml"
    path.write_text(HEAD.format(vendor=vendor, start=start) + clauses, "utf-8")
    return path


def signed(tmp_path: Path, clauses: str, vendor: str = "anthropic", start: str = "2026-11-01") -> Contract:
    contract, problems = read_contract(written(tmp_path, clauses, vendor, start))
    assert problems == []
    assert contract is not None
    return contract


def cost(contract: Contract, month: str, *units: UnitUse, api: int = 0, seat: int = 0) -> Decimal:
    """What a month costs with so much API usage and seat usage at list."""
    type_ = contract.seats[0].type
    usage = (metered("a", api, ""), metered("s", seat, type_))
    settled = settle(contract, [Demand(Month.parse(month), usage, (), units)])
    return sum((line.amount.low for line in settled.lines), Decimal(0))


def metered(name: str, worth: int, seat_type: str) -> MeteredUse:
    price = Decimal(worth)
    amount = Amount.of(price, "USD", MoneyKind.ESTIMATED)
    line = Line(name, "t", Decimal(1), "t", price, price, 1, amount, View.LIST, "list", "", "list")
    return MeteredUse(line, "model", "api", seat_type=seat_type)


def test_a_seat_of_a_plan_needs_a_count_and_nothing_else(tmp_path: Path) -> None:
    contract = signed(tmp_path, "seats: [{plan: claude-team-premium, committed: 4}]\n")
    (seat,) = contract.seats
    assert (seat.type, seat.product, seat.fee, seat.billed) == (
        "claude-team-premium",
        "claude",
        125,
        "monthly",
    )
    assert seat.labels == ("Premium",)
    assert cost(contract, "2026-11") == 500
    assert cost(contract, "2026-11", api=150) == 500  # within the credit of 400
    assert cost(contract, "2026-11", api=450, seat=77) == 550


def test_the_fee_is_that_of_the_way_of_billing_and_of_the_day(tmp_path: Path) -> None:
    annual = "seats: [{plan: claude-team-premium, committed: 1, billed: annual}]\n"
    monthly = "seats: [{plan: claude-team-premium, committed: 1}]\n"
    assert signed(tmp_path, annual).seats[0].fee == 100
    assert signed(tmp_path, monthly, start="2025-10-01").seats[0].fee == 150
    later = "seats: [{plan: claude-team-premium, committed: 1, from: 2026-05-01}]\n"
    assert signed(tmp_path, later, start="2025-10-01").seats[0].fee == 125


def test_what_the_contract_writes_goes_before_its_plan(tmp_path: Path) -> None:
    contract = signed(
        tmp_path,
        "seats: [{plan: claude-team-premium, type: premium, committed: 2, fee: 90}]\n"
        "allowances: [{name: own, per_person: {premium: 50}, overage: {then: api-rates}}]\n"
        "credits: [{name: own, per_seat: {premium: 7}}]\n",
    )
    assert cost(contract, "2026-11", api=100, seat=60) == 2 * 90 + (100 - 2 * 7) + 10
    assert [a.name for a in contract.allowances] == ["own"]


def test_a_seat_alone_has_the_limits_of_its_plan_and_its_list_fee(tmp_path: Path) -> None:
    (seat,) = signed(tmp_path, "seats: [{plan: claude-team-premium, committed: 1, fee: 90}]\n").seats
    assert (seat.minimum, seat.maximum, seat.fee, seat.list_fee) == (2, 150, 90, 125)
    (seat,) = signed(tmp_path, "seats: [{plan: claude-team-premium, committed: 1, minimum: 0}]\n").seats
    assert (seat.minimum, seat.maximum) == (0, 150)


def test_more_seats_than_a_plan_has_are_a_problem(tmp_path: Path) -> None:
    (found,) = problems_of(written(tmp_path, "seats: [{plan: claude-team-premium, committed: 151}]\n"))
    assert (found.code, "at most 150" in found.what) == ("yaml.bad-value", True)


def test_seats_of_two_plans_of_one_product_make_up_the_fewest_together(tmp_path: Path) -> None:
    mixed = (
        "seats: [{plan: claude-team-premium, committed: %s}, {plan: claude-team-standard, committed: 1}]\n"
    )
    contract = signed(tmp_path, mixed % 1)
    assert (contract.minimum_seats, [s.minimum for s in contract.seats]) == (2, [0, 0])
    assert cost(contract, "2026-11") == 125 + 25
    assert cost(signed(tmp_path, mixed % 0), "2026-11") == 25 + 25
    assert signed(tmp_path, "minimum_seats: 9\n" + mixed % 1).minimum_seats == 9


def test_two_seat_types_share_one_credit_and_its_cap(tmp_path: Path) -> None:
    contract = signed(
        tmp_path,
        "seats:\n"
        "  - {plan: claude-team-premium, committed: 4}\n"
        "  - {plan: claude-team-standard, committed: 10}\n",
    )
    (credit,) = contract.credits
    assert credit.per_seat == {"claude-team-premium": 100, "claude-team-standard": 20}
    assert cost(contract, "2026-11", api=1000) == 4 * 125 + 10 * 25 + 500


def test_two_plans_of_a_vendor_make_one_pool(tmp_path: Path) -> None:
    contract = signed(
        tmp_path,
        "seats:\n"
        "  - {plan: copilot-business, committed: 100}\n"
        "  - {plan: copilot-enterprise, committed: 10}\n",
        "github-copilot",
        "2026-06-01",
    )
    pool = 100 * 1900 + 10 * 3900
    fees = 100 * 19 + 10 * 39
    within = UnitUse("copilot", "ai-credits", Decimal(pool))
    beyond = UnitUse("copilot", "ai-credits", Decimal(pool + 1000))
    assert cost(contract, "2026-06", within) == fees
    assert cost(contract, "2026-06", beyond) == fees + 10
    assert any("copilot-business: overage" in said for said in contract.assumptions)


def test_an_unknown_plan_is_one_problem(tmp_path: Path) -> None:
    found = problems_of(written(tmp_path, "seats: [{plan: claude-teem, committed: 1}, {committed: 2}]\n"))
    assert [p.code for p in found].count("contract.plan") == 1
    missing = [p.what for p in found if p.code == "yaml.missing-key"]
    assert len(missing) == 3  # type, product and fee of the second seat, which names no plan


def test_a_plan_without_a_published_fee_needs_one(tmp_path: Path) -> None:
    found = problems_of(written(tmp_path, "seats: [{plan: claude-enterprise-hipaa-chat, committed: 1}]\n"))
    assert [(p.code, "fee" in p.what) for p in found] == [("yaml.missing-key", True)]


def test_a_term_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    path = written(tmp_path, "seats: [{plan: claude-team-premium, committed: 1}]\n", start="soon")
    assert {p.code for p in problems_of(path)} == {"yaml.bad-value", "yaml.missing-key"}


def test_a_plan_of_the_workspace_counts(tmp_path: Path) -> None:
    plans = tmp_path / "plans.yaml"
    plans.write_text(
        "book: own\nvendor: v\nchecked: 2026-11-01\nplans:\n"
        "  - {id: own-seat, name: Own, product: p, route: team-seats, shape: allowance, from: 2026-01-01,\n"
        "     fees: [{billed: annual, fee: 100, per: year}],\n"
        "     allowances: [{kind: usage, unit: USD, amount: 20, per: person}], overage: {then: api-rates}}\n",
        "utf-8",
    )
    path = written(tmp_path, "seats: [{plan: own-seat, committed: 3}]\n")
    contract, problems = read_contract(path, [plans])
    assert problems == []
    assert contract is not None
    assert contract.seats[0].fee == Decimal("8.333333333333")
    assert cost(contract, "2026-11", seat=50) == 3 * 12 * Decimal("8.333333333333") + 30  # due for the year


def problems_of(path: Path) -> list[Problem]:
    contract, problems = read_contract(path)
    assert contract is None
    return problems


# -- every plan that is known --------------------------------------------------------------------------

OFFERED = plan_book()[0].offered


@pytest.mark.parametrize("offered", OFFERED, ids=[f"{o.plan.id}@{o.plan.from_}" for o in OFFERED])
def test_every_plan_makes_sound_clauses(offered: Offered) -> None:
    clauses = clauses_of(offered.plan, "seat")
    records = [*clauses.usage, *clauses.seat_usage, *clauses.allowances, *clauses.packs, *clauses.credits]
    assert [fault for r in records if (fault := r.fault()) is not None] == []
    spoken = {t for a in clauses.allowances for t in a.drawn_by} | {
        t for u in clauses.seat_usage for t in u.seats
    }
    assert spoken == {"seat"}
    said = seat_defaults(offered.plan)
    assert (said.type, said.product) == (offered.plan.id, offered.plan.product)


def test_a_plan_of_the_platform_kind_charges_usage_at_its_multiple() -> None:
    plan = Plan("x", "X", "p", RouteKind.ENTERPRISE, SeatShape.RATES, date(2026, 1, 1))
    clauses = clauses_of(plan, "seat")
    assert [(u.seats, u.factor) for u in clauses.seat_usage] == [(("seat",), 1)]
    assert clauses.allowances == ()
    assert len(clauses.assumptions) == 1


def test_a_promotion_is_not_the_fee() -> None:
    fees = (PlanFee("monthly", Decimal(7), first_months=12), PlanFee("monthly", Decimal(10)))
    plan = Plan("x", "X", "p", RouteKind.TEAM, SeatShape.FLAT, date(2026, 1, 1), fees=fees)
    assert seat_defaults(plan).fee == 10
    assert seat_defaults(plan, "annual").fee is None


def test_a_contract_without_plans_is_left_alone(tmp_path: Path) -> None:
    contract = signed(tmp_path, "seats: [{type: x, product: p, committed: 1, fee: 3}]\n")
    assert with_plans(contract, plan_book()[0].find) == contract


# -- the guide -----------------------------------------------------------------------------------------

GUIDE = (ROOT / "docs" / "guides" / "contracts.md").read_text("utf-8")
SECTIONS = re.split(r"^##+ ", GUIDE, flags=re.MULTILINE)
MINE = ("Plans of the books", "Allowances", "Seats with", "Prepaid packs", "Credits as", "Included API")
SHOWN = [s for s in SECTIONS if s.startswith(MINE)]


@pytest.mark.parametrize("section", SHOWN, ids=[s.splitlines()[0] for s in SHOWN])
def test_clauses_shown_in_the_guide_are_sound(section: str, tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    contract, problems = read_contract(written(tmp_path, text))
    assert problems == []
    assert contract is not None


def test_the_guide_has_every_section() -> None:
    assert len(SHOWN) == len(MINE)
