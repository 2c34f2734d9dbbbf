"""What a row of a table is, and the text of a cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from bothhalves.core.explain import Problem, Where

#: A line, a quoted record or a field larger than this is refused: no export has such a row.
MAX_ROW_BYTES = 8 * 2**20
_SHOWN = 40


class Row(NamedTuple):
    """One data row. ``number`` counts data rows from 1; 0 speaks of the whole file.

    ``cells`` are by column name. Numbers are the text that stands in the file, so that no digit is lost;
    where the file itself knows that they are numbers, that text is ``Digits``. JSON adds ``None``,
    booleans, lists and dictionaries. A row with a ``problem`` has no cells, except for
    number 0, which has none either way.
    """

    number: int
    where: Where
    cells: Mapping[str, object]
    problem: Problem | None = None


def text(cell: object) -> str:
    """The cell as stripped text; nothing becomes an empty string and nested JSON its compact notation."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    return json.dumps(cell, ensure_ascii=False)


def shown(cell: object) -> str:
    """The cell for a problem text: quoted, control characters escaped, shortened."""
    quoted = repr(text(cell))
    return quoted if len(quoted) <= _SHOWN else quoted[: _SHOWN - 1] + "…"


def bad_row(number: int, where: Where, code: str, what: str, fix: str) -> Row:
    return Row(number, where, {}, Problem(code, where, what, fix))


def bad_file(name: str, code: str, what: str, fix: str, *, changes: bool = True) -> Row:
    """Row number 0: something about the file as a whole."""
    where = Where(name)
    return Row(0, where, {}, Problem(code, where, what, fix, changes))
