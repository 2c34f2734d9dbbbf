"""Laws of prompt caching that hold for every trace, rate and price."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from lever_mixes import states, with_pauses

from bothhalves.core.explain import Grade
from bothhalves.core.levers import caching
from bothhalves.core.levers.cache_prices import Multipliers, break_even_rate
from bothhalves.core.levers.caching import LIFETIMES, HitRate, Lifetime
from bothhalves.core.levers.composition import composed
from last_seen import pauses_of, played_back
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
    pauses = pauses_of(times, 700)
    for lifetime in LIFETIMES:
        hits = pauses.hits(lifetime)
        assert (hits.requests, hits.tokens) == played_back([(t, "p", 700) for t in times], lifetime.length)
        assert hits + pauses.writes(lifetime) == pauses.total
    assert pauses_of(reversed(times), 700) == pauses


@settings(max_examples=50, deadline=None)
@given(_GAPS)
def test_a_longer_lifetime_never_hits_less(gaps: list[int]) -> None:
    pauses = pauses_of([NOON + m for m in moments(gaps)], 10)
    found = [pauses.hits(lifetime).requests for lifetime in LIFETIMES]
    assert found == sorted(found)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**12), st.fractions(0, 1, max_denominator=997), _LIFETIME)
def test_read_and_written_tokens_are_the_prefix(tokens: int, share: Fraction, lifetime: Lifetime) -> None:
    state = caching.at_rate(Decimal(tokens), HitRate(share, "measured", Grade.A), lifetime)
    assert state.reads + state.writes == tokens
    assert abs(Fraction(state.reads) - share * tokens) <= Fraction(1, 2 * 10**12)


@settings(max_examples=60, deadline=None)
@given(_GAPS.filter(bool))
def test_the_chosen_lifetime_costs_no_more_than_any_other(gaps: list[int]) -> None:
    pauses = pauses_of([NOON + m for m in moments(gaps)], 5000)
    usage = used("large", input_tokens=6000 * len(gaps), output_tokens=10)
    found = composed([with_pauses(usage, pauses)], BOOK, "USD").efficient.amount.low
    assert found == min(cost(u) for u in states(usage, pauses).values())


@settings(max_examples=200, deadline=None)
@given(_MULTIPLE, _MULTIPLE)
def test_at_the_break_even_rate_a_cache_costs_what_none_does(write: Fraction, read: Fraction) -> None:
    rate = break_even_rate(Multipliers(write, read))
    assert (rate is None) == (read >= min(write, 1))
    assert rate is None or rate * read + (1 - rate) * write == 1
