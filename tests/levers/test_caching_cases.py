"""Caching worked out by hand against what levers and rating make of it; the cases are in caching.yaml."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.core.explain import Grade
from bothhalves.core.levers import caching
from bothhalves.core.levers.cache_prices import (
    Choice,
    break_even_rate,
    break_even_reads,
    cheapest,
    long_run_share,
    multipliers,
)
from bothhalves.core.levers.caching import (
    FIVE_MINUTES,
    LIFETIMES,
    ONE_HOUR,
    UNCACHED,
    CachingState,
    HitRate,
    Pauses,
    Prefix,
    Tally,
)
from bothhalves.core.prices import CacheRule, PriceBook
from bothhalves.core.rating import Counted
from rate_cards import BOOK as BATCHED
from rate_cards import NOON, book_of, cost, price, used

SHEET = yaml.load((Path(__file__).parent / "caching.yaml").read_text("utf-8"), yaml.BaseLoader)
BOOK = book_of(price(m, meter, p) for m, card in SHEET["cards"].items() for meter, p in card.items())
LIFETIME = {lifetime.name: lifetime for lifetime in LIFETIMES}
SHORT = (FIVE_MINUTES, ONE_HOUR)


def cases(name: str) -> Any:
    return pytest.mark.parametrize("case", SHEET[name], ids=lambda case: case["what"])


def compared(usage: Counted, pauses: Pauses, book: PriceBook = BOOK) -> Choice:
    """No cache, five minutes and an hour."""
    states = [caching.from_pauses(pauses, lifetime) for lifetime in (None, *SHORT)]
    return cheapest(usage, states, book)


def name_of(choice: Choice) -> str:
    assert choice.chosen is not None
    return choice.chosen.state.lifetime.name if choice.chosen.state.lifetime else "none"


@cases("lifetimes")
def test_lifetime(case: dict[str, Any]) -> None:
    prefix = int(case["prefix"])
    times = [NOON + timedelta(seconds=round(60 * Fraction(m))) for m in case["minutes"]]
    pauses = caching.pauses_of(times, prefix)
    choice = compared(used(case["model"], input_tokens=prefix * len(times)), pauses)
    one = cost(used(case["model"], input_tokens=prefix), BOOK)
    for name, option in zip(("none", "5m", "1h"), choice.options, strict=True):
        expected = case[name]
        if "unpriced" in expected:
            assert [u.meter for u in option.rating.unpriced] == [expected["unpriced"]]
            continue
        found = cost(option.usage, BOOK)
        assert found == Decimal(expected["usd"])
        assert found == one * Decimal(expected["units"])
        if name != "none":
            counted = pauses.writes(LIFETIME[name]).requests, pauses.hits(LIFETIME[name]).requests
            assert counted == (int(expected["writes"]), int(expected["reads"]))
    assert name_of(choice) == case["cheapest"]


@cases("sessions")
def test_session(case: dict[str, Any]) -> None:
    short, medium, long = (int(case[name]) for name in ("short", "medium", "long"))
    after = tuple(Tally(n, n * 1_000_000) for n in (short, medium, 0, long))
    pauses = Pauses(Tally(1, 1_000_000), after)
    choice = compared(used("mid", input_tokens=pauses.total.tokens), pauses)
    units = [cost(option.usage, BOOK) / 3 for option in choice.options]
    assert units == [1 + short + medium + long, Decimal(case["5m"]), Decimal(case["1h"])]
    assert name_of(choice) == case["cheapest"]


@pytest.mark.parametrize("model", SHEET["break_even"])
def test_break_even(model: str) -> None:
    expected = SHEET["break_even"][model]
    found = {x.name: multipliers(used(model), BOOK, x) for x in SHORT}
    for name, told in found.items():
        assert told is not None
        reads, rate = break_even_reads(told), break_even_rate(told)
        assert ("never" if reads is None else str(reads)) == expected[name]["reads"]
        assert rate == (None if expected[name]["rate"] == "never" else Fraction(expected[name]["rate"]))
    shorter, longer = found["5m"], found["1h"]
    assert shorter is not None
    assert longer is not None
    assert long_run_share(shorter, longer) == Fraction(expected["long_run"])


def test_break_even_shares_as_vendors_round_them() -> None:
    five, hour = (multipliers(used("mid"), BOOK, lifetime) for lifetime in SHORT)
    assert five is not None
    assert hour is not None
    shares = (break_even_rate(five), break_even_rate(hour), long_run_share(five, hour))
    assert [round(share * 1000) for share in shares if share is not None] == [217, 526, 395]


def test_a_price_that_is_missing_leaves_the_multiples_unknown() -> None:
    assert multipliers(used("hourless"), BOOK, ONE_HOUR) is None
    assert multipliers(used("unheard-of"), BOOK, ONE_HOUR) is None


@cases("claims")
def test_claim(case: dict[str, Any]) -> None:
    lifetimes = tuple(case.get("lifetimes", ("5m", "1h")))
    rule = CacheRule("acme", "mid", 1024, lifetimes, date(2026, 1, 1))
    rate = HitRate(Fraction(case["rate"]), "measured", Grade.A) if "rate" in case else None
    prefix = Prefix(int(case["prefix"]), case.get("changes") == "true")
    state = caching.planned(prefix, 1000, None if "unknown" in case else rule, rate, FIVE_MINUTES)
    assert (state.reads, state.writes) == (int(case.get("reads", 0)), int(case.get("writes", 0)))
    assert case.get("why", "") in state.why
    assert bool(state.why) == ("why" in case)


@cases("estimates")
def test_estimate(case: dict[str, Any]) -> None:
    window = timedelta(hours=int(case["hours"]))
    part = Fraction(case.get("part", 1))
    found = caching.estimated(int(case["requests"]), window, LIFETIME[case["lifetime"]], part)
    if case["rate"] == "unknown":
        assert found is None
    else:
        assert found == HitRate(Fraction(case["rate"]), "estimated", Grade.C)


@cases("batch")
def test_batch(case: dict[str, Any]) -> None:
    lifetime = LIFETIME[case.get("lifetime", "1h")]
    rate = HitRate(Fraction(case["rate"]), case["basis"], Grade.A) if "rate" in case else None
    usage = used("mid", input_tokens=1_000_000, tier="batch")
    state = caching.in_batch(Decimal(1_000_000), rate, lifetime)
    found = cost(caching.restated(usage, state), BATCHED)
    assert found == Decimal(case["usd"])
    assert found == cost(usage, BATCHED) * Decimal(case["units"])


def test_a_changing_header_costs_a_quarter_more_than_no_cache() -> None:
    usage = used("mid", input_tokens=1_500_000, output_tokens=100_000)
    broken, plain = caching.changing_header(usage, Decimal(1_200_000), FIVE_MINUTES)
    assert cost(broken, BATCHED) - cost(plain, BATCHED) == Decimal("0.90")  # 1.2 x 3 x 0.25
    assert cost(plain, BATCHED) == cost(usage, BATCHED)


def test_each_request_with_a_prefix_of_its_own_differs_from_all_before() -> None:
    own = [caching.pauses_of([NOON + timedelta(minutes=n)], 5000) for n in range(40)]
    changing, still = sum(own[1:], own[0]), caching.pauses_of([NOON, NOON + timedelta(minutes=1)] * 20, 5000)
    assert changing.differing(FIVE_MINUTES) == 1
    assert still.differing(FIVE_MINUTES) == Fraction(1, 2)
    assert Pauses().differing(FIVE_MINUTES) is None


def test_the_cheapest_lifetime_is_undecided_where_it_depends_on_an_unknown_price() -> None:
    writes = {"cache_write_5m_tokens": "12", "cache_write_1h_tokens": "4"}
    cards = [("m", "input_tokens", "3", -1), ("m", "cache_read_tokens", "0.3", -1)]
    cards += [("m", "cache_write_5m_tokens", "3.75", -1), ("m", "cache_write_1h_tokens", "6", -1)]
    cards += [("m", meter, amount, 100_000) for meter, amount in writes.items()]
    book = book_of(price(m, meter, amount, above=above) for m, meter, amount, above in cards)
    usage = used("m", input_tokens=10_000_000, prompt_upto=None, lasting=timedelta(hours=1))
    states = [CachingState(x, Decimal(8_000_000), Decimal(2_000_000)) for x in SHORT]
    choice = cheapest(usage, states, book)
    assert choice.chosen is None
    assert "depends" in choice.reason


def test_nothing_is_chosen_without_a_price() -> None:
    choice = cheapest(used("unheard-of", input_tokens=10), [UNCACHED], BOOK)
    assert choice.chosen is None
    assert "unheard-of" in choice.reason


def test_restating_keeps_the_prompt_and_everything_else() -> None:
    usage = used("mid", input_tokens=100, cache_read_tokens=50, cache_write_5m_tokens=30, output_tokens=7)
    found = caching.restated(usage, CachingState(ONE_HOUR, Decimal(20), Decimal(40)))
    assert dict(found.quantities) == {
        "input_tokens": 120,
        "cache_read_tokens": 20,
        "cache_write_1h_tokens": 40,
        "output_tokens": 7,
    }
    with pytest.raises(ValueError, match="more prefix tokens"):
        caching.restated(usage, CachingState(ONE_HOUR, Decimal(200), Decimal(40)))


def test_counters_tell_the_rate_without_input_that_was_never_cached() -> None:
    assert caching.measured(850, 150) == HitRate(Fraction(17, 20), "measured", Grade.A)
    assert caching.measured(0, 0) is None


def test_splitting_traffic_over_two_models_lowers_the_hit_rate() -> None:
    whole = caching.estimated(12, timedelta(hours=1), FIVE_MINUTES)
    half = caching.estimated(12, timedelta(hours=1), FIVE_MINUTES, Fraction(1, 2))
    assert whole is not None
    assert half is not None
    kept = caching.at_rate(Decimal(1_000_000), whole, FIVE_MINUTES)
    lost = caching.at_rate(Decimal(1_000_000), half, FIVE_MINUTES)
    usage = used("mid", input_tokens=1_000_000)
    as_before, as_it_will_be = (cost(caching.restated(usage, s), BOOK) for s in (kept, lost))
    assert as_it_will_be > as_before
