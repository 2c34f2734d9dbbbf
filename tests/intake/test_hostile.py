"""Files made to harm: nothing crashes, nothing is passed over in silence, nothing costs much."""

from __future__ import annotations

import gzip
import json
import resource
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bothhalves.core.terms import Cost, Usage
from bothhalves.intake import canonical, recognise, tabular
from bothhalves.intake.base import Sink
from bothhalves.intake.mapping import Mapping, format_for
from bothhalves.intake.source import Source

HERE = Path(__file__).parent
HEADER = b"time,vendor,model,input_tokens,output_tokens,person\n"
GOOD = b"2026-09-01T10:00:00Z,anthropic,claude-opus-4-8,1,2,email:ada@example.com\n"
FORMATS = {f.name: f for f in recognise.formats()}
ANY_COSTS = format_for(
    Mapping(
        "any",
        "costs",
        {"time": "time", "vendor": "vendor", "amount": "amount", "currency": "=usd"},
        bucket="day",
    )
)


def source(folder: Path, content: bytes, name: str = "export") -> Source:
    path = folder / name
    path.write_bytes(content)
    return Source(path, name)


def answers(found: Source) -> list[canonical.CanonicalRow]:
    return list(canonical.rows(found))


@contextmanager
def cheap(seconds: float, megabytes: int) -> Iterator[None]:
    """Fails if the block takes longer, or more memory of Python's, than this."""
    tracemalloc.start()
    start = time.process_time()
    try:
        yield
        assert time.process_time() - start < seconds
        assert tracemalloc.get_traced_memory()[1] < megabytes * 2**20
    finally:
        tracemalloc.stop()


BAD_ROWS = {
    "negative": b"2026-09-01,v,m,-1,2,\n",
    "nan": b"2026-09-01,v,m,NaN,2,\n",
    "infinite": b"2026-09-01,v,m,inf,2,\n",
    "enormous": b"2026-09-01,v,m,1e400,2,\n",
    "long number": b"2026-09-01,v,m," + b"9" * 5000 + b",2,\n",
    "fraction": b"2026-09-01,v,m,1.5,2,\n",
    "thousands": b'2026-09-01,v,m,"1,000",2,\n',
    "formula as number": b"2026-09-01,v,m,=1+1,2,\n",
    "latin-1": "2026-09-01,v,m,1,2,J\u00fcrgen\n".encode("latin-1"),
    "nul": b"2026-09-01,v,m,1,2,a\x00b\n",
    "bell": b"2026-09-01,v,m,1,2,a\x07b\n",
    "ragged": b"2026-09-01,v,m,1\n",
    "too many": b"2026-09-01,v,m,1,2,p,7\n",
    "open quote": b'2026-09-01,v,"m,1,2,p\n',
    "huge cell": b"2026-09-01,v," + b"m" * 200_000 + b",1,2,\n",
    "no zone": b"2026-09-01T10:00:00,v,m,1,2,\n",
    "year 9999": b"9999-12-31T23:59:59-12:00,v,m,1,2,\n",
}


@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_row_among_good_ones_is_told_and_costs_nothing_else(tmp_path: Path, bad: bytes) -> None:
    found = answers(source(tmp_path, HEADER + GOOD + bad + GOOD))
    assert [(a.row, a.usage is not None) for a in found] == [(1, True), (2, False), (3, True)]
    (problem,) = found[1].problems
    assert problem.changes
    assert problem.fix
    assert problem.where.row == 3
    assert len(str(problem)) < 400


@pytest.mark.parametrize(
    "name", ["=HYPERLINK(A1)", "+1", "@SUM(A1)", "-2+3", "<script>alert(1)</script>", "'; drop table x;--"]
)
def test_texts_that_could_run_elsewhere_are_only_text(tmp_path: Path, name: str) -> None:
    (answer,) = answers(source(tmp_path, HEADER + f"2026-09-01,v,{name},1,2,\n".encode()))
    assert answer.usage is not None
    assert answer.usage.model == name


