"""Caching worked out by hand against what levers and rating make of it; the cases are in caching.yaml."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from lever_mixes import states, with_pauses

from bothhalves.core.levers import caching
from bothhalves.core.levers.cache_prices import break_even_rate, multipliers
from bothhalves.core.levers.caching import (
    FIVE_MINUTES,
    LIFETIMES,
    ONE_HOUR,
    CachingState,
    Lifetime,
    Pauses,
    Tally,
)
from bothhalves.core.levers.composition import composed
from bothhalves.core.prices import CacheRule
from bothhalves.core.rating import Counted, rate
from last_seen import pauses_of
from rate_cards import BOOK as BATCHED
from rate_cards import MILLION, NOON, book_of, cost, price, used

SHEET = yaml.load((Path(__file__).parent / "caching.yaml").read_text("utf-8"), yaml.BaseLoader)
BOOK = book_of(price(m, meter, p) for m, card in SHEET["cards"].items() for meter, p in card.items())
LIFETIME = {lifetime.name: lifetime for lifetime in LIFETIMES}
SHORT = (FIVE_MINUTES, ONE_HOUR)


def cases(name: str) -> Any:
    return pytest.mark.parametrize("case", SHEET[name], ids=lambda case: case["what"])


def lifetime_of(usage: Counted, pauses: Pauses) -> str:
    """The cache that is chosen for requests that were played back."""
    (placed,) = composed([with_pauses(usage, pauses)], BOOK, "USD").efficient.placed
    return placed.caching.lifetime.name if placed.caching.lifetime else "none"


@cases("lifetimes")
def test_lifetime(case: dict[str, Any]) -> None:
    prefix = int(case["prefix"])
    times = [NOON + timedelta(seconds=round(60 * Fraction(m))) for m in case["minutes"]]
    pauses = pauses_of(times, prefix)
    usage = used(case["model"], input_tokens=prefix * len(times))
    one = cost(used(case["model"], input_tokens=prefix), BOOK)
    for name, state in states(usage, pauses).items():
        expected = case[name]
        if "unpriced" in expected:
            assert [u.meter for u in rate(state, BOOK).unpriced] == [expected["unpriced"]]
            continue
        found = cost(state, BOOK)
        assert found == Decimal(expected["usd"])
        assert found == one * Decimal(expected["units"])
        if name != "none":
            counted = pauses.writes(LIFETIME[name]).requests, pauses.hits(LIFETIME[name]).requests
            assert counted == (int(expected["writes"]), int(expected["reads"]))
    assert lifetime_of(usage, pauses) == case["cheapest"]


def session(short: int, medium: int, long: int) -> Pauses:
    """A first request and as many after pauses below five minutes, up to an hour, and above."""
    return Pauses(Tally(1, MILLION), tuple(Tally(n, n * MILLION) for n in (short, medium, 0, long)))


@cases("sessions")
def test_session(case: dict[str, Any]) -> None:
    short, medium, long = (int(case[name]) for name in ("short", "medium", "long"))
    pauses = session(short, medium, long)
    usage = used("mid", input_tokens=pauses.total.tokens)
    units = [cost(state, BOOK) / 3 for state in states(usage, pauses).values()]
    assert units == [1 + short + medium + long, Decimal(case["5m"]), Decimal(case["1h"])]
    assert lifetime_of(usage, pauses) == case["cheapest"]


@pytest.mark.parametrize("model", SHEET["break_even"])
def test_break_even(model: str) -> None:
    expected = SHEET["break_even"][model]
    for lifetime in SHORT:
        wanted = expected[lifetime.name]
        assert str(fewest_reads(model, lifetime) or "never") == wanted["reads"]
        told = multipliers(used(model), BOOK, lifetime)
        assert told is not None
        assert break_even_rate(told) == (None if wanted["rate"] == "never" else Fraction(wanted["rate"]))


def fewest_reads(model: str, lifetime: Lifetime) -> int | None:
    """The first number of reads after one write with which a cache costs less than none."""
    for reads in range(1, 20):
        usage = used(model, input_tokens=MILLION * (1 + reads))
        cached = CachingState(lifetime, Decimal(MILLION * reads), Decimal(MILLION))
        if cost(caching.restated(usage, cached), BOOK) < cost(usage, BOOK):
            return reads
    return None


@pytest.mark.parametrize("model", SHEET["break_even"])
def test_in_the_long_run_an_hour_pays_from_a_share_of_the_pauses_on(model: str) -> None:
    """At the share exactly the two lifetimes differ by what the first write costs, however long it lasts."""
    share = Fraction(SHEET["break_even"][model]["long_run"])
    within, beyond = share.numerator, share.denominator - share.numerator
    gaps = []
    for times in (1, 1000):
        pauses = session(7 * times, within * times, beyond * times)
        told = states(used(model, input_tokens=pauses.total.tokens), pauses)
        gaps.append(cost(told["1h"], BOOK) - cost(told["5m"], BOOK))
    writes = [cost(used(model, **{lifetime.meter: MILLION}), BOOK) for lifetime in SHORT]
    assert gaps == [writes[1] - writes[0]] * 2


def test_break_even_shares_as_vendors_round_them() -> None:
    five, hour = (multipliers(used("mid"), BOOK, lifetime) for lifetime in SHORT)
    assert five is not None
    assert hour is not None
    shares = (break_even_rate(five), break_even_rate(hour), Fraction(SHEET["break_even"]["mid"]["long_run"]))
    assert [round(share * 1000) for share in shares if share is not None] == [217, 526, 395]


def test_a_price_that_is_missing_leaves_the_multiples_unknown() -> None:
    assert multipliers(used("hourless"), BOOK, ONE_HOUR) is None
    assert multipliers(used("unheard-of"), BOOK, ONE_HOUR) is None


@cases("claims")
def test_claim(case: dict[str, Any]) -> None:
    lifetimes = tuple(case.get("lifetimes", ("5m", "1h")))
    rule = None if "unknown" in case else CacheRule("acme", "mid", 1024, lifetimes, date(2026, 1, 1))
    why = caching.refusal(int(case["prefix"]), rule, FIVE_MINUTES)
    assert case.get("why", "") in why
    assert bool(why) == ("why" in case)


def test_a_changing_header_costs_a_quarter_more_than_no_cache() -> None:
    usage = used("mid", input_tokens=1_500_000, output_tokens=100_000)
    broken, plain = caching.changing_header(usage, Decimal(1_200_000), FIVE_MINUTES)
    assert cost(broken, BATCHED) - cost(plain, BATCHED) == Decimal("0.90")  # 1.2 x 3 x 0.25
    assert cost(plain, BATCHED) == cost(usage, BATCHED)


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
