"""Parts of a driver as the terminal writes them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bothhalves.report.forecast import _part
from bothhalves.workspace.forecast_book import Part


@pytest.mark.parametrize(
    ("micro", "said"),
    [(11_425, "0.011425"), (Fraction(40_000, 3), "0.013333"), (9_142_857, "9.14"), (0, "0")],
)
def test_a_unit_that_costs_less_than_one_keeps_its_digits(micro: Fraction, said: str) -> None:
    assert _part(Part("cost of a request", Fraction(micro), "micro-units", "counted")) == (
        f"cost of a request: {said} (counted)"
    )
