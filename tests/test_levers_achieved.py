"""Less achieved of the levers' saving never saves more, and none of it nothing: on an invented company."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.brief.building import Built, built
from bothhalves.brief.changes import parsed
from bothhalves.brief.what_if import redrawn
from bothhalves.core.explain import Figure
from bothhalves.core.money import Amount
from bothhalves.workspace import open_workspace
from bothhalves.workspace.importing import import_paths
from bothhalves.workspace.reading_files import Options
from source import ROOT


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Built:
    place = tmp_path_factory.mktemp("levers") / "brindlepost"
    shutil.copytree(ROOT / "examples/brindlepost", place)
    import_paths(open_workspace(place), [], Options(), lambda _: None)
    return built(open_workspace(place))


def saved(company: Built, achieved: int, growth: int) -> tuple[dict[str, Decimal], Decimal]:
    """What is saved on each workload, and what everything costs after the plan."""
    assert company.curves is not None
    line = redrawn(
        company.page.line, company.curves, parsed({"levers": str(achieved), "growth": str(growth)})
    )
    assert line.paths is not None
    rows = {row.name: low(row.saves) for row in line.paths.workloads if row.levers}
    return rows, low(line.totals[1].figure)


def low(figure: Figure | None) -> Decimal:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    return figure.value.low


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from([0, 20, 100]))
def test_less_achieved_never_saves_more(company: Built, one: int, other: int, growth: int) -> None:
    less, more = sorted((one, other))
    (rows_less, cost_less), (rows_more, cost_more) = (
        saved(company, less, growth),
        saved(company, more, growth),
    )
    assert set(rows_less) == set(rows_more) != set()
    assert all(rows_less[name] <= rows_more[name] for name in rows_more)
    assert cost_less >= cost_more


def test_nothing_achieved_saves_nothing(company: Built) -> None:
    rows, _ = saved(company, 0, 0)
    assert set(rows.values()) == {Decimal(0)}
