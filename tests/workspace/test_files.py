"""Counting and rating a file in one pass comes to what pricing it row by row comes to, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.intake.source import Source
from bothhalves.reading import price_book
from bothhalves.store.engine import DuckDB
from bothhalves.workspace.files import rated_files
from bothhalves.workspace.pricing import answers

#: Models with long-prompt prices, changes of price, batch prices, hours of the day, and one that is unknown.
_ROWS = """
    select
        timestamptz '2026-05-01' + to_seconds(n * 20011) as time,
        ['anthropic', 'openai', 'google', 'deepseek', 'anthropic'][1 + n % 5] as vendor,
        ['claude-sonnet-4-5', 'gpt-5.4', 'gemini-2.5-pro', 'deepseek-v4-pro', 'none'][1 + n % 5] as model,
        'workload-' || n % 7 as workload,
        case when n % 3 = 0 then 'batch' else 'standard' end as tier,
        (n * n * 37) % 300000 as input_tokens,
        (n * 11) % 9000 as cache_read_tokens,
        1 + n % 4001 as output_tokens
    from range(900) as t(n)
"""


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    engine = DuckDB()
    engine.save(_ROWS, tmp_path / "requests.parquet")
    engine.close()
    return tmp_path / "requests.parquet"


def test_one_pass_and_row_by_row_agree(requests: Path) -> None:
    book, problems = price_book([])
    assert problems == []
    by_row = [a.rating for a in answers(Source(requests, requests.name), book, []) if a.rating is not None]
    in_one = [u.rating for u in rated_files([requests], book)]
    assert len(in_one) < len(by_row) == 900
    for end in ("low", "high"):
        totals = [
            sum((getattr(line.amount, end) for r in ratings for line in r.lines), Decimal(0))
            for ratings in (by_row, in_one)
        ]
        assert totals[0] == totals[1] > 0
    missing = [sum((m.quantity for r in rs for m in r.unpriced), Decimal(0)) for rs in (by_row, in_one)]
    assert missing[0] == missing[1] > 0


def test_usage_is_told_apart_by_workload_model_and_month(requests: Path) -> None:
    book, _ = price_book([])
    found = list(rated_files([requests], book))
    assert {u.owner for u in found} == {f"workload-{n}" for n in range(7)}
    assert {u.month for u in found} == {f"2026-{month:02d}" for month in range(5, 12)}
    assert sum(u.requests or 0 for u in found) == 900
