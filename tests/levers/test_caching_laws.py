"""Laws of prompt caching that hold for every trace, rate and price."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.explain import Grade
from bothhalves.core.levers import caching
from bothhalves.core.levers.cache_prices import (
    Multipliers,
    break_even_rate,
    break_even_reads,
    cheapest,
    long_run_share,
)
from bothhalves.core.levers.caching import LIFETIMES, HitRate, Lifetime
from last_seen import played_back
from rate_cards import BOOK, NOON, cost, used

_GAPS = st.lists(st.sampled_from([0, 1, 60, 299, 300, 301, 1800, 3599, 3600, 9000]), max_size=30)
_LIFETIME = st.sampled_from(LIFETIMES)
_MULTIPLE = st.fractions(Fraction(0), Fraction(4), max_denominator=200)


def moments(gaps: list[int]) -> list[timedelta]:
    found, now = [], 0
    for gap in gaps:
        now += gap
        found.append(timedelta(seconds=now))
    return found


@settings(max_examples=100, deadline=None)
@given(_GAPS, st.randoms(use_true_random=False))
def test_pauses_are_those_of_playing_the_calls_back(gaps: list[int], shuffle: object) -> None:
    times = [NOON + moment for moment in moments(gaps)]
    pauses = caching.pauses_of(times, 700)
    for lifetime in LIFETIMES:
        hits = pauses.hits(lifetime)
        assert (hits.requests, hits.tokens) == played_back([(t, "p", 700) for t in times], lifetime.length)
        assert hits + pauses.writes(lifetime) == pauses.total
    assert caching.pauses_of(reversed(times), 700) == pauses


@settings(max_examples=50, deadline=None)
@given(_GAPS)
def test_a_longer_lifetime_never_hits_less(gaps: list[int]) -> None:
    pauses = caching.pauses_of([NOON + m for m in moments(gaps)], 10)
    found = [pauses.hits(lifetime).requests for lifetime in LIFETIMES]
    assert found == sorted(found)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**9), st.integers(1, 10**7), _LIFETIME, st.fractions(0, 1, max_denominator=50))
def test_an_estimate_is_a_share_that_falls_with_the_part(
    requests: int, seconds: int, lifetime: Lifetime, part: Fraction
) -> None:
    window = timedelta(seconds=seconds)
    whole = caching.estimated(requests, window, lifetime)
    less = caching.estimated(requests, window, lifetime, part)
    assert whole is not None
    assert less is not None
    assert 0 <= less.share <= whole.share <= 1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**12), st.fractions(0, 1, max_denominator=997), _LIFETIME)
def test_read_and_written_tokens_are_the_prefix(tokens: int, share: Fraction, lifetime: Lifetime) -> None:
    state = caching.at_rate(Decimal(tokens), HitRate(share, "measured", Grade.A), lifetime)
    assert state.reads + state.writes == tokens
    assert abs(Fraction(state.reads) - share * tokens) <= Fraction(1, 2 * 10**12)


@settings(max_examples=100, deadline=None)
@given(_GAPS.filter(bool))
def test_the_chosen_lifetime_costs_no_more_than_any_other(gaps: list[int]) -> None:
    pauses = caching.pauses_of([NOON + m for m in moments(gaps)], 5000)
    states = [caching.from_pauses(pauses, x) for x in (None, LIFETIMES[0], LIFETIMES[2])]
    choice = cheapest(used("large", input_tokens=6000 * len(gaps), output_tokens=10), states, BOOK)
    assert choice.chosen is not None
    assert cost(choice.chosen.usage) == min(cost(option.usage) for option in choice.options)


@settings(max_examples=200, deadline=None)
@given(_MULTIPLE, _MULTIPLE)
def test_break_even_is_the_first_number_of_reads_that_pays(write: Fraction, read: Fraction) -> None:
    prices = Multipliers(write, read)
    first = break_even_reads(prices)
    pays = [n for n in range(1200) if write + n * read < 1 + n]
    assert first == (pays[0] if pays else None)
    rate = break_even_rate(prices)
    if rate is not None:
        assert rate * read + (1 - rate) * write == 1


@settings(max_examples=200, deadline=None)
@given(_MULTIPLE, _MULTIPLE, _MULTIPLE)
def test_at_the_long_run_share_both_lifetimes_cost_the_same(w5: Fraction, w1: Fraction, r: Fraction) -> None:
    share = long_run_share(Multipliers(w5, r), Multipliers(w1, r))
    assert (share is None) == (not (w5 > r and w1 >= w5))
    if share is not None:
        assert w5 == (1 - share) * w1 + share * r
