"""What a workload costs while its levers are still being built."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from test_forecasting import MICRO, WINDOW, outlook
from test_planning import TOOL, filled

from bothhalves.brief.scenario_needs import levels_at
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline
from bothhalves.workspace.forecast_book import forecast_of
from bothhalves.workspace.forecast_levels import MOVED, Ends, Later, Levels, Ramp

BATCH = """\
workloads:
  - id: app
    human: false
    can_wait: 100%
    match: {keys: [app]}
    engineering: [{lever: batch, hours: 1, rate: 10, live: LIVE}]
"""


@pytest.mark.parametrize(
    ("live", "days"),
    [
        ("2027-03-15", [9, 8, 7, 6, 5, 5]),  # a fifth of the way from 10 to 5 in each of five months
        ("2026-12-01", ["7.5", 5, 5, 5, 5, 5]),
        ("2026-11-30", [5, 5, 5, 5, 5, 5]),
        ("2026-01-01", [5, 5, 5, 5, 5, 5]),
        ("null", [10, 10, 10, 10, 10, 10]),
    ],
)
def test_work_goes_over_to_its_efficient_cost_until_its_levers_are_live(
    tmp_path: Path, live: str, days: list[int | str]
) -> None:
    """Ten dollars a day, of which batch saves half once it is built."""
    folder = filled(tmp_path)
    folder.write({"workloads.yaml": BATCH.replace("LIVE", live)})
    found = outlook(folder, Baseline.EFFICIENT)
    assert found.baseline is Baseline.EFFICIENT
    base = next(s.api for s in found.scenarios if s.name == "base")
    lengths = (30, 31, 31, 28, 31, 30)
    assert [Fraction(n, MICRO) for n in base[:6]] == [
        Fraction(day) * length for day, length in zip(days, lengths, strict=True)
    ]
    assert ("in equal steps until" in found.source) == (len(set(days)) > 1)


def test_growth_reaches_the_work_that_has_not_gone_over_yet() -> None:
    """40 % more of what is seen is 40 % more of today's cost as of the efficient one, until the day comes."""
    month, live = Month(2026, 10), Month(2027, 3)
    five, ten = Ends(Fraction(5), Fraction(5)), Ends(Fraction(10), Fraction(10))
    after = Levels(Baseline.EFFICIENT, {"app": {month: five}}, {}, ramps={"app": Ramp({month: ten}, live)})
    today = Levels(Baseline.CURRENT, {"app": {month: ten}}, {})
    base = {Baseline.EFFICIENT: after, Baseline.CURRENT: today}
    found = levels_at(base, (), "anthropic", Decimal("0.4"), Decimal(1))[Baseline.EFFICIENT]
    assert found.api["app"][month].low == 7
    assert found.ramps["app"] == Ramp({month: Ends(Fraction(14), Fraction(14))}, live)


@pytest.mark.parametrize(
    ("live", "seats", "share"),
    [
        ("2027-01-01", [8, 8, 4, 4], [0, 0, 1, 1]),
        ("2026-12-01", [8, 4, 4, 4], [0, 1, 1, 1]),
        ("2026-11-30", [4, 4, 4, 4], [1, 1, 1, 1]),
    ],
)
def test_people_keep_their_seats_until_the_tool_that_they_go_to_is_live(
    tmp_path: Path, live: str, seats: list[int], share: list[int]
) -> None:
    """Four of eight people go to the gateway; what they use there is on the API from its month on."""
    folder = filled(tmp_path, {"tools": [{**TOOL, "live": live}]})
    found = outlook(folder, Baseline.EFFICIENT)
    base = next(s for s in found.scenarios if s.name == "base")
    assert list(base.seats["premium"][:4]) == seats
    moved = next(
        d.ahead["base"][:4] for d in forecast_of(folder.open(), WINDOW).drivers if d.id == "moved to the API"
    )
    assert [min(used, 1) for used in moved] == share
    assert ("Who moves to gateway keeps a seat until" in found.source) == (0 in share)


def test_who_goes_to_one_tool_does_not_wait_for_another() -> None:
    """Of 12 a month that have moved, 5 are of a tool that is live from March on, in a month of 31 days."""
    observed, march = Month(2026, 10), Month(2027, 3)
    whole, part = Ends(Fraction(12), Fraction(14)), Ends(Fraction(5), Fraction(5))
    later = {"late": Later(march, {observed: part}, {"premium": 3})}
    found = Levels(Baseline.EFFICIENT, {MOVED: {observed: whole}}, {"premium": 9}, later=later)
    assert found.used(MOVED, found.api[MOVED], Month(2027, 2)) == {observed: Ends(Fraction(7), Fraction(9))}
    assert found.used(MOVED, found.api[MOVED], march) == found.api[MOVED]
    assert found.used("app", {observed: whole}, Month(2027, 2)) == {observed: whole}
    assert [found.staying("premium", month) for month in (Month(2027, 2), march)] == [3, 0]
