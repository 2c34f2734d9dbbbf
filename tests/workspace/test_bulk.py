"""Taking a Parquet file at once comes to what reading it row by row comes to: every cell, row and problem."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bothhalves.intake.canonical import FORMATS
from bothhalves.intake.source import Source
from bothhalves.store import Batch, Import, commit
from bothhalves.store import manifest as manifests
from bothhalves.store.engine import DuckDB
from bothhalves.workspace.identity import Pseudonyms, Register
from bothhalves.workspace.importing import read_import
from bothhalves.workspace.reading_files import Options, read_records

EDGES = (100, 200_000)
(CANONICAL,) = FORMATS
Column = tuple[str, str]
Written = tuple[list[Column], list[list[str | None]]]

_TEXTS = [
    "",
    "gpt",
    "GPT",
    "José",
    " ",
    " padded ",
    "tab\there",
    "bell\x07",
    "\u00a0nbsp",
    "\u3000",
    "名前",
    "it's",
]
_TEXTS += ['"q"', "a" * 1000, "a" * 1001, "é" * 501, "İ", "$x", "/*rows*/", "-1", "None", "\n", "x\x85"]
_WHOLE = ["0", "1", "7", "150", "200001", "-1", "1000000000000000", "1000000000000001", "9223372036854775807"]
_NUMBERS = [
    *_WHOLE,
    "0.5",
    "5.0",
    "1e3",
    "-0.0",
    "nan",
    "inf",
    "1e400",
    "16777217",
    "123456789",
    "0.1",
    "1e-7",
]
_WRITTEN = [*_NUMBERS, "", " 5 ", "5,000", "five", "٣", "1_000", "+5", "00012", "1." + "3" * 30, "1" * 16]
_INSTANTS = ["2026-09-01 00:00:00+00", "2026-09-30 23:59:59.999999+00", "2026-10-01 00:00:00+02"]
_INSTANTS += [
    "1999-12-31 23:59:59+00",
    "2000-01-01 00:00:00+00",
    "2100-12-31 23:59:59+00",
    "2101-01-01 00:00:00+00",
]
_INSTANTS += ["infinity", "-infinity", "2026-09-01 10:20:30.5+00", "2026-10-02 00:00:00+00"]
_TIMES = [
    "2026-09-01T00:00:00Z",
    "2026-09-01T00:00:00+02:00",
    "2026-09-30T23:00:00.5Z",
    "2026-09-01",
    "2026-09-01T00:00:00",
    "2026-02-30T00:00:00Z",
]
_TIMES += [
    "2026-09-01T24:00:00Z",
    "2026-09-01T10:00:60Z",
    "2026-09-01 10:00:00.123456Z",
    "2000-01-01T00:00:00+10:00",
]
_TIMES += [
    "2026-09-01T10:00:00+25:00",
    "20260901T100000Z",
    "now",
    "",
    "2100-12-31T23:00:00-02:00",
    "2026-10-01T10:00Z",
]
_BANDS = ["", "0-200k", ">200k", "wide"]
_MEANT = {"vendor": ["openai", "Anthropic", "openai"], "speed": ["fast", "Standard", "FAST", "ﬀast"]}
_MEANT |= {"billing": ["metered", "Included", "unknown", "free"], "id": ["a", "b", "c", " a", "d"]}
_MEANT |= {"person": ["ada", "email:ada@example.com", "Bob"], "source": ["exporter", ""]}
_COUNTS = (
    "requests",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "web_searches",
)
_INTEGERS = ("bigint", "integer", "tinyint", "utinyint", "ubigint", "hugeint", "smallint", "uinteger")
_COUNT_TYPES = (*_INTEGERS, "double", "float", "decimal(20,2)", "decimal(38,20)", "varchar", "boolean")
_OTHERS = (
    "product",
    "account",
    "key",
    "workload",
    "tier",
    "region",
    "session",
    "prefix",
    "task_class",
    "outcome",
)
_KINDS = {
    **dict.fromkeys(_COUNTS, _COUNT_TYPES),
    **dict.fromkeys(("prefix_tokens", "attempt"), ("bigint", "varchar", "double")),
    **dict.fromkeys((*_OTHERS, "model"), (*["varchar"] * 6, "bigint", "double")),
    **dict.fromkeys(("vendor", "speed", "billing", "person", "source", "prompt_band"), ("varchar",)),
    "id": ("varchar", "bigint", "uuid"),
    "meter": ("varchar",),
    "quantity": ("varchar", "double", "decimal(38,10)", "bigint", "float"),
    **dict.fromkeys(("time", "until"), (*["timestamptz"] * 5, *["varchar"] * 3, "date", "timestamp")),
}
_USUAL = ("time", "vendor", "model", "input_tokens")


def _pool(name: str, kind: str) -> list[str]:
    if name in ("time", "until"):
        return _TIMES if kind == "varchar" else _INSTANTS
    if name == "prompt_band":
        return _BANDS
    if name in _MEANT:
        return [*_MEANT[name], *_TEXTS[:12]] if kind == "varchar" else _WHOLE
    if name in (*_COUNTS, "quantity", "prefix_tokens", "attempt") or kind != "varchar":
        return _WRITTEN if kind == "varchar" else _NUMBERS
    return _TEXTS


@st.composite
def files(draw: st.DrawFn) -> Written:
    """Columns with their types, and rows: most cells sound, some of them anything that the type can hold."""
    others = sorted(set(_KINDS) - set(_USUAL))
    names = [*_USUAL, *draw(st.lists(st.sampled_from(others), unique=True, max_size=6))]
    left_out = draw(st.sampled_from((*[None] * 40, *_USUAL)))
    columns = [(n, draw(st.sampled_from(_KINDS[n]))) for n in names if n != left_out]
    if draw(st.booleans()):
        columns.append(
            (draw(st.sampled_from(("input_token", " Account", "row", "raw", "Model "))), "varchar")
        )
    cells = [_cells(name, kind, draw(st.integers(0, 3)) == 0) for name, kind in columns]
    rows = draw(st.lists(st.tuples(*cells).map(list), max_size=14))
    return columns, rows


def _cells(name: str, kind: str, is_hostile: bool) -> st.SearchStrategy[str | None]:
    pool = _pool(name, kind)
    sound = pool[:3] if name in ("time", "vendor", "input_tokens", "id") else [None, *pool[:3]]
    if name == "model":
        sound = pool[1:3]
    return st.sampled_from([*sound * 12, None, *pool] if is_hostile else sound)


def parquet(path: Path, written: Written) -> Source:
    """The rows as a Parquet file; a cell that its type cannot hold is empty."""
    columns, rows = written
    given = {f"c{n}": [row[n] for row in rows] for n in range(len(columns))}
    values = ", ".join(f"unnest(cast(${c} as varchar[])) as {c}" for c in given)
    typed = ", ".join(f'try_cast(c{n} as {kind}) as "{name}"' for n, (name, kind) in enumerate(columns))
    engine = DuckDB()
    engine.save(f"select {typed} from (select {values})", path, given)
    engine.close()
    return Source(path, path.name)


def row_by_row(source: Source, options: Options) -> Import:
    """What the file is to the store when no row is taken without being read."""
    records, sink = read_records(source, CANONICAL, options)
    details = {"replaces": CANONICAL.replaces, "dedupes": True, "problems": tuple(sink.problems)}
    return Import(source.sha256, source.name, CANONICAL.name, records, **details)


def at_once(source: Source, options: Options, lasting: ExitStack) -> Import:
    return read_import(source, CANONICAL, options, lasting)[0]


def kept_of_both(place: Path, sources: Sequence[Source], options: Options) -> tuple[list[Any], list[Any]]:
    """What a first import of one source and a second of the others leave behind: at once, and row by row."""
    with ExitStack() as lasting:
        taken = [at_once(source, options, lasting) for source in sources]
        together = kept(place / "together", taken[:1], taken[1:])
    read = [row_by_row(source, options) for source in sources]
    return together, kept(place / "apart", read[:1], read[1:])


def kept(root: Path, *commits: Sequence[Import]) -> list[Any]:
    """Everything that the commits leave behind, with every segment's content by its hash."""
    register = Register(root)
    pseudonym = register.recording(Pseudonyms(b"key", ()))
    told: list[Any] = []
    for items in commits:
        done = commit(root, Batch(tuple(items)), edges=EDGES, pseudonym=pseudonym)
        told += [done.rows, done.replaced, done.problems, [item.size for item in items]]
    told += [sorted(register.names.items()), manifests.load(root).of("calls"), manifests.load(root)]
    return told


