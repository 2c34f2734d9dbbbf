"""Laws of seats that hold for any facts: one label each, intervals that bracket, counts that are enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.seats import Break, SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.seating.labelling import (
    Label,
    Protection,
    SeatFacts,
    Stage,
    idle_days,
    labelled,
)
from bothhalves.core.seating.rules import SeatRules
from bothhalves.core.seating.sizing import candidates, cheapest, signing_ahead, with_buffer
from bothhalves.core.seating.wilson import quantile, sample_size, wilson

ON = date(2026, 9, 1)
RULES = SeatRules()
SETTINGS = settings(max_examples=80, deadline=None)
days = st.integers(0, 300).map(lambda n: ON - timedelta(days=n))
maybe = st.none() | days


@st.composite
def protections(draw: st.DrawFn) -> Protection:
    start = draw(days)
    return Protection("leave", start + timedelta(days=draw(st.integers(1, 400))), start)


@st.composite
def seats(draw: st.DrawFn) -> SeatFacts:
    known = sorted((draw(days), draw(days)))
    visible = draw(st.booleans())
    return SeatFacts(
        draw(st.text("abc", min_size=1, max_size=4)), "anthropic", "claude", "standard",
        assigned=draw(maybe),
        first_seen=draw(maybe),
        last_active=draw(st.none() | st.integers(1, 300).map(lambda n: ON - timedelta(days=n))),
        known_from=known[0] if visible else None,
        known_until=known[1] if visible else None,
        protections=tuple(draw(st.lists(protections(), max_size=2))),
    )  # fmt: skip


@SETTINGS
@given(st.lists(seats(), max_size=12), st.randoms(use_true_random=False))
def test_every_seat_has_one_label_whatever_the_order(found: list[SeatFacts], random: Random) -> None:
    told = {id(fact): labelled(fact, RULES, ON) for fact in found}
    shuffled = random.sample(found, len(found))
    assert all(labelled(fact, RULES, ON) == told[id(fact)] for fact in shuffled)


@SETTINGS
@given(seats())
def test_missing_data_never_make_a_seat_unused(fact: SeatFacts) -> None:
    blind = labelled(replace(fact, known_from=None, known_until=None), RULES, ON)
    assert blind.label not in (Label.DORMANT, Label.NEVER_USED)
    assert blind.stage in (Stage.ACTIVE, Stage.UNKNOWN)


@SETTINGS
@given(seats())
def test_an_unused_seat_was_idle_for_sure(fact: SeatFacts) -> None:
    told = labelled(fact, RULES, ON)
    if told.label is Label.DORMANT:
        assert (idle_days(fact, ON) or 0) >= RULES.dormant_days
    if told.label is Label.NEVER_USED:
        assert fact.last_active is None
        assert fact.given is not None
        assert fact.known_from is not None
        assert fact.known_from <= fact.given


@SETTINGS
@given(seats())
def test_the_label_holds_until_the_day_on_which_it_changes(fact: SeatFacts) -> None:
    """As long as nobody acts and activity goes on to be known."""
    if fact.known_until is not None:
        fact = replace(fact, known_until=ON + timedelta(days=800))
    told = labelled(fact, RULES, ON)
    last = (told.changes or ON + timedelta(days=400)) - timedelta(days=1)
    then = labelled(fact, RULES, last)
    assert then.label is told.label
    if told.label is Label.DORMANT:
        assert (then.stage is Stage.RECLAIM) is (told.stage is Stage.RECLAIM)


@SETTINGS
@given(seats())
def test_a_seat_that_nobody_touches_is_another_one_on_the_day_it_changes(fact: SeatFacts) -> None:
    if fact.known_until is not None:
        fact = replace(fact, known_until=ON + timedelta(days=800))
    told = labelled(fact, RULES, ON)
    if told.changes is not None and not fact.protections:
        then = labelled(fact, RULES, told.changes)
        assert (then.label, then.stage is Stage.RECLAIM) != (told.label, told.stage is Stage.RECLAIM)


shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([Decimal("0.8"), Decimal("0.95"), Decimal("0.999")])


@SETTINGS
@given(shares, levels)
def test_wilson_brackets_the_share_and_narrows_with_the_sample(
    sample: tuple[int, int], sure: Decimal
) -> None:
    hits, size = sample
    found, larger = wilson(hits, size, sure), wilson(4 * hits, 4 * size, sure)
    assert 0 <= found.low <= Fraction(hits, size) <= found.high <= 1
    assert larger.high - larger.low < found.high - found.low
    mirrored = wilson(size - hits, size, sure)
    assert mirrored.low == 1 - found.high


@SETTINGS
@given(shares, levels)
def test_wilson_ends_are_where_the_score_test_turns(sample: tuple[int, int], sure: Decimal) -> None:
    """At an end p the sample lies z standard deviations away: n (share - p)^2 = z^2 p (1 - p)."""
    hits, size = sample
    z = Fraction(quantile(sure))
    for end in (wilson(hits, size, sure).low, wilson(hits, size, sure).high):
        p = Fraction(end)
        assert abs(size * (Fraction(hits, size) - p) ** 2 - z * z * p * (1 - p)) < Fraction(1, 10**7)


@SETTINGS
@given(st.integers(1, 100_000), st.integers(1, 40))
def test_a_sample_grows_with_the_population_and_stays_within_it(population: int, margin: int) -> None:
    m, sure = Decimal(margin) / 100, Decimal("0.95")
    found = sample_size(population, sure, m)
    assert 1 <= found <= population
    assert found <= sample_size(population + 1, sure, m)


@SETTINGS
@given(
    st.integers(0, 120),
    st.integers(0, 60),
    st.lists(st.tuples(st.integers(2, 150), st.integers(0, 50)), max_size=3),
    st.sampled_from(["all-units", "incremental"]),
)
def test_what_is_bought_covers_need_and_minimum_at_the_least_cost(
    need: int, minimum: int, written: list[tuple[int, int]], kind: str
) -> None:
    breaks = tuple(Break(at, Decimal(fee)) for at, fee in sorted(dict(written).items()))
    term = SeatTerm("seat", "claude", 10, Decimal(30), minimum=minimum, breaks=breaks, breaks_are=kind)
    contract = Contract("c", "v", "USD", Term(date(2026, 1, 1), 12), seats=(term,))
    found = candidates(contract, term, need, {}, Month(2026, 9))
    best = cheapest(found)
    assert best is not None
    assert best.seats >= max(need, minimum)
    assert all(best.cost.low <= c.cost.low for c in found)
    assert best.surplus == best.seats - need


@SETTINGS
@given(st.integers(0, 50), st.integers(0, 900), st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_nothing_is_signed_ahead_at_the_contract_price(current: int, price: int, needs: list[int]) -> None:
    chance = {need: Fraction(needs.count(need), len(needs)) for need in needs}
    assert signing_ahead(current, Decimal(price), Decimal(price), chance) == 0
    ahead = signing_ahead(current, Decimal(price), Decimal(10 * price), chance)
    assert 0 <= ahead <= max(max(needs) - current, 0)


@SETTINGS
@given(st.integers(0, 10_000), st.integers(0, 100))
def test_a_buffer_never_takes_away(need: int, share: int) -> None:
    found = with_buffer(need, Decimal(share) / 100)
    assert need <= found
    assert found - 1 < Fraction(need) * (1 + Fraction(share, 100)) or not need
