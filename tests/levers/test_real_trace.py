"""Half an hour of a real chat service: the hits that the store counts are those of playing the trace back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bothhalves.core.dates import Span
from bothhalves.core.levers.caching import Lifetime, Pauses
from bothhalves.store.pauses import Move, Question
from bothhalves.workspace.open import Workspace
from last_seen import pauses_of, played_back
from workspace_folder import Folder

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
SPAN = Span(START, START + timedelta(hours=1))
BLOCK, BLOCKS = 512, 2
SECONDS = (1, 3, 4, 30, 61, 300, 900, 3600)
EDGES = tuple(timedelta(seconds=n) for n in SECONDS)
COLUMNS = "time,vendor,model,workload,input_tokens,output_tokens,prefix,prefix_tokens\n"


def calls() -> list[tuple[datetime, str, int, int, int]]:
    """Time, prefix, tokens of the prefix, of the prompt and of the answer of each row."""
    text = gzip.decompress((Path(__file__).parent / "mooncake" / "conversations.jsonl.gz").read_bytes())
    rows: list[dict[str, Any]] = [json.loads(line) for line in text.decode().splitlines()]
    return [
        (
            START + timedelta(milliseconds=row["timestamp"]),
            f"block-{row['hash_ids'][BLOCKS - 1]}",
            min(BLOCK * BLOCKS, row["input_length"]),
            row["input_length"],
            row["output_length"],
        )
        for row in rows
    ]


CALLS = calls()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = Folder(tmp_path_factory.mktemp("chat"))
    rows = [
        f"{time.isoformat()},anthropic,claude-sonnet-5,chat,{prompt},{answer},{prefix},{BLOCK * BLOCKS}\n"
        for time, prefix, _, prompt, answer in CALLS
    ]
    assert folder.imported({"chat.csv": COLUMNS + "".join(rows)}).problems == []
    opened = folder.open()
    yield opened
    opened.store.close()


def lasting(seconds: int) -> Lifetime:
    return Lifetime(f"{seconds}s", timedelta(seconds=seconds), "cache_write_5m_tokens")


def found(workspace: Workspace, **asked: Any) -> dict[str, Pauses]:
    """The pauses by model."""
    rows = workspace.store.cache_pauses(Question(SPAN, EDGES, **asked))
    assert len({row.model for row in rows}) == len(rows)
    return {row.model: row.pauses for row in rows}


@pytest.mark.parametrize("seconds", SECONDS)
def test_hits_of_a_lifetime(workspace: Workspace, seconds: int) -> None:
    pauses = found(workspace)["claude-sonnet-5"]
    hits = pauses.hits(lasting(seconds))
    expected = played_back([(time, prefix, n) for time, prefix, n, *_ in CALLS], timedelta(seconds=seconds))
    assert (hits.requests, hits.tokens) == expected
    assert pauses.total.requests == len(CALLS)


def test_the_trace_is_worth_looking_at(workspace: Workspace) -> None:
    """Pauses of most lengths occur, many requests come at one instant, and some prompts are short."""
    pauses = found(workspace)["claude-sonnet-5"]
    assert sum(tally.requests > 10 for tally in (pauses.first, *pauses.after)) >= 5
    assert len({time for time, *_ in CALLS}) < len(CALLS) / 2
    assert {tokens for _, _, tokens, *_ in CALLS if tokens < BLOCK * BLOCKS}


def test_pauses_of_each_prefix_add_up_to_those_of_the_store(workspace: Workspace) -> None:
    by_prefix: dict[str, list[datetime]] = {}
    for time, prefix, *_ in CALLS:
        by_prefix.setdefault(prefix, []).append(time)
    told = [pauses_of(times, 1, EDGES) for times in by_prefix.values()]
    every = sum(told[1:], told[0])
    stored = found(workspace)["claude-sonnet-5"]
    assert [t.requests for t in every.after] == [t.requests for t in stored.after]
    assert every.first.requests == stored.first.requests


def test_routing_half_of_the_requests_away_loses_hits(workspace: Workspace) -> None:
    """Each model has a cache of its own, so the parts hit less than the whole did."""
    half = Move("chat", "claude-sonnet-5", "anthropic", "claude-haiku-5-5", part_until=500_000)
    parts = found(workspace, moves=[half])
    assert sum(p.total.requests for p in parts.values()) == len(CALLS)
    five = lasting(300)
    together = found(workspace)["claude-sonnet-5"].hits(five).requests
    apart = [parts[model].hits(five).requests for model in ("claude-haiku-5-5", "claude-sonnet-5")]
    assert sum(apart) < together
    assert parts["claude-haiku-5-5"].total.requests == pytest.approx(len(CALLS) / 2, rel=0.1)
    assert found(workspace, moves=[half]) == parts


def test_prefixes_below_the_minimum_are_not_cached(workspace: Workspace) -> None:
    shortest = {("anthropic", "claude-sonnet-5"): BLOCK * BLOCKS}
    (row,) = workspace.store.cache_pauses(Question(SPAN, EDGES, shortest=shortest))
    below = [n for _, _, n, *_ in CALLS if n < BLOCK * BLOCKS]
    assert (row.not_cacheable.requests, row.not_cacheable.tokens) == (len(below), sum(below))
    long = [(time, prefix, n) for time, prefix, n, *_ in CALLS if n >= BLOCK * BLOCKS]
    assert (row.pauses.hits(lasting(300)).requests, row.pauses.hits(lasting(300)).tokens) == played_back(
        long, timedelta(minutes=5)
    )
