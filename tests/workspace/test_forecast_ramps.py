"""What a workload costs while its levers are still being built."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from test_forecasting import MICRO, outlook
from test_planning import TOOL, filled

from bothhalves.brief.scenario_needs import levels_at
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline
from bothhalves.workspace.forecast_levels import Ends, Levels, Ramp

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


@pytest.mark.parametrize(("live", "is_said"), [("2026-12-01", True), ("2026-11-30", False)])
def test_people_who_move_to_a_tool_before_it_is_live_are_told_of(
    tmp_path: Path, live: str, is_said: bool
) -> None:
    found = outlook(filled(tmp_path, {"tools": [{**TOOL, "live": live}]}), Baseline.EFFICIENT)
    assert next(s.seats for s in found.scenarios if s.name == "base")["premium"][0] == 4
    told = "Who moves to gateway is counted there from the first month on, though it is live from 2026-12 on"
    assert (told in found.source) == is_said
