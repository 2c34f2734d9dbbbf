"""Pauses between requests with one prefix: whose cache it is, what is seen of it, and what is not one."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_facts import at, bucket, exported, imported, request, span

from bothhalves.core.levers.caching import EDGES, FIVE_MINUTES, ONE_HOUR, THIRTY_MINUTES, Lifetime, Tally
from bothhalves.core.terms import Usage
from bothhalves.store import Store
from bothhalves.store.pauses import CachePauses, Move, Question
from last_seen import played_back

OCTOBER = span("2026-10-01", "2026-11-01")
HEAD = {"prefix": "head", "prefix_tokens": 1000, "tokens": 1500, "workload": "chat"}


def asked(root: Path, question: Question, ranks: dict[str, int] | None = None) -> list[CachePauses]:
    store = Store.open(root, ranks or {})
    found = store.cache_pauses(question)
    assert {rule: rows for rule, rows in store.audit().items() if rows} == {}
    store.close()
    return found


def hits(found: list[CachePauses], lifetime: Lifetime = FIVE_MINUTES) -> int:
    return sum(row.pauses.hits(lifetime).requests for row in found)


def pair(**second: Any) -> list[Usage]:
    """Two requests a minute apart; what is said of the second differs."""
    return [
        request("2026-10-05T10:00:00", row=1, **HEAD),
        request("2026-10-05T10:01:00", row=2, **{**HEAD, **second}),
    ]


@pytest.mark.parametrize(
    ("second", "hit"),
    [
        ({}, 1),
        ({"task_class": "triage"}, 1),
        ({"person": "email:ada@example.com"}, 1),
        ({"session": "another"}, 1),
        ({"prefix": "other"}, 0),
        ({"model": "claude-haiku-4-5"}, 0),
        ({"account": "another workspace"}, 0),
        ({"workload": "mail"}, 0),
        ({"vendor": "bedrock"}, 0),
        ({"speed": "fast"}, 0),
        ({"tier": "batch"}, 0),
        ({"region": "us"}, 0),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_a_cache_belongs_to_one_model_and_account(tmp_path: Path, second: dict[str, Any], hit: int) -> None:
    imported(tmp_path, exported("a.csv", pair(**second)))
    assert hits(asked(tmp_path, Question(OCTOBER))) == hit


def test_what_is_no_request_with_a_prefix_has_no_pause(tmp_path: Path) -> None:
    rows = pair(prefix="")
    rows += [request("2026-10-05T10:02:00", row=3, **{**HEAD, "requests": 7})]
    rows += [bucket("2026-10-05", row=4, **{**HEAD, "id": "a day"})]
    imported(tmp_path, exported("a.csv", rows))
    (found,) = asked(tmp_path, Question(OCTOBER))
    assert found.pauses.total == Tally(1, 1000)


def test_a_prefix_is_no_longer_than_its_prompt(tmp_path: Path) -> None:
    imported(tmp_path, exported("a.csv", pair(tokens=400, cache_read_tokens=300)))
    (found,) = asked(tmp_path, Question(OCTOBER))
    assert found.pauses.hits(FIVE_MINUTES) == Tally(1, 700)


def test_one_call_that_two_feeds_report_is_no_hit_of_its_own(tmp_path: Path) -> None:
    call = request("2026-10-05T10:00:00", **HEAD)
    imported(tmp_path, exported("a.csv", [call], "gateway"))
    again = request("2026-10-05T10:00:01", **HEAD)
    imported(tmp_path, exported("b.csv", [again], "program"))
    found = asked(tmp_path, Question(OCTOBER), {"gateway": 60, "program": 70})
    assert [row.pauses.total.requests for row in found] == [1]
    assert hits(found) == 0


def test_the_first_requests_of_a_span_find_what_was_cached_before_it(tmp_path: Path) -> None:
    rows = [request("2026-09-30T23:58:00", row=1, **HEAD), request("2026-10-01T00:01:00", row=2, **HEAD)]
    imported(tmp_path, exported("a.csv", rows))
    (october,) = asked(tmp_path, Question(OCTOBER))
    assert (october.pauses.hits(FIVE_MINUTES), october.pauses.first) == (Tally(1, 1000), Tally())
    (september,) = asked(tmp_path, Question(span("2026-09-01", "2026-10-01")))
    assert september.pauses.first == Tally(1, 1000)


def test_a_prefix_too_short_for_one_model_is_cached_by_another(tmp_path: Path) -> None:
    imported(tmp_path, exported("a.csv", pair()))
    away = Move("chat", "claude-opus-4-8", "anthropic", "claude-haiku-4-5")
    shortest = {("anthropic", "claude-opus-4-8"): 1000, ("anthropic", "claude-haiku-4-5"): 1001}
    (at_home,) = asked(tmp_path, Question(OCTOBER, shortest=shortest))
    (moved,) = asked(tmp_path, Question(OCTOBER, shortest=shortest, moves=[away]))
    assert (at_home.pauses.hits(FIVE_MINUTES), at_home.not_cacheable) == (Tally(1, 1000), Tally())
    assert (moved.pauses.total, moved.not_cacheable) == (Tally(), Tally(2, 2000))
    assert moved.model == "claude-haiku-4-5"


def test_a_prompt_too_short_to_be_cached_leaves_nothing_to_read(tmp_path: Path) -> None:
    rows = [request("2026-10-05T10:00:00", row=1, **{**HEAD, "tokens": 900})]
    rows += [request("2026-10-05T10:01:00", row=2, **HEAD)]
    imported(tmp_path, exported("a.csv", rows))
    (found,) = asked(tmp_path, Question(OCTOBER, shortest={("anthropic", "claude-opus-4-8"): 1000}))
    assert (found.pauses.first, found.not_cacheable) == (Tally(1, 1000), Tally(1, 900))


def test_a_model_whose_minimum_nobody_knows_claims_nothing(tmp_path: Path) -> None:
    imported(tmp_path, exported("a.csv", pair()))
    (found,) = asked(tmp_path, Question(OCTOBER, shortest={}))
    assert (found.pauses.total, found.not_cacheable) == (Tally(), Tally(2, 2000))


def test_a_class_that_moves_takes_its_hits_along_and_leaves_the_others_theirs(tmp_path: Path) -> None:
    times = [f"2026-10-05T10:{minute:02d}:00" for minute in range(8)]
    rows = [
        request(t, row=n, **{**HEAD, "task_class": "extract" if n % 4 else "legal"})
        for n, t in enumerate(times)
    ]
    imported(tmp_path, exported("a.csv", rows))
    move = Move("chat", "claude-opus-4-8", "openai", "gpt-6-luna", "extract")
    found = {row.model: row for row in asked(tmp_path, Question(OCTOBER, moves=[move]))}
    assert hits(asked(tmp_path, Question(OCTOBER))) == 7
    assert found["gpt-6-luna"].vendor == "openai"
    assert {model: (row.pauses.total.requests, hits([row])) for model, row in found.items()} == {
        "claude-opus-4-8": (2, 1),
        "gpt-6-luna": (6, 5),
    }


def test_a_request_moves_to_one_model_only(tmp_path: Path) -> None:
    imported(tmp_path, exported("a.csv", pair()))
    moves = [Move("chat", "m", "acme", "a", None, 0, 600), Move("chat", "m", "acme", "b", "legal", 500, 900)]
    with pytest.raises(ValueError, match="two models"):
        asked(tmp_path, Question(OCTOBER, moves=moves))
    with pytest.raises(ValueError, match="between 0 and a million"):
        asked(tmp_path, Question(OCTOBER, moves=[Move("chat", "m", "acme", "a", None, -1, 5)]))


@pytest.mark.parametrize("edges", [(), (timedelta(0),), (timedelta(2), timedelta(1)), (timedelta(1),) * 2])
def test_lifetimes_rise(tmp_path: Path, edges: tuple[timedelta, ...]) -> None:
    with pytest.raises(ValueError, match="rise"):
        asked(tmp_path, Question(OCTOBER, edges))


def test_calls_are_chosen_by_column(tmp_path: Path) -> None:
    imported(tmp_path, exported("a.csv", pair(task_class="legal")))
    assert hits(asked(tmp_path, Question(OCTOBER, where={"task_class": ""}))) == 0
    with pytest.raises(ValueError, match="cannot be chosen"):
        asked(tmp_path, Question(OCTOBER, where={"colour": "red"}))


_CALLS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 299, 300, 301, 1799, 1800, 3599, 3600, 3601, 5400]),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["claude-opus-4-8", "claude-haiku-4-5"]),
        st.sampled_from([0, 10, 4000]),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_CALLS, st.integers(0, 20_000))
def test_hits_are_those_of_playing_calls_back_and_halves_add_up(
    steps: list[tuple[int, str, str, int]], cut: int
) -> None:
    start, now, rows, trace = at("2026-10-05T10:00:00"), 0, [], []
    for number, (step, prefix, model, tokens) in enumerate(steps):
        now += step
        time = start + timedelta(seconds=now)
        told = {**HEAD, "prefix": prefix, "model": model, "prefix_tokens": tokens, "tokens": 5000}
        rows.append(request(time.isoformat()[:19], row=number, **told))
        trace.append((time, (model, prefix), tokens))
    middle = start + timedelta(seconds=cut)
    with tempfile.TemporaryDirectory() as folder:
        imported(Path(folder), exported("a.csv", rows))
        whole = asked(Path(folder), Question(OCTOBER))
        early, late = (
            asked(Path(folder), Question(type(OCTOBER)(*ends)))
            for ends in ((OCTOBER.start, middle), (middle, OCTOBER.until))
        )
    for lifetime in (FIVE_MINUTES, THIRTY_MINUTES, ONE_HOUR):
        tallies = [row.pauses.hits(lifetime) for row in whole]
        expected = played_back(trace, lifetime.length)
        assert (sum(t.requests for t in tallies), sum(t.tokens for t in tallies)) == expected
        assert hits(early, lifetime) + hits(late, lifetime) == expected[0]
        assert hits(late, lifetime) == played_back(trace, lifetime.length, middle)[0]
    assert sum(row.pauses.total.requests for row in whole) == len(steps)
    assert tuple(x.length for x in (FIVE_MINUTES, THIRTY_MINUTES, ONE_HOUR)) == EDGES
