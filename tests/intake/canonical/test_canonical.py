"""The canonical usage file: every row is answered, in its place, with everything that is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from bothhalves.core.terms import Billing
from bothhalves.intake import bands, canonical
from bothhalves.intake.base import Sink
from bothhalves.intake.canonical import CanonicalRow
from bothhalves.intake.source import Source

GOOD = {
    "time": "2026-09-01T10:00:00Z",
    "vendor": "anthropic",
    "model": "claude-opus-4-8",
    "input_tokens": "1000",
}


def answers(folder: Path, text: str, name: str = "usage.csv") -> list[CanonicalRow]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return list(canonical.rows(Source(path, name)))


def one(folder: Path, **changed: str) -> CanonicalRow:
    """The answer to the good row with some columns changed or added."""
    row = {**GOOD, **changed}
    quoted = ",".join('"' + value.replace('"', '""') + '"' for value in row.values())
    (answer,) = answers(folder, ",".join(row) + "\n" + quoted + "\n")
    return answer


def test_a_full_row_becomes_one_usage(tmp_path: Path) -> None:
    answer = one(
        tmp_path,
        vendor=" Anthropic ",
        model="Claude-X",
        until="2026-09-01T12:00:00+01:00",
        requests="3",
        cache_write_tokens="7",
        output_tokens="200",
        web_searches="1",
        tier="Batch",
        speed="FAST",
        region="US",
        prompt_band="200k-1M",
        billing="Included",
        person="email:ada@example.com",
        id="r1",
    )
    usage = answer.usage
    assert usage is not None
    assert (answer.row, answer.id, answer.problems) == (1, "r1", ())
    assert usage.where.row == 2
    assert (usage.time, usage.until) == (
        datetime(2026, 9, 1, 10, tzinfo=UTC),
        datetime(2026, 9, 1, 11, tzinfo=UTC),
    )
    assert (usage.vendor, usage.model, usage.tier, usage.speed, usage.region) == (
        "anthropic",
        "Claude-X",
        "batch",
        "fast",
        "us",
    )
    assert (usage.requests, usage.input_tokens, usage.cache_write_tokens, usage.output_tokens) == (
        3,
        1000,
        7,
        200,
    )
    assert (usage.prompt_band, usage.billing) == ((200_000, 1_000_000), Billing.INCLUDED)


def test_absent_columns_take_their_defaults(tmp_path: Path) -> None:
    usage = one(tmp_path, time="2026-09-01", tier="", requests="").usage
    assert usage is not None
    assert usage.time == datetime(2026, 9, 1, tzinfo=UTC)
    assert (usage.tier, usage.speed, usage.requests, usage.quantity) == ("standard", "standard", None, None)
    assert usage.billing is Billing.UNKNOWN


@pytest.mark.parametrize(
    ("written", "count"), [("1000", 1000), ("1000.0", 1000), ("1e3", 1000), ("-0", 0), ("0", 0)]
)
def test_a_count_is_a_whole_number(tmp_path: Path, written: str, count: int) -> None:
    usage = one(tmp_path, output_tokens=written).usage
    assert usage is not None
    assert usage.output_tokens == count


@pytest.mark.parametrize(
    ("column", "written"),
    [
        *(
            ("output_tokens", bad)
            for bad in ("1,000", "-1", "NaN", "inf", "1e400", "1e30", "1.5", "0x10", "1_0", "ten")
        ),
        *(("quantity", bad) for bad in ("-0.5", "nan", "1e400", "$5", "1,5")),
        *(
            ("time", bad)
            for bad in ("2026-09-01T10:00:00", "01/09/2026", "1788220800", "0001-01-01", "2026-02-30")
        ),
        ("until", "2026-09-01T10:00:00Z"),
        ("until", "2026-09-01T09:00:00Z"),
        ("speed", "turbo"),
        ("billing", "free"),
        ("prompt_band", "large"),
        ("model", "a\x07b"),
        ("account", "x" * 1001),
    ],
)
def test_a_bad_value_is_named_with_its_column_and_a_remedy(tmp_path: Path, column: str, written: str) -> None:
    answer = one(tmp_path, meter="searches", **{"quantity": "1", column: written})
    assert answer.usage is None
    (problem,) = answer.problems
    assert f"'{column}'" in problem.what
    assert (problem.changes, problem.where.file, problem.where.row) == (True, "usage.csv", 2)
    assert problem.fix
    assert len(problem.what) < 150


def test_everything_wrong_in_a_row_is_told_at_once(tmp_path: Path) -> None:
    answer = one(tmp_path, time="", vendor="", model="", input_tokens="-1", speed="x", quantity="2")
    told = " ".join(p.what for p in answer.problems)
    assert answer.usage is None
    for name in ("'time'", "'vendor'", "'model'", "'input_tokens'", "'speed'", "'quantity'"):
        assert name in told
    assert len(answer.problems) == 6


def test_a_row_needs_a_quantity(tmp_path: Path) -> None:
    answer = one(tmp_path, input_tokens="")
    assert [p.code for p in answer.problems] == ["usage.missing"]
    assert one(tmp_path, input_tokens="", requests="0").usage is not None


def test_another_unit_needs_its_meter_and_keeps_its_digits(tmp_path: Path) -> None:
    usage = one(
        tmp_path, model="", product="Firefly", input_tokens="", meter="credits", quantity="2.50"
    ).usage
    assert usage is not None
    assert (usage.meter, str(usage.quantity), usage.product) == ("credits", "2.50", "Firefly")
    assert isinstance(usage.quantity, Decimal)


def test_a_misspelt_token_column_changes_a_number_and_another_column_does_not(tmp_path: Path) -> None:
    answer = one(tmp_path, outputtokens="5", colour="red", id="r")
    assert answer.usage is not None
    spelt, other = answer.problems
    assert (spelt.code, spelt.changes) == ("usage.unknown-column", True)
    assert "'output_tokens'" in spelt.fix
    assert other.changes is False


@pytest.mark.parametrize(
    "column", ["prompt_tokens", "total_tokens", "Output Tokens", "cachereadtokens", "websearches"]
)
def test_no_column_of_quantities_is_passed_over_silently(tmp_path: Path, column: str) -> None:
    answer = one(tmp_path, **{column: "5"})
    assert [p.changes for p in answer.problems] == [True]


def test_a_column_in_two_spellings_is_not_read_twice(tmp_path: Path) -> None:
    answer = one(tmp_path, output_tokens="5", Output_Tokens="7")
    assert answer.usage is not None
    assert answer.usage.output_tokens == 5
    assert [(p.code, p.changes) for p in answer.problems] == [("usage.duplicate-column", True)]


def test_an_unknown_column_is_told_once(tmp_path: Path) -> None:
    rows = "".join(
        f'{{"time": "2026-09-01", "vendor": "v", "model": "m", "requests": {n}, "x": 1}}\n' for n in (1, 2)
    )
    first, second = answers(tmp_path, rows, "usage.ndjson")
    assert [p.code for p in first.problems] == ["usage.unknown-column"]
    assert second.problems == ()


def test_every_row_is_answered_in_its_place(tmp_path: Path) -> None:
    lines = ("a,2026-09-01,v,m,1", "b,2026-09-01,v", "c,2026-09-01,v,m,x", "d,2026-09-01,v,m,4")
    found = answers(tmp_path, "\n".join(("id,time,vendor,model,output_tokens", *lines)))
    assert [(a.row, a.id, a.usage is not None, len(a.problems)) for a in found] == [
        (1, "a", True, 0),
        (2, "", False, 1),
        (3, "c", False, 1),
        (4, "d", True, 0),
    ]


def test_the_same_rows_in_three_file_forms_give_the_same_usage(tmp_path: Path) -> None:
    csv = tmp_path / "u.csv"
    csv.write_text("time,vendor,model,input_tokens,quantity,meter\n2026-09-01T10:00:00Z,v,m,1000,0.10,gb\n")
    ndjson = tmp_path / "u.ndjson"
    ndjson.write_text(
        '{"time":"2026-09-01T12:00:00+02:00","vendor":"v","model":"m","input_tokens":1000,"quantity":0.10,"meter":"gb"}'
    )
    parquet = tmp_path / "u.parquet"
    duckdb.sql(
        "copy (select timestamptz '2026-09-01 10:00:00+00' as time, 'v' as vendor, 'm' as model,"
        f" 1000 as input_tokens, 0.10::decimal(5,2) as quantity, 'gb' as meter) to '{parquet}'"
    )
    told = []
    for path in (csv, ndjson, parquet):
        (answer,) = canonical.rows(Source(path, path.name))
        assert answer.usage is not None
        told.append(
            (answer.usage.time, answer.usage.input_tokens, str(answer.usage.quantity), answer.usage.meter)
        )
    assert told == [(datetime(2026, 9, 1, 10, tzinfo=UTC), 1000, "0.10", "gb")] * 3


def test_nested_json_is_no_value(tmp_path: Path) -> None:
    text = '{"time": "2026-09-01", "vendor": "v", "model": ["m"], "requests": 1}'
    (answer,) = answers(tmp_path, text, "u.ndjson")
    assert answer.usage is None
    assert "'model'" in answer.problems[0].what


def test_the_format_recognises_its_file_and_keeps_good_rows(tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    path.write_text("Time,Vendor,Model,Output_Tokens\n2026-09-01,v,m,1\n2026-09-01,v,m,-1\n")
    found = Source(path, "u.csv")
    (usage_format,) = canonical.FORMATS
    sink = Sink()
    assert usage_format.matches(found)
    usage_format.read(found, sink)
    assert (len(sink.records), [p.code for p in sink.problems]) == (1, ["usage.bad-number"])


@pytest.mark.parametrize(
    ("written", "band"),
    [
        ("0-200k", (0, 200_000)),
        ("<=200k", (0, 200_000)),
        ("≤ 200k", (0, 200_000)),
        ("<200k", (0, 199_999)),
        (">200k", (200_000, None)),
        (">=200001", (200_000, None)),
        ("200k-1M", (200_000, 1_000_000)),
        ("200001-", (200_000, None)),
        ("200001-1000000", (200_000, 1_000_000)),
        ("200k+", (200_000, None)),
    ],
)
def test_prompt_bands_as_they_are_written(written: str, band: tuple[int, int | None]) -> None:
    assert bands.parse(written) == band


@pytest.mark.parametrize("written", ["200k", "1M-200k", "k-2", ">", "9" * 50 + "-", "0-0"])
def test_what_is_no_prompt_band(written: str) -> None:
    with pytest.raises(ValueError, match="not a prompt band"):
        bands.parse(written)
