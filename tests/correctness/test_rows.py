"""C41: errors that offset each other hide behind a right total, so the comparison itself is tested."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from rows import Row, differences, same
from surfaces import priced

from workspace_folder import csv_of, used

EXPECTED = [{"cost": "5", "status": "priced"}, {"cost": "10", "status": "priced"}]


def _sum(rows: Sequence[Row]) -> Decimal:
    return sum((Decimal(str(row["cost"])) for row in rows), Decimal(0))


@pytest.mark.parametrize(
    "found",
    [
        [{"cost": "6", "status": "priced"}, {"cost": "9", "status": "priced"}],
        [{"cost": "10", "status": "priced"}, {"cost": "5", "status": "priced"}],
        [{"cost": "15", "status": "priced"}, {"cost": "0", "status": "duplicate"}],
    ],
    ids=["a dollar moved", "rows exchanged", "all on one row"],
)
def test_offsetting_errors_are_found_though_the_total_is_right(found: list[Row]) -> None:
    assert _sum(found) == _sum(EXPECTED)
    assert len(differences(EXPECTED, found)) >= 2


def test_two_meters_with_offsetting_errors_in_one_row_are_found() -> None:
    lines = [{"meter": "input_tokens", "cost": "1"}, {"meter": "output_tokens", "cost": "2"}]
    swapped = [{"meter": "input_tokens", "cost": "2"}, {"meter": "output_tokens", "cost": "1"}]
    assert differences([{"cost": 3, "lines": lines}], [{"cost": 3, "lines": swapped}])


def test_a_row_too_few_or_too_many_is_found() -> None:
    assert differences(EXPECTED, EXPECTED[:1]) == ["1 rows are there, 2 expected"]
    assert differences(EXPECTED, [*EXPECTED, {"cost": "0"}]) == ["3 rows are there, 2 expected"]


def test_equal_numbers_are_equal_however_written_and_no_number_is_close_enough() -> None:
    assert differences(EXPECTED, [{**EXPECTED[0], "cost": "5.00"}, {**EXPECTED[1], "cost": "1E+1"}]) == []
    assert not same("0.1", "0.1000000000000000000000000001")
    assert same("none", None)
    assert not same("0", None)
    assert not same("none", "0")


def test_two_prices_exchanged_in_a_priced_file_are_found(tmp_path: Path) -> None:
    """The product's own answers, one of them raised and the other lowered by the same amount."""
    file = tmp_path / "usage.csv"
    file.write_text(csv_of(used("2026-11-15T00:00:00Z", 1000), used("2026-11-15T00:01:00Z", 3000)))
    right = priced(file)[:-1]
    wrong = [{**right[0], "cost": "0.006"}, {**right[1], "cost": "0.014"}]
    assert _sum(right) == _sum(wrong)
    assert differences(right, right) == []
    assert len(differences(right, wrong)) == 2
