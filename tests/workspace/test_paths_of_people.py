"""Each person's months on every path: what is measured, inferred from messages, zero, or not known."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Grade
from bothhalves.core.gates import PathKind
from bothhalves.core.money import MoneyKind
from bothhalves.core.paths.breakpoints import Form
from bothhalves.core.paths.expected import Use
from bothhalves.core.paths.from_contract import PooledPath
from bothhalves.core.paths.messages import PerMessage
from bothhalves.core.paths.schedules import metered
from bothhalves.core.paths.verdicts import Reason, verdict
from bothhalves.core.routes import Work
from bothhalves.workspace.paths import (
    AT_LIST,
    MeteredOption,
    PersonPaths,
    VendorPaths,
    baseline_cost,
    person_paths,
)
from bothhalves.workspace.person_use import Known, StatedMessages
from workspace_folder import Folder, contract, csv_of, members, used

WINDOW = (Month(2026, 9), Month(2026, 10))
DAY = {9: "2026-09-15T12:00:00Z", 10: "2026-10-15T12:00:00Z"}
#: Names of the downloads: the roster of a day, and the analytics of a month.
ROSTER = "members-5d1c0de0-6a7b-4c8d-9e0f-2214aa620620-2026-09-01.csv"
ANALYTICS = "members-analytics-5d1c0de0-6a7b-4c8d-9e0f-2214aa620620-2026-{0}-01-to-2026-{0}-30.csv"


def seat_use(person: str, month: int, tokens: int, **more: Any) -> dict[str, Any]:
    """Five dollars at list price for each million."""
    said = {"product": "chat", "billing": "included", "person": f"{person}@x.com", **more}
    return used(DAY[month], tokens, **said)


def analytics(**messages: int) -> str:
    rows = [
        f"{p},{p}@x.com,User,Premium,2026-09-30,{bool(n):d},{bool(n):d},{n},0,0,0,0"
        for p, n in messages.items()
    ]
    columns = (
        "Name,Email,Role,Seat Tier,Last Active,Days Active,Chats,Messages,Pull Requests,Code sessions,"
        "Cowork Sessions,Cowork Messages"
    )
    return "\n".join([columns, *rows, ""])


def roster(*people: str) -> str:
    return members(*((f"{p}@x.com", "Active", "Premium") for p in people))


def seen(folder: Folder, vendor: str = "anthropic", **more: Any) -> VendorPaths:
    return person_paths(folder.open(), WINDOW, vendor, **more)


def who(folder: Folder, found: VendorPaths, person: str) -> PersonPaths:
    pseudonym = folder.open().pseudonyms(f"{person}@x.com")
    return next(p for p in found.people if p.person == pseudonym)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write({"contracts/a.yaml": contract()})
    return made


def test_months_without_use_count_where_the_vendor_s_activity_is_known(folder: Folder) -> None:
    folder.imported({
        ROSTER: roster("ada", "bo", "cy"),
        ANALYTICS.format("09"): analytics(ada=10, bo=0, cy=3),
        ANALYTICS.format("10"): analytics(ada=0, bo=0, cy=3),
        "usage.csv": csv_of(seat_use("ada", 9, 60_000_000)),
    })  # fmt: skip
    ada = who(folder, found := seen(folder), "ada")
    assert [m.known for m in ada.months] == [Known.MEASURED, Known.NONE]
    assert [m.use for m in ada.months] == [Use.of(Decimal(300)), Use.of(Decimal(0))]
    assert (ada.use.low, ada.use.high) == (150, 150)
    assert (ada.current, ada.grade) == ("anthropic-2026/premium", Grade.B)
    assert (ada.costs["anthropic-2026/premium"].low, ada.costs["metered"].low) == (100, 150)
    assert who(folder, found, "bo").costs["metered"].low == 0


def test_without_any_activity_a_seat_without_a_trace_is_not_known(folder: Folder) -> None:
    folder.imported({ROSTER: roster("ada")})
    ada = who(folder, found := seen(folder), "ada")
    assert [m.known for m in ada.months] == [Known.UNKNOWN] * 2
    assert ada.costs["metered"].high is None
    assert ada.costs["anthropic-2026/premium"].is_point
    assert ada.grade is Grade.C
    assert found.notes == ("Use is not known in some month for 1 of 1 people.",)


def test_messages_are_worth_the_interval_that_others_were_measured_at(folder: Folder) -> None:
    tokens = {"p1": 2, "p2": 4, "p3": 4, "p4": 6, "p5": 8}  # millions, for 100 messages each
    folder.imported({
        ROSTER: roster("ada", *tokens),
        ANALYTICS.format("09"): analytics(ada=400, **dict.fromkeys(tokens, 100)),
        "usage.csv": csv_of(*(seat_use(p, 9, n * 1_000_000) for p, n in tokens.items())),
    })  # fmt: skip
    found = seen(folder)
    rate = found.messages[Work.CHAT]
    assert (rate.low, rate.high, rate.people) == (Decimal("0.1"), Decimal("0.4"), 5)
    ada = who(folder, found, "ada")
    assert ada.months[0].known is Known.INFERRED
    assert ada.months[0].use == Use(Decimal(40), Decimal(160))
    assert ada.grade is Grade.C
    assert "Use is inferred from messages for 1 of 6 people." in found.notes


def test_one_interval_on_both_sides_of_the_seat_is_undecided(folder: Folder) -> None:
    tokens = {"p1": 2, "p2": 4, "p3": 4, "p4": 6, "p5": 8}
    folder.imported({
        ROSTER: roster("ada", *tokens),
        ANALYTICS.format("09"): analytics(ada=400, **dict.fromkeys(tokens, 100)),
        "usage.csv": csv_of(*(seat_use(p, 9, n * 1_000_000) for p, n in tokens.items())),
    })  # fmt: skip
    found = seen(folder)
    options = {p.id: p.option for p in found.paths if p.option}
    seat, meter = options["anthropic-2026/premium"], options["metered"]
    assert verdict(seat, [meter], who(folder, found, "ada").uses[:1]).reason is Reason.UNDECIDED
    assert verdict(seat, [meter], who(folder, found, "p1").uses[:1]).path == "metered"


def test_messages_without_anybody_measured_are_not_known(folder: Folder) -> None:
    folder.imported({ROSTER: roster("ada"), ANALYTICS.format("09"): analytics(ada=400)})
    ada = who(folder, found := seen(folder), "ada")
    assert found.messages == {}
    assert ada.months[0].known is Known.UNKNOWN
    assert ada.months[0].messages == 400


def test_a_metered_coder_has_the_coding_tool_as_path_and_it_does_no_chat(folder: Folder) -> None:
    folder.imported({
        ROSTER: roster("bo"),
        ANALYTICS.format("09"): analytics(bo=1),
        ANALYTICS.format("10"): analytics(bo=1),
        "usage.csv": csv_of(
            seat_use("ada", 9, 8_000_000, product="claude-code", billing="metered"),
            seat_use("ada", 9, 90_000_000, product="claude-api", billing="metered"),
            seat_use("bo", 9, 2_000_000),
        ),
    })  # fmt: skip
    option = MeteredOption("routed", PathKind.METERED, Decimal("0.05"), Decimal("0.6"), Decimal(4))
    coding = MeteredOption("coding-tool", PathKind.CODING_TOOL, work=frozenset({Work.CODE}))
    found = seen(folder, options=(coding, option))
    ada = who(folder, found, "ada")
    assert (ada.current, ada.works) == ("coding-tool", {Work.CODE})
    assert ada.months[0].calls == Use.of(Decimal(450))
    assert ada.months[0].use == Use.of(Decimal(40))
    assert ada.costs["coding-tool"].low == 20
    assert ada.costs["routed"].low == Decimal("15.4")  # 0.57 x 40 / 2 + 4
    assert "coding-tool" not in who(folder, found, "bo").costs
    assert ada.costs["nothing"].low == 0
    assert {cost.kind for cost in ada.costs.values()} == {MoneyKind.SCENARIO}


def test_every_seat_of_the_vendor_is_a_path_with_its_breakpoint_and_controls(folder: Folder) -> None:
    folder.imported({ROSTER: roster("ada"), "usage.csv": csv_of(seat_use("ada", 9, 1_000_000))})
    paths = {p.id: p for p in seen(folder).paths}
    signed, enterprise = paths["anthropic-2026/premium"], paths["plan:claude-enterprise/annual"]
    assert signed.signed
    assert signed.breakpoint is not None
    assert (signed.breakpoint.low, signed.breakpoint.form) == (100, Form.ABOVE)
    assert enterprise.breakpoint is not None
    assert (enterprise.breakpoint.form, enterprise.breakpoint.premium) == (Form.NEVER, 20)
    assert "sso" in enterprise.controls
    assert enterprise.option is not None
    assert enterprise.option.annual
    unpriced = [p for p in paths.values() if p.option is None]
    assert unpriced
    assert all(p.reason for p in unpriced)


def test_a_plan_whose_limits_are_not_published_costs_at_least_its_fee(folder: Folder) -> None:
    folder.imported({ROSTER: roster("ada"), "usage.csv": csv_of(seat_use("ada", 9, 1_000_000))})
    found = seen(folder)
    limited = next(p for p in found.paths if p.id == "plan:claude-team-premium/annual")
    assert limited.is_limited
    cost = who(folder, found, "ada").costs[limited.id]
    assert (cost.low, cost.high) == (100, None)


def test_credits_of_a_pool_have_no_path_of_one_person(tmp_path: Path) -> None:
    made = Folder(tmp_path)
    seats = [{"plan": "copilot-business", "committed": 2}]
    term = {"start": "2026-06-01", "months": 12}
    terms = {"id": "gh", "vendor": "github", "currency": "USD", "term": term}
    made.write({"contracts/a.yaml": yaml.safe_dump({**terms, "seats": seats})})
    row = {
        "time": DAY[9], "vendor": "github", "product": "copilot", "meter": "ai-credits", "quantity": 4000,
        "person": "ada@x.com", "billing": "metered",
    }  # fmt: skip
    made.imported({"usage.csv": csv_of(row)})
    found = seen(made, "github")
    pooled = next(p for p in found.paths if p.id == "gh/copilot-business")
    assert isinstance(pooled.cost, PooledPath)
    assert (pooled.cost.pool.each, pooled.cost.pool.times) == (1900, Decimal("0.01"))
    (ada,) = found.people
    assert ada.months[0].units == ((("copilot", "ai-credits"), Decimal(4000)),)
    assert pooled.id not in ada.costs


def test_costs_are_those_of_the_schedules_month_by_month(folder: Folder) -> None:
    overage = {"then": "api-rates", "times": "1"}
    own = {"name": "own", "per_person": {"premium": "70"}, "overage": overage}
    folder.write({"contracts/a.yaml": contract(allowances=[own])})
    folder.imported({
        ROSTER: roster("ada"),
        ANALYTICS.format("09"): analytics(ada=0),
        ANALYTICS.format("10"): analytics(ada=1),
        "usage.csv": csv_of(seat_use("ada", 10, 42_000_000)),
    })  # fmt: skip
    found = seen(folder)
    ada = who(folder, found, "ada")
    assert ada.costs["anthropic-2026/premium"].low == Decimal(100) + Decimal(140) / 2
    seat = next(p for p in found.paths if p.signed)
    assert seat.breakpoint is not None
    assert seat.breakpoint.form is Form.NEVER
    assert Fraction(metered().of(Decimal(210))) == 210


def test_use_that_the_seat_stopped_is_at_least_what_was_seen(folder: Folder) -> None:
    folder.write(
        {"contracts/a.yaml": contract(allowances=[{"name": "own", "per_person": {"premium": "70"}}])}
    )
    folder.imported({
        ROSTER: roster("ada", "bo"),
        ANALYTICS.format("10"): analytics(ada=1, bo=1),
        "usage.csv": csv_of(seat_use("ada", 9, 14_000_000), seat_use("bo", 9, 2_000_000)),
    })  # fmt: skip
    found = seen(folder)
    ada = who(folder, found, "ada")
    assert ada.uses[0] == Use.at_least(Decimal(70))
    assert ada.costs["metered"].high is None
    assert ada.costs["anthropic-2026/premium"].is_point
    assert who(folder, found, "bo").uses[0].is_point


def test_lazy_current_and_efficient_cost_of_a_person_on_every_path(folder: Folder) -> None:
    """A million tokens cost 1 as cached reads of Haiku; on Opus and not cached they would cost 5."""
    folder.write({"planning.yaml": "reference_model: claude-opus-4-8\n"})
    cached = {"model": "claude-haiku-4-5", "input_tokens": 0, "cache_read_tokens": 10_000_000}
    folder.imported({
        ROSTER: roster("ada"),
        ANALYTICS.format("10"): analytics(ada=1),
        "usage.csv": csv_of(seat_use("ada", 9, 0, **cached)),
    })  # fmt: skip
    half = MeteredOption("routed", PathKind.METERED, efficiency=Decimal("0.5"),
                         tool=Decimal(4))  # fmt: skip
    found = seen(folder, options=(*AT_LIST, half))
    ada = who(folder, found, "ada")
    assert [use.low for use in ada.lazy] == [50, 0]
    paths = {p.id: p for p in found.paths}
    costs = {
        name: tuple(baseline_cost(paths[name], ada, b, found.currency) for b in Baseline)
        for name in ("anthropic-2026/premium", "metered", "routed", "nothing", "coding-tool")
    }
    lows = {name: tuple(c and c.low for c in three) for name, three in costs.items()}
    assert lows["anthropic-2026/premium"] == (100, 100, 100)
    assert lows["metered"] == (25, Decimal("0.5"), Decimal("0.5"))
    assert lows["routed"] == (29, Decimal("4.5"), Decimal("4.25"))
    assert lows["nothing"] == (0, 0, 0)
    assert lows["coding-tool"] == (None, None, None)  # it does no chat


def test_lazy_use_draws_on_a_seat_s_allowance_more(folder: Folder) -> None:
    overage = {"then": "api-rates", "times": "1"}
    own = {"name": "own", "per_person": {"premium": "40"}, "overage": overage}
    folder.write(
        {"contracts/a.yaml": contract(allowances=[own]), "planning.yaml": "reference_model: claude-opus-4-8"}
    )
    row = seat_use("ada", 9, 12_000_000, model="claude-sonnet-4-6")
    folder.imported(
        {ROSTER: roster("ada"), ANALYTICS.format("10"): analytics(ada=1), "usage.csv": csv_of(row)}
    )
    found = seen(folder)
    ada, seat = who(folder, found, "ada"), next(p for p in found.paths if p.signed)
    lazy, current = (baseline_cost(seat, ada, b, found.currency) for b in (Baseline.LAZY, Baseline.CURRENT))
    assert lazy is not None
    assert current is not None
    assert (current.low, lazy.low) == (100, 110)  # 36 a month stays in the allowance, 60 does not


def test_without_a_reference_model_lazy_is_the_same_model_without_cache(folder: Folder) -> None:
    rows = [
        seat_use("ada", 9, 1_000_000, cache_read_tokens=1_000_000),
        seat_use("bo", 9, 1_000_000, model="claude-haiku-4-5"),
    ]
    folder.imported({ROSTER: roster("ada", "bo"), "usage.csv": csv_of(*rows)})
    found = seen(folder)
    ada, bo = (who(folder, found, p) for p in ("ada", "bo"))
    assert (ada.uses[0], ada.lazy[0]) == (Use.of(Decimal("5.5")), Use.of(Decimal(10)))
    assert bo.lazy[0] == bo.uses[0]


def test_lazy_worth_of_messages_is_measured_or_stated_or_not_known(folder: Folder) -> None:
    tokens = {"p1": 2, "p2": 4, "p3": 4, "p4": 6, "p5": 8}
    folder.write({"planning.yaml": "reference_model: claude-opus-4-8"})
    folder.imported({
        ROSTER: roster("ada", *tokens),
        ANALYTICS.format("09"): analytics(ada=400, **dict.fromkeys(tokens, 100)),
        "usage.csv": csv_of(
            *(seat_use(p, 9, n * 1_000_000, model="claude-haiku-4-5") for p, n in tokens.items())
        ),
    })  # fmt: skip
    ada = who(folder, seen(folder), "ada")
    assert (ada.months[0].use, ada.months[0].lazy) == (
        Use(Decimal(8), Decimal(32)),
        Use(Decimal(40), Decimal(160)),
    )


def test_stated_messages_are_known_lazily_only_where_that_is_stated(folder: Folder) -> None:
    folder.imported({ROSTER: roster("ada"), ANALYTICS.format("09"): analytics(ada=100)})
    cost = PerMessage(Decimal("0.1"), Decimal("0.2"), 0, Decimal(0))
    lazily = PerMessage(Decimal("0.3"), Decimal("0.5"), 0, Decimal(0))
    for stated, lazy in (
        (StatedMessages({Work.CHAT: cost}), Use.at_least(Decimal(0))),
        (StatedMessages({Work.CHAT: cost}, {Work.CHAT: lazily}), Use(Decimal(30), Decimal(50))),
    ):
        ada = who(folder, seen(folder, stated=stated), "ada")
        assert (ada.months[0].use, ada.months[0].lazy) == (Use(Decimal(10), Decimal(20)), lazy)
