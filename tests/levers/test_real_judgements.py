"""Models chosen on half of real judged tasks keep their floor on the other half."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tools.routing_halves import FLOORS, FOLDER, SETS, Outcome, Result, outcomes


@pytest.fixture(scope="module")
def tested() -> dict[str, list[Outcome]]:
    return {name: outcomes(read(FOLDER)) for name, read in SETS.items()}


def at(found: list[Outcome], floor: str) -> Outcome:
    return next(o for o in found if o.floor == Decimal(floor))


def test_no_floor_is_broken_by_more_than_sampling(tested: dict[str, list[Outcome]]) -> None:
    assert [(n, o.floor, o.broken) for n, found in tested.items() for o in found if o.broken] == []
    assert sum(o.moved for found in tested.values() for o in found) == 195


def test_a_lower_floor_is_never_dearer(tested: dict[str, list[Outcome]]) -> None:
    for found in tested.values():
        assert [o.floor for o in found] == list(FLOORS)
        moved = [o.moved for o in found]
        assert moved == sorted(moved, reverse=True)
        assert all(o.cost is not None and o.best_cost is not None and o.cost <= o.best_cost for o in found)


def test_agents_at_a_floor_of_seventy_cost_three_fifths_of_the_best(tested: dict[str, list[Outcome]]) -> None:
    found = at(tested["openhands"], "0.7")
    assert found.cost is not None
    assert found.best_cost is not None
    assert round(found.cost / found.best_cost * 1000) == 623
    assert round(found.passes / found.tasks * 1000) == 833
    assert found.oracle_passes >= found.best_passes > found.passes


def test_small_classes_stay_unjudged(tested: dict[str, list[Outcome]]) -> None:
    """Two of the four benchmarks have too few tasks in a half, whatever the floor."""
    assert max(o.moved for o in tested["openhands"]) == 2
    assert {o.classes for o in tested["openhands"]} == {4}


def test_the_half_of_a_task_is_the_same_for_every_model() -> None:
    assert len({Result("swe", "1", model, True, None).is_first for model in ("a", "b", "c")}) == 1
