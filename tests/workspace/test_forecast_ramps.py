"""What a workload costs while its levers are still being built."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from test_forecasting import MICRO, outlook
from test_planning import filled

from bothhalves.core.deal.outlook import Baseline

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