OPTIONS = st.sampled_from((Options(), Options(), Options(account="it's ours", person="login:eve")))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=files(), second=files(), third=files(), options=OPTIONS)
def test_at_once_and_row_by_row_are_the_same(
    first: Written, second: Written, third: Written, options: Options
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sources = [parquet(place / f"{n}.parquet", w) for n, w in enumerate((first, second, third))]
        together, apart = kept_of_both(place, sources, options)
        assert together == apart


#: A sound file as programs write one.
PLAIN: list[Column] = [("time", "timestamptz"), ("vendor", "varchar"), ("model", "varchar")]
PLAIN += [("input_tokens", "bigint"), ("output_tokens", "double"), ("person", "varchar"), ("id", "varchar")]


def request(number: int, **other: str) -> list[str | None]:
    known = {
        "time": f"2026-09-01 00:00:{number:02d}+00",
        "vendor": "OpenAI",
        "model": "gpt",
        "id": f"{number}",
    }
    known |= {"input_tokens": "7", "output_tokens": "5", "person": "email:ada@example.com", **other}
    return [known[name] for name, _ in PLAIN]


def test_in_whichever_order_files_come_the_same_of_their_equal_requests_counts(tmp_path: Path) -> None:
    """Both files state the same requests in the same rows, and differ in their input."""
    written = [[request(n, input_tokens=tokens) for n in range(40)] for tokens in ("7", "8")]
    sources = [parquet(tmp_path / f"{n}.parquet", (PLAIN, rows)) for n, rows in enumerate(written)]
    found = []
    for order in (sources, sources[::-1]):
        root = tmp_path / order[0].name.partition(".")[0]
        kept(root, [at_once(source, Options(), ExitStack()) for source in order])
        found.append(manifests.load(root).of("calls"))
    assert found[0] == found[1]
    assert [segment.rows for segment in found[0]] == [40]


def test_only_what_the_engine_cannot_be_sure_of_is_read(tmp_path: Path) -> None:
    rows = [request(n) for n in range(50)]
    rows[20], rows[30] = request(20, input_tokens="-1"), request(30, model="\u00a0gpt")
    taken = at_once(parquet(tmp_path / "usage.parquet", (PLAIN, rows)), Options(), ExitStack())
    assert taken.bulk is not None
    assert (taken.bulk.aside, taken.bulk.rows, taken.size) == ((1, 21, 31), 47, 49)
    assert [r.where.row for r in taken.records] == [1, 31]
    assert [(p.code, str(p.where)) for p in taken.problems] == [("usage.bad-number", "usage.parquet:21")]


def test_a_file_that_no_engine_should_guess_at_is_read_row_by_row(tmp_path: Path) -> None:
    columns = [*PLAIN, ("Vendor ", "varchar")]
    taken = at_once(
        parquet(tmp_path / "usage.parquet", (columns, [[*request(1), "x"]])), Options(), ExitStack()
    )
    assert taken.bulk is None
    assert [p.code for p in taken.problems] == ["usage.duplicate-column"]
