"""Long tables folded: the rows after the first ones added up in one row, each cell a figure of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bothhalves.brief.line_record import PathRow, PathTable
from bothhalves.brief.parts import ROWS_SHOWN
from bothhalves.brief.record import Row, Table
from bothhalves.core.explain import Figure, Operator, key
from bothhalves.core.money import Amount, total


def folded(table: Table) -> Table:
    """The table with the sum of what is below its fold; unchanged where that would be one row or none."""
    rest = table.rows[ROWS_SHOWN:]
    if len(rest) < 2:
        return table
    name = f"other {len(rest)}"
    cells = tuple(
        _together(table, column, name, [row.cells[i] for row in rest])
        for i, column in enumerate(table.columns)
    )
    return replace(table, others=Row(name, "", cells))


def _together(table: Table, column: str, name: str, cells: Sequence[Figure | None]) -> Figure | None:
    """The known cells of a column added up; None where nothing is known or they cannot be added."""
    if any(cell.operator is Operator.RATIO for cell in cells if cell is not None):
        return None
    name_key = key(f"{table.id}.others", {"column": column.lower()})
    return _added(name_key, f"{column}, {name}: {table.title}", cells, "The rows of the table")


def folded_paths(paths: PathTable) -> PathTable:
    """The table with the sum of the workloads below its fold; unchanged where that would be one or none."""
    rest = paths.workloads[ROWS_SHOWN:]
    if len(rest) < 2:
        return paths
    name = f"other {len(rest)}"

    def together(column: str, words: str, cells: Sequence[Figure | None]) -> Figure | None:
        return _added(key("paths.others", {"column": column}), f"{name}: {words}", cells, "The workloads")

    changes = sum(row.is_change for row in rest)
    others = PathRow(
        name,
        "",
        together("now", "now, a month", [row.now for row in rest]),
        together("seat", "on seats, a month", [row.seat for row in rest]),
        together("efficient", "efficient, a month", [row.api for row in rest]),
        "",
        f"{changes} would change" if changes else "As they are",
        False,
        "",
        saves=together("saves", "saved", [row.saves for row in rest]),
        lazy=together("lazy", "lazy, a month", [row.lazy for row in rest]),
    )
    return replace(paths, others=others)


def _added(figure_key: str, title: str, cells: Sequence[Figure | None], rows: str) -> Figure | None:
    """The known cells added up; None where nothing is known or they cannot be added."""
    parts = tuple(cell for cell in cells if cell is not None)
    if not parts or len(_kinds(parts)) > 1:
        return None
    unknown = len(cells) - len(parts)
    rule = f"{rows} after the first {ROWS_SHOWN}, added up."
    return Figure(
        figure_key,
        title,
        Operator.SUM,
        _sum(parts),
        parts,
        unit=parts[0].unit,
        rule=rule + (f" {unknown} of {len(cells)} are not known and not in the sum." if unknown else ""),
        problems=tuple(dict.fromkeys(problem for part in parts for problem in part.problems)),
    )


def _kinds(parts: Sequence[Figure]) -> set[tuple[str, str]]:
    """What the parts count: units, or currencies and kinds of money."""
    return {
        (p.value.currency, str(p.value.kind)) if isinstance(p.value, Amount) else ("", p.unit) for p in parts
    }


def _sum(parts: Sequence[Figure]) -> Amount | Decimal:
    amounts = [p.value for p in parts if isinstance(p.value, Amount)]
    if amounts:
        return total(amounts, amounts[0].currency, amounts[0].kind)
    return sum((p.value for p in parts if isinstance(p.value, Decimal)), Decimal(0))
