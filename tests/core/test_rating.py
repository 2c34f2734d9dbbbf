"""rate(): quantities and prices in, lines out, to the last digit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bothhalves.core.explain import Where
from bothhalves.core.money import Amount, MixedMoney, MoneyKind
from bothhalves.core.rating import counted, rate
from bothhalves.core.terms import Billing, Usage
from rate_cards import (
    BOOK,
    CLIFF,
    NOON,
    book_of,
    bounds,
    cost,
    lines,
    model_prices,
    over,
    price,
    request,
    used,
    why_unpriced,
)

MONTH = {
    "input_tokens": 2_000_000,
    "cache_write_5m_tokens": 600_000,
    "cache_write_1h_tokens": 200_000,
    "cache_read_tokens": 5_200_000,
    "output_tokens": 300_000,
}


def row(**details: object) -> Usage:
    """A request of the model mid at noon of 15 September 2026."""
    given = {"where": Where("u.csv", 2), "time": NOON, "vendor": "acme", "model": "mid", **details}
    return Usage(**given)  # type: ignore[arg-type]


# -- one application-month -----------------------------------------------------------------------------


def test_an_application_month_on_the_mid_model() -> None:
    assert cost(used("mid", **MONTH)) == Decimal("15.51")


def test_every_meter_of_the_month_is_a_line_of_its_own() -> None:
    found = {meter: line.amount.low for meter, line in lines(rate(used("mid", **MONTH), BOOK)).items()}
    assert found == {
        "input_tokens": Decimal(6),
        "cache_write_5m_tokens": Decimal("2.25"),
        "cache_write_1h_tokens": Decimal("1.2"),
        "cache_read_tokens": Decimal("1.56"),
        "output_tokens": Decimal("4.5"),
    }


def test_the_month_through_batch_costs_half() -> None:
    assert cost(used("mid", tier="batch", **MONTH)) == Decimal("7.755")


def test_the_month_pinned_to_a_region_with_searches_that_take_no_uplift() -> None:
    assert cost(used("mid", region="us", **MONTH)) == Decimal("17.061")
    assert cost(used("mid", region="us", web_searches=400, **MONTH)) == Decimal("21.061")
    assert cost(used("mid", region="us", tier="batch", web_searches=400, **MONTH)) == Decimal("12.5305")


# -- lazy, current and efficient use of the same work --------------------------------------------------

REQUESTS, PREFIX, VARIABLE, OUTPUT = 60_000, 5_000, 1_500, 400


def cell(model: str, requests: Decimal, hits: Decimal, tier: str = "standard") -> Decimal:
    """The work of ``requests``: a share ``hits`` of them reads the prefix, the rest writes it."""
    read = requests * hits * PREFIX
    return cost(
        used(
            model,
            tier=tier,
            input_tokens=requests * VARIABLE,
            cache_read_tokens=read,
            cache_write_5m_tokens=requests * PREFIX - read,
            output_tokens=requests * OUTPUT,
        )
    )


def test_lazy_use() -> None:
    assert cost(
        used("large", input_tokens=REQUESTS * (PREFIX + VARIABLE), output_tokens=REQUESTS * OUTPUT)
    ) == Decimal("2550")


def test_current_use_with_three_hits_in_ten() -> None:
    assert cell("large", Decimal(REQUESTS), Decimal("0.3")) == Decimal("2407.5")


def test_efficient_use_priced_cell_by_cell() -> None:
    half, hits = Decimal(REQUESTS) / 2, Decimal("0.85")
    waiting, now = half * Decimal("0.4"), half * Decimal("0.6")
    cells = [
        cell(model, share, hits, tier)
        for model in ("large", "mid")
        for share, tier in ((waiting, "batch"), (now, "standard"))
    ]
    assert sum(cells) == Decimal("933.6")


# -- long prompts --------------------------------------------------------------------------------------


def test_a_long_prompt_moves_the_whole_request_to_the_higher_price() -> None:
    assert cost(request("cliff", input_tokens=98_000, output_tokens=1_000)) == Decimal("0.103")
    assert cost(request("cliff", input_tokens=100_500, output_tokens=1_000)) == Decimal("0.5275")


def test_a_prompt_of_exactly_the_threshold_is_short() -> None:
    at, over_it = (request("cliff", input_tokens=CLIFF + n, output_tokens=1_000) for n in (0, 1))
    assert cost(at) == Decimal("0.105")
    assert cost(over_it) == Decimal("0.525005")


def test_everything_that_was_read_makes_the_prompt_long() -> None:
    long = request("cliff", input_tokens=1, cache_read_tokens=CLIFF - 1, cache_write_1h_tokens=1)
    assert {line.price for line in rate(long, BOOK).lines} == {Decimal(5), Decimal("0.5"), Decimal(10)}


# -- what is not known is not zero ---------------------------------------------------------------------


def test_an_unknown_model_is_unpriced_with_its_quantities() -> None:
    rating = rate(used("midd", input_tokens=10, output_tokens=5), BOOK)
    assert rating.lines == ()
    assert why_unpriced(rating) == {"input_tokens": "model", "output_tokens": "model"}
    assert [u.quantity for u in rating.unpriced] == [10, 5]
    assert "mid" in rating.unpriced[0].reason
    assert "not used" in rating.unpriced[0].reason


def test_an_unknown_vendor_and_an_unstated_model_say_so() -> None:
    assert why_unpriced(rate(used("mid", vendor="other", input_tokens=1), BOOK)) == {"input_tokens": "vendor"}
    nameless = rate(used("", input_tokens=1), BOOK)
    assert "(none stated)" in nameless.unpriced[0].reason


def test_a_part_without_a_price_makes_the_total_a_minimum() -> None:
    rating = rate(used("mid", input_tokens=1_000_000, images=3), BOOK)
    assert why_unpriced(rating) == {"images": "meter"}
    assert rating.amount("USD", MoneyKind.ESTIMATED) == Amount("USD", MoneyKind.ESTIMATED, Decimal(3), None)


def test_usage_before_recorded_history_is_unpriced() -> None:
    early = used("mid", at=datetime(2025, 12, 31, 23, 59, tzinfo=UTC), input_tokens=1)
    assert why_unpriced(rate(early, BOOK)) == {"input_tokens": "history"}


def test_an_output_that_was_never_finished_is_a_minimum() -> None:
    usage = counted(row(output_tokens=1_000_000, input_tokens=1_000_000, output_at_least=True))
    assert bounds(usage) == (Decimal(18), None)
    assert lines(rate(usage, BOOK))["input_tokens"].amount.is_point


def test_nothing_used_makes_no_lines() -> None:
    assert rate(used("mid", input_tokens=0), BOOK).lines == ()


# -- currencies and kinds ------------------------------------------------------------------------------


def test_amounts_of_two_currencies_are_never_one_sum() -> None:
    book = over(price("mid", "images", "2", per=1, currency="EUR"))
    rating = rate(used("mid", input_tokens=1_000_000, images=2), book)
    assert rating.currencies == ("EUR", "USD")
    assert rating.amount("USD", MoneyKind.ESTIMATED).low == 3
    assert rating.amount("EUR", MoneyKind.ESTIMATED).low == 4


def test_usage_included_in_a_seat_is_notional_money() -> None:
    rating = rate(counted(row(input_tokens=1_000_000, billing=Billing.INCLUDED)), BOOK)
    assert [line.amount.kind for line in rating.lines] == [MoneyKind.NOTIONAL]
    with pytest.raises(MixedMoney):
        rating.amount("USD", MoneyKind.ESTIMATED)


@pytest.mark.parametrize("billing", [Billing.METERED, Billing.UNKNOWN])
def test_other_usage_is_an_estimate(billing: Billing) -> None:
    rating = rate(counted(row(input_tokens=1, billing=billing)), BOOK)
    assert [line.amount.kind for line in rating.lines] == [MoneyKind.ESTIMATED]


# -- other meters --------------------------------------------------------------------------------------

PER_REQUEST = over(price("small", "requests", "5", per=1000))


@pytest.mark.parametrize(("requests", "fee"), [(1, "0.005"), (400, "2"), (None, "0.005")])
def test_a_model_that_charges_per_request(requests: int | None, fee: str) -> None:
    rating = rate(used("small", requests=requests, input_tokens=10), PER_REQUEST)
    assert lines(rating)["requests"].amount.low == Decimal(fee)
    assert lines(rating)["requests"].amount.is_point


def test_a_bucket_that_does_not_count_its_requests_charges_one_at_least() -> None:
    day = used("small", requests=None, lasting=date.resolution, input_tokens=10)
    fee = lines(rate(day, PER_REQUEST))["requests"].amount
    assert (fee.low, fee.high) == (Decimal("0.005"), None)


def test_requests_that_are_given_as_a_meter_are_charged_once() -> None:
    usage = counted(row(model="small", meter="requests", quantity=Decimal(400), requests=400, until=None))
    assert cost(usage, PER_REQUEST) == 2


def test_requests_cost_nothing_where_only_tokens_have_a_price() -> None:
    assert "requests" not in lines(rate(used("mid", requests=400, input_tokens=10), BOOK))


def test_any_unit_can_be_a_meter() -> None:
    book = book_of([price("painter", "images", "0.04", per=1)])
    usage = counted(row(model="", product="painter", meter="images", quantity=Decimal("2.5")))
    assert cost(usage, book) == Decimal("0.1")


def test_a_vendor_and_a_model_are_found_by_their_other_names() -> None:
    assert cost(used("mid-latest", vendor="Acme Inc", input_tokens=1_000_000)) == 3


# -- what a line says ----------------------------------------------------------------------------------


def test_a_line_defends_itself() -> None:
    book = book_of(
        [price("mid", "input_tokens", "3", source="https://acme.example/prices", where=Where("acme.yaml", 9))]
    )
    [line] = rate(used("mid", input_tokens=2_000_000, dimensions=(("month", "2026-09"),)), book).lines
    assert (line.quantity, line.price, line.per, line.amount.low) == (2_000_000, 3, 1_000_000, 6)
    assert line.id == "acme|mid|2026-09|input_tokens|acme/mid/input_tokens@2026-01-01"
    assert line.entry == "acme/mid/input_tokens@2026-01-01"
    assert (line.source, line.layer, str(line.entry_where)) == (
        "https://acme.example/prices",
        "list",
        "acme.yaml:9",
    )
    assert (line.unit, line.view) == ("input tokens", "list")


def test_a_line_is_named_by_what_it_is_and_not_by_where_its_price_stands() -> None:
    prices = model_prices("mid", "3", "15")
    here, there = book_of(prices), book_of([*model_prices("tiny", "1", "1"), *reversed(prices)])
    usage = used("mid", **MONTH)
    assert [x.id for x in rate(usage, here).lines] == [x.id for x in rate(usage, there).lines]


def test_a_row_counts_every_meter_it_names() -> None:
    usage = counted(row(input_tokens=1, output_tokens=2, web_searches=3, meter="images", quantity=Decimal(4)))
    assert dict(usage.quantities) == {"input_tokens": 1, "output_tokens": 2, "web_searches": 3, "images": 4}
