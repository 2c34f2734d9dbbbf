"""Long tables are folded into a sum that is a figure of what it folds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import lines
import pytest

import pages
from bothhalves.brief import Row, Table
from bothhalves.brief.folding import folded, folded_paths
from bothhalves.brief.line_record import PathTable
from bothhalves.brief.parts import ROWS_SHOWN
from bothhalves.core.explain import Figure, Operator, recomputed
from bothhalves.core.money import Amount
from bothhalves.report import show
from bothhalves.report.record import page_record
from bothhalves.report.terminal import page_text
from bothhalves.web.line_render import line_context
from bothhalves.web.links import ServerLinks
from bothhalves.web.render import html


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


def paths_of(workloads: int) -> PathTable:
    """So many workloads, which save a dollar less from one to the next; every third one has a seat path."""
    (row, _), table = lines.paths().workloads, lines.paths()

    def cost(path: str, n: int) -> Figure:
        return lines.scenario("paths.month", f"{path} of {n}", str(2 * n + 1), workload=str(n), path=path)

    rows = tuple(
        replace(
            row, name=f"Workload {n}", now=cost("now", n), lazy=cost("lazy", n), api=cost("efficient", n),
            seat=None if n % 3 else cost("seats", n), saves=cost("saved", workloads - n),
        )
        for n in range(workloads)
    )  # fmt: skip
    return folded_paths(replace(table, workloads=rows))


@pytest.mark.parametrize(
    ("workloads", "others"), [(2, None), (16, None), (17, "other 2"), (200, "other 185")]
)
def test_paths_fold_where_that_saves_rows(workloads: int, others: str | None) -> None:
    paths = paths_of(workloads)
    assert (paths.others.name if paths.others else None) == others
    assert len(paths.top) == (ROWS_SHOWN if others else workloads)
    assert len(paths.workloads) == workloads


def test_workloads_below_the_fold_add_up_to_the_cent_and_open() -> None:
    paths = paths_of(40)
    assert paths.others is not None
    for name in ("now", "seat", "lazy", "api", "saves"):
        found = getattr(paths.others, name)
        parts = [getattr(row, name) for row in paths.workloads[ROWS_SHOWN:]]
        assert found.operands == tuple(part for part in parts if part is not None)
        assert recomputed(found) == found.value
        assert found.value.low == sum(part.value.low for part in parts if part is not None)
        assert found.key in paths.figures()
    assert paths.others.seat is not None
    assert paths.others.seat.rule.endswith("16 of 25 are not known and not in the sum.")


def test_folded_workloads_are_asked_for_by_an_address_and_stay_open_while_sliders_move() -> None:
    drawn, links = replace(lines.drawn(), paths=paths_of(40)), ServerLinks("", (("fee", "54"),))
    page = replace(pages.full(), line=drawn)
    folds = {}
    for whole in (False, True):
        context = line_context(drawn, links, whole)
        folds[whole] = html("line.html", page=page, links=links, **context)
    assert 'href="/?table=paths&amp;fee=54#paths"' in folds[False]
    assert "Workload 39" not in folds[False]
    assert "Workload 39" in folds[True]
    assert "fold other 25" in folds[True]


def test_the_terminal_has_the_sum_of_folded_workloads() -> None:
    text = page_text(
        replace(pages.full(), line=replace(lines.drawn(), paths=paths_of(40))), 200, colour=False
    )
    assert "other 25: every workload is in `bothhalves page --json`." in text
    assert "Workload 15" not in text
