"""Commitments in a plan are signed for what is used after it: levers and moved people are counted first."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_planning import TOOL, filled, only, planned

from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.money import to_cents
from bothhalves.reading import read_text
from bothhalves.workspace.planning.problem import Chosen, Shared, WorkChoices, WorkOption, solved

BANDS = "[{from: 500, discount: 5%}, {from: 900, discount: 10%}]"


def commitment(amount: int, overage: str = "committed", bands: str = BANDS) -> CommitmentTerm:
    said = f"{{per: month, amount: {amount}, bands: {bands}, overage: {overage}, denominated: net}}"
    term, problems = read_text(said, CommitmentTerm, "commitment.yaml")
    assert problems == []
    assert term is not None
    return term


def chosen(term: CommitmentTerm, rest: int, *burns: int) -> Chosen:
    """For a workload that can use any of ``burns`` a month, and others that use ``rest``; a year of it."""
    ways = tuple(WorkOption(f"uses {burn}", Decimal(burn)) for burn in burns)
    work = (WorkChoices("bot", ways),) if ways else ()
    return solved((), work, Shared((), (), term, Decimal(rest), 12))


@pytest.mark.parametrize(
    ("burns", "commit", "cost"),
    [
        ((1000,), 900, 900),  # as it is today: max(900, 0.9 x 1,000)
        ((1000, 560), 500, 532),  # after levers: max(500, 0.95 x 560), not the 900 signed for the lazy use
        ((1000, 400), 0, 400),  # so little that no commitment pays
    ],
)
def test_a_commitment_is_sized_on_what_is_left_after_levers(
    burns: tuple[int, ...], commit: int, cost: int
) -> None:
    found = chosen(commitment(900), 0, *burns)
    assert found.workloads == {"bot": f"uses {burns[-1]}"}
    assert (found.commit, found.total) == (commit, cost * 12 * 1_000_000)


@pytest.mark.parametrize(("today", "rest"), [(640, 700), (777, 560), (899, 800)])
def test_nothing_above_a_threshold_is_signed_while_overage_costs_the_same(today: int, rest: int) -> None:
    found = chosen(commitment(today), rest)
    assert found.commit == 500
    assert found.total == Decimal("0.95") * rest * 12 * 1_000_000


def test_what_people_use_on_a_tool_counts_before_the_commitment_is_signed(tmp_path: Path) -> None:
    """305 a month today: 300 at 2 % off are enough. Four who move add 30, and 320 at 10 % off cost less."""
    bands = [{"from": 300, "discount": "2%"}, {"from": 320, "discount": "10%"}]
    terms: dict[str, Any] = {
        "commitment": {
            "amount": 300, "per": "month", "bands": bands, "overage": "committed",
            "denominated": "net", "unused": "forfeited",
        }
    }  # fmt: skip
    stays = only(planned(filled(tmp_path / "stays", **terms)))
    assert stays.chosen.commit == 300
    moves = only(planned(filled(tmp_path / "moves", {"tools": [TOOL]}, **terms)))
    assert moves.chosen.commit == 320
    # Four seats at 100, 320 a month instead of 323.40 and 333.20, and the tool's 696 in a year.
    assert to_cents(moves.renewal.after.total.low) == 4 * 100 * 12 + 320 * 12 + 696
