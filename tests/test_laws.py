"""Laws that hold for any usage: money is linear in quantity, blind to order, and honest about its range."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.money import Amount, MoneyKind, total
from bothhalves.core.prices import Factor, Layer, Price, PriceBook
from bothhalves.core.rating import Counted, Rating, rate
from rate_cards import LIST, factor, price

ESTIMATED = MoneyKind.ESTIMATED
MODELS = ("large", "mid", "small", "cliff", "unheard-of")
METERS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_tokens",
    "output_tokens",
    "web_searches",
    "images",
)
EARLIEST, LATEST = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
#: A card whose prices change by the hour and in October, over the list.
CHANGING = Layer(
    "changing",
    "1",
    prices=(
        price("mid", "input_tokens", "2", start=date(2026, 10, 1)),
        price("mid", "output_tokens", "7", window=(1000, 100)),
        price("small", "requests", "5", per=1000),
    ),
)
BOOK = PriceBook([LIST, CHANGING])

quantities = st.decimals(0, 10**9, places=2)


@st.composite
def usages(draw: st.DrawFn) -> Counted:
    """Usage under any conditions; bounds of its prompts are those that a source may state."""
    start = draw(st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None))).replace(tzinfo=UTC)
    lasting = draw(st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=40)))
    above = draw(st.integers(-1, 300_000))
    width = draw(st.none() | st.integers(1, 300_000))
    amounts = draw(st.dictionaries(st.sampled_from(METERS), quantities, max_size=4))
    return Counted(
        "acme",
        draw(st.sampled_from(MODELS)),
        start,
        start + lasting if lasting else None,
        tuple(amounts.items()),
        draw(st.sampled_from(("standard", "batch", "flex"))),
        draw(st.sampled_from(("standard", "fast"))),
        draw(st.sampled_from(("", "global", "us", "eu"))),
        above,
        None if width is None else above + width,
        draw(st.none() | st.integers(1, 500)),
    )


def money(rating: Rating) -> Amount:
    return rating.amount("USD", ESTIMATED)


def unpriced(rating: Rating) -> dict[str, Decimal]:
    return {u.meter: u.quantity for u in rating.unpriced}


@given(usages(), st.lists(st.integers(0, 100), min_size=1, max_size=5).filter(any))
def test_the_parts_of_a_row_cost_what_the_row_costs(usage: Counted, shares: list[int]) -> None:
    """However a row is cut, its pieces add up to the whole: nothing is rounded on the way."""
    whole = replace(usage, requests=sum(shares))
    pieces = [
        replace(whole, quantities=tuple((m, q * share) for m, q in usage.quantities), requests=share)
        for share in shares
        if share
    ]
    whole = replace(whole, quantities=tuple((m, q * sum(shares)) for m, q in usage.quantities))
    assert total((money(rate(piece, BOOK)) for piece in pieces), "USD", ESTIMATED) == money(rate(whole, BOOK))


@given(usages())
def test_every_quantity_is_priced_or_named_as_unpriced(usage: Counted) -> None:
    rating = rate(usage, BOOK)
    accounted = {line.meter: line.quantity for line in rating.lines} | unpriced(rating)
    accounted.pop("requests", None)
    assert accounted == {meter: quantity for meter, quantity in usage.quantities if quantity}


@given(usages())
def test_no_amount_is_below_zero_and_no_range_is_upside_down(usage: Counted) -> None:
    for line in rate(usage, BOOK).lines:
        assert line.amount.low >= 0
        assert line.amount.high is None or line.amount.low <= line.amount.high


@given(usages())
def test_a_line_is_its_quantity_times_its_prices(usage: Counted) -> None:
    for line in rate(usage, BOOK).lines:
        assert line.amount.low * line.per == line.quantity * line.price
        if line.amount.high is not None:
            assert line.amount.high * line.per == line.quantity * line.price_high


@given(usages(), st.randoms())
def test_the_order_of_meters_and_of_prices_does_not_matter(usage: Counted, chance: Random) -> None:
    shuffled = list(LIST.prices)
    chance.shuffle(shuffled)
    meters = list(usage.quantities)
    chance.shuffle(meters)
    book = PriceBook([replace(LIST, prices=tuple(shuffled)), CHANGING])
    here, there = rate(usage, BOOK), rate(replace(usage, quantities=tuple(meters)), book)
    assert {line.id: line for line in here.lines} == {line.id: line for line in there.lines}
    assert unpriced(here) == unpriced(there)


@given(st.permutations(range(4)), st.lists(usages(), min_size=4, max_size=4))
def test_the_order_in_which_rows_are_rated_does_not_matter(order: list[int], rows: list[Counted]) -> None:
    fresh = PriceBook([LIST, CHANGING])
    in_order = [rate(row, fresh) for row in rows]
    fresh = PriceBook([LIST, CHANGING])
    shuffled = {i: rate(rows[i], fresh) for i in order}
    assert [shuffled[i] for i in range(4)] == in_order


@given(usages(), st.booleans())
def test_prices_of_other_models_change_nothing(usage: Counted, replaces: bool) -> None:
    others: list[Price] = [price("other", meter, "99", above=above) for meter in METERS for above in (-1, 7)]
    elsewhere: list[Factor] = [factor("region", "eu", "9", models=frozenset({"other"}))]
    above = Layer("others", "1", prices=tuple(others), factors=tuple(elsewhere), replaces=replaces)
    here, there = rate(usage, BOOK), rate(usage, PriceBook([LIST, CHANGING, above]))
    assert here.lines == there.lines
    assert unpriced(here) == unpriced(there)


@given(usages(), st.integers(0, 10**6))
def test_to_know_more_about_the_prompts_never_widens_the_range(usage: Counted, prompt: int) -> None:
    """The cost at any one prompt size that the usage allows lies within its range."""
    within = usage.prompt_above + 1 + prompt
    if usage.prompt_upto is not None:
        within = min(within, usage.prompt_upto)
    wide, narrow = rate(usage, BOOK), rate(replace(usage, prompt_above=within - 1, prompt_upto=within), BOOK)
    for loose in wide.lines:
        tight = next(line for line in narrow.lines if line.meter == loose.meter)
        assert loose.amount.low <= tight.amount.low
        assert loose.amount.high is None or (tight.amount.high or 0) <= loose.amount.high


@given(usages(), st.floats(0, 1, exclude_max=True))
def test_to_know_more_about_the_time_never_widens_the_range(usage: Counted, when: float) -> None:
    if usage.until is None:
        return
    moment = usage.start + (usage.until - usage.start) * when
    wide, narrow = rate(usage, BOOK), rate(replace(usage, start=moment, until=None), BOOK)
    for loose in wide.lines:
        tight = next(line for line in narrow.lines if line.meter == loose.meter)
        assert loose.amount.low <= tight.amount.low
        assert loose.amount.high is None or (tight.amount.high or 0) <= loose.amount.high
