"""A summary by groups of requests at one price is that of rating row by row, problems included."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_bulk import PLAIN, Written, files, parquet, request

from bothhalves.core.explain import Problem
from bothhalves.intake.source import Source
from bothhalves.reading import price_book
from bothhalves.report.answers import summary_record
from bothhalves.store.engine import DuckDB
from bothhalves.workspace.pricing import Totals, answers
from bothhalves.workspace.summing import summed

BOOK, _ = price_book([])
#: Prices by size of the prompt, by day, by hour of the day; a model and a vendor that nobody knows.
_MODELS = [("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro"), ("deepseek", "deepseek-v4-pro")]
_MODELS += [("openai", "gpt-5.4"), ("OpenAI", "gpt-5.4"), ("openai", "no-such-model"), ("nobody", "x")]
_COLUMNS = [("time", "timestamptz"), ("vendor", "varchar"), ("model", "varchar"), ("input_tokens", "bigint")]
_COLUMNS += [("cache_write_tokens", "bigint"), ("output_tokens", "bigint"), ("tier", "varchar")]
_COLUMNS += [("billing", "varchar"), ("id", "varchar"), ("requests", "bigint")]
_TIMES = [
    "2026-03-01 00:00:00+00",
    "2026-09-01 08:29:00+00",
    "2026-09-01 08:30:00+00",
    "2026-09-01 16:31:00+00",
]


@st.composite
def requests(draw: st.DrawFn) -> Written:
    """Rows of which most are plain requests."""
    found = []
    for _ in range(draw(st.integers(0, 25))):
        vendor, model = draw(st.sampled_from(_MODELS))
        counts = [draw(st.sampled_from(["0", "1", "7", "150000", "250001"])) for _ in range(3)]
        rare = draw(
            st.sampled_from([*[None] * 12, "input_tokens", "cache", "requests", "id", "billing", "id"])
        )
        counts[0] = "-1" if rare == "input_tokens" else counts[0]
        counts[1] = counts[1] if rare == "cache" else "0"
        found.append([
            draw(st.sampled_from(_TIMES)), vendor, model, *counts,
            draw(st.sampled_from([None, "batch", "standard"])),
            "included" if rare == "billing" else None,
            draw(st.sampled_from(["a", "b", " a"])) if rare == "id" else None,
            "3" if rare == "requests" else None,
        ])  # fmt: skip
    return _COLUMNS, found


def row_by_row(source: Source) -> list[Any]:
    totals, whole, problems = Totals(), list[Problem](), list[Problem]()
    for answer in answers(source, BOOK, whole):
        totals.add(answer)
        problems += answer.problems
    return [summary_record(totals, BOOK.versions), whole, problems]


def together(source: Source) -> list[Any]:
    totals, whole = Totals(), list[Problem]()
    problems = [p for answer in summed(source, BOOK, totals, whole) for p in answer.problems]
    return [summary_record(totals, BOOK.versions), whole, problems]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(written=st.one_of(requests(), requests(), files()))
def test_together_and_row_by_row_are_the_same(written: Written) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = parquet(Path(folder) / "usage.parquet", written)
        assert together(source) == row_by_row(source)


#: Models with long-prompt prices, changes of price, batch prices, hours of the day, and one that is unknown.
_MONTHS = """
    select
        timestamptz '2026-05-01' + to_seconds(n * 20011) as time,
        ['anthropic', 'openai', 'google', 'deepseek', 'anthropic'][1 + n % 5] as vendor,
        ['claude-sonnet-4-5', 'gpt-5.4', 'gemini-2.5-pro', 'deepseek-v4-pro', 'none'][1 + n % 5] as model,
        'workload-' || n % 7 as workload,
        case when n % 3 = 0 then 'batch' else 'standard' end as tier,
        (n * n * 37) % 300000 as input_tokens,
        (n * 11) % 9000 as cache_read_tokens,
        1 + n % 4001 as output_tokens
    from range({rows}) as t(n) where {which}
"""


@pytest.mark.parametrize(("rows", "which"), [(1200, "n % 5 < 3"), (1200, "n % 5 <> 4"), (900, "true")])
def test_months_of_changing_prices_come_to_the_same(tmp_path: Path, rows: int, which: str) -> None:
    path = tmp_path / "requests.parquet"
    engine = DuckDB()
    engine.save(_MONTHS.format(rows=rows, which=which), path)
    engine.close()
    source = Source(path, path.name)
    found = together(source)
    assert found == row_by_row(source)
    assert found[0]["rows"]["priced"] > 100


def test_requests_at_one_price_are_rated_once(tmp_path: Path, monkeypatch: Any) -> None:
    from bothhalves.workspace import pricing, summing

    rated = []
    for module in (pricing, summing):
        rate = module.rate
        monkeypatch.setattr(module, "rate", lambda *given, rate=rate: rated.append(1) or rate(*given))
    known = {"vendor": "openai", "model": "gpt-5.4", "input_tokens": "9"}
    source = parquet(tmp_path / "usage.parquet", (PLAIN, [request(n, **known) for n in range(50)]))
    assert together(source)[0]["rows"] == {"priced": 50}
    assert len(rated) == 2
