"""Forecasts of a company with calls of ten dollars a day, and eight people in seats."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_planning import DAYS, TOOL, filled
from typer.testing import CliRunner

from bothhalves.brief.forecasts import figures, sheets
from bothhalves.cli import app
from bothhalves.core.dates import Month
from bothhalves.core.deal.committing import Rule
from bothhalves.core.deal.experience import outlook_from
from bothhalves.core.deal.outlook import Baseline, Outlook, within
from bothhalves.core.deal.rivals import advised_by_day
from bothhalves.core.explain import Figure, Grade, recomputed
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.report.forecast import forecast_text
from bothhalves.workspace.backtesting import history_of
from bothhalves.workspace.committing import commitment_of
from bothhalves.workspace.forecast_book import ForecastBook, forecast_of
from bothhalves.workspace.forecast_drivers import series_of
from bothhalves.workspace.forecast_levels import MOVED
from bothhalves.workspace.forecast_terms import forecast_terms
from bothhalves.workspace.forecasting import outlook_of
from workspace_folder import Folder, contract, cost_report, csv_of, members, used

WINDOW = (Month(2026, 9), Month(2026, 10))
MICRO = 1_000_000
OLDER = "claude-opus-4-5"  # its price of 5 dollars a million is known from before 2026
ROSTER = "members-5d1c0de0-6a7b-4c8d-9e0f-2214aa620620-2026-09-01.csv"


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return filled(tmp_path_factory.mktemp("two"))


def long_history(place: Path, first: int = 3, gap: int = 0, rise: int = 1) -> Folder:
    """Calls every day from month ``first`` of 2026 to October, a dollar a day more each month (or ``rise``),
    billed as computed; ``gap`` percent more is billed for the last month."""
    folder = Folder(place)
    folder.write({"contracts/a.yaml": contract()})
    rows, billed = [], []
    for n, month in enumerate(range(first, 11)):
        days = monthrange(2026, month)[1]
        dollars = 10 + n * rise
        rows += [
            used(f"2026-{month:02}-{d:02}T10:00:00Z", dollars * 200_000, key="app", model=OLDER)
            for d in range(1, days + 1)
        ]
        more = 100 + gap if month == 10 else 100
        billed.append({"month": f"2026-{month:02}", "amount": str(dollars * days * more)})
    roster = members(*((f"p{n}@x.com", "Active", "Premium") for n in range(8)))
    folder.imported({ROSTER: roster, "usage.csv": csv_of(*rows)})
    folder.imported({"cost.json": cost_report(*billed)})
    return folder


def stated(folder: Folder, terms: Mapping[str, Any]) -> Folder:
    folder.write({"forecast.yaml": yaml.safe_dump(dict(terms))})
    return folder


def outlook(folder: Folder, baseline: Baseline = Baseline.CURRENT) -> Outlook:
    return outlook_of(folder.open(), WINDOW, baseline)


def api(found: Outlook, name: str, months: int = 3) -> list[int]:
    row = next(s.api for s in found.scenarios if s.name == name)
    assert all(value % MICRO == 0 for value in row[:months])
    return [value // MICRO for value in row[:months]]


def test_without_anything_stated_usage_goes_on_at_its_level(tmp_path: Path) -> None:
    found = outlook(filled(tmp_path))
    assert (found.start, found.months, found.currency) == (Month(2026, 11), 36, "USD")
    assert [s.name for s in found.scenarios] == ["low", "base", "high"]
    assert api(found, "base") == [300, 310, 310]
    assert not found.is_weighed
    assert found.scenarios[0].seats == {"premium": (8,) * 36}
    assert (found.grade, found.full_months) == (Grade.B, 2)
    assert "No growth is stated" in found.source
    assert "fewer than 6 reconciled full months" in found.source


def test_each_scenario_grows_at_its_own_rate_and_each_driver_by_itself(tmp_path: Path) -> None:
    growth = {"low": "0%", "base": "10%", "high": "20%"}
    folder = stated(
        filled(tmp_path),
        {
            "horizon_months": 3,
            "workloads": [{"workload": "app", "growth": growth, "owner": "Product"}],
            "seats": [{"type": "premium", "hiring": {"low": 0, "base": 2, "high": 5}, "adoption": "50%"}],
        },
    )
    found = outlook(folder)
    assert api(found, "low") == [300, 310, 310]
    assert next(s.api for s in found.scenarios if s.name == "base") == (330 * MICRO, 375_100_000, 412_610_000)
    assert [s.seats["premium"] for s in found.scenarios] == [(8, 8, 8), (9, 10, 11), (11, 13, 16)]
    assert "app grows by 0 % / 10 % / 20 % a month (low / base / high), says Product;" in found.source


def test_changes_hold_from_their_day_in_their_scenario(tmp_path: Path) -> None:
    folder = stated(
        filled(tmp_path),
        {
            "horizon_months": 3,
            "changes": [
                {"from": "2026-11-16", "factor": "3", "driver": "app", "reason": "launch"},
                {"from": "2026-12-01", "amount": "-100", "reason": "another tool", "scenario": "low"},
                {"from": "2027-01-01", "seats": 4, "driver": "premium", "reason": "a new team"},
            ],
            "price_steps": [
                {"from": "2027-01-01", "factor": "0.5", "reason": "a cheaper model", "scenario": "low"},
                {"from": "2027-01-01", "factor": "0.5", "reason": "announced list price"},
            ],
        },
    )
    found = outlook(folder)
    assert api(found, "base") == [600, 930, 930]  # half of November at three times, at today's list prices
    assert api(found, "low") == [600, 830, 415]  # what is said first is applied first
    told = "list prices are times 0.5: announced list price (usage is told at those of today)"
    assert told in found.source
    assert ".;" not in found.source
    assert found.scenarios[1].seats["premium"] == (8, 8, 12)


def test_changes_of_one_month_hold_together_only_on_the_days_of_both(tmp_path: Path) -> None:
    """November: ten days at 10 dollars, ten at 20, and ten at 60 and 5 more: 100 + 200 + 650."""
    folder = stated(
        filled(tmp_path),
        {
            "horizon_months": 2,
            "changes": [
                {"from": "2026-11-11", "factor": "2", "driver": "app", "reason": "launch"},
                {"from": "2026-11-21", "factor": "3", "driver": "app", "reason": "second market"},
                {"from": "2026-11-21", "amount": "150", "driver": "app", "reason": "reports"},
            ],
        },
    )
    assert api(outlook(folder), "base") == [950, 2010]


def test_a_month_of_thirty_one_days_is_no_growth(tmp_path: Path) -> None:
    found = outlook(long_history(tmp_path, rise=0))
    expected = tuple(n * MICRO for n in (300, 310, 310, 280, 310))
    assert expected in {s.api[:5] for s in found.scenarios}
    for one in found.scenarios:
        assert [n // days for n, days in zip(one.api, (30, 31, 31, 28), strict=False)] == [
            one.api[0] // 30
        ] * 4


def test_six_reconciled_months_give_courses_of_equal_chance(tmp_path: Path) -> None:
    found = outlook(long_history(tmp_path))
    assert found.is_weighed
    assert {s.chance for s in found.scenarios} == {Fraction(1, len(found.scenarios))}
    assert found.full_months == 8
    assert "courses of equal chance" in found.source
    assert len({s.api for s in found.scenarios}) > 3


def test_courses_are_those_that_the_advice_is_tested_on(tmp_path: Path) -> None:
    """Months of 10 to 17 dollars a day, and nothing stated: the same scenarios from the numbers alone."""
    found = within(outlook(long_history(tmp_path)), Month(2026, 11), 6)
    months = [(10 + n) * monthrange(2026, month)[1] * MICRO for n, month in enumerate(range(3, 11))]
    tested = outlook_from(months, Month(2026, 11), 6, "USD", by_day=True)
    assert [s.api for s in found.scenarios] == [s.api for s in tested.scenarios]
    assert [s.chance for s in found.scenarios] == [s.chance for s in tested.scenarios]


def test_commit_recommends_what_the_backtest_would_have_signed(tmp_path: Path) -> None:
    folder = long_history(tmp_path)
    bands = [{"from": 1000, "discount": "10%"}, {"from": 2500, "discount": "20%"}]
    clause = {"amount": 1000, "per": "term", "bands": bands, "overage": "list", "unused": "forfeited"}
    term = {"start": "2026-11-01", "months": 6}
    folder.write({"offers/o.yaml": contract(id="o", seats=[], term=term, commitment=clause)})
    workspace = folder.open()
    need = outlook_of(workspace, WINDOW, Baseline.CURRENT, vendor="anthropic")
    (offer,) = workspace.config.offers
    found = commitment_of(WINDOW, offer, dict.fromkeys(Baseline, need)).found
    history = history_of(workspace, "anthropic").courses[0]
    assert found.licence.rule is Rule.EXPECTED
    assert found.recommended.candidate == advised_by_day(history.amounts, found.offer)
    assert found.recommended.candidate.signed


def test_growth_and_changes_are_laid_on_the_courses(tmp_path: Path) -> None:
    folder = stated(long_history(tmp_path), {"horizon_months": 3})
    plain = outlook(folder)
    change = {"from": "2026-12-01", "factor": "1.5", "reason": "launch"}
    changed = outlook(stated(folder, {"horizon_months": 3, "changes": [change]}))
    for one, other in zip(plain.scenarios, changed.scenarios, strict=True):
        assert other.api[0] == one.api[0]
        assert abs(other.api[1] - one.api[1] * Fraction(3, 2)) <= 1


def test_few_months_give_a_term_as_wide_as_history_strays(tmp_path: Path) -> None:
    """The two months were alike, which is little to go by for a year: it differs by 0.125 over 0.8."""
    found = outlook(filled(tmp_path))
    year = within(found, Month(2026, 11), 12)
    low, base, high = (sum(s.api) for s in year.scenarios)
    assert base == sum(found.scenarios[1].api[:12])
    step = 1 + Fraction(156, 1000) / 5
    assert abs(low - base / step**16) < 12 * 31
    assert abs(high - base * step**8) < 12 * 31
    assert not year.is_weighed


def test_months_that_do_not_agree_with_their_invoices_give_no_chances(tmp_path: Path) -> None:
    found = outlook(long_history(tmp_path, gap=3))
    assert not found.is_weighed
    assert found.grade is Grade.C


def test_five_months_give_no_chances(tmp_path: Path) -> None:
    found = outlook(long_history(tmp_path, first=6))
    assert not found.is_weighed


def test_an_efficient_outlook_is_that_of_the_plan(tmp_path: Path) -> None:
    """Four people who use 30 dollars a month together move to the tool, where their use is metered."""
    folder = filled(tmp_path, {"tools": [TOOL], "hold": "20%"})
    today, after = outlook(folder), outlook(folder, Baseline.EFFICIENT)
    assert after.baseline is Baseline.EFFICIENT
    february = 3  # the tool is live then
    now, then = (one.scenarios[1] for one in (today, after))
    assert now.seats["premium"][february] - then.seats["premium"][february] >= 4
    moved = Fraction(2 * 30, 61) * 28 * MICRO
    assert abs(then.api[february] - now.api[february] - moved) < 1


@pytest.mark.parametrize("baseline", [Baseline.CURRENT, Baseline.EFFICIENT])
def test_usage_that_is_nobodys_is_a_driver_apart_from_what_people_move(
    tmp_path: Path, baseline: Baseline
) -> None:
    """Ten dollars a day are the app's, five nobody's; four people of little use go to a tool."""
    folder = filled(tmp_path, {"tools": [TOOL]})
    folder.imported({"more.csv": csv_of(*(used(f"{day}T11:00:00Z", 1_000_000, source="b") for day in DAYS))})
    billed = [{"month": "2026-09", "amount": "45000"}, {"month": "2026-10", "amount": "46500"}]
    folder.imported({"billed.json": cost_report(*billed)})
    found = {d.id: d.ahead["base"][0] for d in forecast_of(folder.open(), WINDOW, baseline).drivers}
    assert (found["app"], found["unassigned"]) == (300 * MICRO, 150 * MICRO)
    assert (MOVED in found) == (baseline is Baseline.EFFICIENT)


def test_without_a_plan_the_outlook_says_that_it_is_the_current_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-10-02T10:00:00Z"))})
    found = outlook(folder, Baseline.EFFICIENT)
    assert found.baseline is Baseline.CURRENT
    assert "There is no plan yet" in found.source


def test_another_vendors_usage_is_left_out(two_months: Folder) -> None:
    found = outlook_of(two_months.open(), WINDOW, Baseline.CURRENT, vendor="openai")
    assert set(found.scenarios[0].api) == {0}
    assert found.scenarios[0].seats == {}


def book(folder: Folder) -> ForecastBook:
    return forecast_of(folder.open(), WINDOW, Baseline.CURRENT)


def test_every_driver_has_its_own_forecast_with_all_methods_back_tested(two_months: Folder) -> None:
    found = {d.id: d for d in book(two_months).drivers}
    assert set(found) == {"premium", "app", "chat"}
    app_ = found["app"]
    assert app_.daily is not None
    assert {t.method for t in app_.daily.tests} >= {"last value", "damped trend", "log-linear with weekday"}
    assert found["chat"].notional
    assert not app_.notional
    assert found["premium"].series is None


def test_days_add_up_to_their_months(two_months: Folder) -> None:
    for one in series_of(two_months.open(), WINDOW):
        months = sum((ends.middle for ends in one.months.values()), Fraction(0))
        assert sum(one.days) == months
        assert len(one.days) <= 61


def test_figures_open_and_follow_from_what_is_below_them(two_months: Folder) -> None:
    known = figures(sheets(book(two_months)))
    for name, figure in known.items():
        assert figure.key == name
        assert recomputed(figure) == figure.value
    history = known["forecast.history?driver=app&month=2026-10"]
    assert low(history) == 310
    assert isinstance(history.value, Amount)
    assert history.value.kind is MoneyKind.ESTIMATED
    assert low(known["forecast.year?driver=app&scenario=base"]) == 3650
    chat = known["forecast.month?driver=chat&in=seats&month=2026-11&scenario=base"]
    assert isinstance(chat.value, Amount)
    assert chat.value.kind is MoneyKind.NOTIONAL


def low(figure: Figure) -> Decimal:
    assert isinstance(figure.value, Amount)
    return figure.value.low


def test_a_month_of_little_data_states_no_level_and_says_why(two_months: Folder) -> None:
    found = book(two_months)
    text = forecast_text(found, sheets(found))
    assert "no level is attainable from 1 back-test error (at least 4)" in text
    assert "80.3 % interval, from error 36 of 60 back-test errors that do not overlap (not 49: " in text


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"horizon_months": 0}, "horizon_months is between 1 and 60"),
        ({"workloads": [{"workload": "a"}, {"workload": "a"}]}, "workloads names a workload twice"),
        (
            {"workloads": [{"workload": "a", "growth": {"low": "5%"}}]},
            "low is above -100% and not above base",
        ),
        ({"workloads": [{"workload": "a", "growth": {"base": "5"}}]}, "expected a percentage"),
        ({"seats": [{"type": "x", "adoption": "120%"}]}, "adoption is between 0% and 100%"),
        ({"coding": [{"product": "codex", "hiring": {"base": 2}}]}, "hiring needs engineers"),
        ({"coding": [{"product": "codex", "active": "50%"}]}, "give both or neither"),
        (
            {"changes": [{"from": "2026-11-01", "reason": "x"}]},
            "give exactly one of factor, amount and seats",
        ),
        ({"price_steps": [{"from": "2026-11-01", "amount": 1, "reason": "x"}]}, "a price step is a factor"),
        ({"changes": [{"from": "2026-11-01", "factor": "1e9", "reason": "x"}]}, "between 0 and 1000"),
    ],
)
def test_what_is_stated_wrongly_is_a_problem_and_defaults_hold(
    tmp_path: Path, terms: dict[str, Any], said: str
) -> None:
    folder = stated(Folder(tmp_path), terms)
    found, problems = forecast_terms(folder.open())
    assert said in problems[0].what
    assert problems[0].where.file == "forecast.yaml"
    assert found.horizon_months == 36


def test_the_command_tells_the_same_in_text_and_json(two_months: Folder) -> None:
    run = CliRunner()
    place = [
        "forecast",
        "--workspace",
        str(two_months.root),
        "--baseline",
        "current",
        "--window",
        "2026-09/2026-10",
    ]
    text = run.invoke(app, place)
    assert text.exit_code == 0, text.output
    assert "app" in text.stdout
    record = json.loads(run.invoke(app, [*place, "--json"]).stdout)
    assert record["ahead"][0] == "2026-11"
    assert [s["name"] for s in record["scenarios"]] == ["low", "base", "high"]
    assert record["scenarios"][1]["api"][0] == "300"
    driver = next(d for d in record["drivers"] if d["driver"] == "app")
    assert driver["by_month"]["intervals"][0]["level"] is None
    opened = run.invoke(app, [*place, "--explain", driver["history"][0]])
    assert "5" in opened.stdout
    assert run.invoke(app, [*place, "--explain", "forecast.nothing"]).exit_code == 2
