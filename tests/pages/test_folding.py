"""Long tables are folded into a sum that is a figure of what it folds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

import pages
from bothhalves.brief import Row, Table
from bothhalves.brief.folding import folded
from bothhalves.brief.record import ROWS_SHOWN
from bothhalves.core.explain import Figure, Operator, recomputed
from bothhalves.core.money import Amount
from bothhalves.report import show
from bothhalves.report.record import page_record
from bothhalves.report.terminal import page_text


def table_of(rows: int) -> Table:
    """A table of ``rows`` workloads, unfolded."""
    names = {f"workload-{n:03}": 1_000_000 * (n + 1) for n in range(rows)}
    return replace(pages.workload_table(pages.tokens_half(names)), others=None)


@pytest.mark.parametrize(
    ("rows", "others"), [(3, None), (15, None), (16, None), (17, "other 2"), (40, "other 25")]
)
def test_a_table_folds_where_that_saves_rows(rows: int, others: str | None) -> None:
    table = folded(table_of(rows))
    assert (table.others.name if table.others else None) == others
    assert len(table.rows) == rows
    assert len(table.top) == (ROWS_SHOWN if others else rows)


def test_what_is_shown_and_what_is_folded_add_up_to_the_total() -> None:
    table = folded(table_of(40))
    assert table.others is not None
    assert table.total is not None
    for column in (0, 1):
        shown = [value(row, column) for row in (*table.top, table.others)]
        assert sum(shown) == value(table.total, column)


def value(row: Row, column: int) -> Decimal:
    figure = row.cells[column]
    assert figure is not None
    assert recomputed(figure) == figure.value
    return figure.value.low if isinstance(figure.value, Amount) else figure.value


def test_the_sum_is_made_of_the_folded_figures_themselves() -> None:
    table = folded(table_of(17))
    assert table.others is not None
    sums = [cell for cell in table.others.cells if cell is not None]
    assert [s.operands for s in sums] == [tuple(r.cells[i] for r in table.rows[15:]) for i in (0, 1)]


def test_what_is_not_known_is_not_added_as_nothing() -> None:
    table = table_of(18)
    rows = (*table.rows[:17], replace(table.rows[17], cells=(None, None, None)))
    others = folded(replace(table, rows=rows)).others
    assert others is not None
    assert [cell is None for cell in others.cells] == [False, False, True]
    assert others.cells[0] is not None
    assert others.cells[0].rule.endswith("1 of 3 are not known and not in the sum.")


def test_shares_are_not_added() -> None:
    share = Figure("seats.share", "Share", Operator.RATIO, Decimal("0.5"))
    others = folded(Table("t", "T", "", ("Share",), (Row("a", "", (share,)),) * 20)).others
    assert others is not None
    assert others.cells == (None,)


def test_a_sum_of_what_has_no_price_reads_at_least() -> None:
    unpriced = pages.unpriced().tables[0].rows[1]
    table = table_of(17)
    rows = (*table.rows, replace(unpriced, cells=(None, unpriced.cells[0], None)))
    others = folded(replace(table, rows=rows)).others
    assert others is not None
    assert others.cells[1] is not None
    assert show.figure(others.cells[1]).startswith("at least $")
    assert [p.code for p in others.cells[1].problems] == []


def test_every_face_has_the_sum_and_its_key_opens() -> None:
    page = pages.huge()
    assert page.tables[0].others is not None
    (sum_of_tokens, cost, _) = page.tables[0].others.cells
    assert sum_of_tokens is not None
    assert cost is not None
    assert {sum_of_tokens.key, cost.key} <= set(page.figures())
    text = page_text(page, 110, colour=False)
    (line,) = (line for line in text.splitlines() if line.startswith("other 185 "))
    assert line.split()[2:] == [show.figure(sum_of_tokens), show.figure(cost), show.NOTHING]
    assert "workload-100" not in text
    assert page_record(page)["tables"][0]["others"]["cells"] == [sum_of_tokens.key, cost.key, None]
