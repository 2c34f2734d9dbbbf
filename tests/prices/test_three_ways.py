"""Our prices, the vendors' as cited, and litellm's agree, but for differences listed with their reasons."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from three_ways import HERE, Intended, Quote, Slot, compared, differences, facts, intended, litellm, ours

CONDITIONS = {"standard", "batch", "flex", "priority", "ultrafast"}
METERS = {
    "input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "output_tokens",
}  # fmt: skip


def test_no_price_differs_unless_it_is_meant() -> None:
    unlisted = [d for d in differences() if not any(entry.covers(d) for entry in intended())]
    assert unlisted == []


@pytest.mark.parametrize("entry", intended(), ids=[f"{e.reason}-{e.models[0]}" for e in intended()])
def test_every_listed_difference_is_one(entry: Intended) -> None:
    found = [d for d in differences() if entry.covers(d)]
    assert found
    assert entry.unmet(found) == []
    assert entry.why.endswith(".")


def test_no_difference_is_listed_twice() -> None:
    listed = Counter(d for d in differences() for entry in intended() if entry.covers(d))
    assert [d for d, times in listed.items() if times > 1] == []


def test_the_comparison_reaches_every_condition() -> None:
    """Facts and litellm both cover each vendor, meter, tier and the long-context bands."""
    for place, quotes in (("facts", facts()), ("litellm", litellm())):
        tokens = [q.slot for q in quotes if q.slot.meter in METERS]
        assert {s.vendor for s in tokens} >= {"anthropic", "openai", "google", "perplexity"}, place
        assert {s.meter for s in tokens} == METERS, place
        assert {s.tier for s in tokens} >= CONDITIONS, place
        assert {s.above for s in tokens} >= {-1, 100_000, 200_000, 272_000}, place
    assert sum(1 for _ in compared("facts", facts())) > 4000
    assert sum(1 for _ in compared("litellm", litellm())) > 2500


def test_most_of_our_token_prices_of_today_stand_in_a_second_place() -> None:
    """Models that only one place carries are few, so that a wrong price of ours does not go unseen."""
    elsewhere = {(q.slot.vendor, q.slot.model) for q in litellm()}
    cited = {
        (q.slot.vendor, q.slot.model)
        for q in facts()
        if q.slot.meter == "input_tokens" and q.currency == "USD"
    }
    assert len(cited - elsewhere) <= 16, sorted(cited - elsewhere)


def test_every_fact_names_the_page_on_which_it_was_read() -> None:
    lines = (HERE / "facts.csv").read_text("utf-8").splitlines()[1:]
    assert len(lines) == len(set(lines)) == len(facts())
    assert all(line.rsplit(",", 1)[1].startswith("https://") for line in lines)


def test_the_rise_of_sonnet_5_that_was_cancelled_never_happened() -> None:
    for meter, price in (("input_tokens", 2), ("output_tokens", 10)):
        for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 11, 20)):
            found = ours(Slot("anthropic", "claude-sonnet-5", meter), day)
            assert found is not None
            assert found.price == price


def test_a_quote_is_compared_on_its_first_and_last_day() -> None:
    slot = Slot("anthropic", "claude-opus-5", "input_tokens")
    quote = Quote(slot, Decimal(5), 1, start=date(2026, 9, 1), until=date(2026, 11, 15))
    assert sorted(set(quote.days())) == [date(2026, 9, 1), date(2026, 11, 10), date(2026, 11, 14)]
