"""Delimited text of which every line is a row is summed at once, as reading it row by row sums it."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_bulk import OPTIONS, PLAIN, Written, at_once, files, kept_of_both, request
from test_summing import requests, row_by_row, together

from bothhalves.intake.source import Source
from bothhalves.intake.tabular import columnar, whole_lines
from bothhalves.store.engine import DuckDB
from bothhalves.workspace.reading_files import Options

#: What no row is, or one of another shape, or one that only looks like it.
_ODD = [
    b"",
    b" ",
    b"a,b",
    b'"',
    b"\0",
    b"\xe9",
    b"x\ry",
    b"\xef\xbb\xbf",
    b",,,,,,,,,,,,",
    b'"a\nb"',
    b"sep=;",
]
_PACKED = (lambda raw: raw, gzip.compress, zstandard.ZstdCompressor().compress)


@pytest.fixture(autouse=True)
def _short_files_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_lines, "FEW_BYTES", 0)


def text_of(written: Written, **dialect: Any) -> bytes:
    """The rows as delimited text; what is no text is an empty cell."""
    columns, rows = written
    told = io.StringIO()
    writer = csv.writer(told, **{"lineterminator": "\n", **dialect})
    writer.writerow([name for name, _ in columns])
    for row in rows:
        writer.writerow([_cell(name, cell) for (name, _), cell in zip(columns, row, strict=True)])
    return told.getvalue().encode()


def _cell(name: str, cell: str | None) -> str:
    zoned = name in ("time", "until") and (cell or "").endswith("+00")
    return f"{cell}:00" if zoned else cell or ""


def delimited(folder: Path, content: bytes, name: str = "usage.csv") -> Source:
    path = folder / name
    path.write_bytes(content)
    return Source(path, path.name)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Files as programs write them, some with a line that no program should have written."""
    written = draw(st.one_of(requests(), requests(), files()))
    ends = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    content = text_of(
        written,
        delimiter=draw(st.sampled_from(",;\t")),
        lineterminator=ends,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    if draw(st.integers(0, 3)) == 0:
        lines = content.split(b"\n")
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(_ODD)))
        content = b"\n".join(lines)
    if draw(st.integers(0, 5)) == 0:
        content = content.rstrip(b"\r\n")
    if draw(st.integers(0, 5)) == 0:
        content = b"\xef\xbb\xbf" + content
    return draw(st.sampled_from(_PACKED))(content)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=texts())
def test_together_and_row_by_row_are_the_same(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = delimited(Path(folder), content)
        assert together(source) == row_by_row(source)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(contents=st.lists(texts(), min_size=3, max_size=3), options=OPTIONS)
def test_imported_together_and_row_by_row_are_the_same(contents: list[bytes], options: Options) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sources = [delimited(place, content, f"{n}.csv") for n, content in enumerate(contents)]
        together, apart = kept_of_both(place, sources, options)
        assert together == apart


def test_imported_rows_name_their_lines(tmp_path: Path) -> None:
    rows = [request(n) for n in range(50)]
    rows[20] = request(20, input_tokens="-1")
    with ExitStack() as lasting:
        taken = at_once(delimited(tmp_path, text_of((PLAIN, rows))), Options(), lasting)
        assert taken.bulk is not None
        assert (taken.bulk.aside, taken.bulk.rows, taken.bulk.header, taken.size) == ((1, 21), 48, 1, 49)
        assert [str(p.where) for p in taken.problems] == ["usage.csv:22"]


@pytest.mark.parametrize("beyond", [",", ",,,", ",,x", ", ", ',""'])
def test_cells_beyond_the_header_count_where_they_are_not_empty(tmp_path: Path, beyond: str) -> None:
    """The second row is wrong, and so picked out of the file again."""
    written = [request(n, vendor="openai", model="gpt-5.4", input_tokens="9") for n in range(3)]
    written[1][3] = "-9"
    lines = text_of((PLAIN, written)).decode().splitlines()
    source = delimited(tmp_path, "\n".join([lines[0], *(line + beyond for line in lines[1:])]).encode())
    assert together(source) == row_by_row(source)


@pytest.mark.parametrize("pack", _PACKED)
@pytest.mark.parametrize(
    "dialect", [{}, {"delimiter": ";", "lineterminator": "\r\n"}, {"quoting": csv.QUOTE_ALL}]
)
def test_requests_at_one_price_are_rated_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dialect: dict[str, Any], pack: Any
) -> None:
    """One row is wrong, and told with its line; the first says what there is to say of the columns."""
    from bothhalves.workspace import pricing, summing

    rated: list[int] = []
    for module in (pricing, summing):
        rate = module.rate
        monkeypatch.setattr(module, "rate", lambda *given, rate=rate: rated.append(1) or rate(*given))
    known = {"vendor": "openai", "model": "gpt-5.4", "input_tokens": "9"}
    rows = [request(n, **known, person='Ada "A", Ops') for n in range(50)]
    rows[30][3] = "-9"
    source = delimited(tmp_path, pack(text_of((PLAIN, rows), **dialect)))
    summary, whole, problems = together(source)
    assert (summary["rows"], whole) == ({"priced": 49, "invalid": 1}, [])
    (problem,) = problems
    assert (problem.code, str(problem.where)) == ("usage.bad-number", "usage.csv:32")
    assert len(rated) == 2


def test_an_engine_never_writes_its_progress_between_the_results() -> None:
    asked = "select current_setting('enable_progress_bar')"
    assert DuckDB().run(asked) == [(False,)]
    with columnar._connection() as connection:
        assert connection.execute(asked).fetchall() == [(False,)]


def test_short_text_is_read_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    source = delimited(tmp_path, text_of((PLAIN, [request(1)])))
    with whole_lines.as_columns(source) as table:
        assert table is None