@pytest.mark.parametrize(
    "name", ["a b;c'\"`$(x).csv", "..%2f..%2fetc.csv", "*.csv", "[a].csv", "~.csv", "-rf.csv", "<b>.csv"]
)
def test_a_file_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    (answer,) = answers(source(tmp_path, HEADER + GOOD, name))
    assert answer.usage is not None
    assert answer.usage.where.file == name


def packed(start: bytes, zeros: int) -> bytes:
    """A gzip file of ``start`` and so many megabytes of zeros."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    return packer.compress(start) + b"".join(packer.compress(block) for _ in range(zeros)) + packer.flush()


def test_a_decompression_bomb_inside_another_is_refused_at_once(tmp_path: Path) -> None:
    bomb = gzip.compress(gzip.compress(packed(b"", 256)))
    assert len(bomb) < 2_000
    found = source(tmp_path, bomb)
    with cheap(seconds=2, megabytes=40):
        assert recognise.recognise(found) is None
        problem = recognise.unrecognised(found)
    assert "compressed twice" in problem.what


def test_a_bomb_behind_good_rows_is_refused_long_before_its_end(tmp_path: Path) -> None:
    found = source(tmp_path, packed(HEADER + GOOD * 100, 400))
    with cheap(seconds=4, megabytes=40):
        *good, last = tabular.rows(found)
    assert [row.problem for row in good] == [None] * 100
    assert last.problem is not None
    assert (last.number, last.problem.code) == (0, "import.unreadable")
    assert "bomb" in last.problem.what


def test_a_workbook_that_unpacks_to_far_more_than_its_size_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", bytes(200 * 2**20))
    found = Source(path, "b.xlsx")
    with cheap(seconds=2, megabytes=20):
        (row,) = tabular.rows(found)
    assert row.problem is not None
    assert "bomb" in row.problem.what


def test_a_workbook_that_claims_a_million_columns_and_has_one_cell_far_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["XFD1048576"] = "time", "x", "far"
    book.save(tmp_path / "b.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = list(tabular.rows(Source(tmp_path / "b.xlsx", "b.xlsx")))
    assert [(r.where.row, r.problem is None) for r in found] == [(2, True)]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def test_xml_entities_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    book.save(tmp_path / "a.xlsx")
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{entities}]><workbook>&e11;</workbook>'
    )
    with zipfile.ZipFile(tmp_path / "a.xlsx") as good, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as bad:
        for member in good.namelist():
            bad.writestr(member, bomb if member == "xl/workbook.xml" else good.read(member))
    with cheap(seconds=3, megabytes=60):
        (row,) = tabular.rows(Source(tmp_path / "b.xlsx", "b.xlsx"))
    assert row.problem is not None
    assert row.problem.code == "import.unreadable"


@pytest.mark.parametrize("opening", [b"", b'"', b'{"time": "', b"["])
def test_a_line_of_fifty_megabytes_is_one_problem_and_little_memory(tmp_path: Path, opening: bytes) -> None:
    if opening[:1] in (b"{", b"["):
        content = opening + b"x" * 50_000_000 + b"\n"
    else:
        content = HEADER + GOOD + opening + b"x" * 50_000_000 + b"\n" + GOOD
    found = source(tmp_path, content)
    with cheap(seconds=10, megabytes=200):
        told = answers(found)
    assert any(p.changes for a in told for p in a.problems)
    if not opening.startswith((b"{", b"[")):
        assert [a.usage is not None for a in told] == [True, False, True]


@pytest.mark.parametrize(
    "content", [b"[" * 200_000, b'{"a":' * 200_000, b'[{"a":' * 100_000, b'{"data":[' * 100_000]
)
def test_absurd_nesting_is_a_problem(tmp_path: Path, content: bytes) -> None:
    told = answers(source(tmp_path, content))
    assert any(a.problems for a in told)
    assert all(a.usage is None for a in told)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_is_told_how_to_be_saved(tmp_path: Path, codec: str) -> None:
    (answer,) = answers(source(tmp_path, (HEADER + GOOD).decode().encode(codec)))
    assert answer.row == 0
    assert "UTF-8" in answer.problems[0].fix


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (answer,) = answers(source(tmp_path, b"\xef\xbb\xbf" + HEADER + GOOD))
    assert answer.problems == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\xef\xbb\xbf", HEADER, b"\x00" * 100, b"\x1f\x8bgarbage", b"PK\x03\x04", b"PAR1"],
)
def test_a_file_without_rows_is_told(tmp_path: Path, content: bytes) -> None:
    (answer,) = answers(source(tmp_path, content))
    assert (answer.row, answer.usage) == (0, None)
    assert answer.problems


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (answer,) = answers(Source(tmp_path / "absent.csv", "absent.csv"))
    assert [p.code for p in answer.problems] == ["import.unreadable"]


def check_sane(sink: Sink) -> None:
    """Whatever the file was, what came out of it is finite and not negative where it must not be."""
    for record in sink.records:
        if isinstance(record, Usage):
            assert record.prompt_tokens >= 0
            assert record.output_tokens >= 0
            assert record.quantity is None or record.quantity.is_finite()
        if isinstance(record, Cost):
            assert isinstance(record.amount, Decimal)
            assert record.amount.is_finite()
            assert record.until > record.time
    assert all(p.what and p.fix and p.code for p in sink.problems)


def check_every_reader(found: Source) -> None:
    for each in (*FORMATS.values(), ANY_COSTS):
        if each.matches(found):
            sink = Sink()
            each.read(found, sink)
            check_sane(sink)
            assert sink.records or sink.problems
    if recognise.recognise(found) is None:
        assert recognise.unrecognised(found).fix


SAMPLES: dict[str, bytes] = {
    "canonical": HEADER + GOOD * 3,
    "canonical ndjson": b'{"time": "2026-09-01", "vendor": "v", "model": "m", "requests": 1}\n' * 3,
    "copilot": (HERE / "copilot/billing-real.csv").read_bytes()[:2000],
    "copilot seats": (HERE / "copilot/seats-2026-05-02.json").read_bytes()[:3000],
    "focus": (HERE / "focus/sample-1.0.csv").read_bytes()[:4000],
    "cursor": (HERE / "cursor/events.csv").read_bytes(),
    "openrouter": (HERE / "openrouter/generations.csv").read_bytes(),
    "helicone": (HERE / "helicone/requests.csv").read_bytes(),
    "langfuse": (HERE / "langfuse/observations.csv").read_bytes(),
    "litellm": json.dumps(
        [
            {
                "request_id": "r",
                "spend": 0.5,
                "model": "openai/m",
                "prompt_tokens": 3,
                "completion_tokens": 4,
                "startTime": "2026-09-01T00:00:00Z",
                "metadata": {"usage_object": {"cache_read_input_tokens": 1}},
            }
        ]
    ).encode(),
    "costs": b"time,vendor,amount\n2026-09-01,v,1.5\n",
}
SPICE = [
    b'"',
    b"'",
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"-",
    b"1e400",
    b"NaN",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"=1+1",
    b"null",
]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
@given(data=st.data())
@QUICK
def test_damage_anywhere_never_crashes_a_reader(tmp_path: Path, sample: bytes, data: st.DataObject) -> None:
    content = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 20))
        content[at : at + length] = data.draw(st.sampled_from(SPICE) | st.binary(max_size=8))
    check_every_reader(source(tmp_path, bytes(content)))


@given(
    content=st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@QUICK
def test_noise_is_always_answered(tmp_path: Path, content: bytes) -> None:
    found = source(tmp_path, content)
    check_every_reader(found)
    assert answers(found)


@given(
    cells=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=6, max_size=6),
    write=st.sampled_from([json.dumps, str]),
)
@QUICK
def test_every_row_of_any_text_is_answered_once(
    tmp_path: Path, cells: list[str], write: Callable[[object], str]
) -> None:
    names = HEADER.decode().strip().split(",")
    row = json.dumps(dict(zip(names, cells, strict=True)))
    told = answers(source(tmp_path, f"{row}\n{row}\n".encode()))
    assert [a.row for a in told] == [1, 2]
    assert all((a.usage is None) == any(p.changes for p in a.problems) for a in told)
