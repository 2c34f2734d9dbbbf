"""List prices to come: what forecast.yaml states and what is asked for are one list for every verb."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.core.clauses.protection import PriceTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.years import PriceStep, charged_levels, priced, rebased
from bothhalves.core.explain import Grade
from bothhalves.core.moves import horizon
from bothhalves.workspace.price_steps import stated_steps, steps_said
from workspace_folder import Folder

HALF = PriceStep(Month(2028, 1), Fraction(1, 2))
JANUARY = horizon(Month(2027, 1), 3)


def steps(place: Path, *stated: dict[str, Any], given: tuple[PriceStep, ...] = ()) -> dict[str, Fraction]:
    folder = Folder(place)
    told = [{"reason": "announced", **one} for one in stated]
    folder.write({"forecast.yaml": yaml.safe_dump({"price_steps": told})})
    return {str(s.from_): s.level for s in stated_steps(folder.open(), given)}


def test_factors_follow_each_other_and_are_levels_of_today(tmp_path: Path) -> None:
    found = steps(tmp_path, {"from": "2027-01-01", "factor": "0.9"}, {"from": "2027-03-01", "factor": "0.5"})
    assert found["2027-01"] == Fraction(9, 10)
    assert found["2027-03"] == Fraction(45, 100)


def test_in_the_month_of_its_day_a_step_holds_for_the_rest_of_the_days(tmp_path: Path) -> None:
    found = steps(tmp_path, {"from": "2027-04-16", "factor": "0"})
    assert found == {"2027-04": Fraction(1, 2), "2027-05": Fraction(0)}


def test_two_steps_of_one_month_hold_together_from_the_later_day_on(tmp_path: Path) -> None:
    """A third of April each at all, at half and at a quarter of the price: 7/12."""
    april = {"from": "2027-04-11", "factor": "0.5"}, {"from": "2027-04-21", "factor": "0.5"}
    assert steps(tmp_path, *april) == {"2027-04": Fraction(7, 12), "2027-05": Fraction(1, 4)}


def test_a_given_step_stands_beside_those_of_the_file_and_before_one_of_its_month(tmp_path: Path) -> None:
    given = (HALF, PriceStep(Month(2027, 1), Fraction(2)))
    found = steps(tmp_path, {"from": "2027-01-01", "factor": "0.9"}, given=given)
    assert found == {"2027-01": Fraction(2), "2028-01": Fraction(1, 2)}


def test_a_step_of_one_driver_or_scenario_is_no_change_of_the_list(tmp_path: Path) -> None:
    of_one = {"from": "2027-01-01", "factor": "0.9", "scenario": "low"}
    assert steps(tmp_path, of_one, {"from": "2027-01-01", "factor": "0.9", "driver": "app"}) == {}


def test_steps_are_said(tmp_path: Path) -> None:
    assert steps_said(()) == ("List prices stay as they are.",)
    assert steps_said((HALF,)) == ("List prices are 50 % of those of today from 2028-01 on.",)


@pytest.mark.parametrize(
    ("kind", "begun", "expected"),
    [
        ("none", 0, (80, 40, 120)),
        ("lock", 0, (80, 80, 80)),  # the list price of the first month is what is locked
        ("cap", 0, (80, 40, 80)),
        ("lock", 6, (100, 100, 100)),  # signed at what is the list price of today
        ("cap", 6, (80, 40, 100)),
    ],
)
def test_protected_are_the_list_prices_of_the_first_month(
    kind: Any, begun: int, expected: tuple[int, ...]
) -> None:
    levels = zip(JANUARY, (80, 40, 120), strict=True)
    changes = [PriceStep(month, Fraction(level, 100)) for month, level in levels]
    found = charged_levels(changes, PriceTerm(kind=kind), JANUARY, begun)
    assert found == tuple(Fraction(n, 100) for n in expected)


def test_an_outlook_at_the_prices_of_its_first_month_costs_the_same() -> None:
    """The changes before a term begins are in what it starts from, and those after it are against that."""
    scenario = Scenario("base", (1000, 1000, 1000))
    outlook = Outlook(Month(2027, 1), "USD", (scenario,), Grade.B, 6)
    changes = [PriceStep(Month(2026, 12), Fraction(4, 5)), PriceStep(Month(2027, 3), Fraction(2, 5))]
    found, later = rebased(outlook, changes)
    assert found.scenarios[0].api == (800, 800, 800)
    assert later == (PriceStep(Month(2027, 3), Fraction(1, 2)),)
    free = PriceTerm(kind="none")
    assert priced(found, later, free) == priced(outlook, changes, free)


def test_a_change_from_the_first_of_a_month_is_one_step(tmp_path: Path) -> None:
    assert steps(tmp_path, {"from": "2027-10-01", "factor": "0.9"}) == {"2027-10": Fraction(9, 10)}
