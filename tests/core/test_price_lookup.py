"""Which price is in force: layers from the top, exact names only, and never a relative's price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bothhalves.core.prices import Applied, Layer, Missing, PriceBook, Use, near
from rate_cards import BOOK, CLIFF, LIST, book_of, factor, model_prices, over, price

USE = Use("acme", "mid", "standard", "standard", "", date(2026, 9, 15), 720, 1000)
LONG = replace(USE, model="cliff", prompt=CLIFF + 1)


def found(book: PriceBook, use: Use, meter: str = "input_tokens") -> Decimal:
    applied = book.find(use, meter)
    assert isinstance(applied, Applied), applied
    return applied.price


def missing(book: PriceBook, use: Use, meter: str = "input_tokens") -> Missing:
    nothing = book.find(use, meter)
    assert isinstance(nothing, Missing), nothing
    return nothing


# -- names ---------------------------------------------------------------------------------------------


def test_a_model_is_found_by_its_exact_id_or_a_declared_alias() -> None:
    assert BOOK.model("acme", "mid") == "mid"
    assert BOOK.model("acme", "mid-latest") == "mid"
    assert BOOK.vendor("Acme Inc") == "acme"
    assert BOOK.vendor("acme") == "acme"


@pytest.mark.parametrize("name", ["mid-2", "mi", "MID", "mid ", "acme/mid", "", "mid-latest-2026"])
def test_a_resemblance_is_never_priced(name: str) -> None:
    assert BOOK.model("acme", name) is None


def test_a_price_of_another_vendor_is_never_used() -> None:
    assert BOOK.model("other", "mid") is None
    assert BOOK.models("other") == []


def test_names_that_look_alike_are_named_in_messages() -> None:
    assert near("claude-opus-4-6", ["claude-opus-4-5", "gpt-5"]) == ["claude-opus-4-5"]


def test_an_id_wins_over_an_alias_of_the_same_name() -> None:
    book = over(price("mid-latest", "input_tokens", "7"))
    assert book.model("acme", "mid-latest") == "mid-latest"


def test_an_alias_to_a_model_without_prices_is_unknown() -> None:
    book = over(aliases={("acme", "next"): "unheard-of"})
    assert book.model("acme", "next") is None


# -- dates ---------------------------------------------------------------------------------------------

CUT = book_of(
    [
        price("mid", "input_tokens", "0.20", until=date(2026, 10, 7)),
        price("mid", "input_tokens", "0.10", start=date(2026, 10, 7)),
    ]
)


def test_a_price_holds_from_its_first_day_until_the_next_one_begins() -> None:
    assert found(CUT, replace(USE, day=date(2026, 10, 6))) == Decimal("0.20")
    assert found(CUT, replace(USE, day=date(2026, 10, 7))) == Decimal("0.10")
    assert CUT.cuts("acme", "mid") == [date(2026, 1, 1), date(2026, 10, 7)]


def test_history_is_not_priced_with_a_later_card() -> None:
    before = missing(CUT, replace(USE, day=date(2025, 12, 31)))
    assert before.code == "history"
    assert "2026-01-01" in before.reason


def test_a_price_that_has_ended_is_not_used_any_more() -> None:
    book = book_of([price("mid", "input_tokens", "3", until=date(2026, 7, 1))])
    assert found(book, replace(USE, day=date(2026, 6, 30))) == 3
    assert missing(book, replace(USE, day=date(2026, 7, 1))).code == "ended"


def test_a_scheduled_price_that_starts_later_wins_on_its_day() -> None:
    book = book_of(
        [price("mid", "input_tokens", "3"), price("mid", "input_tokens", "4", start=date(2026, 11, 1))]
    )
    assert found(book, replace(USE, day=date(2026, 10, 31))) == 3
    assert found(book, replace(USE, day=date(2026, 11, 1))) == 4


# -- layers --------------------------------------------------------------------------------------------


def test_a_correction_fills_meter_by_meter() -> None:
    book = over(price("mid", "cache_read_tokens", "0.25"))
    assert found(book, USE, "cache_read_tokens") == Decimal("0.25")
    assert found(book, USE, "input_tokens") == 3


def test_a_correction_counts_only_while_it_is_in_force() -> None:
    book = over(price("mid", "input_tokens", "2", start=date(2026, 9, 1), until=date(2026, 10, 1)))
    found_on = {
        day: found(book, replace(USE, day=day))
        for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 1))
    }
    assert list(found_on.values()) == [3, 2, 3]


def test_a_book_that_replaces_a_model_hides_every_layer_below_it() -> None:
    book = over(price("cliff", "input_tokens", "0.9"), replaces=True)
    assert found(book, replace(USE, model="cliff")) == Decimal("0.9")
    assert found(book, LONG) == Decimal("0.9"), "the list's band is hidden with the rest"
    assert missing(book, replace(USE, model="cliff"), "output_tokens").code == "meter"
    assert found(book, USE) == 3, "other models keep their list price"


def test_a_book_that_replaces_a_model_brings_its_own_bands() -> None:
    ours = [price("cliff", "input_tokens", "0.8"), price("cliff", "input_tokens", "1.2", above=32_000)]
    book = over(*ours, replaces=True)
    assert [found(book, replace(LONG, prompt=p)) for p in (32_000, 32_001, CLIFF + 1)] == [
        Decimal("0.8"),
        Decimal("1.2"),
        Decimal("1.2"),
    ]


def test_a_replaced_model_takes_no_factor_from_a_hidden_layer() -> None:
    book = over(price("mid", "input_tokens", "2"), replaces=True)
    assert missing(book, replace(USE, tier="batch")).code in ("tier", "condition")
    assert missing(book, replace(USE, region="us")).code == "region"
    ours = over(price("mid", "input_tokens", "2"), replaces=True, factors=(factor("tier", "batch", "0.6"),))
    assert found(ours, replace(USE, tier="batch")) == Decimal("1.2")


def test_a_replacement_hides_nothing_before_it_begins() -> None:
    book = over(price("mid", "input_tokens", "2", start=date(2026, 10, 1)), replaces=True)
    assert found(book, USE, "output_tokens") == 15
    assert missing(book, replace(USE, day=date(2026, 10, 1)), "output_tokens").code == "meter"


def test_a_correction_above_a_replacement_is_used() -> None:
    ours = Layer("ours", "1", prices=tuple(model_prices("mid", "2", "10")), replaces=True)
    top = Layer("fix", "1", prices=(price("mid", "input_tokens", "1.9"),))
    book = PriceBook([LIST, ours, top])
    assert found(book, USE) == Decimal("1.9")
    assert found(book, USE, "output_tokens") == 10


def test_versions_of_all_layers_are_recorded() -> None:
    assert over(name="ours").versions == ("list 1", "ours 1")


# -- bands ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("prompt", "amount"), [(1, 1), (CLIFF, 1), (CLIFF + 1, 5), (10 * CLIFF, 5)])
def test_the_higher_band_begins_strictly_above_its_threshold(prompt: int, amount: int) -> None:
    assert found(BOOK, replace(LONG, prompt=prompt)) == amount


def test_a_vendor_that_bills_equality_at_the_higher_band_has_its_edge_one_lower() -> None:
    book = book_of([price("mid", "input_tokens", "2"), price("mid", "input_tokens", "4", above=199_999)])
    assert [found(book, replace(USE, prompt=p)) for p in (199_999, 200_000)] == [2, 4]


def test_the_highest_band_that_a_prompt_exceeds_counts() -> None:
    bands = [price("mid", "input_tokens", str(n), above=above) for n, above in ((1, -1), (2, 10), (3, 20))]
    book = book_of(bands)
    assert [found(book, replace(USE, prompt=p)) for p in (10, 11, 20, 21)] == [1, 2, 2, 3]
    assert book.bands("acme", "mid") == [10, 20]
    assert book.edges == (10, 20)


# -- tiers, speeds, regions, fees ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "amount"),
    [
        ({"tier": "batch"}, "1.5"),
        ({"speed": "fast"}, "6"),
        ({"region": "us"}, "3.3"),
        ({"region": "global"}, "3"),
        ({"tier": "batch", "region": "us"}, "1.65"),
        ({"speed": "fast", "region": "us"}, "6.6"),
    ],
)
def test_factors_stack_on_the_standard_price(conditions: dict[str, str], amount: str) -> None:
    assert found(BOOK, replace(USE, **conditions)) == Decimal(amount)


def test_a_batched_cache_read_costs_half_a_cache_read() -> None:
    assert found(BOOK, replace(USE, tier="batch"), "cache_read_tokens") == Decimal("0.15")


def test_what_was_applied_is_named_with_its_factors() -> None:
    applied = BOOK.find(replace(USE, tier="batch", region="us"), "input_tokens")
    assert isinstance(applied, Applied)
    assert applied.entry == "acme/mid/input_tokens@2026-01-01 x tier-batch x region-us"


def test_a_stated_batch_price_wins_over_the_factor() -> None:
    book = over(price("mid", "input_tokens", "1.40", tier="batch"))
    assert found(book, replace(USE, tier="batch")) == Decimal("1.40")
    assert found(book, replace(USE, tier="batch", region="us")) == Decimal("1.540")
    assert found(book, replace(USE, tier="batch"), "output_tokens") == Decimal("7.5")


def test_batch_and_fast_together_are_unpriced_unless_stated() -> None:
    both = replace(USE, tier="batch", speed="fast")
    assert missing(BOOK, both).code == "condition"
    assert found(over(price("mid", "input_tokens", "2.2", tier="batch", speed="fast")), both) == Decimal(
        "2.2"
    )


@pytest.mark.parametrize("conditions", [{"tier": "flex"}, {"speed": "ultrafast"}, {"region": "eu"}])
def test_a_condition_without_a_price_or_factor_is_missing(conditions: dict[str, str]) -> None:
    reason = missing(BOOK, replace(USE, **conditions))
    assert reason.code in ("condition", "region")
    assert next(iter(conditions.values())) in reason.reason


def test_a_batched_request_in_an_unpriced_region_names_the_region() -> None:
    assert missing(BOOK, replace(USE, tier="batch", region="eu")).code == "region"


def test_a_batched_request_before_recorded_history_names_the_history() -> None:
    assert missing(BOOK, replace(USE, tier="batch", day=date(2025, 6, 1))).code == "history"


def test_a_factor_has_its_own_models_and_days() -> None:
    dated = factor(
        "tier", "flex", "0.5", models=frozenset({"mid"}), start=date(2026, 9, 1), until=date(2026, 10, 1)
    )
    book = over(factors=(dated,))
    flex = replace(USE, tier="flex")
    assert found(book, flex) == Decimal("1.5")
    assert missing(book, replace(flex, model="large")).code == "condition"
    assert missing(book, replace(flex, day=date(2026, 10, 1))).code == "condition"
    assert date(2026, 10, 1) in book.cuts("acme", "mid")
    assert date(2026, 10, 1) not in book.cuts("acme", "large")


def test_the_topmost_factor_counts() -> None:
    assert found(over(factors=(factor("region", "us", "1.2"),)), replace(USE, region="us")) == Decimal("3.6")


@pytest.mark.parametrize(
    "conditions", [{}, {"tier": "batch"}, {"region": "us"}, {"tier": "batch", "speed": "fast"}]
)
def test_a_fee_per_call_takes_no_factor(conditions: dict[str, str]) -> None:
    assert found(BOOK, replace(USE, **conditions), "web_searches") == 10


def test_a_meter_that_no_layer_prices_is_missing_and_not_free() -> None:
    assert missing(BOOK, USE, "images").code == "meter"


# -- hours ---------------------------------------------------------------------------------------------

NIGHTLY = book_of(
    [price("mid", "input_tokens", "4"), price("mid", "input_tokens", "1", window=(16 * 60 + 30, 30))]
)


@pytest.mark.parametrize(
    ("minute", "amount"), [(0, 1), (29, 1), (30, 4), (720, 4), (989, 4), (990, 1), (1439, 1)]
)
def test_a_window_runs_past_midnight(minute: int, amount: int) -> None:
    assert found(NIGHTLY, replace(USE, minute=minute)) == amount


def test_the_id_of_a_price_says_what_it_is() -> None:
    special = price("cliff", "output_tokens", "9", tier="batch", speed="fast", above=CLIFF, window=(990, 30))
    assert special.id == "acme/cliff/output_tokens/batch/fast/above-100000/990-30min@2026-01-01"
